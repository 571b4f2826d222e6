//! `end-sessions` on Lambda.

postern_http::lambda!(end_sessions);
