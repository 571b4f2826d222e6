//! `invite` on Lambda.

postern_http::lambda!(invite);
