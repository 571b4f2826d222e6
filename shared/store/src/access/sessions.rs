//! Sessions, and the browsers that hold them.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use postern_aws::Unavailable;
use postern_domain::{
    DeviceId, FirmScope, Identity, Subject,
    device::{Device, KnownBrowser},
    keys::Token,
    policy,
    session::Session,
};
use serde::{Deserialize, de::IgnoredAny};

use super::AccessStore;
use crate::{
    commit::{Condition, Part, Write, anything, is_new},
    item::{bodies, item, moment, value},
    key, update,
};

impl AccessStore {
    /// The session whose token this is.
    pub async fn session(&self, token: &Token) -> Result<Option<Session>, Unavailable> {
        self.0.get(&key::session(&token.fingerprint())).await
    }

    /// A new session.
    pub fn put_session(&self, token: &Token, session: &Session) -> Write {
        let row = item(&key::session(&token.fingerprint()), Some(session.expires_at), session);
        Write::put(Part::Session, &self.0, row, is_new())
    }

    /// Writes down that a session is in use, unless it has ended meanwhile.
    pub async fn touch_session(&self, token: &Token, now: Timestamp) -> Result<(), Unavailable> {
        let there = Condition::new("attribute_exists(pk)").with(":now", moment(now));
        update::apply(&self.0, &key::session(&token.fingerprint()), "SET last_seen_at = :now", there).await?;
        Ok(())
    }

    /// Lets a session go on of someone all whose sessions end, who is `identity` from then on; refused as [`Part::Session`] if it has ended before.
    pub fn carry_on(&self, token: &Token, identity: &Identity) -> Write {
        let there = Condition::new("attribute_exists(pk)").with(":signed_out", value(identity.session_epoch));
        Write::update(Part::Session, &self.0, &key::session(&token.fingerprint()), "SET session_epoch = :signed_out", there)
    }

    /// Ends the session whose token has this fingerprint, if it stands.
    pub fn drop_session(&self, fingerprint: &str) -> Write {
        Write::delete(Part::FormerSession, &self.0, &key::session(fingerprint), anything())
    }

    /// Ends a session; refused as [`Part::Session`] if it has ended before.
    pub fn end_session(&self, token: &Token) -> Write {
        Write::delete(Part::Session, &self.0, &key::session(&token.fingerprint()), Condition::new("attribute_exists(pk)"))
    }

    /// The browser whose token this is, if someone signed in in it.
    pub async fn known_browser(&self, token: &Token) -> Result<Option<KnownBrowser>, Unavailable> {
        self.0.get(&key::known_browser(&token.fingerprint())).await
    }

    /// A browser that is known from now on.
    pub fn put_known_browser(&self, token: &Token, browser: &KnownBrowser, now: Timestamp) -> Write {
        let row = item(&key::known_browser(&token.fingerprint()), Some(now + policy::KNOWN_BROWSER_LIFE), browser);
        Write::put(Part::KnownBrowser, &self.0, row, is_new())
    }

    /// Forgets the browser whose token has this fingerprint, if it is known.
    pub fn forget_known_browser(&self, fingerprint: &str) -> Write {
        Write::delete(Part::FormerKnownBrowser, &self.0, &key::known_browser(fingerprint), anything())
    }

    /// The browsers in which someone signed in.
    pub async fn devices(&self, scope: &FirmScope, subject: Subject) -> Result<Devices, Unavailable> {
        Ok(self.0.get(&key::devices(scope, subject)).await?.unwrap_or_default())
    }

