//! `chain-log` on Lambda.

postern_aws::worker!(chain_log);
