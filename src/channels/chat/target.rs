//! Where a message goes: the URL of an incoming webhook, taken apart and kept secret.

use std::fmt;

use aws_lc_rs::hmac;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::channels::id::hex;
use crate::google::Endpoint;
use crate::store::queue::fingerprint;

/// The host of Chat's API.
const HOST: &str = "chat.googleapis.com";

/// Where Chat is.
///
/// # Panics
///
/// Never.
#[must_use]
pub fn endpoint() -> Endpoint {
    let address = format!("https://{HOST}");
    address.parse().expect("Google's addresses are addresses")
}

/// A space, and the right to write to it.
#[derive(Clone)]
pub struct Target {
    pub(super) endpoint: Endpoint,
    pub(super) space: String,
    pub(super) key: SecretString,
    pub(super) token: SecretString,
}

/// Why a text is no URL of a webhook of Chat's. None of it is in here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Not a URL, or one of something else.
    #[error(
        "expected the URL that Chat shows for an incoming webhook, \
         `https://chat.googleapis.com/v1/spaces/SPACE/messages?key=KEY&token=TOKEN`"
    )]
    NotAWebhook,
    /// It lacks what stands behind the question mark.
    #[error(
        "expected the whole URL, with `key` and `token` behind the `?`: copy it from Chat again, and quote it in a shell"
    )]
    Incomplete,
    /// It has more than the console gives.
    #[error("expected no parameters but `key` and `token`: a thread is said with each message")]
    TooMuch,
}

impl Target {
    /// Where the URL leads. `https://chat.googleapis.com/v1/spaces/*/messages` is taken and nothing else, so that no setting makes the
    /// program write to another server; where `test` names a server on this machine, its URLs too, and all messages go to it.
    ///
    /// # Errors
    ///
    /// When the URL is another one.
    pub fn new(url: &str, test: Option<&Endpoint>) -> Result<Self, TargetError> {
        let url = Url::parse(url.trim()).map_err(|_| TargetError::NotAWebhook)?;
        let is_googles = url.scheme() == "https" && url.host_str() == Some(HOST) && url.port().is_none();
        let is_tests = test.is_some_and(|test| url.origin().ascii_serialization() == test.to_string());
        let is_bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let space = url.path().strip_prefix("/v1/spaces/");
        let space = space.and_then(|rest| rest.strip_suffix("/messages"));
        let Some(space) = space.filter(|space| is_id(space) && is_bare && (is_googles || is_tests)) else {
            return Err(TargetError::NotAWebhook);
        };
        let (mut key, mut token) = (None, None);
        for (name, value) in url.query_pairs() {
            let place = match &*name {
                "key" => &mut key,
                "token" => &mut token,
                _ => return Err(TargetError::TooMuch),
            };
            if place.replace(SecretString::from(value.into_owned())).is_some() {
                return Err(TargetError::TooMuch);
            }
        }
        let is_there = |secret: &SecretString| !secret.expose_secret().is_empty();
        let (Some(key), Some(token)) = (key.filter(is_there), token.filter(is_there)) else {
            return Err(TargetError::Incomplete);
        };
        Ok(Self {
            endpoint: test.cloned().unwrap_or_else(endpoint),
            space: space.to_owned(),
            key,
            token,
        })
    }

    /// The space's id, as in `spaces/AAAA`: no secret.
    #[must_use]
    pub fn space(&self) -> String {
        format!("spaces/{}", self.space)
    }

    /// The key of the thread for what that names: a hash that nobody without the token can make or invert. A thread belongs to the
    /// webhook that began it, so with another token there are other threads anyway.
    pub(super) fn thread_of(&self, name: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.token.expose_secret().as_bytes());
        let tag = hmac::sign(&key, format!("flowhook thread\0{name}").as_bytes());
        hex(&tag.as_ref()[..16])
    }
}

