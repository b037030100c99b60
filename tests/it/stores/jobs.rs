//! What every queue does. Each engine is listed once, in `mod.rs`.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use flowhook::store::StoreError;
use flowhook::store::queue::{End, Job, Lane, NewJob, Put, Queue, State, Wanted, fingerprint};
use futures_util::future::join_all;
use tokio::time::sleep;

use super::places::Place;
use super::{LONG, PATIENCE, SHORT, answered, until};

pub async fn queue(place: &Place) -> Arc<dyn Queue> {
    place.open().await.queue()
}

/// A job of that lane and number, by itself.
pub fn job(lane: &str, number: u32) -> NewJob {
    let key = fingerprint(&[lane.as_bytes(), &number.to_be_bytes()]);
    NewJob::new(
        "test",
        Lane::new(lane),
        key,
        format!("payload {number}").into_bytes(),
    )
}

/// A job of that user's.
pub fn of_user(user: &str, number: u32) -> NewJob {
    job("lane", number).in_order(fingerprint(&[user.as_bytes()]))
}

pub fn wanted(jobs: usize) -> Wanted {
    Wanted {
        kinds: vec!["test".to_owned()],
        jobs,
        per_lane: 1_000,
        lease: LONG,
        after: None,
    }
}

pub async fn lease(queue: &dyn Queue, wanted: Wanted) -> Vec<Job> {
    queue.lease(wanted).await.unwrap().jobs
}

/// What is leased, by its payload.
pub async fn leased(queue: &dyn Queue, wanted: Wanted) -> Vec<String> {
    let text = |job: &Job| String::from_utf8(job.payload.to_vec()).unwrap();
    lease(queue, wanted).await.iter().map(text).collect()
}

pub async fn put(queue: &dyn Queue, job: NewJob) -> i64 {
    match queue.put(vec![job]).await.unwrap()[..] {
        [Put::New(id)] => id,
        ref other => panic!("it was not put: {other:?}"),
    }
}

pub async fn state(queue: &dyn Queue, id: i64) -> State {
    queue.show(id).await.unwrap().unwrap().0.state
}

async fn what_is_put_is_leased_once_and_emptied_when_done(place: &Place) {
    let (queue, other) = (queue(place).await, queue(place).await);
    let id = put(&*queue, job("lane", 1).from("main")).await;
    let jobs = lease(&*other, wanted(10)).await;
    let [job] = &jobs[..] else {
        panic!("{} jobs", jobs.len())
    };
    assert_eq!((job.ticket.id(), job.attempts), (id, 1));
    assert_eq!(
        (&*job.kind, job.lane.as_str(), &*job.origin),
        ("test", "lane", "main")
    );
    assert_eq!(job.payload, "payload 1");
    assert!(job.age() < PATIENCE);
    assert_eq!(lease(&*queue, wanted(10)).await.len(), 0);
    assert_eq!(state(&*queue, id).await, State::Running);
    other.end(job.ticket, End::Done(Vec::new())).await.unwrap();
    let (entry, payload) = queue.show(id).await.unwrap().unwrap();
    assert_eq!(
        (entry.state, entry.bytes, payload),
        (State::Done, 0, Bytes::new())
    );
}

async fn the_same_is_put_once(place: &Place) {
    let queue = queue(place).await;
    let put = queue
        .put(vec![job("lane", 1), job("lane", 1), job("lane", 2)])
        .await
        .unwrap();
    assert!(
        matches!(put[..], [Put::New(_), Put::Again, Put::New(_)]),
        "{put:?}"
    );
    let leased = lease(&*queue, wanted(1)).await;
    assert_eq!(queue.put(vec![job("lane", 1)]).await.unwrap(), [Put::Again]);
    queue.end(leased[0].ticket, End::Done(Vec::new())).await.unwrap();
    let put = queue.put(vec![job("lane", 1), job("lane", 3)]).await.unwrap();
    assert!(matches!(put[..], [Put::Again, Put::New(_)]), "{put:?}");
}

