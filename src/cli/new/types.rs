//! Types for an intent's parameters, by their entities.

use serde_json::{Map, Value};

use super::names;
use crate::agent_export::{EntityType, Export, Intent, Kind, Parameter};
use crate::webhook::sys::{Entity, Form};

/// How many of an entity's values are told.
const VALUES: usize = 6;

/// System entities' types that have no one form in words.
const NOT_SHOWN: [&str; 3] = ["DateTime", "Location", "Place"];

/// The parameters of an intent, and the structs that they need.
#[derive(Debug, Default)]
pub(super) struct Types {
    pub(super) fields: Vec<Field>,
    /// Structs for composite entities, each after those that name it.
    pub(super) structs: Vec<Struct>,
    /// The entity types that are being looked into: they may name each other in a circle.
    within: Vec<String>,
}

/// A struct for a composite entity.
#[derive(Debug)]
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) entity: String,
    pub(super) fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Debug)]
pub(super) struct Field {
    /// Its name in Rust.
    pub(super) name: String,
    /// Its name in the agent.
    pub(super) of: String,
    /// Its type in Rust, with `Option` and `Vec`.
    pub(super) kind: String,
    /// What is to be said of it.
    pub(super) about: String,
    /// A value as Dialogflow sends it.
    pub(super) sample: Value,
    /// Whether it is always there, and can be shown as words.
    pub(super) is_shown: bool,
}

/// What an entity sends.
struct Sent {
    kind: String,
    sample: Value,
    is_shown: bool,
    about: String,
}

impl Sent {
    fn new(kind: impl Into<String>, sample: impl Into<Value>) -> Self {
        Self {
            kind: kind.into(),
            sample: sample.into(),
            is_shown: true,
            about: String::new(),
        }
    }

    /// What may be anything.
    fn anything(about: impl Into<String>) -> Self {
        Self {
            is_shown: false,
            about: about.into(),
            ..Self::new("serde_json::Value", "words")
        }
    }
}

impl Types {
    /// The parameters that an intent sends.
    pub(super) fn of(intent: &Intent, export: &Export) -> Self {
        let mut types = Self::default();
        for (place, parameter) in intent.parameters.iter().enumerate() {
            let is_known = types.fields.iter().any(|field| field.of == parameter.name);
            let is_nothing =
                Entity::named(&parameter.entity).is_some_and(|known| known.comes_as == Form::Nothing);
            if parameter.name.is_empty() || is_known || is_nothing {
                continue;
            }
            let name = names::of_field(&parameter.name, place);
            let name = names::unique(name, |name| types.fields.iter().any(|field| field.name == name));
            let field = types.field(name, parameter, intent, export);
            types.fields.push(field);
        }
        types
    }

    fn field(&mut self, name: String, parameter: &Parameter, intent: &Intent, export: &Export) -> Field {
        let sent = self.sent_as(parameter, export);
        // During slot filling nothing is sure to be there, and neither is a default out of a context.
        let is_given = parameter.is_required
            || !parameter.default.is_empty() && !parameter.default.starts_with(['#', '$']);
        let is_given = is_given && parameter.is_as_spoken() && !intent.uses_webhook_for_slots;
        let (kind, sample) = match (parameter.is_list, is_given) {
            (true, _) => (format!("Vec<{}>", sent.kind), Value::from(vec![sent.sample])),
            (false, true) => (sent.kind, sent.sample),
            (false, false) => (format!("Option<{}>", sent.kind), sent.sample),
        };
        Field {
            name,
            of: parameter.name.clone(),
            kind,
            about: sent.about,
            sample,
            is_shown: sent.is_shown && is_given && !parameter.is_list,
        }
    }

    fn sent_as(&mut self, parameter: &Parameter, export: &Export) -> Sent {
        if parameter.value.starts_with('$') && parameter.value.ends_with(".original") {
            let mut sent = Sent::new("String", "words");
            sent.about = format!("As spoken, {}.", names::marked(&parameter.value));
            return sent;
        }
        if parameter.entity.is_empty() || !parameter.is_as_spoken() {
            return Sent::anything(format!("Comes from {}.", names::marked(&parameter.value)));
        }
        let sent = self.sent_by(&parameter.entity, export);
        // A default is sent as it is written in the console, whatever the entity sends.
        let fits = match (&sent.sample, sent.kind.as_str()) {
            (_, "String") => true,
            (Value::Number(_), _) => parameter.default.trim().parse::<f64>().is_ok(),
            _ => false,
        };
        if parameter.default.is_empty() || fits {
            return sent;
        }
        Sent::anything(format!(
            "{}, or the default {}.",
            names::marked(&parameter.entity),
            names::marked(&parameter.default)
        ))
    }

