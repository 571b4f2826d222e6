//! The parts of the deployment that only repeat what functions declare: their resources in the template, and their routes for
//! `cargo lambda watch`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use postern_aws::{Grant, Thing};
use serde_json::Value;

use crate::{
    aws::template,
    functions::{Function, Route},
    names::pascal,
};

/// What follows the name of a table in the names of its streams.
const STREAMS: &str = "/stream/*";

/// Whoever invokes it waits for as long as Lambda lets it run, since it reads all that is kept.
const UNHURRIED: &str = "retire-keys";

/// A text of which the part between two lines is written by the program.
struct Marked {
    begin: &'static str,
    end: &'static str,
}

/// The functions in the template.
const FUNCTIONS: Marked = Marked {
    begin: "  # The functions, each with a role of its own; written by `cargo run -- --template` from what they declare.\n",
    end: "  # The end of what is written by `cargo run -- --template`.\n",
};
/// The routes in the workspace's manifest.
const ROUTES: Marked = Marked {
    begin: "# Written by `cargo run -- --template`; `cargo lambda watch` has no API Gateway before it.\n",
    end: "# The end of what is written by `cargo run -- --template`.\n",
};

impl Marked {
    /// `text` with `part` between the two lines.
    fn renew(&self, text: &str, part: &str) -> Result<String, String> {
        let missing = || format!("there is no line {:?} followed by {:?}.", self.begin.trim(), self.end.trim());
        let (before, rest) = text.split_once(self.begin).ok_or_else(missing)?;
        let (_, after) = rest.split_once(self.end).ok_or_else(missing)?;
        Ok([before, self.begin, part, self.end, after].concat())
    }
}

/// The template `text` with its functions as they are declared. What calls a worker stands in the rest of the template, and says what its role
/// must allow besides.
///
/// # Errors
/// If the text is no template, or the lines between which the functions stand are missing.
pub fn template(text: &str, functions: &[Function]) -> Result<String, String> {
    let rest = template::to_json(text)?;
    let mut part = String::new();
    for function in functions {
        part.push('\n');
        part.push_str(&resource(function, &rest));
    }
    part.push('\n');
    FUNCTIONS.renew(text, &part)
}

/// The workspace's manifest `text` with the routes as they are declared.
///
/// # Errors
/// If the lines between which the routes stand are missing.
pub fn manifest(text: &str, functions: &[Function]) -> Result<String, String> {
    let mut routes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for function in functions {
        if let Route::Operation(operation) = &function.route {
            let route = format!("{{ function = \"{}\", method = \"{}\" }}", function.name, operation.method);
            routes.entry(operation.path).or_default().push(route);
        }
    }
    let mut part = "[workspace.metadata.lambda.watch.router]\n".to_owned();
    for (path, routes) in routes {
        part.push_str(&format!("\"{path}\" = [{}]\n", routes.join(", ")));
    }
    ROUTES.renew(text, &part)
}

fn resource(function: &Function, rest: &Value) -> String {
    let grants = merged(&function.grants);
    let mut text = format!(
        "  {}:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: ../target/lambda/{}/\n{}      Environment:\n        Variables:\n",
        pascal(function.name),
        function.name,
        if function.name == UNHURRIED { "      Timeout: 900\n" } else { "" }
    );
    for grant in &grants {
        text.push_str(&format!("          {}: {}\n", grant.variable, value(grant.variable)));
    }
    let statements: Vec<String> =
        grants.iter().flat_map(statements).chain(secrets(&grants)).chain(needs_of_callers(function.name, rest)).collect();
    if !statements.is_empty() {
        text.push_str("      Policies:\n        - Version: \"2012-10-17\"\n          Statement:\n");
    }
    for statement in statements {
        text.push_str(&format!("            {statement}\n"));
    }
    let route = match &function.route {
        Route::None => return text,
        Route::Default => "{ ApiId: !Ref HttpApi }".to_owned(),
        Route::Operation(operation) => format!("{{ ApiId: !Ref HttpApi, Method: {}, Path: \"{}\" }}", operation.method, operation.path),
    };
    writeln!(text, "      Events:\n        Route: {{ Type: HttpApi, Properties: {route} }}").expect("text grows");
    text
}

/// One grant for each variable, with all that is granted on it, in the order in which they are first declared.
fn merged(grants: &[Grant]) -> Vec<Grant> {
    let mut merged: Vec<Grant> = Vec::new();
    for grant in grants {
        match merged.iter_mut().find(|known| known.variable == grant.variable) {
            // A sender is also a setting for those who only ask whether there is one.
            Some(known) if known.thing == Thing::Setting => *known = Grant { actions: grant.actions.clone(), ..grant.clone() },
            Some(known) => {
                let more: Vec<_> = grant.actions.iter().filter(|action| !known.actions.contains(action)).copied().collect();
                known.actions.extend(more);
            }
            None => merged.push(grant.clone()),
        }
    }
    merged
}

/// What a variable is set to: the thing of the same name, or an address that is put together.
fn value(variable: &str) -> String {
    match variable {
        "PUBLIC_ORIGIN" => "!If
            - HasDomain
            - !Sub https://${Domain}
            - !Sub https://${HttpApi}.execute-api.${AWS::Region}.${AWS::URLSuffix}"
            .to_owned(),
        // Pages may send files there, and nowhere else.
        "STORAGE_ORIGIN" => "!Sub https://${DocumentsBucket}.s3.${AWS::Region}.${AWS::URLSuffix}".to_owned(),
        _ => format!("!Ref {}", pascal(variable)),
    }
}

