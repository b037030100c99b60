//! The table: which function answers which intent.

use std::any::{Any, type_name};
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::panic::Location;
use std::sync::Arc;

use super::declared::Declared;
use super::handler::{self, Answer, Awaitable, Deciding, Handler, Outcome, Parameters};
use super::isolate::Paced;
use super::pace::Pace;
use super::params::{Field, fields_of};
use super::{BoxError, Call, Failure, NoParams, Reply, Texts, Turn};

/// An agent: its state and the table of its handlers.
///
/// ```
/// use flowhook::{Intents, Reply, Result, Turn};
///
/// async fn welcome(_: Turn) -> Result<Reply> {
///     Ok(Reply::text("Hello!"))
/// }
///
/// let agent = Intents::new(()).on("Default Welcome Intent", welcome);
/// assert!(agent.into_table().is_ok());
/// ```
#[must_use]
pub struct Intents<App = ()> {
    app: Arc<App>,
    pub(super) entries: Vec<Entry>,
    pub(super) misplaced: Vec<&'static Location<'static>>,
    hooks: Hooks,
    texts: Option<Texts>,
    doors: Doors,
}

impl<App: Send + Sync + 'static> Intents<App> {
    /// An agent without handlers. Every turn reaches `app` as `turn.app`.
    pub fn new(app: App) -> Self {
        Self {
            app: Arc::new(app),
            entries: Vec::new(),
            misplaced: Vec::new(),
            hooks: Hooks::default(),
            texts: None,
            doors: Doors::default(),
        }
    }

    /// Answers the intent of that display name, spelt as in the console. One function may answer several intents: give
    /// it a line for each.
    #[track_caller]
    pub fn on<P, F, Fut>(self, display_name: &str, handler: F) -> Self
    where
        F: Fn(Turn<P, App>) -> Fut + Send + Sync + 'static,
        Fut: Awaitable + Send + 'static,
        Fut::Output: Outcome,
        P: Parameters,
    {
        self.route(Route::Intent(display_name.to_owned()), handler)
    }

    /// Answers intents of that action which no display name claims.
    #[track_caller]
    pub fn on_action<P, F, Fut>(self, action: &str, handler: F) -> Self
    where
        F: Fn(Turn<P, App>) -> Fut + Send + Sync + 'static,
        Fut: Awaitable + Send + 'static,
        Fut::Output: Outcome,
        P: Parameters,
    {
        self.route(Route::Action(action.to_owned()), handler)
    }

    /// Answers intents that the event triggered and that neither display name nor action claims. A request names an
    /// event only in place of the user's words, so a user who types the name reaches the handler too.
    #[track_caller]
    pub fn on_event<P, F, Fut>(self, event: &str, handler: F) -> Self
    where
        F: Fn(Turn<P, App>) -> Fut + Send + Sync + 'static,
        Fut: Awaitable + Send + 'static,
        Fut::Output: Outcome,
        P: Parameters,
    {
        self.route(Route::Event(event.to_owned()), handler)
    }

    /// Answers every intent that nothing else claims. Without it they are failures, logged and answered as such.
    #[track_caller]
    pub fn fallback<P, F, Fut>(self, handler: F) -> Self
    where
        F: Fn(Turn<P, App>) -> Fut + Send + Sync + 'static,
        Fut: Awaitable + Send + 'static,
        Fut::Output: Outcome,
        P: Parameters,
    {
        self.route(Route::Fallback, handler)
    }

    /// Says something better than the console's response or the apology when a turn fails. None: they are said. A later
    /// `on_error` takes the place of an earlier one.
    pub fn on_error(
        mut self,
        say: impl Fn(&Call, &Failure) -> Option<Reply> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.on_error = Some(Box::new(say));
        self
    }

    /// Runs before each handler, in the order of the lines; the first that gives an answer ends the turn.
    pub fn before<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn(Turn<NoParams, App>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<Answer>, BoxError>> + Send + 'static,
    {
        let app = Arc::clone(&self.app);
        self.hooks.before.push(Box::new(move |call| {
            Box::pin(hook(Turn {
                params: NoParams {},
                app: Arc::clone(&app),
                call,
            }))
        }));
        self
    }

    /// Sees each answer before it is proved, in the order of the lines, and may change it.
    pub fn after(mut self, hook: impl Fn(&Call, Answer) -> Answer + Send + Sync + 'static) -> Self {
        self.hooks.after.push(Box::new(hook));
        self
    }

    /// Gives the agent its texts by language, which `turn.text("key")` reaches. A later catalogue takes the place of an
    /// earlier one.
    pub fn texts(mut self, texts: Texts) -> Self {
        self.texts = Some(texts);
        self
    }

    /// The texts that it was given.
    pub(crate) fn catalogue(&self) -> Option<&Texts> {
        self.texts.as_ref()
    }

    #[track_caller]
    fn route<P, F, Fut>(mut self, route: Route, handler: F) -> Self
    where
        F: Fn(Turn<P, App>) -> Fut + Send + Sync + 'static,
        Fut: Awaitable + Send + 'static,
        Fut::Output: Outcome,
        P: Parameters,
    {
        self.entries.push(Entry {
            route,
            paced: Arc::new(Paced {
                function: type_name::<F>(),
                pace: Pace::default(),
            }),
            fields: fields_of::<P>,
            line: Location::caller(),
            declared: Declared::default(),
            handler: handler::erase(Arc::clone(&self.app), handler),
        });
        self
    }

    /// The agent's own state.
    pub(crate) fn app(&self) -> Arc<App> {
        Arc::clone(&self.app)
    }

    /// Keeps the handler of another door than Dialogflow's, which `name` names in errors.
    #[track_caller]
    pub(crate) fn door<T: Any + Send + Sync>(
        mut self,
        name: &'static str,
        function: &'static str,
        handler: T,
    ) -> Self {
        self.doors.0.push(Door {
            name,
            function,
            line: Location::caller(),
            handler: Arc::new(handler),
        });
        self
    }

    /// The handlers of other doors.
    pub(crate) fn doors(&self) -> Doors {
        self.doors.clone()
    }

    /// Ends the building of the table.
    ///
    /// # Errors
    ///
    /// When two lines claim the same intent, action or event, or a line has an empty name, or something is declared of no
    /// line, or a file of texts cannot be read.
    pub fn into_table(self) -> Result<Table, TableError> {
        let mut lines: HashMap<&Route, &'static Location<'static>> = HashMap::new();
        let misplaced = |place| {
            format!(
                "{place}: what is declared stands before the first line; write it after the line that it tells of"
            )
        };
        let mut faults: Vec<_> = self.misplaced.iter().map(misplaced).collect();
        for Entry { route, line, .. } in &self.entries {
            if route.name().is_some_and(str::is_empty) {
                faults.push(format!(
                    "{line}: the line has an empty name; give it the intent's"
                ));
            } else if let Some(first) = lines.insert(route, line) {
                faults.push(format!(
                    "{line}: {route} is answered by {first} already; keep one"
                ));
            }
        }
        let mut doors: HashMap<&str, &'static Location<'static>> = HashMap::new();
        for Door { name, line, .. } in &self.doors.0 {
            if let Some(first) = doors.insert(name, line) {
                faults.push(format!("{line}: {name} is handled by {first} already; keep one"));
            }
        }
        let texts = self.texts.iter().flat_map(Texts::fatal_faults);
        faults.extend(texts.map(|fault| fault.to_string()));
        if !faults.is_empty() {
            return Err(TableError(faults));
        }
        let places = self.entries.iter().enumerate();
        let places = places
            .map(|(place, entry)| (entry.route.clone(), place))
            .collect();
        Ok(Table {
            entries: self.entries,
            places,
            hooks: self.hooks,
            texts: self.texts.map(Arc::new),
        })
    }
}

