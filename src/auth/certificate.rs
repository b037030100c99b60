//! What an X.509 certificate says of its owner: names, and the time for which it holds.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::SystemTime;

use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::{Decode, Tag, Tagged};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;

/// `id-at-commonName` (RFC 5280, appendix A.1).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The fingerprint (SHA-256 of the DER) of the root above the certificate that Dialogflow shows: SSL.com Root Certification
/// Authority RSA, as Google's page on mutual TLS for Dialogflow names it. `openssl x509 -noout -fingerprint -sha256` prints
/// it as `85:66:6A:56:2E:E0:BE:5C:E9:25:C1:D8:89:0A:6F:76:A8:7E:C1:6D:4D:7D:5F:29:EA:74:19:CF:20:12:3B:69`.
pub const SSL_COM_ROOT_SHA256: [u8; 32] = [
    0x85, 0x66, 0x6A, 0x56, 0x2E, 0xE0, 0xBE, 0x5C, 0xE9, 0x25, 0xC1, 0xD8, 0x89, 0x0A, 0x6F, 0x76, 0xA8,
    0x7E, 0xC1, 0x6D, 0x4D, 0x7D, 0x5F, 0x29, 0xEA, 0x74, 0x19, 0xCF, 0x20, 0x12, 0x3B, 0x69,
];

/// A name that a certificate gives its owner. Two are the same only when they are equal: a `*` stands for itself.
#[derive(Clone, PartialEq, Eq)]
pub enum Subject {
    /// `CN=Google LLC`: the common name, where the subject has exactly one.
    CommonName(String),
    /// `DNS:agent.example.com`: an alternative name that is a host, in lower case.
    Dns(String),
    /// `URI:spiffe://example.com/agent`: an alternative name that is a URI.
    Uri(String),
    /// `email:agent@example.com`: an alternative name that is a mail address.
    Email(String),
    /// `IP:192.0.2.1`: an alternative name that is an address.
    Ip(IpAddr),
}

impl Subject {
    /// What every agent of Dialogflow ES shows. The certificate is Google's, not the agent's.
    #[must_use]
    pub fn of_dialogflow() -> Self {
        Self::CommonName("Google LLC".to_owned())
    }

    /// What Dialogflow showed before; it falls back to this one until 2026-12-01.
    #[must_use]
    pub fn of_dialogflow_before() -> Self {
        Self::CommonName("*.dialogflow.com".to_owned())
    }
}

/// A name that is written in no known way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected `CN=Google LLC`, or an alternative name: `DNS:name`, `URI:uri`, `email:address` or `IP:address`"
)]
pub struct SubjectError;

impl FromStr for Subject {
    type Err = SubjectError;

