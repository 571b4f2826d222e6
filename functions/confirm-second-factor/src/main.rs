//! `confirm-second-factor` on Lambda.

postern_http::lambda!(confirm_second_factor);
