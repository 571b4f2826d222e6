//! `postern verify-log`, as a person at a shell sees it.

use std::{fs, process::Command};

use jiff::Timestamp;
use postern_domain::{
    Dice, ExportId, RecordId,
    chain::{Digest, Entry, Exported, Exporter, LABEL, Vouched, digest},
    keys::{KeyId, Secret},
};
use serde_json::{Map, Value, json};

/// An export of three records, and the digest of its second entry.
fn export() -> (String, Vouched) {
    let signer = Secret::new(KeyId("1".into()), "correct horse").signer(LABEL);
    let (at, dice): (Timestamp, _) = ("2026-03-02T10:00:00Z".parse().expect("a time"), Dice::new(|bytes| bytes.fill(7)));
    let firm = "demo".parse().expect("a firm");
    let mut exporter = Exporter { export: ExportId::new(at, &dice), signer: &signer, lines: 0 };
    let (mut text, mut before, mut second): (String, Option<Entry>, _) = (String::new(), None, None);
    for minute in 0..3_i64 {
        let record = RecordId::new(at + jiff::SignedDuration::from_mins(minute), &dice);
        let row = json!({"record": record, "minute": minute}).as_object().expect("a row").clone();
        let entry = Entry::after(before.as_ref(), &firm, (record, digest(&row)), at, &signer);
        let chain = Vouched { entry: entry.clone(), public_key: signer.public_key() };
        if minute == 1 {
            second = Some(chain.clone());
        }
        before = Some(entry);
        let shown = Map::from_iter([("record".to_owned(), json!(record))]);
        text.push_str(&(exporter.line(Exported { shown, sealed: Some(row), chain: Some(chain) }) + "\n"));
    }
    let last = Digest { export: exporter.export, firm, at, filter: Map::new(), records: 3, head: 3, began_at: None, grew_at: None };
    text.push_str(&(exporter.end(&last) + "\n"));
    (text, second.expect("there are three"))
}

fn run(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_postern")).args(arguments).output().expect("it runs");
    (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

#[test]
fn it_tells_by_exit_code_and_in_json_what_is_to_be_said_of_an_export() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, bytes).expect("it is written");
        path.to_string_lossy().into_owned()
    };
    let (text, second) = export();
    let (whole, known) = (file("whole.jsonl", text.as_bytes()), file("digest.json", &second.written().0));
    let (code, told) = run(&["verify-log", &whole, "--digest", &known]);
    assert_eq!((code, &told["whole"], &told["agrees_with_digest"], &told["places"]), (Some(0), &json!(true), &json!(true), &json!([1, 3])));

    let key = json!(second.public_key).as_str().expect("text").to_owned();
    let (code, told) = run(&["verify-log", &whole, "--key", &key]);
    assert_eq!((code, &told["whole"], &told["agrees_with_digest"]), (Some(0), &json!(true), &Value::Null));
    // What nothing from outside vouches for is not called whole.
    let (code, told) = run(&["verify-log", &whole]);
    assert_eq!((code, &told["whole"], &told["broken"]), (Some(1), &Value::Null, &Value::Null));
    assert!(told["says"].as_str().expect("words").contains("nothing from outside vouches for it"), "{told}");
    let digest = String::from_utf8(second.written().0).expect("text");
    let odd = file("odd.json", digest.replacen("\"place\":2", "\"place\":3", 1).as_bytes());
    assert_ne!(run(&["verify-log", &whole, "--digest", &odd]).0, Some(0), "it is not as it was signed");
    assert_ne!(run(&["verify-log", &whole, "--key", "x"]).0, Some(0));

    let cut = file("cut.jsonl", &text.as_bytes()[..text.len() / 2]);
    let (code, told) = run(&["verify-log", &cut]);
    assert_eq!((code, &told["whole"], &told["broken"]["kind"]), (Some(1), &json!(false), &json!("truncated")));

    let edited = file("edited.jsonl", text.replacen("\"minute\":1", "\"minute\":5", 1).as_bytes());
    let (code, told) = run(&["verify-log", &edited]);
    let broken = &told["broken"];
    assert_eq!(
        (code, &broken["kind"], &broken["line"], &broken["record"]),
        (Some(1), &json!("edited"), &json!(2), &json!(second.entry.link.record))
    );

    assert_eq!(run(&["verify-log", &file("other.txt", b"hello")]).0, Some(1));
    assert_ne!(run(&["verify-log", "/nowhere"]).0, Some(0));
    assert_ne!(run(&["verify-log"]).0, Some(0));
}
