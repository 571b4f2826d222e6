//! `mail-receipt` on Lambda.

postern_http::lambda!(mail_receipt);
