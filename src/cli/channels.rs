//! The channels of a program that serves: what comes in, and what is done about it.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::channels::intake::{Intake, Product};
use crate::channels::worker::Worker;
use crate::channels::{business_messages, rbm};
use crate::config::Settings;
use crate::google;
use crate::server;
use crate::store::{Limits, Memory, Queue, Store};
use crate::webhook::{BoxError, Doors, Webhook};
use crate::wire::ApiVersion;

/// What is open. Without channels nothing is.
pub(super) struct Channels {
    intake: Option<Arc<Intake>>,
    queue: Option<Arc<dyn Queue>>,
    worker: Option<JoinHandle<()>>,
    /// The queue of messages to Chat, where it ends with the program.
    in_memory: Option<Arc<dyn Queue>>,
}

impl Channels {
    /// Opens them. `doors` has the agent's handlers for what comes in; `webhook` answers taps that name an intent of its table.
    pub(super) fn open(
        settings: &Settings,
        store: Option<Arc<dyn Store>>,
        threads: &Runtime,
        doors: &Doors,
        webhook: &Webhook,
    ) -> Result<Self, BoxError> {
        let spaces = settings.spaces();
        if !settings.has_channels() && settings.bridge.is_built() {
            tracing::warn!(
                mend = "set `rbm.endpoints.NAME.client_token`",
                "`bridge.project` is set, and nobody can come over the bridge: no webhook of RCS for Business is open"
            );
        }
        if !settings.has_channels() && spaces.is_empty() {
            if let Some(store) = store {
                settings.consents.open(store);
            }
            return Ok(Self {
                intake: None,
                queue: None,
                worker: None,
                in_memory: None,
            });
        }
        let is_in_memory = store.is_none();
        // The settings were checked: without a store, messages may be lost.
        let store = store.unwrap_or_else(|| Arc::new(Memory::new(Limits::default())));
        settings.consents.open(Arc::clone(&store));
        let queue = Arc::clone(&store).queue();
        let intake = settings
            .has_channels()
            .then(|| Arc::new(taking_in(settings, &queue, threads)));
        let mut worker = Worker::new(Arc::clone(&queue), settings.queue.pace());
        // Credentials are kept fresh on these threads.
        let _runtime = threads.enter();
        if intake.is_some() {
            worker = answering(settings, worker, doors, webhook, store)?;
            if worker.is_idle() {
                tracing::warn!("no handler answers events: they are kept until one does");
            }
        }
        let mut in_memory = None;
        if !spaces.is_empty() {
            spaces.through(Arc::clone(&queue));
            worker = spaces.on(worker);
            tracing::info!("Chat spaces may be told something: {spaces:?}");
            if is_in_memory {
                tracing::warn!(
                    "what waits to be told in Chat spaces waits in memory, and is lost when the program ends: set `store.url` to keep it"
                );
                in_memory = Some(Arc::clone(&queue));
            }
        }
        let worker = (!worker.is_idle()).then(|| {
            let stop = async {
                server::told_to_stop().await;
            };
            threads.spawn(worker.run(stop, settings.server.shutdown_grace))
        });
        Ok(Self {
            intake,
            queue: Some(queue),
            worker,
            in_memory,
        })
    }

    /// Where what came in waits.
    pub(super) fn queue(&self) -> Option<Arc<dyn Queue>> {
        self.queue.clone()
    }

    pub(super) fn intake(&self) -> Option<Arc<Intake>> {
        self.intake.clone()
    }

    /// Waits for the jobs that run, which were told to end when the server was.
    pub(super) fn close(self, threads: &Runtime) {
        if let Some(worker) = self.worker {
            // It has a grace of its own.
            drop(threads.block_on(worker));
        }
        let depth = self.in_memory.map(|queue| threads.block_on(queue.depth()));
        let lanes = depth.and_then(Result::ok).unwrap_or_default();
        let lost: u64 = lanes.iter().map(|lane| lane.waiting + lane.running).sum();
        if lost > 0 {
            tracing::error!(
                "{lost} messages that waited in memory were not sent, and are lost; set `store.url` to keep them"
            );
        }
    }
}

fn taking_in(settings: &Settings, queue: &Arc<dyn Queue>, threads: &Runtime) -> Intake {
    let intake = Intake::new(
        settings.endpoints(),
        Arc::clone(queue),
        settings.queue.inbox,
        threads.handle(),
    );
    for endpoint in intake.endpoints() {
        let (product, name) = (endpoint.product().path(), endpoint.name());
        tracing::info!(endpoint = name, product, "events come in at /{product}/{name}");
    }
    intake
}

/// The worker, which has what comes in answered: by the agent's handlers, and by the bridge. What nobody answers it leaves in the queue.
fn answering(
    settings: &Settings,
    mut worker: Worker,
    doors: &Doors,
    webhook: &Webhook,
    store: Arc<dyn Store>,
) -> Result<Worker, BoxError> {
    let (handler, bridge) = (doors.find(), settings.bridge()?);
    if handler.is_some() || bridge.is_some() {
        // An event names its own agent.
        let client = settings.rbm_client("").map_err(unusable)?;
        let mut answering = rbm::Answering::new(client, settings.consents.clone()).by_handler(handler);
        if let Some(traffic) = settings.google.rbm_traffic_type {
            answering = answering.traffic(traffic);
        }
        if let Some(mut bridge) = bridge {
            if settings.bridge.answer_taps_here {
                let here = webhook.speaking(ApiVersion::V2Beta1);
                bridge = bridge.answering_here(Arc::new(here.sharing(store, settings.store.budget)));
            }
            answering = answering.by_bridge(bridge);
        }
        worker = answering.on(worker, Product::Rbm.kind());
    }
    if let Some(handler) = doors.find() {
        let client = settings.business_messages_client().map_err(unusable)?;
        let answering = business_messages::Answering::new(client, handler);
        worker = answering.on(worker, Product::BusinessMessages.kind());
    }
    Ok(worker)
}

fn unusable(error: google::Error) -> String {
    format!("`google.credentials`: {error}")
}
