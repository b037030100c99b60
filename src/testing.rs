//! A pretend Dialogflow: asks an agent in process, for tests and for `flowhook ask`.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use serde_json::{Map, Value, json};
use tokio::runtime::Handle;

use crate::webhook::{Answered, Arrival, Entry, Intents, Options, Route, Verdict, Webhook};

/// Calls an agent the way Dialogflow does, without a network.
///
/// ```
/// use flowhook::testing::Caller;
/// use flowhook::{Intents, Reply, Result, Turn};
///
/// async fn welcome(_: Turn) -> Result<Reply> {
///     Ok(Reply::text("Hello!").chips(["Book a table"]))
/// }
///
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// let caller = Caller::new(Intents::new(()).on("Default Welcome Intent", welcome));
/// let heard = caller.ask("Default Welcome Intent").await;
/// assert_eq!(heard.text(), "Hello!");
/// assert_eq!(heard.chips(), ["Book a table"]);
/// # });
/// ```
pub struct Caller {
    webhook: Webhook,
}

impl Caller {
    /// A caller of this agent, which speaks v2 and has Dialogflow's own deadlines.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, and when two lines of the table claim the same intent.
    #[must_use]
    pub fn new<App: Send + Sync + 'static>(intents: Intents<App>) -> Self {
        Self::with_options(intents, Options::default())
    }

    /// A caller of this agent under other options, such as API version v2beta1.
    ///
    /// # Panics
    ///
    /// As [`Self::new`].
    #[must_use]
    pub fn with_options<App: Send + Sync + 'static>(intents: Intents<App>, options: Options) -> Self {
        match Webhook::new(intents, options, Handle::current()) {
            Ok(webhook) => Self::of(webhook),
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn of(webhook: Webhook) -> Self {
        Self { webhook }
    }

    /// A turn in which the intent of that display name was matched. Awaiting it asks.
    ///
    /// # Panics
    ///
    /// When nothing answers an intent of that name: it is misspelt more often than meant. [`Self::send`] asks even so.
    pub fn ask(&self, intent: &str) -> Ask<'_> {
        let entries = self.webhook.table().entries();
        let answers = |entry: &Entry| match &entry.route {
            Route::Intent(name) => name == intent,
            Route::Action(_) | Route::Event(_) | Route::Fallback => true,
        };
        assert!(
            entries.iter().any(answers),
            "no line of the table answers the intent `{intent}`"
        );
        Ask {
            webhook: &self.webhook,
            session: "projects/demo/agent/sessions/test".to_owned(),
            query: json!({
                "queryText": "",
                "parameters": {},
                "allRequiredParamsPresent": true,
                "intent": {"name": "projects/demo/agent/intents/1", "displayName": intent},
                "intentDetectionConfidence": 1.0,
                "languageCode": "en",
            }),
            source: Value::Null,
        }
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: &Value) -> Heard {
        Heard::of(
            self.webhook
                .answer(Bytes::from(request.to_string()), Arrival::now())
                .await,
        )
    }
}

/// A turn about to be asked.
#[must_use = "a turn is asked by awaiting it"]
pub struct Ask<'a> {
    webhook: &'a Webhook,
    session: String,
    query: Value,
    source: Value,
}

impl Ask<'_> {
    /// What the user said.
    pub fn said(mut self, words: &str) -> Self {
        self.query["queryText"] = words.into();
        self
    }

    /// A parameter that the agent collected.
    pub fn parameter(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.query["parameters"][name] = value.into();
        self
    }

    /// An active context, with so many turns left to it and what it carries, a JSON object.
    pub fn context(mut self, id: &str, lifespan: u32, carries: Value) -> Self {
        let context = json!({
            "name": format!("{}/contexts/{id}", self.session),
            "lifespanCount": lifespan,
            "parameters": carries,
        });
        match self.query["outputContexts"].as_array_mut() {
            Some(contexts) => contexts.push(context),
            None => self.query["outputContexts"] = json!([context]),
        }
        self
    }

    /// The language of the turn.
    pub fn language(mut self, code: &str) -> Self {
        self.query["languageCode"] = code.into();
        self
    }

    /// The integration it comes from, in Google's spelling: `google`, `facebook`, ...
    pub fn source(mut self, source: &str) -> Self {
        self.source = source.into();
        self
    }

    /// The action of the intent.
    pub fn action(mut self, action: &str) -> Self {
        self.query["action"] = action.into();
        self
    }

    /// The response that the intent has in the console.
    pub fn console(mut self, words: &str) -> Self {
        self.query["fulfillmentText"] = words.into();
        self.query["fulfillmentMessages"] = json!([{"text": {"text": [words]}}]);
        self
    }

    /// The request that is sent.
    #[must_use]
    pub fn request(&self) -> Value {
        let mut original = Map::new();
        if !self.source.is_null() {
            original.insert("source".into(), self.source.clone());
        }
        static ASKED: AtomicU64 = AtomicU64::new(0);
        let number = ASKED.fetch_add(1, Ordering::Relaxed);
        json!({
            // Another one each time, else the second turn would be taken for the first one repeated.
            "responseId": format!("00000000-0000-0000-0000-{number:012x}-00000000"),
            "session": self.session,
            "queryResult": self.query,
            "originalDetectIntentRequest": original,
        })
    }
}

impl<'a> IntoFuture for Ask<'a> {
    type Output = Heard;
    type IntoFuture = Pin<Box<dyn Future<Output = Heard> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let body = Bytes::from(self.request().to_string());
            Heard::of(self.webhook.answer(body, Arrival::now()).await)
        })
    }
}

/// What came of a turn.
#[derive(Debug)]
pub struct Heard {
    answered: Answered,
    json: Value,
}

impl Heard {
    fn of(answered: Answered) -> Self {
        let json = match &answered.verdict {
            Verdict::Reply(body) => serde_json::from_slice(body).expect("a reply is JSON"),
            _ => Value::Null,
        };
        Self { answered, json }
    }

    /// The answer as a server gets it: the verdict, why it failed, what was taken out of the reply.
    #[must_use]
    pub fn answered(&self) -> &Answered {
        &self.answered
    }

    /// The reply as it goes on the wire; null when there is none.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// All messages as they go on the wire.
    pub fn messages(&self) -> impl Iterator<Item = &Value> {
        self.json["fulfillmentMessages"].as_array().into_iter().flatten()
    }

    /// All that is said in words, a line for each message.
    #[must_use]
    pub fn text(&self) -> String {
        let words = self
            .messages()
            .filter_map(|message| message["text"]["text"][0].as_str());
        words.collect::<Vec<_>>().join("\n")
    }

    /// All that can be tapped.
    #[must_use]
    pub fn chips(&self) -> Vec<&str> {
        let chips = self
            .messages()
            .filter_map(|message| message["quickReplies"]["quickReplies"].as_array());
        chips.flatten().filter_map(Value::as_str).collect()
    }

    /// What the context of that id becomes; none where the reply leaves it as it is.
    #[must_use]
    pub fn context(&self, id: &str) -> Option<&Value> {
        self.json["outputContexts"].as_array()?.iter().find(|context| {
            context["name"]
                .as_str()
                .is_some_and(|name| crate::wire::id_of(name).eq_ignore_ascii_case(id))
        })
    }

    /// The event that the reply triggers.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        self.json["followupEventInput"]["name"].as_str()
    }
}
