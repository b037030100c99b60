//! A server's certificate: what stands in it, and why Dialogflow would not trust it.

use jiff::Timestamp;
use rustls::CertificateError;
use rustls::pki_types::CertificateDer;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityInfoAccessSyntax, SubjectAltName};
use x509_cert::name::Name;

use super::report::{Finding, Layer};

/// With less than this left, a certificate that renews itself would have done so.
const SOON: i64 = 14;

/// What stands in a certificate.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub(super) issuer: String,
    /// The names and addresses that it is for.
    pub(super) names: Vec<String>,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    /// Its issuer is itself.
    is_own_issuer: bool,
    /// It says where its issuer's certificate can be had, as those of public authorities do.
    names_issuer_place: bool,
}

impl Facts {
    /// Reads a certificate; none if it breaks the rules of the format.
    pub(super) fn read(certificate: &CertificateDer<'_>) -> Option<Self> {
        let certificate = Certificate::from_der(certificate).ok()?;
        let body = certificate.tbs_certificate();
        let names = body
            .get_extension::<SubjectAltName>()
            .ok()
            .flatten()
            .map_or_else(Vec::new, |(_, names)| names.0.iter().filter_map(name).collect());
        let seconds = |time: x509_cert::time::Time| {
            let seconds = i64::try_from(time.to_unix_duration().as_secs()).ok()?;
            Timestamp::from_second(seconds).ok()
        };
        let places = body.get_extension::<AuthorityInfoAccessSyntax>().ok().flatten();
        Some(Self {
            issuer: common_name(body.issuer()),
            names,
            from: seconds(body.validity().not_before)?,
            until: seconds(body.validity().not_after)?,
            is_own_issuer: body.subject() == body.issuer(),
            names_issuer_place: places.is_some(),
        })
    }

    pub(super) fn days_left(&self, now: Timestamp) -> i64 {
        (self.until.as_second() - now.as_second()).div_euclid(86_400)
    }

    fn all_names(&self) -> String {
        match self.names.as_slice() {
            [] => "no name".to_owned(),
            names if names.len() > 5 => format!("{} and {} more", names[..5].join(", "), names.len() - 5),
            names => names.join(", "),
        }
    }

    /// The certificate in a line.
    pub(super) fn in_words(&self, now: Timestamp) -> String {
        format!(
            "for {}, by `{}`, until {} ({} days)",
            self.all_names(),
            self.issuer,
            self.until.strftime("%Y-%m-%d"),
            self.days_left(now)
        )
    }
}

fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.to_string()),
        GeneralName::IpAddress(bytes) => match bytes.as_bytes() {
            bytes if bytes.len() == 4 => {
                Some(std::net::IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?).to_string())
            }
            bytes => Some(std::net::IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?).to_string()),
        },
        _ => None,
    }
}

/// The common name; the whole name where it has none.
fn common_name(name: &Name) -> String {
    let common = name.common_name().ok().flatten();
    common.map_or_else(|| name.to_string(), |common| common.value().into_owned())
}

/// A certificate as the server showed it, and what came of verifying it.
pub(super) struct Shown<'a> {
    pub(super) facts: Option<&'a Facts>,
    /// How many certificates the server sent.
    pub(super) sent: usize,
    /// The host that was asked for.
    pub(super) host: &'a str,
    /// Whether it is for that host.
    pub(super) fits_host: bool,
    /// What stopped the verification.
    pub(super) error: &'a CertificateError,
    pub(super) now: Timestamp,
}

/// Why Dialogflow would not trust a certificate; all reasons, for one hides another.
pub(super) fn faults(shown: &Shown<'_>) -> Vec<Finding> {
    let Some(facts) = shown.facts else {
        return vec![
            Finding::failed(
                Layer::Tls,
                format!("the certificate cannot be read: {}", shown.error),
            )
            .because("it is damaged, or made by a program that does not keep to the format")
            .mend("have a public authority issue one, for instance Let's Encrypt"),
        ];
    };
    let now = shown.now;
    let mut faults = Vec::new();
    if facts.until <= now {
        faults.push(
            Finding::failed(
                Layer::Tls,
                format!(
                    "the certificate expired on {}, {} days ago",
                    facts.until.strftime("%Y-%m-%d"),
                    -facts.days_left(now)
                ),
            )
            .because("it was not renewed, or the server was not told to load the new one")
            .mend("renew it, and let the server load it"),
        );
    } else if facts.from > now {
        faults.push(
            Finding::failed(
                Layer::Tls,
                format!("the certificate is not valid before {}", facts.from),
            )
            .because("it is very new, or a clock is wrong: this machine's or that of who issued it")
            .mend("compare the clocks"),
        );
    }
    if !shown.fits_host {
        let says = format!(
            "the certificate is for {}, not for `{}`",
            facts.all_names(),
            shown.host
        );
        let finding = if facts.names.is_empty() {
            Finding::failed(Layer::Tls, says)
                .because(
                    "it has no subject alternative name; the common name alone has not counted for years",
                )
                .mend("have one issued with the host as a subject alternative name")
        } else {
            Finding::failed(Layer::Tls, says)
                .because("the URL has another name than the certificate, or the server shows its default certificate")
                .mend("use a name of the certificate in the URL, or have one issued for this name too")
        };
        faults.push(finding);
    }
    match shown.error {
        CertificateError::UnknownIssuer if facts.is_own_issuer => faults.push(
            Finding::failed(Layer::Tls, "the certificate is self-signed")
                .because("it was issued by itself, so nobody vouches for it; Dialogflow ES takes no own authority")
                .mend("have a public authority issue one, for instance Let's Encrypt, or put Cloud Run in front"),
        ),
        CertificateError::UnknownIssuer if shown.sent == 1 && facts.names_issuer_place => faults.push(
            Finding::failed(
                Layer::Tls,
                format!("the chain is incomplete: the certificate of `{}` is missing", facts.issuer),
            )
            .because("the server sends its own certificate alone; browsers fetch the missing one, Dialogflow does not")
            .mend("let the server send the whole chain (`fullchain.pem`, not `cert.pem`)"),
        ),
        CertificateError::UnknownIssuer => faults.push(
            Finding::failed(
                Layer::Tls,
                format!("nobody known vouches for the certificate's issuer `{}`", facts.issuer),
            )
            .because(if shown.sent == 1 {
                "the issuer is a private authority, or its own certificate is missing in what the server sends"
            } else {
                "the chain ends at a private authority, and Dialogflow ES takes none"
            })
            .mend(
                "have a public authority issue one, and send the whole chain; to try a private one here, give its root \
                 with --ca",
            ),
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } if facts.until > now => faults.push(
            Finding::failed(Layer::Tls, "a certificate of the chain, above the server's own, has expired")
                .because("the server sends an old intermediate certificate")
                .mend("let the server send the chain that came with its certificate"),
        ),
        // Told above, from the certificate itself.
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. }
        | CertificateError::NotValidForName
        | CertificateError::NotValidForNameContext { .. } => {}
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => faults.push(
            Finding::failed(Layer::Tls, "the certificate is not one for servers")
                .because("its extended key usage is something else, such as client authentication")
                .mend("have one issued for server authentication"),
        ),
        other => faults.push(
            Finding::failed(Layer::Tls, format!("the certificate does not verify: {other}"))
                .mend("have a public authority issue one, for instance Let's Encrypt"),
        ),
    }
    if faults.is_empty() {
        faults.push(Finding::failed(
            Layer::Tls,
            format!("the certificate does not verify: {}", shown.error),
        ));
    }
    faults
}

