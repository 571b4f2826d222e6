//! `end-sessions` on Lambda.

postern_http::lambda!(confirm_second_factor);
