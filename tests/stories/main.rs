//! Stories through HTTP against a whole instance, with its own DynamoDB, S3, SES and SNS.

mod sign_in;
mod stage;
