//! `enrol-second-factor` on Lambda.

postern_http::lambda!(enrol_second_factor);
