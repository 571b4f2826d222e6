//! `request-staff-code` on Lambda.

postern_http::lambda!(request_staff_code);
