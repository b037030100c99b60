//! The URL of a webhook.

use std::net::IpAddr;

use hyper::Uri;

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) is_https: bool,
    /// A name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) path: String,
    /// What follows the `?`. It may be a secret, and is never shown.
    pub(super) query: Option<String>,
}

impl Target {
    /// Reads a URL. An error does not repeat it, for there may be a password in it.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        if !url.is_ascii() {
            return Err(
                "the URL has letters outside ASCII; write the host's in the form xn--.., the path's as %xx"
                    .to_owned(),
            );
        }
        let example = "expected a URL such as https://example.com/webhook";
        let url: Uri = url.parse().map_err(|error| format!("{example}: {error}"))?;
        let is_https = match url.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(format!("{example}, beginning with https://")),
        };
        let authority = url.authority().ok_or(example)?;
        if authority.as_str().contains('@') {
            return Err(
                "the URL has a user name in it; the agent's fulfillment settings have fields of their own for it, \
                 and the doctor has --basic"
                    .to_owned(),
            );
        }
        let host = authority.host();
        let port = match authority.as_str()[host.len()..].strip_prefix(':') {
            None | Some("") if is_https => 443,
            None | Some("") => 80,
            Some(port) => port
                .parse()
                .ok()
                .filter(|port| *port > 0)
                .ok_or("the URL's port is not a number from 1 to 65535")?,
        };
        let host = host.trim_start_matches('[').trim_end_matches(']').to_lowercase();
        if host.is_empty() {
            return Err(example.to_owned());
        }
        Ok(Self {
            is_https,
            host,
            port,
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
        })
    }

    /// The host and, where it is not the usual one, the port: what the header `host` holds.
    pub(super) fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        match (self.is_https, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// The URL without its query: the audience of Dialogflow's ID token, and what may be shown.
    pub(super) fn shown(&self) -> String {
        let scheme = if self.is_https { "https" } else { "http" };
        format!("{scheme}://{}{}", self.authority(), self.path)
    }

    /// Path and query, as they stand in a request's first line.
    pub(super) fn path_and_query(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// Whether the host is this machine by its name or address, whatever DNS says.
    pub(super) fn is_this_machine(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host == "localhost" || self.host.ends_with(".localhost"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_gives_what_a_call_needs() {
        for (url, shown, authority, port, line) in [
            (
                "https://Example.com",
                "https://example.com/",
                "example.com",
                443,
                "/",
            ),
            (
                "https://example.com:8443/a?key=k",
                "https://example.com:8443/a",
                "example.com:8443",
                8443,
                "/a?key=k",
            ),
            (
                "http://[::1]:9000/a#b",
                "http://[::1]:9000/a",
                "[::1]:9000",
                9000,
                "/a",
            ),
            ("http://127.0.0.1/", "http://127.0.0.1/", "127.0.0.1", 80, "/"),
        ] {
            let target = Target::parse(url).unwrap();
            assert_eq!(target.shown(), shown);
            assert_eq!(
                (target.authority().as_str(), target.port),
                (authority, port),
                "{url}"
            );
            assert_eq!(target.path_and_query(), line);
        }
    }

    #[test]
    fn what_is_no_url_of_a_webhook_is_refused_and_not_repeated() {
        for url in [
            "",
            "example.com",
            "/webhook",
            "ftp://example.com/sekrit",
            "https://user:sekrit@example.com/",
            "https://",
            "https://example.com:sekrit/",
            "https://example.com:99999/",
            "https://exämple.com/sekrit",
            "https://example.com/se krit",
        ] {
            let error = Target::parse(url).unwrap_err();
            assert!(!error.contains("krit"), "{error}");
        }
    }

    #[test]
    fn this_machine_is_known_by_name_and_address() {
        for (url, is_here) in [
            ("http://localhost/", true),
            ("http://a.localhost/", true),
            ("http://127.1.2.3/", true),
            ("http://[::1]/", true),
            ("http://localhost.example.com/", false),
            ("http://10.0.0.1/", false),
        ] {
            assert_eq!(Target::parse(url).unwrap().is_this_machine(), is_here, "{url}");
        }
    }
}
