//! What every store does. Each engine is listed once, at the end.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use flowhook::store::{Claim, Found, Kind, MAX_RESULT, StoreError, Terms};
use futures_util::FutureExt;
use futures_util::future::join_all;
use tokio::time::{Instant, timeout};

use super::places::Place;
use super::{LONG, PATIENCE, SHORT, answered, key, take, until};

fn bytes(text: &'static str) -> Bytes {
    Bytes::from_static(text.as_bytes())
}

async fn what_is_finished_is_seen_by_all(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    let key = key(Kind::Replay, 1);
    assert_eq!(store.look(&key).await, Ok(Found::Free));
    let ticket = take(&*store, &key, Terms::leased(LONG)).await;
    assert_eq!(ticket.key(), &key);
    store.finish(&ticket, bytes("answer"), LONG).await.unwrap();
    for store in [store, other] {
        assert_eq!(store.look(&key).await, Ok(Found::Done(bytes("answer"))));
        let claim = store.claim(&key, Terms::leased(LONG)).await;
        assert_eq!(claim, Ok(Claim::Done(bytes("answer"))));
        assert_eq!(store.wait(&key).await, Ok(Found::Done(bytes("answer"))));
    }
}

async fn a_second_claim_is_told_that_it_is_running(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    let key = key(Kind::Replay, 1);
    take(&*store, &key, Terms::leased(LONG)).await;
    for store in [store, other] {
        let claim = store.claim(&key, Terms::leased(LONG)).await;
        assert_eq!(claim, Ok(Claim::Running));
        let Found::Running(left) = store.look(&key).await.unwrap() else {
            panic!("it is not running");
        };
        assert!(left <= LONG && left > LONG - PATIENCE, "{left:?} left");
    }
}

async fn keys_of_two_kinds_or_two_hashes_never_meet(place: &Place) {
    let store = place.open().await;
    for kind in [Kind::Replay, Kind::Work, Kind::Once] {
        for number in 0..3 {
            take(&*store, &key(kind, number), Terms::leased(LONG)).await;
        }
    }
}

async fn a_lease_that_ran_out_frees_the_key(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    take(&*store, &key, Terms::leased(SHORT)).await;
    assert_eq!(store.wait(&key).await, Ok(Found::Free));
    assert_eq!(store.look(&key).await, Ok(Found::Free));
    take(&*store, &key, Terms::leased(LONG)).await;
}

async fn a_lease_is_renewed(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let ticket = take(&*store, &key, Terms::leased(PATIENCE)).await;
    store.renew(&ticket, LONG).await.unwrap();
    let found = store.look(&key).await.unwrap();
    assert!(
        matches!(found, Found::Running(left) if left > PATIENCE),
        "{found:?}"
    );
}

async fn a_once_claim_whose_lease_ran_out_is_lost_for_good(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Once, 1);
    let ticket = take(&*store, &key, Terms::once(SHORT)).await;
    assert_eq!(store.wait(&key).await, Ok(Found::Lost));
    store.sweep().await.unwrap();
    for terms in [Terms::once(LONG), Terms::leased(LONG)] {
        assert_eq!(store.claim(&key, terms).await, Ok(Claim::Lost));
    }
    // Only its owner knows what happened, and may come back to tell.
    store.finish(&ticket, bytes("paid"), LONG).await.unwrap();
    assert_eq!(store.look(&key).await, Ok(Found::Done(bytes("paid"))));
}

async fn a_late_owner_may_finish_if_nobody_else_has_claimed(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let ticket = take(&*store, &key, Terms::leased(SHORT)).await;
    assert_eq!(store.wait(&key).await, Ok(Found::Free));
    store.finish(&ticket, bytes("late"), LONG).await.unwrap();
    assert_eq!(store.look(&key).await, Ok(Found::Done(bytes("late"))));
}

async fn a_superseded_ticket_can_do_nothing(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let old = take(&*store, &key, Terms::leased(SHORT)).await;
    assert_eq!(store.wait(&key).await, Ok(Found::Free));
    let new = take(&*store, &key, Terms::leased(LONG)).await;
    assert_eq!(store.renew(&old, LONG).await, Err(StoreError::Superseded));
    let finished = store.finish(&old, bytes("old"), LONG).await;
    assert_eq!(finished, Err(StoreError::Superseded));
    assert_eq!(store.release(&old).await, Ok(()));
    assert!(matches!(store.look(&key).await, Ok(Found::Running(_))));
    store.finish(&new, bytes("new"), LONG).await.unwrap();
    let finished = store.finish(&old, bytes("old"), LONG).await;
    assert_eq!(finished, Err(StoreError::Superseded));
    assert_eq!(store.look(&key).await, Ok(Found::Done(bytes("new"))));
}

