//! The access log: one record for each step of an attempt, in fixed words.

use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};

use serde_json::{Map, Value, json};

use crate::{
    Audience, ChallengeId, ClientId, ContactId, DispatchId, FirmId, Identity, RecordId, StaffId, channel::Channel, gate::GateKind,
    keys::fingerprint, moments, readiness::Missing, role::Role, settings::Change,
};

/// Name and text of what only a newer version has words for.
pub const NEWER: (&str, &str) = ("newer", "Something that a newer version of the portal wrote down");

macro_rules! outcomes {
    ($($(#[$doc:meta])* $variant:ident $({ $($field:ident: $type:ty),* })? = $name:literal, $text:literal;)*) => {
        /// What happened at one step. The names are stable, the texts are fixed: people search for them.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(tag = "outcome")]
        pub enum Outcome {
            $(
                #[doc = $text]
                $(#[$doc])*
                #[serde(rename = $name)]
                $variant $({
                    $(
                        #[doc = concat!("What `{", stringify!($field), "}` stands for.")]
                        $field: $type
                    ),*
                })?,
            )*
            /// Something that a newer version of the product wrote down, and this one has no words for.
            #[serde(other)]
            Newer,
        }

        impl Outcome {
            /// The names and texts of all outcomes that this version knows; `{…}` stands for what varies.
            pub const CATALOGUE: &'static [(&'static str, &'static str)] = &[$(($name, $text)),*];

            /// The stable name.
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant $({ $($field: _),* })? => $name,)*
                    Self::Newer => NEWER.0,
                }
            }

            /// The fixed text, with what varies filled in.
            pub fn message(&self) -> String {
                match self {
                    $(Self::$variant $({ $($field),* })? => filled_in($text, &[$($((stringify!($field), $field.shown())),*)?]),)*
                    Self::Newer => NEWER.1.to_owned(),
                }
            }

            /// What varies, by the names of the places in the text.
            pub fn values(&self) -> Map<String, Value> {
                match self {
                    $(Self::$variant $({ $($field),* })? => Map::from_iter([$($((stringify!($field).to_owned(), $field.value())),*)?]),)*
                    Self::Newer => Map::new(),
                }
            }

            /// The names of staff that stand in the text.
            pub fn staff_named(&self) -> Vec<String> {
                let of_staff = |name: &str| ["staff", "by", "member", "successor"].contains(&name);
                let named = self.values().into_iter().filter(|(name, _)| of_staff(name));
                named.filter_map(|(_, value)| value.as_str().map(str::to_owned)).collect()
            }
        }
    };
}

