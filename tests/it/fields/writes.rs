//! How a handler writes each field of a reply.

use std::time::Duration;

use flowhook::ssml::Speech;
use flowhook::wire::{
    CardWidth, Height, HorizontalAlignment, ImageDisplayOptions, Platform, ThumbnailImageAlignment,
    UrlTypeHint,
};
use flowhook::{Answer, Card, Message, OutputContext, Reply, SessionEntities, assistant, rbm, telephony};
use serde_json::{Value, json};

use super::Write;

/// Rows: a message, where a reply has one below the place of them all, and its fields, each with what stands in it and the
/// call that writes it.
macro_rules! writes {
    (in $all:literal; $(
        $message:literal at $place:literal $how:ident {
            $( $field:ident $(= $written:expr)? => $call:expr ),* $(,)?
        }
    )*) => {
        vec![$($(
            Write {
                message: $message,
                field: stringify!($field),
                place: concat!($all, $place),
                call: stringify!($call),
                written: None::<Value>$(.or(Some(json!($written))))?,
                answer: || $how($call),
            }
        ),*),*]
    };
}

fn reply(reply: impl Into<Answer>) -> Answer {
    reply.into()
}

fn says(message: impl Into<Message>) -> Answer {
    Reply::message(message).into()
}

pub(super) fn of_replies() -> Vec<Write> {
    writes! { in "";
        "WebhookResponse" at "" reply {
            fulfillmentMessages => Reply::text("Hello!").say("And welcome."),
            fulfillmentText = "Hello!" => Reply::text("Hello!").fulfillment_text("Hello!"),
            source = "kitchen" => Reply::text("Hello!").webhook_source("kitchen"),
            payload = json!({"shop": {"cart": 3}}) => Reply::text("Hello!").webhook_payload(json!({"shop": {"cart": 3}})),
            outputContexts => Reply::text("Hello!").context(OutputContext::new("cart")),
            followupEventInput => Reply::event("WELCOME"),
            sessionEntityTypes => Reply::text("Hello!").session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple"])),
            liveAgentHandoff = true => Reply::text("Hello!").live_agent_handoff(),
            endInteraction = true => Reply::text("Bye!").end_interaction(),
        }
        "EventInput" at "/followupEventInput" reply {
            name = "WELCOME" => Reply::event("WELCOME"),
            parameters = json!({"again": true}) => Reply::event("WELCOME").parameter("again", true),
            languageCode = "de" => Reply::event("WELCOME").language("de"),
        }
        "SessionEntityType" at "/sessionEntityTypes/0" reply {
            name = "projects/demo/agent/sessions/test/entityTypes/fruit"
                => Reply::text("Hello!").session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple"])),
            entityOverrideMode = "ENTITY_OVERRIDE_MODE_SUPPLEMENT"
                => Reply::text("Hello!").session_entities(SessionEntities::supplementing("fruit").entity("APPLE", ["apple"])),
            entities => Reply::text("Hello!").session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple"])),
        }
        "EntityType.Entity" at "/sessionEntityTypes/0/entities/0" reply {
            value = "APPLE" => Reply::text("Hello!").session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple"])),
            synonyms = ["apple"]
                => Reply::text("Hello!").session_entities(SessionEntities::overriding("fruit").entity("APPLE", ["apple"])),
        }
        "Context" at "/outputContexts/0" reply {
            name = "projects/demo/agent/sessions/test/contexts/cart" => Reply::text("Hello!").context(OutputContext::new("cart")),
            lifespanCount = 3 => Reply::text("Hello!").context(OutputContext::new("cart").lifespan(3)),
            parameters = json!({"dishes": 2}) => Reply::text("Hello!").context(OutputContext::new("cart").parameter("dishes", 2)),
        }
    }
}

