//! The settings of all functions: the variables that the deployment template gives them, with local values.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

use crate::{
    account::{ACCESS_KEY, REGION, SECRET_KEY, parameter},
    names,
};

/// The name of what this program does itself, for which no function is there.
pub(crate) const OWN: &str = "local";

/// The variables by name.
pub(crate) struct Settings(BTreeMap<String, String>);

impl Settings {
    /// The variables of `template` for the product at `origin` and the AWS endpoint at `endpoint`.
    pub(crate) fn read(template: &Value, origin: &str, endpoint: &str) -> Result<Self, String> {
        let mut settings: BTreeMap<String, String> = [
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY),
            ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
            ("AWS_REGION", REGION),
            ("AWS_ENDPOINT_URL", endpoint),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let resources = &template["Resources"];
        let functions = resources.as_object().into_iter().flat_map(|resources| resources.values());
        let variables = functions.filter_map(|function| function.pointer("/Properties/Environment/Variables")?.as_object());
        for (name, value) in variables.flatten() {
            let local = match (name.as_str(), value["Ref"].as_str()) {
                ("PUBLIC_ORIGIN", _) => origin.to_owned(),
                ("STORAGE_ORIGIN", _) => endpoint.to_owned(),
                (_, Some(id)) if resources[id]["Type"] == "AWS::S3::Bucket" => names::bucket(id),
                (_, Some(id)) if resources[id].is_object() => id.to_owned(),
                (_, Some(id)) if parameter(id).is_some() => parameter(id).unwrap_or_default().to_owned(),
                _ => return Err(format!("the variable {name} is {value}.")),
            };
            settings.insert(name.clone(), local);
        }
        Ok(Self(settings))
    }

    /// The variable `name` of `function`, whose access key is its name: so an address that it signs says whose it is.
    pub(crate) fn of(&self, function: &str, name: &str) -> Option<String> {
        if name == "AWS_ACCESS_KEY_ID" && function != OWN { Some(function.to_owned()) } else { self.get(name) }
    }

    /// The variable `name`.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }
}

/// What [`Settings`] have written.
impl From<&str> for Settings {
    fn from(lines: &str) -> Self {
        Self(lines.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

/// One `NAME=value` to a line, as `cargo lambda watch --env-file` reads it.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(name, value)| writeln!(f, "{name}={value}"))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        TEMPLATE,
        account::{SECURITY_CONTACT, SMS_ORIGINATION},
        aws::template,
    };

    use super::*;

    #[test]
    fn the_template_names_them_and_they_mean_what_is_here() {
        let template = template::to_json(TEMPLATE).expect("the template is YAML");
        let settings = Settings::read(&template, "http://localhost:3000", "http://localhost:3001").expect("all are offered here");
        for (name, value) in [
            ("AWS_ENDPOINT_URL", "http://localhost:3001"),
            ("DIRECTORY_TABLE", "DirectoryTable"),
            ("DOCUMENTS_BUCKET", "documentsbucket"),
            ("GATE_SECRET", "GateSecret"),
            ("MESSAGES_PER_SECOND", "10"),
            ("PUBLIC_ORIGIN", "http://localhost:3000"),
            ("SECURITY_CONTACT", SECURITY_CONTACT),
            ("SMS_ORIGINATION", SMS_ORIGINATION),
            ("STORAGE_ORIGIN", "http://localhost:3001"),
        ] {
            assert!(settings.to_string().contains(&format!("{name}={value}\n")), "{settings}");
            assert_eq!(Settings::from(settings.to_string().as_str()).get(name).as_deref(), Some(value));
        }
    }

    #[test]
    fn a_variable_that_means_nothing_here_is_refused() {
        let template =
            serde_json::json!({"Resources": {"Web": {"Properties": {"Environment": {"Variables": {"QUEUE": {"Ref": "Gone"}}}}}}});
        assert!(Settings::read(&template, "", "").is_err());
    }
}
