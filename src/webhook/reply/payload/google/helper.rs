//! What Google Assistant can ask for itself.

use serde_json::{Value, json};

use super::spelling;
use crate::webhook::reply::assistant::{Carousel, List};
use crate::webhook::reply::withheld::withheld;

/// Something that the Assistant asks the user for. The answer comes as the event `actions_intent_` and the helper's name,
/// as in `actions_intent_OPTION`.
#[derive(Clone, PartialEq)]
#[must_use = "a helper asks once a response carries it"]
pub struct Helper(pub(super) Value);

/// What a user can be asked to permit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// The user's name.
    Name,
    /// Where the device is, by its coordinates and street.
    PreciseLocation,
    /// Where the device is, by its town.
    CoarseLocation,
    /// To send notifications.
    Update,
}

impl Permission {
    fn name(self) -> &'static str {
        match self {
            Self::Name => "NAME",
            Self::PreciseLocation => "DEVICE_PRECISE_LOCATION",
            Self::CoarseLocation => "DEVICE_COARSE_LOCATION",
            Self::Update => "UPDATE",
        }
    }
}

impl Helper {
    /// Which item of a list: `actions_intent_OPTION`.
    pub fn list(list: List) -> Self {
        Self::of(
            "OPTION",
            "OptionValueSpec",
            json!({"listSelect": spelling::list(list.0)}),
        )
    }

    /// Which item of a carousel: `actions_intent_OPTION`.
    pub fn carousel(carousel: Carousel) -> Self {
        Self::of(
            "OPTION",
            "OptionValueSpec",
            json!({"carouselSelect": spelling::carousel(carousel.0)}),
        )
    }

    /// Permission, after the reason why, as in "To find the next harbour": `actions_intent_PERMISSION`.
    pub fn permission(reason: impl Into<String>, permissions: impl IntoIterator<Item = Permission>) -> Self {
        let permissions: Vec<_> = permissions.into_iter().map(Permission::name).collect();
        Self::of(
            "PERMISSION",
            "PermissionValueSpec",
            json!({"optContext": reason.into(), "permissions": permissions}),
        )
    }

    /// A yes or a no: `actions_intent_CONFIRMATION`.
    pub fn confirmation(question: impl Into<String>) -> Self {
        Self::of(
            "CONFIRMATION",
            "ConfirmationValueSpec",
            json!({"dialogSpec": {"requestConfirmationText": question.into()}}),
        )
    }

    /// A date and a time, with the questions for both, for the date alone and for the time alone:
    /// `actions_intent_DATETIME`.
    pub fn date_time(both: impl Into<String>, date: impl Into<String>, time: impl Into<String>) -> Self {
        Self::of(
            "DATETIME",
            "DateTimeValueSpec",
            json!({"dialogSpec": {
                "requestDatetimeText": both.into(),
                "requestDateText": date.into(),
                "requestTimeText": time.into(),
            }}),
        )
    }

    /// To sign in, after the reason why: `actions_intent_SIGN_IN`.
    pub fn sign_in(reason: impl Into<String>) -> Self {
        Self::of("SIGN_IN", "SignInValueSpec", json!({"optContext": reason.into()}))
    }

    /// Where to deliver to, after the reason why: `actions_intent_DELIVERY_ADDRESS`.
    pub fn delivery_address(reason: impl Into<String>) -> Self {
        Self::of(
            "DELIVERY_ADDRESS",
            "DeliveryAddressValueSpec",
            json!({"addressOptions": {"reason": reason.into()}}),
        )
    }

    fn of(intent: &str, specification: &str, mut question: Value) -> Self {
        question["@type"] = format!("type.googleapis.com/google.actions.v2.{specification}").into();
        Self(json!({"intent": format!("actions.intent.{intent}"), "data": question}))
    }
}

withheld!(Helper);
