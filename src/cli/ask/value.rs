//! Values as people type them, made into what Dialogflow sends for an entity.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};
use serde_json::{Value, json};

use crate::agent_export::{EntityType, Export, Kind};
use crate::webhook::sys::{Entity, Form};

/// What a typed value becomes for an entity, and what is to be said of it. JSON that is no text goes as it is.
pub(super) fn typed(text: &str, entity: &str, export: &Export, now: &Zoned) -> (Value, Option<String>) {
    let json = serde_json::from_str::<Value>(text).ok();
    if let Some(json @ (Value::Object(_) | Value::Array(_))) = json {
        return (json, None);
    }
    // '"2"' is the text 2, as without an export.
    let text = match json {
        Some(Value::String(text)) => text,
        _ => text.to_owned(),
    };
    if let Some(known) = Entity::named(entity) {
        let made = system(&text, known, now);
        let doubt = made.is_none().then(|| {
            format!(
                "`@{}` comes as {}, as in {}; it is sent as typed",
                known.name,
                known.comes_as,
                known.sample()
            )
        });
        return (made.unwrap_or_else(|| Value::from(text)), doubt);
    }
    match export.entity(entity) {
        Some(own) => of_own(text, own, &export.agent.language),
        None => (text.into(), None),
    }
}

fn system(text: &str, entity: &Entity, now: &Zoned) -> Option<Value> {
    let words = text.trim();
    match (entity.name, entity.comes_as) {
        (_, Form::Number) => number(words).map(|(number, _)| number.into()),
        ("sys.date", _) => Some(stamp(
            date(words, now)?.to_datetime(Time::constant(12, 0, 0, 0)),
            now.time_zone(),
        )),
        ("sys.time", _) => Some(stamp(now.date().to_datetime(time(words)?), now.time_zone())),
        ("sys.date-time", _) => date_time(words, now),
        ("sys.percentage", _) => {
            let (number, _) = number(words)?;
            Some(format!("{number}%").into())
        }
        ("sys.unit-currency", _) => {
            let (amount, currency) = number(words)?;
            let currency = match currency {
                "" => return None,
                "€" => "EUR".to_owned(),
                "$" => "USD".to_owned(),
                "£" => "GBP".to_owned(),
                name => name.to_uppercase(),
            };
            Some(json!({"amount": amount, "currency": currency}))
        }
        (_, Form::Object(["amount", "unit"])) => {
            let (amount, unit) = number(words)?;
            (!unit.is_empty()).then(|| json!({"amount": amount, "unit": unit}))
        }
        ("sys.person", _) => Some(json!({"name": words})),
        ("sys.location", Form::Object(members)) => {
            let mut all: serde_json::Map<_, _> = members
                .iter()
                .map(|member| ((*member).to_owned(), "".into()))
                .collect();
            all.insert("city".to_owned(), words.into());
            Some(all.into())
        }
        (_, Form::Text | Form::TextOrObject) => Some(text.into()),
        _ => None,
    }
}

/// The first number in the words, and what follows it: `2 guests`, `50 EUR`, `€50`.
fn number(words: &str) -> Option<(f64, &str)> {
    let is_part = |sign: char| sign.is_ascii_digit() || sign == '.';
    let start = words.find(|sign: char| sign.is_ascii_digit())?;
    let end = words[start..]
        .find(|sign| !is_part(sign))
        .map_or(words.len(), |length| start + length);
    let size: f64 = words[start..end].trim_end_matches('.').parse().ok()?;
    let before = words[..start].trim();
    let is_negative = before.ends_with('-');
    let after = words[end..].trim();
    let unit = if after.is_empty() {
        before.trim_end_matches('-')
    } else {
        after
    };
    Some((if is_negative { -size } else { size }, unit))
}

fn date(words: &str, now: &Zoned) -> Option<Date> {
    let days = match words.to_lowercase().as_str() {
        "today" => 0,
        "tomorrow" => 1,
        "yesterday" => -1,
        _ => return words.get(..10).unwrap_or(words).parse().ok(),
    };
    now.date().checked_add(days.days()).ok()
}

fn time(words: &str) -> Option<Time> {
    words.parse().ok()
}