    /// Keeps a browser among those of someone as `how` says; refused as [`Part::Devices`], with those that stand, if it cannot be kept so.
    pub fn keep_device(&self, scope: &FirmScope, subject: Subject, device: DeviceId, kept: &Device, how: Keeping, now: Timestamp) -> Write {
        let (update, condition) = match how {
            Keeping::Anew => (
                "SET #device = :kept, #ttl = :ttl ADD devices :one",
                Condition::new("attribute_not_exists(devices) OR devices < :most")
                    .with(":most", value(policy::DEVICES))
                    .with(":one", value(1)),
            ),
            Keeping::Again => ("SET #device = :kept, #ttl = :ttl", Condition::new("attribute_exists(#device)")),
            Keeping::InPlaceOf(other) => (
                "SET #device = :kept, #ttl = :ttl REMOVE #other",
                Condition::new("attribute_exists(#other)").naming("#other", attribute(other)),
            ),
        };
        let condition = condition
            .naming("#device", attribute(device))
            .naming("#ttl", "ttl")
            .with(":kept", value(kept))
            .with(":ttl", value((now + policy::KNOWN_BROWSER_LIFE).as_second()));
        Write::update(Part::Devices, &self.0, &key::devices(scope, subject), update, condition)
    }

    /// Ends the sessions that these browsers hold and forgets the browsers; refused as [`Part::Devices`], with those that stand, if one of them has
    /// gone.
    pub fn end_devices(&self, scope: &FirmScope, subject: Subject, devices: &[(&DeviceId, &Device)]) -> Vec<Write> {
        if devices.is_empty() {
            return Vec::new();
        }
        let aliases: Vec<_> = (0..devices.len()).map(|index| format!("#device{index}")).collect();
        let there = aliases.iter().map(|alias| format!("attribute_exists({alias})")).collect::<Vec<_>>().join(" AND ");
        let there = Condition::new(there).with(":less", value(-i64::try_from(devices.len()).unwrap_or_default()));
        let there = aliases.iter().zip(devices).fold(there, |there, (alias, (device, _))| there.naming(alias.clone(), attribute(**device)));
        let update = format!("REMOVE {} ADD devices :less", aliases.join(", "));
        let listed = Write::update(Part::Devices, &self.0, &key::devices(scope, subject), &update, there);
        let signed_out = devices.iter().flat_map(|(_, kept)| [self.drop_session(&kept.session), self.forget_known_browser(&kept.known)]);
        [listed].into_iter().chain(signed_out).collect()
    }

    /// The sessions that these browsers hold, by the fingerprint of their tokens, of those that stand.
    pub async fn sessions_of(&self, devices: &Devices) -> Result<HashMap<String, Session>, Unavailable> {
        let places: Vec<_> = devices.0.values().map(|device| key::session(&device.session)).collect();
        let found = self.0.get_many(&places, true).await?.into_iter();
        Ok(found.filter_map(|row| Some((key::session_at(&row)?, bodies(vec![row]).pop()?))).collect())
    }
}

/// How a browser is kept among those of a person.
#[derive(Debug, Clone, Copy)]
pub enum Keeping {
    /// As one more.
    Anew,
    /// As the one that it is already.
    Again,
    /// In place of another one.
    InPlaceOf(DeviceId),
}

/// The browsers of one person.
#[derive(Debug, Default, Deserialize)]
#[serde(from = "HashMap<String, Attribute>")]
pub struct Devices(pub BTreeMap<DeviceId, Device>);

/// With what the names of attributes begin in which browsers stand.
const DEVICE: &str = "device-";

fn attribute(device: DeviceId) -> String {
    format!("{DEVICE}{device}")
}

/// What stands in the row of a person's browsers: they, and what is said of the row.
#[derive(Deserialize)]
#[serde(untagged)]
enum Attribute {
    Device(Device),
    Other(IgnoredAny),
}

impl From<HashMap<String, Attribute>> for Devices {
    fn from(attributes: HashMap<String, Attribute>) -> Self {
        let device = |(name, attribute): (String, Attribute)| match attribute {
            Attribute::Device(device) => Some((name.strip_prefix(DEVICE)?.parse().ok()?, device)),
            Attribute::Other(_) => None,
        };
        Self(attributes.into_iter().filter_map(device).collect())
    }
}

impl Devices {
    /// The browser in which someone signed in least recently.
    pub fn oldest(&self) -> Option<(DeviceId, &Device)> {
        self.0.iter().min_by_key(|(_, device)| device.at).map(|(id, device)| (*id, device))
    }
}
