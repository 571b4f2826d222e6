//! The rules of signing in, played by a model checker: every order in which things can fall, on the rules themselves. Each promise is also played
//! with a part of the rules left out, and is then found broken.

mod at_once;
mod mailbox;

use std::{
    fmt::Debug,
    hash::{Hash, Hasher},
};

use jiff::Timestamp;
use postern_domain::{
    Audience, ChallengeId, ContactId, Dice, FirmScope,
    account::Account,
    attempts::{Attempts, Way},
    challenge::{Challenge, ChallengeFor},
    channel::Channel,
    code::{self, Guess},
    delivery::Troubles,
    identity::Identity,
    keys::{Key, KeyId, Secret},
    settings::{Overrides, SignInPolicy},
    sign_in::{Asker, GateTry, judge},
};
use stateright::{Checker, Expectation, Model};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// The row of attempts as it stands in the table.
#[derive(Clone, Debug, Default, PartialEq)]
struct Row(Attempts);

impl Hash for Row {
    fn hash<H: Hasher>(&self, state: &mut H) {
        format!("{:?}", self.0).hash(state);
    }
}

fn ann() -> Account {
    Account {
        identity: Identity::of_contact(ContactId::new(NOW, &Dice::new(|bytes| bytes.fill(1))), 0),
        has_mobile: true,
        mobile_country: None,
        mobile_epoch: 0,
        troubles: Troubles::default(),
        second_factor: false,
        overrides: Overrides::default(),
    }
}

fn asker(gate: GateTry) -> Asker {
    Asker { account: ann(), policy: SignInPolicy::default(), missing: Vec::new(), gate }
}

/// A challenge that was asked for by `way`, and the key of its code.
fn challenge(way: Way) -> (Challenge, Key) {
    let (dice, secret) = (Dice::new(|bytes| bytes.fill(1)), Secret::new(KeyId("1".into()), "secret"));
    let key = secret.key(code::LABEL);
    #[expect(clippy::disallowed_methods, reason = "the model's own firm")]
    let scope = FirmScope::of_public_path("demo".parse().expect("a firm"));
    let asked = ChallengeFor {
        attempts: key.attempts(&[b"ann@x.com"]),
        scope,
        audience: Audience::Client,
        email: secret.sealer("email").seal("ann@x.com", b"", &dice),
        person: None,
        remade: None,
        way,
        known: None,
        known_session: None,
        renewal: None,
    };
    let id = ChallengeId::new(asked.scope.firm(), asked.attempts.clone(), &dice);
    (Challenge::begin(id, asked, Some(ann()), Channel::Sms, &key, NOW, &dice), key)
}

fn wrong_code(way: Way, attempts: &Attempts, now: Timestamp) -> Attempts {
    let (challenge, key) = challenge(way);
    let guess = Guess::try_from("000000".to_owned()).expect("six digits");
    judge(&challenge, challenge.judge(&guess, &key), attempts, &SignInPolicy::default(), now).1
}

/// Plays a model to its end, tells how much of it there was, and answers with the promises that it found broken.
#[expect(clippy::disallowed_macros, reason = "whoever runs it sees how much was played")]
fn broken_promises<M>(what: &str, model: M) -> Vec<&'static str>
where
    M: Model + Send + Sync + 'static,
    M::State: Clone + Debug + Hash + PartialEq + Send + Sync,
    M::Action: Clone + Debug + PartialEq + Send + Sync,
{
    let checker = model.checker().threads(2).spawn_bfs().join();
    println!("{what}: {} states, {} of them different", checker.state_count(), checker.unique_state_count());
    // What may happen at some time is found where it does; what always holds, where it does not.
    let promised = |name: &str| checker.model().properties().iter().any(|own| own.name == name && own.expectation == Expectation::Always);
    let mut found: Vec<_> = checker.discoveries().into_keys().collect();
    let missing =
        checker.model().properties().into_iter().filter(|own| own.expectation == Expectation::Sometimes && !found.contains(&own.name));
    assert_eq!(missing.map(|own| own.name).collect::<Vec<_>>(), [""; 0], "{what}");
    found.retain(|name| promised(name));
    found
}
