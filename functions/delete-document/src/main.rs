//! `delete-document` on Lambda.

postern_http::lambda!(delete_document);
