//! The calendar of the workshop: a service that may be slow, or away.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flowhook::Result;
use flowhook::sys::Moment;
use serde::{Deserialize, Serialize};

/// How long an appointment takes, in seconds.
const LENGTH: i64 = 60 * 60;

/// The calendar, as a client reaches it.
#[derive(Clone, Default)]
pub(super) struct Calendar {
    service: Arc<Service>,
}

#[derive(Default)]
struct Service {
    begins: Mutex<Vec<i64>>,
    asked: AtomicU32,
    takes: Duration,
    is_away: AtomicBool,
}

/// What came of asking for an appointment.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Booked {
    /// It is booked.
    Yes,
    /// Somebody else has that hour.
    Taken,
}

impl Calendar {
    /// One that takes so long for each booking.
    pub(super) fn slow(takes: Duration) -> Self {
        let service = Service {
            takes,
            ..Service::default()
        };
        Self {
            service: Arc::new(service),
        }
    }

    /// Books an hour from that moment on, unless it overlaps with another.
    pub(super) async fn book(self, moment: Moment) -> Result<Booked> {
        tokio::time::sleep(self.service.takes).await;
        self.service.asked.fetch_add(1, Ordering::Relaxed);
        if self.service.is_away.load(Ordering::Relaxed) {
            return Err("the calendar does not answer".into());
        }
        let begin = moment.unix_seconds().ok_or("an appointment has a time zone")?;
        let mut begins = self.service.begins.lock().expect("no panics under this lock");
        if begins
            .iter()
            .any(|other| begin.abs_diff(*other) < LENGTH.unsigned_abs())
        {
            return Ok(Booked::Taken);
        }
        begins.push(begin);
        Ok(Booked::Yes)
    }

    /// How often it was asked to book.
    pub(super) fn asked(&self) -> u32 {
        self.service.asked.load(Ordering::Relaxed)
    }

    /// When its appointments begin, in seconds since 1970.
    pub(super) fn begins(&self) -> Vec<i64> {
        self.service
            .begins
            .lock()
            .expect("no panics under this lock")
            .clone()
    }

    /// Goes away, or comes back.
    pub(super) fn is_away(&self, is_away: bool) {
        self.service.is_away.store(is_away, Ordering::Relaxed);
    }
}
