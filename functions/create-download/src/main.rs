//! `create-download` on Lambda.

postern_http::lambda!(create_download);
