//! Exports of the access log: what is asked for, and how far it has come.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value};

use crate::{
    ClientId, ContactId, Email, ExportId, FirmId, RecordId, moments, policy, record::Outcome, scope::of_one_firm,
    sealed_record::SealedRecord, search::stands_in_record,
};

/// As what the log is exported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// For spreadsheets.
    Csv,
    /// One record a line, which proves itself.
    #[default]
    Json,
}

impl Format {
    /// The type of its content.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json => "application/x-ndjson",
        }
    }
}

/// Which records are meant, of a list or of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogFilter {
    /// Only records about this contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<ContactId>,
    /// Only records about papers of this client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientId>,
    /// Only records in whose contact's name, in whose email or in the name of whose staff this stands. So many are looked through for it that a page may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only records of this email. So many are looked through for it that a page may be empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Only records with this outcome.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_outcome")]
    pub outcome: Option<String>,
    /// Only records from this instant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Only records before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

fn known_outcome<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    let is_known = |name: &String| Outcome::CATALOGUE.iter().any(|(known, _)| known == name);
    if name.as_ref().is_none_or(is_known) { Ok(name) } else { Err(D::Error::custom("There is no outcome of this name.")) }
}

impl LogFilter {
    /// Whether `record` may be meant, as far as that shows while it is sealed; times are bounds of what is read.
    pub fn may_take(&self, record: &SealedRecord) -> bool {
        let fits = |wanted: Option<String>, member| wanted.is_none() || wanted.as_deref() == record.text(member);
        fits(self.contact.map(|contact| contact.to_string()), "contact")
            && fits(self.client.map(|client| client.to_string()), "client")
            && fits(self.outcome.clone(), "outcome")
    }

    /// Whether it asks for what shows only once records are opened and names are known.
    pub fn looks_inside(&self) -> bool {
        self.q.is_some() || self.email.is_some()
    }

    /// Whether an opened record is meant that has this `email` and tells of people with these `names`.
    pub fn takes(&self, names: &[&str], email: Option<&str>) -> bool {
        let has = |wanted: &Email| email.is_some_and(|email| Email::parse(email).is_ok_and(|email| email == *wanted));
        self.q.as_ref().is_none_or(|q| stands_in_record(q, names, email)) && self.email.as_ref().is_none_or(has)
    }

    /// Whether it takes all there is.
    pub fn takes_all(&self) -> bool {
        *self == Self::default()
    }

    /// What it asks for, in the words of the query.
    pub fn told(&self) -> Map<String, Value> {
        serde_json::to_value(self).ok().and_then(|told| told.as_object().cloned()).unwrap_or_default()
    }
}

/// An export of the access log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogExport {
    /// Its identifier.
    pub export: ExportId,
    /// Whose log it is of.
    pub firm: FirmId,
    /// When it was asked for: it has what was written down before.
    #[serde(with = "moments::required")]
    pub asked_at: Timestamp,
    /// As what.
    pub format: Format,
    /// Which records.
    #[serde(default)]
    pub filter: LogFilter,
    /// How long the chain was then.
    pub head: u64,
    /// When that chain began.
    #[serde(default, with = "moments::optional")]
    pub began_at: Option<Timestamp>,
    /// When it grew last.
    #[serde(default, with = "moments::optional")]
    pub grew_at: Option<Timestamp>,
}

of_one_firm!(LogExport);

impl LogExport {
    /// The instants between which its records were made. What is in the chain by then has to be among them, by whatever clock it was dated.
    pub fn span(&self) -> (Option<Timestamp>, Timestamp) {
        let end = self.asked_at + policy::CLOCKS_APART;
        (self.filter.from, self.filter.to.map_or(end, |to| to.min(end)))
    }

    /// What the file is called.
    pub fn file_name(&self) -> String {
        let ending = match self.format {
            Format::Csv => "csv",
            Format::Json => "jsonl",
        };
        format!("access-log-{}-{}.{ending}", self.firm, self.asked_at.strftime("%Y-%m-%d"))
    }

    /// Under which key the file is kept.
    pub fn object_key(&self) -> String {
        format!("{}/{}", self.firm, self.export)
    }
}

/// How far an export has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The last record that was looked at.
    #[serde(default)]
    pub after: Option<RecordId>,
    /// Lines that were written.
    pub lines: u64,
    /// The upload that takes its parts.
    #[serde(default)]
    pub upload: Option<String>,
    /// The tags of the parts that storage has.
    #[serde(default)]
    pub parts: Vec<String>,
    /// Under which key lies what came behind those, and is too little for another.
    #[serde(default)]
    pub rest: Option<String>,
}

/// `text` as a spreadsheet shows it: where it could be read as a formula, it is marked as text.
pub fn safe_cell(text: String) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_spreadsheet_could_read_as_a_formula_is_text() {
        for formula in ["=1+1", "+12025550100", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(safe_cell(formula.to_owned()), format!("'{formula}"));
        }
        for plain in ["", "Ann", "a=b", "2026-03-02", "'x"] {
            assert_eq!(safe_cell(plain.to_owned()), plain);
        }
    }

    #[test]
    fn an_email_is_found_however_it_was_typed_and_a_name_by_a_part() {
        let filter = |json| serde_json::from_value::<LogFilter>(json).expect("a filter");
        let (ann, none): (&[&str], &[&str]) = (&["Ann Lee"], &[]);
        for (asked, names, email, taken) in [
            (json!({}), none, None, true),
            (json!({"email": "ann@x.com"}), none, Some(" Ann@X.com\u{a0}"), true),
            (json!({"email": "ann@x.com"}), ann, Some("anna@x.com"), false),
            (json!({"email": "ann@x.com"}), ann, None, false),
            (json!({"q": "lee"}), ann, None, true),
            (json!({"q": "lee", "email": "ann@x.com"}), ann, None, false),
        ] {
            assert_eq!(filter(asked.clone()).takes(names, email), taken, "{asked} {email:?}");
            assert_eq!(filter(asked.clone()).looks_inside(), asked != json!({}));
        }
    }

    #[test]
    fn a_filter_tells_what_it_asks_for_and_nothing_else() {
        assert!(LogFilter::default().takes_all());
        assert_eq!(json!(LogFilter::default().told()), json!({}));
        let filter = LogFilter { outcome: Some("locked".to_owned()), from: Some(Timestamp::UNIX_EPOCH), ..LogFilter::default() };
        assert!(!filter.takes_all() && !LogFilter { q: Some("a".to_owned()), ..LogFilter::default() }.takes_all());
        let told = json!({"outcome": "locked", "from": "1970-01-01T00:00:00Z"});
        assert_eq!(json!(filter.told()), told);
        assert_eq!(serde_json::from_value::<LogFilter>(told).expect("a filter"), filter);
        assert!(serde_json::from_value::<LogFilter>(json!({"outcome": "made-up"})).is_err());
    }
}
