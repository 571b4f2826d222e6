//! `diagnose-access` on Lambda.

postern_http::lambda!(diagnose_access);
