//! `show-contact` on Lambda.

postern_http::lambda!(show_contact);
