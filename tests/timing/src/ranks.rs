//! Whether two samples differ, by the ranks of what is in them.

/// How likely samples as far apart are where there is no difference: the two-sided p of Mann and Whitney's U, by the normal approximation, corrected for
/// ties and for continuity.
#[expect(clippy::cast_precision_loss, reason = "nobody measures as often")]
pub fn p<T: Ord>(one: &[T], other: &[T]) -> f64 {
    let mut all: Vec<_> = one.iter().map(|value| (value, true)).chain(other.iter().map(|value| (value, false))).collect();
    all.sort_unstable();
    let (mut ranked, mut ranks_of_one, mut ties) = (0.0, 0.0, 0.0);
    for equal in all.chunk_by(|(one, _), (other, _)| one == other) {
        let count = equal.len() as f64;
        // Equal values share the mean of their ranks.
        let rank = ranked + f64::midpoint(count, 1.0);
        ranks_of_one += rank * equal.iter().filter(|(_, is_of_one)| *is_of_one).count() as f64;
        ties += count.powi(3) - count;
        ranked += count;
    }
    let (ones, others) = (one.len() as f64, other.len() as f64);
    let u = ranks_of_one - ones * (ones + 1.0) / 2.0;
    let deviation = (ones * others / 12.0 * (ranked + 1.0 - ties / (ranked * (ranked - 1.0)))).sqrt();
    let z = ((u - ones * others / 2.0).abs() - 0.5).max(0.0) / deviation.max(f64::MIN_POSITIVE);
    libm::erfc(z / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_p_is_that_of_scipy() {
        let (apart, tied): ((&[u32], &[u32]), (&[u32], &[u32])) =
            ((&[19, 22, 16, 29, 24], &[20, 11, 17, 12]), (&[1, 2, 2, 3, 5, 5, 5, 8], &[2, 2, 4, 5, 6, 9, 9, 9, 10]));
        for ((one, other), expected) in [(apart, 0.111_346_886_533_140_41), (tied, 0.118_110_489_403_078_64)] {
            for found in [p(one, other), p(other, one)] {
                assert!((found - expected).abs() < 1e-9, "{one:?} {other:?}: {found} in place of {expected}");
            }
        }
    }

    #[test]
    fn what_is_all_alike_does_not_differ() {
        assert!((p(&[1, 1], &[1, 1, 1]) - 1.0).abs() < f64::EPSILON);
    }
}
