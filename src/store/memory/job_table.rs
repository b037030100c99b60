//! What is done with jobs: put, leased, ended, listed.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::sync::watch;
use tokio::time::Instant;

use super::after;
use super::job_rows::{Jobs, Row};
use crate::store::queue::{
    Action, Depth, End, Entry, Filter, Job, JobTicket, KEPT_DONE, KEPT_FAILED, Lane, Leased, NewJob, Put,
    State, Wanted, check_sizes, conflicting_key, content_of,
};
use crate::store::{StoreError, random_number};

impl Jobs {
    pub(super) fn put(&mut self, jobs: Vec<NewJob>, now: Instant) -> Result<Vec<Put>, StoreError> {
        check_sizes(&jobs)?;
        self.make_room(jobs.len(), jobs.iter().map(|job| job.payload.len()).sum())?;
        let put = jobs.into_iter().map(|job| self.put_one(job, now)).collect();
        self.news.send_modify(|news| *news += 1);
        Ok(put)
    }

    fn put_one(&mut self, mut job: NewJob, now: Instant) -> Put {
        let content = content_of(&job.payload);
        let Some(first) = self.keys.get(&job.key) else {
            return Put::New(self.add(job, content, now));
        };
        job.key = conflicting_key(&job.key, &content);
        if self.rows[first].content == content || self.keys.contains_key(&job.key) {
            return Put::Again;
        }
        Put::Conflict(self.add(job.quarantined("conflict"), content, now))
    }

    fn add(&mut self, job: NewJob, content: [u8; 32], now: Instant) -> i64 {
        self.last += 1;
        let (state, until) = match job.quarantined {
            Some(_) => (State::Quarantined, after(now, KEPT_FAILED)),
            None => (State::Waiting, after(now, job.after)),
        };
        self.keys.insert(job.key, self.last);
        self.bytes += job.payload.len();
        let row = Row {
            content,
            state,
            attempts: 0,
            put_at: SystemTime::now(),
            put: now,
            until,
            number: 0,
            why: job.quarantined.clone(),
            job,
        };
        self.set(self.last, row);
        self.last
    }

    pub(super) fn lease(&mut self, wanted: &Wanted, now: Instant) -> Leased {
        let mut lanes = Vec::with_capacity(self.lanes.len());
        for (lane, times) in &self.lanes {
            let leased_or_put_off = times.range((now, i64::MAX)..);
            let running = leased_or_put_off.filter(|(_, id)| self.rows[id].state == State::Running);
            let due = times
                .iter()
                .take_while(|(until, _)| *until <= now)
                .map(|(_, id)| *id);
            let heads = due.filter(|id| {
                self.is_next(*id, now) && wanted.kinds.iter().any(|kind| *kind == self.rows[id].job.kind)
            });
            lanes.push((lane.as_str(), heads.take(wanted.room(running.count())).collect()));
        }
        wanted.next_first(&mut lanes);
        let chosen = wanted.in_turn(&lanes);
        let jobs = chosen
            .into_iter()
            .map(|id| self.lease_one(id, wanted.lease, now))
            .collect();
        let next = self
            .lanes
            .values()
            .filter_map(|times| times.range((now, i64::MAX)..).next());
        Leased {
            jobs,
            next: next.min().map(|(until, _)| *until - now),
        }
    }

    /// Whether nothing of the same order is before it, or running.
    fn is_next(&self, id: i64, now: Instant) -> bool {
        let Some(order) = self.rows[&id].job.order else {
            return true;
        };
        let others = self.orders[&order].iter().filter(|other| **other != id);
        let is_in_the_way = |other: &i64| {
            let row = &self.rows[other];
            *other < id || row.state == State::Running && row.until > now
        };
        !others.into_iter().any(is_in_the_way)
    }

    fn lease_one(&mut self, id: i64, lease: Duration, now: Instant) -> Job {
        let row = self.take(id).expect("its number was just read");
        let ticket = JobTicket {
            id,
            number: random_number(),
        };
        let job = Job {
            ticket,
            kind: row.job.kind.to_owned(),
            lane: row.job.lane.clone(),
            origin: row.job.origin.clone(),
            key: row.job.key,
            attempts: row.attempts + 1,
            put_at: row.put_at,
            payload: row.job.payload.clone(),
        };
        let row = Row {
            state: State::Running,
            attempts: job.attempts,
            until: after(now, lease),
            number: ticket.number,
            ..row
        };
        self.set(id, row);
        job
    }

    pub(super) fn extend(
        &mut self,
        ticket: JobTicket,
        lease: Duration,
        now: Instant,
    ) -> Result<(), StoreError> {
        let is_running = |row: &Row| row.state == State::Running;
        let row = self.take_if(ticket, is_running).ok_or(StoreError::Superseded)?;
        let until = after(now, lease);
        self.set(ticket.id, Row { until, ..row });
        Ok(())
    }

    pub(super) fn show(&self, id: i64, now: Instant) -> Option<(Entry, Bytes)> {
        let row = self.rows.get(&id)?;
        Some((entry(id, row, now), row.job.payload.clone()))
    }

