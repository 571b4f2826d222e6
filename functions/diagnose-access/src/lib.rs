//! `GET /api/contacts/{contact}/diagnosis`: why a contact cannot get in, and what to do about it.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{
    ContactId, Email, FirmScope, Subject,
    diagnosis::{Action, Case, Verdict},
    log_export::LogFilter,
    policy,
    record::{AccessRecord, Outcome},
    role::Right,
    session::Stage,
};
use postern_flow::{Acquaintances, CountedAttempts, Opened, ReadLog, RecordView};
use postern_http::{Access, Caller, Described, Id, Operation, Problem, Sessions, SignedIn};
use postern_store::{Directory, LogRows};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("diagnose-access", "/api/contacts/{contact}/diagnosis", Access::Staff(Right::View));

reach! {
    sessions: Sessions,
    directory: Directory [GetItem],
    attempts: CountedAttempts,
    log_rows: LogRows [QueryIndex],
    read_log: ReadLog,
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Says why a contact cannot get in, and what to do about it.")
        .answer::<DiagnosisView>(200, "A verdict, judged by what is true now.")
}

/// Why a contact cannot get in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Diagnosis")]
pub struct DiagnosisView {
    #[schemars(extend("enum" = Verdict::NAMES))]
    verdict: String,
    /// What varies in the sentence.
    values: Map<String, Value>,
    /// What is the matter, in English.
    sentence: String,
    /// What to do about it, in English.
    advice: String,
    /// What can be done about it at once.
    action: Action,
    /// The records that show it, newest first.
    evidence: Vec<RecordView>,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
) -> Result<Json<DiagnosisView>, Problem> {
    let directory = &reach.directory;
    let (own, since) = (LogFilter { contact: Some(contact), ..LogFilter::default() }, caller.now - policy::DIAGNOSED_PERIOD);
    let known = |scope: FirmScope| {
        let (log, own) = (&reach.log_rows, &own);
        async move {
            tokio::try_join!(
                directory.contact(&scope, contact),
                directory.second_factor(&scope, Subject::Contact(contact)),
                log.page(&scope, own, None, policy::DIAGNOSED_RECORDS),
                log.of_nobody(&scope, Outcome::NoContact.name(), since, policy::DIAGNOSED_UNKNOWN),
            )
        }
    };
    let (acting, (contact, factor, own, unknown)) = signed_in.with(&reach.sessions, known).await?;
    let (records, unknown) = (own.records, unknown.records);
    let contact = contact.ok_or(Problem::NotFound)?;
    let (scope, firm) = (&acting.scope, &acting.firm);
    let (mut known, sealed) = (Acquaintances::new(), [records, unknown].concat());
    let (attempts, opened) = tokio::try_join!(reach.attempts.of(scope, &contact), reach.read_log.opened(scope, sealed, &mut known))?;
    let (own, strangers): (Vec<_>, Vec<_>) = opened.into_iter().partition(|opened| opened.record.contact == Some(contact.contact));
    let records: Vec<AccessRecord> = own.iter().map(|opened| opened.record.clone()).collect();
    let strangers_email = |Opened { record, .. }: &Opened| Some((Email::parse(record.email.as_deref()?).ok()?, record.record, record.at));
    let typed: Vec<_> = strangers.iter().filter_map(strangers_email).collect();
    let missing = contact.missing(&firm.sign_in, reach.texting.0);
    let stage = Stage::after_one_factor(&contact.sign_in_record().account, &firm.sign_in);
    let case = Case {
        contact: &contact,
        missing: &missing,
        attempts: &attempts,
        stage,
        factor: &factor,
        records: &records,
        unknown: &typed,
        now: caller.now,
    };
    let found = case.diagnose();
    let verdict = found.verdict;
    Ok(Json(DiagnosisView {
        verdict: verdict.name().to_owned(),
        values: verdict.values(),
        sentence: verdict.sentence(&firm.time_zone),
        advice: verdict.advice().to_owned(),
        action: verdict.action(),
        evidence: own
            .into_iter()
            .chain(strangers)
            .filter(|opened| found.evidence.contains(&opened.record.record))
            .map(RecordView::from)
            .collect(),
    }))
}
