//! `remove-staff` on Lambda.

postern_http::lambda!(remove_staff);
