//! `reset-second-factor` on Lambda.

postern_http::lambda!(reset_second_factor);
