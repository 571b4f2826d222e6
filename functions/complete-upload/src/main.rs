//! `complete-upload` on Lambda.

postern_http::lambda!(complete_upload);
