//! `show-export` on Lambda.

postern_http::lambda!(show_export);
