//! `verify-log`: whether an export of the access log is as it was made, told without the network.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use postern_domain::{
    chain::{Trust, Vouched, verify},
    signature::PublicKey,
};

/// What is to be said of the export, as JSON, and whether it is sure that all is as it was. A line is held at a time.
pub(crate) fn verified(export: &Path, digests: &[PathBuf], keys: Vec<PublicKey>) -> Result<(String, bool), String> {
    let unreadable = |path: &Path, error: &dyn std::fmt::Display| format!("{} cannot be read: {error}.", path.display());
    File::open(export).map_err(|error| unreadable(export, &error))?;
    let digest = |path: &PathBuf| {
        let text = fs::read(path).map_err(|error| unreadable(path, &error))?;
        let digest: Vouched = serde_json::from_slice(&text).map_err(|error| unreadable(path, &error))?;
        if digest.holds() { Ok(digest) } else { Err(format!("{} is not as it was signed.", path.display())) }
    };
    let trust = Trust { digests: digests.iter().map(digest).collect::<Result<_, _>>()?, keys: keys.into_iter().collect() };
    // What cannot be read on is as good as cut off.
    let lines = || File::open(export).into_iter().flat_map(|file| BufReader::new(file).split(b'\n').map_while(Result::ok));
    let verdict = verify(lines, &trust);
    let text = serde_json::to_string_pretty(&verdict).map_err(|error| error.to_string())?;
    Ok((text + "\n", verdict.whole == Some(true)))
}
