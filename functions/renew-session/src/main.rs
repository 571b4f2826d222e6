//! `renew-session` on Lambda.

postern_http::lambda!(renew_session);
