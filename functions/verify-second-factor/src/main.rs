//! `end-sessions` on Lambda.

postern_http::lambda!(verify_second_factor);
