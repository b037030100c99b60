//! What every queue does for operators, and with what is large or odd.

use std::time::Duration;

use bytes::Bytes;
use flowhook::store::StoreError;
use flowhook::store::queue::{Action, End, Filter, Lane, MAX_PAYLOAD, NewJob, Put, State};

use super::jobs::{job, lease, leased, of_user, put, queue, state, wanted};
use super::places::Place;
use super::{LONG, PATIENCE};

async fn an_operator_lists_retries_and_drops(place: &Place) {
    let queue = queue(place).await;
    let quarantined = put(&*queue, job("lane", 1).quarantined("unknown agent")).await;
    let dead = put(&*queue, of_user("a", 2)).await;
    let dying = lease(&*queue, wanted(1)).await.remove(0);
    queue
        .end(dying.ticket, End::Dead("refused".into()))
        .await
        .unwrap();
    let waiting = put(&*queue, of_user("b", 3)).await;
    let behind = put(&*queue, of_user("b", 4)).await;
    let elsewhere = put(&*queue, job("elsewhere", 5)).await;
    let head = lease(&*queue, wanted(1)).await.remove(0);
    assert_eq!(head.ticket.id(), elsewhere);
    assert_eq!(
        queue.act(vec![elsewhere], Action::Drop).await,
        Ok(0),
        "what runs is left alone"
    );
    queue.end(head.ticket, End::Done(Vec::new())).await.unwrap();
    let held = lease(&*queue, wanted(1)).await.remove(0);
    let again = End::Again {
        after: LONG,
        why: "away".into(),
    };
    queue.end(held.ticket, again).await.unwrap();

    let listed = async |filter: Filter| {
        let entries = queue.list(filter, 0, 100).await.unwrap();
        entries.iter().map(|entry| entry.id).collect::<Vec<_>>()
    };
    let by_state = |states: &[State]| Filter {
        states: states.to_vec(),
        ..Filter::default()
    };
    assert_eq!(
        listed(Filter::default()).await,
        [quarantined, dead, waiting, behind, elsewhere]
    );
    assert_eq!(
        listed(by_state(&[State::Dead, State::Quarantined])).await,
        [quarantined, dead]
    );
    assert_eq!(listed(by_state(&[State::Waiting])).await, [waiting, behind]);
    assert_eq!(
        listed(Filter {
            lane: Some(Lane::new("elsewhere")),
            ..Filter::default()
        })
        .await,
        [elsewhere]
    );
    assert_eq!(
        listed(Filter {
            older_than: Some(LONG),
            ..Filter::default()
        })
        .await,
        [0; 0]
    );
    assert_eq!(
        listed(Filter {
            older_than: Some(Duration::ZERO),
            ..Filter::default()
        })
        .await
        .len(),
        5
    );
    let page = queue.list(Filter::default(), dead, 2).await.unwrap();
    assert_eq!(
        page.iter().map(|entry| entry.id).collect::<Vec<_>>(),
        [waiting, behind]
    );
    assert_eq!(queue.show(99_999).await.unwrap(), None);

    let depth = queue.depth().await.unwrap();
    assert_eq!(depth.len(), 1, "elsewhere is nothing left");
    assert_eq!(
        (
            depth[0].waiting,
            depth[0].running,
            depth[0].dead,
            depth[0].quarantined
        ),
        (2, 0, 1, 1)
    );
    assert!(depth[0].oldest.is_some_and(|age| age < PATIENCE));

    assert_eq!(
        queue.act(vec![quarantined, dead, elsewhere], Action::Retry).await,
        Ok(2)
    );
    assert_eq!(leased(&*queue, wanted(10)).await, ["payload 1", "payload 2"]);
    assert_eq!(
        queue.act(vec![waiting, elsewhere, 99_999], Action::Drop).await,
        Ok(1)
    );
    let (dropped, payload) = queue.show(waiting).await.unwrap().unwrap();
    assert_eq!(
        (dropped.state, dropped.why.as_deref()),
        (State::Done, Some("dropped"))
    );
    assert_eq!(payload, Bytes::new());
    assert_eq!(
        leased(&*queue, wanted(10)).await,
        ["payload 4"],
        "what waited behind it need not wait on"
    );
    assert_eq!(
        queue.put(vec![of_user("b", 3)]).await,
        Ok(vec![Put::Again]),
        "it is known for as long as if it was done"
    );
}

async fn an_operators_retry_does_not_wait_for_the_stored_time(place: &Place) {
    let queue = queue(place).await;
    let id = put(&*queue, of_user("a", 1)).await;
    put(&*queue, of_user("a", 2)).await;
    let job = lease(&*queue, wanted(1)).await.remove(0);
    let again = End::Again {
        after: LONG,
        why: "away".into(),
    };
    queue.end(job.ticket, again).await.unwrap();
    assert_eq!(queue.act(vec![id], Action::Retry).await, Ok(1));
    let job = lease(&*queue, wanted(10)).await.remove(0);
    assert_eq!((job.ticket.id(), job.attempts), (id, 1));
    queue.end(job.ticket, End::Done(Vec::new())).await.unwrap();
    assert_eq!(leased(&*queue, wanted(10)).await, ["payload 2"]);
}

async fn a_payload_may_have_a_mebibyte_and_anything_in_it(place: &Place) {
    let queue = queue(place).await;
    let large: Bytes = (0..=MAX_PAYLOAD).map(|byte| (byte % 251) as u8).collect();
    let lane = || Lane::new(&format!("a\0b\n{}", "é".repeat(300)));
    let refused = queue
        .put(vec![NewJob::new("test", lane(), [1; 32], large.clone())])
        .await;
    assert_eq!(
        refused,
        Err(StoreError::TooLarge {
            bytes: MAX_PAYLOAD + 1
        })
    );
    let largest = large.slice(..MAX_PAYLOAD);
    put(&*queue, NewJob::new("test", lane(), [1; 32], largest.clone())).await;
    let jobs = lease(&*queue, wanted(1)).await;
    assert_eq!(jobs[0].payload, largest);
    assert!(jobs[0].lane.as_str().starts_with("a?b?é"));
    assert_eq!(jobs[0].lane.as_str().chars().count(), 200);
    let follow_up = NewJob::new("test", lane(), [2; 32], large);
    let refused = queue.end(jobs[0].ticket, End::Done(vec![follow_up])).await;
    assert_eq!(
        refused,
        Err(StoreError::TooLarge {
            bytes: MAX_PAYLOAD + 1
        })
    );
    assert_eq!(state(&*queue, jobs[0].ticket.id()).await, State::Running);
}

engines!([
    an_operator_lists_retries_and_drops
    an_operators_retry_does_not_wait_for_the_stored_time
    a_payload_may_have_a_mebibyte_and_anything_in_it
]);