pub(super) fn of_messages() -> Vec<Write> {
    writes! { in "/fulfillmentMessages/0";
        "Intent.Message" at "" says {
            text => Message::text("Hello!"),
            image => Message::image("https://example.com/map.png", "How to find us"),
            quickReplies => Message::quick_replies("What else?", ["Drinks", "Dishes"]),
            card => Card::new("Soup"),
            payload = json!({"line": {"type": "sticker"}}) => Message::payload(json!({"line": {"type": "sticker"}})),
            platform = "SLACK" => Message::text("Hello!").on(Platform::Slack),
            simpleResponses => assistant::SimpleResponse::text("Hello!"),
            basicCard => assistant::BasicCard::text("Of the day"),
            suggestions => assistant::Suggestions::new(["Yes", "No"]),
            linkOutSuggestion => assistant::LinkOut::new("the shop", "https://example.com"),
            listSelect => assistant::List::new([assistant::Item::new("SOUP", "Soup"), assistant::Item::new("SALAD", "Salad")]),
            carouselSelect
                => assistant::Carousel::new([assistant::Item::new("SOUP", "Soup"), assistant::Item::new("SALAD", "Salad")]),
            browseCarouselCard => assistant::BrowseCarousel::new([soup(), salad()]),
            tableCard => assistant::Table::new("Prices", ["Dish", "Euros"]),
            mediaContent => assistant::Media::audio([assistant::Track::new("Bell", "https://example.com/bell.mp3")]),
            telephonyPlayAudio => telephony::play("gs://bucket/bell.wav"),
            telephonySynthesizeSpeech => telephony::speak("Hello!"),
            telephonyTransferCall => telephony::transfer("+12125550100"),
            rbmText => rbm::Text::new("Hello!"),
            rbmStandaloneRichCard => rbm::Card::vertical(rbm::Content::titled("Soup")),
            rbmCarouselRichCard
                => rbm::Carousel::new(CardWidth::Small, [rbm::Content::titled("Soup"), rbm::Content::titled("Salad")]),
        }
        "Intent.Message.Text" at "/text" says {
            text = ["Hello!"] => Message::text("Hello!"),
        }
        "Intent.Message.Image" at "/image" says {
            imageUri = "https://example.com/map.png" => Message::image("https://example.com/map.png", "How to find us"),
            accessibilityText = "How to find us" => Message::image("https://example.com/map.png", "How to find us"),
        }
        "Intent.Message.QuickReplies" at "/quickReplies" says {
            title = "What else?" => Message::quick_replies("What else?", ["Drinks", "Dishes"]),
            quickReplies = ["Drinks", "Dishes"] => Message::quick_replies("What else?", ["Drinks", "Dishes"]),
        }
        "Intent.Message.Card" at "/card" says {
            title = "Soup" => Card::new("Soup"),
            subtitle = "of the day" => Card::new("Soup").subtitle("of the day"),
            imageUri = "https://example.com/soup.png" => Card::new("Soup").image("https://example.com/soup.png"),
            buttons => Card::new("Soup").button("Order", "order soup"),
        }
        "Intent.Message.Card.Button" at "/card/buttons/0" says {
            text = "Order" => Card::new("Soup").button("Order", "order soup"),
            postback = "order soup" => Card::new("Soup").button("Order", "order soup"),
        }
    }
}

fn soup() -> assistant::Page {
    assistant::Page::new("Soup", "https://example.com/soup")
}

fn salad() -> assistant::Page {
    assistant::Page::new("Salad", "https://example.com/salad")
}

