//! What is logged, as the settings say and as it is changed while the program runs.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use tracing::callsite::rebuild_interest_cache;
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Filter, Layer};

use super::LogError;

/// What is logged. All clones change the same. As a part of a subscriber, it lets that through and nothing else: each place in
/// the program that logs is asked about once, and again when the levels change, so that it costs a turn nothing.
#[derive(Clone)]
pub struct Levels(Arc<Inner>);

struct Inner {
    now: RwLock<Now>,
    always: &'static str,
    settings: String,
}

/// What is logged now: as it was said, and as it is asked.
struct Now {
    said: String,
    targets: Targets,
}

impl Levels {
    /// Logs what `level` says, and what `always` says whatever the level is.
    pub(super) fn new(level: &str, always: &'static str) -> Result<Self, LogError> {
        Ok(Self(Arc::new(Inner {
            now: RwLock::new(Now {
                said: level.to_owned(),
                targets: targets(&with(level, always))?,
            }),
            always,
            settings: level.to_owned(),
        })))
    }

    /// What is logged now.
    #[must_use]
    pub fn now(&self) -> String {
        self.ask(|now| now.said.clone())
    }

    fn ask<T>(&self, question: impl FnOnce(&Now) -> T) -> T {
        question(&self.0.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Logs that from now on, until the program ends.
    ///
    /// # Errors
    ///
    /// When `level` cannot be read; then nothing changes.
    pub fn set(&self, level: &str) -> Result<(), LogError> {
        let said = level.trim();
        let now = Now {
            said: said.to_owned(),
            targets: targets(&with(said, self.0.always))?,
        };
        *self.0.now.write().unwrap_or_else(PoisonError::into_inner) = now;
        rebuild_interest_cache();
        Ok(())
    }

    /// Logs again what the settings say, and gives that.
    pub fn reset(&self) -> &str {
        let settings = &self.0.settings;
        self.set(settings).expect("they were read before");
        settings
    }

    fn lets_through(&self, metadata: &Metadata<'_>) -> bool {
        self.ask(|now| now.targets.would_enable(metadata.target(), metadata.level()))
    }

    fn interest(&self, metadata: &Metadata<'_>) -> Interest {
        if self.lets_through(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn most(&self) -> Option<LevelFilter> {
        self.ask(|now| {
            now.targets
                .iter()
                .map(|(_, level)| level)
                .chain(now.targets.default_level())
                .max()
        })
    }
}

/// For all parts of a subscriber.
impl<S: Subscriber> Layer<S> for Levels {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.interest(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        self.lets_through(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.most()
    }
}

/// For one part.
impl<S> Filter<S> for Levels {
    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.interest(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.lets_through(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.most()
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Levels").field(&self.now()).finish()
    }
}

fn with(level: &str, always: &str) -> String {
    // Spans that are made for OpenTelemetry are none of the log's.
    let comma = if always.is_empty() { "" } else { "," };
    format!("{level},flowhook::span=off{comma}{always}")
}

/// What `level` lets through: a level for everything, levels for modules behind their names, or both, with commas between.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn targets(level: &str) -> Result<Targets, LogError> {
    level.split(',').try_fold(Targets::new(), |targets, part| {
        let (module, level) = match part.split_once('=') {
            Some((module, level)) => (Some(module.trim()), level.trim()),
            None => (None, part.trim()),
        };
        let is_module = |name: &str| {
            !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b":_-.".contains(&byte))
        };
        let level = match level.parse::<LevelFilter>() {
            Ok(read) if !level.is_empty() => read,
            _ => return Err(LogError::Level),
        };
        match module {
            None => Ok(targets.with_default(level)),
            Some(module) if is_module(module) => Ok(targets.with_target(module, level)),
            Some(_) => Err(LogError::Level),
        }
    })
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::registry::Registry;

    use super::*;

    #[test]
    fn a_level_is_changed_while_the_program_runs_and_a_misspelt_one_changes_nothing() {
        let levels = Levels::new("warn", "hush=off").unwrap();
        tracing::subscriber::with_default(Registry::default().with(levels.clone()), || {
            assert!(!tracing::enabled!(tracing::Level::INFO));
            levels.set(" debug ").unwrap();
            assert!(tracing::enabled!(tracing::Level::DEBUG));
            assert!(!tracing::enabled!(target: "hush", tracing::Level::ERROR));
            assert_eq!(levels.now(), "debug");
            for wrong in [
                "",
                "inof",
                "debug,inof",
                "debug,",
                "a=b=c",
                "a=",
                "=debug",
                "info,x=[",
                "[turn]=debug",
                "debug\ninfo",
            ] {
                assert!(levels.set(wrong).is_err(), "{wrong:?}");
            }
            assert!(tracing::enabled!(tracing::Level::DEBUG));
            assert_eq!(levels.reset(), "warn");
            assert!(!tracing::enabled!(tracing::Level::INFO));
        });
    }

    #[test]
    fn a_module_has_a_level_of_its_own_and_the_longest_name_counts() {
        let levels = Levels::new("info, here = debug ,here::loud=error", "").unwrap();
        tracing::subscriber::with_default(Registry::default().with(levels), || {
            assert!(!tracing::enabled!(target: "elsewhere", tracing::Level::DEBUG));
            assert!(tracing::enabled!(target: "elsewhere", tracing::Level::INFO));
            assert!(tracing::enabled!(target: "here::quiet", tracing::Level::DEBUG));
            assert!(!tracing::enabled!(target: "here::loud::part", tracing::Level::WARN));
        });
    }
}
