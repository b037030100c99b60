//! What is wrong with a token. Goes to the log, never to the caller, and quotes nothing of the token.

use std::fmt;

use super::MAX_BYTES;

/// What is wrong with a token, in the order in which it is looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An `Authorization` header of another scheme, or without a token.
    #[error("the `authorization` header is not Bearer with a token")]
    NotBearer,
    /// More bytes than any token of Google's.
    #[error("the token has more than {MAX_BYTES} bytes")]
    TooLong,
    /// No header, claims and signature with dots between them.
    #[error("the token does not have three parts")]
    NotThreeParts,
    /// The header is not base64 of a JSON object, has a member twice, or one of another type.
    #[error("the header of the token cannot be read")]
    Header,
    /// Signed in another way, or not at all.
    #[error("the algorithm of the token is not RS256")]
    Algorithm,
    /// A signed thing of another kind, such as an access token.
    #[error("the type of the token is not JWT")]
    Type,
    /// The header brings a key along, or asks for something that we do not know.
    #[error("the header of the token has `{0}`, which no token of Google's has")]
    Brought(&'static str),
    /// The signature is the mark that Cloud Run leaves where it has checked the caller itself.
    #[error(
        "the signature of the token was removed by Cloud Run, or by somebody who pretends so; where the service \
         requires authentication (IAM), set auth.id_token.signature = \"removed-by-cloud-run\""
    )]
    SignatureRemoved,
    /// Google's keys could not be fetched so far.
    #[error("the keys of Google are not here yet, so no token can be verified")]
    NoKeys,
    /// No key of Google's has the id that the header names.
    #[error("no key of Google's has the id that the token names")]
    UnknownKey,
    /// The signature is not that of the key.
    #[error("the signature of the token is wrong")]
    Signature,
    /// The claims are not base64 of a JSON object, or one is there twice.
    #[error("the claims of the token cannot be read, or one is there twice")]
    Claims,
    /// A claim that every token of Google's has.
    #[error("the claim `{0}` of the token is missing or of another type")]
    Claim(&'static str),
    /// Signed by Google's key, but not as an ID token of Google's.
    #[error("the issuer of the token is not Google")]
    Issuer,
    /// Its time is over.
    #[error("the token has expired")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet; is the clock of this machine slow?")]
    NotYet,
    /// Google's live for an hour.
    #[error("the token ends before it begins, or lives for more than a day")]
    Life,
    /// Meant for another webhook.
    #[error("the audience of the token is not in auth.id_token.audiences{0}")]
    Audience(Near),
    /// Google does not vouch for the email.
    #[error("the email of the token is not verified")]
    EmailNotVerified,
    /// Somebody else's, though genuine.
    #[error("the email of the token is not in auth.id_token.emails")]
    Email,
}

impl Fault {
    /// Whether the token is genuine, and its holder is still not allowed.
    #[must_use]
    pub fn is_not_allowed(&self) -> bool {
        matches!(self, Self::Audience(_) | Self::EmailNotVerified | Self::Email)
    }

    /// A short name for counting.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotBearer => "not_bearer",
            Self::TooLong => "token_too_long",
            Self::NotThreeParts => "token_parts",
            Self::Header => "token_header",
            Self::Algorithm => "token_algorithm",
            Self::Type => "token_type",
            Self::Brought(_) => "token_brings_key",
            Self::SignatureRemoved => "token_signature_removed",
            Self::NoKeys => "token_no_keys",
            Self::UnknownKey => "token_unknown_key",
            Self::Signature => "token_signature",
            Self::Claims | Self::Claim(_) => "token_claims",
            Self::Issuer => "token_issuer",
            Self::Expired => "token_expired",
            Self::NotYet => "token_not_yet",
            Self::Life => "token_life",
            Self::Audience(_) => "token_audience",
            Self::EmailNotVerified => "token_email_not_verified",
            Self::Email => "token_email",
        }
    }
}

/// How near an audience comes to one in the list: the spelling of a URL is easily got wrong, and the log quotes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// But for a `/` at the end, or the case of letters.
    Spelling,
    /// The host is the same.
    Host,
    /// Nothing is alike.
    Nothing,
}

impl Near {
    pub(super) fn of(audience: &str, listed: &[String]) -> Self {
        let plain = |audience: &str| audience.trim_end_matches('/').to_ascii_lowercase();
        let host = |audience: &str| {
            let (_, rest) = audience.split_once("://")?;
            Some(rest.split(['/', '?', '#', ':']).next()?.to_ascii_lowercase())
        };
        if listed.iter().any(|one| plain(one) == plain(audience)) {
            Self::Spelling
        } else if host(audience).is_some() && listed.iter().any(|one| host(one) == host(audience)) {
            Self::Host
        } else {
            Self::Nothing
        }
    }
}

impl fmt::Display for Near {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Spelling => {
                "; one there differs only in a `/` at the end or in the case of letters: add this spelling"
            }
            Self::Host => "; one there has the same host: compare its path with the webhook URL in the agent",
            Self::Nothing => "",
        })
    }
}
