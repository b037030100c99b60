//! What the doctor shows to the webhook: what the agent's fulfillment settings would make Dialogflow show.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use secrecy::{ExposeSecret, SecretString};

/// Headers that are not for the settings to give. Source: the comments of `QueryParameters.webhook_headers`; the last ones
/// are the call's own.
const NOT_TO_GIVE: [&str; 13] = [
    "host",
    "content-length",
    "connection",
    "from",
    "user-agent",
    "accept-encoding",
    "if-modified-since",
    "if-none-match",
    "x-forwarded-for",
    "transfer-encoding",
    "content-type",
    "te",
    "upgrade",
];

#[derive(Debug, clap::Args)]
#[group(skip)]
#[command(next_help_heading = "What Dialogflow would show")]
pub(super) struct Arguments {
    /// User name and password; other users of this machine can see it, --basic-file hides it
    #[arg(long, value_name = "USER:PASSWORD", conflicts_with_all = ["basic_file", "id_token", "id_token_file"])]
    basic: Option<SecretString>,
    /// A file that holds USER:PASSWORD
    #[arg(long, value_name = "FILE", conflicts_with_all = ["id_token", "id_token_file"])]
    basic_file: Option<PathBuf>,
    /// A Google ID token, or - to read it from standard input; other users of this machine can see it, - and
    /// --id-token-file hide it
    #[arg(long, value_name = "TOKEN", conflicts_with = "id_token_file")]
    id_token: Option<SecretString>,
    /// A file that holds a Google ID token
    #[arg(long, value_name = "FILE")]
    id_token_file: Option<PathBuf>,
    /// A header of the fulfillment settings; may be given several times. --header-file hides it
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<SecretString>,
    /// A file that holds such headers, one a line
    #[arg(long, value_name = "FILE")]
    header_file: Option<PathBuf>,
    /// A client certificate with its chain, for a webhook that asks for one
    #[arg(long, value_name = "PEM", requires = "client_key")]
    client_cert: Option<PathBuf>,
    /// The private key of the client certificate
    #[arg(long, value_name = "PEM", requires = "client_cert")]
    client_key: Option<PathBuf>,
}

/// What stands in the header `authorization`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Authorization {
    #[default]
    Nothing,
    Basic,
    IdToken,
    /// Given as a header.
    Header,
}

/// What is shown with the call.
#[derive(Default)]
pub(super) struct Credentials {
    pub(super) authorization: Authorization,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) token: Option<SecretString>,
    pub(super) certificate: Option<Arc<CertifiedKey>>,
}

impl Credentials {
    /// Whether anything is shown at all.
    pub(super) fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.certificate.is_none()
    }
}

