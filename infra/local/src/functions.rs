//! Every function, listed once for all that needs to know them.

use std::{collections::HashMap, sync::Arc};

use axum::Router;
use futures::future::BoxFuture;
use postern_aws::{Aws, Grant, Misconfigured, Reachable};
use postern_http::{Described, Operation};
use serde_json::Value;

use crate::aws::Faults;

/// A worker that is ready for events.
pub type Worker = Arc<dyn Fn(Value) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// A function, as it is deployed.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// By which route it is called.
    pub route: Route,
    /// What it reaches.
    pub grants: Vec<Grant>,
}

/// The ways by which API Gateway calls a function.
#[derive(Debug, Clone)]
pub enum Route {
    /// None: it is a worker.
    None,
    /// The route of an operation.
    Operation(Operation),
    /// Whatever no other route takes.
    Default,
}

macro_rules! functions {
    (operations: $($operation:ident),*; workers: $($worker:ident),*;) => {
        /// How the document of the API describes every operation.
        pub fn operations() -> Vec<Described> {
            vec![$($operation::described()),*]
        }

        /// Every operation by its name, as its `main` makes it.
        ///
        /// # Errors
        /// If a setting is missing.
        pub fn routers(aws: &Aws) -> Result<HashMap<&'static str, Router>, Misconfigured> {
            Ok(HashMap::from([$({
                let name = $operation::OPERATION.name;
                (name, postern_http::mount!($operation, &aws.named(name)?)?)
            }),*]))
        }

        /// Every worker by its name, as its `main` makes it.
        ///
        /// # Errors
        /// If a setting is missing.
        pub fn workers(aws: &Aws) -> Result<HashMap<&'static str, Worker>, Misconfigured> {
            Ok(HashMap::from([$(($worker::NAME, worker(&aws.named($worker::NAME)?, $worker::handle)?)),*]))
        }

        /// Every function: the operations, the workers, and the one that serves the pages.
        pub fn all() -> Vec<Function> {
            vec![
                $(Function {
                    name: $operation::OPERATION.name,
                    route: Route::Operation($operation::OPERATION),
                    grants: [$operation::OPERATION.grants(), $operation::Reach::grants(&[])].concat(),
                },)*
                $(Function { name: $worker::NAME, route: Route::None, grants: $worker::Reach::grants(&[]) },)*
                Function { name: web::NAME, route: Route::Default, grants: web::Reach::grants(&[]) },
            ]
        }
    };
}

functions! {
    operations:
        show_firm,
        request_code,
        request_staff_code,
        resend_code,
        verify_code,
        preview_link,
        open_link,
        send_fresh_link,
        ask_for_help,
        show_session,
        sign_out,
        verify_second_factor,
        renew_session,
        enrol_second_factor,
        confirm_second_factor,
        remove_second_factor,
        list_devices,
        revoke_device,
        sign_out_everywhere,
        query_access_log,
        export_access_log,
        show_export,
        create_contact,
        update_contact,
        show_contact,
        list_contacts,
        summarise_contacts,
        diagnose_access,
        unlock_contact,
        reopen_code_path,
        show_settings,
        update_settings,
        end_sessions,
        reset_second_factor,
        reset_staff_second_factor,
        unlock_staff,
        invite,
        list_staff,
        invite_staff,
        update_staff,
        remove_staff,
        create_upload,
        complete_upload,
        list_documents,
        create_download,
        rename_document,
        delete_document,
        restore_document,
        mail_receipt;
    workers:
        deliver,
        record_delivery,
        chain_log,
        keep_roster,
        make_export,
        erase_documents,
        create_firm,
        rotate_keys,
        retire_keys;
}

/// The worker of this name as a process that a fault may end.
pub(crate) fn in_a_process(name: String, worker: Worker, faults: Faults) -> Worker {
    Arc::new(move |event| {
        let (name, faults, work) = (name.clone(), faults.clone(), worker(event));
        Box::pin(async move { faults.outlive(&name, work).await.unwrap_or_else(|| Err(format!("The process of {name} has ended."))) })
    })
}

/// A worker as Lambda would run it: what it is told and what it answers is JSON.
fn worker<R, E, A, X, F>(aws: &Aws, handle: impl Fn(R, E) -> F + Send + Sync + 'static) -> Result<Worker, Misconfigured>
where
    R: Reachable + Clone + Send + Sync + 'static,
    E: serde::de::DeserializeOwned,
    A: serde::Serialize + Send,
    X: std::error::Error + Send + 'static,
    F: Future<Output = Result<A, X>> + Send + 'static,
{
    let (reach, keyring, handle) = (R::reach(aws)?, aws.keyring.clone(), Arc::new(handle));
    Ok(Arc::new(move |event| {
        let (reach, keyring, handle) = (reach.clone(), keyring.clone(), handle.clone());
        Box::pin(async move {
            let answer = keyring.beside(postern_aws::answer(event, |event| handle(reach, event))).await;
            let answer = answer.map_err(|failure| format!("{}: {}", failure.error_type, failure.error_message))?;
            serde_json::to_value(answer).map_err(|error| error.to_string())
        })
    }))
}
