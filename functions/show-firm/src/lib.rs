//! `GET /api/firms/{firm}`: what anyone may know of a firm before signing in.

use axum::{Json, extract::State};
use postern_aws::{Texting, reach};
use postern_domain::{
    FirmId, FirmScope, Language, Name,
    channel::Channel,
    gate::IdentityCheck,
    phone::PrintedPhone,
    settings::{AccessMode, CodeChannel, Colour},
};
use postern_http::{Access, Described, Id, Operation, Problem};
use postern_store::Directory;
use schemars::JsonSchema;
use serde::Serialize;

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("show-firm", "/api/firms/{firm}", Access::Anyone);

reach! { directory: Directory [GetItem], texting: Texting }

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION.described("Shows what anyone may know of a firm.").answer::<FirmView>(200, "The firm.")
}

/// What anyone may know of a firm.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Firm")]
pub struct FirmView {
    firm: FirmId,
    name: Name,
    phone: PrintedPhone,
    /// The address that dials that phone, `tel:+12525885772,4`.
    tel: String,
    branding: Branding,
    /// The language of its messages to whoever has none of their own.
    language: Language,
    sign_in: FirmSignIn,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Branding {
    colour: Colour,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct FirmSignIn {
    access_mode: AccessMode,
    identity_check: IdentityCheck,
    /// How codes go out, where there is a choice.
    code_channel: CodeChannel,
    /// The channels by which they may go out.
    channels: Vec<Channel>,
}

/// Answers a request.
#[expect(clippy::disallowed_methods, reason = "what a firm shows to anyone")]
pub async fn handle(State(reach): State<Reach>, Id(firm): Id<FirmId>) -> Result<Json<FirmView>, Problem> {
    let firm = reach.directory.firm(&FirmScope::of_public_path(firm)).await?.ok_or(Problem::NotFound)?;
    Ok(Json(FirmView {
        firm: firm.firm,
        name: firm.name,
        tel: firm.phone.dialled(),
        phone: firm.phone,
        branding: Branding { colour: firm.colour },
        language: firm.language,
        sign_in: FirmSignIn {
            access_mode: firm.sign_in.access_mode,
            identity_check: firm.sign_in.identity_check,
            code_channel: firm.sign_in.code_channel,
            channels: firm.sign_in.channels(reach.texting.0),
        },
    }))
}
