//! `end-sessions` on Lambda.

postern_http::lambda!(reset_staff_second_factor);
