//! Holds together what is said of each function in several places: its folder and its `Reach`, its route, role and
//! variables in the template, its mount in the local stack, its fixtures. Each test names all that differs at once.

mod folders;
mod template;
mod things;

use std::collections::{BTreeMap, BTreeSet};

use self::{
    folders::Folder,
    template::{Deployed, Template, pascal},
    things::{THINGS, Thing},
};

/// The functions that are told where the product stands. One with a route cannot be: the API that names it would name the API.
const TOLD_THE_ORIGIN: [&str; 2] = ["create-firm", "deliver"];
/// Variables that are put together, where the others each name one thing.
const ORIGINS: [&str; 2] = ["PUBLIC_ORIGIN", "STORAGE_ORIGIN"];
/// Tables whose items last; the others end by themselves.
const LASTING: [&str; 3] = ["AccessLogTable", "DirectoryTable", "WorkTable"];
/// Tables whose items carry the time of their end.
const ENDING: [&str; 3] = ["AccessLogTable", "AccessTable", "OutboxTable"];

/// Fails with one line for each thing that differs.
fn hold(differences: &[String]) {
    assert!(differences.is_empty(), "\n{}\n", differences.join("\n"));
}

/// What one of two places says of a function and the other does not.
fn apart(function: &str, left: (&str, &BTreeSet<String>), right: (&str, &BTreeSet<String>)) -> Vec<String> {
    let only = |(has, these): (&str, &BTreeSet<String>), (lacks, those): (&str, &BTreeSet<String>)| {
        these.difference(those).map(|name| format!("{function}: {name} is in {has}, not in {lacks}")).collect::<Vec<_>>()
    };
    [only(left, right), only(right, left)].concat()
}

