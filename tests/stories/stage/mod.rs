//! The stage on which stories are played: a whole instance of its own for each, and browsers that speak HTTP to it.

mod browser;
mod contract;
mod firms;
mod fixture;
mod logs;
mod papers;
mod people;
mod scene;
mod sound;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use http::Method;
use jiff::Timestamp;
use postern_aws::Reachable as _;
use postern_domain::{
    FirmScope, Occasion,
    chain::Vouched,
    record::{Origin, Outcome},
};
use postern_local::{Options, Postern, Worker, workers};
use postern_store::AccessLog;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::Barrier;

pub use browser::{Answer, Browser};
pub use firms::link_token;
pub use fixture::{Ask, Fixture, folders, root};
pub use logs::logged;
pub use papers::Paper;
pub use people::Jane;
pub use scene::Scene;

/// An instance with an empty folder, the demo firm, and the seams of the lab.
pub struct Stage {
    /// The instance.
    pub postern: Postern,
    /// Its folder.
    pub data: TempDir,
    /// A caller outside the product, for the seams.
    pub lab: Browser,
}

impl Stage {
    /// A fresh instance.
    pub async fn new() -> Self {
        Self::on(tempfile::tempdir().expect("a folder")).await
    }

    /// An instance on what an earlier one left.
    pub async fn on(data: TempDir) -> Self {
        Self::at(None, data).await
    }

    /// The same, with a clock that starts at an instant of its own.
    pub async fn at(starts_at: Option<Timestamp>, data: TempDir) -> Self {
        logs::keep();
        let options = Options { port: 0, data: data.path().to_owned(), lab: true, starts_at };
        let postern = Postern::start(options).await.expect("it starts");
        let lab = Browser::new(&postern.url);
        Self { postern, data, lab }
    }

    /// The same instance, started anew at the instant that its clock shows: its functions have no keys yet.
    pub async fn restarted(self) -> Self {
        self.settle().await;
        let Self { postern, data, .. } = self;
        let now = postern.surroundings.clock.now();
        drop(postern);
        Self::at(Some(now), data).await
    }

