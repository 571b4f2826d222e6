//! `POST /api/documents`: begins handing a document over, with a URL that is good for this one file.

use axum::{
    Json, Router,
    extract::{FromRef, State},
};
use http::StatusCode;
use postern_domain::{
    ClientId, Clock, Dice, DocumentId, DocumentSerial, RecordId, Subject,
    document::{ContentType, Document, DocumentName, Kind, Sha256Hex, State as DocumentState, refusal_by_name},
    policy,
    record::{AccessRecord, Outcome},
};
use postern_files::Files;
use postern_http::{Body, Caller, Member, OpenTo, Operation, Problem, Reader, openapi::Described};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, Misconfigured, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The route.
pub const OPERATION: Operation = Operation::post("create-upload", "/api/documents", OpenTo::ClientsAndStaff);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone, FromRef)]
pub struct Reach {
    /// Where people and clients are checked.
    pub directory: Directory,
    /// Where sessions stand and uploads are counted.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// Where documents stand.
    pub work: Work,
    /// Where their bytes go.
    pub files: Files,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self {
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            work: Work::new(aws)?,
            files: Files::new(&aws.sdk, aws.variable("DOCUMENTS_BUCKET")?),
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
        })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(create_upload, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION
        .described("Begins handing a document over: send the file with what the answer says, then complete it.")
        .body::<NewDocument>()
        .answer::<Begun>(201, "Where to send the file. If storage answers 412, it is already there: complete it.")
        .problems(&["not-found", "too-many-requests"])
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewDocument {
    /// The file's name.
    name: DocumentName,
    /// Its length in bytes.
    size: u64,
    /// Its type.
    content_type: ContentType,
    /// The SHA-256 of its bytes, as 64 hexadecimal digits.
    sha256: Sha256Hex,
    /// The client for which it is; needed where there are several.
    #[serde(default)]
    client: Option<ClientId>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Begun {
    document: DocumentId,
    upload: Upload,
}

/// How to send the file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
enum Upload {
    /// In one request.
    Single { method: String, url: String, headers: BTreeMap<String, String>, expires_in: u32 },
}

async fn create_upload(
    State(reach): State<Reach>,
    Reader(member): Reader,
    caller: Caller,
    Body(new): Body<NewDocument>,
) -> Result<(StatusCode, Json<Begun>), Problem> {
    let client = client(&member, &new)?;
    check_size(new.size)?;
    if let Some(reason) = refusal_by_name(&new.name) {
        return Err(Problem::field("name", reason));
    }
    let (now, scope, subject) = (reach.clock.now(), member.scope(), member.session.subject);
    let document = Document {
        document: DocumentId { client, serial: DocumentSerial::new(now, &reach.dice) },
        kind: Kind::of(&new.name, &new.content_type),
        name: new.name,
        size: new.size,
        content_type: new.content_type,
        sha256: new.sha256,
        state: DocumentState::Awaited,
        refusal: None,
        version: None,
        by: subject.into(),
        created_at: now,
    };
    let key = Document::object_key(scope.firm(), document.document);
    let upload = (reach.files.upload(&key, document.size, &document.content_type, &document.sha256, policy::UPLOAD_URL_LIFE).await)
        .map_err(|error| Problem::fault(&error))?;

    let (person, uploader) = match subject {
        Subject::Contact(contact) => {
            (vec![reach.directory.check_acts_for(&scope, contact, member.session.epoch, client)], contact.to_string())
        }
        Subject::Staff(staff) => {
            let checks =
                [reach.directory.check_person(&scope, subject, member.session.epoch), reach.directory.check_client(&scope, client)];
            (checks.into(), staff.to_string())
        }
    };
    let changes = [reach.work.put_document(&scope, &document), reach.access.count_upload(&scope, &uploader, now)];
    let outcome = Outcome::UploadStarted { document: document.name.to_string() };
    let record =
        AccessRecord::new(RecordId::new(now, &reach.dice), scope.firm().clone(), now, outcome, caller.origin).about(subject.contact());
    let commit = async { Ok(reach.access_log.commit(&record, changes.into_iter().chain(person)).await) };
    match tokio::try_join!(commit, member.touch())?.0 {
        Ok(()) => {}
        Err(CommitError::Refused(refusals)) if refusals.names("person") => return Err(Problem::SessionNeeded),
        Err(CommitError::Refused(refusals)) if refusals.names("client") => {
            return Err(Problem::field("client", "There is no such client."));
        }
        Err(CommitError::Refused(refusals)) if refusals.names("uploads") => return Err(Problem::until(now + policy::HOUR, now)),
        Err(error) => return Err(error.into()),
    }
    let upload =
        Upload::Single { method: upload.method.to_owned(), url: upload.url, headers: upload.headers, expires_in: upload.expires_in };
    Ok((StatusCode::CREATED, Json(Begun { document: document.document, upload })))
}

/// The client for which the document is. Someone else's is as unknown as one that does not exist.
fn client(member: &Member, new: &NewDocument) -> Result<ClientId, Problem> {
    let own = &member.session.clients;
    match (member.session.subject, new.client) {
        (Subject::Staff(_), Some(client)) => Ok(client),
        (Subject::Contact(_), Some(client)) if own.contains(&client) => Ok(client),
        (Subject::Contact(_), Some(_)) => Err(Problem::field("client", "There is no such client.")),
        (Subject::Contact(_), None) if own.len() == 1 => Ok(own[0]),
        (_, None) => Err(Problem::field("client", "Say for which client this document is.")),
    }
}

fn check_size(size: u64) -> Result<(), Problem> {
    if size == 0 {
        return Err(Problem::field("size", "This file is empty. Choose the file again, or another one."));
    }
    if size > policy::UPLOAD_BYTES {
        return Err(Problem::field("size", "This file is larger than 100 MiB. Split it or make it smaller, then choose it again."));
    }
    Ok(())
}