pub(super) fn of_the_assistants_messages() -> Vec<Write> {
    writes! { in "/fulfillmentMessages/0";
        "Intent.Message.SimpleResponses" at "/simpleResponses" says {
            simpleResponses => assistant::SimpleResponse::text("Hello!"),
        }
        "Intent.Message.SimpleResponse" at "/simpleResponses/simpleResponses/0" says {
            textToSpeech = "Hello!" => assistant::SimpleResponse::text("Hello!"),
            ssml = "<speak>Hello<break time=\"500ms\"/></speak>"
                => assistant::SimpleResponse::ssml(&Speech::of("Hello").pause(Duration::from_millis(500))),
            displayText = "Hello!" => assistant::SimpleResponse::text("hello").display("Hello!"),
        }
        "Intent.Message.BasicCard" at "/basicCard" says {
            title = "Soup" => assistant::BasicCard::text("Of the day").title("Soup"),
            subtitle = "hot" => assistant::BasicCard::text("Of the day").subtitle("hot"),
            formattedText = "Of the day" => assistant::BasicCard::text("Of the day"),
            image => assistant::BasicCard::picture("https://example.com/soup.png", "a bowl"),
            buttons => assistant::BasicCard::text("Of the day").button("More", "https://example.com"),
        }
        "Intent.Message.BasicCard.Button" at "/basicCard/buttons/0" says {
            title = "More" => assistant::BasicCard::text("Of the day").button("More", "https://example.com"),
            openUriAction => assistant::BasicCard::text("Of the day").button("More", "https://example.com"),
        }
        "Intent.Message.BasicCard.Button.OpenUriAction" at "/basicCard/buttons/0/openUriAction" says {
            uri = "https://example.com" => assistant::BasicCard::text("Of the day").button("More", "https://example.com"),
        }
        "Intent.Message.Suggestions" at "/suggestions" says {
            suggestions => assistant::Suggestions::new(["Yes", "No"]),
        }
        "Intent.Message.Suggestion" at "/suggestions/suggestions/0" says {
            title = "Yes" => assistant::Suggestions::new(["Yes", "No"]),
        }
        "Intent.Message.LinkOutSuggestion" at "/linkOutSuggestion" says {
            destinationName = "the shop" => assistant::LinkOut::new("the shop", "https://example.com"),
            uri = "https://example.com" => assistant::LinkOut::new("the shop", "https://example.com"),
        }
        "Intent.Message.ListSelect" at "/listSelect" says {
            title = "Today" => assistant::List::new([bowl(), salad_bowl()]).title("Today"),
            subtitle = "at noon" => assistant::List::new([bowl(), salad_bowl()]).subtitle("at noon"),
            items => assistant::List::new([bowl(), salad_bowl()]),
        }
        "Intent.Message.ListSelect.Item" at "/listSelect/items/0" says {
            info => assistant::List::new([assistant::Item::new("SOUP", "Soup"), salad_bowl()]),
            title = "Soup" => assistant::List::new([assistant::Item::new("SOUP", "Soup"), salad_bowl()]),
            description = "hot" => assistant::List::new([assistant::Item::new("SOUP", "Soup").description("hot"), salad_bowl()]),
            image => assistant::List::new([
                assistant::Item::new("SOUP", "Soup").image("https://example.com/soup.png", "a bowl"), salad_bowl()]),
        }
        "Intent.Message.SelectItemInfo" at "/listSelect/items/0/info" says {
            key = "SOUP" => assistant::List::new([assistant::Item::new("SOUP", "Soup"), salad_bowl()]),
            synonyms = ["broth"]
                => assistant::List::new([assistant::Item::new("SOUP", "Soup").synonyms(["broth"]), salad_bowl()]),
        }
        "Intent.Message.CarouselSelect" at "/carouselSelect" says {
            items => assistant::Carousel::new([bowl(), salad_bowl()]),
        }
        "Intent.Message.CarouselSelect.Item" at "/carouselSelect/items/0" says {
            info => assistant::Carousel::new([assistant::Item::new("SOUP", "Soup"), salad_bowl()]),
            title = "Soup" => assistant::Carousel::new([assistant::Item::new("SOUP", "Soup"), salad_bowl()]),
            description = "hot"
                => assistant::Carousel::new([assistant::Item::new("SOUP", "Soup").description("hot"), salad_bowl()]),
            image => assistant::Carousel::new([
                assistant::Item::new("SOUP", "Soup").image("https://example.com/soup.png", "a bowl"), salad_bowl()]),
        }
        "Intent.Message.BrowseCarouselCard" at "/browseCarouselCard" says {
            items => assistant::BrowseCarousel::new([soup(), salad()]),
            imageDisplayOptions = "CROPPED" => assistant::BrowseCarousel::new([soup(), salad()]).images(ImageDisplayOptions::Cropped),
        }
        "Intent.Message.BrowseCarouselCard.BrowseCarouselCardItem" at "/browseCarouselCard/items/0" says {
            openUriAction => assistant::BrowseCarousel::new([assistant::Page::new("Soup", "https://example.com/soup"), salad()]),
            title = "Soup" => assistant::BrowseCarousel::new([assistant::Page::new("Soup", "https://example.com/soup"), salad()]),
            description = "hot" => assistant::BrowseCarousel::new([soup().description("hot"), salad()]),
            image => assistant::BrowseCarousel::new([soup().image("https://example.com/soup.png", "a bowl"), salad()]),
            footer = "today" => assistant::BrowseCarousel::new([soup().footer("today"), salad()]),
        }
        "Intent.Message.BrowseCarouselCard.BrowseCarouselCardItem.OpenUrlAction"
            at "/browseCarouselCard/items/0/openUriAction" says {
            url = "https://example.com/soup"
                => assistant::BrowseCarousel::new([assistant::Page::new("Soup", "https://example.com/soup"), salad()]),
            urlTypeHint = "AMP_CONTENT" => assistant::BrowseCarousel::new([soup().hint(UrlTypeHint::AmpContent), salad()]),
        }
        "Intent.Message.TableCard" at "/tableCard" says {
            title = "Prices" => assistant::Table::new("Prices", ["Dish", "Euros"]),
            subtitle = "today" => assistant::Table::new("Prices", ["Dish", "Euros"]).subtitle("today"),
            image => assistant::Table::new("Prices", ["Dish", "Euros"]).image("https://example.com/soup.png", "a bowl"),
            columnProperties => assistant::Table::new("Prices", ["Dish", "Euros"]),
            rows => assistant::Table::new("Prices", ["Dish", "Euros"]).row(assistant::Row::new(["Soup", "4"])),
            buttons => assistant::Table::new("Prices", ["Dish", "Euros"]).button("More", "https://example.com"),
        }
        "Intent.Message.ColumnProperties" at "/tableCard/columnProperties/0" says {
            header = "Dish" => assistant::Table::new("Prices", ["Dish", "Euros"]),
            horizontalAlignment = "TRAILING"
                => assistant::Table::new("Prices", [assistant::Column::new("Dish").aligned(HorizontalAlignment::Trailing)]),
        }
        "Intent.Message.TableCardRow" at "/tableCard/rows/0" says {
            cells => assistant::Table::new("Prices", ["Dish", "Euros"]).row(assistant::Row::new(["Soup", "4"])),
            dividerAfter = true
                => assistant::Table::new("Prices", ["Dish", "Euros"]).row(assistant::Row::new(["Soup", "4"]).divided()),
        }
        "Intent.Message.TableCardCell" at "/tableCard/rows/0/cells/0" says {
            text = "Soup" => assistant::Table::new("Prices", ["Dish", "Euros"]).row(assistant::Row::new(["Soup", "4"])),
        }
        "Intent.Message.MediaContent" at "/mediaContent" says {
            mediaType = "AUDIO" => assistant::Media::audio([bell()]),
            mediaObjects => assistant::Media::audio([bell()]),
        }
        "Intent.Message.MediaContent.ResponseMediaObject" at "/mediaContent/mediaObjects/0" says {
            name = "Bell" => assistant::Media::audio([assistant::Track::new("Bell", "https://example.com/bell.mp3")]),
            description = "rings" => assistant::Media::audio([bell().description("rings")]),
            contentUrl = "https://example.com/bell.mp3"
                => assistant::Media::audio([assistant::Track::new("Bell", "https://example.com/bell.mp3")]),
            largeImage => assistant::Media::audio([bell().large_image("https://example.com/bell.png", "a bell")]),
            icon => assistant::Media::audio([bell().icon("https://example.com/bell.png", "a bell")]),
        }
    }
}