async fn another_payload_under_the_same_key_is_kept_in_quarantine(place: &Place) {
    let queue = queue(place).await;
    let other = || {
        let mut jobs = vec![job("lane", 1)];
        jobs.push(NewJob::new(
            "test",
            Lane::new("lane"),
            fingerprint(&[b"lane", &1_u32.to_be_bytes()]),
            "other",
        ));
        jobs
    };
    let put = queue.put(other()).await.unwrap();
    let [Put::New(first), Put::Conflict(second)] = put[..] else {
        panic!("{put:?}")
    };
    assert_eq!(queue.put(other()).await.unwrap(), [Put::Again, Put::Again]);
    assert_eq!(leased(&*queue, wanted(10)).await, ["payload 1"]);
    let (entry, payload) = queue.show(second).await.unwrap().unwrap();
    assert_eq!(
        (entry.state, entry.why.as_deref()),
        (State::Quarantined, Some("conflict"))
    );
    assert_eq!(payload, "other");
    assert_ne!(first, second);
}

async fn jobs_of_one_order_run_one_after_another(place: &Place) {
    let queue = queue(place).await;
    let jobs = vec![
        of_user("a", 1),
        of_user("a", 2),
        of_user("b", 3),
        of_user("a", 4),
        job("lane", 5),
    ];
    queue.put(jobs).await.unwrap();
    let first = lease(&*queue, wanted(10)).await;
    let payloads: Vec<_> = first.iter().map(|job| job.payload.clone()).collect();
    assert_eq!(payloads, ["payload 1", "payload 3", "payload 5"]);
    queue.end(first[1].ticket, End::Done(Vec::new())).await.unwrap();
    assert_eq!(leased(&*queue, wanted(10)).await, [""; 0]);
    queue.end(first[0].ticket, End::Done(Vec::new())).await.unwrap();
    let second = lease(&*queue, wanted(10)).await;
    assert_eq!(second[0].payload, "payload 2");
    queue
        .end(second[0].ticket, End::Dead("broken".into()))
        .await
        .unwrap();
    assert_eq!(
        leased(&*queue, wanted(10)).await,
        ["payload 4"],
        "what died holds nobody up"
    );
}

async fn a_later_job_waits_while_an_earlier_one_waits_for_its_retry(place: &Place) {
    let queue = queue(place).await;
    queue.put(vec![of_user("a", 1), of_user("a", 2)]).await.unwrap();
    for attempt in 1..=3 {
        let jobs =
            until(async || Some(lease(&*queue, wanted(10)).await).filter(|jobs| !jobs.is_empty())).await;
        assert_eq!(jobs.len(), 1);
        assert_eq!(
            (&jobs[0].payload[..], jobs[0].attempts),
            (&b"payload 1"[..], attempt)
        );
        let again = End::Again {
            after: SHORT,
            why: "away".into(),
        };
        queue.end(jobs[0].ticket, again).await.unwrap();
        // Put only now, and still not before it.
        queue.put(vec![of_user("a", 2 + attempt)]).await.unwrap();
        let leased = queue.lease(wanted(10)).await.unwrap();
        assert_eq!(leased.jobs.len(), 0);
        let next = leased.next.expect("it is due at some time");
        assert!(next <= SHORT, "{next:?}");
        assert_eq!(
            queue
                .show(jobs[0].ticket.id())
                .await
                .unwrap()
                .unwrap()
                .0
                .why
                .as_deref(),
            Some("away")
        );
    }
}

async fn lanes_are_served_in_turn(place: &Place) {
    let queue = queue(place).await;
    let busy = (0..50).map(|number| job("busy", number));
    queue
        .put(busy.chain([job("a", 1), job("z", 1), job("z", 2)]).collect())
        .await
        .unwrap();
    let lanes = |jobs: Vec<Job>| jobs.iter().map(|job| job.lane.to_string()).collect::<Vec<_>>();
    assert_eq!(lanes(lease(&*queue, wanted(4)).await), ["a", "busy", "z", "busy"]);
    let after = Wanted {
        after: Some(Lane::new("busy")),
        ..wanted(1)
    };
    assert_eq!(lanes(lease(&*queue, after.clone()).await), ["z"]);
    put(&*queue, job("a", 2)).await;
    let last = Wanted {
        after: Some(Lane::new("z")),
        ..after
    };
    assert_eq!(lanes(lease(&*queue, last).await), ["a"]);
}