/// A warning where the certificate will not last.
pub(super) fn ends_soon(facts: &Facts, now: Timestamp) -> Option<Finding> {
    let left = facts.days_left(now);
    (left < SOON).then(|| {
        Finding::warning(Layer::Tls, format!("the certificate ends in {left} days"))
            .because("whatever renews it has not done so")
            .mend("look after the renewal; from that day on users hear the console's responses only")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;
    const DAY: i64 = 86_400;

    fn facts(from: i64, until: i64) -> Facts {
        Facts {
            issuer: "An Authority".into(),
            names: vec!["example.com".into()],
            from: Timestamp::from_second(NOW + from * DAY).unwrap(),
            until: Timestamp::from_second(NOW + until * DAY).unwrap(),
            is_own_issuer: false,
            names_issuer_place: false,
        }
    }

    fn said(facts: Option<&Facts>, sent: usize, fits_host: bool, error: &CertificateError) -> String {
        let shown = Shown {
            facts,
            sent,
            host: "example.com",
            fits_host,
            error,
            now: Timestamp::from_second(NOW).unwrap(),
        };
        let said: Vec<_> = faults(&shown).into_iter().map(|finding| finding.says).collect();
        said.join("; ")
    }

    #[test]
    fn each_fault_of_a_certificate_is_named_for_itself() {
        use CertificateError::{
            BadSignature, Expired, InvalidPurpose, NotValidForName, NotValidYet, UnknownIssuer,
        };
        let good = facts(-10, 80);
        let own = Facts {
            is_own_issuer: true,
            ..good.clone()
        };
        let public = Facts {
            names_issuer_place: true,
            ..good.clone()
        };
        for (facts, sent, fits, error, says) in [
            (
                Some(&facts(-90, -2)),
                2,
                true,
                &Expired,
                "the certificate expired on 2023-11-12, 2 days ago",
            ),
            (
                Some(&facts(1, 80)),
                2,
                true,
                &NotValidYet,
                "the certificate is not valid before 2023-11-15T22:13:20Z",
            ),
            (
                Some(&good),
                2,
                false,
                &NotValidForName,
                "the certificate is for example.com, not for `example.com`",
            ),
            (
                Some(&own),
                1,
                true,
                &UnknownIssuer,
                "the certificate is self-signed",
            ),
            (
                Some(&public),
                1,
                true,
                &UnknownIssuer,
                "the chain is incomplete: the certificate of `An Authority` is missing",
            ),
            (
                Some(&good),
                2,
                true,
                &UnknownIssuer,
                "nobody known vouches for the certificate's issuer `An Authority`",
            ),
            (
                Some(&good),
                2,
                true,
                &Expired,
                "a certificate of the chain, above the server's own, has expired",
            ),
            (
                Some(&good),
                2,
                true,
                &InvalidPurpose,
                "the certificate is not one for servers",
            ),
            (
                Some(&Facts {
                    is_own_issuer: true,
                    ..facts(-90, -2)
                }),
                1,
                false,
                &UnknownIssuer,
                "the certificate expired on 2023-11-12, 2 days ago; the certificate is for example.com, not for \
                 `example.com`; the certificate is self-signed",
            ),
        ] {
            assert_eq!(said(facts, sent, fits, error), says);
        }
        assert!(said(Some(&good), 2, true, &BadSignature).starts_with("the certificate does not verify: "));
        assert!(
            said(Some(&good), 2, true, &NotValidForName).starts_with("the certificate does not verify: ")
        );
        assert!(
            said(None, 1, true, &CertificateError::BadEncoding).starts_with("the certificate cannot be read")
        );
    }

    #[test]
    fn a_certificate_that_ends_soon_is_a_warning() {
        let now = Timestamp::from_second(NOW).unwrap();
        assert!(ends_soon(&facts(-80, 13), now).is_some());
        assert!(ends_soon(&facts(-80, 14), now).is_none());
    }
}
