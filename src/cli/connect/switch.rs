//! Switching the webhook on and off: for the agent, and intent by intent.

use std::collections::BTreeMap;
use std::io::Write;

use super::agent::{Agent, Intent, State};
use super::arguments::Switch;
use super::fulfillment::Fulfillment;
use super::{Stopped, agreed, change};
use crate::cli::nearest;
use crate::telemetry::Shown;
use crate::webhook::{Entry, Route};

pub(super) async fn enable(agent: &Agent, asked: &Switch, table: &[Entry]) -> Result<(), Stopped> {
    let before = agent.fulfillment().await?;
    let mut after = before.clone();
    after.is_enabled = true;
    if after.url.is_empty() {
        return Err(Stopped::Told(
            "the agent has no URL to call; set it first: connect set --url ..".to_owned(),
        ));
    }
    if agent.name.environment.is_some() {
        no_intents(asked)?;
        return switched(agent, asked, (&before, &after), Vec::new()).await;
    }
    let intents = agent.intents().await?;
    let mut states = Vec::new();
    if asked.intents.is_empty() {
        let lines: BTreeMap<_, _> = table
            .iter()
            .filter_map(|entry| match &entry.route {
                Route::Intent(name) => Some((name.as_str(), entry.declared.fills_slots)),
                _ => None,
            })
            .collect();
        for name in lines
            .keys()
            .filter(|name| !intents.iter().any(|intent| intent.display_name == **name))
        {
            eprintln!("the agent has no intent `{}`, which has a handler", Shown(name));
        }
        for intent in intents {
            match (lines.get(intent.display_name.as_str()), intent.state) {
                (Some(true), State::Off | State::On) => states.push((intent, State::OnForSlots)),
                (Some(false), State::Off) => states.push((intent, State::On)),
                _ => {}
            }
        }
    } else {
        let named = named(&intents, &asked.intents)?;
        let off = named.into_iter().filter(|intent| intent.state == State::Off);
        states.extend(off.map(|intent| (intent, State::On)));
    }
    switched(agent, asked, (&before, &after), states).await
}

pub(super) async fn disable(agent: &Agent, asked: &Switch) -> Result<(), Stopped> {
    let before = agent.fulfillment().await?;
    let mut after = before.clone();
    if asked.intents.is_empty() {
        after.is_enabled = false;
        return switched(agent, asked, (&before, &after), Vec::new()).await;
    }
    if agent.name.environment.is_some() {
        no_intents(asked)?;
    }
    let intents = agent.intents().await?;
    let on = named(&intents, &asked.intents)?
        .into_iter()
        .filter(|intent| intent.state != State::Off);
    let states = on.map(|intent| (intent, State::Off)).collect();
    switched(agent, asked, (&before, &after), states).await
}

fn no_intents(asked: &Switch) -> Result<(), Stopped> {
    if asked.intents.is_empty() {
        return Ok(());
    }
    let why = "an environment has the intents of its version, which cannot be changed; leave --environment or the intents out";
    Err(Stopped::Told(why.to_owned()))
}

/// The intents of those names.
fn named(intents: &[Intent], names: &[String]) -> Result<Vec<Intent>, Stopped> {
    let find = |name: &String| {
        let found = intents.iter().find(|intent| intent.display_name == *name);
        found.cloned().ok_or_else(|| {
            let near = nearest(name, intents.iter().map(|intent| intent.display_name.as_str()));
            let like = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Stopped::Told(format!(
                "the agent has no intent `{name}`{like}; nothing was changed"
            ))
        })
    };
    names.iter().map(find).collect()
}

/// Shows, asks and switches: the intents first, so that the agent calls nobody who is not ready.
async fn switched(
    agent: &Agent,
    asked: &Switch,
    (before, after): (&Fulfillment, &Fulfillment),
    states: Vec<(Intent, State)>,
) -> Result<(), Stopped> {
    let mut lines = before.told_difference(after);
    lines.extend(states.iter().map(|(intent, state)| {
        format!(
            "intent    `{}`: {} -> {}",
            intent.display_name,
            intent.state.told(),
            state.told()
        )
    }));
    if !agreed(agent, &lines, &asked.agreeing)? {
        return Ok(());
    }
    // From here on Ctrl-C does not end the program before it has said what was done.
    let mut stopped = std::pin::pin!(tokio::signal::ctrl_c());
    let count = states.len();
    for (place, (intent, state)) in states.iter().enumerate() {
        let name = Shown(&intent.display_name);
        tokio::select! {
            biased;
            _ = &mut stopped => return Err(Stopped::Told(format!(
                "stopped: {place} of {count} intents were switched; `{name}` may be, the others and the agent are as they were"
            ))),
            switched = agent.switch(intent, *state) => switched.inspect_err(|_| {
                eprintln!("{place} of {count} intents were switched; `{name}` was not");
            })?,
        }
    }
    if count > 0 {
        writeln!(std::io::stdout(), "switched  the webhook of {count} intents")?;
    }
    tokio::select! {
        biased;
        _ = stopped => {
            let why = "stopped: the fulfillment may be changed; look at it with connect show";
            Err(Stopped::Told(why.to_owned()))
        }
        changed = change(agent, before, after) => changed,
    }
}