/// The handlers of other doors, each of a type of its own. The webhook looks into none of them.
#[derive(Clone, Default)]
pub(crate) struct Doors(Vec<Door>);

#[derive(Clone)]
pub(crate) struct Door {
    /// What comes in by it.
    pub(crate) name: &'static str,
    /// The handler's path in the program.
    pub(crate) function: &'static str,
    /// Where in the program its line stands.
    pub(crate) line: &'static Location<'static>,
    handler: Arc<dyn Any + Send + Sync>,
}

impl Doors {
    /// Their lines.
    pub(crate) fn lines(&self) -> &[Door] {
        &self.0
    }

    /// The handler of that type.
    pub(crate) fn find<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.0
            .iter()
            .find_map(|door| Arc::clone(&door.handler).downcast().ok())
    }
}

/// What a line of the table claims.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// An intent, by its display name.
    Intent(String),
    /// Intents by their action.
    Action(String),
    /// Intents by the event that triggered them.
    Event(String),
    /// All the rest.
    Fallback,
}

impl Route {
    /// The name it goes by.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Intent(name) | Self::Action(name) | Self::Event(name) => Some(name),
            Self::Fallback => None,
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Intent(name) => write!(formatter, "the intent `{name}`"),
            Self::Action(name) => write!(formatter, "the action `{name}`"),
            Self::Event(name) => write!(formatter, "the event `{name}`"),
            Self::Fallback => formatter.write_str("the fallback"),
        }
    }
}