async fn a_lane_has_no_more_at_a_time_than_it_may(place: &Place) {
    let (queue, other) = (queue(place).await, queue(place).await);
    queue
        .put((0..10).map(|number| job("lane", number)).collect())
        .await
        .unwrap();
    let bounded = Wanted {
        per_lane: 3,
        ..wanted(10)
    };
    let first = lease(&*queue, bounded.clone()).await;
    assert_eq!(first.len(), 3);
    assert_eq!(lease(&*other, bounded.clone()).await.len(), 0);
    for job in &first[..2] {
        queue.end(job.ticket, End::Done(Vec::new())).await.unwrap();
    }
    assert_eq!(lease(&*other, bounded).await.len(), 2);
}

async fn a_lease_that_ran_out_is_leased_again_and_its_owner_is_superseded(place: &Place) {
    let queue = queue(place).await;
    queue.put(vec![of_user("a", 1), of_user("a", 2)]).await.unwrap();
    let short = Wanted {
        lease: SHORT,
        ..wanted(10)
    };
    let old = lease(&*queue, short).await.remove(0);
    let again = until(async || lease(&*queue, wanted(10)).await.into_iter().next()).await;
    assert_eq!((again.ticket.id(), again.attempts), (old.ticket.id(), 2));
    for end in [
        End::Done(vec![job("lane", 9)]),
        End::Dead("late".into()),
        End::Released,
    ] {
        assert_eq!(queue.end(old.ticket, end).await, Err(StoreError::Superseded));
    }
    assert_eq!(queue.extend(old.ticket, LONG).await, Err(StoreError::Superseded));
    queue.end(again.ticket, End::Done(Vec::new())).await.unwrap();
    assert_eq!(
        leased(&*queue, wanted(10)).await,
        ["payload 2"],
        "nothing of what was late"
    );
}

async fn a_lease_is_extended(place: &Place) {
    let queue = queue(place).await;
    put(&*queue, job("lane", 1)).await;
    let short = Wanted {
        lease: SHORT,
        ..wanted(1)
    };
    let job = lease(&*queue, short).await.remove(0);
    queue.extend(job.ticket, LONG).await.unwrap();
    sleep(SHORT * 2).await;
    assert_eq!(lease(&*queue, wanted(1)).await.len(), 0);
    queue.end(job.ticket, End::Done(Vec::new())).await.unwrap();
    assert_eq!(queue.extend(job.ticket, LONG).await, Err(StoreError::Superseded));
}

async fn what_follows_is_put_with_the_end_and_once(place: &Place) {
    let queue = queue(place).await;
    queue.put(vec![job("lane", 1), job("lane", 2)]).await.unwrap();
    let jobs = lease(&*queue, wanted(1)).await;
    let follow_ups = || vec![job("lane", 2), job("lane", 3), of_user("a", 4)];
    for _ in 0..2 {
        queue.end(jobs[0].ticket, End::Done(follow_ups())).await.unwrap();
    }
    assert_eq!(
        leased(&*queue, wanted(10)).await,
        ["payload 2", "payload 3", "payload 4"]
    );
}

