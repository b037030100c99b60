//! How a handler reads each field of the console's messages.

use flowhook::Call;
use flowhook::wire::{Kind, MediaImage, RbmAction, RbmActionKind, RbmSuggestionKind, Speech};
use serde_json::{Value, json};

use super::Read;
use super::reads::message;

pub(super) fn of_messages() -> Vec<Read> {
    reads! { turn in "/queryResult/fulfillmentMessages/0";
        "Intent.Message" at "" () { platform => turn.console_messages().first()?.platform }
        "Intent.Message" at "" (Kind::Text(text)) { text => text }
        "Intent.Message" at "" (Kind::Image(image)) { image => image }
        "Intent.Message" at "" (Kind::QuickReplies(chips)) { quickReplies => chips }
        "Intent.Message" at "" (Kind::Card(card)) { card => card }
        "Intent.Message" at "" (Kind::Payload(payload)) { payload => payload }
        "Intent.Message" at "" (Kind::SimpleResponses(spoken)) { simpleResponses => spoken }
        "Intent.Message" at "" (Kind::BasicCard(card)) { basicCard => card }
        "Intent.Message" at "" (Kind::Suggestions(chips)) { suggestions => chips }
        "Intent.Message" at "" (Kind::LinkOutSuggestion(link)) { linkOutSuggestion => link }
        "Intent.Message" at "" (Kind::ListSelect(list)) { listSelect => list }
        "Intent.Message" at "" (Kind::CarouselSelect(carousel)) { carouselSelect => carousel }
        "Intent.Message" at "" (Kind::BrowseCarouselCard(pages)) { browseCarouselCard => pages }
        "Intent.Message" at "" (Kind::TableCard(table)) { tableCard => table }
        "Intent.Message" at "" (Kind::MediaContent(media)) { mediaContent => media }
        "Intent.Message" at "" (Kind::TelephonyPlayAudio(audio)) { telephonyPlayAudio => audio }
        "Intent.Message" at "" (Kind::TelephonySynthesizeSpeech(speech)) { telephonySynthesizeSpeech => speech }
        "Intent.Message" at "" (Kind::TelephonyTransferCall(transfer)) { telephonyTransferCall => transfer }
        "Intent.Message" at "" (Kind::RbmText(text)) { rbmText => text }
        "Intent.Message" at "" (Kind::RbmStandaloneRichCard(card)) { rbmStandaloneRichCard => card }
        "Intent.Message" at "" (Kind::RbmCarouselRichCard(carousel)) { rbmCarouselRichCard => carousel }
        "Intent.Message.Text" at "/text" (Kind::Text(text)) { text => text.text }
        "Intent.Message.Image" at "/image" (Kind::Image(image)) {
            imageUri => image.image_uri,
            accessibilityText => image.accessibility_text,
        }
        "Intent.Message.QuickReplies" at "/quickReplies" (Kind::QuickReplies(chips)) {
            title => chips.title,
            quickReplies => chips.quick_replies,
        }
        "Intent.Message.Card" at "/card" (Kind::Card(card)) {
            title => card.title,
            subtitle => card.subtitle,
            imageUri => card.image_uri,
            buttons => card.buttons,
        }
        "Intent.Message.Card.Button" at "/card/buttons/0" (Kind::Card(card)) {
            text => card.buttons.first()?.text,
            postback => card.buttons.first()?.postback,
        }
    }
}

