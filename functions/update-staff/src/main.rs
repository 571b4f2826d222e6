//! `update-staff` on Lambda.

postern_http::lambda!(update_staff);
