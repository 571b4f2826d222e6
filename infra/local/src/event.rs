//! The events of `events/`: a file holds what is special to one, and all that AWS would add is added here.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::Path,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use hyper::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use postern_domain::Audience;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, from_value, json};

use crate::{
    functions::{Route, all},
    scene::{Scene, session_of},
};

/// Where the events are, in the checkout that this was built from.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../events");

/// The host by which API Gateway is reached.
const HOST: &str = "p0stern1.execute-api.us-east-1.amazonaws.com";
/// Who calls, as the caller says.
const USER_AGENT: &str = "Fixture/1.0";

/// An event of `events/<function>/<name>-<outcome>.json`.
#[derive(Debug, Clone)]
pub struct Event {
    /// The function that gets it.
    pub function: String,
    /// The name, without the outcome.
    pub name: String,
    /// What is expected: a status, or a word where the function has no route.
    pub outcome: String,
    special: Value,
}

/// What is special to a request.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Request {
    /// The parts of the path that vary; where the pages answer, the whole of it behind the first slash is the `page`.
    path: BTreeMap<String, String>,
    query: BTreeMap<String, String>,
    /// As whom it is sent: the cookie of a session.
    #[serde(rename = "as")]
    audience: Option<Audience>,
    /// Further cookies.
    cookies: Vec<String>,
    /// Headers, in place of the usual ones or beside them.
    headers: BTreeMap<String, String>,
    /// JSON; a text is sent as it stands.
    body: Option<Value>,
    /// Things that must be there and that nothing else speaks of, as `{{contact}}` where contacts are listed.
    given: Vec<String>,
}

/// What is special to an event of a stream.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inserted {
    table: String,
    /// The new rows, of which each member is a text or a boolean.
    inserted: Vec<Map<String, Value>>,
}

/// What is special to an event of a log group.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Logged {
    log_group: String,
    /// The new entries; one that is no text is written as JSON.
    logged: Vec<Value>,
}

impl Event {
    /// All events of `function`, by their names.
    ///
    /// # Errors
    /// If it has none, or one of them cannot be read.
    pub fn of(function: &str) -> Result<Vec<Self>, String> {
        let stems = entries(&Path::new(FOLDER).join(function)).map_err(|_| match entries(Path::new(FOLDER)) {
            Ok(functions) => format!("There are no events of {function}; there are some of {}.", functions.join(", ")),
            Err(error) => format!("{FOLDER} cannot be listed: {error}."),
        })?;
        stems.iter().filter_map(|file| file.strip_suffix(".json")).map(|stem| Self::read(function, stem)).collect()
    }

    /// The event that is called `<function>/<name>-<outcome>`.
    ///
    /// # Errors
    /// If there is none.
    pub fn called(name: &str) -> Result<Self, String> {
        let (function, stem) = name.split_once('/').ok_or_else(|| format!("{name} names no event: give FUNCTION/EVENT."))?;
        let events = Self::of(function)?;
        let stems = events.iter().map(Self::stem).collect::<Vec<_>>().join(", ");
        let event = events.into_iter().find(|event| event.stem() == stem);
        event.ok_or_else(|| format!("There is no {name}; {function} has {stems}."))
    }

    fn read(function: &str, stem: &str) -> Result<Self, String> {
        let failed = |problem: &str| format!("events/{function}/{stem}.json cannot be used: {problem}.");
        let text = fs::read_to_string(format!("{FOLDER}/{function}/{stem}.json")).map_err(|error| failed(&error.to_string()))?;
        let (name, outcome) = stem.rsplit_once('-').ok_or_else(|| failed("its name does not end with the outcome"))?;
        let special = serde_json::from_str(&text).map_err(|error| failed(&error.to_string()))?;
        Ok(Self { function: function.to_owned(), name: name.to_owned(), outcome: outcome.to_owned(), special })
    }

    fn stem(&self) -> String {
        format!("{}-{}", self.name, self.outcome)
    }

    /// Whether the function does what is asked.
    pub fn is_good(&self) -> bool {
        self.name.starts_with("good")
    }

    /// Whether someone of `audience` sends it.
    pub fn is_sent_by(&self, audience: Audience) -> bool {
        self.special["as"] == audience.name()
    }

    /// The whole event, with the things of `scene` that it speaks of.
    ///
    /// # Errors
    /// If it is malformed, or speaks of something that cannot be made.
    pub async fn on(&self, scene: &Scene) -> Result<Value, String> {
        let failed = |problem: String| format!("events/{}/{}.json: {problem}", self.function, self.stem());
        let filled = scene.fill(&self.special.to_string()).await.map_err(failed)?;
        let special = serde_json::from_str(&filled).map_err(|error| failed(error.to_string()))?;
        match all().into_iter().find(|function| function.name == self.function).map(|function| function.route) {
            Some(Route::Operation(operation)) => {
                let mut request: Request = parsed(special).map_err(failed)?;
                if operation.takes_body() {
                    request.body.get_or_insert_with(|| json!({}));
                }
                let (route, fresh) = (format!("{} {}", operation.method, operation.path), operation.fresh.is_some());
                request.at(&route, (&operation.method, operation.path), fresh, scene).await
            }
            Some(Route::Default) => {
                parsed::<Request>(special).map_err(failed)?.at("$default", (&Method::GET, "/{page}"), false, scene).await
            }
            Some(Route::None) if special.get("inserted").is_some() => parsed::<Inserted>(special).map(Inserted::event),
            Some(Route::None) if special.get("logged").is_some() => parsed::<Logged>(special).map(Logged::event),
            Some(Route::None) => Ok(special),
            None => Err("there is no such function.".to_owned()),
        }
        .map_err(failed)
    }
}