impl Arguments {
    /// Reads what was given, and what of it is secret.
    ///
    /// # Errors
    ///
    /// When something cannot be read, or could not be sent. The text repeats nothing of it.
    pub(super) fn gather(&self, provider: &CryptoProvider) -> Result<(Credentials, Vec<String>), String> {
        let mut shown = Credentials::default();
        let mut secrets = Vec::new();
        if let Some(basic) = given("--basic", self.basic.as_ref(), self.basic_file.as_deref())? {
            let basic = basic.expose_secret();
            let (_, password) = basic
                .split_once(':')
                .ok_or("--basic: expected USER:PASSWORD, with a colon between them")?;
            let encoded = STANDARD.encode(basic);
            shown
                .headers
                .push((AUTHORIZATION, sensitive("--basic", &format!("Basic {encoded}"))?));
            shown.authorization = Authorization::Basic;
            secrets.extend([basic.to_owned(), password.to_owned(), encoded]);
        }
        if let Some(token) = given(
            "--id-token",
            self.id_token.as_ref(),
            self.id_token_file.as_deref(),
        )? {
            let words = token.expose_secret();
            shown.headers.push((
                AUTHORIZATION,
                sensitive("--id-token", &format!("Bearer {words}"))?,
            ));
            shown.authorization = Authorization::IdToken;
            secrets.extend(words.split('.').map(str::to_owned));
            secrets.push(words.to_owned());
            shown.token = Some(token);
        }
        let in_file = match &self.header_file {
            Some(path) => read("--header-file", path)?,
            None => String::new(),
        };
        let lines = self
            .header
            .iter()
            .map(ExposeSecret::expose_secret)
            .chain(in_file.lines());
        for line in lines.filter(|line| !line.trim().is_empty()) {
            let (name, value) = header(line)?;
            if name == AUTHORIZATION {
                if shown.authorization != Authorization::Nothing {
                    return Err(
                        "--header: there is an `authorization` header already; Dialogflow sends one"
                            .to_owned(),
                    );
                }
                shown.authorization = Authorization::Header;
            }
            // A scheme such as `Bearer` is no secret, what follows it is.
            secrets.extend(value.split(' ').next_back().map(str::to_owned));
            secrets.push(value.to_owned());
            shown.headers.push((name, sensitive("--header", value)?));
        }
        if let (Some(certificate), Some(key)) = (&self.client_cert, &self.client_key) {
            shown.certificate = Some(Arc::new(certified(certificate, key, provider)?));
        }
        Ok((shown, secrets))
    }
}

/// What was given as an argument, by standard input or in a file.
fn given(
    option: &str,
    argument: Option<&SecretString>,
    file: Option<&Path>,
) -> Result<Option<SecretString>, String> {
    let text = match (argument, file) {
        (Some(argument), _) if argument.expose_secret() == "-" => {
            let mut text = String::new();
            std::io::stdin()
                .read_to_string(&mut text)
                .map_err(|error| format!("{option} -: cannot read standard input: {error}"))?;
            text
        }
        (Some(argument), _) => argument.expose_secret().to_owned(),
        (None, Some(path)) => read(&format!("{option}-file"), path)?,
        (None, None) => return Ok(None),
    };
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{option}: there is nothing in it"));
    }
    Ok(Some(SecretString::from(text)))
}

fn read(option: &str, path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("{option}: cannot read {}: {error}", path.display()))
}

fn header(line: &str) -> Result<(HeaderName, &str), String> {
    let (name, value) = line
        .split_once(':')
        .ok_or("--header: expected 'NAME: VALUE', with a colon between them")?;
    let name = name.trim();
    let name: HeaderName = name
        .parse()
        .map_err(|_| "--header: the name is none that a header may have".to_owned())?;
    if NOT_TO_GIVE.contains(&name.as_str()) {
        return Err(format!(
            "--header: Dialogflow does not let the settings give `{name}`"
        ));
    }
    Ok((name, value.trim()))
}

/// Bytes above ASCII go as UTF-8.
fn sensitive(option: &str, value: &str) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_bytes(value.as_bytes())
        .map_err(|_| format!("{option}: it holds a line break or another control character"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A client certificate with its key.
fn certified(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey, String> {
    let chain = certificates("--client-cert", certificate)?;
    let fault = |error: &dyn std::fmt::Display| {
        format!(
            "--client-key: cannot read a private key from {}: {error}",
            key.display()
        )
    };
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| fault(&error))?;
    let signing = provider
        .key_provider
        .load_private_key(secret)
        .map_err(|error| fault(&error))?;
    let certified = CertifiedKey::new(chain, signing);
    match certified.keys_match() {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            Err("--client-key: it is not the key of the certificate in --client-cert".to_owned())
        }
        _ => Ok(certified),
    }
}

/// All certificates of a PEM file.
pub(super) fn certificates(option: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let certificates = read.map_err(|error| {
        format!(
            "{option}: cannot read certificates from {}: {error}",
            path.display()
        )
    })?;
    if certificates.is_empty() {
        return Err(format!("{option}: there is no certificate in {}", path.display()));
    }
    Ok(certificates)
}
