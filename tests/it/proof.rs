//! Every rule that a reply is held to, at its edge: what keeps it passes whole, what breaks it is changed or taken out and
//! told, and what is left is accepted.

use flowhook::testing::{Caller, Heard};
use flowhook::webhook::Options;
use flowhook::webhook::reply::{Effect, Finding, MAX_BYTES};
use flowhook::wire::{self, ApiVersion};
use flowhook::{Card, Event, Intents, Message, OutputContext, Reply, Result, SessionEntities, Turn};
use serde_json::{Value, json};

use crate::schema::{Api, judge};

/// Says `reply` for an agent of v2beta1, which knows every kind, and has what is left of it judged.
async fn said(reply: Reply) -> Heard {
    as_version(reply, ApiVersion::V2Beta1, "").await
}

async fn as_version(reply: Reply, api_version: ApiVersion, source: &str) -> Heard {
    async fn say(turn: Turn<flowhook::NoParams, Reply>) -> Result<Reply> {
        Ok(Reply::clone(&turn.app))
    }
    let options = Options {
        api_version,
        ..Options::default()
    };
    let caller = Caller::with_options(Intents::new(reply).on("say", say), options);
    let heard = caller.ask("say").source(source).await;
    let api = match api_version {
        ApiVersion::V2 => Api::V2,
        ApiVersion::V2Beta1 => Api::V2Beta1,
    };
    let body = serde_json::to_vec(heard.json()).unwrap();
    assert_eq!(judge::faults_of_reply(&body, api), [""; 0], "{}", heard.json());
    heard
}

/// A message as Dialogflow writes it.
fn raw(message: Value) -> Message {
    serde_json::from_value::<wire::Message>(message).unwrap().into()
}

/// What becomes of a message, and the effects and places that are told of it.
async fn proved(message: Value) -> (Value, Vec<(Effect, String)>) {
    let heard = said(Reply::text("kept").say(raw(message))).await;
    let told = heard.answered().findings.iter();
    let told = told
        .map(|finding| (finding.effect, finding.place.clone()))
        .collect();
    let mut messages = heard.messages();
    assert_eq!(messages.next().unwrap()["text"]["text"][0], "kept");
    let message = messages.next().cloned().unwrap_or_default();
    (message, told)
}

#[track_caller]
fn passes(message: &Value, (left, told): (Value, Vec<(Effect, String)>)) {
    assert_eq!(told, [], "{message}");
    assert_eq!(left, *message);
}

/// Expects that a message is taken out whole.
#[track_caller]
fn goes(message: &Value, (left, told): (Value, Vec<(Effect, String)>)) {
    assert_eq!(left, Value::Null, "{message}");
    assert!(
        told.iter().any(|(effect, _)| *effect == Effect::TakenOut),
        "{message}: {told:?}"
    );
}

fn item(title: &str) -> Value {
    json!({"info": {"key": title}, "title": title})
}

fn page(title: &str) -> Value {
    json!({"openUriAction": {"url": "https://example.com"}, "title": title})
}

fn many(count: usize, part: impl Fn(&str) -> Value) -> Value {
    (0..count).map(|number| part(&format!("part {number}"))).collect()
}

