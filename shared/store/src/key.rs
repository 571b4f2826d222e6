//! Keys of the tables. This is the only place where `#` is written.

use postern_domain::{
    AttemptKey, Audience, ChallengeId, ClientId, ContactId, DispatchId, DocumentId, Email, ExportId, FirmId, FirmScope, Phone, RecordId,
    StaffId, Subject, TextId, keys::fingerprint,
};

use crate::item::{Item, Place};

fn firm(scope: &FirmScope) -> String {
    format!("FIRM#{}", scope.firm())
}

fn alone(pk: String) -> Place {
    Place { pk, sk: "-".to_owned() }
}

pub(crate) fn firm_itself(scope: &FirmScope) -> Place {
    firm_named(scope.firm())
}

pub(crate) fn firm_named(firm: &FirmId) -> Place {
    Place { pk: format!("FIRM#{firm}"), sk: "FIRM".to_owned() }
}

pub(crate) const CONTACTS: &str = "CONTACT#";

pub(crate) fn contact(scope: &FirmScope, contact: ContactId) -> Place {
    Place { pk: firm(scope), sk: format!("{CONTACTS}{contact}") }
}

/// Parts of a firm's contacts that are counted side by side.
pub(crate) const SHARDS: u8 = 8;

/// Under which a part of the contacts stands in the index of how they stand.
pub(crate) fn shard(scope: &FirmScope, shard: u8) -> String {
    format!("{}#{shard}", firm(scope))
}

/// The part to which a contact belongs, by the last and random digit of its id.
pub(crate) fn shard_of(contact: ContactId) -> u8 {
    contact.to_string().bytes().last().unwrap_or_default() % SHARDS
}

pub(crate) const STAFF: &str = "STAFF#";

pub(crate) fn staff(scope: &FirmScope, staff: StaffId) -> Place {
    Place { pk: firm(scope), sk: format!("{STAFF}{staff}") }
}

/// Who worked at the firm, and who took over.
pub(crate) fn former_staff(scope: &FirmScope, staff: StaffId) -> Place {
    Place { pk: firm(scope), sk: format!("FORMERSTAFF#{staff}") }
}

pub(crate) fn subject(scope: &FirmScope, subject: Subject) -> Place {
    match subject {
        Subject::Contact(id) => contact(scope, id),
        Subject::Staff(id) => staff(scope, id),
    }
}

pub(crate) fn second_factor(scope: &FirmScope, subject: Subject) -> Place {
    Place { pk: firm(scope), sk: format!("FACTOR#{}", id(subject)) }
}

pub(crate) fn client(scope: &FirmScope, client: ClientId) -> Place {
    Place { pk: firm(scope), sk: format!("CLIENT#{client}") }
}

/// By a plain hash that never rotates: a lost key must not lock everyone out.
pub(crate) fn sign_in(scope: &FirmScope, audience: Audience, email: &Email) -> Place {
    sign_in_of(&mailbox(scope, audience, email))
}

pub(crate) fn sign_in_of(mailbox: &str) -> Place {
    alone(format!("SIGNIN#{mailbox}"))
}

pub(crate) fn mailbox(scope: &FirmScope, audience: Audience, email: &Email) -> String {
    fingerprint(&[scope.firm().as_str().as_bytes(), audience.name().as_bytes(), email.as_str().as_bytes()])
}

pub(crate) fn phone(scope: &FirmScope, phone: &Phone) -> Place {
    Place { pk: firm(scope), sk: format!("PHONE#{phone}") }
}

pub(crate) fn challenge(challenge: &ChallengeId) -> Place {
    alone(format!("CHALLENGE#{challenge}"))
}

pub(crate) fn attempts(firm: &FirmId, key: &AttemptKey) -> Place {
    alone(format!("ATTEMPTS#{firm}#{}", key.as_str()))
}

pub(crate) fn uploads(scope: &FirmScope, subject: Subject, day: &str) -> Place {
    alone(format!("UPLOADS#{}#{}#{day}", scope.firm(), id(subject)))
}

pub(crate) fn receipts(scope: &FirmScope, subject: Subject, day: &str) -> Place {
    alone(format!("RECEIPTS#{}#{}#{day}", scope.firm(), id(subject)))
}

fn id(subject: Subject) -> String {
    match subject {
        Subject::Contact(contact) => contact.to_string(),
        Subject::Staff(staff) => staff.to_string(),
    }
}

pub(crate) fn link_gates(scope: &FirmScope, key: &AttemptKey, day: &str) -> Place {
    alone(format!("LINKGATES#{}#{}#{day}", scope.firm(), key.as_str()))
}

/// The text messages to one phone, which its keyed hash stands for.
pub(crate) fn texted_phone(hash: &str) -> Place {
    alone(format!("TEXTED#{hash}"))
}

