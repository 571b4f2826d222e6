//! `rotate-keys` on Lambda.

postern_aws::worker!(rotate_keys);
