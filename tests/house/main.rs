//! Holds together what is said of each function in several places: its folder, its line in the list, its part of the template, its
//! fixtures. Each test names all that differs at once.

mod circles;
mod folders;
mod template;

use std::collections::BTreeSet;

use postern_domain::admission::Access;
use postern_local::{Function, Route, all_functions, deployment};

use self::template::Template;

/// The functions that are told where the product stands. One with a route cannot be: the API that names it would name the API.
const TOLD_THE_ORIGIN: [&str; 2] = ["create-firm", "deliver"];
/// Tables whose items carry the time of their end.
const ENDING: [&str; 4] = ["AccessLogTable", "AccessTable", "ChainTable", "OutboxTable"];

/// Fails with one line for each thing that differs.
fn hold(differences: &[String]) {
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

#[test]
fn every_function_is_found_in_every_place() {
    let functions = folders::functions();
    let places: [(&str, BTreeSet<String>); 3] = [
        ("functions/", functions.keys().cloned().collect()),
        ("infra/local/src/functions.rs", all_functions().into_iter().map(|function| function.name.to_owned()).collect()),
        ("events/", folders::fixtures()),
    ];
    let all: BTreeSet<&String> = places.iter().flat_map(|(_, names)| names).collect();
    let missing = |(place, names): &(&str, BTreeSet<String>)| {
        all.iter().filter(|name| !names.contains(**name)).map(|name| format!("{name}: missing in {place}")).collect::<Vec<_>>()
    };
    hold(&places.iter().flat_map(missing).collect::<Vec<_>>());
    let misnamed = functions.iter().filter(|(folder, names)| names.iter().any(|name| name != *folder));
    hold(&misnamed.map(|(folder, names)| format!("functions/{folder}: its crate and binary are called {names:?}")).collect::<Vec<_>>());
}

#[test]
fn crates_depend_on_nothing_that_they_do_not_name() {
    // The local one names functions by a list.
    let crates = folders::crates().into_iter().filter(|folder| !folder.ends_with("infra/local"));
    let lines = crates.flat_map(|folder| {
        let text: String = folders::modules(&folder).into_values().collect();
        let idle = folders::dependencies(&folder).into_iter().filter(move |name| !text.contains(&format!("{}::", name.replace('-', "_"))));
        idle.map(move |name| format!("{}: it does not name {name}", folder.display()))
    });
    hold(&lines.collect::<Vec<_>>());
}

#[test]
fn what_functions_declare_stands_in_template_and_manifest() {
    let functions = all_functions();
    let fresh = |file: &str, renewed: fn(&str, &[Function]) -> Result<String, String>| {
        let text = folders::text_of(file);
        let renewed = renewed(&text, &functions).unwrap_or_else(|problem| panic!("{file}: {problem}"));
        assert!(text == renewed, "{file} is not what the functions declare: cargo run -- --template");
    };
    fresh("infra/template.yaml", deployment::template);
    fresh("Cargo.toml", deployment::manifest);
}

#[test]
fn roles_are_its_own_and_name_their_actions_and_resources() {
    let template = Template::read();
    let lines = template.functions().into_iter().flat_map(|(name, deployed)| {
        let whole = deployed.policies().iter().filter(|policy| !policy["Statement"].is_array()).chain(deployed.0.get("Role"));
        let mut lines: Vec<String> = whole.map(|whole| format!("{name}: its role is not written out, but {whole}")).collect();
        for grant in deployed.grants() {
            // Whether a key may go takes all rows to find out.
            let scans = |action: &str| action == "dynamodb:Scan" && name != "retire-keys";
            let loose = grant.actions.iter().filter(|action| action.contains('*') || scans(action));
            lines.extend(loose.map(|action| format!("{name}: its role allows {action}")));
            // A phone has no name of its own in a role.
            let of_phones =
                grant.actions.iter().all(|action| ["sns:Publish", "sns:CheckIfPhoneNumberIsOptedOut"].contains(&action.as_str()));
            if grant.targets.iter().any(|(target, _)| target == "*") && !of_phones {
                lines.push(format!("{name}: its role allows {:?} on everything", grant.actions));
            }
        }
        lines
    });
    hold(&lines.collect::<Vec<_>>());
}

#[test]
fn only_functions_without_a_route_know_the_address_of_the_api() {
    let told = |function: &Function| function.grants.iter().any(|grant| grant.variable == "PUBLIC_ORIGIN");
    let functions = all_functions();
    let mut lines: Vec<_> = functions
        .iter()
        .filter(|function| told(function) && !(TOLD_THE_ORIGIN.contains(&function.name) && matches!(function.route, Route::None)))
        .map(|function| format!("{}: PUBLIC_ORIGIN is not for it", function.name))
        .collect();
    let template = Template::read();
    for kind in ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"] {
        let circles = template.of_type(kind).filter(|(_, resource)| resource.to_string().contains("HttpApi"));
        lines.extend(circles.map(|(id, _)| format!("{id}: it names the API, which names functions that name it")));
    }
    hold(&lines);
}

