//! The way to AWS: one set of settings from the environment, shared by all clients of a function.

use std::{sync::Arc, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, app_name::AppName, region::Region, sdk_config::SharedHttpClient};
use jiff::Timestamp;
use postern_domain::{Clock, Dice};

/// A setting that the environment must hold and does not.
#[derive(Debug, thiserror::Error)]
#[error("The environment variable {0} is missing or malformed.")]
pub struct Misconfigured(pub String);

/// What a function needs to speak to AWS, and the time and chance that it goes by.
#[derive(Clone)]
pub struct Aws {
    /// Settings for the clients of the SDK.
    pub sdk: SdkConfig,
    /// The clock of the product.
    pub clock: Clock,
    /// The source of all randomness.
    pub dice: Dice,
    variables: Arc<dyn Fn(&str) -> Option<String> + Send + Sync>,
}

impl Aws {
    /// The surroundings of `function` on AWS: its environment, the real time, the randomness of the operating system.
    ///
    /// # Errors
    /// If a variable that Lambda sets is missing.
    #[expect(clippy::disallowed_methods, reason = "this is the wiring: the one place where environment and time are read")]
    pub fn from_environment(function: &'static str) -> Result<Self, Misconfigured> {
        let aws = Self::new(|name| std::env::var(name).ok(), Clock::new(Timestamp::now), system_dice())?;
        Ok(aws.named(function))
    }

    /// The surroundings that `variables` describe.
    ///
    /// # Errors
    /// If region or credentials are missing.
    pub fn new(
        variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        clock: Clock,
        dice: Dice,
    ) -> Result<Self, Misconfigured> {
        let required = |name: &str| variables(name).ok_or_else(|| Misconfigured(name.to_owned()));
        let credentials = Credentials::new(
            required("AWS_ACCESS_KEY_ID")?,
            required("AWS_SECRET_ACCESS_KEY")?,
            variables("AWS_SESSION_TOKEN"),
            None,
            "environment",
        );
        // Three tries of at most two seconds fit well into API Gateway's limit of thirty and into a person's patience.
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(Duration::from_secs(2))
            .operation_timeout(Duration::from_secs(6))
            .build();
        let mut sdk = SdkConfig::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new(required("AWS_REGION")?))
            .http_client(https())
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50)))
            .timeout_config(timeouts);
        if let Some(url) = variables("AWS_ENDPOINT_URL") {
            sdk = sdk.endpoint_url(url);
        }
        Ok(Self { sdk: sdk.build(), clock, dice, variables: Arc::new(variables) })
    }

    /// The same surroundings for `function`, whose name goes along with each call.
    #[must_use]
    pub fn named(&self, function: &'static str) -> Self {
        let name = AppName::new(function).expect("names of functions are letters and hyphens");
        Self { sdk: self.sdk.to_builder().app_name(name).build(), ..self.clone() }
    }

    /// The setting `name`.
    ///
    /// # Errors
    /// If it is missing.
    pub fn variable(&self, name: &str) -> Result<String, Misconfigured> {
        (self.variables)(name).ok_or_else(|| Misconfigured(name.to_owned()))
    }

    /// Whether text messages can be sent: `SMS_ORIGINATION` names a number or sender to send them from.
    pub fn texting(&self) -> bool {
        self.sms_origination().is_some()
    }

    /// The number or sender that text messages come from.
    pub fn sms_origination(&self) -> Option<String> {
        (self.variables)("SMS_ORIGINATION").filter(|origination| !origination.is_empty())
    }
}

/// One HTTP client on one TLS stack: the SDK's own choice would add a second, three megabytes and 26 ms of cold start.
fn https() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

fn system_dice() -> Dice {
    Dice::new(|bytes| getrandom::fill(bytes).expect("the operating system has randomness"))
}
