//! `deliver` on Lambda.

postern_aws::worker!(deliver);
