//! Slots given one at a time, several at once, out of order, as zero, and given up.

use flowhook::testing::{Caller, Conversation, Design};

use super::agent;

fn conversation() -> Conversation {
    let postcard = Design::of("postcard")
        .requires("country", "Which country?")
        .requires("days", "How many days?")
        .requires("colour", "Which colour?")
        .says("I could not write it.");
    Caller::new(agent()).conversation().designed(postcard)
}

#[tokio::test]
async fn all_slots_at_once_make_a_postcard() {
    conversation()
        .asks("postcard")
        .said("A postcard from Peru, three days, a green sea")
        .parameter("country", "Peru")
        .parameter("days", 3)
        .parameter("colour", "green")
        .await
        .expect_text("Greetings from Peru! 3 days to go. The sea is green.")
        .expect_chips(["Write another one"])
        .expect_sound();
}

#[tokio::test]
async fn one_slot_at_a_time_is_asked_for_by_the_handler_or_the_agent() {
    let mut talk = conversation();
    talk.asks("postcard")
        .await
        .expect_text("A postcard! From which country?")
        .expect_chips(["Peru", "Iceland"]);
    talk.asks("postcard")
        .said("Iceland")
        .parameter("country", "Iceland")
        .await
        .expect_console()
        .expect_text("How many days?")
        .expect_sound();
    talk.asks("postcard")
        .said("1")
        .parameter("days", 1)
        .await
        .expect_text("And what colour is the sea?")
        .expect_chips(["blue", "green"]);
    talk.asks("postcard")
        .said("grey")
        .parameter("colour", "grey")
        .await
        .expect_text("Greetings from Iceland! One day to go. The sea is grey.");
    assert_eq!(talk.filling(), None);
}

#[tokio::test]
async fn slots_are_taken_in_any_order() {
    let mut talk = conversation();
    talk.asks("postcard")
        .parameter("colour", "blue")
        .parameter("days", 2)
        .await
        .expect_text("Which country?");
    talk.asks("postcard")
        .parameter("country", "Peru")
        .await
        .expect_text("Greetings from Peru! 2 days to go. The sea is blue.");
}

#[tokio::test]
async fn no_days_at_all_are_days_given() {
    let mut talk = conversation();
    talk.asks("postcard")
        .parameter("country", "Peru")
        .parameter("days", 0)
        .await
        .expect_text("And what colour is the sea?");
    talk.asks("postcard")
        .parameter("colour", "blue")
        .await
        .expect_text("Greetings from Peru! I leave again today. The sea is blue.");
}

#[tokio::test]
async fn who_changes_the_subject_begins_anew() {
    let mut talk = conversation();
    talk.asks("postcard").parameter("country", "Peru").await;
    talk.asks("place")
        .said("Where are you?")
        .await
        .expect_text("At the post office.");
    talk.asks("postcard")
        .await
        .expect_text("A postcard! From which country?");
}

#[tokio::test]
async fn who_leaves_hears_so_and_may_come_back() {
    let mut talk = conversation();
    talk.asks("postcard").parameter("country", "Peru").await;
    talk.asks("postcard")
        .said("never mind")
        .cancels_slot_filling()
        .await
        .expect_text("No postcard, then.")
        .expect_sound();
    talk.asks("postcard")
        .await
        .expect_text("A postcard! From which country?");
}

#[tokio::test]
async fn half_a_day_is_no_number_of_days_and_the_console_speaks() {
    conversation()
        .asks("postcard")
        .parameter("country", "Peru")
        .parameter("days", 0.5)
        .parameter("colour", "blue")
        .await
        .expect_failure("parameters")
        .expect_text("I could not write it.");
}
