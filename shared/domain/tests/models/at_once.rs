//! Requests at once: what the store makes one step is one step here, and nothing more is.

use postern_domain::{
    attempts::{Attempts, Way},
    challenge::Challenge,
    channel::Channel,
    code::Guess,
    keys::Key,
    policy,
    settings::SignInPolicy,
    sign_in::{Decision, GateTry, Sending, decide, judge},
};
use stateright::{Model, Property};

use crate::{NOW, Row, ann, asker, broken_promises, challenge, wrong_code};

impl Row {
    /// Puts the row that was decided upon `seen`, on condition that the one that was seen still stands, unless the model is broken so; whether it did.
    fn put(&mut self, seen: &Row, mut decided: Attempts, broken: Option<Broken>) -> bool {
        let holds = self.0.version == seen.0.version || broken == Some(Broken::PutsAnyhow);
        if holds {
            decided.version += 1;
            self.0 = decided;
        }
        holds
    }
}

/// What of a challenge changes.
#[derive(Clone, Debug, PartialEq, Hash)]
struct Standing {
    guesses: u32,
    spent: bool,
    /// How many guesses at it were compared.
    compared: u32,
}

/// A request, and how far it has come.
#[derive(Clone, Debug, PartialEq, Hash)]
enum Request {
    /// Asks for a code.
    Ask { seen: Option<Row> },
    /// Comes with a code.
    Guess { challenge: usize, right: bool, is_open: Option<bool>, counted: bool, seen: Option<Row> },
    /// Is answered.
    Answered,
}

#[derive(Clone, Debug, PartialEq, Hash)]
struct State {
    row: Row,
    challenges: Vec<Standing>,
    requests: Vec<Request>,
    /// Which challenge opened each session.
    sessions: Vec<usize>,
    /// Wrong codes since the last right one, of those that would have let in had they been right.
    tried: u32,
    /// Codes that were sent.
    sent: usize,
}

/// A step of a request that the store takes as one.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    /// Reads the row of attempts.
    Read,
    /// Sees whether a challenge is open, where that is broken off from counting.
    Look,
    /// Counts a guess and reads its challenge.
    Count,
    /// Decides, and commits what was decided.
    Commit,
}

/// A part of the rules that is left out.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Broken {
    /// A guess is compared before it is counted.
    ComparesFirst,
    /// The row of attempts is put whatever stands there.
    PutsAnyhow,
    /// A challenge opens a session whether it was used or not.
    OpensAgain,
}

/// Requests at once, upon what was there before.
struct AtOnce {
    way: Way,
    before: State,
    broken: Option<Broken>,
    challenge: Challenge,
    key: Key,
}

impl AtOnce {
    /// These requests by `way`, after so many wrong codes in a row and so many codes that were sent; each of the `challenges` was guessed at so often.
    fn new(way: Way, failures: u32, sent: usize, challenges: &[u32], requests: Vec<Request>) -> Self {
        let (challenge, key) = challenge(way);
        let mut row = Attempts::default();
        // An hour before each, so that no lock lasts and nothing else counts any more.
        for failure in (1..=failures).rev() {
            row = wrong_code(way, &row, NOW - policy::HOUR * i32::try_from(failure).expect("few"));
        }
        for _ in 0..sent {
            let gate = if way == Way::Links { GateTry::Link } else { GateTry::Opened(None, None) };
            let Decision::Answered { attempts, .. } = decide(Some(&asker(gate)), &row, way, Channel::Sms, NOW) else { continue };
            row = *attempts;
        }
        let challenges = challenges.iter().map(|guesses| Standing { guesses: *guesses, spent: false, compared: *guesses }).collect();
        let before = State { row: Row(row), challenges, requests, sessions: Vec::new(), tried: failures, sent };
        Self { way, before, broken: None, challenge, key }
    }

    fn ask(&self, state: &mut State, seen: &Row) -> Request {
        let decision = decide(Some(&asker(GateTry::Opened(None, None))), &seen.0, self.way, Channel::Sms, NOW);
        let (decided, sends) = match decision {
            Decision::Refused { logged: None, .. } => return Request::Answered,
            Decision::Refused { logged: Some(attempts), .. } => (attempts, false),
            Decision::Answered { attempts, sending, .. } => (attempts, matches!(sending, Sending::Code(_))),
        };
        if !state.row.put(seen, *decided, self.broken) {
            // The refusal brings the row along that stands.
            return Request::Ask { seen: Some(state.row.clone()) };
        }
        state.sent += usize::from(sends);
        Request::Answered
    }

    fn guess(&self, state: &mut State, challenge: usize, right: bool, seen: &Row) -> Request {
        let text = if right { self.challenge.code(&self.key).reveal().to_owned() } else { "000000".to_owned() };
        let found = self.challenge.judge(&Guess::try_from(text).expect("six digits"), &self.key);
        let policy = SignInPolicy::default();
        let would_open = judge(&self.challenge, Ok(ann()), &seen.0, &policy, NOW).0.is_ok();
        let (judged, decided) = judge(&self.challenge, found, &seen.0, &policy, NOW);
        let is_used = state.challenges[challenge].spent && self.broken != Some(Broken::OpensAgain);
        if judged.is_ok() && is_used {
            return Request::Answered;
        }
        if !state.row.put(seen, decided, self.broken) {
            return Request::Guess { challenge, right, is_open: Some(true), counted: true, seen: Some(state.row.clone()) };
        }
        if judged.is_ok() {
            state.challenges[challenge].spent = true;
            state.sessions.push(challenge);
            state.tried = 0;
        } else {
            state.tried += u32::from(would_open);
        }
        Request::Answered
    }
}

impl Model for AtOnce {
    type State = State;
    type Action = (usize, Step);

