//! `remove-second-factor` on Lambda.

postern_http::lambda!(remove_second_factor);
