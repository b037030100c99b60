//! What happens around a game: links, repeats, misunderstandings, silence, goodbyes, long pauses.

use std::time::Duration;

use flowhook::testing::{Caller, Conversation, Design};
use flowhook::webhook::Options;
use flowhook::wire::ApiVersion;
use serde_json::json;

use super::{DONE_YES_NO, Game, YES_NO, agent, texts};

/// A conversation with a genie of that seed, as its console has it.
pub(super) fn conversation(seed: u64) -> Conversation {
    let options = Options {
        api_version: ApiVersion::V2Beta1,
        ..Options::default()
    };
    Caller::with_options(agent(seed), options)
        .conversation()
        .designed_as([
            Design::of("welcome")
                .listens("WELCOME")
                .listens("GOOGLE_ASSISTANT_WELCOME"),
            Design::of("guess").needs("game"),
            Design::of("again - yes").needs(YES_NO),
            Design::of("again - no").needs(YES_NO),
            Design::of("done - yes").needs(DONE_YES_NO),
            Design::of("done - no").needs(DONE_YES_NO),
            Design::of("quit").listens("actions_intent_CANCEL"),
            Design::of("fallback").fallback(),
        ])
}

/// The number that the genie thinks of. Only a test can know.
fn answer(talk: &Conversation) -> u32 {
    talk.remembered::<Game>().unwrap().answer
}

#[test]
fn nothing_is_wrong_with_its_texts() {
    let faults: Vec<_> = texts().faults().iter().map(ToString::to_string).collect();
    assert_eq!(faults, [""; 0]);
}

#[tokio::test]
async fn a_game_begins_by_event_and_is_won_at_the_first_guess() {
    let mut talk = conversation(1);
    talk.event("GOOGLE_ASSISTANT_WELCOME", json!({}))
        .await
        .expect_text("I think of a number from 0 to 100. What is your guess?")
        .expect_sound();
    let answer = answer(&talk);
    talk.asks("guess")
        .parameter("guess", answer)
        .await
        .expect_text(&format!("It is {answer}, at the first guess! Another game?"))
        .expect_chips(["Yes", "No"])
        .expect_sound();
    talk.expect_forgotten::<Game>().expect_context(YES_NO, 5);
    talk.asks("again - yes")
        .await
        .expect_text("I have a new one, from 0 to 100. What is your guess?");
    talk.expect_context("game", 5).expect_no_context(YES_NO);
}

#[tokio::test]
async fn a_link_brings_a_guess_along_or_something_else() {
    let mut talk = conversation(2);
    talk.asks("linked")
        .parameter("guess", 42)
        .await
        .expect_mention("Let us see about 42. ")
        .expect_sound();
    assert_eq!(talk.remembered::<Game>().unwrap().last, Some(42));
    let mut talk = conversation(2);
    for nothing in [json!(""), json!(1000), json!(4.5)] {
        talk.asks("linked")
            .parameter("guess", nothing)
            .await
            .expect_mention("I know nothing about that")
            .expect_sound();
        assert_eq!(talk.remembered::<Game>().unwrap().tries, 0);
    }
}

#[tokio::test]
async fn the_same_guess_twice_is_noticed_and_numbers_from_elsewhere_are_no_guess() {
    let mut talk = conversation(3);
    talk.asks("welcome").await;
    let wrong = if answer(&talk) == 7 { 8 } else { 7 };
    talk.asks("guess")
        .parameter("guess", wrong)
        .await
        .expect_no_mention("just now");
    talk.asks("guess")
        .parameter("guess", wrong)
        .await
        .expect_mention(&format!("You said {wrong} just now."));
    for outside in [json!(-1), json!(101), json!(3.5), json!(1e300), json!("")] {
        talk.asks("guess")
            .parameter("guess", outside)
            .await
            .expect_text("Only whole numbers from 0 to 100, please.");
    }
    assert_eq!(talk.remembered::<Game>().unwrap().tries, 2);
}

