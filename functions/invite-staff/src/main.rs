//! `invite-staff` on Lambda.

postern_http::lambda!(invite_staff);
