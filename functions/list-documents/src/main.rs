//! `list-documents` on Lambda.

postern_http::lambda!(list_documents);
