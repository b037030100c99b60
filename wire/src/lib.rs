//! Google's JSON, message by message: what a webhook receives and what it may answer.
//!
//! The types mirror the protobuf messages of `google.cloud.dialogflow.v2` and `.v2beta1`, every field under its own
//! name. Reading is tolerant, as protobuf-JSON asks: absent and null are the default, names come in camelCase or
//! snake_case, enums as names or numbers, integers as `5`, `5.0` or `"5"`, and what we do not know is kept as it came.
//! Writing is strict: [`WebhookResponse::restrict_to`] takes out whatever the agent's API version would refuse.
//!
//! Facts: the published descriptors of both versions. Flowhook's `tests/fixtures/protocol-fields.json` lists every field, and its
//! tests hold this crate to that list.

#![warn(unreachable_pub)]

#[macro_use]
mod schema;
mod field;
mod lazy;
mod prune;
mod version;

mod context;
mod intent;
mod message;
mod query;
mod request;
mod response;

mod assistant;
mod rbm;
mod telephony;

pub use assistant::{
    BasicCard, BasicCardButton, BrowseCarouselCard, BrowseCarouselItem, CarouselItem, CarouselSelect,
    ColumnProperties, HorizontalAlignment, ImageDisplayOptions, LinkOutSuggestion, ListItem, ListSelect,
    MediaContent, MediaImage, MediaObject, MediaType, OpenUriAction, OpenUrlAction, SelectItemInfo,
    SimpleResponse, SimpleResponses, Suggestion, Suggestions, TableCard, TableCardCell, TableCardRow,
    UrlTypeHint,
};
pub use context::{Context, id_of, parts_of};
pub use intent::{
    FollowupIntentInfo, Intent, Parameter, Part, TrainingPhrase, TrainingPhraseType, WebhookState,
};
pub use lazy::LazyStruct;
pub use message::{Card, CardButton, Image, Kind, Message, Platform, QuickReplies, Text};
pub use prune::{Dropped, Reason};
pub use query::{
    Confidence, KnowledgeAnswer, KnowledgeAnswers, QueryResult, Sentiment, SentimentAnalysisResult, Status,
};
pub use rbm::{
    CardOrientation, CardWidth, Dial, Height, OpenUri, RbmAction, RbmActionKind, RbmCardContent,
    RbmCarouselCard, RbmMedia, RbmReply, RbmStandaloneCard, RbmSuggestion, RbmSuggestionKind, RbmText,
    ShareLocation, ThumbnailImageAlignment,
};
pub use request::{OriginalDetectIntentRequest, RequestError, WebhookRequest};
pub use response::{Entity, EntityOverrideMode, EventInput, SessionEntityType, WebhookResponse};
pub use telephony::{Speech, TelephonyPlayAudio, TelephonySynthesizeSpeech, TelephonyTransferCall};
pub use version::ApiVersion;

/// A `google.protobuf.Struct`: a JSON object of any values, whose numbers are doubles.
pub type Struct = serde_json::Map<String, serde_json::Value>;

/// The example of the first page, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
