//! Messages that Google Assistant knows beside the general ones. The platform is closing; old agents still hold them.

use super::message::Image;

message! {
    /// Words spoken and shown.
    SimpleResponses {
        /// A webhook sends one.
        simple_responses: Vec<SimpleResponse> = "simpleResponses",
    }
}

message! {
    /// One response: spoken from plain words or from SSML, not both.
    SimpleResponse {
        /// The words to speak.
        text_to_speech: String = "textToSpeech",
        /// The SSML to speak.
        ssml: String,
        /// What the screen shows.
        display_text: String = "displayText",
    }
}

message! {
    /// A card.
    BasicCard {
        /// Its title.
        title: String,
        /// What stands below the title.
        subtitle: String,
        /// Its text; required unless there is an image.
        formatted_text: String = "formattedText",
        /// Its picture.
        image: Option<Image>,
        /// Its buttons.
        buttons: Vec<BasicCardButton>,
    }
}

message! {
    /// A basic card's button.
    BasicCardButton {
        /// What it says.
        title: String,
        /// What it opens.
        open_uri_action: Option<OpenUriAction> = "openUriAction",
    }
}

message! {
    /// Opens a URI.
    OpenUriAction {
        /// The URI.
        uri: String,
    }
}

message! {
    /// Chips.
    Suggestions {
        /// The chips.
        suggestions: Vec<Suggestion>,
    }
}

message! {
    /// A chip.
    Suggestion {
        /// What it says and sends.
        title: String,
    }
}

message! {
    /// A chip that leads to an app or a site.
    LinkOutSuggestion {
        /// The app's or site's name.
        destination_name: String = "destinationName",
        /// Where it leads.
        uri: String,
    }
}

message! {
    /// A list to choose from.
    ListSelect {
        /// Its title.
        title: String,
        /// What can be chosen.
        items: Vec<ListItem>,
        /// What stands below the title.
        subtitle: String,
    }
}

message! {
    /// An item of a list.
    ListItem {
        /// What choosing it sends back.
        info: Option<SelectItemInfo>,
        /// Its title.
        title: String,
        /// Its text.
        description: String,
        /// Its picture.
        image: Option<Image>,
    }
}

message! {
    /// A carousel to choose from.
    CarouselSelect {
        /// What can be chosen.
        items: Vec<CarouselItem>,
    }
}

message! {
    /// An item of a carousel.
    CarouselItem {
        /// What choosing it sends back.
        info: Option<SelectItemInfo>,
        /// Its title.
        title: String,
        /// Its text.
        description: String,
        /// Its picture, which needs an accessibility text.
        image: Option<Image>,
    }
}

message! {
    /// How an item is recognised when the user chooses it.
    SelectItemInfo {
        /// What comes back; required.
        key: String,
        /// Other words for it.
        synonyms: Vec<String>,
    }
}

message! {
    /// A carousel of 2 to 10 web pages.
    BrowseCarouselCard {
        /// The pages.
        items: Vec<BrowseCarouselItem>,
        /// How the pictures fill their place.
        image_display_options: ImageDisplayOptions = "imageDisplayOptions",
    }
}

message! {
    /// A web page in a carousel.
    BrowseCarouselItem {
        /// What it opens.
        open_uri_action: Option<OpenUrlAction> = "openUriAction",
        /// Its title.
        title: String,
        /// Its text.
        description: String,
        /// Its picture.
        image: Option<Image>,
        /// What stands at the bottom.
        footer: String,
    }
}

message! {
    /// Opens a web page. Its member is called `openUriAction`, and it holds `url`.
    OpenUrlAction {
        /// The page.
        url: String,
        /// What kind of page it is.
        url_type_hint: UrlTypeHint = "urlTypeHint",
    }
}

enumeration! {
    /// What kind of page a URL leads to.
    UrlTypeHint ("URL_TYPE_HINT_UNSPECIFIED") {
        /// An AMP action.
        AmpAction = 1 "AMP_ACTION",
        /// AMP content.
        AmpContent = 2 "AMP_CONTENT",
    }
}

enumeration! {
    /// How a picture fills its place.
    ImageDisplayOptions ("IMAGE_DISPLAY_OPTIONS_UNSPECIFIED") {
        /// Gray around it.
        Gray = 1 "GRAY",
        /// White around it.
        White = 2 "WHITE",
        /// Cut to fit.
        Cropped = 3 "CROPPED",
        /// A blurred copy around it.
        BlurredBackground = 4 "BLURRED_BACKGROUND",
    }
}

message! {
    /// A table.
    TableCard {
        /// Its title.
        title: String,
        /// What stands below the title.
        subtitle: String,
        /// Its picture.
        image: Option<Image>,
        /// Its columns.
        column_properties: Vec<ColumnProperties> = "columnProperties",
        /// Its rows.
        rows: Vec<TableCardRow>,
        /// Its buttons.
        buttons: Vec<BasicCardButton>,
    }
}

message! {
    /// A column of a table.
    ColumnProperties {
        /// What stands above it.
        header: String,
        /// How its cells are set.
        horizontal_alignment: HorizontalAlignment = "horizontalAlignment",
    }
}

enumeration! {
    /// How the cells of a column are set.
    HorizontalAlignment ("HORIZONTAL_ALIGNMENT_UNSPECIFIED") {
        /// At the leading edge.
        Leading = 1 "LEADING",
        /// In the middle.
        Center = 2 "CENTER",
        /// At the trailing edge.
        Trailing = 3 "TRAILING",
    }
}

message! {
    /// A row of a table.
    TableCardRow {
        /// Its cells.
        cells: Vec<TableCardCell>,
        /// Whether a line follows it.
        divider_after: bool = "dividerAfter",
    }
}

message! {
    /// A cell of a table.
    TableCardCell {
        /// What stands in it.
        text: String,
    }
}

message! {
    /// Sound.
    MediaContent {
        /// What kind of medium it is.
        media_type: MediaType = "mediaType",
        /// What is played.
        media_objects: Vec<MediaObject> = "mediaObjects",
    }
}

enumeration! {
    /// What kind of medium is played.
    MediaType ("RESPONSE_MEDIA_TYPE_UNSPECIFIED") {
        /// Sound.
        Audio = 1 "AUDIO",
    }
}

message! {
    /// Something to play.
    MediaObject {
        /// Its name.
        name: String,
        /// What it is.
        description: String,
        /// Where it lies.
        content_url: String = "contentUrl",
    }
    /// Its picture.
    oneof image: MediaImage {
        /// A large one.
        LargeImage(Image) = "largeImage" | "large_image",
        /// A small one.
        Icon(Image) = "icon" | "icon",
    }
}
