//! `restore-document` on Lambda.

postern_http::lambda!(restore_document);
