//! The file of an intent: what it collects, its handler, its test.

use std::fmt::Write;

use serde_json::Value;

use super::making::Making;
use super::names::{self, literal, marked, on_one_line};
use super::opening::Opening;
use super::types::{Field, Types};
use crate::agent_export::{Export, Intent};

/// How wide a comment is.
const WIDTH: usize = 100;

/// An intent that gets a handler.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) intent: String,
    pub(super) module: String,
    pub(super) text: String,
    /// Its lines of the table.
    pub(super) lines: Vec<String>,
}

impl Plan {
    /// For an intent of which only the name is known.
    pub(super) fn plain(intent: &str, module: String, making: Option<&Making>) -> Self {
        let sketch = Sketch {
            intent,
            about: Vec::new(),
            types: Types::default(),
            opening: Opening::plain(intent),
            fills_slots: false,
            making,
        };
        Self {
            lines: vec![line(intent, &module)],
            text: sketch.text(),
            intent: intent.to_owned(),
            module,
        }
    }

    /// For an intent as the export has it.
    pub(super) fn of(intent: &Intent, export: &Export, module: String, making: Option<&Making>) -> Self {
        let types = Types::of(intent, export);
        let opening = Opening::of(intent, &types, &export.agent.language);
        let mut lines = vec![line(&intent.name, &module)];
        if intent.uses_webhook_for_slots {
            lines.push(".fills_slots()".to_owned());
        }
        let sketch = Sketch {
            intent: &intent.name,
            about: about(intent, export),
            types,
            opening,
            fills_slots: intent.uses_webhook_for_slots,
            making,
        };
        Self {
            text: sketch.text(),
            lines,
            intent: intent.name.clone(),
            module,
        }
    }
}

fn line(intent: &str, module: &str) -> String {
    format!(".on({}, {module}::reply)", literal(intent))
}