#[test]
fn tables_are_protected_and_what_ends_is_swept() {
    let template = Template::read();
    let mut lines = Vec::new();
    // A first deployment that fails takes along what it made, where nothing is held yet and nothing protects it.
    let is_retained = |resource: &serde_json::Value, deletion: &str| {
        resource["DeletionPolicy"] == deletion && resource["UpdateReplacePolicy"] == "Retain"
    };
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        let properties = &table["Properties"];
        let recoverable = properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true;
        let is_protected = recoverable && properties["DeletionProtectionEnabled"] == true && is_retained(table, "Retain");
        let ttl = &properties["TimeToLiveSpecification"];
        for (wanted, found, what) in [
            (true, is_protected, "protected: recoverable to a point in time, against deletion, retained"),
            (ENDING.contains(&id), ttl["AttributeName"] == "ttl" && ttl["Enabled"] == true, "swept by its attribute ttl"),
            (true, properties["SSESpecification"]["SSEEnabled"] == true, "encrypted by a key of the account"),
        ] {
            lines.extend((wanted != found).then(|| format!("{id}: it should{} be {what}", if wanted { "" } else { " not" })));
        }
    }
    for kind in ["AWS::S3::Bucket", "AWS::SecretsManager::Secret"] {
        let lost = template.of_type(kind).filter(|(_, kept)| !is_retained(kept, "RetainExceptOnCreate"));
        lines.extend(lost.map(|(id, _)| format!("{id}: it should be retained")));
    }
    hold(&lines);
}

#[test]
fn what_anyone_may_have_sent_is_throttled_by_its_route() {
    let template = Template::read();
    let (_, api) = template.of_type("AWS::Serverless::HttpApi").next().expect("there is an API");
    let throttled: BTreeSet<&str> =
        api["Properties"]["RouteSettings"].as_object().into_iter().flatten().map(|(route, _)| route.as_str()).collect();
    let sends = |function: &Function| function.grants.iter().any(|grant| grant.variable == "OUTBOX_TABLE");
    let functions = all_functions();
    let sending: Vec<String> = functions
        .iter()
        .filter(|function| sends(function))
        .filter_map(|function| match &function.route {
            Route::Operation(operation) if operation.access == Access::Anyone => Some(format!("{} {}", operation.method, operation.path)),
            _ => None,
        })
        .collect();
    let missing = sending.iter().filter(|route| !throttled.contains(route.as_str())).map(|route| format!("{route}: it is not throttled"));
    let idle =
        throttled.iter().filter(|route| !sending.contains(&(**route).to_owned())).map(|route| format!("{route}: nothing sends by it"));
    hold(&missing.chain(idle).collect::<Vec<_>>());
}

#[test]
fn parameters_say_what_they_take() {
    let template = Template::read();
    let lacks = |(id, parameter): (&String, &serde_json::Value)| {
        // Of a number CloudFormation takes bounds and no pattern.
        let bounded = if parameter["Type"] == "Number" { "MaxValue" } else { "AllowedPattern" };
        let missing = ["Description", bounded, "ConstraintDescription"].into_iter().find(|member| parameter[member].is_null());
        missing.map(|member| format!("{id}: it has no {member}"))
    };
    hold(&template.parameters().iter().filter_map(lacks).collect::<Vec<_>>());
}

#[test]
fn what_the_papers_name_as_proof_is_there() {
    let asvs = folders::text_of("docs/security/asvs.md");
    let named = asvs.split('`').skip(1).step_by(2).filter(|name| [".rs", ".js", ".snap"].iter().any(|kind| name.ends_with(kind)));
    let places = |name: &str| {
        let places = ["", "tests/stories/", "tests/stories/snapshots/", "shared/domain/src/"];
        places.into_iter().any(|place| folders::is_there(&format!("{place}{name}")))
    };
    hold(&named.filter(|name| !places(name)).map(|name| format!("docs/security/asvs.md: there is no {name}")).collect::<Vec<_>>());
}
