//! `GET /api/firms/{firm}`: what anyone may know of a firm before signing in.

use axum::{Json, Router, extract::State};
use postern_domain::{
    FirmId, FirmScope, Name,
    firm::{AccessMode, Channel, Colour, IdentityCheck, PrintedPhone},
};
use postern_http::{Id, OpenTo, Operation, Problem, openapi::Described};
use postern_store::{Aws, Directory, Misconfigured};
use schemars::JsonSchema;
use serde::Serialize;

/// The route.
pub const OPERATION: Operation = Operation::get("show-firm", "/api/firms/{firm}", OpenTo::Anyone);

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms stand.
    pub directory: Directory,
    /// Whether text messages can be sent.
    pub texting: bool,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self { directory: Directory::new(aws)?, texting: aws.texting() })
    }
}

/// The route with its handler.
pub fn router(reach: Reach) -> Router {
    OPERATION.route(show_firm, reach)
}

/// How the `OpenAPI` document describes it.
pub fn described() -> Described {
    OPERATION.described("Shows what anyone may know of a firm.").answer::<FirmView>(200, "The firm.")
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FirmView {
    firm: FirmId,
    name: Name,
    phone: PrintedPhone,
    branding: Branding,
    sign_in: SignInView,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Branding {
    colour: Colour,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct SignInView {
    access_mode: AccessMode,
    identity_check: IdentityCheck,
    channels: Vec<Channel>,
}

async fn show_firm(State(reach): State<Reach>, Id(firm): Id<FirmId>) -> Result<Json<FirmView>, Problem> {
    let scope = FirmScope::of_public_path(firm);
    let firm = reach.directory.firm(&scope).await?.ok_or(Problem::NotFound)?;
    Ok(Json(FirmView {
        firm: firm.firm,
        name: firm.name,
        phone: firm.phone,
        branding: Branding { colour: firm.colour },
        sign_in: SignInView {
            access_mode: firm.sign_in.access_mode,
            identity_check: firm.sign_in.identity_check,
            channels: firm.sign_in.channels(reach.texting),
        },
    }))
}
