//! What is logged, as the settings say and as it is changed while the program runs.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::filter::{EnvFilter, LevelFilter};
use tracing_subscriber::registry::Registry;
use tracing_subscriber::reload;

use super::LogError;

/// What is logged. All clones change the same.
#[derive(Clone)]
pub struct Levels(Arc<Inner>);

struct Inner {
    handle: reload::Handle<EnvFilter, Registry>,
    always: &'static str,
    settings: String,
    now: Mutex<String>,
}

impl Levels {
    /// The filter for a subscriber, and what changes it.
    pub(super) fn new(
        level: &str,
        always: &'static str,
    ) -> Result<(reload::Layer<EnvFilter, Registry>, Self), LogError> {
        let (layer, handle) = reload::Layer::new(filter(&with(level, always))?);
        let inner = Inner {
            handle,
            always,
            settings: level.to_owned(),
            now: Mutex::new(level.to_owned()),
        };
        Ok((layer, Self(Arc::new(inner))))
    }

    /// What is logged now.
    #[must_use]
    pub fn now(&self) -> String {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Logs that from now on, until the program ends.
    ///
    /// # Errors
    ///
    /// When `level` cannot be read; then nothing changes.
    pub fn set(&self, level: &str) -> Result<(), LogError> {
        let level = level.trim();
        let filter = filter(&with(level, self.0.always))?;
        let mut now = self.0.now.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.handle.reload(filter).map_err(|_| LogError::Started)?;
        level.clone_into(&mut now);
        Ok(())
    }

    /// Logs again what the settings say, and gives that.
    ///
    /// # Errors
    ///
    /// When logging has ended.
    pub fn reset(&self) -> Result<&str, LogError> {
        self.set(&self.0.settings)?;
        Ok(&self.0.settings)
    }
}

impl fmt::Debug for Levels {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Levels").field(&self.now()).finish()
    }
}

fn with(level: &str, always: &str) -> String {
    if always.is_empty() {
        return level.to_owned();
    }
    format!("{level},{always}")
}

/// The filter that `level` describes.
///
/// # Errors
///
/// When it cannot be read.
pub(crate) fn filter(level: &str) -> Result<EnvFilter, LogError> {
    // The parser would take a misspelt level for a module's name, and silence everything else.
    let mut levels = level
        .split(',')
        .map(str::trim)
        .filter(|part| !part.contains(['=', '[']));
    if !levels.all(|level| !level.is_empty() && level.parse::<LevelFilter>().is_ok()) {
        return Err(LogError::Level);
    }
    EnvFilter::builder().parse(level).map_err(|_| LogError::Level)
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn a_level_is_changed_while_the_program_runs_and_a_misspelt_one_changes_nothing() {
        let (layer, levels) = Levels::new("warn", "hush=off").unwrap();
        tracing::subscriber::with_default(Registry::default().with(layer), || {
            assert!(!tracing::enabled!(tracing::Level::INFO));
            levels.set(" debug ").unwrap();
            assert!(tracing::enabled!(tracing::Level::DEBUG));
            assert!(!tracing::enabled!(target: "hush", tracing::Level::ERROR));
            assert_eq!(levels.now(), "debug");
            for wrong in ["", "inof", "debug,inof", "a=b=c", "info,x=[", "debug\ninfo"] {
                assert!(levels.set(wrong).is_err(), "{wrong:?}");
            }
            assert!(tracing::enabled!(tracing::Level::DEBUG));
            assert_eq!(levels.reset().unwrap(), "warn");
            assert!(!tracing::enabled!(tracing::Level::INFO));
        });
    }
}
