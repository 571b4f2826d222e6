//! `PATCH /api/settings`: changes what the firm decides.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{firm::SettingsPatch, policy, record::Outcome, role::Right};
use postern_http::{Access, Body, Caller, Described, Operation, Problem, ProblemKind, Sessions, SettingsView, SignedIn};
use postern_store::{AccessLog, CommitError, Directory, Part};

/// The route, and who may call.
pub const OPERATION: Operation =
    Operation::patch("update-settings", "/api/settings", Access::Staff(Right::Administer)).fresh(policy::STEP_UP);

reach! { sessions: Sessions, directory: Directory [PutItem], access_log: AccessLog [PutItem], texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Changes what the firm decides: what is absent stays. It may sign out the clients whom the change concerns; where nothing changes, all.")
        .body::<SettingsPatch>()
        .answer::<SettingsView>(200, "The settings.")
        .problems(&[ProblemKind::SettingsChanged])
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(patch): Body<SettingsPatch>,
) -> Result<Json<SettingsView>, Problem> {
    let acting = signed_in.alone(&reach.sessions).await?;
    let before = &acting.firm;
    if patch.version != before.version {
        return Err(Problem::SettingsChanged);
    }
    let (staff, end_sessions) = (acting.name(), patch.end_sessions);
    let (firm, changes) = patch.apply(before);
    let outcome = match (changes.is_empty(), end_sessions) {
        (true, false) => return Ok(Json(SettingsView::of(firm, reach.texting.0))),
        (true, true) => Outcome::ClientsSignedOut { staff },
        (false, true) => Outcome::SettingsTightened { staff, changes },
        (false, false) => Outcome::SettingsChanged { staff, changes },
    };
    match reach.access_log.commit(&acting.record(&caller, outcome), [reach.directory.keep_firm(before, &firm)]).await {
        Ok(()) => Ok(Json(SettingsView::of(firm, reach.texting.0))),
        Err(CommitError::Refused(refusals)) if refusals.name(Part::Firm) => Err(Problem::SettingsChanged),
        Err(error) => Err(error.into()),
    }
}
