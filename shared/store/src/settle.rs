//! Deciding and committing until nobody else was faster.

use std::time::Duration;

use postern_aws::Unavailable;
use postern_domain::Dice;

use crate::commit::jitter;

/// Turns before it is given up; of requests that are counted, more cannot pass their visible limit anyway. All of them, with their pauses,
/// take a few seconds: where one settling holds another, the outer one has [`OUTER_TURNS`].
const TURNS: u32 = 12;
/// Turns of a settling that holds another.
pub const OUTER_TURNS: u32 = 4;
/// Doublings of the pause between two of them.
const PAUSE_DOUBLINGS: u32 = 3;

/// How a turn ended.
#[derive(Debug)]
pub enum Turn<T, S> {
    /// It was committed, or there was nothing to commit.
    Done(T),
    /// Someone else changed what was decided upon; this is how it stands now.
    Again(S),
}

/// Decides upon `seen` and commits, by `turn`, and again upon what stands then, as long as others were faster.
///
/// # Errors
/// Those of `turn`, and unavailability if others go on being faster.
pub async fn settle<S, T, E, F>(dice: &Dice, seen: S, turn: impl FnMut(S) -> F) -> Result<T, E>
where
    E: From<Unavailable>,
    F: Future<Output = Result<Turn<T, S>, E>>,
{
    settle_in(TURNS, dice, seen, turn).await
}

/// The same, in at most so many turns.
///
/// # Errors
/// Those of `turn`, and unavailability if others go on being faster.
pub async fn settle_in<S, T, E, F>(most: u32, dice: &Dice, mut seen: S, mut turn: impl FnMut(S) -> F) -> Result<T, E>
where
    E: From<Unavailable>,
    F: Future<Output = Result<Turn<T, S>, E>>,
{
    for turns in 0..most {
        match turn(seen).await? {
            Turn::Done(done) => return Ok(done),
            Turn::Again(newer) => seen = newer,
        }
        // Without a pause all who lost would collide again at once.
        let pause: Duration = jitter(dice, turns.min(PAUSE_DOUBLINGS));
        tokio::time::sleep(pause).await;
    }
    Err(Unavailable::new("too many changes of one thing at once").into())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn dice() -> Dice {
        Dice::new(|bytes| bytes.fill(1))
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_overtaken_is_decided_anew_upon_what_stands() {
        let settled: Result<u32, Unavailable> =
            settle(&dice(), 1, |seen| async move { Ok(if seen < 4 { Turn::Again(seen + 1) } else { Turn::Done(seen * 10) }) }).await;
        assert_eq!(settled.ok(), Some(40));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_always_overtaken_is_given_up_as_unavailable() {
        let turns = Cell::new(0);
        let settled: Result<(), Unavailable> = settle(&dice(), (), |()| {
            turns.set(turns.get() + 1);
            async { Ok(Turn::Again(())) }
        })
        .await;
        assert!(settled.is_err() && turns.get() == TURNS);
    }
}