    fn from_str(text: &str) -> Result<Self, SubjectError> {
        let text = text.trim();
        let mark = text.find(['=', ':']).ok_or(SubjectError)?;
        let (kind, name) = (&text[..=mark], text[mark + 1..].trim());
        if name.is_empty() {
            return Err(SubjectError);
        }
        match kind.to_ascii_lowercase().as_str() {
            "cn=" => Ok(Self::CommonName(name.to_owned())),
            "dns:" => Ok(Self::Dns(name.to_ascii_lowercase())),
            "uri:" => Ok(Self::Uri(name.to_owned())),
            "email:" => Ok(Self::Email(name.to_owned())),
            "ip:" => name.parse().map(Self::Ip).map_err(|_| SubjectError),
            _ => Err(SubjectError),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommonName(name) => write!(formatter, "CN={name}"),
            Self::Dns(name) => write!(formatter, "DNS:{name}"),
            Self::Uri(uri) => write!(formatter, "URI:{uri}"),
            Self::Email(address) => write!(formatter, "email:{address}"),
            Self::Ip(address) => write!(formatter, "IP:{address}"),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// A certificate, as far as it matters here. Whether anybody vouches for it is for TLS to find out, or for the proxy that
/// ended TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// All the names of its owner that can be configured.
    pub subjects: Vec<Subject>,
    /// It does not hold before this.
    pub not_before: SystemTime,
    /// It does not hold after this.
    pub not_after: SystemTime,
}

/// The bytes are no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an X.509 certificate in DER")]
pub struct CertificateError;

impl Certificate {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    ///
    /// When it is none.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = x509_cert::Certificate::from_der(der).map_err(|_| CertificateError)?;
        let content = certificate.tbs_certificate();
        let mut subjects: Vec<_> = common_name(content.subject()).into_iter().collect();
        // A list of names that cannot be read names nobody.
        if let Ok(Some((_, names))) = content.get_extension::<SubjectAltName>() {
            subjects.extend(names.0.iter().filter_map(alternative_name));
        }
        Ok(Self {
            subjects,
            not_before: SystemTime::UNIX_EPOCH + content.validity().not_before.to_unix_duration(),
            not_after: SystemTime::UNIX_EPOCH + content.validity().not_after.to_unix_duration(),
        })
    }
}

/// The common name. Of several, none: two readers could take two different ones.
fn common_name(subject: &Name) -> Option<Subject> {
    let mut names = subject.iter().filter(|attribute| attribute.oid == COMMON_NAME);
    let (Some(name), None) = (names.next(), names.next()) else {
        return None;
    };
    // The other string types are of the last century.
    let is_text = matches!(
        name.value.tag(),
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String
    );
    let text = std::str::from_utf8(name.value.value()).ok().filter(|_| is_text)?;
    Some(Subject::CommonName(text.to_owned()))
}

fn alternative_name(name: &GeneralName) -> Option<Subject> {
    match name {
        GeneralName::DnsName(name) => Some(Subject::Dns(name.as_str().to_ascii_lowercase())),
        GeneralName::UniformResourceIdentifier(uri) => Some(Subject::Uri(uri.as_str().to_owned())),
        GeneralName::Rfc822Name(address) => Some(Subject::Email(address.as_str().to_owned())),
        GeneralName::IpAddress(bytes) => {
            let bytes = bytes.as_bytes();
            let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
            four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
                .ok()
                .map(Subject::Ip)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, CustomExtension, DnType, DnValue, KeyPair, SanType, date_time_ymd};

    use super::*;

    fn read(change: impl FnOnce(&mut CertificateParams)) -> Certificate {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name = rcgen::DistinguishedName::new();
        change(&mut params);
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        Certificate::from_der(der.der()).unwrap()
    }

    #[test]
    fn the_common_name_is_read_from_the_subject_and_from_nowhere_else() {
        let google = [Subject::of_dialogflow()];
        let utf8 = read(|params| params.distinguished_name.push(DnType::CommonName, "Google LLC"));
        assert_eq!(utf8.subjects, google);
        let printable = DnValue::PrintableString("Google LLC".try_into().unwrap());
        let printable = read(|params| params.distinguished_name.push(DnType::CommonName, printable));
        assert_eq!(printable.subjects, google);

        let organization = read(|params| {
            params
                .distinguished_name
                .push(DnType::OrganizationName, "Google LLC")
        });
        assert_eq!(organization.subjects, []);
        let hidden = read(|params| {
            params
                .distinguished_name
                .push(DnType::CommonName, "x CN=Google LLC")
        });
        assert_ne!(hidden.subjects, google);
        let wide = DnValue::BmpString("Google LLC".try_into().unwrap());
        let wide = read(|params| params.distinguished_name.push(DnType::CommonName, wide));
        assert_eq!(wide.subjects, []);
        let twice = read(|params| {
            params.distinguished_name.push(DnType::CommonName, "Google LLC");
            params
                .distinguished_name
                .push(DnType::CustomDnType(vec![2, 5, 4, 3]), "mallory.example");
        });
        assert_eq!(twice.subjects, []);
    }

    #[test]
    fn alternative_names_are_read_by_kind() {
        let all = read(|params| {
            params.subject_alt_names = vec![
                SanType::DnsName("Agent.Example.com".try_into().unwrap()),
                SanType::URI("spiffe://example.com/agent".try_into().unwrap()),
                SanType::Rfc822Name("agent@example.com".try_into().unwrap()),
                SanType::IpAddress("192.0.2.1".parse().unwrap()),
                SanType::IpAddress("2001:db8::1".parse().unwrap()),
            ];
        });
        let written = [
            "DNS:agent.example.com",
            "URI:spiffe://example.com/agent",
            "email:agent@example.com",
            "IP:192.0.2.1",
            "IP:2001:db8::1",
        ];
        assert_eq!(all.subjects, written.map(|text| text.parse().unwrap()));
        assert_eq!(
            all.subjects.iter().map(ToString::to_string).collect::<Vec<_>>(),
            written
        );
    }

    #[test]
    fn the_time_for_which_it_holds_is_read() {
        let certificate = read(|params| {
            params.not_before = date_time_ymd(2026, 1, 2);
            params.not_after = date_time_ymd(2051, 3, 4);
        });
        assert_eq!(
            certificate.not_before,
            SystemTime::from(date_time_ymd(2026, 1, 2))
        );
        assert_eq!(certificate.not_after, SystemTime::from(date_time_ymd(2051, 3, 4)));
    }

    #[test]
    fn what_cannot_be_read_names_nobody() {
        let broken = read(|params| {
            let content = vec![0x30, 0x7F, 0x82];
            params.custom_extensions = vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], content)];
        });
        assert_eq!(broken.subjects, []);
        for der in [
            &b""[..],
            b"0",
            b"CN=Google LLC",
            &[0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF],
        ] {
            assert_eq!(Certificate::from_der(der), Err(CertificateError));
        }
    }

    #[test]
    fn a_subject_is_written_with_its_kind() {
        assert_eq!("CN=Google LLC".parse(), Ok(Subject::of_dialogflow()));
        assert_eq!(
            "cn= *.dialogflow.com ".parse(),
            Ok(Subject::of_dialogflow_before())
        );
        assert_eq!("dns:A.example".parse(), Ok(Subject::Dns("a.example".into())));
        for wrong in [
            "",
            "Google LLC",
            "CN=",
            "O=Google LLC",
            "IP:here",
            "DNS: ",
            "CN:x",
        ] {
            assert_eq!(wrong.parse::<Subject>(), Err(SubjectError), "{wrong}");
        }
    }
}
