//! What should have been heard: assertions by meaning, which tell what was heard instead.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::Heard;
use super::seen::Part;
use crate::webhook::Context;
use crate::webhook::reply::Effect;

/// Each gives the same `Heard` again, so that they can be chained, and panics when the expectation is not met, telling all that
/// was heard instead. Numbers are compared as numbers: 2 is 2.0.
///
/// ```should_panic
/// # use flowhook::testing::Caller;
/// # use flowhook::{Intents, Reply, Result, Turn};
/// # async fn book(_: Turn) -> Result<Reply> { Ok(Reply::text("For when?").chips(["Today", "Tomorrow"])) }
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # let caller = Caller::new(Intents::new(()).on("book", book));
/// caller.ask("book").await.expect_text("For when?").expect_chips(["Now"]);
/// // expected the chips ["Now"]; the intent `book` gave instead
/// //     For when?
/// //     chips     [Today] [Tomorrow]
/// # });
/// ```
impl Heard {
    /// The words are these, a line for each message.
    #[track_caller]
    pub fn expect_text(&self, words: &str) -> &Self {
        self.expect(self.text() == words, format_args!("the words {words:?}"))
    }

    /// These words are among what is said.
    #[track_caller]
    pub fn expect_mention(&self, words: &str) -> &Self {
        self.expect(
            self.text().contains(words),
            format_args!("{words:?} to be mentioned"),
        )
    }

    /// These words are not among what is said.
    #[track_caller]
    pub fn expect_no_mention(&self, words: &str) -> &Self {
        self.expect(
            !self.text().contains(words),
            format_args!("{words:?} not to be mentioned"),
        )
    }

    /// The words are one of these wordings.
    #[track_caller]
    pub fn expect_one_of<const N: usize>(&self, wordings: [&str; N]) -> &Self {
        let text = self.text();
        self.expect(
            wordings.contains(&text.as_str()),
            format_args!("one of the wordings {wordings:?}"),
        )
    }

    /// These can be tapped, in this order, and no others.
    #[track_caller]
    pub fn expect_chips<const N: usize>(&self, chips: [&str; N]) -> &Self {
        self.expect(self.chips() == chips, format_args!("the chips {chips:?}"))
    }

    /// Nothing can be tapped.
    #[track_caller]
    pub fn expect_no_chips(&self) -> &Self {
        self.expect(self.chips().is_empty(), format_args!("no chips"))
    }

    /// There is a card with this title.
    #[track_caller]
    pub fn expect_card(&self, title: &str) -> &Self {
        let is_there = self.cards().iter().any(|card| card.title == title);
        self.expect(is_there, format_args!("a card {title:?}"))
    }

    /// There is no card.
    #[track_caller]
    pub fn expect_no_card(&self) -> &Self {
        self.expect(self.cards().is_empty(), format_args!("no card"))
    }

    /// There is a card with this button.
    #[track_caller]
    pub fn expect_button(&self, says: &str) -> &Self {
        let is_there = self.cards().iter().any(|card| card.buttons.contains(&says));
        self.expect(is_there, format_args!("a card with a button {says:?}"))
    }

    /// There is this picture, alone or on a card.
    #[track_caller]
    pub fn expect_image(&self, uri: &str) -> &Self {
        let is_there = self.images().iter().any(|image| image.uri == uri)
            || self.cards().iter().any(|card| card.image == uri);
        self.expect(is_there, format_args!("a picture {uri:?}"))
    }

    /// There is a list of things with these titles, in this order.
    #[track_caller]
    pub fn expect_list<const N: usize>(&self, titles: [&str; N]) -> &Self {
        let is_there = self.lists().iter().any(|list| list.items == titles);
        self.expect(is_there, format_args!("a list of {titles:?}"))
    }

    /// This is said to a platform in its own form; see [`Self::payload`].
    #[track_caller]
    pub fn expect_payload(&self, platform: &str, payload: &Value) -> &Self {
        let is_there = self.payload(platform).is_some_and(|found| same(found, payload));
        self.expect(
            is_there,
            format_args!("a message payload for `{platform}`: {payload}"),
        )
    }

    /// The reply's own payload has this under a platform's name.
    #[track_caller]
    pub fn expect_webhook_payload(&self, platform: &str, payload: &Value) -> &Self {
        let is_there = self
            .webhook_payload(platform)
            .is_some_and(|found| same(found, payload));
        self.expect(
            is_there,
            format_args!("a webhook payload for `{platform}`: {payload}"),
        )
    }

    /// The call is handed over to this phone number.
    #[track_caller]
    pub fn expect_transfer(&self, phone_number: &str) -> &Self {
        let is_there = self.parts().contains(&Part::Transfer(phone_number));
        self.expect(
            is_there,
            format_args!("the call to be handed over to {phone_number}"),
        )
    }

    /// The reply sets or renews this context for so many turns.
    #[track_caller]
    pub fn expect_context(&self, id: &str, turns: u32) -> &Self {
        let found = self
            .context(id)
            .and_then(|context| context["lifespanCount"].as_u64());
        self.expect(
            turns > 0 && found == Some(turns.into()),
            format_args!("the context `{id}` to be set for {turns} turns"),
        )
    }

    /// The reply sets this context, and lets it carry exactly this.
    #[track_caller]
    pub fn expect_carried(&self, id: &str, carries: &Value) -> &Self {
        let nothing = Value::Object(Default::default());
        let found = self.context(id).filter(|context| context["lifespanCount"] != 0);
        let found = found.map(|context| context.get("parameters").unwrap_or(&nothing));
        self.expect(
            found.is_some_and(|found| same(found, carries)),
            format_args!("the context `{id}` to carry {carries}"),
        )
    }