    fn sent_by(&mut self, entity: &str, export: &Export) -> Sent {
        if let Some(known) = Entity::named(entity) {
            let Some(kind) = known.types().next() else {
                return Sent::new("String", known.sample());
            };
            return Sent {
                is_shown: !NOT_SHOWN.contains(&kind),
                ..Sent::new(format!("sys::{kind}"), known.sample())
            };
        }
        let Some(own) = export.entity(entity) else {
            return Sent::anything(format!("{}, which is not in the export.", names::marked(entity)));
        };
        match own.kind() {
            Kind::Composite(_) if self.within.contains(&own.name) => {
                Sent::anything(format!("{}.", names::marked(entity)))
            }
            Kind::Composite(members) => self.composite(own, members, export),
            Kind::Regexp => Sent {
                about: format!("{}, a pattern.", names::marked(entity)),
                ..Sent::new("String", "words")
            },
            Kind::Map | Kind::List => {
                let mut values = of_language(own, &export.agent.language).peekable();
                let first = values.peek().map_or("words", |value| *value).to_owned();
                let mut told: Vec<_> = values.by_ref().take(VALUES).map(names::marked).collect();
                if values.next().is_some() {
                    told.push("..".to_owned());
                }
                Sent {
                    about: format!("{}: {}", names::marked(entity), told.join(", ")),
                    ..Sent::new("String", first)
                }
            }
        }
    }

    fn composite(
        &mut self,
        own: &EntityType,
        members: std::collections::BTreeMap<String, std::collections::BTreeSet<String>>,
        export: &Export,
    ) -> Sent {
        if let Some(known) = self.structs.iter().find(|known| known.entity == own.name) {
            let sample = known
                .fields
                .iter()
                .map(|field| (field.of.clone(), field.sample.clone()));
            return Sent {
                is_shown: false,
                ..Sent::new(known.name.clone(), sample.collect::<Map<_, _>>())
            };
        }
        self.within.push(own.name.clone());
        let mut fields: Vec<Field> = Vec::new();
        for (place, (member, types)) in members.into_iter().enumerate() {
            let mut all: Vec<_> = types.iter().map(|entity| self.sent_by(entity, export)).collect();
            let is_one = all.windows(2).all(|two| two[0].kind == two[1].kind);
            let sent = match all.pop() {
                Some(sent) if is_one => sent,
                _ => Sent::anything("One of several entities."),
            };
            let name = names::unique(names::of_field(&member, place), |name| {
                fields.iter().any(|field| field.name == name)
            });
            fields.push(Field {
                name,
                of: member,
                kind: format!("Option<{}>", sent.kind),
                about: sent.about,
                sample: sent.sample,
                is_shown: false,
            });
        }
        self.within.pop();
        let name = names::of_type(&own.name);
        let is_taken = |name: &str| self.structs.iter().any(|known| known.name == name);
        let mut numbered = (2..).map(|number| format!("{name}{number}"));
        let name = if is_taken(&name) {
            numbered
                .find(|name| !is_taken(name))
                .expect("not every number is taken")
        } else {
            name
        };
        let sample: Map<_, _> = fields
            .iter()
            .map(|field| (field.of.clone(), field.sample.clone()))
            .collect();
        let made = Struct {
            name: name.clone(),
            entity: own.name.clone(),
            fields,
        };
        self.structs.insert(0, made);
        Sent {
            is_shown: false,
            ..Sent::new(name, sample)
        }
    }
}

/// The values of an entity in the agent's language or, where it has none in it, in any.
fn of_language<'a>(entity: &'a EntityType, language: &str) -> impl Iterator<Item = &'a str> {
    let own = entity
        .entries
        .get(language)
        .or_else(|| entity.entries.values().next());
    own.into_iter().flatten().map(|entry| entry.value.as_str())
}
