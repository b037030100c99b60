//! The channels of a program that serves: what comes in, and what is done about it.

use std::sync::Arc;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use crate::channels::intake::Intake;
use crate::channels::worker::Worker;
use crate::config::Settings;
use crate::server;
use crate::store::{Limits, Memory, Store};

/// What is open. Without channels nothing is.
pub(super) struct Channels {
    intake: Option<Arc<Intake>>,
    worker: Option<JoinHandle<()>>,
}

impl Channels {
    pub(super) fn open(settings: &Settings, store: Option<Arc<dyn Store>>, threads: &Runtime) -> Self {
        if !settings.has_channels() {
            return Self {
                intake: None,
                worker: None,
            };
        }
        // The settings were checked: without a store, messages may be lost.
        let store = store.unwrap_or_else(|| Arc::new(Memory::new(Limits::default())));
        let queue = store.queue();
        let intake = Intake::new(
            settings.endpoints(),
            Arc::clone(&queue),
            settings.queue.inbox,
            threads.handle(),
        );
        for endpoint in intake.endpoints() {
            let (product, name) = (endpoint.product().path(), endpoint.name());
            tracing::info!(endpoint = name, product, "events come in at /{product}/{name}");
        }
        let worker = Worker::new(queue, settings.queue.pace());
        let worker = (!worker.is_idle()).then(|| {
            let stop = async {
                server::told_to_stop().await;
            };
            threads.spawn(worker.run(stop, settings.server.shutdown_grace))
        });
        if worker.is_none() {
            tracing::warn!("no handler answers events: they are kept until one does");
        }
        Self {
            intake: Some(Arc::new(intake)),
            worker,
        }
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
    }
}
