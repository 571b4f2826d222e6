//! `unlock-staff` on Lambda.

postern_http::lambda!(unlock_staff);
