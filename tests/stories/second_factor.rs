//! Second factors as they are kept: whatever comes at the same moment, each step and each recovery code counts once.

use std::time::Duration;

use postern_aws::{Reachable as _, Unavailable};
use postern_domain::{
    ContactId, Dice, FirmScope, Occasion, Subject,
    code::Guess,
    keys::{KeyId, Sealer, Secret},
    record::{Origin, Outcome},
    second_factor::{LABEL, NotProved, Proof, Proved, SecondFactor, Seed},
};
use postern_store::{AccessLog, CommitError, Directory, Part, Turn, settle};

use crate::stage::{Stage, at_once};

/// A person with a second factor, and the store that keeps it.
#[derive(Clone)]
struct Owner {
    directory: Directory,
    log: AccessLog,
    scope: FirmScope,
    subject: Subject,
    sealer: Sealer,
    occasion: Occasion,
}

impl Owner {
    fn on(stage: &Stage) -> Self {
        let surroundings = &stage.postern.surroundings;
        #[expect(clippy::disallowed_methods, reason = "the story's own firm")]
        let scope = FirmScope::of_public_path("demo".parse().expect("a firm"));
        let (now, dice) = (surroundings.clock.now(), surroundings.dice.clone());
        Self {
            directory: Directory::reach(surroundings).expect("its settings are there"),
            log: AccessLog::reach(surroundings).expect("its settings are there"),
            scope,
            subject: Subject::Contact(ContactId::new(now, &dice)),
            sealer: Secret::new(KeyId("1".into()), "a secret of the story").sealer(LABEL),
            occasion: Occasion { now, origin: Origin { ip: None, user_agent: None, request_id: None }, language: None, dice },
        }
    }

    /// The code that an app with the seed of this story shows, `steps` after now.
    fn code(&self, steps: i64) -> Guess {
        let second = u64::try_from(self.occasion.now.as_second() + 30 * steps).expect("after the epoch");
        let app = totp_rs::Builder::new().with_secret([7; 20].to_vec()).build().expect("a seed of 160 bits");
        Guess::try_from(app.generate(second).to_string()).expect("six digits")
    }

    async fn keep(&self, factor: &SecondFactor) -> Result<(), CommitError> {
        let record = self.occasion.record(&self.scope, Outcome::NoContact);
        self.log.commit(&record, [self.directory.keep_second_factor(&self.scope, self.subject, factor)]).await
    }

    async fn stands(&self) -> SecondFactor {
        self.directory.second_factor(&self.scope, self.subject).await.expect("it can be read")
    }

    /// Sets the factor up and confirms it; answers with its recovery codes.
    async fn confirm(&self) -> Vec<Proof> {
        let seed = Seed::new(&Dice::new(|bytes| bytes.fill(7)));
        let enrolled =
            SecondFactor::default().enrol(&seed, (&self.scope, self.subject), &self.sealer, &self.occasion.dice, self.occasion.now);
        let enrolled = enrolled.expect("it is the first");
        self.keep(&enrolled).await.expect("it is kept");
        let (dice, now) = (&self.occasion.dice, self.occasion.now);
        let confirmed = self.stands().await.confirm(&self.code(-1), (&self.scope, self.subject), &self.sealer, dice, now);
        let (factor, codes) = confirmed.expect("the code is right");
        self.keep(&factor).await.expect("it is kept");
        codes.iter().map(|code| Proof::try_from(code.reveal()).expect("a recovery code")).collect()
    }

    async fn prove(&self, proof: &Proof) -> Result<Result<Proved, NotProved>, Unavailable> {
        let seen = self.stands().await;
        settle(&self.occasion.dice, seen, |seen| async move {
            let (judged, after) = seen.judge(proof, (&self.scope, self.subject), &self.sealer, self.occasion.now);
            match self.keep(&after).await {
                Ok(()) => Ok(Turn::Done(judged)),
                Err(CommitError::Refused(refusals)) => Ok(Turn::Again(refusals.found(Part::SecondFactor)?.unwrap_or_default())),
                Err(CommitError::Unavailable(error)) => Err(error),
            }
        })
        .await
    }

    /// Gives `proof` so often at the same moment, and tells how each was judged.
    async fn prove_at_once(&self, times: usize, proof: &Proof) -> Vec<Result<Proved, NotProved>> {
        let one = || {
            let (owner, proof) = (self.clone(), proof.clone());
            async move { tokio::time::timeout(Duration::from_mins(1), owner.prove(&proof)).await.expect("it ends").expect("the store answers") }
        };
        at_once((0..times).map(|_| one()).collect::<Vec<_>>()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_uses_of_one_step_at_once_one_counts() {
    let stage = Stage::new().await;
    let owner = Owner::on(&stage);
    owner.confirm().await;
    let judged = owner.prove_at_once(4, &Proof::Code(owner.code(0))).await;
    assert_eq!(judged.iter().filter(|judged| **judged == Ok(Proved::App)).count(), 1, "{judged:?}");
    assert_eq!(judged.iter().filter(|judged| **judged == Err(NotProved::Used)).count(), 3, "{judged:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_uses_of_one_recovery_code_at_once_one_counts() {
    let stage = Stage::new().await;
    let owner = Owner::on(&stage);
    let codes = owner.confirm().await;
    let judged = owner.prove_at_once(4, &codes[0]).await;
    assert_eq!(judged.iter().filter(|judged| **judged == Ok(Proved::Recovery(9))).count(), 1, "{judged:?}");
    assert_eq!(judged.iter().filter(|judged| **judged == Err(NotProved::Wrong)).count(), 3, "{judged:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_wrong_codes_at_once_five_are_compared() {
    let stage = Stage::new().await;
    let owner = Owner::on(&stage);
    let codes = owner.confirm().await;
    let wrong = (0..3).map(|minutes| owner.code(100 + minutes)).find(|code| ![-1, 0, 1].map(|steps| owner.code(steps)).contains(code));
    let judged = owner.prove_at_once(8, &Proof::Code(wrong.expect("one of them is wrong"))).await;
    assert_eq!(judged.iter().filter(|judged| **judged == Err(NotProved::Wrong)).count(), 5, "{judged:?}");
    assert_eq!(judged.iter().filter(|judged| matches!(judged, Err(NotProved::Locked(_)))).count(), 3, "{judged:?}");
    let right = owner.prove(&Proof::Code(owner.code(0))).await.expect("the store answers");
    assert!(matches!(right, Err(NotProved::Locked(_))), "{right:?}");
    assert_eq!(owner.prove(&codes[0]).await.expect("the store answers"), Ok(Proved::Recovery(9)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_factor_that_was_changed_meanwhile_is_not_taken_away() {
    let stage = Stage::new().await;
    let owner = Owner::on(&stage);
    owner.confirm().await;
    let seen = owner.stands().await;
    owner.prove(&Proof::Code(owner.code(0))).await.expect("the store answers").expect("it is right");
    let take_away = async |seen: &SecondFactor| {
        let record = owner.occasion.record(&owner.scope, Outcome::NoContact);
        owner.log.commit(&record, [owner.directory.drop_second_factor(&owner.scope, owner.subject, seen)]).await
    };
    let refused = take_away(&seen).await.expect_err("it was used since");
    assert!(matches!(&refused, CommitError::Refused(refusals) if refusals.name(Part::SecondFactor)), "{refused:?}");
    take_away(&owner.stands().await).await.expect("it goes");
    assert_eq!(owner.stands().await, SecondFactor::default());
}