/// What the agent knows of an intent and a reader of its handler should.
fn about(intent: &Intent, export: &Export) -> Vec<String> {
    let listed = |names: &[String]| {
        names
            .iter()
            .map(|name| marked(name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let mut about = Vec::new();
    if let Some(parent) = export.parent_of(intent) {
        about.push(format!("Follows up {}.", marked(&parent.name)));
    }
    if intent.is_fallback {
        about.push("Matches when nothing else does.".to_owned());
    }
    if !intent.events.is_empty() {
        about.push(format!("Listens to {}.", listed(&intent.events)));
    }
    for context in &intent.input_contexts {
        let setters = export.intents.iter().filter(|other| {
            let mut set = other.output_contexts.iter();
            set.any(|output| output.lifespan > 0 && output.name.eq_ignore_ascii_case(context))
        });
        let mut carried: Vec<String> = Vec::new();
        for parameter in setters.flat_map(|other| &other.parameters) {
            if !carried.contains(&parameter.name) && !parameter.name.is_empty() {
                carried.push(parameter.name.clone());
            }
        }
        about.push(if carried.is_empty() {
            format!("Needs the context {}.", marked(context))
        } else {
            format!(
                "Needs the context {}, which carries {}.",
                marked(context),
                listed(&carried)
            )
        });
    }
    for context in &intent.output_contexts {
        about.push(match context.lifespan {
            0 => format!("Ends the context {}.", marked(&context.name)),
            1 => format!("Sets the context {} for a turn.", marked(&context.name)),
            turns => format!("Sets the context {} for {turns} turns.", marked(&context.name)),
        });
    }
    if !intent.action.is_empty() {
        about.push(format!("Its action is {}.", marked(&intent.action)));
    }
    about
}

/// All that a file is made of.
struct Sketch<'a> {
    intent: &'a str,
    about: Vec<String>,
    types: Types,
    opening: Opening,
    fills_slots: bool,
    making: Option<&'a Making>,
}

impl Sketch<'_> {
    fn text(&self) -> String {
        let mut out = String::new();
        comment(&mut out, "//! ", &format!("The intent {}.", marked(self.intent)));
        out.push('\n');
        let has_parameters = !self.types.fields.is_empty();
        let names = if self.opening.names_message {
            "Message, Reply, Result"
        } else {
            "Reply, Result"
        };
        let kinds = self
            .types
            .structs
            .iter()
            .flat_map(|each| &each.fields)
            .chain(&self.types.fields);
        let sys = if kinds.into_iter().any(|field| field.kind.contains("sys::")) {
            ", sys"
        } else {
            ""
        };
        let _ = writeln!(out, "use flowhook::{{{names}{sys}}};");
        if has_parameters {
            out.push_str("use serde::Deserialize;\n");
        }
        out.push_str("\nuse super::Turn;\n\n");
        if has_parameters {
            let unread = self.opening.fields.len() < self.types.fields.len();
            structure(
                &mut out,
                "Parameters",
                "What the agent collects.",
                &self.types.fields,
                unread,
            );
        }
        for each in &self.types.structs {
            let about = format!("A value of {}.", marked(&format!("@{}", each.entity)));
            structure(&mut out, &each.name, &about, &each.fields, true);
        }
        self.handler(&mut out);
        self.tests(&mut out);
        out
    }

    fn handler(&self, out: &mut String) {
        comment(out, "/// ", &format!("Answers {}.", marked(self.intent)));
        let about = self.about.iter().chain(&self.opening.notes);
        for (place, sentence) in about.enumerate() {
            if place == 0 {
                out.push_str("///\n");
            }
            comment(out, "/// - ", sentence);
        }
        let is_named = self.fills_slots || !self.opening.fields.is_empty();
        let turn = if is_named { "turn" } else { "_" };
        let parameters = if self.types.fields.is_empty() {
            ""
        } else {
            "<Parameters>"
        };
        let _ = writeln!(
            out,
            "pub async fn reply({turn}: Turn{parameters}) -> Result<Reply> {{"
        );
        if self.fills_slots {
            out.push_str("    // While the agent still asks, it asks in its own words.\n");
            out.push_str("    if turn.slots().is_filling() {\n        return Ok(Reply::prompt());\n    }\n");
        }
        if !self.opening.fields.is_empty() {
            let rest = if self.opening.fields.len() < self.types.fields.len() {
                ", .."
            } else {
                ""
            };
            let fields = self.opening.fields.join(", ");
            let _ = writeln!(out, "    let Parameters {{ {fields}{rest} }} = &turn.params;");
        }
        let _ = writeln!(out, "    Ok({})\n}}", self.opening.reply);
    }

    fn tests(&self, out: &mut String) {
        let Some(making) = self.making else { return };
        let values: Vec<_> = self
            .types
            .fields
            .iter()
            .map(|field| (literal(&field.of), rust(&field.sample)))
            .collect();
        let json = if values.iter().any(|(_, value)| value.starts_with("json!")) {
            "    use serde_json::json;\n"
        } else {
            ""
        };
        let names = match making.names.as_slice() {
            [one] => one.clone(),
            names => format!("{{{}}}", names.join(", ")),
        };
        let _ = write!(
            out,
            "\n#[cfg(test)]\nmod tests {{\n    use flowhook::testing::Caller;\n{json}\n    use super::super::{names};\n\n    \
             #[tokio::test]\n    async fn it_is_answered() {{\n        let heard = Caller::new({})\n            .ask({})\n",
            making.call,
            literal(self.intent)
        );
        for (name, value) in values {
            let _ = writeln!(out, "            .parameter({name}, {value})");
        }
        for ask in &self.opening.asks {
            let _ = writeln!(out, "            .{ask}");
        }
        out.push_str("            .await;\n");
        for expected in &self.opening.expects {
            let _ = writeln!(out, "        heard.{expected};");
        }
        out.push_str("    }\n}\n");
    }
}

fn structure(out: &mut String, name: &str, about: &str, fields: &[Field], has_unread: bool) {
    comment(out, "/// ", about);
    if has_unread {
        out.push_str("#[expect(dead_code, reason = \"the first reply does not need them all\")]\n");
    }
    let _ = writeln!(out, "#[derive(Deserialize)]\npub struct {name} {{");
    for field in fields {
        if !field.about.is_empty() {
            comment(out, "    /// ", &field.about);
        }
        // serde knows a raw or changed name only if it is told.
        if field.name != field.of {
            let _ = writeln!(out, "    #[serde(rename = {})]", literal(&field.of));
        }
        let _ = writeln!(out, "    {}: {},", field.name, field.kind);
    }
    out.push_str("}\n\n");
}

/// A comment in lines that are not too long.
fn comment(out: &mut String, sign: &str, text: &str) {
    let text = on_one_line(text);
    let mut line = sign.to_owned();
    let mut is_empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{line}");
            line = sign.replace("- ", "  ");
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    let _ = writeln!(out, "{line}");
}

/// A value as Rust writes it.
fn rust(value: &Value) -> String {
    match value {
        Value::String(text) => literal(text),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        _ => format!("json!({})", in_json(value)),
    }
}

/// JSON with spaces, as `json!` is written.
fn in_json(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(in_json).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, value)| format!("{}: {}", names::literal(name), in_json(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Value::String(text) => literal(text),
        _ => value.to_string(),
    }
}
