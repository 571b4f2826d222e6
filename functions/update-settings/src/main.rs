//! `update-settings` on Lambda.

postern_http::lambda!(update_settings);
