//! What surrounds a function: settings, clients, time and chance.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_secretsmanager::config::BehaviorVersion;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use aws_types::{SdkConfig, app_name::AppName, region::Region};
use jiff::Timestamp;
use postern_domain::{Clock, Dice};

use crate::{Keyring, TrustGroup, connector};

/// A setting that the environment must hold and does not.
#[derive(Debug, thiserror::Error)]
#[error("The environment variable {0} is missing or malformed.")]
pub struct Misconfigured(pub String);

/// Longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Longest wait for a service that sends messages; a worker has less than half a minute for all that it does.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// The variables of a function by its name and theirs.
type Variables = dyn Fn(&str, &str) -> Option<String> + Send + Sync;

type Clients = Mutex<HashMap<TypeId, Box<dyn Any + Send + Sync>>>;

/// What a function needs to speak to AWS, and the time and chance that it goes by.
#[derive(Clone)]
pub struct Aws {
    /// The clock of the product.
    pub clock: Clock,
    /// The source of all randomness.
    pub dice: Dice,
    /// The secrets that the function reaches.
    pub keyring: Arc<Keyring>,
    sdk: SdkConfig,
    clients: Arc<Clients>,
    function: &'static str,
    variables: Arc<Variables>,
}

impl Aws {
    /// The surroundings of `function` on AWS: its environment, the real time, the randomness of the operating system.
    ///
    /// # Errors
    /// If a variable that Lambda sets is missing.
    #[expect(clippy::disallowed_methods, reason = "this is the wiring: the one place where environment and time are read")]
    pub fn from_environment(function: &'static str) -> Result<Self, Misconfigured> {
        Self::new(function, |_, name| std::env::var(name).ok(), Clock::new(Timestamp::now), system_dice())
    }

    /// The surroundings of `function` that `variables` describe: each is asked for by the name of the function and its own.
    ///
    /// # Errors
    /// If region or credentials are missing.
    pub fn new(
        function: &'static str,
        variables: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
        clock: Clock,
        dice: Dice,
    ) -> Result<Self, Misconfigured> {
        let sdk = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(connector::shared(CONNECT_TIMEOUT))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .retry_config(RetryConfig::standard().with_max_attempts(3).with_initial_backoff(Duration::from_millis(50)))
            // Three tries of at most two seconds fit well into API Gateway's limit of thirty and into a person's patience.
            .timeout_config(timeouts(Duration::from_secs(2), Duration::from_secs(6)));
        let (keyring, clients, variables) = (Arc::default(), Arc::default(), Arc::new(variables));
        Self { clock, dice, keyring, sdk: sdk.build(), clients, function, variables }.named(function)
    }

    /// The same surroundings for `function`, whose name goes along with each call; its variables, clients and keys are its own.
    ///
    /// # Errors
    /// If region or credentials are missing.
    pub fn named(&self, function: &'static str) -> Result<Self, Misconfigured> {
        let mut named = Self { clients: Arc::default(), keyring: Arc::default(), function, ..self.clone() };
        let (id, secret) = (named.variable("AWS_ACCESS_KEY_ID")?, named.variable("AWS_SECRET_ACCESS_KEY")?);
        let credentials = Credentials::new(id, secret, named.optional("AWS_SESSION_TOKEN"), None, "environment");
        let mut sdk = named.sdk.to_builder();
        sdk.set_endpoint_url(named.optional("AWS_ENDPOINT_URL"));
        named.sdk = sdk
            .app_name(AppName::new(function).expect("names of functions are letters and hyphens"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .region(Region::new(named.variable("AWS_REGION")?))
            .build();
        Ok(named)
    }

    /// The function's one client of a service, which `new` makes when it is first asked for.
    pub fn client<C: Clone + Send + Sync + 'static>(&self, new: impl FnOnce(&SdkConfig) -> C) -> C {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let client = clients.entry(TypeId::of::<C>()).or_insert_with(|| Box::new(new(&self.sdk)));
        client.downcast_ref::<C>().expect("each type has its own entry").clone()
    }

    /// The same of a service that sends messages. What it did not answer for may have gone out, so each call is made once, and is given more
    /// time.
    pub fn sender<C: Clone + Send + Sync + 'static>(&self, new: impl FnOnce(&SdkConfig) -> C) -> C {
        let timeouts = timeouts(SEND_TIMEOUT, SEND_TIMEOUT);
        self.client(|sdk| new(&sdk.to_builder().retry_config(RetryConfig::disabled()).timeout_config(timeouts).build()))
    }

    /// The setting `name`.
    ///
    /// # Errors
    /// If it is missing.
    pub fn variable(&self, name: &str) -> Result<String, Misconfigured> {
        self.optional(name).ok_or_else(|| Misconfigured(name.to_owned()))
    }

    /// The setting `name`, unless it is missing or empty.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.variables)(self.function, name).filter(|value| !value.is_empty())
    }

    /// The secret that the setting `name` names; it is fetched together with all others of the function.
    ///
    /// # Errors
    /// If the setting is missing.
    pub fn trust_group(&self, name: &str) -> Result<TrustGroup, Misconfigured> {
        let client = self.client(aws_sdk_secretsmanager::Client::new);
        Ok(TrustGroup::new(&self.keyring, client, self.variable(name)?, self.clock.clone()))
    }
}

impl fmt::Debug for Aws {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Aws")
    }
}

fn timeouts(of_a_try: Duration, of_all: Duration) -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(of_a_try).operation_timeout(of_all).build()
}

fn system_dice() -> Dice {
    Dice::new(|bytes| getrandom::fill(bytes).expect("the operating system has randomness"))
}
