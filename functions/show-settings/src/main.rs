//! `show-settings` on Lambda.

postern_http::lambda!(show_settings);
