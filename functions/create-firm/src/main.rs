//! `create-firm` on Lambda.

postern_aws::worker!(create_firm);
