//! `retire-keys` on Lambda.

postern_aws::worker!(retire_keys);
