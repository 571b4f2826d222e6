//! Sets up a firm with its first owner, and lets that owner in without any mail. Invoked directly by whoever deploys; no route names it.

use jiff::Timestamp;
use postern_domain::{
    Audience, Clock, Dice, DispatchId, Email, FirmId, FirmScope, Name, RecordId, StaffId,
    firm::{Colour, Firm, PrintedPhone, SignInPolicy, StaffMember, TimeZoneName},
    keys::Token,
    link::Link,
    policy,
    record::{AccessRecord, Origin, Outcome},
    sign_in::SignIn,
};
use postern_store::{Access, AccessLog, Aws, CommitError, Directory, LinkKeys, Misconfigured, Unavailable, Write};
use serde::{Deserialize, Serialize};

/// The name of the function.
pub const NAME: &str = "create-firm";

/// All that this operation may touch; its role in the template grants the same and no more.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Where firms and staff stand.
    pub directory: Directory,
    /// Where links stand.
    pub access: Access,
    /// Where it is written down.
    pub access_log: AccessLog,
    /// The key from which links grow.
    pub link_keys: LinkKeys,
    /// The time.
    pub clock: Clock,
    /// The randomness.
    pub dice: Dice,
    /// The origin of the pages.
    pub public_origin: String,
}

impl Reach {
    /// What is reached from `aws`.
    ///
    /// # Errors
    /// If a setting is missing.
    pub fn new(aws: &Aws) -> Result<Self, Misconfigured> {
        Ok(Self {
            directory: Directory::new(aws)?,
            access: Access::new(aws)?,
            access_log: AccessLog::new(aws)?,
            link_keys: LinkKeys::new(aws)?,
            clock: aws.clock.clone(),
            dice: aws.dice.clone(),
            public_origin: aws.variable("PUBLIC_ORIGIN")?,
        })
    }
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
    /// The store failed.
    #[error("The store could not be used: nothing has changed, try again.")]
    Unavailable(#[from] Unavailable),
}

/// Sets up `new`. For a firm that is there already, its owner gets another link.
///
/// # Errors
/// If the name belongs to another firm, or the store fails.
pub async fn create_firm(reach: &Reach, new: NewFirm) -> Result<Created, CreateFirmError> {
    let (now, scope) = (reach.clock.now(), FirmScope::of_public_path(new.firm.clone()));
    let known = reach.directory.sign_in(&scope, Audience::Staff, &new.owner.email).await?;
    let (person, outcome, mut changes) = match known {
        Some(person) => (person, Outcome::OwnerLinkMade { staff: new.owner.name.to_string() }, Vec::new()),
        None => reach.set_up(&scope, new.clone()),
    };
    let token = Token::of(reach.link_keys.current().await?.tag(&[&reach.dice.bytes::<32>()]));
    let dispatch = DispatchId::new(now, &reach.dice);
    let link = Link::new(new.firm.clone(), person.subject, person.epoch, dispatch, policy::OWNER_LINK_LIFE, now);
    changes.push(reach.access.put_link(&token, &link));
    let record = AccessRecord::new(RecordId::new(now, &reach.dice), new.firm.clone(), now, outcome, Origin::default());
    match reach.access_log.commit(&record, changes).await {
        Ok(()) => {}
        Err(CommitError::Refused(_)) => return Err(CreateFirmError::Taken),
        Err(CommitError::Unavailable(error)) => return Err(error.into()),
    }
    let owner_link = format!("{}/{}/staff/link#{}", reach.public_origin, new.firm, token.reveal());
    Ok(Created { firm: new.firm, owner_link, expires_at: link.expires_at })
}

impl Reach {
    fn set_up(&self, scope: &FirmScope, new: NewFirm) -> (SignIn, Outcome, Vec<Write>) {
        let now = self.clock.now();
        let firm = Firm {
            firm: new.firm,
            name: new.name,
            phone: new.phone,
            contact_address: new.contact_address,
            colour: new.colour,
            time_zone: new.time_zone,
            sign_in: SignInPolicy::default(),
            created_at: now,
        };
        let staff = StaffMember {
            staff: StaffId::new(now, &self.dice),
            name: new.owner.name,
            email: new.owner.email,
            epoch: 0,
            last_access_at: None,
            created_at: now,
        };
        let person = staff.sign_in();
        let changes = vec![
            self.directory.put_firm(&firm),
            self.directory.put_staff(scope, &staff),
            self.directory.take_email(scope, Audience::Staff, &staff.email, &person),
        ];
        (person, Outcome::FirmCreated { staff: staff.name.to_string() }, changes)
    }
}
