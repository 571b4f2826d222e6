//! `preview-link` on Lambda.

postern_http::lambda!(preview_link);
