//! Events that are brought to functions while nobody waits for an answer, as Lambda's asynchronous invocations are.

use std::sync::{Mutex, MutexGuard};

use serde_json::Value;
use tokio::{sync::watch, task::JoinSet, time::sleep};

use super::invoke::{Handler, backoff, once};

/// How often an event that failed is tried again. Lambda waits minutes between, here it is moments.
const RETRIES: u32 = 2;

/// The invocations of one endpoint.
#[derive(Default)]
pub(super) struct Asynchronous {
    count: watch::Sender<Count>,
    tasks: Mutex<JoinSet<()>>,
}

#[derive(Default)]
struct Count {
    begun: u64,
    ended: u64,
}

impl Asynchronous {
    /// Begins to bring `event` to `handler`, for the rule `rule`.
    pub(super) fn begin(&self, rule: String, handler: Handler, event: Value) {
        let count = self.count.clone();
        count.send_modify(|count| count.begun += 1);
        let mut tasks = self.tasks();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(async move {
            carry_out(&rule, &handler, event).await;
            count.send_modify(|count| count.ended += 1);
        });
    }

    /// How many have begun.
    pub(super) fn begun(&self) -> u64 {
        self.count.borrow().begun
    }

    /// Returns when all that have begun have ended, with their number.
    pub(super) async fn ended(&self) -> u64 {
        let mut news = self.count.subscribe();
        let count = news.wait_for(|count| count.begun == count.ended).await.expect("the sender is held here");
        count.begun
    }

    /// Ends them as they are.
    pub(super) fn stop(&self) {
        self.tasks().abort_all();
    }

    fn tasks(&self) -> MutexGuard<'_, JoinSet<()>> {
        self.tasks.lock().expect("no holder of this lock panics")
    }
}

async fn carry_out(rule: &str, handler: &Handler, event: Value) {
    let mut retries = 0;
    while let Err(error) = once(handler, event.clone()).await {
        if retries == RETRIES {
            tracing::warn!(rule, error, "an event is given up");
            return;
        }
        retries += 1;
        sleep(backoff(retries)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{
            Arc,
            atomic::{AtomicU32, Ordering},
        },
    };

    use serde_json::json;

    use super::*;

    /// What is logged, to be read.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no holder panics").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// How often a function is called that fails `failures` times, and what is logged of it.
    async fn outcome(failures: u32, fail: fn() -> Result<Value, String>) -> (u32, String) {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let calls = Arc::new(AtomicU32::new(0));
        let counted = calls.clone();
        let invocations = Asynchronous::default();
        let handler: Handler = Arc::new(move |_| {
            let fails = counted.fetch_add(1, Ordering::Relaxed) < failures;
            Box::pin(async move { if fails { fail() } else { Ok(Value::Null) } })
        });
        invocations.begin("Nightly".to_owned(), handler, json!({}));
        assert_eq!(invocations.ended().await, 1);
        let logged = String::from_utf8(log.0.lock().expect("no holder panics").clone()).expect("the log is text");
        (calls.load(Ordering::Relaxed), logged)
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_is_tried_twice_more_and_then_given_up_aloud() {
        let fail: fn() -> Result<Value, String> = || Err("no table".to_owned());
        let (calls, logged) = outcome(u32::MAX, fail).await;
        assert_eq!(calls, 3);
        assert!(logged.contains("WARN") && logged.contains("an event is given up rule=\"Nightly\" error=\"no table\""), "{logged}");
        assert_eq!(outcome(2, fail).await, (3, String::new()));
        assert_eq!(outcome(0, fail).await, (1, String::new()));
        let panicked = outcome(u32::MAX, || panic!("poison")).await;
        assert!(panicked.0 == 3 && panicked.1.contains("given up"), "{panicked:?}");
    }
}
