//! Where requests come from, and how many may come from one place.

use std::net::IpAddr;

use jiff::Timestamp;

use crate::policy;

/// The network of which an address is part, as limits see it: an IPv4 /24 or an IPv6 /56. An address of the machine itself is part of none: no
/// stranger comes from there.
pub fn network_of(address: IpAddr) -> Option<String> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            Some(format!("{a}.{b}.{c}.0/24"))
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00))
        }
    }
}

/// What came from one address: each request that was answered fills a bucket that leaks steadily, and of what would overflow nothing counts (the
/// generic cell rate algorithm).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// When it is empty again if nothing more comes.
    empty_at: Timestamp,
}

impl Bucket {
    /// The bucket after requests at `hits`, and whether the last of them may be answered; else, when the next one may.
    pub fn after(hits: &[Timestamp]) -> (Self, Result<(), Timestamp>) {
        let burst = policy::ADDRESS_PAUSE * (policy::ADDRESS_BURST - 1);
        let (mut empty_at, mut at, mut admitted) = (Timestamp::MIN, Timestamp::MIN, Ok(()));
        for hit in hits {
            // Clocks of workers differ: who was counted later came later.
            at = at.max(*hit);
            let from = empty_at.max(at);
            admitted = if from.duration_since(at) <= burst { Ok(()) } else { Err(empty_at - burst) };
            if admitted.is_ok() {
                empty_at = from + policy::ADDRESS_PAUSE;
            }
        }
        (Self { empty_at }, admitted)
    }

    /// The fewest requests up to `now` that fill it as much.
    pub fn hits(self, now: Timestamp) -> Vec<Timestamp> {
        let (mut at, mut hits) = (self.empty_at, 0);
        while at > now {
            (at, hits) = (at - policy::ADDRESS_PAUSE, hits + 1);
        }
        vec![at; hits]
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use proptest::prelude::*;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
    }

    #[test]
    fn an_address_is_part_of_a_network() {
        for (address, network) in [
            ("203.0.113.77", Some("203.0.113.0/24")),
            ("::ffff:203.0.113.77", Some("203.0.113.0/24")),
            ("2001:db8:1:2fe:3:4:5:6", Some("2001:db8:1:200::/56")),
            ("127.0.0.1", None),
            ("::1", None),
        ] {
            assert_eq!(network_of(address.parse().expect("an address")).as_deref(), network, "{address}");
        }
    }

    #[test]
    fn ten_may_come_at_once_and_then_one_each_two_minutes() {
        let mut hits = vec![at(0); 10];
        assert_eq!(Bucket::after(&hits).1, Ok(()));
        hits.push(at(0));
        assert_eq!(Bucket::after(&hits).1, Err(at(120)));
        hits.push(at(119));
        assert_eq!(Bucket::after(&hits).1, Err(at(120)), "what was refused fills nothing");
        hits.push(at(120));
        assert_eq!(Bucket::after(&hits).1, Ok(()));
        hits.push(at(121));
        assert_eq!(Bucket::after(&hits).1, Err(at(240)));
        hits.push(at(120 + 20 * 60));
        assert_eq!(Bucket::after(&hits).1, Ok(()), "after twenty minutes of rest ten may come again");
    }

    proptest! {
        #[test]
        fn in_no_hour_come_more_than_a_burst_beyond_thirty(pauses in prop::collection::vec(0..400_i64, 0..120)) {
            let (mut hits, mut admitted) = (Vec::new(), Vec::new());
            for pause in pauses {
                hits.push(hits.last().map_or(at(0), |last: &Timestamp| *last + SignedDuration::from_secs(pause)));
                admitted.extend(Bucket::after(&hits).1.is_ok().then(|| hits[hits.len() - 1]));
            }
            for (index, begin) in admitted.iter().enumerate() {
                prop_assert!(admitted[index..].iter().filter(|hit| **hit < *begin + policy::HOUR).count() <= 40);
            }
        }

        #[test]
        fn fewer_hits_say_the_same(pauses in prop::collection::vec(0..400_i64, 1..120), next in 0..4000_i64) {
            let mut hits = vec![at(0)];
            hits.extend(pauses.iter().scan(0, |second, pause| { *second += pause; Some(at(*second)) }));
            let now = hits[hits.len() - 1];
            let fewer = Bucket::after(&hits).0.hits(now);
            prop_assert!(fewer.len() <= 11);
            let next = now + SignedDuration::from_secs(next);
            let and_next = |hits: &[Timestamp]| Bucket::after(&[hits, &[next]].concat()).1;
            prop_assert_eq!(and_next(&fewer), and_next(&hits));
        }
    }
}
