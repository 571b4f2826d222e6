//! `show-firm` on Lambda.

postern_http::lambda!(show_firm);
