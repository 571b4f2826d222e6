//! The seams for checks from outside: time, faults, raw tables, accounts of calls. They exist here alone, and only on request.

use std::time::Duration;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use hyper::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    aws::{Calls, Drivers, Endpoint, Fault, Faults, Outbox, Tables},
    clock::AdjustableClock,
};

/// What a lab may reach.
#[derive(Clone)]
pub(crate) struct Lab {
    clock: AdjustableClock,
    tables: Tables,
    drivers: Drivers,
    faults: Faults,
    calls: Calls,
    outbox: Outbox,
}

impl Lab {
    pub(crate) fn new(aws: &Endpoint, clock: AdjustableClock) -> Self {
        let (tables, drivers, faults) = (aws.tables.clone(), aws.drivers.clone(), aws.faults.clone());
        Self { clock, tables, drivers, faults, calls: aws.calls.clone(), outbox: aws.outbox.clone() }
    }

    /// Puts the product's clock forward, lets go what expires thereby, and answers what time it is then.
    pub(crate) async fn advance(&self, by: Duration) -> Result<Timestamp, String> {
        self.clock.advance(by);
        self.tables.sweep().await?;
        Ok(self.clock.reading().now())
    }
}

pub(crate) fn router(lab: Lab) -> Router {
    Router::new()
        .route("/_local/clock", post(advance))
        .route("/_local/faults", post(inject).delete(clear))
        .route("/_local/tables", get(tables))
        .route("/_local/settle", post(settle))
        .route("/_local/calls", get(calls))
        .route("/_local/events", post(happen))
        .with_state(lab)
}

/// Why a request of a lab was not carried out.
enum Refused {
    /// It cannot be read.
    Body(serde_json::Error),
    /// The tables failed.
    Tables(String),
    /// Nobody would be told of this event.
    Untold,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Body(error) => (StatusCode::BAD_REQUEST, format!("The body cannot be used: {error}.\n")),
            Self::Untold => {
                (StatusCode::UNPROCESSABLE_ENTITY, "No rule and no subscription filter of the template takes this event.\n".to_owned())
            }
            Self::Tables(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("The tables failed: {error}.\n")),
        }
        .into_response()
    }
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(Refused::Body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u32,
}

async fn advance(State(lab): State<Lab>, body: Bytes) -> Result<Json<Value>, Refused> {
    let Advance { advance_seconds } = read(&body)?;
    let now = lab.advance(Duration::from_secs(advance_seconds.into())).await.map_err(Refused::Tables)?;
    Ok(Json(json!({ "now": now })))
}

async fn inject(State(lab): State<Lab>, body: Bytes) -> Result<StatusCode, Refused> {
    lab.faults.inject(read::<Fault>(&body)?);
    Ok(StatusCode::NO_CONTENT)
}

async fn clear(State(lab): State<Lab>) -> StatusCode {
    lab.faults.clear();
    StatusCode::NO_CONTENT
}

async fn tables(State(lab): State<Lab>) -> Result<Response, Refused> {
    lab.tables.items().await.map(|items| Json(items).into_response()).map_err(Refused::Tables)
}

async fn settle(State(lab): State<Lab>) -> StatusCode {
    lab.drivers.settled().await;
    StatusCode::NO_CONTENT
}

/// Brings a whole event, as AWS would send it, to the workers whose rule or filter takes it.
async fn happen(State(lab): State<Lab>, body: Bytes) -> Result<StatusCode, Refused> {
    let event = read::<Value>(&body)?;
    lab.outbox.learn(&event);
    if lab.drivers.events.bring(&event) { Ok(StatusCode::NO_CONTENT) } else { Err(Refused::Untold) }
}

async fn calls(State(lab): State<Lab>) -> Response {
    Json(lab.calls.take_summary()).into_response()
}
