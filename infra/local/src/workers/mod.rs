//! The functions that are called by no route, and what calls them, as the template says: streams of tables, time, objects that are put, what
//! SES reports, and log groups.

mod filters;
mod mappings;
mod pattern;
mod rules;

use std::sync::Arc;

use serde_json::Value;

use crate::{
    aws::{Drivers, Mapping, Target, template::of_type},
    functions::Worker,
    names::kebab,
    start_error::StartError,
};

use self::rules::When;

/// Event source mappings that may read the stream of a table at the same time, whatever their filters take.
const READERS: usize = 2;

/// Has `drivers` call `workers`, which are asked for by their names, as `template` says.
///
/// # Errors
/// If the template wants something called that is no worker, or by what is not offered here, or without permission. Nothing is called then.
pub fn drive(template: &Value, drivers: &Drivers, workers: impl Fn(&str) -> Option<Worker>) -> Result<(), StartError> {
    let worker = |caller: &str, id: &str| {
        workers(&kebab(id)).ok_or_else(|| StartError::Template(format!("{caller} calls {id}, which is no worker.")))
    };
    let mut mappings: Vec<(Mapping, Worker)> = Vec::new();
    for (id, _) in of_type(template, "AWS::Lambda::EventSourceMapping") {
        let (function, mapping) = mappings::read(template, id).map_err(StartError::Template)?;
        if mappings.iter().filter(|(other, _)| other.table == mapping.table).count() == READERS {
            let why = format!("{id} is one more that reads the stream of {}: AWS throttles more than {READERS}.", mapping.table);
            return Err(StartError::Template(why));
        }
        mappings.push((mapping, worker(id, &function)?));
    }
    let mut rules = Vec::new();
    for (id, _) in of_type(template, "AWS::Events::Rule") {
        let rule = rules::read(template, id).map_err(StartError::Template)?;
        for (function, input) in rule.targets {
            let handler = worker(id, &function)?;
            rules.push((rule.when.clone(), Target { rule: id.to_owned(), handler, input }));
        }
    }
    let mut filters = Vec::new();
    for (id, _) in of_type(template, "AWS::Logs::SubscriptionFilter") {
        let (function, group) = filters::read(template, id).map_err(StartError::Template)?;
        filters.push((group, Target { rule: id.to_owned(), handler: worker(id, &function)?, input: None }));
    }
    if let Some((id, _)) = of_type(template, "AWS::Scheduler::Schedule").next() {
        return Err(StartError::Template(format!("{id} is a schedule of its own: write it as an AWS::Events::Rule.")));
    }

    for (mapping, worker) in mappings {
        drivers.streams.pump(mapping, move |event| worker(event));
    }
    for (group, target) in filters {
        drivers.events.on(Arc::new(move |event| filters::group_of(event).as_ref() == Some(&group)), target);
    }
    for (when, target) in rules {
        match when {
            When::Every(period) => drivers.events.every(period, target),
            When::Happened(pattern) => drivers.events.on(Arc::new(move |event| pattern.fits(event)), target),
        }
    }
    Ok(())
}
