//! `open-link` on Lambda.

postern_http::lambda!(open_link);
