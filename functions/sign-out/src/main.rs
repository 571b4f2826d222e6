//! `sign-out` on Lambda.

postern_http::lambda!(sign_out);
