//! Sets up a firm with its first owner, and lets that owner in without any mail. Invoked directly by whoever deploys; no route names it.

use jiff::Timestamp;
use postern_aws::{PublicOrigin, Unavailable, reach};
use postern_domain::{
    Audience, Clock, Dice, DispatchId, Email, FirmId, FirmScope, Identity, Language, Name, Occasion,
    firm::Firm,
    keys::Token,
    link::Link,
    phone::PrintedPhone,
    policy,
    record::{AccessRecord, Origin, Outcome},
    role::Role,
    settings::{Colour, SignInPolicy, TimeZoneName},
    staff::StaffMember,
};
use postern_flow::ResetSecondFactor;
use postern_store::{AccessLog, AccessStore, CommitError, Directory, LinkKeys, Write};
use serde::{Deserialize, Serialize};

/// What whoever deploys is called in the log.
const DEPLOYER: &str = "whoever runs the portal";
/// Why they reset a second factor.
const AGAIN: &str = "create-firm was invoked again for the only owner";

/// The name of the function.
pub const NAME: &str = "create-firm";

reach! {
    directory: Directory [GetItem, PutItem, Query],
    reset_second_factor: ResetSecondFactor,
    access: AccessStore [PutItem],
    access_log: AccessLog [PutItem],
    link_keys: LinkKeys,
    public_origin: PublicOrigin,
    clock: Clock,
    dice: Dice,
}

/// A firm that is to be set up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFirm {
    /// Its name in addresses.
    pub firm: FirmId,
    /// Its name as people know it.
    pub name: Name,
    /// The phone that people in trouble may call.
    pub phone: PrintedPhone,
    /// Where replies to its mails go.
    pub contact_address: Email,
    /// Who may do everything from the start.
    pub owner: Owner,
    /// The one accent of its pages and mails.
    #[serde(default)]
    pub colour: Colour,
    /// The time zone of the times in its messages.
    #[serde(default)]
    pub time_zone: TimeZoneName,
    /// The language of its messages to whoever has none of their own.
    #[serde(default)]
    pub language: Language,
    /// Whether its staff need a second factor. It can be left out here alone, for a firm that holds nothing real.
    #[serde(default = "yes")]
    pub staff_second_factor: bool,
}

fn yes() -> bool {
    true
}

/// The first staff member of a firm.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// Their name.
    pub name: Name,
    /// The mailbox that they sign in with.
    pub email: Email,
}

/// A firm that is set up.
#[derive(Debug, Serialize)]
pub struct Created {
    /// Its name in addresses.
    pub firm: FirmId,
    /// The page that lets the owner in once, without a code.
    pub owner_link: String,
    /// When that page stops doing so.
    pub expires_at: Timestamp,
}

/// Why a firm was not set up.
#[derive(Debug, thiserror::Error)]
pub enum CreateFirmError {
    /// There is a firm of that name, and the owner given is not on its staff.
    #[error("There is a firm of this name already, and no staff member of it has this email. Choose another name in `firm`.")]
    Taken,
    /// The function's role does not allow it.
    #[error(
        "This function may not do what it takes: {0}. Nothing has changed. Its role comes from the template: deploy the stack again as it \
         stands, and see whether a policy of your organisation takes away from it."
    )]
    Denied(String),
    /// The store failed.
    #[error("The store could not be used, and nothing has changed. Try again; if it stays so, the log of this function says why.")]
    Unavailable(#[source] Unavailable),
}

impl From<Unavailable> for CreateFirmError {
    fn from(error: Unavailable) -> Self {
        match error.denied() {
            Some(denied) => Self::Denied(denied.trim_end_matches('.').to_owned()),
            None => Self::Unavailable(error),
        }
    }
}

