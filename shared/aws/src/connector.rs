//! One connector for all clients of a function.

use std::sync::OnceLock;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn},
    runtime_components::RuntimeComponents,
};

/// An HTTP client on one TLS stack (the SDK's own choice would add a second, three megabytes and 26 ms of cold start) that gives the same
/// connector to every SDK client: each would otherwise make one of its own, and read all root certificates of the system for it.
pub(crate) fn shared() -> SharedHttpClient {
    let connector = OnceLock::new();
    http_client_fn(move |settings: &HttpConnectorSettings, _: &RuntimeComponents| {
        let connect = || {
            let connector = Connector::builder()
                .connector_settings(settings.clone())
                .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
                .tls_provider(Provider::Rustls(CryptoMode::Ring))
                .build();
            SharedHttpConnector::new(connector)
        };
        // All clients have the same settings: those of the function.
        SharedHttpConnector::clone(connector.get_or_init(connect))
    })
}
