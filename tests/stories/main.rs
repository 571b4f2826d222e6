//! Stories through HTTP against a whole instance, with its own DynamoDB, S3, SES and SNS.

mod access;
mod access_log;
mod bad_input;
mod codes;
mod contact_changes;
mod contacts;
mod document_access;
mod documents;
mod earlier_version;
mod events;
mod faults;
mod honest_mail;
mod invitations;
mod limits;
mod links;
mod local;
mod openapi;
mod owner_link;
mod pages;
mod races;
mod round_trips;
mod secrets;
mod sending;
mod sessions;
mod sign_in;
mod stage;