#[tokio::test]
async fn what_keeps_every_rule_passes_whole() {
    for message in [
        json!({"text": {"text": ["words"]}}),
        json!({"card": {"subtitle": "no title"}}),
        json!({"payload": {"slack": {"list": [null, {"deep": []}]}}}),
        json!({"simpleResponses": {"simpleResponses": [{"ssml": "<speak>a</speak>", "displayText": "a"}]}}),
        json!({"basicCard": {"image": {"imageUri": "https://example.com/i.png"}}}),
        json!({"listSelect": {"items": many(30, item)}}),
        json!({"carouselSelect": {"items": many(10, item)}}),
        json!({"browseCarouselCard": {"items": many(2, page)}}),
        json!({"browseCarouselCard": {"items": many(10, page)}}),
        json!({"tableCard": {"title": "a table"}}),
        json!({"mediaContent": {"mediaObjects": [{"name": "a", "contentUrl": "https://example.com/a.mp3"}]}}),
        json!({"telephonyPlayAudio": {"audioUri": "gs://bucket/object.wav"}}),
        json!({"telephonySynthesizeSpeech": {"ssml": "<speak>a</speak>"}}),
        json!({"telephonyTransferCall": {"phoneNumber": "+12125550100"}}),
        json!({"rbmText": {"text": "a", "rbmSuggestion": [{"reply": {"text": "x".repeat(25)}}]}}),
        json!({"rbmCarouselRichCard": {"cardContents": many(2, |title| json!({"title": title}))}}),
        json!({"rbmCarouselRichCard": {"cardContents": many(10, |title| json!({"title": title}))}}),
        json!({"rbmStandaloneRichCard": {"cardContent": {
            "title": "é".repeat(100), "description": "é".repeat(1_000),
        }}}),
    ] {
        passes(&message, proved(message.clone()).await);
    }
}

#[tokio::test]
async fn what_says_nothing_or_cannot_work_is_taken_out() {
    for message in [
        json!({"text": {}}),
        json!({"text": {"text": ["", ""]}}),
        json!({"image": {"accessibilityText": "nothing"}}),
        json!({"quickReplies": {"title": "choose", "quickReplies": ["", " "]}}),
        json!({"card": {}}),
        json!({"payload": {}}),
        json!({"simpleResponses": {}}),
        json!({"simpleResponses": {"simpleResponses": [{"displayText": "silent"}]}}),
        json!({"basicCard": {}}),
        json!({"suggestions": {"suggestions": [{"title": ""}]}}),
        json!({"linkOutSuggestion": {"uri": "https://example.com"}}),
        json!({"listSelect": {"title": "a list", "items": [{"title": "without a key"}]}}),
        json!({"carouselSelect": {"items": [{"info": {"key": "k"}}]}}),
        json!({"browseCarouselCard": {"items": [{"title": "leads nowhere"}]}}),
        json!({"tableCard": {"subtitle": "no title"}}),
        json!({"mediaContent": {"mediaObjects": [{"name": "nowhere"}]}}),
        json!({"telephonyPlayAudio": {"audioUri": "https://example.com/a.wav"}}),
        json!({"telephonySynthesizeSpeech": {}}),
        json!({"telephonySynthesizeSpeech": {"text": ""}}),
        json!({"telephonyTransferCall": {"phoneNumber": "212 555 0100"}}),
        json!({"telephonyTransferCall": {"phoneNumber": "+0125550100"}}),
        json!({"telephonyTransferCall": {"phoneNumber": "+1234567890123456"}}),
        json!({"rbmText": {}}),
        json!({"rbmStandaloneRichCard": {}}),
        json!({"rbmStandaloneRichCard": {"cardContent": {"media": {"height": "TALL"}}}}),
        json!({"rbmCarouselRichCard": {}}),
    ] {
        goes(&message, proved(message.clone()).await);
    }
}

