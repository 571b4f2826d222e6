//! `list-staff` on Lambda.

postern_http::lambda!(list_staff);
