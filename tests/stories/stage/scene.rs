use std::{
    ops::Deref,
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;

use super::{Browser, Stage};

static NEXT: AtomicU32 = AtomicU32::new(1);

/// A scene of its own on a stage.
pub struct Scene<'a> {
    /// Where it is.
    pub stage: &'a Stage,
    /// What is there.
    pub own: postern_local::Scene,
}

impl Deref for Scene<'_> {
    type Target = postern_local::Scene;

    fn deref(&self) -> &postern_local::Scene {
        &self.own
    }
}

impl<'a> Scene<'a> {
    pub fn new(stage: &'a Stage) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { stage, own: postern_local::Scene::new(&stage.postern.url, &stage.postern.surroundings, number) }
    }

    /// The same with another mobile for the contact.
    pub fn with_mobile(self, mobile: &str) -> Self {
        Self { own: self.own.with_mobile(mobile), ..self }
    }

    /// The thing of this name, made now if it is not there.
    pub async fn thing(&self, name: &str) -> String {
        self.own.thing(name).await.unwrap_or_else(|problem| panic!("{name}: {problem}"))
    }

    /// A browser in which the owner is signed in.
    pub async fn staff(&self) -> Browser {
        self.holding("__Host-postern-staff", &self.thing("staff_session").await)
    }

    /// A new challenge of the contact.
    pub async fn ask(&self) -> String {
        self.own.ask().await.expect("the contact may ask")
    }

    /// The contact asks for a code, and gets in.
    pub async fn sign_in(&self) -> Browser {
        self.holding("__Host-postern", &self.own.sign_in().await.expect("the contact gets in"))
    }

    fn holding(&self, cookie: &str, value: &str) -> Browser {
        let browser = self.stage.browser();
        browser.set_cookie(cookie, value);
        browser
    }

    /// The raw row of the person whose session this raw row is.
    pub async fn person_row(&self, session: &Value) -> Value {
        let ids: Vec<_> = session["subject"]["M"].as_object().expect("a person").values().map(|id| id["S"].clone()).collect();
        let rows = self.rows().await.into_iter().filter(|(table, _)| table == "DirectoryTable").map(|(_, row)| row);
        let is_person =
            |row: &Value| ids.iter().any(|id| row["contact"]["S"] == *id || row["staff"]["S"] == *id) && row.get("created_at").is_some();
        rows.into_iter().find(is_person).expect("the person has a row")
    }

    /// The raw rows that speak of the firm, each with the name of its table.
    pub async fn rows(&self) -> Vec<(String, Value)> {
        let tables = self.stage.postern.aws.tables.items().await.expect("the tables can be read");
        let all = tables.into_iter().flat_map(|(table, rows)| rows.into_iter().map(move |row| (table.clone(), row)));
        all.filter(|(_, row)| row.to_string().contains(&self.firm)).collect()
    }
}
