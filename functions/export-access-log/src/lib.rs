//! `GET /api/access-log/export`: the log as a file, at once if it is small, else made by a worker.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use postern_aws::{Unavailable, reach};
use postern_domain::{
    ExportId, FirmScope, Occasion,
    log_export::{Format, LogExport, LogFilter, Progress},
    policy,
    record::Outcome,
    role::Right,
};
use postern_flow::{Acquaintances, ExportLog};
use postern_http::{Access, Caller, Described, Operation, Params, Problem, Sessions, SignedIn, part};
use postern_store::{AccessLog, Chain, Exports};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The route, and who may call.
pub const OPERATION: Operation = Operation::get("export-access-log", "/api/access-log/export", Access::Staff(Right::Work));

/// Portions of the log that are looked through while someone waits.
const PORTIONS: usize = 6;

reach! {
    sessions: Sessions,
    export_log: ExportLog,
    access_log: AccessLog [PutItem],
    chain: Chain [GetItem],
    exports: Exports [PutItem],
}

/// How the document of the API describes it.
pub fn described() -> Described {
    OPERATION
        .described("Exports access records, oldest first: one JSON object a line with its hash and a signed digest as the last, or CSV.")
        .params::<ExportAccessLog>()
        .file("The file.", &[Format::Csv.content_type(), Format::Json.content_type()])
        .answer::<Begun>(202, "It is large, and is being made: see `/api/exports/{export}`.")
}

/// What is to be exported.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportAccessLog {
    /// As what; JSON, if nothing is said.
    #[serde(default)]
    format: Format,
    #[serde(flatten, deserialize_with = "part")]
    filter: LogFilter,
}

/// An export that is being made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, rename = "BegunExport")]
pub struct Begun {
    export: ExportId,
}

/// Answers a request.
pub async fn handle(
    State(reach): State<Reach>,
    signed_in: SignedIn,
    Params(query): Params<ExportAccessLog>,
    Caller(caller): Caller,
) -> Result<Response, Problem> {
    let ExportAccessLog { format, filter } = query;
    let read = |scope| Box::pin(reach.file(&caller, scope, format, filter));
    let (acting, (export, file)) = signed_in.with(&reach.sessions, read).await?;
    let record = acting.record(&caller, Outcome::LogExported { staff: acting.name() });
    let Some(file) = file else {
        reach.access_log.commit(&record, [reach.exports.put(&export)]).await?;
        return Ok((StatusCode::ACCEPTED, Json(Begun { export: export.export })).into_response());
    };
    reach.access_log.commit(&record, []).await?;
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", export.file_name())),
    ];
    Ok((headers, file).into_response())
}

impl Reach {
    /// An export of the log as it stands now, and the file of it, unless it is too large for an answer.
    async fn file(
        &self,
        caller: &Occasion,
        scope: FirmScope,
        format: Format,
        filter: LogFilter,
    ) -> Result<(LogExport, Option<String>), Unavailable> {
        // Before the records: what is chained by then has to be among them, also if that was only now.
        let head = self.chain.head(&scope).await?.filter(|head| caller.now < head.link.chained_at + policy::CHAIN_RETENTION);
        let head = head.map(|head| head.link);
        let grew_at = head.as_ref().map(|head| head.chained_at);
        let export = LogExport {
            export: ExportId::new(caller.now, &caller.dice),
            firm: scope.firm().clone(),
            asked_at: grew_at.map_or(caller.now, |grew_at| grew_at.max(caller.now)),
            format,
            filter,
            head: head.as_ref().map_or(0, |head| head.place),
            began_at: head.map(|head| head.began_at),
            grew_at,
        };
        let (mut file, mut progress, mut known) = (String::new(), Progress::default(), Acquaintances::new());
        for _ in 0..PORTIONS {
            let portion = self.export_log.portion(&export, progress, &mut known).await?;
            (progress, file) = (portion.progress, file + &portion.text);
            if progress.lines > policy::EXPORT_ROWS || file.len() > policy::EXPORT_BYTES {
                break;
            }
            if portion.is_last {
                return Ok((export, Some(file)));
            }
        }
        Ok((export, None))
    }
}