outcomes! {
    SignedIn = "signed-in", "Client Access Authenticate Success";
    SsnMismatch = "ssn-mismatch", "The last 4 Digits of the SSN did not match";
    NoContact = "no-contact", "No contact was found with this email";
    PinMismatch = "pin-mismatch", "The PIN did not match";
    NotSetUp { fields: Vec<Missing> } = "not-set-up", "Contact is not set up for portal access: missing {fields}";
    AutofillSuspected = "autofill-suspected", "Browser autofill suspected in the last-4 field";
    CodeMismatch = "code-mismatch", "The security code did not match";
    CodeExpired = "code-expired", "The security code has expired";
    Locked { time: LockedUntil } = "locked", "Too many attempts: access locked until {time}";
    AccessUnlocked { staff: String } = "access-unlocked", "Access unlocked by {staff}";
    StaffSignedIn = "staff-signed-in", "Staff sign-in success";
    SecondFactorAwaited = "second-factor-awaited", "Second factor asked for";
    SecondFactorSetupAwaited = "second-factor-setup-awaited", "Two-factor authentication has to be set up first";
    SecondFactorAccepted = "second-factor-accepted", "Second factor accepted";
    SecondFactorMismatch = "second-factor-mismatch", "The second factor did not match";
    SecondFactorLocked { time: LockedUntil } = "second-factor-locked", "Too many wrong codes: second factor locked until {time}";
    SecondFactorClosed = "second-factor-closed", "Too many wrong codes: second factor closed until it is reset";
    RecoveryCodeUsed { left: String } = "recovery-code-used", "Recovery code used: {left} left";
    SecondFactorBegun = "second-factor-begun", "Setting up of two-factor authentication begun";
    SecondFactorOn = "second-factor-on", "Two-factor authentication switched on";
    SecondFactorOff = "second-factor-off", "Two-factor authentication switched off";
    /// Staff said why.
    SecondFactorReset { staff: String, reason: String } = "second-factor-reset", "Two-factor authentication reset by {staff}";
    SecondFactorTold = "second-factor-told", "News of two-factor authentication told by email";
    FactorResetTexted = "factor-reset-texted", "Reset of two-factor authentication told by SMS";
    IdentityConfirmed = "identity-confirmed", "Identity confirmed by security code";
    SignedOut = "signed-out", "Signed out";
    DeviceSignedOut { by: String } = "device-signed-out", "A browser signed out by {by}";
    SessionsEnded { by: String } = "sessions-ended", "All browsers signed out by {by}";
    CodeRequested = "code-requested", "Security code requested";
    CodeRequestedAgain = "code-requested-again", "Security code requested again";
    CodeTexted = "code-sent-sms", "Security code sent by SMS";
    CodeMailed = "code-sent-email", "Security code sent by email";
    SmsOptedOut = "sms-opted-out", "SMS not sent: phone opted out (STOP)";
    SmsCountryNotAllowed = "sms-country-not-allowed", "SMS not sent: country not allowed";
    TextingNotSetUp = "texting-not-set-up", "SMS not sent: texting is not set up";
    SmsTooManyToPhone = "sms-too-many-to-phone", "SMS not sent: too many to this phone";
    SmsTooManyOfFirm = "sms-too-many-of-firm", "SMS not sent: too many of this firm today";
    SmsBudgetSpent = "sms-budget-spent", "SMS not sent: the texts of this day are used up";
    SmsFailed = "sms-failed", "SMS delivery failed";
    SmsDelivered = "sms-delivered", "SMS delivered to the phone's carrier";
    EmailDelivered = "email-delivered", "Email delivered to the recipient's mail server";
    EmailBounced = "email-bounced", "Email bounced";
    EmailReturned = "email-returned", "Email answered by a machine: whether it arrived is not known";
    EmailMarkedAsSpam = "email-marked-as-spam", "Email marked as spam by its recipient";
    EmailRejected = "email-rejected", "Email not accepted by the mail service";
    MessageTooLate = "message-too-late", "Message not sent: it was no longer of use";
    MessageGivenUp { reason: String } = "message-given-up", "Message given up: {reason}";
    TextsResumed = "texts-resumed", "Phone takes text messages again (START)";
    TooManyMessages = "too-many-messages", "Code not sent: too many messages";
    TooManyRequests = "too-many-requests", "Code request refused: too many requests";
    CodePathClosed = "code-path-closed", "Code not sent: sign-in by code is closed until staff reopen it";
    CodePathReopened { staff: String } = "code-path-reopened", "Sign-in by code reopened by {staff}";
    LinkOnly = "link-only", "Code not sent: this firm admits by link only";
    HonestMailSent = "honest-mail-sent", "Told by email why no code was sent";
    ChangeTold = "change-told", "Change of contact details told to the old address";
    InviteRequested { staff: String } = "invite-requested", "Portal invite requested by {staff}";
    InviteSent = "invite-sent", "Portal invite sent";
    InviteResent = "invite-resent", "Portal invite resent";
    LinkOpened = "link-opened", "Magic link opened";
    LinkExpired = "link-expired", "Magic link expired";
    LinkGateMismatch = "link-gate-mismatch", "The last four did not match on a link";
    FreshLinkRequested = "fresh-link-requested", "Fresh link requested";
    FreshLinkSent = "fresh-link-sent", "Fresh link sent";
    SettingsChanged { staff: String, changes: Vec<Change> } = "settings-changed", "Settings changed by {staff}: {changes}";
    ClientsSignedOut { staff: String } = "clients-signed-out", "All clients signed out by {staff}";
    SettingsTightened { staff: String, changes: Vec<Change> } = "settings-tightened", "Settings changed and clients signed out by {staff}: {changes}";
    LogExported { staff: String } = "log-exported", "Access log exported by {staff}";
    HelpRequested = "help-requested", "Client asked for help";
    HelpSent = "help-sent", "Call for help told to the firm by email";
    HelpHeld = "help-held", "Call for help not told by email: too many within the hour";
    FirmCreated { staff: String } = "firm-created", "Firm created with owner {staff}";
    OwnerLinkMade { staff: String } = "owner-link-made", "Owner link made for {staff}";
    StaffInvited { staff: String, member: String, role: Role } = "staff-invited", "{member} invited as {role} by {staff}";
    StaffInviteSent = "staff-invite-sent", "Staff invitation sent";
    StaffUpdated { staff: String, member: String, fields: Vec<String> } = "staff-updated", "Staff member {member} updated by {staff}: {fields}";
    StaffRoleChanged { staff: String, member: String, before: Role, after: Role } = "staff-role-changed", "Role of {member} changed by {staff}: {before} to {after}";
    StaffUnlocked { staff: String, member: String } = "staff-unlocked", "Sign-in of {member} unlocked by {staff}";
    StaffRemoved { staff: String, member: String, successor: String } = "staff-removed", "Staff member {member} removed by {staff}: {successor} takes over";
    ContactCreated { staff: String } = "contact-created", "Contact created by {staff}";
    ContactUpdated { staff: String, fields: Vec<String> } = "contact-updated", "Contact updated by {staff}: {fields}";
    UploadStarted { document: String } = "upload-started", "Upload started: {document}";
    DocumentReady { by: String, document: String } = "document-ready", "Document sent by {by}: {document}";
    DocumentRefused { by: String, document: String, reason: String } = "document-refused", "Document of {by} refused: {document}: {reason}";
    DocumentDownloaded { by: String, document: String } = "document-downloaded", "Document downloaded by {by}: {document}";
    DocumentRenamed { by: String, document: String, name: String } = "document-renamed", "Document renamed by {by}: {document} is now {name}";
    DocumentDeleted { by: String, document: String } = "document-deleted", "Document deleted by {by}: {document}";
    DocumentRestored { by: String, document: String } = "document-restored", "Document restored by {by}: {document}";
    DocumentErased { document: String } = "document-erased", "Document erased for good: {document}";
    ReceiptRequested { by: String } = "receipt-requested", "Receipt requested by {by}";
    ReceiptSent = "receipt-sent", "Receipt sent by email";
    DocumentNoticeRequested = "document-notice-requested", "Notice of new documents requested";
    DocumentNoticeSent = "document-notice-sent", "Told by email of new documents";
    UploadGivenUp { document: String } = "upload-given-up", "Upload never finished: {document}";
}

