//! `verify-code` on Lambda.

postern_http::lambda!(verify_code);
