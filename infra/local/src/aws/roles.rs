//! What each function may do: its role, as the template writes it.
//!
//! Whoever is no function of the template calls with the credentials of the account itself, and may do everything.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{calls::Permission, template};
use crate::{account, names};

/// The roles of all functions.
#[derive(Clone, Debug, Default)]
pub struct Roles(HashMap<String, Vec<Statement>>);

#[derive(Clone, Debug)]
struct Statement {
    allows: bool,
    actions: Vec<String>,
    resources: Vec<String>,
    /// What must be equal, by its condition key.
    conditions: Vec<(String, String)>,
}

impl Roles {
    /// The roles of the functions of `template`.
    ///
    /// # Errors
    /// If a statement says what is not understood here: to judge by half of it would be more lenient than AWS is.
    pub fn read(template: &Value) -> Result<Self, String> {
        let functions = template::of_type(template, "AWS::Serverless::Function");
        let roles = functions.map(|(id, function)| {
            let policies = function["Policies"].as_array().into_iter().flatten();
            let statements = policies.flat_map(|policy| template::each(&policy["Statement"]));
            let statements = statements.map(|statement| Statement::read(template, statement)).collect::<Result<_, _>>();
            Ok((names::kebab(id), statements.map_err(|error| format!("in the role of {id}: {error}"))?))
        });
        Ok(Self(roles.collect::<Result<_, String>>()?))
    }

    /// The functions of the template.
    pub(super) fn functions(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether `caller` is a function of the template.
    pub(super) fn know(&self, caller: &str) -> bool {
        self.0.contains_key(caller)
    }

    /// Whether `caller` may do what `needed` says.
    pub(super) fn allow(&self, caller: &str, needed: &Permission) -> bool {
        let Some(statements) = self.0.get(caller) else { return true };
        let says = |allows| statements.iter().any(|statement| statement.allows == allows && statement.fits(needed));
        says(true) && !says(false)
    }

    /// What the roles allow and `used`, by function, never needed: `function: action on resource`.
    pub fn idle(&self, used: &HashMap<String, BTreeSet<Permission>>) -> Vec<String> {
        let mut idle = Vec::new();
        for (function, statements) in &self.0 {
            for statement in statements.iter().filter(|statement| statement.allows) {
                for (action, resource) in statement.actions.iter().flat_map(|action| statement.resources.iter().map(move |on| (action, on)))
                {
                    let is_used =
                        used.get(function).into_iter().flatten().any(|used| like(action, &used.action) && like(resource, &used.resource));
                    if !is_used {
                        idle.push(format!("{function}: {action} on {resource}"));
                    }
                }
            }
        }
        idle.sort();
        idle
    }
}

impl Statement {
    fn read(template: &Value, statement: &Value) -> Result<Self, String> {
        let members = statement.as_object().ok_or("a statement is no mapping")?;
        let known = ["Effect", "Action", "Resource", "Condition", "Sid"];
        if let Some(other) = members.keys().find(|member| !known.contains(&member.as_str())) {
            return Err(format!("{other} is not understood here"));
        }
        let texts = |member: &str| template::each(&statement[member]).iter().map(|value| text(template, value)).collect::<Result<_, _>>();
        let mut conditions = Vec::new();
        for (operator, keys) in statement["Condition"].as_object().into_iter().flatten() {
            if operator != "StringEquals" {
                return Err(format!("the condition {operator} is not understood here"));
            }
            for (key, value) in keys.as_object().into_iter().flatten() {
                conditions.push((key.clone(), text(template, value)?));
            }
        }
        Ok(Self { allows: statement["Effect"] == "Allow", actions: texts("Action")?, resources: texts("Resource")?, conditions })
    }

