//! `POST /api/documents`: begins sending a document, with a URL that is good for this one file.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use http::StatusCode;
use postern_aws::reach;
use postern_domain::{
    ClientId, DocumentId, DocumentSerial,
    document::{ContentType, Document, DocumentName, DocumentState, Kind, Sha256Hex, uploadable},
    policy,
    record::Outcome,
    role::Right,
};
use postern_files::Files;
use postern_http::{Access, Acting, Body, Caller, Described, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, AccessStore, CommitError, Directory, Part, Work};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("create-upload", "/api/documents", Access::ClientsAndStaff(Right::Work));

reach! {
    sessions: Sessions,
    directory: Directory [ConditionCheckItem],
    access: AccessStore [UpdateItem],
    access_log: AccessLog [PutItem],
    work: Work [PutItem],
    files: Files [PutObject],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Begins sending a document: send the file with what the answer says, then complete it.")
        .body::<CreateUpload>()
        .answer::<UploadView>(201, "Where to send the file. If storage answers 412, it is already there: complete it.")
        .problems(&[ProblemKind::TooManyRequests])
}

/// A file that is to be sent.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateUpload {
    /// The file's name.
    name: DocumentName,
    /// Its length in bytes.
    #[schemars(extend("minimum" = 1, "maximum" = policy::UPLOAD_BYTES))]
    size: u64,
    /// Its type, as far as it is known; the content decides.
    #[serde(default)]
    content_type: ContentType,
    /// The SHA-256 of its bytes, as 64 hexadecimal digits.
    sha256: Sha256Hex,
    /// The client for which it is; needed unless the caller is a contact of one client, and quicker if it is named even then.
    #[serde(default)]
    client: Option<ClientId>,
}

/// An upload that may begin.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Upload")]
pub struct UploadView {
    document: DocumentId,
    upload: UploadWay,
}

/// How to send the file.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(deny_unknown_fields)]
enum UploadWay {
    /// In one request.
    Single { method: String, url: String, headers: BTreeMap<String, String>, expires_in: u32 },
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(new): Body<CreateUpload>,
) -> Result<(StatusCode, Json<UploadView>), Problem> {
    let (now, by) = (caller.now, signed_in.subject());
    uploadable(&new.name, new.size).map_err(|refused| Problem::field(refused.member, refused.advice))?;
    let client = match new.client {
        Some(client) => client,
        None => reach.only_client(signed_in.clone()).await?,
    };
    let document = Document {
        document: DocumentId { client, serial: DocumentSerial::new(now, &caller.dice) },
        kind: Kind::of(&new.name, &new.content_type),
        name: new.name,
        size: new.size,
        content_type: new.content_type,
        sha256: new.sha256,
        locked_with_password: false,
        state: DocumentState::Awaited,
        refusal: None,
        version: None,
        by,
        seen: None,
        deleted: None,
        created_at: now,
        ends_at: Some(now + policy::UPLOAD_WAIT),
        revision: 0,
    };
    let begun = signed_in.commit_for(client, &reach.directory, &reach.access_log, |scope| {
        let outcome = Outcome::UploadStarted { document: document.name.to_string() };
        let record = signed_in.record(&caller, outcome).of_papers(client);
        (record, vec![reach.work.put_document(scope, &document), reach.access.count_upload(scope, by, now)])
    });
    let scope = match begun.await? {
        Ok(scope) => scope,
        Err(refusals) if refusals.name(Part::Uploads) => return Err(Problem::until(now + policy::HOUR, now)),
        Err(refusals) => return Err(CommitError::Refused(refusals).into()),
    };
    let key = Document::object_key(scope.firm(), document.document);
    let way = reach.files.upload(&key, document.size, &document.content_type, &document.sha256, policy::UPLOAD_URL_LIFE).await?;
    let upload = UploadWay::Single { method: way.method.to_owned(), url: way.url, headers: way.headers, expires_in: way.expires_in };
    Ok((StatusCode::CREATED, Json(UploadView { document: document.document, upload })))
}

impl Reach {
    /// The client of a contact that acts for one alone.
    async fn only_client(&self, signed_in: SignedIn) -> Result<ClientId, Problem> {
        let Acting { person, .. } = signed_in.alone(&self.sessions).await?;
        match person.clients() {
            [only] => Ok(only.client),
            _ => Err(Problem::field("client", "Say for which client this document is.")),
        }
    }
}