async fn a_ticket_of_a_forgotten_key_can_do_nothing(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let ticket = take(&*store, &key, Terms::leased(LONG)).await;
    store.release(&ticket).await.unwrap();
    assert_eq!(store.renew(&ticket, LONG).await, Err(StoreError::Superseded));
    let finished = store.finish(&ticket, bytes("old"), LONG).await;
    assert_eq!(finished, Err(StoreError::Superseded));
    assert_eq!(store.look(&key).await, Ok(Found::Free));
}

async fn finishing_twice_is_harmless_and_a_finished_claim_is_not_running(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Once, 1);
    let ticket = take(&*store, &key, Terms::once(LONG)).await;
    for _ in 0..2 {
        store.finish(&ticket, bytes("paid"), LONG).await.unwrap();
    }
    assert_eq!(store.renew(&ticket, LONG).await, Err(StoreError::Superseded));
    store.release(&ticket).await.unwrap();
    assert_eq!(store.look(&key).await, Ok(Found::Done(bytes("paid"))));
}

async fn a_released_key_is_free_at_once(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    for terms in [Terms::leased(LONG), Terms::once(LONG)] {
        let key = key(Kind::Work, 1);
        let ticket = take(&*store, &key, terms).await;
        store.release(&ticket).await.unwrap();
        assert_eq!(other.look(&key).await, Ok(Found::Free));
        let ticket = take(&*other, &key, terms).await;
        other.release(&ticket).await.unwrap();
    }
}

async fn a_result_is_forgotten_when_its_time_is_over(place: &Place) {
    let store = place.open().await;
    for terms in [Terms::leased(LONG), Terms::once(LONG)] {
        let key = key(Kind::Replay, 1);
        let ticket = take(&*store, &key, terms).await;
        store.finish(&ticket, bytes("answer"), SHORT).await.unwrap();
        until(async || (store.look(&key).await == Ok(Found::Free)).then_some(())).await;
        let ticket = take(&*store, &key, terms).await;
        store.release(&ticket).await.unwrap();
    }
}

async fn of_a_thousand_claims_at_once_one_gets_the_key(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    let claims = (0..1_000_u32).map(|number| {
        let store = Arc::clone(if number.is_multiple_of(2) { &store } else { &other });
        tokio::spawn(async move {
            let key = key(Kind::Once, 1);
            answered(|| store.claim(&key, Terms::once(LONG))).await
        })
    });
    let claims: Vec<_> = join_all(claims).await.into_iter().map(Result::unwrap).collect();
    let mine = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Mine(_)))
        .count();
    let running = claims
        .iter()
        .filter(|claim| matches!(claim, Claim::Running))
        .count();
    assert_eq!((mine, running), (1, 999));
}

async fn twenty_who_race_for_each_of_a_hundred_keys_get_one_result(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    let racers = (0..2_000).map(|number: u64| {
        let store = Arc::clone(if number.is_multiple_of(2) { &store } else { &other });
        tokio::spawn(async move {
            let key = key(Kind::Replay, number % 100);
            let result = Bytes::from(format!("by {number}"));
            let found = match answered(|| store.claim(&key, Terms::leased(LONG))).await {
                Claim::Mine(ticket) => {
                    answered(|| store.finish(&ticket, result.clone(), LONG)).await;
                    Found::Done(result)
                }
                Claim::Done(result) => Found::Done(result),
                Claim::Running => answered(|| store.wait(&key)).await,
                Claim::Lost => Found::Lost,
            };
            (number % 100, found)
        })
    });
    let mut results = HashMap::<u64, Vec<Found>>::new();
    for result in join_all(racers).await {
        let (key, found) = result.unwrap();
        assert!(matches!(found, Found::Done(_)), "key {key}: {found:?}");
        results.entry(key).or_default().push(found);
    }
    assert_eq!(results.len(), 100);
    for (key, results) in results {
        assert_eq!(results.len(), 20);
        assert!(results.iter().all(|result| *result == results[0]), "key {key}");
    }
}

async fn a_result_of_a_mebibyte_is_kept_and_a_larger_one_refused(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let ticket = take(&*store, &key, Terms::leased(LONG)).await;
    let large: Bytes = (0..=MAX_RESULT).map(|byte| (byte % 251) as u8).collect();
    let refused = store.finish(&ticket, large.clone(), LONG).await;
    assert_eq!(
        refused,
        Err(StoreError::TooLarge {
            bytes: MAX_RESULT + 1
        })
    );
    let largest = large.slice(..MAX_RESULT);
    store.finish(&ticket, largest.clone(), LONG).await.unwrap();
    assert_eq!(store.look(&key).await, Ok(Found::Done(largest)));
}

async fn an_empty_result_is_a_result(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let ticket = take(&*store, &key, Terms::leased(LONG)).await;
    store.finish(&ticket, Bytes::new(), LONG).await.unwrap();
    assert_eq!(store.look(&key).await, Ok(Found::Done(Bytes::new())));
}