    fn fits(&self, needed: &Permission) -> bool {
        self.actions.iter().any(|action| like(action, &needed.action))
            && self.resources.iter().any(|resource| like(resource, &needed.resource))
            && self.conditions.iter().all(|(key, value)| needed.context.get(key) == Some(value))
    }
}

/// What `value` stands for in the only account and region that there are.
pub(crate) fn text(template: &Value, value: &Value) -> Result<String, String> {
    if let Some(plain) = value.as_str() {
        return Ok(plain.to_owned());
    }
    if let Some(name) = value["Ref"].as_str() {
        return named(template, name);
    }
    if let Some(name) = value["Fn::GetAtt"].as_str() {
        return named(template, name);
    }
    let Some(pattern) = value["Fn::Sub"].as_str() else { return Err(format!("{value} is not understood here")) };
    let mut text = pattern.to_owned();
    while let Some((before, rest)) = text.split_once("${") {
        let (name, after) = rest.split_once('}').ok_or("a ${ has no end")?;
        text = format!("{before}{}{after}", named(template, name)?);
    }
    Ok(text)
}

fn named(template: &Value, name: &str) -> Result<String, String> {
    let (id, attribute) = name.split_once('.').unwrap_or((name, ""));
    let known = match (template["Resources"][id]["Type"].as_str(), attribute) {
        // What a secret's name stands for is its ARN.
        (Some("AWS::SecretsManager::Secret"), "") => account::arn("secretsmanager", &format!("secret:{id}")),
        (Some("AWS::DynamoDB::Table"), "Arn") => account::arn("dynamodb", &format!("table/{id}")),
        (Some("AWS::S3::Bucket"), "Arn") => format!("arn:aws:s3:::{}", names::bucket(id)),
        (Some("AWS::SQS::Queue"), "Arn") => account::arn("sqs", id),
        (Some("AWS::SES::ConfigurationSet"), "") => id.to_owned(),
        (None, "") => return account::parameter(name).map(str::to_owned).ok_or_else(|| format!("{name} is not known here")),
        _ => return Err(format!("{name} is not known here")),
    };
    Ok(known)
}

/// Whether `text` is as `pattern` says, in which `*` stands for anything and `?` for one character.
pub(crate) fn like(pattern: &str, text: &str) -> bool {
    let mut ends: BTreeSet<usize> = BTreeSet::from([0]);
    let text: Vec<char> = text.chars().collect();
    for wanted in pattern.chars() {
        ends = match wanted {
            '*' => ends.first().map(|first| (*first..=text.len()).collect()).unwrap_or_default(),
            _ => ends.into_iter().filter(|at| text.get(*at).is_some_and(|c| wanted == '?' || *c == wanted)).map(|at| at + 1).collect(),
        };
    }
    ends.contains(&text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TEMPLATE;

    fn needed(action: &str, resource: &str, from: Option<&str>) -> Permission {
        let context = from.map(|from| ("ses:FromAddress".to_owned(), from.to_owned()));
        Permission { action: action.to_owned(), resource: resource.to_owned(), context: context.into_iter().collect() }
    }

    #[test]
    fn a_function_may_do_what_its_role_says_and_others_may_do_anything() {
        let template = template::to_json(TEMPLATE).expect("the template is YAML");
        let roles = Roles::read(&template).expect("all of it is understood");
        let table = |name: &str| account::arn("dynamodb", &format!("table/{name}"));
        let identity = account::arn("ses", "identity/portal@postern.test");
        let topic = account::arn("sns", "AlarmTopic");
        let secret = |name: &str| account::arn("secretsmanager", &format!("secret:{name}"));
        for (caller, action, resource, from, may) in [
            ("show-firm", "dynamodb:GetItem", table("DirectoryTable"), None, true),
            ("show-firm", "dynamodb:PutItem", table("DirectoryTable"), None, false),
            ("show-firm", "dynamodb:GetItem", table("AccessTable"), None, false),
            ("query-access-log", "dynamodb:Query", table("AccessLogTable/index/by-contact"), None, true),
            ("query-access-log", "dynamodb:Query", table("AccessLogTable/index/by-day"), None, false),
            ("deliver", "ses:SendEmail", identity.clone(), Some("portal@postern.test"), true),
            ("deliver", "ses:SendEmail", identity.clone(), Some("else@postern.test"), false),
            ("deliver", "ses:SendEmail", identity.clone(), None, false),
            ("deliver", "ses:SendEmail", account::arn("ses", "configuration-set/ConfigurationSet"), Some("portal@postern.test"), true),
            ("deliver", "ses:SendEmail", account::arn("ses", "configuration-set/default"), Some("portal@postern.test"), false),
            ("invite", "ses:SendEmail", identity, Some("portal@postern.test"), false),
            ("deliver", "sns:Publish", "*".to_owned(), None, true),
            ("deliver", "sns:Publish", topic, None, false),
            ("deliver", "sns:CheckIfPhoneNumberIsOptedOut", account::arn("sns", "*"), None, true),
            ("verify-code", "secretsmanager:GetSecretValue", secret("SignInSecret"), None, true),
            ("verify-code", "secretsmanager:GetSecretValue", secret("GateSecret"), None, false),
            ("create-upload", "s3:PutObject", "arn:aws:s3:::documentsbucket/a/b".to_owned(), None, true),
            ("create-upload", "s3:PutObject", "arn:aws:s3:::other/a/b".to_owned(), None, false),
            ("-", "s3:DeleteBucket", "arn:aws:s3:::documentsbucket".to_owned(), None, true),
        ] {
            assert_eq!(roles.allow(caller, &needed(action, &resource, from)), may, "{caller} {action} {resource} {from:?}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_role() {
        for statement in [
            "{ Effect: Allow, NotAction: 's3:*', Resource: '*' }",
            "{ Effect: Allow, Action: 's3:GetObject', Resource: !Ref Elsewhere }",
            "{ Effect: Allow, Action: 's3:GetObject', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': true } } }",
        ] {
            let template = format!(
                "Resources:\n  Web:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies: [{{ Statement: [{statement}] }}]\n"
            );
            assert!(Roles::read(&template::to_json(&template).expect("it is YAML")).is_err(), "{statement}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a*c", "abb", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("arn:aws:sns:*:*:*", "*", false),
            ("abc", "ab", false),
        ] {
            assert_eq!(like(pattern, text), fits, "{pattern} {text}");
        }
    }
}
