//! `update-contact` on Lambda.

postern_http::lambda!(update_contact);
