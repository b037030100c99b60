//! Session entities: words that mean something for one session only.

use crate::webhook::reply::withheld::withheld;
use crate::wire::{Entity, EntityOverrideMode, SessionEntityType, Struct};

/// Entities for one session, in place of or beside those of a custom entity type of the agent. Dialogflow keeps them for
/// about 20 minutes.
#[derive(Clone, PartialEq)]
#[must_use = "session entities hold once a reply carries them"]
pub struct SessionEntities {
    entity_type: String,
    mode: EntityOverrideMode,
    entities: Vec<Entity>,
}

impl SessionEntities {
    /// Entities in place of those of the entity type with that display name.
    pub fn overriding(entity_type: impl Into<String>) -> Self {
        Self::new(entity_type.into(), EntityOverrideMode::Override)
    }

    /// Entities beside those of the entity type with that display name.
    pub fn supplementing(entity_type: impl Into<String>) -> Self {
        Self::new(entity_type.into(), EntityOverrideMode::Supplement)
    }

    /// Gives the entity type its own entities back, after others stood in their place. A reply cannot delete session
    /// entities, because the protocol asks for at least one; but a set beside the agent's own, of an entity that the agent
    /// has anyway, comes to the same. `own` is the value of one of those.
    pub fn restoring(entity_type: impl Into<String>, own: impl Into<String>) -> Self {
        let own = own.into();
        Self::supplementing(entity_type).entity(own.clone(), [own])
    }

    fn new(entity_type: String, mode: EntityOverrideMode) -> Self {
        Self {
            entity_type,
            mode,
            entities: Vec::new(),
        }
    }

    /// One entity more: what the parameter will hold, and what users say for it. For a list entity the synonyms are
    /// exactly the value.
    pub fn entity<T: Into<String>>(
        mut self,
        value: impl Into<String>,
        synonyms: impl IntoIterator<Item = T>,
    ) -> Self {
        self.entities.push(Entity {
            value: value.into(),
            synonyms: synonyms.into_iter().map(Into::into).collect(),
            ..Entity::default()
        });
        self
    }

    pub(super) fn are_of_the_type_of(&self, others: &Self) -> bool {
        self.entity_type == others.entity_type
    }

    pub(super) fn on_the_wire(self, session: &str) -> Result<SessionEntityType, &'static str> {
        let name = self.entity_type;
        if name.trim().is_empty() || name.contains(|letter: char| letter == '/' || letter.is_control()) {
            return Err(
                "session entities name an entity type by its display name, without `/` or control characters",
            );
        }
        Ok(SessionEntityType {
            name: format!("{session}/entityTypes/{name}"),
            entity_override_mode: self.mode,
            entities: self.entities,
            other: Struct::new(),
        })
    }
}

withheld!(SessionEntities);