/// Shows the space, and by which token: not the token.
impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = fingerprint(&[b"flowhook token", self.token.expose_secret().as_bytes()]);
        write!(formatter, "spaces/{}, token {}", self.space, hex(&hash[..4]))
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Target({self})")
    }
}

fn is_id(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    (1..=128).contains(&text.len()) && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str =
        "https://chat.googleapis.com/v1/spaces/AAAA-b_1/messages?key=the-key&token=the-token%3D";

    #[test]
    fn only_chats_own_address_is_a_target() {
        use TargetError::{Incomplete, NotAWebhook, TooMuch};
        let with = |from: &str, to: &str| URL.replace(from, to);
        for (url, fault) in [
            (with("https", "http"), NotAWebhook),
            (
                with("chat.googleapis.com", "chat.googleapis.com.example.com"),
                NotAWebhook,
            ),
            (with("chat.googleapis.com", "example.com"), NotAWebhook),
            (
                with("chat.googleapis.com", "chat.googleapis.com:8443"),
                NotAWebhook,
            ),
            (with("https://", "https://user:password@"), NotAWebhook),
            (
                with("chat.googleapis.com", "chat.googleapis.com@example.com"),
                NotAWebhook,
            ),
            (with("/v1/", "/v2/"), NotAWebhook),
            (with("AAAA-b_1", ""), NotAWebhook),
            (with("AAAA-b_1", "a/b"), NotAWebhook),
            (with("AAAA-b_1", ".."), NotAWebhook),
            (with("AAAA-b_1", "a%2Fb"), NotAWebhook),
            (with("/messages", "/messages/x"), NotAWebhook),
            (format!("{URL}#x"), NotAWebhook),
            (with("?key=the-key&token=the-token%3D", ""), Incomplete),
            (with("&token=the-token%3D", ""), Incomplete),
            (with("the-token%3D", ""), Incomplete),
            (format!("{URL}&threadKey=x"), TooMuch),
            (format!("{URL}&token=y"), TooMuch),
            (with("https://", "http://127.0.0.1:9000/"), NotAWebhook),
            (
                with("https://chat.googleapis.com", "http://127.0.0.1:9000"),
                NotAWebhook,
            ),
            ("the-token".to_owned(), NotAWebhook),
        ] {
            let error = Target::new(&url, None).unwrap_err();
            assert_eq!(error, fault, "{url}");
            assert!(!error.to_string().contains("the-"), "{error}");
        }
        let target = Target::new(&format!(" {URL}\n"), None).unwrap();
        assert_eq!(target.space(), "spaces/AAAA-b_1");
        assert_eq!(target.token.expose_secret(), "the-token=");
        assert_eq!(target.endpoint, endpoint());
    }

    #[test]
    fn a_test_takes_a_server_on_this_machine_and_no_third_one() {
        let test: Endpoint = "http://127.0.0.1:9000".parse().unwrap();
        for url in [
            URL,
            &URL.replace("https://chat.googleapis.com", "http://127.0.0.1:9000"),
        ] {
            assert_eq!(Target::new(url, Some(&test)).unwrap().endpoint, test);
        }
        let other = URL.replace("https://chat.googleapis.com", "http://127.0.0.1:9001");
        assert_eq!(
            Target::new(&other, Some(&test)).unwrap_err(),
            TargetError::NotAWebhook
        );
    }

    #[test]
    fn neither_key_nor_token_shows() {
        let target = Target::new(URL, None).unwrap();
        let shown = format!("{target:?} {target}");
        assert!(
            !shown.contains("the-") && shown.contains("spaces/AAAA-b_1, token "),
            "{shown}"
        );
        let other = Target::new(&URL.replace("the-token", "another"), None).unwrap();
        assert_ne!(target.to_string(), other.to_string(), "two tokens are told apart");
        assert_ne!(target.thread_of("s"), other.thread_of("s"));
        assert_eq!(target.thread_of("s"), target.thread_of("s"));
    }
}
