//! `summarise-contacts` on Lambda.

postern_http::lambda!(summarise_contacts);