/// Checks the functions that have both a folder and a resource.
fn hold_each(check: impl Fn(&str, &Folder, &Deployed<'_>) -> Vec<String>) {
    let (folders, template) = (folders::functions(), Template::read());
    let deployed = template.functions();
    let lines = folders.iter().filter_map(|(name, folder)| Some(check(name, folder, deployed.get(name)?))).flatten();
    hold(&lines.collect::<Vec<_>>());
}

/// What the things in the `Reach` of a function ask for.
fn asked_for(folder: &Folder, of: impl Fn(&Thing) -> Option<&'static str>) -> BTreeSet<String> {
    THINGS.iter().filter(|thing| folder.reach.contains(thing.reach)).filter_map(of).map(str::to_owned).collect()
}

#[test]
fn every_function_is_found_in_every_place() {
    let places: [(&str, BTreeSet<String>); 3] = [
        ("functions/", folders::functions().into_keys().collect()),
        ("infra/template.yaml", Template::read().functions().into_keys().collect()),
        ("events/", folders::fixtures()),
    ];
    let all: BTreeSet<&String> = places.iter().flat_map(|(_, names)| names).collect();
    let missing = |(place, names): &(&str, BTreeSet<String>)| {
        all.iter().filter(|name| !names.contains(**name)).map(|name| format!("{name}: missing in {place}")).collect::<Vec<_>>()
    };
    hold(&places.iter().flat_map(missing).collect::<Vec<_>>());
}

#[test]
fn a_function_has_one_name() {
    hold_each(|name, folder, deployed| {
        let own = BTreeSet::from([name.to_owned()]);
        let code = deployed.0["CodeUri"].as_str().unwrap_or_default();
        let built = code.strip_prefix("../target/lambda/").and_then(|code| code.strip_suffix('/')).unwrap_or(code);
        let names = apart(name, ("functions/", &own), ("the names of its crate and binary", &folder.names));
        [names, apart(name, ("functions/", &own), ("the template's CodeUri", &BTreeSet::from([built.to_owned()])))].concat()
    });
}

#[test]
fn routes_are_the_same_everywhere() {
    let mut mounted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in postern_local::operations().into_iter().map(|described| described.operation) {
        mounted.entry(operation.name.to_owned()).or_default().insert(format!("{} {}", operation.method, operation.path));
    }
    let watched = folders::watched_routes();
    hold_each(|name, folder, deployed| {
        let mounted = mounted.get(name).cloned().unwrap_or_default();
        let watched = watched.get(name).cloned().unwrap_or_default();
        let unmounted = folder.has_operation && mounted.is_empty();
        let mut lines = apart(name, ("the template's routes", &deployed.routes()), ("the local stack's", &mounted));
        lines.extend(apart(name, ("the local stack's routes", &mounted), ("those of cargo lambda watch", &watched)));
        lines.extend(unmounted.then(|| format!("{name}: OPERATION is in its lib.rs, not in the local stack")));
        lines
    });
}

#[test]
fn the_environment_names_what_is_reached() {
    hold_each(|name, folder, deployed| {
        let variables = deployed.variables();
        let wrong = variables.iter().filter(|(variable, value)| !ORIGINS.contains(variable) && value["Ref"] != pascal(variable));
        let wrong = wrong.map(|(variable, value)| format!("{name}: {variable} is {value}")).collect();
        let named = variables.keys().map(|variable| (*variable).to_owned()).collect();
        let reached = asked_for(folder, |thing| Some(thing.variable));
        [apart(name, ("its Reach", &reached), ("its environment", &named)), wrong].concat()
    });
}

#[test]
fn roles_grant_what_is_reached_and_no_more() {
    let template = Template::read();
    hold_each(|name, folder, deployed| {
        let granted = deployed.grants().iter().flat_map(|grant| grant.subjects(&template)).collect();
        let mut reached = asked_for(folder, |thing| thing.grant);
        reached.extend(template.needs_of_streams(name));
        apart(name, ("its Reach", &reached), ("its role", &granted))
    });
}

#[test]
fn roles_are_its_own_and_name_their_actions_and_resources() {
    hold_each(|name, _, deployed| {
        let whole = deployed.policies().iter().filter(|policy| !policy["Statement"].is_array()).chain(deployed.0.get("Role"));
        let mut lines: Vec<String> = whole.map(|whole| format!("{name}: its role is not written out, but {whole}")).collect();
        for grant in deployed.grants() {
            let loose = grant.actions.iter().filter(|action| action.contains('*') || *action == "dynamodb:Scan");
            lines.extend(loose.map(|action| format!("{name}: its role allows {action}")));
            // A phone has no name of its own in a role.
            if grant.targets.iter().any(|(target, _)| target == "*") && grant.actions != ["sns:Publish"] {
                lines.push(format!("{name}: its role allows {:?} on everything", grant.actions));
            }
        }
        lines
    });
}

#[test]
fn crates_are_those_of_what_is_reached() {
    let packages: BTreeSet<String> = THINGS.iter().filter_map(|thing| thing.package).map(str::to_owned).collect();
    hold_each(|name, folder, _| {
        let linked = folder.packages.intersection(&packages).cloned().collect();
        apart(name, ("its Reach", &asked_for(folder, |thing| thing.package)), ("its dependencies", &linked))
    });
}

#[test]
fn only_functions_without_a_route_know_the_address_of_the_api() {
    let template = Template::read();
    let mut lines = Vec::new();
    for (name, deployed) in template.functions() {
        if deployed.variables().contains_key("PUBLIC_ORIGIN") && !TOLD_THE_ORIGIN.contains(&name.as_str()) {
            lines.push(format!("{name}: PUBLIC_ORIGIN is not for it"));
        }
        let names_it = deployed.0.iter().any(|(property, value)| property != "Events" && value.to_string().contains("HttpApi"));
        if names_it && deployed.0.contains_key("Events") {
            lines.push(format!("{name}: it names the API, which names it"));
        }
    }
    for kind in ["AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret"] {
        let circles = template.of_type(kind).filter(|(_, resource)| resource.to_string().contains("HttpApi"));
        lines.extend(circles.map(|(id, _)| format!("{id}: it names the API, which names functions that name it")));
    }
    hold(&lines);
}

#[test]
fn what_lasts_is_protected_and_what_ends_is_swept() {
    let template = Template::read();
    let mut lines = Vec::new();
    let is_retained = |resource: &serde_json::Value| resource["DeletionPolicy"] == "Retain" && resource["UpdateReplacePolicy"] == "Retain";
    for (id, table) in template.of_type("AWS::DynamoDB::Table") {
        let properties = &table["Properties"];
        let recoverable = properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true;
        let is_protected = recoverable && properties["DeletionProtectionEnabled"] == true && is_retained(table);
        let ttl = &properties["TimeToLiveSpecification"];
        for (wanted, found, what) in [
            (LASTING.contains(&id), is_protected, "protected: recoverable to a point in time, against deletion, retained"),
            (ENDING.contains(&id), ttl["AttributeName"] == "ttl" && ttl["Enabled"] == true, "swept by its attribute ttl"),
            (true, properties["SSESpecification"]["SSEEnabled"] == true, "encrypted by a key of the account"),
            (true, LASTING.contains(&id) || ENDING.contains(&id), "said here to last or to end"),
        ] {
            lines.extend((wanted != found).then(|| format!("{id}: it should{} be {what}", if wanted { "" } else { " not" })));
        }
    }
    for kind in ["AWS::S3::Bucket", "AWS::SecretsManager::Secret"] {
        lines.extend(template.of_type(kind).filter(|(_, kept)| !is_retained(kept)).map(|(id, _)| format!("{id}: it should be retained")));
    }
    hold(&lines);
}