/// Sets up `new`. For a firm that is there already, its owner gets another link.
///
/// # Errors
/// If the name belongs to another firm, or the store fails.
#[expect(clippy::disallowed_methods, reason = "whoever deploys names the firm, and no route leads here")]
pub async fn handle(reach: Reach, new: NewFirm) -> Result<Created, CreateFirmError> {
    let scope = FirmScope::of_public_path(new.firm.clone());
    let occasion = Occasion { now: reach.clock.now(), origin: Origin::default(), language: None, dice: reach.dice.clone() };
    let known = reach.directory.sign_in_record(&scope, Audience::Staff, &new.owner.email).await?;
    let (owner, outcome, mut changes) = match known {
        Some(person) => {
            let (identity, changes) = reach.let_in_again(&occasion, &scope, person.account.identity).await?;
            (identity, Outcome::OwnerLinkMade { staff: new.owner.name.to_string() }, changes)
        }
        None => reach.set_up(&occasion, &scope, new.clone()),
    };
    let token = Token::of(reach.link_keys.current().await?.tag(&[&reach.dice.bytes::<32>()]));
    let dispatch = DispatchId::new(occasion.now, &reach.dice);
    let link = Link::new(&scope, owner, &new.owner.email, dispatch, policy::OWNER_LINK_LIFE, occasion.now);
    changes.push(reach.access.put_link(&token, &link));
    match reach.access_log.commit(&occasion.record(&scope, outcome).naming("staff", owner), changes).await {
        Ok(()) => {}
        Err(CommitError::Refused(_)) => return Err(CreateFirmError::Taken),
        Err(CommitError::Unavailable(error)) => return Err(error.into()),
    }
    let owner_link = format!("{}/{}/staff/link#{}", reach.public_origin.0, new.firm, token.reveal());
    Ok(Created { firm: new.firm, owner_link, expires_at: link.expires_at })
}

impl Reach {
    /// Who comes in by another link, and what changes before: an owner has nobody above them who could reset a second factor that is lost, so where
    /// there is no other one, whoever deploys does.
    async fn let_in_again(&self, occasion: &Occasion, scope: &FirmScope, owner: Identity) -> Result<(Identity, Vec<Write>), Unavailable> {
        let reset = &self.reset_second_factor;
        let owners = self.directory.all_staff(scope).await?.into_iter().filter(|staff| staff.role == Role::Owner);
        if !owners.map(|staff| staff.staff).eq(owner.subject.staff()) {
            return Ok((owner, Vec::new()));
        }
        match reset.read(scope, owner.subject).await? {
            Some((person, factor)) if factor.is_confirmed() => {
                let outcome = Outcome::SecondFactorReset { staff: DEPLOYER.to_owned(), reason: AGAIN.to_owned() };
                let record = AccessRecord { staff_id: owner.subject.staff(), ..occasion.record(scope, outcome).about(Some(owner)) };
                let mut changes = reset.changes(occasion, scope, &person, &factor, DEPLOYER);
                changes.push(self.access_log.append(&record).await?);
                Ok((owner.next(), changes))
            }
            _ => Ok((owner, Vec::new())),
        }
    }

    fn set_up(&self, occasion: &Occasion, scope: &FirmScope, new: NewFirm) -> (Identity, Outcome, Vec<Write>) {
        let firm = Firm {
            firm: new.firm,
            name: new.name,
            phone: new.phone,
            contact_address: new.contact_address,
            colour: new.colour,
            time_zone: new.time_zone,
            language: new.language,
            sign_in: SignInPolicy { staff_second_factor: new.staff_second_factor, ..SignInPolicy::default() },
            signed_out: Vec::new(),
            version: 0,
            created_at: occasion.now,
        };
        let staff = StaffMember::first_owner(new.owner.name, new.owner.email, occasion.now, &occasion.dice);
        let changes = [self.directory.put_firm(&firm)].into_iter().chain(self.directory.add_staff(scope, &staff)).collect();
        (staff.identity(), Outcome::FirmCreated { staff: staff.name.to_string() }, changes)
    }
}