/// `text` with `values` at their places, in one pass: what was filled in is never a place itself.
fn filled_in(text: &str, values: &[(&str, String)]) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or((part, ""));
        filled.extend(values.iter().filter(|(known, _)| *known == name).map(|(_, value)| value.as_str()));
        filled.push_str(rest);
    }
    filled
}

impl Outcome {
    /// A wrong gate, in the words for its kind.
    pub fn gate_mismatch(kind: GateKind) -> Self {
        match kind {
            GateKind::SsnLast4 => Self::SsnMismatch,
            GateKind::Pin => Self::PinMismatch,
        }
    }

    /// The success of signing in.
    pub fn signed_in(audience: Audience) -> Self {
        match audience {
            Audience::Client => Self::SignedIn,
            Audience::Staff => Self::StaffSignedIn,
        }
    }
}

/// The instant until which a person is locked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedUntil(#[serde(with = "moments::required")] pub Timestamp);

/// What last went wrong for an email.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastFailure {
    /// When.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What may fill a place in a fixed text.
trait Shown {
    fn shown(&self) -> String;

    /// The same for programs: a list as one.
    fn value(&self) -> Value {
        self.shown().into()
    }
}

impl Shown for String {
    fn shown(&self) -> String {
        self.clone()
    }
}

impl Shown for Role {
    fn shown(&self) -> String {
        self.name().to_owned()
    }
}

impl Shown for Vec<String> {
    fn shown(&self) -> String {
        self.join(", ")
    }

    fn value(&self) -> Value {
        json!(self)
    }
}

impl Shown for Vec<Change> {
    fn shown(&self) -> String {
        self.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn value(&self) -> Value {
        json!(self)
    }
}

impl Shown for Vec<Missing> {
    fn shown(&self) -> String {
        self.iter().map(|missing| missing.name()).collect::<Vec<_>>().join(", ")
    }

    fn value(&self) -> Value {
        self.iter().map(|missing| missing.name()).collect()
    }
}

impl Shown for LockedUntil {
    fn shown(&self) -> String {
        self.0.round(Unit::Second).unwrap_or(self.0).to_string()
    }
}

/// What is known of a message's way. "Delivered" is never assumed: it is what a mail server or a carrier reported, in a record of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The mail or text service took it; nothing more is known.
    Accepted,
    /// The recipient's mail server or carrier has it.
    Delivered,
    /// It came back.
    Bounced,
    /// Its recipient marked it as spam.
    MarkedAsSpam,
    /// Something came back that does not say whether it arrived.
    Unknown,
    /// It was refused, or did not get through.
    Failed,
}

/// What groups the records of one attempt: those of one challenge and its messages, else those of one request. It opens nothing: it is a
/// hash of what does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Attempt(String);