async fn endless_times_are_long_times(place: &Place) {
    let store = place.open().await;
    let key = key(Kind::Work, 1);
    let ticket = take(&*store, &key, Terms::leased(Duration::MAX)).await;
    store.renew(&ticket, Duration::MAX).await.unwrap();
    assert!(matches!(store.look(&key).await, Ok(Found::Running(_))));
    store.finish(&ticket, bytes("kept"), Duration::MAX).await.unwrap();
    assert_eq!(store.look(&key).await, Ok(Found::Done(bytes("kept"))));
}

async fn waiting_is_woken_by_the_end(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    for (owner, waiter) in [(&store, &store), (&store, &other)] {
        for is_finished in [true, false] {
            let key = key(Kind::Work, 1);
            let ticket = take(&**owner, &key, Terms::leased(LONG)).await;
            let mut waiting = waiter.wait(&key);
            assert_eq!((&mut waiting).now_or_never(), None);
            if is_finished {
                owner.finish(&ticket, bytes("done"), SHORT).await.unwrap();
            } else {
                owner.release(&ticket).await.unwrap();
            }
            let found = timeout(PATIENCE, waiting).await.unwrap().unwrap();
            // A slow machine may come to look when the result is already forgotten.
            assert!(
                found == Found::Free || is_finished && found == Found::Done(bytes("done")),
                "{found:?}"
            );
            until(async || (store.look(&key).await == Ok(Found::Free)).then_some(())).await;
        }
    }
}

async fn waiting_ends_when_the_owners_lease_runs_out(place: &Place) {
    let store = place.open().await;
    for (number, terms, end) in [
        (1, Terms::leased(SHORT), Found::Free),
        (2, Terms::once(SHORT), Found::Lost),
    ] {
        let key = key(Kind::Work, number);
        let began = Instant::now();
        take(&*store, &key, terms).await;
        assert_eq!(timeout(PATIENCE, store.wait(&key)).await.unwrap(), Ok(end));
        // Databases have clocks of their own, that tick in other places.
        assert!(began.elapsed() >= SHORT - Duration::from_millis(20));
    }
}

async fn a_claim_whose_caller_went_away_is_given_back(place: &Place) {
    let store = place.open().await;
    for number in 0..50 {
        let key = key(Kind::Once, number);
        let mut claim = store.claim(&key, Terms::once(LONG));
        // Dropped at another moment each time.
        for _ in 0..=number {
            match (&mut claim).now_or_never() {
                None => tokio::task::yield_now().await,
                Some(claim) => {
                    if let Claim::Mine(ticket) = claim.unwrap() {
                        store.release(&ticket).await.unwrap();
                    }
                    break;
                }
            }
        }
    }
    for number in 0..50 {
        let key = key(Kind::Once, number);
        until(async || match store.claim(&key, Terms::once(LONG)).await {
            Ok(Claim::Mine(_)) => Some(()),
            _ => None,
        })
        .await;
    }
}

async fn a_note_stays_until_another_takes_its_place(place: &Place) {
    let (store, other) = (place.open().await, place.open().await);
    assert_eq!(store.noted([7; 32]).await, Ok(None));
    for text in ["first", "second", "second", ""] {
        store.note([7; 32], text.into()).await.unwrap();
        assert_eq!(other.noted([7; 32]).await, Ok(Some(text.into())));
    }
    assert_eq!(other.noted([8; 32]).await, Ok(None));
    let large = vec![0; 1024 * 1024 + 1];
    let refused = store.note([7; 32], large.into()).await;
    assert!(matches!(refused, Err(StoreError::TooLarge { .. })), "{refused:?}");
}

engines!([
    a_note_stays_until_another_takes_its_place
    what_is_finished_is_seen_by_all
    a_second_claim_is_told_that_it_is_running
    keys_of_two_kinds_or_two_hashes_never_meet
    a_lease_that_ran_out_frees_the_key
    a_lease_is_renewed
    a_once_claim_whose_lease_ran_out_is_lost_for_good
    a_late_owner_may_finish_if_nobody_else_has_claimed
    a_superseded_ticket_can_do_nothing
    a_ticket_of_a_forgotten_key_can_do_nothing
    finishing_twice_is_harmless_and_a_finished_claim_is_not_running
    a_released_key_is_free_at_once
    a_result_is_forgotten_when_its_time_is_over
    of_a_thousand_claims_at_once_one_gets_the_key
    twenty_who_race_for_each_of_a_hundred_keys_get_one_result
    a_result_of_a_mebibyte_is_kept_and_a_larger_one_refused
    an_empty_result_is_a_result
    endless_times_are_long_times
    waiting_is_woken_by_the_end
    waiting_ends_when_the_owners_lease_runs_out
    a_claim_whose_caller_went_away_is_given_back
]);
