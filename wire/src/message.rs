//! One message of a reply, and the kinds that every integration may know: text, image, quick replies, card, payload.

use super::Struct;
use super::assistant::{
    BasicCard, BrowseCarouselCard, CarouselSelect, LinkOutSuggestion, ListSelect, MediaContent,
    SimpleResponses, Suggestions, TableCard,
};
use super::rbm::{RbmCarouselCard, RbmStandaloneCard, RbmText};
use super::telephony::{TelephonyPlayAudio, TelephonySynthesizeSpeech, TelephonyTransferCall};

message! {
    /// A message: one kind of content, for one platform or for all.
    Message {
        /// The integration it is for; unspecified for all.
        platform: Platform,
    }
    /// What a message holds. A request may come with none of them. The largest are boxed, so that a list of short texts is small.
    oneof kind: Kind {
        /// Words.
        Text(Text) = "text" | "text",
        /// A picture.
        Image(Image) = "image" | "image",
        /// Things to tap.
        QuickReplies(QuickReplies) = "quickReplies" | "quick_replies",
        /// A card.
        Card(Card) = "card" | "card",
        /// Whatever the platform understands.
        Payload(Struct) = "payload" | "payload",
        /// Google Assistant: words spoken and shown.
        SimpleResponses(SimpleResponses) = "simpleResponses" | "simple_responses",
        /// Google Assistant: a card.
        BasicCard(Box<BasicCard>) = "basicCard" | "basic_card",
        /// Google Assistant: chips.
        Suggestions(Suggestions) = "suggestions" | "suggestions",
        /// Google Assistant: a chip that leads to an app or a site.
        LinkOutSuggestion(LinkOutSuggestion) = "linkOutSuggestion" | "link_out_suggestion",
        /// Google Assistant: a list to choose from.
        ListSelect(ListSelect) = "listSelect" | "list_select",
        /// Google Assistant: a carousel to choose from.
        CarouselSelect(CarouselSelect) = "carouselSelect" | "carousel_select",
        /// The phone gateway plays a recording.
        TelephonyPlayAudio(TelephonyPlayAudio) = "telephonyPlayAudio" | "telephony_play_audio" [beta],
        /// The phone gateway speaks.
        TelephonySynthesizeSpeech(TelephonySynthesizeSpeech) =
            "telephonySynthesizeSpeech" | "telephony_synthesize_speech" [beta],
        /// The phone gateway transfers the call.
        TelephonyTransferCall(TelephonyTransferCall) =
            "telephonyTransferCall" | "telephony_transfer_call" [beta],
        /// RCS for Business: words with suggestions.
        RbmText(RbmText) = "rbmText" | "rbm_text" [beta],
        /// RCS for Business: one card.
        RbmStandaloneRichCard(Box<RbmStandaloneCard>) =
            "rbmStandaloneRichCard" | "rbm_standalone_rich_card" [beta],
        /// RCS for Business: a carousel of cards.
        RbmCarouselRichCard(RbmCarouselCard) = "rbmCarouselRichCard" | "rbm_carousel_rich_card" [beta],
        /// Google Assistant: a carousel of web pages.
        BrowseCarouselCard(BrowseCarouselCard) = "browseCarouselCard" | "browse_carousel_card",
        /// Google Assistant: a table.
        TableCard(Box<TableCard>) = "tableCard" | "table_card",
        /// Google Assistant: sound.
        MediaContent(MediaContent) = "mediaContent" | "media_content",
    }
}

message! {
    /// Words.
    Text {
        /// Alternatives, of which one is shown. A webhook sends one.
        text: Vec<String>,
    }
}

message! {
    /// A picture.
    Image {
        /// Where it lies.
        image_uri: String = "imageUri",
        /// What it shows, for who cannot see it.
        accessibility_text: String = "accessibilityText",
    }
}

message! {
    /// Things to tap instead of typing them.
    QuickReplies {
        /// What stands above them.
        title: String,
        /// What each says and sends.
        quick_replies: Vec<String> = "quickReplies",
    }
}

message! {
    /// A card.
    Card {
        /// Its title.
        title: String,
        /// What stands below the title.
        subtitle: String,
        /// Its picture.
        image_uri: String = "imageUri",
        /// Its buttons.
        buttons: Vec<CardButton>,
    }
}

message! {
    /// A card's button.
    CardButton {
        /// What it says.
        text: String,
        /// What it sends back, or the URI that it opens.
        postback: String,
    }
}

enumeration! {
    /// The integration that a message is for.
    Platform ("PLATFORM_UNSPECIFIED") {
        /// Facebook Messenger.
        Facebook = 1 "FACEBOOK",
        /// Slack.
        Slack = 2 "SLACK",
        /// Telegram.
        Telegram = 3 "TELEGRAM",
        /// Kik.
        Kik = 4 "KIK",
        /// Skype.
        Skype = 5 "SKYPE",
        /// LINE.
        Line = 6 "LINE",
        /// Viber.
        Viber = 7 "VIBER",
        /// Google Assistant.
        ActionsOnGoogle = 8 "ACTIONS_ON_GOOGLE",
        /// The phone gateway.
        Telephony = 10 "TELEPHONY" [beta],
        /// Google Chat.
        GoogleHangouts = 11 "GOOGLE_HANGOUTS",
    }
}
