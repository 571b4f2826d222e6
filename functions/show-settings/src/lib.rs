//! `GET /api/settings`: what the firm decides.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::role::Right;
use postern_http::{Access, Described, Operation, Problem, Sessions, SettingsView, SignedIn};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("show-settings", "/api/settings", Access::Staff(Right::View));

reach! { sessions: Sessions, texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Shows what the firm decides.").answer::<SettingsView>(200, "The settings.")
}

/// Answers a request.
pub async fn handle(State(reach): State<Reach>, signed_in: SignedIn) -> Result<Json<SettingsView>, Problem> {
    let acting = signed_in.alone(&reach.sessions).await?;
    Ok(Json(SettingsView::of(acting.firm, reach.texting.0)))
}
