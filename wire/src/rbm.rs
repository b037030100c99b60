//! Messages of RCS for Business (RBM). v2beta1 only.

message! {
    /// Words with suggestions.
    RbmText {
        /// The words.
        text: String,
        /// Things to tap.
        rbm_suggestion: Vec<RbmSuggestion> = "rbmSuggestion",
    }
}

message! {
    /// Something to tap.
    RbmSuggestion {}
    /// What a tap does.
    oneof suggestion: RbmSuggestionKind {
        /// It answers.
        Reply(RbmReply) = "reply" | "reply",
        /// It does something on the phone.
        Action(RbmAction) = "action" | "action",
    }
}

message! {
    /// A suggested answer.
    RbmReply {
        /// What it says.
        text: String,
        /// What the agent receives when it is tapped.
        postback_data: String = "postbackData",
    }
}

message! {
    /// A suggested action.
    RbmAction {
        /// What it says.
        text: String,
        /// What the agent receives when it is tapped.
        postback_data: String = "postbackData",
    }
    /// What the phone does.
    oneof action: RbmActionKind {
        /// Dials.
        Dial(Dial) = "dial" | "dial",
        /// Opens a link.
        OpenUrl(OpenUri) = "openUrl" | "open_url",
        /// Asks to share the location.
        ShareLocation(ShareLocation) = "shareLocation" | "share_location",
    }
}

message! {
    /// Opens the dialler.
    Dial {
        /// The number, in E.164.
        phone_number: String = "phoneNumber",
    }
}

message! {
    /// Opens a link. Its member is called `openUrl`, though the message's name ends in OpenUri.
    OpenUri {
        /// The link.
        uri: String,
    }
}

message! {
    /// Asks the user to share the location.
    ShareLocation {}
}

message! {
    /// One card.
    RbmStandaloneCard {
        /// Which way it lies.
        card_orientation: CardOrientation = "cardOrientation",
        /// Where the picture stands on a horizontal card.
        thumbnail_image_alignment: ThumbnailImageAlignment = "thumbnailImageAlignment",
        /// What is on it.
        card_content: Option<RbmCardContent> = "cardContent",
    }
}

message! {
    /// What is on a card: at least one of title, description and media.
    RbmCardContent {
        /// At most 200 bytes.
        title: String,
        /// At most 2,000 bytes.
        description: String,
        /// A picture or a film.
        media: Option<RbmMedia>,
        /// Things to tap.
        suggestions: Vec<RbmSuggestion>,
    }
}

message! {
    /// A picture or a film on a card.
    RbmMedia {
        /// Where it lies.
        file_uri: String = "fileUri",
        /// A small picture of it.
        thumbnail_uri: String = "thumbnailUri",
        /// How tall it is shown.
        height: Height,
    }
}

message! {
    /// A carousel of 2 to 10 cards.
    RbmCarouselCard {
        /// How wide each card is.
        card_width: CardWidth = "cardWidth",
        /// The cards.
        card_contents: Vec<RbmCardContent> = "cardContents",
    }
}

enumeration! {
    /// Which way a card lies.
    CardOrientation ("CARD_ORIENTATION_UNSPECIFIED") {
        /// Picture beside words.
        Horizontal = 1 "HORIZONTAL",
        /// Picture above words.
        Vertical = 2 "VERTICAL",
    }
}

enumeration! {
    /// Where the picture stands on a horizontal card.
    ThumbnailImageAlignment ("THUMBNAIL_IMAGE_ALIGNMENT_UNSPECIFIED") {
        /// On the left.
        Left = 1 "LEFT",
        /// On the right.
        Right = 2 "RIGHT",
    }
}

enumeration! {
    /// How tall a picture is shown.
    Height ("HEIGHT_UNSPECIFIED") {
        /// 112 density-independent pixels.
        Short = 1 "SHORT",
        /// 168 density-independent pixels.
        Medium = 2 "MEDIUM",
        /// 264 density-independent pixels; not on small-width cards.
        Tall = 3 "TALL",
    }
}

enumeration! {
    /// How wide a carousel's cards are.
    CardWidth ("CARD_WIDTH_UNSPECIFIED") {
        /// 120 density-independent pixels.
        Small = 1 "SMALL",
        /// 232 density-independent pixels.
        Medium = 2 "MEDIUM",
    }
}
