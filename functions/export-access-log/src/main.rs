//! `export-access-log` on Lambda.

postern_http::lambda!(export_access_log);
