//! `unlock-contact` on Lambda.

postern_http::lambda!(unlock_contact);
