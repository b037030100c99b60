//! Work that takes longer than a turn, and effects that happen once for a session.

use std::time::Duration;

use flowhook::testing::Caller;
use flowhook::{Intents, Reply, Result, Turn};

use super::{Lines, agent};
use crate::program::{Starting, clumsy};

async fn price(turn: Turn) -> Result<Reply> {
    let asked = async {
        tokio::time::sleep(Duration::from_secs(12)).await;
        Ok(99)
    };
    Ok(
        match turn
            .keep_working::<u32, _>("price", asked)
            .before_deadline()
            .await?
        {
            Some(price) => Reply::text(format!("{price} euros")),
            None => Reply::text("still asking"),
        },
    )
}

#[tokio::test(start_paused = true)]
async fn a_slow_price_is_picked_up_by_a_later_turn() {
    let caller = Caller::new(Intents::new(()).on("price", price));
    assert_eq!(caller.ask("price").await.text(), "still asking");
    assert_eq!(caller.ask("price").await.text(), "still asking");
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(caller.ask("price").await.text(), "99 euros");
    tokio::time::sleep(Duration::from_secs(19 * 60)).await;
    assert_eq!(
        caller.ask("price").await.text(),
        "99 euros",
        "it is kept for twenty minutes"
    );
    tokio::time::sleep(Duration::from_secs(2 * 60)).await;
    assert_eq!(
        caller.ask("price").await.text(),
        "still asking",
        "and then asked for anew"
    );
}

#[tokio::test(start_paused = true)]
async fn work_that_fails_fails_the_turn_that_picks_it_up() {
    async fn fails(turn: Turn) -> Result<Reply> {
        let work = async {
            tokio::time::sleep(Duration::from_secs(6)).await;
            Err("no seats left".into())
        };
        Ok(
            match turn.keep_working::<u32, _>("seat", work).before_deadline().await {
                Ok(Some(_)) => Reply::text("a seat"),
                Ok(None) => Reply::text("not yet"),
                Err(error) => Reply::text(error.to_string()),
            },
        )
    }
    let caller = Caller::new(Intents::new(()).on("seat", fails));
    assert_eq!(caller.ask("seat").await.text(), "not yet");
    assert_eq!(caller.ask("seat").await.text(), "the work failed: no seats left");
}

#[test]
fn late_work_is_done_once_however_many_turns_ask_for_it() {
    let (agent, lines) = (agent(), Lines::new());
    let answers: Vec<_> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| agent.ask(&lines.request("late", 2_000)).text()))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    assert!(answers.iter().all(|answer| answer == "not yet"), "{answers:?}");
    while agent.ask(&lines.request("late", 2_000)).text() == "not yet" {}
    assert_eq!(agent.ask(&lines.request("late", 2_000)).text(), "1");
    assert_eq!(lines.count(), 1);
}

#[test]
fn a_payment_is_made_once_however_many_calls_ask_for_it() {
    let (agent, lines) = (agent(), Lines::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(agent.ask(&lines.request("pay", 200)).text(), "1"));
        }
    });
    assert_eq!(agent.ask(&lines.request("pay", 0)).text(), "1");
    assert_eq!(lines.count(), 1);
}

#[test]
fn a_payment_that_outlasts_its_turn_is_still_made_once() {
    let (agent, lines) = (agent(), Lines::new());
    assert_eq!(
        agent.ask(&lines.request("pay", 1_500)).text(),
        "the effect is still under way"
    );
    while agent.ask(&lines.request("pay", 0)).text() != "1" {}
    assert_eq!(lines.count(), 1);
}

#[test]
fn a_payment_that_fails_may_be_tried_again() {
    let (agent, lines) = (agent(), Lines::new());
    let mut failing = lines.request("pay", 0);
    failing["queryResult"]["parameters"]["fails"] = true.into();
    assert_eq!(agent.ask(&failing).text(), "the work failed: the effect failed");
    assert_eq!(agent.ask(&lines.request("pay", 0)).text(), "2");
    assert_eq!(agent.ask(&lines.request("pay", 0)).text(), "2");
}

#[test]
fn late_work_gets_what_is_left_of_the_grace_when_the_program_stops() {
    let lines = Lines::new();
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1s")
        .set("webhook.margin=500ms")
        .start();
    assert_eq!(agent.ask(&lines.request("late", 1_500)).text(), "not yet");
    agent.terminate();
    assert_eq!(agent.end().0.code(), Some(0));
    assert_eq!(lines.count(), 1, "the work was done before the end");
}

#[test]
fn late_work_that_outlasts_the_grace_does_not_keep_the_program() {
    let lines = Lines::new();
    let agent = Starting::new(clumsy())
        .set("webhook.deadline=1s")
        .set("webhook.margin=500ms")
        .set("server.shutdown_grace=2s")
        .start();
    assert_eq!(agent.ask(&lines.request("late", 3_600_000)).text(), "not yet");
    agent.terminate();
    let (status, output) = agent.end();
    assert_eq!(status.code(), Some(0));
    assert_eq!(lines.count(), 0);
    assert!(output.contains("late work is given up"), "{output}");
}