    pub(super) fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    pub(super) fn end(&mut self, ticket: JobTicket, end: End, now: Instant) -> Result<(), StoreError> {
        let is_done = matches!(end, End::Done(_));
        let fits = |row: &Row| row.state == State::Running || is_done && row.state == State::Done;
        if let End::Done(follow_ups) = &end {
            check_sizes(follow_ups)?;
            self.make_room(
                follow_ups.len(),
                follow_ups.iter().map(|job| job.payload.len()).sum(),
            )?;
        }
        let row = self.take_if(ticket, fits).ok_or(StoreError::Superseded)?;
        let why = end.why();
        let order = row.job.order;
        match end {
            End::Done(follow_ups) => {
                self.set_done(ticket.id, row, None, now);
                for job in follow_ups {
                    if !self.keys.contains_key(&job.key) {
                        let content = content_of(&job.payload);
                        self.add(job, content, now);
                    }
                }
            }
            End::Again { after: pause, .. } => {
                let until = after(now, pause);
                self.set(
                    ticket.id,
                    Row {
                        state: State::Waiting,
                        until,
                        why,
                        ..row
                    },
                );
                self.put_off(order, until);
            }
            End::Released => {
                let attempts = row.attempts.saturating_sub(1);
                self.set(
                    ticket.id,
                    Row {
                        state: State::Waiting,
                        until: now,
                        attempts,
                        ..row
                    },
                );
            }
            End::Dead(_) => self.set_failed(ticket.id, row, State::Dead, why, now),
            End::Quarantined(_) => self.set_failed(ticket.id, row, State::Quarantined, why, now),
        }
        self.news.send_modify(|news| *news += 1);
        Ok(())
    }

    /// What comes later in the order need not be looked at before that time.
    fn put_off(&mut self, order: Option<[u8; 32]>, time: Instant) {
        let all = order.and_then(|order| self.orders.get(&order)).cloned();
        for id in all.into_iter().flatten() {
            let row = &self.rows[&id];
            if row.state == State::Waiting && row.until < time {
                let row = self.take(id).expect("it was just there");
                self.set(id, Row { until: time, ..row });
            }
        }
    }

    /// What was put off together with another comes forward with it.
    fn bring_forward(&mut self, order: Option<[u8; 32]>, from: Instant, now: Instant) {
        let all = order.and_then(|order| self.orders.get(&order)).cloned();
        for id in all.into_iter().flatten() {
            let row = &self.rows[&id];
            if row.state == State::Waiting && row.until == from {
                let row = self.take(id).expect("it was just there");
                self.set(id, Row { until: now, ..row });
            }
        }
    }

    fn set_done(&mut self, id: i64, mut row: Row, why: Option<String>, now: Instant) {
        self.bytes -= row.job.payload.len();
        row.job.payload = Bytes::new();
        row.job.order = None;
        let until = after(now, KEPT_DONE);
        self.set(
            id,
            Row {
                state: State::Done,
                until,
                why,
                ..row
            },
        );
    }

    fn set_failed(&mut self, id: i64, row: Row, state: State, why: Option<String>, now: Instant) {
        let until = after(now, KEPT_FAILED);
        self.set(
            id,
            Row {
                state,
                until,
                why,
                ..row
            },
        );
    }

    pub(super) fn act(&mut self, id: i64, action: Action, now: Instant) -> bool {
        let can = |row: &&Row| matches!(row.state, State::Waiting | State::Dead | State::Quarantined);
        if self.rows.get(&id).filter(can).is_none() {
            return false;
        }
        let row = self.take(id).expect("it was just there");
        if row.state == State::Waiting {
            self.bring_forward(row.job.order, row.until, now);
        }
        match action {
            Action::Retry => self.set(
                id,
                Row {
                    state: State::Waiting,
                    until: now,
                    attempts: 0,
                    ..row
                },
            ),
            Action::Drop => self.set_done(id, row, Some("dropped".to_owned()), now),
        }
        self.news.send_modify(|news| *news += 1);
        true
    }

    pub(super) fn list(&self, filter: &Filter, after: i64, limit: usize, now: Instant) -> Vec<Entry> {
        let later = self.rows.range(after.saturating_add(1)..);
        let fits = |row: &Row| {
            filter.lane.as_ref().is_none_or(|lane| *lane == row.job.lane)
                && (filter.states.is_empty() || filter.states.contains(&row.state))
                && filter.older_than.is_none_or(|age| now - row.put >= age)
        };
        let fitting = later.filter(|(_, row)| fits(row));
        fitting
            .map(|(id, row)| entry(*id, row, now))
            .take(limit)
            .collect()
    }

    pub(super) fn depth(&self, now: Instant) -> Vec<Depth> {
        let mut depths = BTreeMap::<&Lane, Depth>::new();
        for row in self.rows.values().filter(|row| row.state != State::Done) {
            let depth = depths.entry(&row.job.lane).or_insert_with(|| Depth {
                lane: row.job.lane.clone(),
                waiting: 0,
                running: 0,
                dead: 0,
                quarantined: 0,
                oldest: None,
            });
            match row.state {
                State::Waiting => depth.waiting += 1,
                State::Running => depth.running += 1,
                State::Dead => depth.dead += 1,
                State::Quarantined | State::Done => depth.quarantined += 1,
            }
            if row.is_open() {
                depth.oldest = depth.oldest.max(Some(now - row.put));
            }
        }
        depths.into_values().collect()
    }
}

fn entry(id: i64, row: &Row, now: Instant) -> Entry {
    let left = row.until.saturating_duration_since(now);
    Entry {
        id,
        lane: row.job.lane.clone(),
        kind: row.job.kind.to_owned(),
        origin: row.job.origin.clone(),
        state: row.state,
        attempts: row.attempts,
        put_at: row.put_at,
        until: SystemTime::now() + left,
        why: row.why.clone(),
        bytes: row.job.payload.len(),
    }
}
