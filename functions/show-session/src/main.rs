//! `show-session` on Lambda.

postern_http::lambda!(show_session);
