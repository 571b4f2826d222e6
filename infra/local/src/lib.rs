//! Everything in one process, without AWS.

pub mod aws;