#[tokio::test]
async fn what_can_be_mended_is_changed_and_told() {
    let changed = |place: &str| vec![(Effect::Changed, format!("fulfillmentMessages[1].{place}"))];
    let (left, told) = proved(json!({"simpleResponses": {"simpleResponses": [
        {"textToSpeech": "words", "ssml": "<speak>words</speak>"},
    ]}}))
    .await;
    let kept = json!([{"ssml": "<speak>words</speak>", "displayText": "words"}]);
    assert_eq!(left["simpleResponses"]["simpleResponses"], kept);
    assert_eq!(told, changed("simpleResponses.simpleResponses[0].textToSpeech"));

    let two = json!([{"textToSpeech": "one"}, {"textToSpeech": "two"}]);
    let (left, told) = proved(json!({"simpleResponses": {"simpleResponses": two}})).await;
    assert_eq!(
        left["simpleResponses"]["simpleResponses"],
        json!([{"textToSpeech": "one"}])
    );
    assert_eq!(told, changed("simpleResponses.simpleResponses"));

    let (left, told) = proved(json!({"basicCard": {"title": "t", "subtitle": "s"}})).await;
    assert_eq!(left["basicCard"], json!({"title": "t", "formattedText": "s"}));
    assert_eq!(told, changed("basicCard.formattedText"));

    let mut pictured = item("x");
    pictured["image"] = json!({"imageUri": "https://example.com/i.png"});
    let (left, told) = proved(json!({"carouselSelect": {"items": [pictured, item("y")]}})).await;
    assert_eq!(
        left["carouselSelect"]["items"][0]["image"]["accessibilityText"],
        "x"
    );
    assert_eq!(told, changed("carouselSelect.items[0].image.accessibilityText"));

    let (left, told) = proved(json!({"browseCarouselCard": {"items": many(11, page)}})).await;
    assert_eq!(left["browseCarouselCard"]["items"], many(10, page));
    assert_eq!(told, changed("browseCarouselCard"));
    let (left, told) = proved(json!({"browseCarouselCard": {"items": many(1, page)}})).await;
    assert_eq!(
        left["basicCard"]["buttons"],
        json!([{"title": "part 0", "openUriAction": {"uri": "https://example.com"}}])
    );
    assert_eq!(told, changed("browseCarouselCard"));

    let title = |title: &str| json!({"title": title});
    let (left, told) = proved(json!({"rbmCarouselRichCard": {"cardContents": many(11, title)}})).await;
    assert_eq!(left["rbmCarouselRichCard"]["cardContents"], many(10, title));
    assert_eq!(told, changed("rbmCarouselRichCard"));
    let (left, told) = proved(json!({"rbmCarouselRichCard": {"cardContents": many(1, title)}})).await;
    assert_eq!(left["rbmStandaloneRichCard"]["cardContent"], title("part 0"));
    assert_eq!(told, changed("rbmCarouselRichCard"));

    let long = json!({"title": "é".repeat(101), "description": "x".repeat(2_001)});
    let (left, told) = proved(json!({"rbmStandaloneRichCard": {"cardContent": long}})).await;
    let content = &left["rbmStandaloneRichCard"]["cardContent"];
    assert_eq!(content["title"], format!("{}…", "é".repeat(98)));
    assert_eq!(content["description"].as_str().unwrap().len(), 2_000);
    assert_eq!(told.len(), 2);

    let card = json!({"cardOrientation": "VERTICAL", "cardContent": {"media": {"fileUri": "https://example.com/i.png"}}});
    let (left, told) = proved(json!({"rbmStandaloneRichCard": card})).await;
    assert_eq!(
        left["rbmStandaloneRichCard"]["cardContent"]["media"]["height"],
        "MEDIUM"
    );
    assert_eq!(told, changed("rbmStandaloneRichCard.cardContent.media.height"));
}

#[tokio::test]
async fn one_broken_part_goes_alone() {
    let (left, told) =
        proved(json!({"card": {"title": "t", "buttons": [{"postback": "p"}, {"text": "a"}]}})).await;
    assert_eq!(left["card"], json!({"title": "t", "buttons": [{"text": "a"}]}));
    assert_eq!(
        told,
        [(
            Effect::TakenOut,
            "fulfillmentMessages[1].card.buttons[0]".to_owned()
        )]
    );
    let (left, _) =
        proved(json!({"listSelect": {"items": [item("a"), {"title": "no key"}, item("b")]}})).await;
    assert_eq!(left["listSelect"]["items"], json!([item("a"), item("b")]));
    let suggestions = json!([{"reply": {"text": "a"}}, {}, {"action": {"text": "b"}}, {"action": {"text": "c", "dial": {}}}]);
    let (left, told) = proved(json!({"rbmText": {"text": "a", "rbmSuggestion": suggestions}})).await;
    assert_eq!(
        left["rbmText"]["rbmSuggestion"],
        json!([{"reply": {"text": "a"}}])
    );
    assert_eq!(told.len(), 3);
}

