//! `make-export` on Lambda.

postern_aws::worker!(make_export);
