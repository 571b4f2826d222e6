//! `end-sessions` on Lambda.

postern_http::lambda!(enrol_second_factor);