pub(super) fn of_the_assistants_messages() -> Vec<Read> {
    reads! { turn in "/queryResult/fulfillmentMessages/0";
        "Intent.Message.SimpleResponses" at "/simpleResponses"
            (Kind::SimpleResponses(spoken)) { simpleResponses => spoken.simple_responses }
        "Intent.Message.SimpleResponse" at "/simpleResponses/simpleResponses/0" (Kind::SimpleResponses(spoken)) {
            textToSpeech => spoken.simple_responses.first()?.text_to_speech,
            ssml => spoken.simple_responses.first()?.ssml,
            displayText => spoken.simple_responses.first()?.display_text,
        }
        "Intent.Message.BasicCard" at "/basicCard" (Kind::BasicCard(card)) {
            title => card.title,
            subtitle => card.subtitle,
            formattedText => card.formatted_text,
            image => card.image,
            buttons => card.buttons,
        }
        "Intent.Message.BasicCard.Button" at "/basicCard/buttons/0" (Kind::BasicCard(card)) {
            title => card.buttons.first()?.title,
            openUriAction => card.buttons.first()?.open_uri_action,
        }
        "Intent.Message.BasicCard.Button.OpenUriAction" at "/basicCard/buttons/0/openUriAction" (Kind::BasicCard(card)) {
            uri => card.buttons.first()?.open_uri_action.as_ref()?.uri,
        }
        "Intent.Message.Suggestions" at "/suggestions" (Kind::Suggestions(chips)) { suggestions => chips.suggestions }
        "Intent.Message.Suggestion" at "/suggestions/suggestions/0"
            (Kind::Suggestions(chips)) { title => chips.suggestions.first()?.title }
        "Intent.Message.LinkOutSuggestion" at "/linkOutSuggestion" (Kind::LinkOutSuggestion(link)) {
            destinationName => link.destination_name,
            uri => link.uri,
        }
        "Intent.Message.ListSelect" at "/listSelect" (Kind::ListSelect(list)) {
            title => list.title,
            subtitle => list.subtitle,
            items => list.items,
        }
        "Intent.Message.ListSelect.Item" at "/listSelect/items/0" (Kind::ListSelect(list)) {
            info => list.items.first()?.info,
            title => list.items.first()?.title,
            description => list.items.first()?.description,
            image => list.items.first()?.image,
        }
        "Intent.Message.SelectItemInfo" at "/listSelect/items/0/info" (Kind::ListSelect(list)) {
            key => list.items.first()?.info.as_ref()?.key,
            synonyms => list.items.first()?.info.as_ref()?.synonyms,
        }
        "Intent.Message.CarouselSelect" at "/carouselSelect" (Kind::CarouselSelect(carousel)) { items => carousel.items }
        "Intent.Message.CarouselSelect.Item" at "/carouselSelect/items/0" (Kind::CarouselSelect(carousel)) {
            info => carousel.items.first()?.info,
            title => carousel.items.first()?.title,
            description => carousel.items.first()?.description,
            image => carousel.items.first()?.image,
        }
        "Intent.Message.BrowseCarouselCard" at "/browseCarouselCard" (Kind::BrowseCarouselCard(pages)) {
            items => pages.items,
            imageDisplayOptions => pages.image_display_options,
        }
        "Intent.Message.BrowseCarouselCard.BrowseCarouselCardItem"
            at "/browseCarouselCard/items/0" (Kind::BrowseCarouselCard(pages)) {
            openUriAction => pages.items.first()?.open_uri_action,
            title => pages.items.first()?.title,
            description => pages.items.first()?.description,
            image => pages.items.first()?.image,
            footer => pages.items.first()?.footer,
        }
        "Intent.Message.BrowseCarouselCard.BrowseCarouselCardItem.OpenUrlAction"
            at "/browseCarouselCard/items/0/openUriAction"
            (Kind::BrowseCarouselCard(pages)) {
            url => pages.items.first()?.open_uri_action.as_ref()?.url,
            urlTypeHint => pages.items.first()?.open_uri_action.as_ref()?.url_type_hint,
        }
        "Intent.Message.TableCard" at "/tableCard" (Kind::TableCard(table)) {
            title => table.title,
            subtitle => table.subtitle,
            image => table.image,
            columnProperties => table.column_properties,
            rows => table.rows,
            buttons => table.buttons,
        }
        "Intent.Message.ColumnProperties" at "/tableCard/columnProperties/0" (Kind::TableCard(table)) {
            header => table.column_properties.first()?.header,
            horizontalAlignment => table.column_properties.first()?.horizontal_alignment,
        }
        "Intent.Message.TableCardRow" at "/tableCard/rows/0" (Kind::TableCard(table)) {
            cells => table.rows.first()?.cells,
            dividerAfter => table.rows.first()?.divider_after,
        }
        "Intent.Message.TableCardCell" at "/tableCard/rows/0/cells/0"
            (Kind::TableCard(table)) { text => table.rows.first()?.cells.first()?.text }
        "Intent.Message.MediaContent" at "/mediaContent" (Kind::MediaContent(media)) {
            mediaType => media.media_type,
            mediaObjects => media.media_objects,
        }
        "Intent.Message.MediaContent.ResponseMediaObject" at "/mediaContent/mediaObjects/0" (Kind::MediaContent(media)) {
            name => media.media_objects.first()?.name,
            description => media.media_objects.first()?.description,
            contentUrl => media.media_objects.first()?.content_url,
            largeImage => &media.media_objects.first()?.image => Some(MediaImage::LargeImage(image)) => image,
            icon => &media.media_objects.first()?.image => Some(MediaImage::Icon(image)) => image,
        }
    }
}

