//! Keys: what each trust group's secret is used for.

use postern_aws::{Aws, Grant, Misconfigured, Reachable, Thing, TrustGroup, Unavailable};
use postern_domain::{
    AttemptKey, Audience, ContactId, Dice, Email, FirmScope, Phone, chain, code,
    gate::{self, GateDigits},
    keys::{Key, KeyId, Sealed, Sealer, Secret},
    link,
    record::AccessRecord,
    sealed_record::{EMAIL_LABEL, SealedRecord},
    second_factor,
    signature::{PublicKey, Signer},
};

/// Makes a type the way to the secret that `$variable` names.
macro_rules! trust_group {
    ($name:ident = $variable:literal) => {
        impl Reachable for $name {
            fn reach(aws: &Aws) -> Result<Self, Misconfigured> {
                aws.trust_group($variable).map(Self)
            }

            fn grants(_: &[&'static str]) -> Vec<Grant> {
                vec![Grant { variable: $variable, thing: Thing::Secret, actions: vec!["GetSecretValue"] }]
            }
        }
    };
}

/// Keys for codes and for counting attempts.
#[derive(Debug, Clone)]
pub struct SignInKeys(TrustGroup);

trust_group!(SignInKeys = "SIGN_IN_SECRET");

impl SignInKeys {
    /// The key for new codes.
    pub async fn code(&self) -> Result<Key, Unavailable> {
        Ok(self.0.current().await?.key(code::LABEL))
    }

    /// The key of a code that was made before.
    pub async fn code_of(&self, id: &KeyId) -> Result<Key, Unavailable> {
        Ok(self.0.version(id).await?.key(code::LABEL))
    }

    /// By what the attempts of emails are counted, known or unknown alike.
    pub async fn attempts(&self) -> Result<AttemptHasher, Unavailable> {
        let generations = self.0.generations().await?;
        let mut keys = generations.iter().map(|secret| secret.key("attempts"));
        let current = keys.next().ok_or_else(|| Unavailable::new("a secret has no version"))?;
        Ok(AttemptHasher { current, earlier: keys.collect() })
    }
}

/// Hashes by which attempts are counted. Counts of a day and marks of a window begin anew with another key, those of an email go on.
#[derive(Debug, Clone)]
pub struct AttemptHasher {
    current: Key,
    earlier: Vec<Key>,
}

impl AttemptHasher {
    /// Which row of attempts belongs to `email` at one firm and audience.
    pub fn key(&self, scope: &FirmScope, audience: Audience, email: &Email) -> AttemptKey {
        let parts = [scope.firm().as_str().as_bytes(), audience.name().as_bytes(), email.as_str().as_bytes()];
        self.current.attempts(&parts).once(self.earlier.iter().map(|key| key.attempts(&parts)))
    }

    /// The hash by which the text messages to a phone are counted, whatever firms send them.
    pub fn phone(&self, phone: &Phone) -> String {
        self.current.hash(&[b"phone", phone.as_str().as_bytes()])
    }

    /// The hash by which the same wrong gate is recognised, from wherever it comes.
    pub fn mistake(&self, gate_hash: &str) -> String {
        self.current.hash(&[gate_hash.as_bytes()])
    }
}

/// Keys under which gates are kept.
#[derive(Debug, Clone)]
pub struct GateKeys(TrustGroup);

trust_group!(GateKeys = "GATE_SECRET");

impl GateKeys {
    /// The key for new gates.
    pub async fn current(&self) -> Result<Key, Unavailable> {
        Ok(self.0.current().await?.key(gate::LABEL))
    }

    /// The key of a gate that was kept before.
    pub async fn of(&self, id: &KeyId) -> Result<Key, Unavailable> {
        Ok(self.0.version(id).await?.key(gate::LABEL))
    }
}

/// The key from which links grow.
#[derive(Debug, Clone)]
pub struct LinkKeys(TrustGroup);

trust_group!(LinkKeys = "LINK_SECRET");

impl LinkKeys {
    /// The key for new links; checking one needs none.
    pub async fn current(&self) -> Result<Key, Unavailable> {
        Ok(self.0.current().await?.key(link::LABEL))
    }
}

/// Keys under which the seeds of second factors are sealed. They have a secret of their own: nobody who only checks codes can make those of an app.
#[derive(Debug, Clone)]
pub struct FactorKeys(TrustGroup);

trust_group!(FactorKeys = "FACTOR_SECRET");

impl FactorKeys {
    /// The key for new seeds.
    pub async fn current(&self) -> Result<Sealer, Unavailable> {
        Ok(self.0.current().await?.sealer(second_factor::LABEL))
    }

    /// The key that opens a seed that was sealed before, while rows name it.
    pub async fn of(&self, id: &KeyId) -> Result<Sealer, Unavailable> {
        Ok(self.0.version(id).await?.sealer(second_factor::LABEL))
    }
}

/// The key that signs the chain of the access log and exports of it. It has a secret of its own: all who write records hold that of the log.
#[derive(Debug, Clone)]
pub struct ChainKeys(TrustGroup);

trust_group!(ChainKeys = "CHAIN_SECRET");

impl ChainKeys {
    /// The key for new signatures.
    pub async fn current(&self) -> Result<Signer, Unavailable> {
        Ok(self.0.current().await?.signer(chain::LABEL))
    }

    /// What signatures of before are checked with.
    pub async fn public(&self, id: &KeyId) -> Result<PublicKey, Unavailable> {
        Ok(self.0.version(id).await?.signer(chain::LABEL).public_key())
    }
}

/// Keys for what the access log hides.
#[derive(Debug, Clone)]
pub struct LogKeys(TrustGroup);

trust_group!(LogKeys = "LOG_SECRET");

impl LogKeys {
    /// The keys for new records.
    pub async fn current(&self) -> Result<LogSealer, Unavailable> {
        self.0.current().await.map(LogSealer)
    }

    /// The version of their secret that records or other things sealed before name.
    pub async fn version(&self, id: &KeyId) -> Result<Secret, Unavailable> {
        self.0.version(id).await
    }

    /// What was sealed by [`LogSealer::seal`]; nothing if it was altered.
    pub async fn open(&self, scope: &FirmScope, sealed: &Sealed) -> Result<Option<String>, Unavailable> {
        Ok(self.version(&sealed.key).await?.sealer(EMAIL_LABEL).open(sealed, scope.firm().as_str().as_bytes()))
    }
}

/// What hides in the log that which only the log's readers may read.
#[derive(Debug, Clone)]
pub struct LogSealer(Secret);

impl LogSealer {
    /// A text that waits to be written down or sent, as an email that was typed, for one firm.
    pub fn seal(&self, scope: &FirmScope, text: &str, dice: &Dice) -> Sealed {
        self.0.sealer(EMAIL_LABEL).seal(text, scope.firm().as_str().as_bytes(), dice)
    }

    /// A record as its table holds it.
    pub(crate) fn record(&self, record: &AccessRecord, dice: &Dice) -> SealedRecord {
        SealedRecord::of(record, &self.0, dice)
    }

    /// The hash by which equal wrong gates of one contact are recognised.
    pub fn gate_hash(&self, scope: &FirmScope, contact: Option<ContactId>, digits: &GateDigits) -> String {
        digits.hash(&self.0.key("mark"), scope.firm(), contact)
    }
}
