//! A mailbox and who asks in its owner's name: whatever they repeat, and for however long, the owner has a way in.

use jiff::{SignedDuration, Timestamp};
use postern_domain::{
    DeviceId, Dice,
    attempts::{Attempts, Way},
    channel::Channel,
    gate::GateKind,
    policy,
    settings::SignInPolicy,
    sign_in::{Decision, FreshLink, GateTry, Sending, decide, decide_fresh_link, judge},
};
use stateright::{Model, Property};

use crate::{NOW, Row, ann, asker, broken_promises, challenge, wrong_code};

/// What someone does who is not the owner, as often as it is of any use to them.
#[derive(Clone, Copy, Debug, PartialEq, Hash)]
enum Act {
    /// Asks for codes with gates that are wrong, each another.
    WrongGates,
    /// Asks for codes with the same wrong gate.
    OneWrongGate,
    /// Asks for codes with the right gate, and guesses at each.
    Guesses,
    /// Asks for fresh links.
    FreshLinks,
    /// Waits so many minutes.
    Waits(i64),
}

const ACTS: [Act; 4] = [Act::WrongGates, Act::OneWrongGate, Act::Guesses, Act::FreshLinks];
/// A minute too few and enough for what rests, is counted by the hour, locks and is counted by the day.
const WAITS: [Act; 4] = [Act::Waits(16), Act::Waits(31), Act::Waits(61), Act::Waits(13 * 60)];

/// How often someone acts, each time after a pause or none.
const ACTS_MOST: u32 = 3;

#[derive(Clone, Debug, PartialEq, Hash)]
struct State {
    now: Timestamp,
    row: Row,
    acts: u32,
    rested: bool,
    /// Until when the mailbox holds a way in that came with a mail about a refusal.
    way_in: Option<Timestamp>,
    /// Until when it holds a fresh link.
    link: Option<Timestamp>,
}

struct Mailbox {
    before: Attempts,
    /// The way by which the owner comes in a browser that is known.
    browser: Way,
    /// How long a way in lives at most, whatever is said in its mail.
    way_in_most: SignedDuration,
}

impl Mailbox {
    fn new(failures: u32) -> Self {
        let mut before = Attempts::default();
        for failure in (1..=failures).rev() {
            before = wrong_code(Way::Page, &before, NOW - policy::HOUR * i32::try_from(failure).expect("few"));
        }
        let browser = Way::Browser(DeviceId::new(NOW, &Dice::new(|bytes| bytes.fill(1))));
        Self { before, browser, way_in_most: SignedDuration::MAX }
    }

    /// Whether the owner gets a code by `way` now, and gets in with it.
    fn lets_in(state: &State, way: Way, gate: GateTry) -> bool {
        let Decision::Answered { attempts, sending: Sending::Code(_), .. } =
            decide(Some(&asker(gate)), &state.row.0, way, Channel::Sms, state.now)
        else {
            return false;
        };
        judge(&challenge(way).0, Ok(ann()), &attempts, &SignInPolicy::default(), state.now).0.is_ok()
    }

    /// Whether the owner, whom the page sends no code now, finds another way in in the mailbox.
    fn has_way_in(state: &State) -> bool {
        let holds = |until: Option<Timestamp>| until.is_some_and(|until| state.now < until);
        match decide(Some(&asker(GateTry::Opened(None, None))), &state.row.0, Way::Page, Channel::Sms, state.now) {
            Decision::Answered { sending: Sending::Code(_) | Sending::Honest(..), .. } => true,
            Decision::Answered { sending: Sending::Nothing, .. } => holds(state.way_in),
            // The page says so itself, and how long; a fresh link is counted apart.
            Decision::Refused { .. } => match decide_fresh_link(Some(Vec::new()), &state.row.0, state.now) {
                FreshLink::Answered { .. } => true,
                FreshLink::Ignored => holds(state.link),
            },
        }
    }
}

