//! Each hour: records that the stream did not bring to an end, and those from before there was a chain.

use std::time::Duration;

use jiff::SignedDuration;
use postern_domain::FirmScope;
use postern_store::Span;
use tokio::time::Instant;

use crate::{ChainError, Reach, placed};

/// Time in which a sweep begins to look; what is left then is for the next one. Well below the function's own limit.
const SWEEP: Duration = Duration::from_secs(15);
/// Records that are looked at in one go.
const AT_ONCE: u16 = 100;
/// How old a record is before it is looked for: whoever was writing one then is through by now.
const SETTLED: SignedDuration = SignedDuration::from_mins(10);

impl Reach {
    /// Chains what has no place, firm by firm: those who have a chain, which begins with the first record that the stream brings.
    pub(crate) async fn sweep(&self) -> Result<(), ChainError> {
        let end = Instant::now() + SWEEP;
        let (mut after, mut failed) = (None, Ok(()));
        loop {
            let heads = self.chain.heads(after.as_ref()).await?;
            for head in &heads {
                let swept = self.sweep_firm(&head.link.scope(), end).await;
                if let Err(error) = &swept {
                    tracing::error!(firm = %head.link.firm, cause = error.to_string(), "a log could not be looked through");
                }
                failed = failed.and(swept);
            }
            after = heads.into_iter().next_back();
            if after.is_none() || Instant::now() >= end {
                return failed;
            }
        }
    }

    async fn sweep_firm(&self, scope: &FirmScope, end: Instant) -> Result<(), ChainError> {
        let until = self.clock.now() - SETTLED;
        let mut after = self.chain.swept(scope).await?;
        while Instant::now() < end {
            let (rows, _) = self.log_rows.rows(scope, None, &Span { from: None, to: until, after, up_to: None }, AT_ONCE).await?;
            let records: Vec<_> = rows.iter().filter_map(placed).map(|(_, record)| record).collect();
            let Some((last, _)) = records.last() else { return Ok(()) };
            self.chain(scope, &records).await?;
            self.chain.remember_swept(scope, *last).await?;
            after = Some(*last);
        }
        Ok(())
    }
}
