//! What the product logs, at the level of a deployment: warnings are shown with the story that fails, all of it is kept.

use std::{io, sync::Mutex};

use tracing::Level;
use tracing_subscriber::fmt::{TestWriter, writer::MakeWriterExt};

static KEPT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Keeper;

impl io::Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        KEPT.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Begins to keep what is logged, if that has not begun.
pub fn keep() {
    let shown = TestWriter::default.with_max_level(Level::WARN);
    let _ = tracing_subscriber::fmt().with_max_level(Level::INFO).with_ansi(false).with_writer(shown.and(|| Keeper)).try_init();
}

/// What all stories of this run have caused to be logged so far.
pub fn logged() -> String {
    String::from_utf8_lossy(&KEPT.lock().expect("a lock")).into_owned()
}