impl State {
    /// Someone asks for a code by the page; whether one goes out.
    fn ask(&mut self, gate: GateTry, way_in_most: SignedDuration) -> bool {
        let Decision::Answered { attempts, sending, .. } = decide(Some(&asker(gate)), &self.row.0, Way::Page, Channel::Sms, self.now)
        else {
            return false;
        };
        self.row = Row(*attempts);
        if let Sending::Honest(_, life) = sending {
            self.way_in = self.way_in.max(Some(self.now + life.min(way_in_most)));
        }
        matches!(sending, Sending::Code(_))
    }

    fn act(&mut self, act: Act, way_in_most: SignedDuration) {
        let wrong = |hash: String| GateTry::Wrong { kind: GateKind::SsnLast4, hash, gate_hash: String::new() };
        match act {
            Act::Waits(minutes) => self.now += SignedDuration::from_mins(minutes),
            Act::WrongGates | Act::OneWrongGate => {
                for gate in 0..=policy::REQUESTS {
                    let hash = if act == Act::WrongGates { format!("{gate}") } else { "same".to_owned() };
                    self.ask(wrong(hash), way_in_most);
                }
            }
            Act::Guesses => {
                for _ in 0..=policy::SENDS_PER_HOUR {
                    if self.ask(GateTry::Opened(None, None), way_in_most) {
                        for _ in 0..policy::GUESSES {
                            self.row = Row(wrong_code(Way::Page, &self.row.0, self.now));
                        }
                    }
                }
            }
            Act::FreshLinks => {
                while let FreshLink::Answered { attempts, .. } = decide_fresh_link(Some(Vec::new()), &self.row.0, self.now) {
                    self.row = Row(*attempts);
                    self.link = Some(self.now + SignInPolicy::default().link_life());
                }
            }
        }
    }
}

impl Model for Mailbox {
    type State = State;
    type Action = Act;

    fn init_states(&self) -> Vec<State> {
        vec![State { now: NOW, row: Row(self.before.clone()), acts: 0, rested: true, way_in: None, link: None }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Act>) {
        if state.acts < ACTS_MOST {
            actions.extend(ACTS);
        }
        if !state.rested {
            actions.extend(WAITS);
        }
    }

    fn next_state(&self, state: &State, act: Act) -> Option<State> {
        let mut next = state.clone();
        next.rested = matches!(act, Act::Waits(_));
        next.acts += u32::from(!next.rested);
        next.act(act, self.way_in_most);
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(KNOWN_BROWSER, |model: &Self, state: &State| Self::lets_in(state, model.browser, GateTry::Opened(None, None))),
            Property::always(LINK, |_, state: &State| Self::lets_in(state, Way::Links, GateTry::Link)),
            Property::always(HOUR, |_, state: &State| {
                state.row.0.lock_of(Way::Page, state.now).is_none_or(|until| until <= state.now + policy::HOUR)
            }),
            Property::always(WAY_IN, |_, state: &State| Self::has_way_in(state)),
            Property::sometimes(LOCKED, |_, state: &State| state.row.0.lock_of(Way::Page, state.now).is_some()),
        ]
    }
}

const KNOWN_BROWSER: &str = "a browser that is known leads in";
const LINK: &str = "a link leads in";
const HOUR: &str = "the page is locked for an hour at most";
const WAY_IN: &str = "whom the page sends no code has a way in in the mailbox";
const LOCKED: &str = "the page is locked";

#[test]
fn nothing_that_others_repeat_keeps_the_owner_of_a_mailbox_out() {
    for (what, failures) in [("a mailbox of which nothing is known", 0), ("a mailbox after forty-nine wrong codes", 49)] {
        assert_eq!(broken_promises(what, Mailbox::new(failures)), [""; 0], "{what}");
    }
}

#[test]
fn it_is_found_out_where_they_could() {
    let together = Mailbox { browser: Way::Page, ..Mailbox::new(0) };
    let found = broken_promises("a mailbox whose owner's browser counts with all others", together);
    assert_eq!(found, [KNOWN_BROWSER]);
    let briefly = Mailbox { way_in_most: policy::WAY_IN_LIFE, ..Mailbox::new(49) };
    let found = broken_promises("the same of which each way in lives for an hour", briefly);
    assert_eq!(found, [WAY_IN]);
}
