//! `POST /api/contacts/{contact}/invitations`: invites a contact, or names what it lacks.

use axum::{Json, extract::State};
use http::StatusCode;
use jiff::Timestamp;
use postern_aws::{Texting, reach};
use postern_domain::{ContactId, DispatchId, Email, contact::NoInvitation, dispatch::DispatchKind, record::Outcome, role::Right};
use postern_http::{Access, Body, Caller, Described, Id, Operation, Problem, ProblemKind, Sessions, SignedIn};
use postern_store::{AccessLog, CommitError, Directory, Outbox, Part, Turn, settle};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::post("invite", "/api/contacts/{contact}/invitations", Access::Staff(Right::Work));

reach! {
    sessions: Sessions,
    directory: Directory [GetItem, UpdateItem],
    access_log: AccessLog [PutItem],
    outbox: Outbox [PutItem],
    texting: Texting,
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Sends a contact the link to the portal.")
        .body::<Invite>()
        .answer::<InvitationView>(201, "The mail is on its way.")
        .problems(&[ProblemKind::NotReady, ProblemKind::InvitedJustNow, ProblemKind::TooManyRequests])
}

/// Whether a second mail is meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// Whether another mail is meant, although one went out less than five minutes ago.
    #[serde(default)]
    again: bool,
}

/// An invitation that is on its way.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Invitation")]
pub struct InvitationView {
    invitation: DispatchId,
    sent_to: Email,
    expires_at: Timestamp,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    Id(contact): Id<ContactId>,
    signed_in: SignedIn,
    Caller(caller): Caller,
    Body(Invite { again }): Body<Invite>,
) -> Result<(StatusCode, Json<InvitationView>), Problem> {
    let directory = &reach.directory;
    let known = |scope| async move { directory.contact(&scope, contact).await };
    let (acting, found) = signed_in.with(&reach.sessions, known).await?;
    let found = found.ok_or(Problem::NotFound)?;
    let (reach, acting, caller, policy, now) = (&reach, &acting, &caller, &acting.firm.sign_in, caller.now);
    let invited = settle(&caller.dice, found, |found| async move {
        let invitation = match found.invitation(policy, reach.texting.0, again, now) {
            Ok(invitation) => invitation,
            Err(NoInvitation::JustNow) => return Err(Problem::InvitedJustNow),
            Err(NoInvitation::TooMany(retry_at)) => return Err(Problem::until(retry_at, now)),
            Err(NoInvitation::NotReady(missing)) => {
                let record = acting.record(caller, Outcome::NotSetUp { fields: missing.clone() });
                reach.access_log.commit(&record.about(Some(found.identity())), []).await?;
                return Err(Problem::NotReady { missing });
            }
        };
        let kind = DispatchKind::Invitation { again: invitation.again };
        let dispatch = caller.dispatch(&acting.scope, Some(found.identity()), kind);
        let record = acting.record(caller, Outcome::InviteRequested { staff: acting.name() }).about(Some(found.identity()));
        let changes = [reach.directory.invite(&acting.scope, &found, &invitation, now), reach.outbox.put(&dispatch)];
        match reach.access_log.commit(&record, changes).await {
            Ok(()) => {
                let (invitation, sent_to) = (dispatch.dispatch, invitation.to);
                Ok(Turn::Done(InvitationView { invitation, sent_to, expires_at: now + policy.link_life() }))
            }
            Err(CommitError::Refused(refusals)) if refusals.name(Part::Contact) => {
                refusals.found(Part::Contact)?.map(Turn::Again).ok_or(Problem::NotFound)
            }
            Err(error) => Err(error.into()),
        }
    });
    Ok((StatusCode::CREATED, Json(invited.await?)))
}
