//! User name and password, as the fulfillment settings hold them.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::secret::{Secret, is_one_of};
use super::{Headers, Reason, only};

/// Base64 with or without its padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Basic authentication (RFC 7617): `user:password` in UTF-8.
#[derive(Debug)]
pub struct Basic {
    credentials: Vec<Secret>,
}

impl Basic {
    /// Takes any of these `user:password` pairs; several are for the time of a change of passwords.
    #[must_use]
    pub fn new(credentials: Vec<Secret>) -> Self {
        Self { credentials }
    }

    pub(super) fn admits(&self, headers: &dyn Headers) -> Result<(), Reason> {
        let value = only(headers, "authorization")?;
        let (scheme, encoded) = value
            .iter()
            .position(|byte| *byte == b' ')
            .map(|space| value.split_at(space))
            .ok_or(Reason::NotBasic)?;
        if !scheme.eq_ignore_ascii_case(b"basic") {
            return Err(Reason::NotBasic);
        }
        let shown = BASE64
            .decode(encoded.trim_ascii())
            .map_err(|_| Reason::NotBasic)?;
        if is_one_of(&self.credentials, &shown) {
            Ok(())
        } else {
            Err(Reason::Wrong("authorization".into()))
        }
    }
}
