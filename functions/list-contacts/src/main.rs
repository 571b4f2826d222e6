//! `list-contacts` on Lambda.

postern_http::lambda!(list_contacts);
