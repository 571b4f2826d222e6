//! `ask-for-help` on Lambda.

postern_http::lambda!(ask_for_help);
