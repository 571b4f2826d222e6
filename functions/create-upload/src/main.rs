//! `create-upload` on Lambda.

postern_http::lambda!(create_upload);