#[tokio::test]
async fn limits_that_are_only_remembered_give_advice_and_change_nothing() {
    for message in [
        json!({"listSelect": {"items": many(31, item)}}),
        json!({"listSelect": {"items": many(1, item)}}),
        json!({"carouselSelect": {"items": many(11, item)}}),
        json!({"suggestions": {"suggestions": [{"title": "x".repeat(26)}]}}),
        json!({"suggestions": {"suggestions": many(9, |title| json!({"title": title}))}}),
        json!({"telephonyTransferCall": {"phoneNumber": "+442079460100"}}),
        json!({"rbmText": {"text": "a", "rbmSuggestion": [{"reply": {"text": "x".repeat(26)}}]}}),
    ] {
        let (left, told) = proved(message.clone()).await;
        assert_eq!(left, message);
        assert!(matches!(&told[..], [(Effect::Advice, _)]), "{message}: {told:?}");
    }
    let contexts = |count: usize| {
        (0..count).fold(Reply::text("words"), |reply, number| {
            reply.context(OutputContext::new(format!("context-{number}")))
        })
    };
    assert_eq!(said(contexts(30)).await.answered().findings, []);
    let heard = said(contexts(31)).await;
    assert_eq!(heard.json()["outputContexts"].as_array().unwrap().len(), 31);
    assert_eq!(heard.answered().findings[0].effect, Effect::Advice);
    let card = raw(json!({"basicCard": {"formattedText": "a"}, "platform": "ACTIONS_ON_GOOGLE"}));
    let silent = as_version(Reply::message(card), ApiVersion::V2, "google").await;
    assert_eq!(silent.answered().findings[0].effect, Effect::Advice);
}

#[tokio::test]
async fn a_finding_says_what_dialogflow_would_have_said() {
    let reply = Reply::text("kept")
        .say(raw(
            json!({"telephonyTransferCall": {"phoneNumber": "+12125550100"}}),
        ))
        .say(raw(json!({"text": {"text": ["a"]}, "platform": "TELEPHONY"})))
        .end_interaction();
    let heard = as_version(reply, ApiVersion::V2, "").await;
    let begins = "Webhook call failed. Error: Failed to parse webhook JSON response: ";
    let refusals: Vec<_> = heard
        .answered()
        .findings
        .iter()
        .map(|finding| finding.refusal.as_deref().unwrap().strip_prefix(begins).unwrap())
        .collect();
    assert_eq!(
        refusals,
        [
            "Invalid enum value: TELEPHONY for enum type: google.cloud.dialogflow.v2.Intent.Message.Platform",
            "Cannot find field: telephonyTransferCall in message google.cloud.dialogflow.v2.Intent.Message",
            "Cannot find field: endInteraction in message google.cloud.dialogflow.v2.WebhookResponse",
        ]
    );
    assert!(
        heard
            .answered()
            .findings
            .iter()
            .all(|finding| !finding.mend.is_empty())
    );
}

async fn event(name: String) -> Heard {
    async fn go(turn: Turn<flowhook::NoParams, String>) -> Result<Reply<Event>> {
        Ok(Reply::event(&*turn.app))
    }
    Caller::new(Intents::new(name).on("say", go)).ask("say").await
}

#[tokio::test]
async fn names_keep_their_limits_to_the_letter() {
    assert_eq!(event("é".repeat(150)).await.event(), Some(&*"é".repeat(150)));
    let heard = event("é".repeat(151)).await;
    assert_eq!(heard.event(), None);
    assert_eq!(heard.answered().failure.as_ref().unwrap().kind, "refused reply");

    let context = |id: String| Reply::text("words").context(OutputContext::new(id));
    assert_eq!(said(context("x".repeat(250))).await.answered().findings, []);
    let heard = said(context("x".repeat(251))).await;
    assert_eq!(heard.json()["outputContexts"], Value::Null);
    let entities = SessionEntities::overriding("fruit")
        .entity("apple", ["apple"])
        .entity("", ["nothing"]);
    let heard = said(Reply::text("words").session_entities(entities)).await;
    assert_eq!(
        heard.json()["sessionEntityTypes"][0]["entities"],
        json!([{"value": "apple", "synonyms": ["apple"]}])
    );
    let places: Vec<_> = heard
        .answered()
        .findings
        .iter()
        .map(|finding| &*finding.place)
        .collect();
    assert_eq!(places, ["sessionEntityTypes[0].entities[1]"]);
}

