//! Calls by phone, by the same agent in either version of the API, and what happens when it cannot go on.

use flowhook::testing::{Ask, Caller, Conversation, Design};
use flowhook::webhook::Options;
use flowhook::wire::ApiVersion;
use serde_json::{Value, json};

use super::{TRANSFER, Wanted, agent};

fn caller(api_version: ApiVersion) -> Caller {
    let options = Options {
        api_version,
        ..Options::default()
    };
    Caller::with_options(agent(), options)
}

fn by_phone(caller: &Caller, caller_id: &str) -> Conversation {
    caller
        .conversation()
        .source("GOOGLE_TELEPHONY")
        .payload(json!({"telephony": {"caller_id": caller_id}}))
        .designed(
            Design::of("reserve")
                .requires("guests", "For how many?")
                .requires("day", "Which day?")
                .requires("hour", "At what time?")
                .requires("name", "In which name?")
                .requires("phone", "By which number can we reach you?"),
        )
        .designed(Design::of("reserve - yes").needs("reserve-followup"))
        .designed(Design::of("reserve - no").needs("reserve-followup"))
        .designed(Design::of("transfer").listens(TRANSFER))
        .designed(Design::of("not understood").fallback())
}

fn reserves<'a>(talk: &'a mut Conversation, guests: u8, name: &str) -> Ask<'a> {
    talk.asks("reserve")
        .parameter("guests", guests)
        .parameter("day", "Friday")
        .parameter("hour", "7pm")
        .parameter("name", name)
        .parameter("phone", "+16505550123")
}

#[tokio::test]
async fn a_reservation_is_spoken_confirmed_and_ends_the_call() {
    let mut talk = by_phone(&caller(ApiVersion::V2Beta1), "+16505550199");
    let heard = reserves(&mut talk, 2, "Ann").await;
    heard
        .expect_text("A table for 2, Friday at 7pm, for Ann Is that right?")
        .expect_sound();
    talk.expect_context("reserve-followup", 2);
    talk.asks("reserve - yes")
        .await
        .expect_text("It is reserved, Ann. Goodbye.")
        .expect_end()
        .expect_forgotten::<Wanted>()
        .expect_sound();
}

#[tokio::test]
async fn a_name_cannot_be_taken_for_markup() {
    let mut talk = by_phone(&caller(ApiVersion::V2Beta1), "+16505550199");
    let heard = reserves(&mut talk, 2, "Tom & <break time=\"9s\"/>Sons").await;
    let ssml = heard
        .messages()
        .find_map(|message| message["telephonySynthesizeSpeech"]["ssml"].as_str());
    assert!(
        ssml.is_some_and(|ssml| ssml.contains("Tom &amp; &lt;break")),
        "{heard}"
    );
    heard
        .expect_mention("Tom & <break time=\"9s\"/>Sons")
        .expect_sound();
}

#[tokio::test]
async fn a_table_that_is_taken_leads_to_a_colleague() {
    let caller = caller(ApiVersion::V2Beta1);
    for (name, is_first) in [("Ann", true), ("Bea", false)] {
        let mut talk = by_phone(&caller, "+16505550199");
        reserves(&mut talk, 2, name).await;
        let heard = talk.asks("reserve - yes").await;
        if is_first {
            heard.expect_followed([]).expect_end();
        } else {
            heard
                .expect_followed([TRANSFER])
                .expect_text("For no table I connect you to a colleague.")
                .expect_transfer("+16505550100")
                .expect_handoff()
                .expect_sound();
        }
        talk.expect_forgotten::<Wanted>();
    }
}

#[tokio::test]
async fn a_large_party_and_three_misunderstandings_lead_there_too() {
    let caller = caller(ApiVersion::V2Beta1);
    let mut talk = by_phone(&caller, "+16505550199");
    reserves(&mut talk, 40, "Ann")
        .await
        .expect_followed([TRANSFER])
        .expect_mention("a large party")
        .expect_transfer("+16505550100");
    let mut talk = by_phone(&caller, "+16505550199");
    for _ in 0..2 {
        talk.asks("not understood")
            .await
            .expect_text("Say that again, please?")
            .expect_followed([]);
    }
    talk.asks("not understood")
        .await
        .expect_followed([TRANSFER])
        .expect_text("I connect you to a colleague.")
        .expect_sound();
}

#[tokio::test]
async fn a_change_of_mind_forgets_the_reservation() {
    let mut talk = by_phone(&caller(ApiVersion::V2Beta1), "+16505550199");
    reserves(&mut talk, 2, "Ann").await;
    talk.asks("reserve - no")
        .await
        .expect_text("What shall I change?");
    talk.expect_forgotten::<Wanted>();
}

#[tokio::test]
async fn the_number_of_the_caller_stands_in_unless_it_is_redacted() {
    let caller = caller(ApiVersion::V2Beta1);
    for (caller_id, phone) in [
        ("+16505550199", Some("+16505550199")),
        ("REDACTED", None),
        ("", None),
    ] {
        let mut talk = by_phone(&caller, caller_id);
        // The agent has not asked for the number yet.
        let heard = reserves(&mut talk, 2, "Ann").parameter("phone", "").await;
        match phone {
            Some(phone) => {
                heard.expect_mention("Is that right?").expect_sound();
                let wanted = talk.remembered::<Wanted>().unwrap();
                assert_eq!(wanted.reservation.phone.as_deref(), Some(phone));
            }
            None => {
                heard
                    .expect_text("By which number can we reach you?")
                    .expect_sound();
            }
        }
    }
}

#[tokio::test]
async fn an_agent_of_v2_says_the_same_in_text_and_is_told_what_it_cannot_send() {
    let mut talk = by_phone(&caller(ApiVersion::V2), "+16505550199");
    let heard = reserves(&mut talk, 2, "Ann").await;
    heard
        .expect_text("A table for 2, Friday at 7pm, for Ann. Is that right?")
        .expect_changed("TELEPHONY");
    let only_text = |message: &Value| message.get("text").is_some() && message.get("platform").is_none();
    assert!(heard.messages().all(only_text), "{heard}");
    let heard = talk.asks("reserve - yes").await;
    heard
        .expect_text("It is reserved, Ann. Goodbye.")
        .expect_changed("endInteraction");
    assert!(heard.json().get("endInteraction").is_none(), "{heard}");
}
