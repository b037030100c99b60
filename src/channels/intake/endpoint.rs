//! One webhook as Google's console has it: its token, and whose events it may bring.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::Product;
use crate::store::queue::fingerprint;

/// What a webhook covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Level {
    /// Every agent of a partner that has no webhook of its own.
    #[default]
    Partner,
    /// One agent, or a few that share it.
    Agent,
}

/// One webhook.
pub struct Endpoint {
    product: Product,
    name: String,
    level: Level,
    agents: Vec<String>,
    tokens: RwLock<Arc<[Token]>>,
}

/// A client token, as the key of signatures and as a hash to compare with.
struct Token {
    key: hmac::Key,
    hash: [u8; 32],
}

impl Token {
    fn new(token: &str) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA512, token.as_bytes()),
            hash: fingerprint(&[token.as_bytes()]),
        }
    }
}

/// Without the tokens.
impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Endpoint")
            .field("product", &self.product)
            .field("name", &self.name)
            .field("level", &self.level)
            .finish_non_exhaustive()
    }
}

impl Endpoint {
    /// The partner's webhook of that name. Any of the client tokens passes, so that one can be replaced by another.
    #[must_use]
    pub fn new<'a>(product: Product, name: &str, tokens: impl IntoIterator<Item = &'a str>) -> Self {
        let endpoint = Self {
            product,
            name: name.to_owned(),
            level: Level::Partner,
            agents: Vec::new(),
            tokens: RwLock::new(Arc::default()),
        };
        endpoint.replace_tokens(tokens);
        endpoint
    }

    /// What it covers, and whose events it may bring: at the level of the partner, those of any agent where none is named.
    #[must_use]
    pub fn covering(mut self, level: Level, agents: Vec<String>) -> Self {
        (self.level, self.agents) = (level, agents);
        self
    }

    /// Whose webhook it is.
    #[must_use]
    pub fn product(&self) -> Product {
        self.product
    }

    /// Its name, which is the last part of its path.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it covers.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// From now on these tokens pass, and no other.
    pub fn replace_tokens<'a>(&self, tokens: impl IntoIterator<Item = &'a str>) {
        let tokens = tokens.into_iter().map(Token::new).collect();
        *self.tokens.write().unwrap_or_else(PoisonError::into_inner) = tokens;
    }

    /// Whether it is the agent's own.
    pub(super) fn is_of(&self, agent: &str) -> bool {
        self.level == Level::Agent && self.agents.iter().any(|own| own == agent)
    }

    /// Why an event of that agent does not belong here, if it does not.
    pub(super) fn is_strange(&self, agent: Option<&str>) -> Option<&'static str> {
        let is_known = agent.is_some_and(|agent| self.agents.iter().any(|known| known == agent));
        let takes_all = self.level == Level::Partner && self.agents.is_empty();
        (!takes_all && !is_known).then_some("unknown agent")
    }

    /// Whether it is one of the tokens. All are compared, and whole, so the time tells nothing.
    pub(super) fn has_token(&self, shown: &str) -> bool {
        let shown = fingerprint(&[shown.as_bytes()]);
        let is = |token: &Token| constant_time::verify_slices_are_equal(&token.hash, &shown).is_ok();
        self.tokens().iter().fold(false, |found, token| found | is(token))
    }

    /// Whether the bytes were signed with one of the tokens: HMAC-SHA512, in base64 with padding.
    pub(super) fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else {
            return false;
        };
        let is = |token: &Token| hmac::verify(&token.key, bytes, &signature).is_ok();
        self.tokens().iter().fold(false, |found, token| found | is(token))
    }

    fn tokens(&self) -> Arc<[Token]> {
        Arc::clone(&self.tokens.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_replaced_at_once_and_shown_to_nobody() {
        let endpoint = Endpoint::new(Product::Rbm, "main", ["old-token", "new-token"]);
        assert!(endpoint.has_token("old-token") && endpoint.has_token("new-token"));
        endpoint.replace_tokens(["new-token"]);
        assert!(!endpoint.has_token("old-token") && endpoint.has_token("new-token"));
        assert!(
            !endpoint.has_token("") && !endpoint.has_token("new-toke") && !endpoint.has_token("new-token\n")
        );
        assert!(!format!("{endpoint:?}").contains("token"));
    }
}