    /// The reply remembers this value.
    #[track_caller]
    pub fn expect_remembered<T: Context + Serialize>(&self, value: &T) -> &Self {
        let value = serde_json::to_value(value).expect("what is remembered can be written as JSON");
        self.expect_carried(T::NAME, &value)
    }

    /// The reply ends this context.
    #[track_caller]
    pub fn expect_ended(&self, id: &str) -> &Self {
        let is_ended = self
            .context(id)
            .is_some_and(|context| context["lifespanCount"] == 0);
        self.expect(is_ended, format_args!("the context `{id}` to be ended"))
    }

    /// The reply forgets what was remembered as a `T`.
    #[track_caller]
    pub fn expect_forgotten<T: Context>(&self) -> &Self {
        self.expect_ended(T::NAME)
    }

    /// The reply leaves this context as it is.
    #[track_caller]
    pub fn expect_untouched(&self, id: &str) -> &Self {
        self.expect(
            self.context(id).is_none(),
            format_args!("the context `{id}` to be left as it is"),
        )
    }

    /// The reply triggers this event.
    #[track_caller]
    pub fn expect_event(&self, name: &str) -> &Self {
        self.expect(self.event() == Some(name), format_args!("the event `{name}`"))
    }

    /// The reply triggers no event.
    #[track_caller]
    pub fn expect_no_event(&self) -> &Self {
        self.expect(self.event().is_none(), format_args!("no event"))
    }

    /// These events were followed in the turn, in this order, and no others.
    #[track_caller]
    pub fn expect_followed<const N: usize>(&self, events: [&str; N]) -> &Self {
        self.expect(
            self.followed().eq(events),
            format_args!("the events {events:?} to be followed"),
        )
    }

    /// A human is asked for.
    #[track_caller]
    pub fn expect_handoff(&self) -> &Self {
        self.expect(
            self.json()["liveAgentHandoff"] == true,
            format_args!("a human to be asked for"),
        )
    }

    /// The interaction ends.
    #[track_caller]
    pub fn expect_end(&self) -> &Self {
        self.expect(
            self.json()["endInteraction"] == true,
            format_args!("the interaction to end"),
        )
    }

    /// The reply gives session entities of these values to that type.
    #[track_caller]
    pub fn expect_entities<const N: usize>(&self, entity_type: &str, values: [&str; N]) -> &Self {
        let is_there = self.entities(entity_type).is_some_and(|found| found == values);
        self.expect(
            is_there,
            format_args!("session entities {values:?} for the type `{entity_type}`"),
        )
    }

    /// The answer is left to the console.
    #[track_caller]
    pub fn expect_console(&self) -> &Self {
        self.expect(
            self.is_left_to_console(),
            format_args!("the console's response to stand"),
        )
    }

    /// The handler's reply is what is heard: it did not fail, nothing had to be changed in it, and its event leads somewhere.
    /// This holds for all matches of the turn.
    #[track_caller]
    pub fn expect_sound(&self) -> &Self {
        for heard in self.earlier().iter().chain([self]) {
            let answered = heard.answered();
            let is_sound = answered.failure.is_none() && !answered.is_changed() && heard.lost().is_none();
            heard.expect(is_sound, format_args!("a reply that nothing is wrong with"));
        }
        self
    }

    /// The turn fails in this way, a word of [`Failure::kind`](crate::Failure::kind): `error`, `panic`, `late`, ...
    #[track_caller]
    pub fn expect_failure(&self, kind: &str) -> &Self {
        let failed = self.answered().failure.as_ref();
        self.expect(
            failed.is_some_and(|failed| failed.kind == kind),
            format_args!("the turn to fail in the way `{kind}`"),
        )
    }

    /// The proof changed something in the reply, for a rule with these words in it.
    #[track_caller]
    pub fn expect_changed(&self, rule: &str) -> &Self {
        let mut findings = self.answered().findings.iter();
        self.expect(
            findings.any(|finding| finding.changes_the_reply() && finding.to_string().contains(rule)),
            format_args!("something to be changed because {rule:?}"),
        )
    }

    /// The integration cannot show something as it is, and gets it in a form that these words tell of.
    #[track_caller]
    pub fn expect_degraded(&self, form: &str) -> &Self {
        let mut findings = self.answered().findings.iter();
        self.expect(
            findings.any(|finding| finding.effect == Effect::Degraded && finding.rule.contains(form)),
            format_args!("the integration to get {form:?}"),
        )
    }

    /// The call came before, and got the same answer without the handler being run.
    #[track_caller]
    pub fn expect_replayed(&self) -> &Self {
        self.expect(
            self.answered().is_replayed,
            format_args!("the answer that the call got before"),
        )
    }

    #[track_caller]
    fn expect(&self, is_met: bool, expected: fmt::Arguments<'_>) -> &Self {
        if !is_met {
            let heard = self.to_string();
            let heard: String = heard.lines().map(|line| format!("\n    {line}")).collect();
            let heard = if heard.is_empty() { "\n    nothing" } else { &heard };
            panic!(
                "expected {expected}; the intent `{}` gave instead{heard}",
                self.intent()
            );
        }
        self
    }
}

/// Whether two values are the same, numbers by their size: a 2 comes back as 2.0.
pub(super) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let has =
                |(name, value): (&String, &Value)| other.get(name).is_some_and(|found| same(found, value));
            one.len() == other.len() && one.iter().all(has)
        }
        (one, other) => one == other,
    }
}