fn bowl() -> assistant::Item {
    assistant::Item::new("SOUP", "Soup")
}

fn salad_bowl() -> assistant::Item {
    assistant::Item::new("SALAD", "Salad")
}

fn bell() -> assistant::Track {
    assistant::Track::new("Bell", "https://example.com/bell.mp3")
}

pub(super) fn of_the_phones_messages() -> Vec<Write> {
    writes! { in "/fulfillmentMessages/0";
        "Intent.Message.TelephonyPlayAudio" at "/telephonyPlayAudio" says {
            audioUri = "gs://bucket/bell.wav" => telephony::play("gs://bucket/bell.wav"),
        }
        "Intent.Message.TelephonySynthesizeSpeech" at "/telephonySynthesizeSpeech" says {
            text = "Hello!" => telephony::speak("Hello!"),
            ssml = "<speak>Fish &amp; chips</speak>" => telephony::speak(Speech::of("Fish & chips")),
        }
        "Intent.Message.TelephonyTransferCall" at "/telephonyTransferCall" says {
            phoneNumber = "+12125550100" => telephony::transfer("+12125550100"),
        }
        "Intent.Message.RbmText" at "/rbmText" says {
            text = "Hello!" => rbm::Text::new("Hello!"),
            rbmSuggestion => rbm::Text::new("Hello!").suggest(rbm::Suggestion::reply("Order", "order")),
        }
        "Intent.Message.RbmSuggestion" at "/rbmText/rbmSuggestion/0" says {
            reply => rbm::Text::new("Hello!").suggest(rbm::Suggestion::reply("Order", "order")),
            action => rbm::Text::new("Hello!").suggest(rbm::Suggestion::share_location("Here", "here")),
        }
        "Intent.Message.RbmSuggestedReply" at "/rbmText/rbmSuggestion/0/reply" says {
            text = "Order" => rbm::Text::new("Hello!").suggest(rbm::Suggestion::reply("Order", "order")),
            postbackData = "order" => rbm::Text::new("Hello!").suggest(rbm::Suggestion::reply("Order", "order")),
        }
        "Intent.Message.RbmSuggestedAction" at "/rbmText/rbmSuggestion/0/action" says {
            text = "Here" => rbm::Text::new("Hello!").suggest(rbm::Suggestion::share_location("Here", "here")),
            postbackData = "here" => rbm::Text::new("Hello!").suggest(rbm::Suggestion::share_location("Here", "here")),
            dial => rbm::Text::new("Hello!").suggest(rbm::Suggestion::dial("Call", "call", "+12125550100")),
            openUrl => rbm::Text::new("Hello!").suggest(rbm::Suggestion::open_url("More", "more", "https://example.com")),
            shareLocation => rbm::Text::new("Hello!").suggest(rbm::Suggestion::share_location("Here", "here")),
        }
        "Intent.Message.RbmSuggestedAction.RbmSuggestedActionDial" at "/rbmText/rbmSuggestion/0/action/dial" says {
            phoneNumber = "+12125550100"
                => rbm::Text::new("Hello!").suggest(rbm::Suggestion::dial("Call", "call", "+12125550100")),
        }
        "Intent.Message.RbmSuggestedAction.RbmSuggestedActionOpenUri" at "/rbmText/rbmSuggestion/0/action/openUrl" says {
            uri = "https://example.com"
                => rbm::Text::new("Hello!").suggest(rbm::Suggestion::open_url("More", "more", "https://example.com")),
        }
        "Intent.Message.RbmStandaloneCard" at "/rbmStandaloneRichCard" says {
            cardOrientation = "VERTICAL" => rbm::Card::vertical(rbm::Content::titled("Soup")),
            thumbnailImageAlignment = "RIGHT"
                => rbm::Card::horizontal(rbm::Content::titled("Soup"), ThumbnailImageAlignment::Right),
            cardContent => rbm::Card::vertical(rbm::Content::titled("Soup")),
        }
        "Intent.Message.RbmCardContent" at "/rbmStandaloneRichCard/cardContent" says {
            title = "Soup" => rbm::Card::vertical(rbm::Content::titled("Soup")),
            description = "hot" => rbm::Card::vertical(rbm::Content::describing("hot")),
            media => rbm::Card::vertical(rbm::Content::showing(film())),
            suggestions => rbm::Card::vertical(rbm::Content::titled("Soup").suggest(rbm::Suggestion::reply("Order", "order"))),
        }
        "Intent.Message.RbmCardContent.RbmMedia" at "/rbmStandaloneRichCard/cardContent/media" says {
            fileUri = "https://example.com/soup.mp4"
                => rbm::Card::vertical(rbm::Content::showing(rbm::Media::new("https://example.com/soup.mp4", Height::Short))),
            height = "SHORT"
                => rbm::Card::vertical(rbm::Content::showing(rbm::Media::new("https://example.com/soup.mp4", Height::Short))),
            thumbnailUri = "https://example.com/soup.png"
                => rbm::Card::vertical(rbm::Content::showing(film().thumbnail("https://example.com/soup.png"))),
        }
        "Intent.Message.RbmCarouselCard" at "/rbmCarouselRichCard" says {
            cardWidth = "SMALL"
                => rbm::Carousel::new(CardWidth::Small, [rbm::Content::titled("Soup"), rbm::Content::titled("Salad")]),
            cardContents
                => rbm::Carousel::new(CardWidth::Small, [rbm::Content::titled("Soup"), rbm::Content::titled("Salad")]),
        }
    }
}

fn film() -> rbm::Media {
    rbm::Media::new("https://example.com/soup.mp4", Height::Short)
}
