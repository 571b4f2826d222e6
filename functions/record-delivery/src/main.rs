//! `record-delivery` on Lambda.

postern_aws::worker!(record_delivery);
