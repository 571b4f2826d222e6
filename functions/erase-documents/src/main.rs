//! `erase-documents` on Lambda.

postern_aws::worker!(erase_documents);