    /// A browser that has never been here, at an address of its own.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.postern.url)
    }

    /// Lets time pass.
    pub async fn advance(&self, seconds: i64) {
        self.lab.post("/_local/clock", json!({ "advance_seconds": seconds })).await.is(200);
    }

    /// Waits until everything that was caused has been sent.
    pub async fn settle(&self) {
        let settled = tokio::time::timeout(Duration::from_secs(30), self.lab.post("/_local/settle", json!({}))).await;
        settled.expect("streams drain").is(204);
    }

    /// Everything that was sent to `to`, oldest first.
    pub async fn sent_to(&self, to: &str) -> Vec<Value> {
        self.settle().await;
        let all = self.lab.get("/_local/outbox").await.is(200);
        all.as_array().expect("a list").iter().filter(|message| message["to"] == to).cloned().collect()
    }

    /// The code in the last message to `to`.
    pub async fn code_for(&self, to: &str) -> String {
        let messages = self.sent_to(to).await;
        let text = messages.last().unwrap_or_else(|| panic!("something was sent to {to}"))["text"].as_str().expect("a text").to_owned();
        let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
        text.split(|c: char| !c.is_ascii_alphanumeric()).find(is_code).unwrap_or_else(|| panic!("a code in {text}")).to_owned()
    }

    /// The token of the link in the last message to `to`.
    pub async fn link_for(&self, to: &str) -> String {
        let messages = self.sent_to(to).await;
        let text = messages.last().unwrap_or_else(|| panic!("something was sent to {to}"))["text"].as_str().expect("a text").to_owned();
        let token = text.split_once("/link#").unwrap_or_else(|| panic!("a link in {text}")).1;
        token.split_whitespace().next().expect("a token").to_owned()
    }

    /// Makes calls to AWS go wrong.
    pub async fn fault(&self, fault: Value) {
        let answer = self.lab.post("/_local/faults", fault).await;
        assert!(answer.status < 300, "{answer:?}");
    }

    /// Lets all calls to AWS go well again.
    pub async fn mend(&self) {
        let answer = self.lab.delete("/_local/faults").await;
        assert!(answer.status < 300, "{answer:?}");
    }

    /// The worker of this name, as its `main` makes it.
    pub fn worker(&self, name: &str) -> Worker {
        workers(&self.postern.surroundings).expect("its settings are there").remove(name).expect("infra/local/src/functions.rs lists it")
    }

    /// Sets attributes of a raw row, as nothing in the product does; what is `null` is taken out.
    pub async fn edit(&self, table: &str, row: &Value, attributes: Value) {
        let attributes = attributes.as_object().expect("attributes");
        let (mut names, mut values, mut sets, mut removed) = (json!({}), json!({}), Vec::new(), Vec::new());
        for (index, (name, value)) in attributes.iter().enumerate() {
            names[format!("#{index}")] = json!(name);
            if value.is_null() {
                removed.push(format!("#{index}"));
            } else {
                values[format!(":{index}")] = value.clone();
                sets.push(format!("#{index} = :{index}"));
            }
        }
        let clauses = [("SET", sets), ("REMOVE", removed)].into_iter().filter(|(_, parts)| !parts.is_empty());
        let expression: Vec<_> = clauses.map(|(clause, parts)| format!("{clause} {}", parts.join(", "))).collect();
        let mut update = json!({"TableName": table, "Key": {"pk": row["pk"], "sk": row["sk"]}, "UpdateExpression": expression.join(" "),
            "ExpressionAttributeNames": names});
        if values != json!({}) {
            update["ExpressionAttributeValues"] = values;
        }
        self.tell_store("UpdateItem", update).await;
    }

    /// Takes a raw row out, as nothing in the product does.
    pub async fn remove(&self, table: &str, row: &Value) {
        self.tell_store("DeleteItem", json!({"TableName": table, "Key": {"pk": row["pk"], "sk": row["sk"]}})).await;
    }

    async fn tell_store(&self, operation: &str, request: Value) {
        let signed = "AWS4-HMAC-SHA256 Credential=test/20260302/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";
        let target = format!("DynamoDB_20120810.{operation}");
        let headers = [
            ("authorization", signed),
            ("x-amz-date", "20260302T000000Z"),
            ("x-amz-target", &*target),
            ("content-type", "application/x-amz-json-1.0"),
        ];
        self.lab.send(Method::POST, &format!("{}/", self.postern.aws.url), request.to_string(), &headers).await.is(200);
    }

    /// Writes so many records into the log of the demo firm, a hundred at a time.
    pub async fn fill_log(&self, records: usize) {
        self.fill_log_by(records, &"Storybook/1.0".repeat(15)).await;
    }

    /// The same, by a browser of this name.
    pub async fn fill_log_by(&self, records: usize, user_agent: &str) {
        let surroundings = &self.postern.surroundings;
        let log = AccessLog::reach(surroundings).expect("its settings are there");
        #[expect(clippy::disallowed_methods, reason = "the story's own firm")]
        let scope = FirmScope::of_public_path("demo".parse().expect("a firm"));
        let origin = Origin { ip: None, user_agent: Some(user_agent.to_owned()), request_id: None };
        for _ in 0..records.div_ceil(100) {
            let occasion =
                Occasion { now: surroundings.clock.now(), origin: origin.clone(), language: None, dice: surroundings.dice.clone() };
            let record = || occasion.record(&scope, Outcome::NoContact);
            let mut others = Vec::new();
            for _ in 1..100 {
                others.push(log.append(&record()).await.expect("there is a key"));
            }
            log.commit(&record(), others).await.expect("it is written");
        }
    }

    /// The newest digest of the demo firm's log, as the bucket keeps it.
    pub fn newest_digest(&self) -> Vouched {
        let files = walk(&self.data.path().join("objects/digestsbucket"));
        let digests = files.iter().filter(|file| file.ends_with("data") && !file.to_string_lossy().contains(".incoming"));
        let digests = digests.map(|file| serde_json::from_slice::<Vouched>(&fs::read(file).expect("a file")).expect("a digest"));
        let own = digests.filter(|digest| digest.entry.link.firm.as_str() == "demo");
        own.max_by_key(|digest| digest.entry.link.place).expect("there is one")
    }

    /// The texts of the access log, newest first.
    pub async fn log(&self, staff: &Browser, query: &str) -> Vec<String> {
        self.settle().await;
        let page = staff.get(&format!("/api/access-log?limit=100{query}")).await.is(200);
        page["items"].as_array().expect("a list").iter().map(|record| record["message"].as_str().expect("a text").to_owned()).collect()
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// Does all of `acts` at the same moment, each on a task of its own.
pub async fn at_once<T, F>(acts: impl IntoIterator<Item = F>) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let acts: Vec<F> = acts.into_iter().collect();
    let start = Arc::new(Barrier::new(acts.len()));
    let begin = |act: F| {
        let start = start.clone();
        tokio::spawn(async move {
            start.wait().await;
            act.await
        })
    };
    let tasks: Vec<_> = acts.into_iter().map(begin).collect();
    let mut done = Vec::with_capacity(tasks.len());
    for task in tasks {
        done.push(task.await.expect("it ends"));
    }
    done
}