fn date_time(words: &str, now: &Zoned) -> Option<Value> {
    // What has an offset already is what Dialogflow sends.
    if words.parse::<jiff::Timestamp>().is_ok() {
        return Some(words.into());
    }
    if words.contains('T')
        && let Ok(at) = words.parse::<DateTime>()
    {
        return Some(stamp(at, now.time_zone()));
    }
    if let Some(time) = time(words) {
        return Some(stamp(now.date().to_datetime(time), now.time_zone()));
    }
    if let Some((day, hour)) = words.split_once(' ')
        && let (Some(date), Some(time)) = (date(day, now), time(hour))
    {
        return Some(json!({"date_time": stamp(date.to_datetime(time), now.time_zone())}));
    }
    Some(stamp(
        date(words, now)?.to_datetime(Time::constant(12, 0, 0, 0)),
        now.time_zone(),
    ))
}

/// With the offset of the agent's zone, as Dialogflow writes it.
fn stamp(at: DateTime, zone: &TimeZone) -> Value {
    let at = at
        .to_zoned(zone.clone())
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string());
    at.map_or(Value::Null, Value::from)
}

fn of_own(text: String, own: &EntityType, language: &str) -> (Value, Option<String>) {
    let kind = own.kind();
    let name = &own.name;
    if let Kind::Composite(members) = &kind {
        let members: Vec<_> = members.keys().map(String::as_str).collect();
        let doubt = format!(
            "`@{name}` comes as an object of {}; it is sent as typed",
            members.join(", ")
        );
        return (text.into(), Some(doubt));
    }
    let entries = own.entries.get(language).or_else(|| own.entries.values().next());
    let entries = entries.map_or(&[][..], Vec::as_slice);
    let is_meant = |known: &String| known.to_lowercase() == text.trim().to_lowercase();
    let meant = entries
        .iter()
        .find(|entry| is_meant(&entry.value) || entry.synonyms.iter().any(is_meant));
    match (meant, kind) {
        // A list sends the words as they were said.
        (Some(entry), Kind::Map) => (entry.value.clone().into(), None),
        (None, Kind::Map | Kind::List) if !own.is_expanded => {
            let known: Vec<_> = entries.iter().map(|entry| entry.value.as_str()).take(8).collect();
            let doubt = format!("`@{name}` has no such value; it has {}, ..", known.join(", "));
            (text.into(), Some(doubt))
        }
        _ => (text.into(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent_export::Entry;

    #[test]
    fn what_people_type_becomes_what_dialogflow_sends() {
        let now: Zoned = "2026-03-28T09:00:00+01:00[Europe/Madrid]".parse().unwrap();
        let mut export = Export::default();
        "en".clone_into(&mut export.agent.language);
        let entry = |value: &str, synonym: &str| Entry {
            value: value.to_owned(),
            synonyms: vec![synonym.to_owned()],
        };
        export.entities.push(EntityType {
            name: "size".to_owned(),
            entries: [("en".to_owned(), vec![entry("large", "big one")])].into(),
            ..EntityType::default()
        });
        for (text, entity, sent) in [
            ("2 guests", "@sys.number", json!(2.0)),
            ("-1.5", "@sys.number", json!(-1.5)),
            ("many", "@sys.number", json!("many")),
            ("tomorrow", "@sys.date", json!("2026-03-29T12:00:00+02:00")),
            ("2026-03-28", "@sys.date", json!("2026-03-28T12:00:00+01:00")),
            ("18:30", "@sys.time", json!("2026-03-28T18:30:00+01:00")),
            (
                "tomorrow 18:30",
                "@sys.date-time",
                json!({"date_time": "2026-03-29T18:30:00+02:00"}),
            ),
            (
                "50 eur",
                "@sys.unit-currency",
                json!({"amount": 50.0, "currency": "EUR"}),
            ),
            (
                "€50",
                "@sys.unit-currency",
                json!({"amount": 50.0, "currency": "EUR"}),
            ),
            ("2 h", "@sys.duration", json!({"amount": 2.0, "unit": "h"})),
            ("Ada", "@sys.person", json!({"name": "Ada"})),
            ("Big One", "@size", json!("large")),
            ("tiny", "@size", json!("tiny")),
            ("\"2\"", "@sys.any", json!("2")),
            ("{\"a\": 1}", "@sys.number", json!({"a": 1})),
        ] {
            let (made, doubt) = typed(text, entity, &export, &now);
            assert_eq!(made, sent, "{text} for {entity}");
            assert_eq!(
                doubt.is_some(),
                ["many", "tiny"].contains(&text),
                "{text} for {entity}: {doubt:?}"
            );
        }
    }
}
