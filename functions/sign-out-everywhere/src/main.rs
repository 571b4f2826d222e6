//! `sign-out-everywhere` on Lambda.

postern_http::lambda!(sign_out_everywhere);
