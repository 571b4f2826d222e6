//! `resend-code` on Lambda.

postern_http::lambda!(resend_code);
