//! Numbers of every sign, the context that carries the last of them, and the same answer on each channel.

use flowhook::testing::{Caller, Conversation, Design};

use super::{Asked, agent};

fn conversation() -> Conversation {
    Caller::new(agent())
        .conversation()
        .designed(Design::of("fallback").fallback())
}

/// Asks for a temperature, and gives the first line of what is said.
async fn converted(degrees: f64, scale: &str) -> String {
    let heard = conversation()
        .asks("convert")
        .parameter("degrees", degrees)
        .parameter("scale", scale)
        .await;
    heard.expect_sound();
    heard.text().lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn numbers_of_every_sign_and_fraction_are_converted() {
    for (degrees, scale, said) in [
        (20.0, "celsius", "20 °C is 68 °F."),
        (-40.0, "celsius", "-40 °C is -40 °F."),
        (-40.0, "fahrenheit", "-40 °F is -40 °C."),
        (36.6, "celsius", "36.6 °C is 97.88 °F."),
        (98.6, "fahrenheit", "98.6 °F is 37 °C."),
        (0.0, "fahrenheit", "0 °F is -17.78 °C."),
        (31.999, "fahrenheit", "32 °F is 0 °C."),
        (-273.15, "celsius", "-273.15 °C is -459.67 °F."),
        (-459.67, "fahrenheit", "-459.67 °F is -273.15 °C."),
        (-300.0, "celsius", "Nothing can be that cold."),
        (1e9, "celsius", "1000000000 °C is 1800000032 °F."),
    ] {
        assert_eq!(converted(degrees, scale).await, said);
    }
}

#[tokio::test]
async fn a_conversation_about_one_temperature() {
    let mut talk = conversation();
    talk.asks("convert")
        .said("20 degrees Celsius")
        .parameter_said("degrees", 20, "twenty")
        .parameter("scale", "celsius")
        .await
        .expect_text("20 °C is 68 °F.\nShall I tell you in Kelvin or Rankine, too?")
        .expect_card("68 °F")
        .expect_image("https://example.com/thermometer.png")
        .expect_button("How it is done")
        .expect_chips(["Kelvin", "Rankine", "No, thanks"])
        .expect_sound();
    talk.expect_remembered(&Asked { celsius: 20.0 })
        .expect_context("temperature", 2);
    talk.asks("convert to absolute")
        .said("Kelvin")
        .parameter("scale", "kelvin")
        .await
        .expect_text("It is 293.15 K.");
    talk.asks("convert to absolute")
        .said("And Rankine?")
        .parameter("scale", "rankine")
        .await
        .expect_text("It is 527.67 °R.")
        .expect_sound();
    talk.expect_remembered(&Asked { celsius: 20.0 });
    talk.asks("cancel")
        .said("No, thanks")
        .await
        .expect_forgotten::<Asked>();
    talk.expect_forgotten::<Asked>();
}

#[tokio::test]
async fn f19_a_question_about_a_temperature_that_is_gone_is_answered() {
    let asks_again = "Which temperature? Ask me, for example, what 20 degrees Celsius are.";
    let mut talk = conversation();
    talk.asks("convert to absolute")
        .parameter("scale", "kelvin")
        .await
        .expect_text(asks_again)
        .expect_sound();
    talk.asks("convert")
        .parameter("degrees", 5)
        .parameter("scale", "celsius")
        .await;
    for _ in 0..2 {
        talk.asks("fallback")
            .said("hm")
            .await
            .expect_one_of(["I know about temperatures only.", "Ask me for a temperature."]);
    }
    talk.asks("convert to absolute")
        .parameter("scale", "kelvin")
        .await
        .expect_text(asks_again);
}

#[tokio::test]
async fn a_temperature_without_a_scale_is_asked_about() {
    conversation()
        .asks("convert")
        .parameter("degrees", 5)
        .parameter("scale", "")
        .await
        .expect_text("Celsius or Fahrenheit?")
        .expect_chips(["Celsius", "Fahrenheit"]);
}

#[tokio::test]
async fn both_texts_and_the_card_reach_each_channel() {
    for source in [
        "",
        "facebook",
        "slack",
        "telegram",
        "line",
        "viber",
        "kik",
        "skype",
        "twilio",
        "hangouts",
        "google",
        "GOOGLE_TELEPHONY",
        "DIALOGFLOW_CONSOLE",
    ] {
        let heard = conversation()
            .source(source)
            .asks("convert")
            .parameter("degrees", 20)
            .parameter("scale", "celsius")
            .await;
        heard
            .expect_mention("20 °C is 68 °F.")
            .expect_mention("Kelvin or Rankine");
        let shows_card = heard.cards().iter().any(|card| card.title == "68 °F");
        assert!(
            shows_card || heard.text().matches("68 °F").count() > 1,
            "{source}: {heard}"
        );
    }
}
