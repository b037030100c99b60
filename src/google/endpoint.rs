//! Where an API is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// The address of an API: a scheme, a host and perhaps a port.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Url);

/// Why an address is none of an API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It cannot be read.
    #[error("expected an address such as `https://rcsbusinessmessaging.googleapis.com`")]
    NotAnAddress,
    /// It has more than a scheme, a host and a port.
    #[error("expected an address without user, path, query and fragment")]
    TooMuch,
    /// Tokens and users' words would cross a network in the clear.
    #[error("expected https; plain http is for this machine alone, as in `http://127.0.0.1:8080`")]
    InTheClear,
}

impl FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text.trim()).map_err(|_| EndpointError::NotAnAddress)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
            && matches!(url.path(), "" | "/");
        if !url.has_host() {
            return Err(EndpointError::NotAnAddress);
        }
        let is_here = is_here(&url);
        match url.scheme() {
            "https" if is_bare => Ok(Self(url)),
            "http" if is_bare && is_here => Ok(Self(url)),
            "https" => Err(EndpointError::TooMuch),
            "http" if is_here => Err(EndpointError::TooMuch),
            "http" => Err(EndpointError::InTheClear),
            _ => Err(EndpointError::NotAnAddress),
        }
    }
}

/// Whether a URL leads to this machine.
fn is_here(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}

impl Endpoint {
    /// Whether it is on this machine.
    #[must_use]
    pub fn is_here(&self) -> bool {
        is_here(&self.0)
    }

    /// The address of a resource, each segment of its path escaped.
    pub(super) fn at(&self, path: &[String], query: &[(&'static str, String)]) -> Url {
        let mut url = self.0.clone();
        url.path_segments_mut()
            .expect("an http URL has a path")
            .clear()
            .extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_this_machine_are_endpoints() {
        for (text, fault) in [
            ("https://us-rcsbusinessmessaging.googleapis.com", None),
            ("https://example.com/", None),
            ("http://127.0.0.1:9000", None),
            ("http://[::1]:9000", None),
            ("http://localhost:9000", None),
            ("http://example.com", Some(EndpointError::InTheClear)),
            ("http://127.0.0.1.example.com", Some(EndpointError::InTheClear)),
            ("https://user:password@example.com", Some(EndpointError::TooMuch)),
            ("https://example.com/v1", Some(EndpointError::TooMuch)),
            ("https://example.com?key=1", Some(EndpointError::TooMuch)),
            ("ftp://example.com", Some(EndpointError::NotAnAddress)),
            ("example.com", Some(EndpointError::NotAnAddress)),
            ("", Some(EndpointError::NotAnAddress)),
        ] {
            assert_eq!(text.parse::<Endpoint>().err(), fault, "{text}");
        }
    }

    #[test]
    fn a_segment_cannot_leave_its_place() {
        let endpoint: Endpoint = "https://example.com".parse().unwrap();
        let path = ["v1", "phones", "+15550100", "../a?b#c"].map(str::to_owned);
        let url = endpoint.at(&path, &[("agentId", "a b&c=d".to_owned())]);
        assert_eq!(
            url.as_str(),
            "https://example.com/v1/phones/+15550100/..%2Fa%3Fb%23c?agentId=a+b%26c%3Dd"
        );
    }
}