impl Attempt {
    /// The attempt of a challenge.
    pub fn of(challenge: &ChallengeId) -> Self {
        Self::named(b"challenge", &challenge.to_string())
    }

    fn named(kind: &[u8], name: &str) -> Self {
        Self(fingerprint(&[b"attempt", kind, name.as_bytes()]))
    }
}

/// From where an attempt came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The caller's address as API Gateway reports it.
    #[serde(default)]
    pub ip: Option<String>,
    /// The browser's own description, cut to 256 bytes.
    #[serde(default)]
    pub user_agent: Option<String>,
    /// The request that caused the step.
    #[serde(default)]
    pub request_id: Option<String>,
}

/// One step of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRecord {
    /// Its identifier, which sorts by time.
    pub record: RecordId,
    /// The firm whose log it stands in.
    pub firm: FirmId,
    /// When it happened.
    #[serde(with = "moments::required")]
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Whom it concerns, if that is known.
    #[serde(default)]
    pub contact: Option<ContactId>,
    /// Which staff member acted, if one did.
    #[serde(default)]
    pub staff_id: Option<StaffId>,
    /// Which challenge it belongs to.
    #[serde(default)]
    pub attempt: Option<Attempt>,
    /// Whose papers it concerns, if it is about papers.
    #[serde(default)]
    pub client: Option<ClientId>,
    /// The email as typed.
    #[serde(default)]
    pub email: Option<String>,
    /// A keyed hash of a wrong gate, by which equal mistakes are recognised. Never shown.
    #[serde(default, rename = "gate_mark")]
    pub gate_hash: Option<String>,
    /// Which gate opened, by its label, where there are two.
    #[serde(default)]
    pub gate: Option<String>,
    /// Until when it shut whoever came that way out: it was the mistake that locked.
    #[serde(default, with = "moments::optional")]
    pub locks_until: Option<Timestamp>,
    /// Which channel a message went by.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// What became of that message.
    #[serde(default)]
    pub delivery: Option<Delivery>,
    /// Which message it is about, by which what came back of it is found.
    #[serde(default)]
    pub message: Option<DispatchId>,
    /// From where the attempt came.
    #[serde(flatten)]
    pub origin: Origin,
    /// Of whom it tells. Its table seals what does, and says there whose it is.
    #[serde(skip)]
    pub people: People,
    /// The members that can be read no more, since whom they tell of was erased.
    #[serde(skip)]
    pub erased: Vec<String>,
}

/// Of whom a record tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct People {
    /// Whose email, digits and papers stand in it.
    about: Option<Identity>,
    /// Who caused it, from where and by which name.
    by: Option<Identity>,
    /// Whose other names stand in it, by the place in its text.
    named: Vec<(&'static str, Identity)>,
}

impl People {
    /// Whose the text at the place `member` is; the firm's, if nobody's.
    pub(crate) fn whose(&self, member: &str) -> Option<Identity> {
        let named = self.named.iter().find(|(place, _)| *place == member).map(|(_, who)| *who);
        named.or(match member {
            "staff" | "by" => self.by,
            "ip" | "user_agent" => self.by.or(self.about),
            "email" => self.about.or(self.by),
            _ => self.about,
        })
    }
}

impl AccessRecord {
    /// A record of `outcome` that names nobody yet.
    pub(crate) fn new(record: RecordId, firm: FirmId, at: Timestamp, outcome: Outcome, origin: Origin) -> Self {
        Self {
            record,
            firm,
            at,
            outcome,
            contact: None,
            staff_id: None,
            attempt: None,
            client: None,
            email: None,
            gate_hash: None,
            gate: None,
            locks_until: None,
            channel: None,
            delivery: None,
            message: None,
            origin,
            people: People::default(),
            erased: Vec::new(),
        }
    }

    /// The same record, about someone: if that is a contact, it stands among those of theirs.
    #[must_use]
    pub fn about(self, who: Option<Identity>) -> Self {
        Self { contact: who.and_then(|who| who.subject.contact()), ..self.telling_of(who) }
    }

    /// The same record, of what someone did; about themselves, if they are a contact.
    #[must_use]
    pub fn by(self, who: Identity) -> Self {
        let about = who.subject.contact().map(|_| who);
        let done = self.about(about);
        Self { staff_id: who.subject.staff(), people: People { by: Some(who), ..done.people }, ..done }
    }

    /// The same record, in which something of `who` stands without naming them.
    #[must_use]
    pub fn telling_of(mut self, who: Option<Identity>) -> Self {
        self.people.about = who;
        self
    }

