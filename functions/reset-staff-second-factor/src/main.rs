//! `reset-staff-second-factor` on Lambda.

postern_http::lambda!(reset_staff_second_factor);
