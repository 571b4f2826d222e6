use std::{fs, ops::Deref, path::Path};

use http::Method;
use postern_local::Event;
use serde_json::Value;

use super::{Answer, Browser, Scene};

/// Headers of an event that belong to the way by which it came.
const OF_THE_WAY: [&str; 4] = ["host", "origin", "user-agent", "x-forwarded-for"];

/// An event of `events/` that stories bring to its function, whole or as a request over HTTP.
#[derive(Clone)]
pub struct Fixture(Event);

/// A request over HTTP that can be sent again.
#[derive(Clone)]
pub struct Ask {
    browser: Browser,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Deref for Fixture {
    type Target = Event;

    fn deref(&self) -> &Event {
        &self.0
    }
}

impl Fixture {
    /// All there are: of each function the refusals first, since what is good may use things up.
    pub fn all() -> Vec<Self> {
        let of = |function: String| Event::of(&function).unwrap_or_else(|problem| panic!("{problem}"));
        let mut all: Vec<_> = folders("events").into_iter().flat_map(of).map(Self).collect();
        all.sort_by_key(|fixture| (fixture.function.clone(), fixture.is_good(), fixture.name.clone()));
        all
    }

    /// Those that are requests over HTTP.
    pub fn requests() -> Vec<Self> {
        Self::all().into_iter().filter(|fixture| fixture.status().is_some()).collect()
    }

    /// Those of them that are answered with success.
    pub fn good_requests() -> Vec<Self> {
        Self::requests().into_iter().filter(|fixture| fixture.is_good()).collect()
    }

    /// The status that is expected, if it is a request over HTTP.
    pub fn status(&self) -> Option<u16> {
        self.outcome.parse().ok()
    }

    /// The function, and which of its requests this is where there are several.
    pub fn title(&self) -> String {
        let how = self.name.strip_prefix("good").unwrap_or(&self.name).trim_start_matches('-').replace('-', " ");
        if how.is_empty() { self.function.clone() } else { format!("{}, {how}", self.function) }
    }

    /// The event, with the things of `scene` in their places.
    pub async fn event(&self, scene: &Scene<'_>) -> Value {
        self.on(&scene.own).await.unwrap_or_else(|problem| panic!("{problem}"))
    }

    /// The request over HTTP of which API Gateway would make this event.
    pub async fn ask(&self, scene: &Scene<'_>) -> Ask {
        let event = self.event(scene).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let query = text(&event["rawQueryString"]);
        let path = text(&event["rawPath"]);
        let cookies: Vec<_> = event["cookies"].as_array().into_iter().flatten().map(text).collect();
        let headers = event["headers"].as_object().into_iter().flatten().map(|(name, value)| (name.clone(), text(value)));
        let headers = headers.filter(|(name, _)| !OF_THE_WAY.contains(&name.as_str()));
        let cookies = (!cookies.is_empty()).then(|| ("cookie".to_owned(), cookies.join("; ")));
        Ask {
            browser: scene.stage.browser(),
            method: text(&event["requestContext"]["http"]["method"]).parse().expect("a method"),
            path: if query.is_empty() { path } else { format!("{path}?{query}") },
            headers: headers.chain(cookies).collect(),
            body: text(&event["body"]),
        }
    }
}

impl Ask {
    /// The same request with these cookies alone.
    pub fn with_cookies(mut self, cookies: &[(&str, &str)]) -> Self {
        self.headers.retain(|(name, _)| name != "cookie");
        let cookies: Vec<_> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.headers.extend((!cookies.is_empty()).then(|| ("cookie".to_owned(), cookies.join("; "))));
        self
    }

    pub async fn send(&self) -> Answer {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.browser.send(self.method.clone(), &self.path, self.body.clone(), &headers).await
    }
}

/// The folders in a folder of the repository.
pub fn folders(inside: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(inside)).expect("a folder can be listed").map(|entry| entry.expect("a folder can be listed"));
    let mut names: Vec<_> =
        entries.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the tests stand in a folder of the repository")
}
