//! Appointments: made, taken, near midnight, and in the nights in which clocks are changed.

use flowhook::testing::{Ask, Caller, Conversation, Design, Heard};
use serde_json::json;

use super::calendar::Calendar;
use super::{Appointment, agent};

/// The welcome events of the channels, and the general one.
const WELCOMES: [&str; 7] = [
    "WELCOME",
    "GOOGLE_ASSISTANT_WELCOME",
    "FACEBOOK_WELCOME",
    "SLACK_WELCOME",
    "TELEGRAM_WELCOME",
    "SKYPE_WELCOME",
    "KIK_WELCOME",
];

pub(super) fn conversation(caller: &Caller) -> Conversation {
    caller.conversation().designed_as([
        WELCOMES.into_iter().fold(Design::of("welcome"), Design::listens),
        Design::of("appointment")
            .requires("date", "On which day?")
            .requires("time", "At what time?")
            .sets("appointment-followup", 2),
        Design::of("appointment - about").needs("appointment-followup"),
        Design::of("not understood").fallback(),
    ])
}

/// Asks for a day and a time as Dialogflow tells of them: a date comes with noon, a time with the day of the question.
pub(super) fn wants<'a>(talk: &'a mut Conversation, date: &str, time: &str) -> Ask<'a> {
    talk.asks("appointment")
        .parameter("date", format!("{date}T12:00:00+01:00"))
        .parameter("time", format!("2026-01-15T{time}:00+01:00"))
}

/// What a user hears who asks a workshop without other appointments.
async fn asked(date: &str, time: &str) -> Heard {
    let caller = Caller::new(agent(Calendar::default()));
    wants(&mut conversation(&caller), date, time).await
}

#[tokio::test]
async fn a_visit_from_hello_to_goodbye() {
    let caller = Caller::new(agent(Calendar::default()));
    let mut talk = conversation(&caller);
    for event in WELCOMES {
        talk.event(event, json!({}))
            .await
            .expect_text("This is the night workshop. What about your bicycle?")
            .expect_chips(["Hours", "Appointment"]);
    }
    talk.asks("hours")
        .said("When are you open?")
        .await
        .expect_card("Day and night")
        .expect_text("We never close.")
        .expect_sound();
    wants(&mut talk, "2026-06-15", "18:30")
        .said("Next Monday at half past six")
        .await
        .expect_text("You have an appointment on 2026-06-15 at 18:30. What is it about?")
        .expect_chips(["Repair", "Tune-up"])
        .expect_sound();
    talk.expect_remembered(&Appointment {
        when: "2026-06-15 at 18:30".to_owned(),
    });
    talk.asks("appointment - about")
        .said("A tune-up")
        .parameter("work", "tune-up")
        .await
        .expect_text("We shall tune your bicycle up on 2026-06-15 at 18:30.")
        .expect_sound();
    talk.expect_forgotten::<Appointment>();
    talk.asks("not understood")
        .await
        .expect_text("I know bicycles only.");
}

#[tokio::test]
async fn an_hour_that_overlaps_with_another_is_taken_and_nothing_is_asked_about_it() {
    let calendar = Calendar::default();
    let caller = Caller::new(agent(calendar.clone()));
    wants(&mut conversation(&caller), "2026-06-15", "18:30")
        .await
        .expect_mention("You have an appointment");
    let mut talk = conversation(&caller);
    for time in ["18:30", "17:31", "19:29"] {
        wants(&mut talk, "2026-06-15", time)
            .await
            .expect_text(&format!("2026-06-15 at {time} is taken. Another time?"));
        // The agent had set it when the intent was matched.
        talk.expect_forgotten::<Appointment>();
    }
    for time in ["17:30", "19:30"] {
        wants(&mut talk, "2026-06-15", time)
            .await
            .expect_mention("You have an appointment");
    }
    assert_eq!(calendar.begins().len(), 3);
}

#[tokio::test]
async fn f20_half_past_eleven_in_the_evening_stays_on_its_day() {
    let calendar = Calendar::default();
    let caller = Caller::new(agent(calendar.clone()));
    let mut talk = conversation(&caller);
    wants(&mut talk, "2026-06-15", "23:30")
        .await
        .expect_mention("on 2026-06-15 at 23:30.");
    // 21:30 in UTC, summer time being two hours ahead.
    assert_eq!(calendar.begins(), [1_781_559_000]);
    wants(&mut talk, "2026-06-16", "00:15")
        .await
        .expect_mention("is taken");
    wants(&mut talk, "2026-06-16", "00:30")
        .await
        .expect_mention("on 2026-06-16 at 00:30.");
}

#[tokio::test]
async fn f20_the_offset_is_that_of_the_day_and_not_of_the_question() {
    for (date, begin) in [("2026-03-28", 1_774_692_000), ("2026-03-29", 1_774_774_800)] {
        let calendar = Calendar::default();
        let caller = Caller::new(agent(calendar.clone()));
        wants(&mut conversation(&caller), date, "11:00")
            .await
            .expect_mention("at 11:00.");
        assert_eq!(calendar.begins(), [begin], "{date}");
    }
}

#[tokio::test]
async fn a_time_that_the_clocks_skip_is_asked_about() {
    asked("2026-03-29", "02:30")
        .await
        .expect_mention("skip that time")
        .expect_chips(["01:30", "03:30"])
        .expect_ended("appointment-followup")
        .expect_sound();
}

#[tokio::test]
async fn a_time_that_comes_twice_is_the_first_of_the_two() {
    asked("2026-10-25", "02:30")
        .await
        .expect_text(
            "You have an appointment on 2026-10-25 at 02:30. That is before the clocks are put back. What is it about?",
        )
        .expect_sound();
}

#[tokio::test]
async fn day_and_time_are_prompted_for() {
    let caller = Caller::new(agent(Calendar::default()));
    let mut talk = conversation(&caller);
    // The handler has no answer to half a question, so the agent's prompt is heard.
    talk.asks("appointment").await.expect_text("On which day?");
    talk.asks("appointment")
        .parameter("date", "2026-06-15T12:00:00+02:00")
        .await
        .expect_text("At what time?");
    talk.asks("appointment")
        .parameter("time", "2026-01-15T09:00:00+01:00")
        .await
        .expect_mention("on 2026-06-15 at 09:00.");
}
