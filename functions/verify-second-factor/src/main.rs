//! `verify-second-factor` on Lambda.

postern_http::lambda!(verify_second_factor);