#[tokio::test]
async fn a_reply_is_cut_at_the_last_byte_that_dialogflow_takes() {
    let frame = said(Reply::text("x")).await.json().to_string().len() - 1;
    for (above, findings) in [(0, 0), (1, 1)] {
        let heard = said(Reply::text("x".repeat(MAX_BYTES - frame + above))).await;
        assert!(heard.json().to_string().len() <= MAX_BYTES);
        assert_eq!(heard.answered().findings.len(), findings);
    }
    // What is no text cannot be shortened: it goes, and what fits after it stays.
    let heard = said(Reply::message(Card::new("x".repeat(MAX_BYTES))).say("kept")).await;
    assert_eq!(heard.text(), "kept");
    assert!(heard.answered().findings.iter().all(Finding::changes_the_reply));
}

#[tokio::test]
async fn no_finding_holds_a_word_of_the_users() {
    let word = "Quilliams";
    let reply = Reply::text("kept")
        .say(raw(json!({"basicCard": {"title": word}})))
        .say(raw(json!({"telephonyTransferCall": {"phoneNumber": word}})))
        .say(raw(
            json!({"rbmText": {"text": word, "rbmSuggestion": [{"reply": {"text": word.repeat(9)}}]}}),
        ))
        .say(raw(json!({"browseCarouselCard": {"items": [page(word)]}})))
        .say(Card::new(word).button(word, word))
        .context(OutputContext::new(format!("{word} with spaces")))
        .session_entities(SessionEntities::overriding(format!("{word}/")).entity(word, [word]));
    for source in ["", "google", "twilio", "messenger"] {
        let heard = as_version(reply.clone(), ApiVersion::V2Beta1, source).await;
        assert!(heard.answered().findings.len() >= 5);
        let told = format!("{:?}", heard.answered().findings);
        assert!(!told.contains(word), "{told}");
    }
}

#[tokio::test]
async fn a_broken_context_costs_neither_the_console_its_word_nor_the_other_contexts_their_place() {
    async fn note(_: Turn) -> Result<Reply> {
        Ok(Reply::console()
            .context(OutputContext::new("with spaces"))
            .context(OutputContext::new("seen")))
    }
    let caller = Caller::new(Intents::new(()).on("note", note));
    let heard = caller.ask("note").console("The console speaks.").await;
    assert_eq!(heard.answered().failure, None);
    assert_eq!(heard.text(), "The console speaks.");
    assert!(heard.context("seen").is_some());
    let alone = caller.ask("note").await;
    assert_eq!(alone.answered().heard, "apology");
    assert!(alone.context("seen").is_some());
    assert!(alone.text().starts_with("Sorry"));
}

#[tokio::test]
async fn words_to_speak_are_shortened_as_words_to_read_are() {
    let long = "x".repeat(MAX_BYTES);
    let assistant = Reply::text(&long).chips(["more"]);
    let heard = as_version(assistant, ApiVersion::V2, "google").await;
    let spoken = &heard.messages().next().unwrap()["simpleResponses"]["simpleResponses"][0]["textToSpeech"];
    assert!(spoken.as_str().unwrap().ends_with('…'));
    for message in [
        json!({"telephonySynthesizeSpeech": {"text": long}, "platform": "TELEPHONY"}),
        json!({"rbmText": {"text": long}}),
    ] {
        let heard = said(Reply::message(raw(message))).await;
        assert!(
            heard.json().to_string().len() > MAX_BYTES - 64,
            "the room is used"
        );
    }
    // One that is spoken from SSML cannot be cut.
    let speech = json!({"telephonySynthesizeSpeech": {"ssml": format!("<speak>{long}</speak>")}});
    let heard = said(Reply::text("kept").say(raw(speech))).await;
    assert_eq!((heard.text().as_str(), heard.messages().count()), ("kept", 1));
}
