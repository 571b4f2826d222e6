//! `rename-document` on Lambda.

postern_http::lambda!(rename_document);