/// The text messages of a firm on a day.
pub(crate) fn texts_of_firm(scope: &FirmScope, day: &str) -> Place {
    alone(format!("TEXTS#{}#{day}", scope.firm()))
}

/// The text messages of all firms on a day; no firm has an empty name.
pub(crate) fn texts_of_all(day: &str) -> Place {
    alone(format!("TEXTS##{day}"))
}

/// The calls for help, of contacts or of others, that a firm is told of in an hour; or all firms.
pub(crate) fn calls_for_help(firm: Option<&FirmScope>, is_contact: bool, hour: &str) -> Place {
    let (firm, of) = (firm.map_or("", |scope| scope.firm().as_str()), if is_contact { "contacts" } else { "others" });
    alone(format!("HELP#{firm}#{of}#{hour}"))
}

/// What came from one address, or one network.
pub(crate) fn origin(audience: Audience, origin: &str) -> Place {
    alone(format!("ORIGIN#{}#{origin}", audience.name()))
}

pub(crate) fn known_browser(fingerprint: &str) -> Place {
    alone(format!("KNOWN#{fingerprint}"))
}

pub(crate) fn devices(scope: &FirmScope, subject: Subject) -> Place {
    alone(format!("DEVICES#{}#{}", scope.firm(), id(subject)))
}

const SESSION: &str = "SESSION#";

pub(crate) fn session(fingerprint: &str) -> Place {
    alone(format!("{SESSION}{fingerprint}"))
}

/// The fingerprint of the session whose row `item` is.
pub(crate) fn session_at(item: &Item) -> Option<String> {
    Some(item.get("pk")?.as_s().ok()?.strip_prefix(SESSION)?.to_owned())
}

pub(crate) fn link(fingerprint: &str) -> Place {
    alone(format!("LINK#{fingerprint}"))
}

pub(crate) fn log(firm: &FirmId) -> String {
    format!("FIRM#{firm}")
}

pub(crate) fn log_of_contact(firm: &FirmId, contact: ContactId) -> String {
    format!("{}#{contact}", log(firm))
}

/// Where records stand in the index by contact that name none and cost as much as if they did.
pub(crate) fn log_of_nobody(firm: &FirmId) -> String {
    format!("{}#nobody", log(firm))
}

/// Where the last entries of all chains stand, which the sweep goes through.
pub(crate) const CHAIN_HEADS: &str = "CHAINHEAD";

pub(crate) fn chain_head(scope: &FirmScope) -> Place {
    Place { pk: CHAIN_HEADS.to_owned(), sk: scope.firm().to_string() }
}

pub(crate) fn chain(scope: &FirmScope) -> String {
    format!("CHAIN#{}", scope.firm())
}

/// In the order of records, so that they can be read side by side.
pub(crate) fn chain_entry(scope: &FirmScope, record: RecordId) -> Place {
    Place { pk: chain(scope), sk: record.to_string() }
}

pub(crate) fn chain_swept(scope: &FirmScope) -> Place {
    alone(format!("CHAINSWEPT#{}", scope.firm()))
}

const DISPATCH: &str = "DISPATCH#";

pub(crate) fn dispatch(dispatch: DispatchId) -> Place {
    alone(format!("{DISPATCH}{dispatch}"))
}

pub(crate) fn text(text: TextId) -> Place {
    alone(format!("TEXT#{text}"))
}

/// The message whose row `item` is.
pub(crate) fn dispatch_at(item: &Item) -> Option<DispatchId> {
    item.get("pk")?.as_s().ok()?.strip_prefix(DISPATCH)?.parse().ok()
}

const EXPORT: &str = "EXPORT#";

pub(crate) fn export(export: ExportId) -> Place {
    alone(format!("{EXPORT}{export}"))
}

/// The export whose row `item` is.
pub(crate) fn export_at(item: &Item) -> Option<ExportId> {
    item.get("pk")?.as_s().ok()?.strip_prefix(EXPORT)?.parse().ok()
}

pub(crate) fn waiting(scope: &FirmScope, client: ClientId) -> Place {
    alone(format!("WAITING#{}#{client}", scope.firm()))
}

pub(crate) const DOCUMENTS: &str = "DOCUMENT#";

pub(crate) fn documents(scope: &FirmScope, client: ClientId) -> String {
    format!("{}#{client}", firm(scope))
}

pub(crate) fn document(scope: &FirmScope, document: DocumentId) -> Place {
    Place { pk: documents(scope, document.client), sk: format!("{DOCUMENTS}{}", document.serial) }
}

/// Under what everything that has an end stands in the index by that end.
pub(crate) const ENDING: &str = "DOCUMENT";
