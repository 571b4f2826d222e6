//! `reopen-code-path` on Lambda.

postern_http::lambda!(reopen_code_path);
