//! Whole replies: messages or an event, and what both carry.

use std::fmt::Debug;

use flowhook::{Answer, Context, Event, OutputContext, Reply, SessionData, SessionEntities};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::builders::{joined, list, made, maybe, one_of, pair, several};
use super::messages::message;
use super::platforms::{on_facebook, on_line, on_slack, on_telegram, on_the_assistant};
use super::words::{json, name, payload, words};

/// Any answer that a handler can give.
pub(super) fn answer() -> BoxedStrategy<Answer> {
    prop_oneof![6 => made(carrying(reply()), Answer::from), 1 => made(carrying(event()), Answer::from)]
        .boxed()
}

fn reply() -> BoxedStrategy<Reply> {
    let reply = several(Just(Reply::console()).boxed(), message(), 5, Reply::say);
    let reply = maybe(reply, list(words(), 14), Reply::chips);
    let reply = maybe(reply, words(), Reply::hand_off);
    let payloads = prop_oneof![
        2 => made(payload(), Beside::Json),
        1 => made(on_the_assistant(), Beside::Google),
        1 => made(on_facebook(), Beside::Facebook),
        1 => made(on_slack(), Beside::Slack),
        1 => made(on_telegram(), Beside::Telegram),
        1 => made(on_line(), Beside::Line),
    ];
    let rarely = prop_oneof![3 => Just(None), 1 => payloads.prop_map(Some)].boxed();
    let reply = joined(reply, rarely, |reply, payload| match payload {
        None => reply,
        Some(Beside::Json(payload)) => reply.webhook_payload(payload),
        Some(Beside::Google(payload)) => reply.webhook_payload(payload),
        Some(Beside::Facebook(payload)) => reply.webhook_payload(payload),
        Some(Beside::Slack(payload)) => reply.webhook_payload(payload),
        Some(Beside::Telegram(payload)) => reply.webhook_payload(payload),
        Some(Beside::Line(payload)) => reply.webhook_payload(payload),
    });
    maybe(reply, words(), Reply::fulfillment_text)
}

/// A payload beside the messages.
#[derive(Clone, Debug)]
enum Beside {
    Json(Value),
    Google(flowhook::payload::google::Response),
    Facebook(flowhook::payload::facebook::Message),
    Slack(flowhook::payload::slack::Message),
    Telegram(flowhook::payload::telegram::Message),
    Line(flowhook::payload::line::Message),
}

fn event() -> BoxedStrategy<Reply<Event>> {
    let event = several(
        made(name(), Reply::event),
        pair(words(), json()),
        3,
        |event, (name, value)| event.parameter(name, value),
    );
    maybe(event, words(), Reply::language)
}

#[derive(Clone, Debug, Serialize)]
struct Cart {
    dishes: Value,
}

impl Context for Cart {
    const NAME: &'static str = "cart";
}

impl SessionData for Cart {
    const NAME: &'static str = "cart";
}

/// What every reply may carry.
#[derive(Clone, Debug)]
enum Part {
    Context(OutputContext),
    Keep(String, u32),
    Forget(String),
    Remember(Cart, u32),
    KeepTyped,
    ForgetTyped,
    SessionData(Cart),
    ForgetSessionData,
    Entities(SessionEntities),
    Source(String),
    Handoff,
    End,
}

fn part() -> BoxedStrategy<Part> {
    let turns = || one_of(vec![0, 1, 5, 99, i32::MAX.unsigned_abs(), u32::MAX]);
    let context = maybe(made(name(), OutputContext::new), turns(), OutputContext::lifespan);
    let context = several(context, pair(words(), json()), 3, |context, (name, value)| {
        context.parameter(name, value)
    });
    let cart = || made(json(), |dishes| Cart { dishes });
    let entities = prop_oneof![
        made(name(), SessionEntities::overriding),
        made(name(), SessionEntities::supplementing),
        joined(name(), words(), SessionEntities::restoring),
    ];
    let entities = several(
        entities.boxed(),
        pair(words(), list(words(), 3)),
        3,
        |entities, (value, synonyms)| entities.entity(value, synonyms),
    );
    prop_oneof![
        4 => made(context, Part::Context),
        1 => joined(name(), turns(), Part::Keep),
        1 => made(name(), Part::Forget),
        1 => joined(cart(), turns(), Part::Remember),
        1 => Just(Part::KeepTyped),
        1 => Just(Part::ForgetTyped),
        1 => made(cart(), Part::SessionData),
        1 => Just(Part::ForgetSessionData),
        2 => made(entities, Part::Entities),
        1 => made(words(), Part::Source),
        1 => Just(Part::Handoff),
        1 => Just(Part::End),
    ]
    .boxed()
}

fn carrying<Form: Clone + Debug + 'static>(reply: BoxedStrategy<Reply<Form>>) -> BoxedStrategy<Reply<Form>> {
    several(reply, part(), 4, |reply, part| match part {
        Part::Context(context) => reply.context(context),
        Part::Keep(id, turns) => reply.keep_context(id, turns),
        Part::Forget(id) => reply.forget_context(id),
        Part::Remember(cart, turns) => reply.remember_for(&cart, turns),
        Part::KeepTyped => reply.keep::<Cart>(),
        Part::ForgetTyped => reply.forget::<Cart>(),
        Part::SessionData(cart) => reply.session_data(&cart),
        Part::ForgetSessionData => reply.forget_session_data::<Cart>(),
        Part::Entities(entities) => reply.session_entities(entities),
        Part::Source(name) => reply.webhook_source(name),
        Part::Handoff => reply.live_agent_handoff(),
        Part::End => reply.end_interaction(),
    })
}