/// A table that cannot be used: each fault with the lines of the program, or of the file of texts, that it stands on.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct TableError(Vec<String>);

/// A line of the table.
pub struct Entry {
    /// What it claims.
    pub route: Route,
    /// Where in the program the line stands.
    pub line: &'static Location<'static>,
    /// What it declares of its handler.
    pub declared: Declared,
    fields: fn() -> Option<Vec<Field>>,
    pub(super) paced: Arc<Paced>,
    pub(super) handler: Handler,
}

impl Entry {
    /// The handler's path in the program.
    #[must_use]
    pub fn function(&self) -> &'static str {
        self.paced.function
    }

    /// The parameters that the handler reads; none when it takes whatever comes.
    #[must_use]
    pub fn parameters(&self) -> Option<Vec<Field>> {
        (self.fields)()
    }
}

type OnError = Box<dyn Fn(&Call, &Failure) -> Option<Reply> + Send + Sync>;
type Before = Box<dyn Fn(Arc<Call>) -> Deciding + Send + Sync>;
type After = Box<dyn Fn(&Call, Answer) -> Answer + Send + Sync>;

/// What runs around handlers.
#[derive(Default)]
pub(super) struct Hooks {
    pub(super) on_error: Option<OnError>,
    pub(super) before: Vec<Before>,
    pub(super) after: Vec<After>,
}

/// The finished table.
pub struct Table {
    entries: Vec<Entry>,
    places: HashMap<Route, usize>,
    pub(super) hooks: Hooks,
    pub(super) texts: Option<Arc<Texts>>,
}

impl Table {
    /// The agent's texts by language.
    #[must_use]
    pub fn texts(&self) -> Option<&Texts> {
        self.texts.as_deref()
    }

    /// All lines, in the order they were written.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The line that answers a call: by display name, else by action, else by event, else the fallback.
    #[must_use]
    pub fn find(&self, call: &Call) -> Option<&Entry> {
        let named = |route: fn(String) -> Route, name: &str| {
            if name.is_empty() {
                None
            } else {
                self.places.get(&route(name.to_owned()))
            }
        };
        let place = named(Route::Intent, call.intent())
            .or_else(|| named(Route::Action, call.action()))
            .or_else(|| named(Route::Event, call.said()))
            .or_else(|| self.places.get(&Route::Fallback))?;
        Some(&self.entries[*place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn hello(_: Turn) -> crate::Result<Reply> {
        Ok(Reply::text("Hello!"))
    }

    #[test]
    fn a_name_that_is_claimed_twice_is_refused_with_both_places() {
        let agent = Intents::new(())
            .on("hello", hello)
            .on_action("hello", hello)
            .on("hello", hello);
        let error = agent.into_table().err().unwrap().to_string();
        assert!(error.contains("the intent `hello`"), "{error}");
        assert_eq!(error.matches("src/webhook/intents.rs:").count(), 2, "{error}");
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert!(Intents::new(()).on("", hello).into_table().is_err());
    }

    #[test]
    fn the_table_tells_what_each_line_answers_and_reads() {
        let table = Intents::new(())
            .on("hello", hello)
            .fallback(hello)
            .into_table()
            .unwrap();
        let [first, second] = table.entries() else {
            panic!("two lines make two entries")
        };
        assert_eq!(first.route, Route::Intent("hello".into()));
        assert!(first.function().ends_with("::hello"), "{}", first.function());
        assert_eq!(first.parameters(), Some(Vec::new()));
        assert_eq!(second.route, Route::Fallback);
    }
}