fn statements(grant: &Grant) -> Vec<String> {
    let (id, actions) =
        (pascal(grant.variable), |service: &str, actions: &[&str]| list(actions.iter().map(|action| format!("{service}:{action}"))));
    match grant.thing {
        _ if grant.actions.is_empty() => Vec::new(),
        // Secrets are granted in one statement.
        Thing::Setting | Thing::Secret => Vec::new(),
        Thing::Table(indexes) => {
            let is_query = |action: &&str| !indexes.is_empty() && matches!(*action, "Query" | "QueryIndex");
            let (queries, others): (Vec<&str>, Vec<&str>) = grant.actions.iter().partition(|action| is_query(action));
            let mut statements = Vec::new();
            if !others.is_empty() {
                statements.push(allow(&actions("dynamodb", &others), &format!("!GetAtt {id}.Arn")));
            }
            if !queries.is_empty() {
                // A table that is queried by its own key is granted itself; one that is queried by its indexes alone is not.
                let table = queries.contains(&"Query").then(|| format!("!GetAtt {id}.Arn"));
                let indexes = queries.contains(&"QueryIndex").then_some(indexes).into_iter().flatten();
                let indexes = indexes.map(|index| format!("!Sub \"${{{id}.Arn}}/index/{index}\""));
                statements.push(allow("dynamodb:Query", &list(table.into_iter().chain(indexes))));
            }
            statements
        }
        Thing::Bucket => {
            let (lists, others): (Vec<&str>, Vec<&str>) = grant.actions.iter().partition(|action| **action == "ListBucket");
            let mut statements = Vec::new();
            if !others.is_empty() {
                statements.push(allow(&actions("s3", &others), &format!("!Sub \"${{{id}.Arn}}/*\"")));
            }
            if !lists.is_empty() {
                statements.push("# Without it storage answers 403 instead of 404 for an object that is not there.".to_owned());
                statements.push(allow("s3:ListBucket", &format!("!GetAtt {id}.Arn")));
            }
            statements
        }
        Thing::Mail => vec![
            "# The verified identity is the address, its domain or a domain above; and while the account is in the sandbox,".to_owned(),
            "# SES asks for the recipient's identity too. So the sender's address is what bounds it.".to_owned(),
            format!("- Effect: Allow\n              Action: {}", actions("ses", &grant.actions)),
            "  Resource:".to_owned(),
            "    - !Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:identity/*".to_owned(),
            "    - !Sub arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}:configuration-set/${ConfigurationSet}".to_owned(),
            format!("  Condition: {{ StringEquals: {{ ses:FromAddress: !Ref {id} }} }}"),
        ],
        Thing::Texts => vec![
            "# A phone has no ARN, so publishing to one can only be allowed on everything; topics are taken out again. Of publishing alone: what is asked".to_owned(),
            "# of the whole account has an ARN of that form too.".to_owned(),
            allow(&actions("sns", &grant.actions), "\"*\""),
            "- { Effect: Deny, Action: sns:Publish, Resource: !Sub \"arn:${AWS::Partition}:sns:*:*:*\" }".to_owned(),
        ],
    }
}

/// All secrets that a function reaches by the same actions, in one statement.
fn secrets(grants: &[Grant]) -> Option<String> {
    let secrets: Vec<_> = grants.iter().filter(|grant| grant.thing == Thing::Secret).collect();
    let actions = secrets.first()?.actions.iter().map(|action| format!("secretsmanager:{action}"));
    Some(allow(&list(actions), &list(secrets.iter().map(|grant| format!("!Ref {}", pascal(grant.variable))))))
}

/// What the role of a worker must allow for what calls it: to read streams, and to leave in a queue what it failed at.
fn needs_of_callers(function: &str, rest: &Value) -> Vec<String> {
    let mappings = template::of_type(rest, "AWS::Lambda::EventSourceMapping").map(|(_, mapping)| mapping);
    let asynchronous = template::of_type(rest, "AWS::Lambda::EventInvokeConfig").map(|(_, config)| config);
    let own = mappings.chain(asynchronous).filter(|caller| caller["FunctionName"]["Ref"] == pascal(function));
    let needs: BTreeSet<String> = own
        .flat_map(|caller| {
            let named = |value: &Value| value["Fn::GetAtt"].as_str().and_then(|text| text.split_once('.')).map(|(id, _)| id.to_owned());
            let stream = named(&caller["EventSourceArn"]).map(|table| {
                let actions =
                    ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"].map(|action| format!("dynamodb:{action}"));
                allow(&list(actions), &format!("!Sub \"${{{table}.Arn}}{STREAMS}\""))
            });
            let queue = named(&caller["DestinationConfig"]["OnFailure"]["Destination"])
                .map(|queue| allow("sqs:SendMessage", &format!("!GetAtt {queue}.Arn")));
            stream.into_iter().chain(queue)
        })
        .collect();
    needs.into_iter().collect()
}

fn allow(action: &str, resource: &str) -> String {
    format!("- {{ Effect: Allow, Action: {action}, Resource: {resource} }}")
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    let items: Vec<_> = items.into_iter().collect();
    if let [one] = items.as_slice() { one.clone() } else { format!("[{}]", items.join(", ")) }
}
