//! `create-contact` on Lambda.

postern_http::lambda!(create_contact);