async fn what_is_released_or_not_due_or_of_another_kind(place: &Place) {
    let queue = queue(place).await;
    let other = NewJob::new("other", Lane::new("lane"), fingerprint(&[b"other"]), "other");
    let later = job("lane", 2).after(LONG);
    queue.put(vec![other, later, job("lane", 1)]).await.unwrap();
    let first = lease(&*queue, wanted(10)).await;
    assert_eq!(first.len(), 1);
    queue.end(first[0].ticket, End::Released).await.unwrap();
    let second = lease(&*queue, wanted(10)).await;
    assert_eq!(
        (second[0].ticket.id(), second[0].attempts),
        (first[0].ticket.id(), 1)
    );
    assert_ne!(second[0].ticket, first[0].ticket);
    queue
        .end(second[0].ticket, End::Quarantined("not understood".into()))
        .await
        .unwrap();
    let leased = queue.lease(wanted(10)).await.unwrap();
    assert_eq!(leased.jobs.len(), 0);
    let next = leased.next.expect("one is due later");
    assert!(next <= LONG && next > LONG - PATIENCE, "{next:?}");
    let of_kind = Wanted {
        kinds: vec!["other".to_owned()],
        ..wanted(10)
    };
    assert_eq!(lease(&*queue, of_kind).await.len(), 1);
}

async fn news_come_of_what_is_put_and_ended(place: &Place) {
    let queue = queue(place).await;
    let mut news = queue.news();
    news.mark_unchanged();
    put(&*queue, job("lane", 1)).await;
    assert!(news.has_changed().unwrap());
    news.mark_unchanged();
    let job = lease(&*queue, wanted(1)).await.remove(0);
    assert!(!news.has_changed().unwrap());
    queue.end(job.ticket, End::Done(Vec::new())).await.unwrap();
    assert!(news.has_changed().unwrap());
}

async fn of_many_who_lease_at_once_each_job_is_one_s_and_users_stay_in_order(place: &Place) {
    let (queue, other) = (queue(place).await, queue(place).await);
    let jobs = (0..200_u32).map(|number| of_user(&format!("user {}", number % 10), number));
    queue.put(jobs.collect()).await.unwrap();
    let steps = Arc::new(AtomicU64::new(0));
    let workers = (0..8).map(|number| {
        let queue = Arc::clone(if number % 2 == 0 { &queue } else { &other });
        let steps = Arc::clone(&steps);
        let step = move || steps.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let mut ran = Vec::new();
            loop {
                let jobs = answered(|| queue.lease(wanted(3))).await.jobs;
                for job in jobs {
                    let started = step();
                    tokio::task::yield_now().await;
                    ran.push((job.payload.clone(), started, step()));
                    answered(|| queue.end(job.ticket, End::Done(Vec::new()))).await;
                }
                if answered(|| queue.depth()).await.is_empty() {
                    return ran;
                }
                tokio::task::yield_now().await;
            }
        })
    });
    let mut by_user = HashMap::<u32, Vec<_>>::new();
    for worker in join_all(workers).await {
        for (payload, started, ended) in worker.unwrap() {
            let number: u32 = std::str::from_utf8(&payload[8..]).unwrap().parse().unwrap();
            by_user
                .entry(number % 10)
                .or_default()
                .push((number, started, ended));
        }
    }
    for (user, mut ran) in by_user {
        ran.sort_by_key(|(_, started, _)| *started);
        let numbers: Vec<_> = ran.iter().map(|(number, ..)| *number).collect();
        assert_eq!(
            numbers,
            (0..20).map(|place| place * 10 + user).collect::<Vec<_>>()
        );
        assert!(
            ran.windows(2).all(|pair| pair[0].2 < pair[1].1),
            "two of user {user} at once"
        );
    }
}

engines!([
    what_is_put_is_leased_once_and_emptied_when_done
    the_same_is_put_once
    another_payload_under_the_same_key_is_kept_in_quarantine
    jobs_of_one_order_run_one_after_another
    a_later_job_waits_while_an_earlier_one_waits_for_its_retry
    lanes_are_served_in_turn
    a_lane_has_no_more_at_a_time_than_it_may
    a_lease_that_ran_out_is_leased_again_and_its_owner_is_superseded
    a_lease_is_extended
    what_follows_is_put_with_the_end_and_once
    what_is_released_or_not_due_or_of_another_kind
    news_come_of_what_is_put_and_ended
    of_many_who_lease_at_once_each_job_is_one_s_and_users_stay_in_order
]);
