//! Who wants to be written to, kept in the store.
//!
//! A user says it twice: by a keyword in a text and by an event of the platform's, in either order. It is one change, known by what came
//! in first; what comes in second, or again, or late, changes nothing.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::{hash_of, hex};
use super::rbm::{Consent, Event, PhoneNumber};
use crate::store::{Store, StoreError};

/// The consents of all users. Until they are [opened](Self::open), nobody's is known.
#[derive(Clone, Default)]
pub struct Consents(Arc<OnceLock<Arc<dyn Store>>>);

/// What an event is to the user's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// It changed it, now or on an earlier run for the same event: the handler is to be told.
    Made(Consent),
    /// It says what is known, or what is out of date.
    None,
}

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    is_subscribed: bool,
    /// A hash of the event that changed it.
    by: String,
    /// When the user said it, by the phone's or the platform's clock, in milliseconds.
    at: Option<i64>,
}

impl Consents {
    /// Those kept in that store.
    #[must_use]
    pub fn new(store: Arc<dyn Store>) -> Self {
        let consents = Self::default();
        consents.open(store);
        consents
    }

    /// Those kept in that store, from now on and for good.
    pub fn open(&self, store: Arc<dyn Store>) {
        // The first store stays.
        let _ = self.0.set(store);
    }

    fn store(&self) -> Result<&Arc<dyn Store>, StoreError> {
        self.0.get().ok_or_else(|| StoreError::Away {
            place: "where consents are kept".to_owned(),
            why: "it is opened by `serve`".to_owned(),
        })
    }

    /// What the user of that agent said last; none if nothing.
    ///
    /// # Errors
    ///
    /// When the store is away.
    pub async fn of(&self, agent: &str, user: &PhoneNumber) -> Result<Option<Consent>, StoreError> {
        let kept = self.kept(&key(agent, user)).await?;
        Ok(kept.map(|kept| consent(kept.is_subscribed)))
    }

    /// Keeps what the event says. Events of one user must come one after another.
    pub(crate) async fn change(&self, event: &Event, said: Consent) -> Result<Change, StoreError> {
        let Some(user) = &event.user else {
            return Ok(Change::None);
        };
        let key = key(&event.agent, user);
        let by = name_of(event);
        let at = event.sent_at.map(Timestamp::as_millisecond);
        let kept = self.kept(&key).await?;
        if let Some(kept) = &kept {
            if kept.by == by {
                return Ok(Change::Made(said));
            }
            let is_late = matches!((at, kept.at), (Some(at), Some(before)) if at < before);
            if is_late || consent(kept.is_subscribed) == said {
                return Ok(Change::None);
            }
        }
        let kept = Kept {
            is_subscribed: said == Consent::Subscribed,
            by,
            at,
        };
        let text = serde_json::to_vec(&kept).expect("a flat struct is JSON");
        self.store()?.note(key, text.into()).await?;
        Ok(Change::Made(said))
    }

    /// Whether it was this event that changed the user's consent last.
    pub(crate) async fn is_by(&self, event: &Event) -> Result<bool, StoreError> {
        let Some(user) = &event.user else {
            return Ok(false);
        };
        let kept = self.kept(&key(&event.agent, user)).await?;
        Ok(kept.is_some_and(|kept| kept.by == name_of(event)))
    }

    async fn kept(&self, key: &[u8; 32]) -> Result<Option<Kept>, StoreError> {
        let text = self.store()?.noted(*key).await?;
        Ok(text.and_then(|text| serde_json::from_slice(&text).ok()))
    }
}

fn key(agent: &str, user: &PhoneNumber) -> [u8; 32] {
    hash_of(&["consent", "rbm", agent, user.as_str()])
}

/// What an event is known by, without its id. Kinds have ids of their own; that of a text and of the event beside it may be the same.
fn name_of(event: &Event) -> String {
    let hash = hash_of(&[event.kind.name(), &event.id]);
    hex(&hash[..16])
}

fn consent(is_subscribed: bool) -> Consent {
    if is_subscribed {
        Consent::Subscribed
    } else {
        Consent::Unsubscribed
    }
}

