//! `list-devices` on Lambda.

postern_http::lambda!(list_devices);