impl Request {
    /// The event that API Gateway makes of it, by someone who proved who they are a moment ago where that is to be `fresh`.
    async fn at(mut self, route: &str, (method, path): (&Method, &str), fresh: bool, scene: &Scene) -> Result<Value, String> {
        if let Some((cookie, thing)) = self.audience.map(|audience| session_of(audience, fresh)) {
            self.cookies.insert(0, format!("{cookie}={}", scene.thing(thing).await?));
        }
        let path = self.path.iter().fold(path.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value));
        if path.contains('{') {
            return Err(format!("a part of the path {path} is missing."));
        }
        let escaped = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
        let query: Vec<_> = self.query.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
        let origin = format!("https://{HOST}");
        let usual = [
            ("accept", Some("application/json")),
            ("content-type", self.body.is_some().then_some("application/json")),
            ("host", Some(HOST)),
            ("origin", (!method.is_safe()).then_some(origin.as_str())),
            ("user-agent", Some(USER_AGENT)),
            // The caller says so; the source address below is what API Gateway saw.
            ("x-forwarded-for", Some("203.0.113.77")),
        ];
        for (name, value) in usual {
            if let Some(value) = value {
                self.headers.entry(name.to_owned()).or_insert_with(|| value.to_owned());
            }
        }
        let mut event = json!({
            "version": "2.0",
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": query.join("&"),
            "cookies": self.cookies,
            "headers": self.headers,
            "queryStringParameters": self.query,
            "pathParameters": self.path,
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "p0stern1",
                "domainName": HOST,
                "domainPrefix": "p0stern1",
                "http": {
                    "method": method.as_str(),
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": scene.address(),
                    "userAgent": USER_AGENT,
                },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": route,
                "stage": "$default",
                "time": "02/Mar/2026:10:44:00 +0000",
                "timeEpoch": 1_772_448_240_000_u64,
            },
            "body": self.body.map(|body| body.as_str().map_or_else(|| body.to_string(), str::to_owned)),
            "isBase64Encoded": false,
        });
        // API Gateway leaves out what there is none of.
        let parts = event.as_object_mut().into_iter();
        parts.for_each(|parts| parts.retain(|_, part| ![json!(null), json!([]), json!({})].contains(part)));
        Ok(event)
    }
}

impl Inserted {
    /// The event that Lambda makes of what the table's stream tells.
    fn event(self) -> Value {
        let source = format!("arn:aws:dynamodb:us-east-1:123456789012:table/{}/stream/2026-03-02T10:00:00.000", self.table);
        let record = |(place, row): (usize, Map<String, Value>)| {
            let row: Map<_, _> = row.into_iter().map(|(name, value)| (name, attribute(&value))).collect();
            json!({
                "eventID": format!("{place:032}"),
                "eventName": "INSERT",
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "us-east-1",
                "dynamodb": {
                    "ApproximateCreationDateTime": 1_772_448_240,
                    "Keys": { "pk": row["pk"], "sk": row["sk"] },
                    "NewImage": row,
                    "SequenceNumber": format!("{place:021}"),
                    "SizeBytes": 512,
                    "StreamViewType": "NEW_IMAGE",
                },
                "eventSourceARN": source,
            })
        };
        json!({ "Records": (1..).zip(self.inserted).map(record).collect::<Vec<_>>() })
    }
}

impl Logged {
    /// The event that Lambda is brought of what a subscription filter takes.
    fn event(self) -> Value {
        let entry = |(place, entry): (usize, Value)| {
            let message = entry.as_str().map_or_else(|| entry.to_string(), str::to_owned);
            json!({ "id": format!("{place:056}"), "timestamp": 1_772_448_240_000_u64, "message": message })
        };
        let text = json!({
            "messageType": "DATA_MESSAGE",
            "owner": "123456789012",
            "logGroup": self.log_group,
            "logStream": "0a1b2c3d-0000-4000-8000-0123456789ab",
            "subscriptionFilters": ["postern-SmsFailed-0123456789AB"],
            "logEvents": (1..).zip(self.logged).map(entry).collect::<Vec<_>>(),
        });
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.to_string().as_bytes()).expect("a list of bytes grows");
        json!({ "awslogs": { "data": BASE64_STANDARD.encode(packed.finish().expect("a list of bytes grows")) } })
    }
}

/// A value as DynamoDB writes it.
fn attribute(value: &Value) -> Value {
    if value.is_boolean() { json!({ "BOOL": value }) } else { json!({ "S": value }) }
}

fn parsed<T: DeserializeOwned>(special: Value) -> Result<T, String> {
    from_value(special).map_err(|error| format!("{error}."))
}

/// The names of what is in a folder.
fn entries(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