    /// The same record, at whose place `place` the name of `who` stands.
    #[must_use]
    pub fn naming(mut self, place: &'static str, who: Identity) -> Self {
        self.people.named.push((place, who));
        self
    }

    /// What it is grouped by: its challenge, else the request that caused it, else nothing but itself.
    pub fn attempt(&self) -> Attempt {
        let of_request = || self.origin.request_id.as_ref().map(|request| Attempt::named(b"request", request));
        self.attempt.clone().or_else(of_request).unwrap_or_else(|| Attempt::named(b"record", &self.record.to_string()))
    }

    /// The same record, about papers of `client`.
    #[must_use]
    pub fn of_papers(self, client: ClientId) -> Self {
        Self { client: Some(client), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_filled_in() {
        let until = LockedUntil("2026-03-02T10:45:00.250Z".parse().expect("a time"));
        assert_eq!(Outcome::Locked { time: until }.message(), "Too many attempts: access locked until 2026-03-02T10:45:00Z");
        let missing = Outcome::NotSetUp { fields: vec![Missing::Gate, Missing::Mobile] };
        assert_eq!(missing.message(), "Contact is not set up for portal access: missing gate, mobile");
        assert_eq!(Outcome::SignedIn.message(), "Client Access Authenticate Success");
    }

    #[test]
    fn values_are_what_fills_the_text() {
        let until = LockedUntil("2026-03-02T10:45:00.250Z".parse().expect("a time"));
        assert_eq!(json!(Outcome::Locked { time: until }.values()), json!({"time": "2026-03-02T10:45:00Z"}));
        assert_eq!(
            json!(Outcome::NotSetUp { fields: vec![Missing::Gate, Missing::Mobile] }.values()),
            json!({"fields": ["gate", "mobile"]})
        );
        let updated = Outcome::ContactUpdated { staff: "Olive".into(), fields: vec!["email".into()] };
        assert_eq!(json!(updated.values()), json!({"staff": "Olive", "fields": ["email"]}));
        assert!(Outcome::SignedIn.values().is_empty() && Outcome::Newer.values().is_empty());
    }

    #[test]
    fn records_are_grouped_by_challenge_else_by_request() {
        let (dice, now) = (crate::Dice::new(|bytes| bytes.fill(7)), Timestamp::UNIX_EPOCH);
        let of = |request: Option<&str>| {
            let origin = Origin { request_id: request.map(str::to_owned), ..Origin::default() };
            AccessRecord::new(RecordId::new(now, &dice), "demo".parse().expect("a firm"), now, Outcome::SignedIn, origin)
        };
        let attempts = crate::keys::Secret::new(crate::keys::KeyId("1".into()), "secret").key("attempts").attempts(&[]);
        let challenge = ChallengeId::new(&"demo".parse().expect("a firm"), attempts, &dice);
        let attempt = Some(Attempt::of(&challenge));
        let one = AccessRecord { attempt: attempt.clone(), ..of(Some("a")) };
        assert_eq!(one.attempt(), AccessRecord { attempt, ..of(Some("b")) }.attempt());
        assert_eq!(of(Some("a")).attempt(), of(Some("a")).attempt());
        assert_ne!(of(Some("a")).attempt(), of(Some("b")).attempt());
        assert_ne!(of(None).attempt(), of(Some("a")).attempt());
        assert!(!format!("{:?}", one.attempt()).contains(&challenge.to_string()), "the challenge opens");
    }

    #[test]
    fn what_is_filled_in_is_no_place_for_more() {
        for name in ["{reason}.pdf", "{by}{document}{reason}", "}{", "{"] {
            let refused = Outcome::DocumentRefused { by: "{document}".into(), document: name.into(), reason: "{by}".into() };
            assert_eq!(refused.message(), format!("Document of {{document}} refused: {name}: {{by}}"));
        }
    }

    #[test]
    fn what_a_newer_version_wrote_down_is_read_and_told_apart() {
        let json = serde_json::json!({"outcome": "moon-landed", "moon": 1});
        let outcome: Outcome = serde_json::from_value(json).expect("an outcome");
        assert_eq!((outcome.name(), outcome.message().as_str()), NEWER);
    }

    #[test]
    fn outcomes_survive_storage() {
        let outcome = Outcome::ContactUpdated { staff: "Olive".into(), fields: vec!["email".into()] };
        let json = serde_json::to_value(&outcome).expect("JSON");
        assert_eq!(json["outcome"], outcome.name());
        assert_eq!(serde_json::from_value::<Outcome>(json).expect("an outcome"), outcome);
    }
}