hide!(Consents);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Limits, Memory};
    use serde_json::json;

    const AGENT: &str = "demo@rbm.goog";

    /// A text, or an event of the platform's, sent in that second.
    fn said(what: &str, second: u8) -> Event {
        let time = format!("2026-01-02T03:04:{second:02}Z");
        Event::read(&if what.ends_with("SUBSCRIBE") {
            json!({
                "senderPhoneNumber": "+15550100", "agentId": AGENT, "eventType": what, "eventId": format!("e{second}"), "sendTime": time,
            })
        } else {
            json!({
                "senderPhoneNumber": "+15550100", "agentId": AGENT, "text": what, "messageId": format!("m{second}"), "sendTime": time,
            })
        })
    }

    #[tokio::test]
    async fn what_is_said_twice_is_one_change_in_either_order_and_a_repetition_is_the_same_one() {
        for order in [["STOP", "UNSUBSCRIBE"], ["UNSUBSCRIBE", "STOP"]] {
            let consents = Consents::new(Arc::new(Memory::new(Limits::default())));
            let [first, second] = [said(order[0], 1), said(order[1], 2)];
            let user = first.user.clone().unwrap();
            assert_eq!(consents.of(AGENT, &user).await, Ok(None));
            let made = Ok(Change::Made(Consent::Unsubscribed));
            let change = async |event: &Event| consents.change(event, event.consent().unwrap()).await;
            assert_eq!(change(&first).await, made);
            assert_eq!(change(&second).await, Ok(Change::None));
            // Run again, after the program was killed.
            assert_eq!(change(&first).await, made);
            assert_eq!(consents.of(AGENT, &user).await, Ok(Some(Consent::Unsubscribed)));

            assert_eq!(
                change(&said("START", 5)).await,
                Ok(Change::Made(Consent::Subscribed))
            );
            // Sent before the user began again, and delivered late.
            assert_eq!(change(&said("UNSUBSCRIBE", 3)).await, Ok(Change::None));
            assert_eq!(consents.of(AGENT, &user).await, Ok(Some(Consent::Subscribed)));
            assert_eq!(change(&said("SUBSCRIBE", 6)).await, Ok(Change::None));
        }
    }

    #[tokio::test]
    async fn only_what_is_essential_is_sent_to_who_has_unsubscribed() {
        use crate::channels::Id;
        use crate::channels::rbm::{Client, Error, Message, TrafficType};
        use crate::google::{Account, Client as Google, Credentials};

        let consents = Consents::default();
        let nobody = Google::new(Credentials::new(&Account::Nobody, "").unwrap());
        // Where nobody listens: what is sent gets no answer, what is refused is refused before.
        let client =
            Client::new(nobody, "http://127.0.0.1:1".parse().unwrap(), AGENT).obeying(consents.clone());
        let stop = said("STOP", 1);
        let user = stop.user.clone().unwrap();
        let send = async |traffic: Option<TrafficType>| {
            let message = Message::text("x");
            let message = traffic.into_iter().fold(message, Message::traffic);
            client.send(&user, Id::random(), &message).await.unwrap_err()
        };
        assert!(matches!(send(None).await, Error::Store(_)), "nobody knows yet");
        consents.open(Arc::new(Memory::new(Limits::default())));
        assert!(matches!(
            send(Some(TrafficType::Promotion)).await,
            Error::Google(_)
        ));
        consents.change(&stop, Consent::Unsubscribed).await.unwrap();
        for (traffic, is_essential) in [
            (None, false),
            (Some(TrafficType::Promotion), false),
            (Some(TrafficType::Authentication), true),
            (Some(TrafficType::Transaction), true),
            (Some(TrafficType::ServiceRequest), true),
            (Some(TrafficType::Acknowledgement), true),
        ] {
            let error = send(traffic).await;
            assert_eq!(
                matches!(error, Error::Google(_)),
                is_essential,
                "{traffic:?}: {error}"
            );
            assert_eq!(matches!(error, Error::Unsubscribed), !is_essential);
        }
    }
}
