//! `keep-roster` on Lambda.

postern_aws::worker!(keep_roster);
