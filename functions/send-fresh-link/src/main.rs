//! `send-fresh-link` on Lambda.

postern_http::lambda!(send_fresh_link);
