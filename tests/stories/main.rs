//! Stories through HTTP against a whole instance, with its own DynamoDB, S3, SES and SNS.

mod bad_input;
mod contact_changes;
mod contacts;
mod document_access;
mod documents;
mod invitations;
mod links;
mod owner_link;
mod sign_in;
mod stage;
