//! What came of a turn, in lines to be read by people.

use std::fmt;

use serde_json::Value;

use super::Heard;
use crate::webhook::Verdict;
use crate::wire::id_of;

impl Heard {
    /// What the user hears and sees, and below it what becomes of the conversation.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let json = self.json();
        let mut lines = Vec::new();
        if self.is_left_to_console() {
            lines.extend(self.console().iter().map(message));
        }
        lines.extend(self.messages().map(message));
        let assistant =
            &json["payload"]["google"]["richResponse"]["items"][0]["simpleResponse"]["textToSpeech"];
        if let Some(words) = assistant.as_str() {
            lines.push(format!("{words} (Google Assistant)"));
        } else if json["payload"].is_object() {
            lines.push(format!("payload   {}", json["payload"]));
        }
        if let Some(event) = self.event() {
            let parameters = &json["followupEventInput"]["parameters"];
            lines.push(format!("event     {event} {parameters}"));
        }
        lines.extend(listed(&json["outputContexts"]).map(context));
        for entities in listed(&json["sessionEntityTypes"]) {
            let name = text(&entities["name"]).rsplit('/').next().unwrap_or_default();
            lines.extend(listed(&entities["entities"]).map(|entity| {
                let synonyms: Vec<_> = listed(&entity["synonyms"]).map(text).collect();
                format!(
                    "entity    {name}: {} ({})",
                    text(&entity["value"]),
                    synonyms.join(", ")
                )
            }));
        }
        for (member, line) in [
            ("liveAgentHandoff", "hand-off  a human is asked for"),
            ("endInteraction", "end       the interaction ends"),
        ] {
            lines.extend((json[member] == true).then(|| line.to_owned()));
        }
        lines
    }
}

/// All that came of the turn: [`Heard::lines`], and what went wrong or was changed.
impl fmt::Display for Heard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for event in self.followed() {
            writeln!(formatter, "followed  {event}")?;
        }
        for line in self.lines() {
            writeln!(formatter, "{line}")?;
        }
        let answered = self.answered();
        match &answered.verdict {
            Verdict::Reply(_) if self.is_left_to_console() => {
                writeln!(formatter, "console   its response stands")?
            }
            Verdict::Reply(_) => {}
            verdict => writeln!(formatter, "verdict   {verdict:?}")?,
        }
        if let Some(failed) = &answered.failure {
            writeln!(
                formatter,
                "failed    {} ({})\nmend      {}",
                failed.text, failed.kind, failed.mend
            )?;
        }
        for finding in &answered.findings {
            writeln!(formatter, "{:<9} {finding}", finding.effect)?;
        }
        if let Some(why) = self.lost() {
            writeln!(formatter, "lost      {why}")?;
        }
        Ok(())
    }
}

fn context(context: &Value) -> String {
    let id = id_of(text(&context["name"]));
    match context["lifespanCount"].as_u64().unwrap_or_default() {
        0 => format!("context   {id}: ended"),
        turns => {
            let nothing = Value::Object(Default::default());
            let carries = context.get("parameters").unwrap_or(&nothing);
            format!("context   {id}, {turns} turns: {carries}")
        }
    }
}

fn message(message: &Value) -> String {
    let platform = message["platform"]
        .as_str()
        .map(|name| format!(" ({name} only)"))
        .unwrap_or_default();
    let shown = if let Some(words) = message["text"]["text"][0].as_str() {
        words.to_owned()
    } else if message["quickReplies"].is_object() {
        let chips = &message["quickReplies"];
        let labels = buttons(&chips["quickReplies"], Value::as_str);
        format!("chips     {}{labels}", followed(&chips["title"], " "))
    } else if message["card"].is_object() {
        let card = &message["card"];
        let picture = followed(&card["imageUri"], " ");
        let parts = [text(&card["title"]), text(&card["subtitle"])];
        let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let buttons = buttons(&card["buttons"], |one| one["text"].as_str());
        format!("card      {} {picture}{buttons}", parts.join(" / "))
    } else if message["image"].is_object() {
        let image = &message["image"];
        format!(
            "image     {} {}",
            text(&image["imageUri"]),
            text(&image["accessibilityText"])
        )
    } else {
        let mut members = message.as_object().into_iter().flatten();
        let content = members.find(|(name, _)| *name != "platform");
        content
            .map(|(kind, content)| format!("{kind:<9} {content}"))
            .unwrap_or_default()
    };
    format!("{}{platform}", shown.trim_end())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn followed(value: &Value, by: &str) -> String {
    value
        .as_str()
        .map(|text| format!("{text}{by}"))
        .unwrap_or_default()
}

fn listed(values: &Value) -> impl Iterator<Item = &Value> {
    values.as_array().into_iter().flatten()
}

fn buttons(list: &Value, label: fn(&Value) -> Option<&str>) -> String {
    let labels = listed(list).filter_map(label).map(|label| format!("[{label}]"));
    labels.collect::<Vec<_>>().join(" ")
}
