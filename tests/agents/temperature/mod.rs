//! Temperatures from one scale to another, and the one that was asked about last to a third.

mod conversations;

use flowhook::{Card, Context, Intents, Reply, Result, Turn};
use serde::{Deserialize, Serialize};

/// What the entity `@scale` knows.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Scale {
    Celsius,
    Fahrenheit,
    Kelvin,
    Rankine,
}

impl Scale {
    fn celsius(self, degrees: f64) -> f64 {
        match self {
            Self::Celsius => degrees,
            Self::Fahrenheit => (degrees - 32.0) / 1.8,
            Self::Kelvin => degrees - 273.15,
            Self::Rankine => degrees / 1.8 - 273.15,
        }
    }

    fn of_celsius(self, celsius: f64) -> f64 {
        match self {
            Self::Celsius => celsius,
            Self::Fahrenheit => celsius * 1.8 + 32.0,
            Self::Kelvin => celsius + 273.15,
            Self::Rankine => (celsius + 273.15) * 1.8,
        }
    }

    /// Degrees as people write them: no more than two decimals, no minus before a zero.
    fn written(self, degrees: f64) -> String {
        let rounded = (degrees * 100.0).round() / 100.0 + 0.0;
        let sign = match self {
            Self::Celsius => " °C",
            Self::Fahrenheit => " °F",
            Self::Kelvin => " K",
            Self::Rankine => " °R",
        };
        format!("{rounded}{sign}")
    }
}

/// The temperature that was asked about last.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Asked {
    celsius: f64,
}

impl Context for Asked {
    const NAME: &'static str = "temperature";
    const LIFESPAN: u32 = 2;
}

#[derive(Deserialize)]
struct Question {
    degrees: f64,
    scale: Option<Scale>,
}

/// "What is 20 degrees Celsius in Fahrenheit?"
async fn convert(turn: Turn<Question>) -> Result<Reply> {
    let Question { degrees, scale } = turn.params;
    let Some(scale) = scale else {
        return Ok(Reply::text("Celsius or Fahrenheit?").chips(["Celsius", "Fahrenheit"]));
    };
    let celsius = scale.celsius(degrees);
    if celsius < -273.15 - 1e-9 {
        return Ok(Reply::text("Nothing can be that cold."));
    }
    let other = if scale == Scale::Celsius {
        Scale::Fahrenheit
    } else {
        Scale::Celsius
    };
    let (from, to) = (scale.written(degrees), other.written(other.of_celsius(celsius)));
    Ok(Reply::text(format!("{from} is {to}."))
        .say(
            Card::new(to)
                .subtitle(format!("That is {from}."))
                .image("https://example.com/thermometer.png")
                .button("How it is done", "https://example.com/scales"),
        )
        .say("Shall I tell you in Kelvin or Rankine, too?")
        .chips(["Kelvin", "Rankine", "No, thanks"])
        .remember(&Asked { celsius }))
}

#[derive(Deserialize)]
struct Absolute {
    scale: Scale,
}

/// "And in Kelvin?"
async fn absolute(turn: Turn<Absolute>) -> Result<Reply> {
    let scale = turn.params.scale;
    let Some(Asked { celsius }) = turn.recall()? else {
        return Ok(Reply::text(
            "Which temperature? Ask me, for example, what 20 degrees Celsius are.",
        ));
    };
    let answer = scale.written(scale.of_celsius(celsius));
    Ok(Reply::text(format!("It is {answer}.")).keep::<Asked>())
}

/// "No, thanks."
async fn cancel(_: Turn) -> Result<Reply> {
    Ok(Reply::text("As you like.").forget::<Asked>())
}

/// Whatever is not understood.
async fn fallback(_: Turn) -> Result<Reply> {
    Ok(Reply::one_of([
        "I know about temperatures only.",
        "Ask me for a temperature.",
    ]))
}

fn agent() -> Intents {
    Intents::new(())
        .on("convert", convert)
        .on("convert to absolute", absolute)
        .on("cancel", cancel)
        .fallback(fallback)
}
