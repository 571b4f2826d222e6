//! `request-code` on Lambda.

postern_http::lambda!(request_code);