pub(super) fn of_the_phones_messages() -> Vec<Read> {
    reads! { turn in "/queryResult/fulfillmentMessages/0";
        "Intent.Message.TelephonyPlayAudio" at "/telephonyPlayAudio"
            (Kind::TelephonyPlayAudio(audio)) { audioUri => audio.audio_uri }
        "Intent.Message.TelephonySynthesizeSpeech" at "/telephonySynthesizeSpeech"
            (Kind::TelephonySynthesizeSpeech(speech)) {
            text => &speech.source => Some(Speech::Text(words)) => words,
            ssml => &speech.source => Some(Speech::Ssml(ssml)) => ssml,
        }
        "Intent.Message.TelephonyTransferCall" at "/telephonyTransferCall"
            (Kind::TelephonyTransferCall(transfer)) { phoneNumber => transfer.phone_number }
        "Intent.Message.RbmText" at "/rbmText" (Kind::RbmText(text)) {
            text => text.text,
            rbmSuggestion => text.rbm_suggestion,
        }
        "Intent.Message.RbmSuggestion" at "/rbmText/rbmSuggestion/0" (Kind::RbmText(text)) {
            reply => &text.rbm_suggestion.first()?.suggestion => Some(RbmSuggestionKind::Reply(reply)) => reply,
            action => &text.rbm_suggestion.first()?.suggestion => Some(RbmSuggestionKind::Action(action)) => action,
        }
        "Intent.Message.RbmSuggestedReply" at "/rbmText/rbmSuggestion/0/reply" (Kind::RbmText(text)) {
            text => &text.rbm_suggestion.first()?.suggestion => Some(RbmSuggestionKind::Reply(reply)) => reply.text,
            postbackData => &text.rbm_suggestion.first()?.suggestion => Some(RbmSuggestionKind::Reply(reply))
                => reply.postback_data,
        }
        "Intent.Message.RbmSuggestedAction" at "/rbmText/rbmSuggestion/0/action" (Kind::RbmText(text)) {
            text => &text.rbm_suggestion.first()?.suggestion => Some(RbmSuggestionKind::Action(action)) => action.text,
            postbackData => &text.rbm_suggestion.first()?.suggestion => Some(RbmSuggestionKind::Action(action))
                => action.postback_data,
            dial => &text.rbm_suggestion.first()?.suggestion
                => Some(RbmSuggestionKind::Action(RbmAction { action: Some(RbmActionKind::Dial(dial)), .. })) => dial,
            openUrl => &text.rbm_suggestion.first()?.suggestion
                => Some(RbmSuggestionKind::Action(RbmAction { action: Some(RbmActionKind::OpenUrl(page)), .. })) => page,
            shareLocation => &text.rbm_suggestion.first()?.suggestion
                => Some(RbmSuggestionKind::Action(RbmAction { action: Some(RbmActionKind::ShareLocation(share)), .. })) => share,
        }
        "Intent.Message.RbmSuggestedAction.RbmSuggestedActionDial"
            at "/rbmText/rbmSuggestion/0/action/dial" (Kind::RbmText(text)) {
            phoneNumber => &text.rbm_suggestion.first()?.suggestion
                => Some(RbmSuggestionKind::Action(RbmAction { action: Some(RbmActionKind::Dial(dial)), .. })) => dial.phone_number,
        }
        "Intent.Message.RbmSuggestedAction.RbmSuggestedActionOpenUri"
            at "/rbmText/rbmSuggestion/0/action/openUrl" (Kind::RbmText(text)) {
            uri => &text.rbm_suggestion.first()?.suggestion
                => Some(RbmSuggestionKind::Action(RbmAction { action: Some(RbmActionKind::OpenUrl(page)), .. })) => page.uri,
        }
        "Intent.Message.RbmStandaloneCard" at "/rbmStandaloneRichCard" (Kind::RbmStandaloneRichCard(card)) {
            cardOrientation => card.card_orientation,
            thumbnailImageAlignment => card.thumbnail_image_alignment,
            cardContent => card.card_content,
        }
        "Intent.Message.RbmCardContent" at "/rbmStandaloneRichCard/cardContent" (Kind::RbmStandaloneRichCard(card)) {
            title => card.card_content.as_ref()?.title,
            description => card.card_content.as_ref()?.description,
            media => card.card_content.as_ref()?.media,
            suggestions => card.card_content.as_ref()?.suggestions,
        }
        "Intent.Message.RbmCardContent.RbmMedia" at "/rbmStandaloneRichCard/cardContent/media"
            (Kind::RbmStandaloneRichCard(card)) {
            fileUri => card.card_content.as_ref()?.media.as_ref()?.file_uri,
            thumbnailUri => card.card_content.as_ref()?.media.as_ref()?.thumbnail_uri,
            height => card.card_content.as_ref()?.media.as_ref()?.height,
        }
        "Intent.Message.RbmCarouselCard" at "/rbmCarouselRichCard" (Kind::RbmCarouselRichCard(carousel)) {
            cardWidth => carousel.card_width,
            cardContents => carousel.card_contents,
        }
    }
}
