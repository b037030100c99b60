//! A calendar that is slower than Dialogflow waits, that is away, and calls that come twice: one appointment in the end.

use std::time::Duration;

use flowhook::testing::Caller;

use super::calendar::Calendar;
use super::conversations::{conversation, wants};
use super::{Appointment, agent};

#[tokio::test(start_paused = true)]
async fn a_calendar_slower_than_the_deadline_books_once_and_a_later_turn_tells() {
    let calendar = Calendar::slow(Duration::from_secs(12));
    let caller = Caller::new(agent(calendar.clone()));
    let mut talk = conversation(&caller);
    for _ in 0..2 {
        wants(&mut talk, "2026-06-15", "18:30")
            .await
            .expect_text("The calendar is slow tonight. Shall I look again?")
            .expect_chips(["Look again"])
            .expect_sound();
        talk.expect_forgotten::<Appointment>();
    }
    for _ in 0..3 {
        wants(&mut talk, "2026-06-15", "18:30")
            .said("Look again")
            .await
            .expect_mention("You have an appointment on 2026-06-15 at 18:30.");
    }
    assert_eq!((calendar.asked(), calendar.begins().len()), (1, 1));
}

#[tokio::test]
async fn the_same_call_twice_books_once() {
    let calendar = Calendar::default();
    let caller = Caller::new(agent(calendar.clone()));
    let mut talk = conversation(&caller);
    let heard = wants(&mut talk, "2026-06-15", "18:30").await;
    for _ in 0..3 {
        let again = talk.again().await;
        again.expect_replayed();
        assert_eq!(again.json(), heard.json());
    }
    // The user says it once more, in a call of its own.
    wants(&mut talk, "2026-06-15", "18:30")
        .await
        .expect_text(&heard.text());
    assert_eq!((calendar.asked(), calendar.begins().len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn calls_that_come_twice_while_the_calendar_is_slow_book_once() {
    let calendar = Calendar::slow(Duration::from_secs(3));
    let caller = Caller::new(agent(calendar.clone()));
    let mut talk = conversation(&caller);
    let request = wants(&mut talk, "2026-06-15", "18:30").request();
    let (one, other) = tokio::join!(caller.send(&request), caller.send(&request));
    one.expect_mention("You have an appointment");
    assert_eq!(one.json(), other.json());
    assert_eq!((calendar.asked(), calendar.begins().len()), (1, 1));
}

#[tokio::test]
async fn a_calendar_that_is_away_is_told_of_and_asked_again_later() {
    let calendar = Calendar::default();
    calendar.is_away(true);
    let caller = Caller::new(agent(calendar.clone()));
    let mut talk = conversation(&caller);
    wants(&mut talk, "2026-06-15", "18:30")
        .await
        .expect_failure("error")
        .expect_text("Our calendar does not answer. Please ring us up.")
        .expect_forgotten::<Appointment>();
    talk.expect_forgotten::<Appointment>();
    calendar.is_away(false);
    wants(&mut talk, "2026-06-15", "18:30")
        .await
        .expect_mention("You have an appointment")
        .expect_sound();
    assert_eq!(calendar.begins().len(), 1);
}