    fn init_states(&self) -> Vec<State> {
        vec![self.before.clone()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Self::Action>) {
        for (index, request) in state.requests.iter().enumerate() {
            let looks_first = self.broken == Some(Broken::ComparesFirst);
            let (reads, looks, counts, commits) = match request {
                Request::Answered => continue,
                Request::Ask { seen } => (seen.is_none(), false, false, seen.is_some()),
                Request::Guess { is_open, counted, seen, .. } => {
                    let looked = !looks_first || is_open.is_some();
                    (seen.is_none(), !looked, looked && !counted, *counted && seen.is_some())
                }
            };
            let steps = [(reads, Step::Read), (looks, Step::Look), (counts, Step::Count), (commits, Step::Commit)];
            actions.extend(steps.into_iter().filter(|(may, _)| *may).map(|(_, step)| (index, step)));
        }
    }

    fn next_state(&self, state: &State, (index, step): Self::Action) -> Option<State> {
        let mut next = state.clone();
        let request = match (step, state.requests[index].clone()) {
            (_, Request::Answered) => return None,
            (Step::Read, Request::Ask { .. }) => Request::Ask { seen: Some(state.row.clone()) },
            (Step::Read, Request::Guess { challenge, right, is_open, counted, .. }) => {
                Request::Guess { challenge, right, is_open, counted, seen: Some(state.row.clone()) }
            }
            (Step::Look | Step::Count, Request::Guess { challenge, right, is_open, seen, .. }) => {
                let standing = &mut next.challenges[challenge];
                let held = Challenge { guesses: standing.guesses, spent: standing.spent, ..self.challenge.clone() };
                let is_open = is_open.unwrap_or_else(|| held.is_open(NOW));
                if is_open && step == Step::Count {
                    standing.guesses += 1;
                    standing.compared += 1;
                }
                if is_open {
                    Request::Guess { challenge, right, is_open: Some(true), counted: step == Step::Count, seen }
                } else {
                    Request::Answered
                }
            }
            (_, Request::Ask { seen }) => self.ask(&mut next, &seen?),
            (_, Request::Guess { challenge, right, seen, .. }) => self.guess(&mut next, challenge, right, &seen?),
        };
        next.requests[index] = request;
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(ONE_SESSION, |_, state: &State| {
                (0..state.challenges.len()).all(|own| state.sessions.iter().filter(|challenge| **challenge == own).count() <= 1)
            }),
            Property::always(USED_UP, |_, state: &State| state.sessions.iter().all(|challenge| state.challenges[*challenge].spent)),
            Property::always(FIVE, |_, state: &State| state.challenges.iter().all(|standing| standing.compared <= policy::GUESSES)),
            Property::always(FIFTY, |_, state: &State| state.tried <= policy::CODE_FAILURES_MOST),
            Property::always(SENDS, |_, state: &State| state.sent <= policy::SENDS_PER_HOUR),
            Property::sometimes(ENDS, |_, state: &State| state.requests.iter().all(|request| *request == Request::Answered)),
        ]
    }
}

const ONE_SESSION: &str = "a code opens one session";
const USED_UP: &str = "a session has used a code up";
const FIVE: &str = "five guesses at a code are compared";
const FIFTY: &str = "fifty wrong codes in a row are compared";
const SENDS: &str = "five codes are sent an hour";
const ENDS: &str = "all are answered";

const ASK: Request = Request::Ask { seen: None };

fn guess(challenge: usize, right: bool) -> Request {
    Request::Guess { challenge, right, is_open: None, counted: false, seen: None }
}

/// What is played: what of it, and a part without which a promise is broken.
fn scenes() -> Vec<(&'static str, AtOnce, Option<(Broken, &'static str)>)> {
    let (right, wrong) = (|challenge| guess(challenge, true), |challenge| guess(challenge, false));
    vec![
        (
            "the same code in three browsers, and another",
            AtOnce::new(Way::Page, 0, 0, &[0, 0], vec![right(0), right(0), right(0), wrong(0), right(1)]),
            Some((Broken::OpensAgain, ONE_SESSION)),
        ),
        (
            "guesses at a code that was guessed at three times",
            AtOnce::new(Way::Page, 0, 0, &[3], vec![wrong(0), wrong(0), wrong(0), right(0)]),
            Some((Broken::ComparesFirst, FIVE)),
        ),
        (
            "guesses by links after forty-eight wrong ones",
            AtOnce::new(Way::Links, 48, 0, &[0, 0], vec![wrong(0), wrong(0), wrong(1), wrong(1)]),
            Some((Broken::PutsAnyhow, FIFTY)),
        ),
        (
            "guesses by the page after forty-eight wrong ones, one of them right",
            AtOnce::new(Way::Page, 48, 0, &[0, 0], vec![wrong(0), wrong(0), wrong(1), wrong(1), right(1)]),
            None,
        ),
        (
            "requests after three codes that were sent, and guesses",
            AtOnce::new(Way::Page, 0, 3, &[0], vec![ASK, ASK, ASK, wrong(0), right(0)]),
            Some((Broken::PutsAnyhow, SENDS)),
        ),
    ]
}

#[test]
fn whatever_order_requests_at_once_fall_into_each_promise_holds() {
    for (what, model, _) in scenes() {
        assert_eq!(broken_promises(what, model), [""; 0], "{what}");
    }
}

#[test]
fn a_promise_is_found_broken_where_the_rule_that_keeps_it_is_left_out() {
    for (what, model, broken) in scenes() {
        let Some((part, promise)) = broken else { continue };
        let found = broken_promises(&format!("{what}, {part:?}"), AtOnce { broken: Some(part), ..model });
        assert!(found.contains(&promise), "{what} without that {part:?}: {found:?}");
    }
}
