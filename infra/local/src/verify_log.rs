//! `verify-log`: whether an export of the access log is as it was made, told by nothing but the export.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::Path,
};

use postern_domain::chain::{Vouched, verify};

/// What is to be said of the export, as JSON, and whether all is as it was. A line is held at a time.
pub(crate) fn verified(export: &Path, digest: Option<&Path>) -> Result<(String, bool), String> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| format!("{} cannot be read: {error}.", path.display());
    File::open(export).map_err(|error| unreadable(export, &error))?;
    let known = digest.map(|path| {
        let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
        serde_json::from_slice::<Vouched>(&text).map_err(|error| unreadable(path, &error))
    });
    let known = known.transpose()?;
    // What cannot be read on is as good as cut off.
    let lines = || File::open(export).into_iter().flat_map(|file| BufReader::new(file).split(b'\n').map_while(Result::ok));
    let verdict = verify(lines, known.as_ref());
    let text = serde_json::to_string_pretty(&verdict).map_err(|error| error.to_string())?;
    Ok((text + "\n", verdict.whole))
}