#[tokio::test]
async fn three_misunderstandings_end_the_game_and_a_guess_between_starts_the_count_anew() {
    let mut talk = conversation(4);
    talk.asks("welcome").await;
    let answer = answer(&talk);
    let wrong = (answer + 1) % 100;
    talk.asks("fallback")
        .said("hm")
        .await
        .expect_mention("I did not get that");
    talk.asks("fallback")
        .said("hm")
        .await
        .expect_text("Shall we stop?")
        .expect_chips(["Yes", "No"]);
    talk.expect_context(DONE_YES_NO, 5);
    talk.asks("done - no")
        .await
        .expect_text("Then what is your guess?");
    talk.expect_no_context(DONE_YES_NO);
    talk.asks("guess").parameter("guess", wrong).await.expect_sound();
    talk.asks("fallback").await.expect_mention("I did not get that");
    talk.asks("fallback").await.expect_text("Shall we stop?");
    talk.asks("fallback")
        .await
        .expect_text(&format!("It was {answer}. Until next time!"))
        .expect_end()
        .expect_sound();
    talk.expect_forgotten::<Game>().expect_no_context(DONE_YES_NO);
}

#[tokio::test]
async fn what_was_said_last_is_repeated_and_nothing_is_lost_by_it() {
    let mut talk = conversation(5);
    let first = talk.asks("welcome").await.text();
    for _ in 0..12 {
        talk.asks("repeat")
            .said("What did you say?")
            .await
            .expect_text(&first)
            .expect_sound();
        talk.expect_context("game", 5);
    }
    let answer = answer(&talk);
    let won = talk.asks("guess").parameter("guess", answer).await.text();
    talk.asks("repeat").await.expect_text(&won);
    talk.asks("fallback").await.expect_text("Yes or no?");
    talk.asks("again - no")
        .await
        .expect_text("Until next time!")
        .expect_end();
}

#[tokio::test]
async fn silence_is_asked_about_twice_and_then_taken_for_a_goodbye() {
    let mut talk = conversation(6);
    talk.asks("welcome").await;
    let answer = answer(&talk);
    for _ in 0..2 {
        talk.asks("silence")
            .no_input("actions_intent_NO_INPUT")
            .await
            .expect_text("Are you still there?");
    }
    talk.asks("silence")
        .no_input("actions_intent_NO_INPUT")
        .await
        .expect_mention(&format!("It was {answer}."))
        .expect_end();
}

#[tokio::test]
async fn who_leaves_is_told_the_number() {
    let mut talk = conversation(7).language("fr");
    talk.asks("welcome")
        .await
        .expect_text("Je pense à un nombre de 0 à 100. Lequel ?");
    let answer = answer(&talk);
    talk.event("actions_intent_CANCEL", json!({}))
        .await
        .expect_text(&format!("C'était {answer}. À la prochaine !"))
        .expect_end();
}

#[tokio::test(start_paused = true)]
async fn after_a_long_pause_there_is_no_game_and_no_error() {
    let mut talk = conversation(8);
    talk.asks("welcome").await;
    talk.idle(Duration::from_secs(21 * 60)).await;
    talk.asks("fallback")
        .said("fifty")
        .await
        .expect_text("We are not playing. Shall we?")
        .expect_chips(["Yes", "No"])
        .expect_sound();
    talk.asks("repeat")
        .await
        .expect_text("We are not playing. Shall we?");
    talk.asks("again - yes").await.expect_sound();
    talk.expect_context("game", 5);
}

#[tokio::test]
async fn the_same_call_twice_counts_one_guess() {
    let mut talk = conversation(9);
    talk.asks("welcome").await;
    let wrong = (answer(&talk) + 1) % 100;
    let heard = talk.asks("guess").parameter("guess", wrong).await;
    talk.again().await.expect_replayed().expect_text(&heard.text());
    assert_eq!(talk.remembered::<Game>().unwrap().tries, 1);
}
