//! Numbers for Prometheus: what turns came to and how near their deadlines they were, whom we refused, what stores and the queue do.
//!
//! Labels have few values, whatever callers send: an intent is named if the agent's table names it, and else is `other`. No label
//! holds anything that a user, a caller or an error said.

mod store;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::encoding::prometheus_text;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

use self::store::{OPERATIONS, Operations};
use crate::store::Store;
use crate::store::queue::Depth;
use crate::webhook::reply::Effect;
use crate::webhook::{LateWork, Route, Table, Told, Verdict, Witness};

/// The media type of [`Metrics::text`].
pub const MEDIA_TYPE: &str = prometheus_text::CONTENT_TYPE;

/// What intents that the table does not name are counted as.
const OTHER: &str = "other";

type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];
type ByIntent = [(&'static str, String); 1];
type ByOutcome = [(&'static str, String); 2];

/// Histograms of times in seconds, finest where a turn is quick and where its deadline is.
#[derive(Clone)]
struct Seconds;

impl MetricConstructor<Histogram> for Seconds {
    fn new_metric(&self) -> Histogram {
        Histogram::new([
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 4.5, 5.0, 10.0,
        ])
    }
}

/// All numbers of a process.
pub struct Metrics {
    registry: Registry,
    intents: HashMap<String, Intent>,
    other: Intent,
    turns: Family<ByOutcome, Counter>,
    heard: Family<One, Counter>,
    margin: Histogram,
    share: Histogram,
    reply_bytes: Histogram,
    changed: Counter,
    degraded: Counter,
    replays: Family<One, Counter>,
    refusals: Family<One, Counter>,
    work: Family<Two, Counter>,
    under_way: Gauge,
    running: Gauge,
    most_running: Gauge,
    stores: Operations,
    jobs: Family<One, Gauge>,
    oldest_job: Gauge<f64, AtomicU64>,
    key_refreshes: Family<One, Counter>,
}

/// What is counted of each turn of an intent, at hand without a search among all.
struct Intent {
    name: String,
    answered: Counter,
    replayed: Counter,
    duration: Histogram,
}

/// What is not counted as it happens but looked up when somebody asks.
#[derive(Debug, Default)]
pub struct Now {
    /// Refusals of the gate, by kind.
    pub refusals: Vec<(&'static str, u64)>,
    /// How many turns run.
    pub turns: usize,
    /// How many may.
    pub most_turns: usize,
    /// How many pieces of late work are under way.
    pub work: usize,
    /// How often Google's keys were fetched, and how often that failed.
    pub key_refreshes: (u64, u64),
    /// What waits in the queue; none while that is not known.
    pub queue: Option<Vec<Depth>>,
}

impl Metrics {
    /// The numbers of an agent with that table.
    #[must_use]
    pub fn new(table: &Table) -> Self {
        let mut all = Naming(Registry::with_prefix("flowhook"));
        let turns: Family<ByOutcome, Counter> = all.name(
            "turns",
            "Turns that have their answer, by `intent` (`other`: not in the table) and `outcome` as in the log: answered, \
             replayed, error, panic, late, no handler, parameters, refused reply, stopping",
            Family::default(),
        );
        let durations = all.name(
            "turn_duration_seconds",
            "From the arrival of a call to its answer, by `intent`",
            Family::<ByIntent, Histogram, Seconds>::new_with_constructor(Seconds),
        );
        let intent = |name: &str| Intent {
            answered: turns.get_or_create_owned(&by_outcome(name, "answered")),
            replayed: turns.get_or_create_owned(&by_outcome(name, "replayed")),
            duration: durations.get_or_create_owned(&[("intent", name.to_owned())]),
            name: name.to_owned(),
        };
        let named = table.entries().iter().filter_map(|entry| match &entry.route {
            Route::Intent(name) => Some((name.clone(), intent(name))),
            _ => None,
        });
        Self {
            intents: named.collect(),
            other: intent(OTHER),
            turns: turns.clone(),
            heard: all.family(
                "heard",
                "What users heard at the end of a turn, by `what`: reply (of the handler), on_error, console (its response \
                 stood in), apology",
                "what",
                &["reply", "on_error", "console", "apology"],
            ),
            margin: all.name(
                "turn_margin_seconds",
                "What was left of a handler's time when the turn had its answer; 0: nothing",
                Histogram::new([0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 4.5, 9.5]),
            ),
            share: all.name(
                "turn_deadline_ratio",
                "The time a turn took as a share of what its handler had; above 1: it was late",
                Histogram::new([0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0, 1.1]),
            ),
            reply_bytes: all.name(
                "reply_bytes",
                "How large replies were; Dialogflow takes 65536",
                Histogram::new([
                    256.0, 1_024.0, 4_096.0, 8_192.0, 16_384.0, 32_768.0, 49_152.0, 65_536.0,
                ]),
            ),
            changed: all.name(
                "replies_changed",
                "Replies that were changed because Dialogflow would have refused them",
                Counter::default(),
            ),
            degraded: all.name(
                "replies_degraded",
                "Replies that the user's integration could not show as they were meant",
                Counter::default(),
            ),
            replays: all.family(
                "replays",
                "Calls that came twice, by `how` the second got the first one's answer: served (it was there), joined (it was \
                 waited for)",
                "how",
                &["served", "joined"],
            ),
            refusals: all.family(
                "refusals",
                "Calls that were not answered, by `reason`: what the gate found, proxy, not a request, too many turns, stopping",
                "reason",
                &["proxy", "not a request", "too many turns", "stopping"],
            ),
            work: all.work(),
            under_way: all.name(
                "work_under_way",
                "Pieces of late work and effects that run now",
                Gauge::default(),
            ),
            running: all.name("turns_running", "Turns that run now", Gauge::default()),
            most_running: all.name(
                "turns_running_limit",
                "How many turns may run at a time",
                Gauge::default(),
            ),
            stores: all.stores(),
            jobs: all.family(
                "queue_jobs",
                "Jobs in the queue, by `state`; absent while the store does not answer",
                "state",
                &["waiting", "running", "dead", "quarantined"],
            ),
            oldest_job: all.name(
                "queue_oldest_seconds",
                "How long ago the oldest job was put that waits or runs; not a number while the store does not answer",
                Gauge::default(),
            ),
            key_refreshes: all.family(
                "key_refreshes",
                "How often Google's keys for ID tokens were asked for, by `outcome`: fetched, failed",
                "outcome",
                &["fetched", "failed"],
            ),
            registry: all.0,
        }
    }

    /// The same store, whose calls are measured.
    #[must_use]
    pub fn measuring(&self, store: Arc<dyn Store>) -> Arc<dyn Store> {
        Arc::new(store::Measured::new(store, self.stores.clone()))
    }

    /// Counts a call that was not answered.
    pub fn refused(&self, reason: &'static str) {
        self.refusals.get_or_create(&[("reason", reason)]).inc();
    }

    /// All numbers as Prometheus reads them.
    #[must_use]
    pub fn text(&self, now: &Now) -> String {
        let set = |counter: &Counter, value: u64| counter.inner().store(value, Ordering::Relaxed);
        for (reason, count) in &now.refusals {
            set(&self.refusals.get_or_create(&[("reason", *reason)]), *count);
        }
        let (fetched, failed) = now.key_refreshes;
        for (outcome, count) in [("fetched", fetched), ("failed", failed)] {
            set(&self.key_refreshes.get_or_create(&[("outcome", outcome)]), count);
        }
        self.under_way.set(whole(now.work));
        self.running.set(whole(now.turns));
        self.most_running.set(whole(now.most_turns));
        self.note_queue(now.queue.as_deref());
        let mut text = String::new();
        prometheus_text::encode(&mut text, &self.registry).expect("a text can be written to");
        text
    }

    fn note_queue(&self, queue: Option<&[Depth]>) {
        let Some(lanes) = queue else {
            self.jobs.clear();
            self.oldest_job.set(f64::NAN);
            return;
        };
        let sum = |of: fn(&Depth) -> u64| lanes.iter().map(of).fold(0, u64::saturating_add);
        for (state, jobs) in [
            ("waiting", sum(|lane| lane.waiting)),
            ("running", sum(|lane| lane.running)),
            ("dead", sum(|lane| lane.dead)),
            ("quarantined", sum(|lane| lane.quarantined)),
        ] {
            let jobs = i64::try_from(jobs).unwrap_or(i64::MAX);
            self.jobs.get_or_create(&[("state", state)]).set(jobs);
        }
        let oldest = lanes.iter().filter_map(|lane| lane.oldest).max();
        self.oldest_job.set(oldest.unwrap_or_default().as_secs_f64());
    }
}

impl Witness for Metrics {
    fn turn(&self, told: &Told<'_>) {
        let intent = self.intents.get(told.intent).unwrap_or(&self.other);
        intent.duration.observe(told.elapsed.as_secs_f64());
        let answered = told.answered;
        if answered.is_replayed {
            intent.replayed.inc();
            let how = if answered.was_running { "joined" } else { "served" };
            self.replays.get_or_create(&[("how", how)]).inc();
            return;
        }
        match &answered.failure {
            None => intent.answered.inc(),
            Some(failed) => self
                .turns
                .get_or_create(&by_outcome(&intent.name, failed.kind))
                .inc(),
        };
        self.margin.observe(told.left.as_secs_f64());
        self.share
            .observe(told.elapsed.as_secs_f64() / told.time.as_secs_f64().max(0.001));
        let what = match (&answered.verdict, answered.heard.as_ref()) {
            (Verdict::Reply(_), "apology") => "apology",
            (Verdict::Reply(_), "on_error") => "on_error",
            (Verdict::Reply(_), heard) if heard != "console" => "reply",
            _ => "console",
        };
        self.heard.get_or_create(&[("what", what)]).inc();
        if let Verdict::Reply(body) = &answered.verdict {
            // Replies have 65,536 bytes at most.
            self.reply_bytes
                .observe(f64::from(u32::try_from(body.len()).unwrap_or(u32::MAX)));
        }
        if answered.is_changed() {
            self.changed.inc();
        }
        if answered
            .findings
            .iter()
            .any(|finding| finding.effect == Effect::Degraded)
        {
            self.degraded.inc();
        }
    }

    fn work(&self, kind: &'static str, what: LateWork) {
        let labels = [("kind", kind), ("what", what.name())];
        self.work.get_or_create(&labels).inc();
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}

fn by_outcome(intent: &str, outcome: &str) -> ByOutcome {
    [("intent", intent.to_owned()), ("outcome", outcome.to_owned())]
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The registry, while it is filled.
struct Naming(Registry);

impl Naming {
    /// Gives a metric its name and what it means.
    fn name<M: Metric + Clone>(&mut self, name: &str, meaning: &str, metric: M) -> M {
        self.0.register(name, meaning, metric.clone());
        metric
    }

    /// One metric for each of these values of a label, all there from the start.
    fn family<M: Metric + Clone + Default>(
        &mut self,
        name: &str,
        meaning: &str,
        label: &'static str,
        values: &[&'static str],
    ) -> Family<One, M>
    where
        Family<One, M>: Metric,
    {
        let family = self.name(name, meaning, Family::<One, M>::default());
        for value in values {
            drop(family.get_or_create(&[(label, *value)]));
        }
        family
    }

    fn work(&mut self) -> Family<Two, Counter> {
        let work = self.name(
            "work",
            "What became of late work and effects, by `kind` (work, effect) and `what`: begun, joined, picked up, done, failed, \
             panicked, lost (begun by a process that died), store away",
            Family::<Two, Counter>::default(),
        );
        for kind in ["work", "effect"] {
            for what in LateWork::ALL {
                drop(work.get_or_create(&[("kind", kind), ("what", what.name())]));
            }
        }
        work
    }

    fn stores(&mut self) -> Operations {
        let operations = Operations {
            duration: self.name(
                "store_duration_seconds",
                "How long the store beyond the process took, by `operation`",
                Family::new_with_constructor(Seconds),
            ),
            faults: self.name(
                "store_faults",
                "How often the store beyond the process failed or did not answer in time, by `operation`",
                Family::default(),
            ),
        };
        for operation in OPERATIONS {
            drop(operations.duration.get_or_create(&[("operation", operation)]));
            drop(operations.faults.get_or_create(&[("operation", operation)]));
        }
        operations
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::store::queue::Lane;

    #[test]
    fn what_the_queue_holds_is_told_as_a_whole_and_not_at_all_while_nobody_knows() {
        let agent = crate::Intents::new(());
        let threads = tokio::runtime::Builder::new_multi_thread().build().unwrap();
        let webhook = crate::Webhook::new(agent, Default::default(), threads.handle().clone()).unwrap();
        let metrics = Metrics::new(webhook.table());
        let lane = |name: &str, waiting, oldest| Depth {
            lane: Lane::new(name),
            waiting,
            running: 1,
            dead: 2,
            quarantined: 0,
            oldest: Some(Duration::from_secs(oldest)),
        };
        let queue = Some(vec![lane("brands/soup", 3, 7), lane("brands/salad", 4, 70)]);
        let text = metrics.text(&Now {
            queue,
            ..Now::default()
        });
        for line in [
            "flowhook_queue_jobs{state=\"waiting\"} 7",
            "flowhook_queue_jobs{state=\"dead\"} 4",
            "flowhook_queue_oldest_seconds 70.0",
        ] {
            assert!(text.lines().any(|told| told == line), "{line} in {text}");
        }
        assert!(!text.contains("brands"), "no lane is named");
        let text = metrics.text(&Now::default());
        assert!(!text.contains("flowhook_queue_jobs{"), "{text}");
        assert!(text.contains("flowhook_queue_oldest_seconds NaN"), "{text}");
    }
}
