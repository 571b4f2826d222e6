//! `revoke-device` on Lambda.

postern_http::lambda!(revoke_device);
