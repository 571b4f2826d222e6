//! `query-access-log` on Lambda.

postern_http::lambda!(query_access_log);
