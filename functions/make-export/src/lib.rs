//! Makes the files of exports that are too large for an answer, each minute those that are due: two may read the outbox's stream at a time, and
//! both are for messages. No route names it.
//!
//! A file is made in parts, and what has come of it is remembered after each, and when the time of a run is over: whoever goes on begins there. No more than one part and one
//! portion of the log are held at a time.

use std::{convert::Infallible, mem, time::Duration};

use postern_aws::{Unavailable, reach};
use postern_domain::{
    Clock, Dice, ExportId,
    log_export::{LogExport, Progress},
    policy,
};
use postern_files::ExportFiles;
use postern_flow::{Acquaintances, ExportLog};
use postern_store::Exports;
use serde_json::Value;
use tokio::time::Instant;

/// The name of the function.
pub const NAME: &str = "make-export";

/// Time in which it begins to read another portion. Well below the function's own limit, and below a lease.
const RUN: Duration = Duration::from_secs(15);
/// Exports that a sweep looks at.
const SWEPT: u16 = 20;

reach! {
    export_log: ExportLog,
    exports: Exports [QueryIndex, UpdateItem],
    files: ExportFiles [PutObject, GetObject, ListBucket],
    clock: Clock,
    dice: Dice,
}

/// Makes all exports that are due.
///
/// # Errors
/// Never: each export fails by itself, and is due again.
pub async fn handle(reach: Reach, _: Value) -> Result<(), Infallible> {
    let end = Instant::now() + RUN;
    let due = reach.exports.due(reach.clock.now(), SWEPT).await.unwrap_or_else(|error| {
        tracing::error!(cause = error.to_string(), "exports could not be looked for");
        Vec::new()
    });
    for export in due {
        // On the heap: futures of the SDK are large, and this one holds several.
        if let Err(error) = Box::pin(reach.make(export, end)).await {
            tracing::warn!(%export, fate = "retried", cause = error.to_string(), "an export is to be gone on with");
        }
        if Instant::now() >= end {
            break;
        }
    }
    Ok(())
}

impl Reach {
    /// Goes on with an export until its file is there, or it is time to end.
    async fn make(&self, export: ExportId, end: Instant) -> Result<(), Unavailable> {
        let holder = format!("{:032x}", u128::from_be_bytes(self.dice.bytes()));
        let now = self.clock.now();
        let Some((asked, progress)) = self.exports.claim(export, &holder, now).await? else { return Ok(()) };
        let made = self.go_on(&asked, progress, &holder, end).await;
        match made {
            Ok(true) => self.exports.finish(export, &holder).await,
            // The rest is for the next minute.
            Ok(false) => self.exports.release(export, &holder, now).await,
            Err(error) => self.exports.release(export, &holder, now + policy::SWEEP_AFTER).await.and(Err(error)),
        }
    }

    /// Answers whether the file is there.
    async fn go_on(&self, export: &LogExport, mut progress: Progress, holder: &str, end: Instant) -> Result<bool, Unavailable> {
        let key = export.object_key();
        if progress.upload.is_none() {
            progress.upload = Some(self.files.begin(&key, export.format.content_type()).await?);
        }
        let mut known = Acquaintances::new();
        let mut part = match progress.rest.take() {
            Some(rest) => match self.files.kept(&rest).await? {
                Some(kept) => kept,
                None => return self.begin_anew(export, holder).await,
            },
            None => Vec::new(),
        };
        loop {
            let portion = self.export_log.portion(export, mem::take(&mut progress), &mut known).await?;
            progress = portion.progress;
            part.extend_from_slice(portion.text.as_bytes());
            let Some(upload) = progress.upload.clone() else { return Ok(false) };
            let is_over = Instant::now() >= end;
            if part.len() >= policy::EXPORT_PART || portion.is_last {
                let Some(tag) = self.files.part(&key, &upload, progress.parts.len() + 1, mem::take(&mut part)).await? else {
                    return self.begin_anew(export, holder).await;
                };
                progress.parts.push(tag);
                if portion.is_last {
                    let is_made = self.files.complete(&key, &upload, &progress.parts).await?;
                    return if is_made { Ok(true) } else { self.begin_anew(export, holder).await };
                }
            } else if is_over {
                // However little came together, the next run goes on behind it.
                let rest = format!("{key}.{holder}");
                self.files.keep(&rest, mem::take(&mut part)).await?;
                progress.rest = Some(rest);
            } else {
                continue;
            }
            let is_ours = self.exports.advance(export.export, holder, &progress, self.clock.now()).await?;
            // Else another worker holds it, and goes on from where this one was.
            if is_over || !is_ours {
                return Ok(false);
            }
        }
    }

    /// Storage has forgotten the parts, unless it made a file of them for a call whose answer was lost.
    async fn begin_anew(&self, export: &LogExport, holder: &str) -> Result<bool, Unavailable> {
        if self.files.is_there(&export.object_key()).await? {
            return Ok(true);
        }
        self.exports.advance(export.export, holder, &Progress::default(), self.clock.now()).await?;
        Ok(false)
    }
}
