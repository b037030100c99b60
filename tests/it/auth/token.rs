//! Tokens as Google makes them, and as it never would. Keys are made here, for each run.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The webhook's URL in the agent.
pub(super) const AUDIENCE: &str = "https://example.com/webhook";

/// The number of the agent's project.
pub(super) const PROJECT: &str = "123456789012";

/// Whoever has a key.
pub(super) struct Signer {
    pub(super) id: String,
    pair: RsaKeyPair,
}

impl Signer {
    pub(super) fn new(id: &str) -> Self {
        Self::with_size(id, KeySize::Rsa2048)
    }

    pub(super) fn with_size(id: &str, size: KeySize) -> Self {
        Self {
            id: id.to_owned(),
            pair: RsaKeyPair::generate(size).unwrap(),
        }
    }

    fn components(&self) -> RsaPublicKeyComponents<Vec<u8>> {
        RsaPublicKeyComponents::from(self.pair.public_key())
    }

    /// The public key, as a JWK set has it.
    pub(super) fn jwk(&self) -> Value {
        let key = self.components();
        json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id,
            "n": base64(&key.n), "e": base64(&key.e),
        })
    }

    /// The public key in the form that a confused verifier would take for a shared secret.
    pub(super) fn public_der(&self) -> Vec<u8> {
        let der = self.pair.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }

    pub(super) fn decoding_key(&self) -> jsonwebtoken::DecodingKey {
        let key = self.components();
        jsonwebtoken::DecodingKey::from_rsa_raw_components(&key.n, &key.e)
    }

    pub(super) fn sign(&self, encoding: &'static dyn RsaEncoding, message: &str) -> Vec<u8> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        let random = SystemRandom::new();
        self.pair
            .sign(encoding, &random, message.as_bytes(), &mut signature)
            .unwrap();
        signature
    }

    /// A token with this header and these claims, as written.
    pub(super) fn token_of(&self, header: &[u8], claims: &[u8]) -> String {
        let message = format!("{}.{}", base64(header), base64(claims));
        format!("{message}.{}", base64(&self.sign(&RSA_PKCS1_SHA256, &message)))
    }

    /// The header of Google's tokens.
    pub(super) fn header(&self) -> Value {
        json!({"alg": "RS256", "kid": self.id, "typ": "JWT"})
    }

    /// A token of Dialogflow's under this header.
    pub(super) fn token_under(&self, header: &Value) -> String {
        self.token_of(header.to_string().as_bytes(), claims().to_string().as_bytes())
    }

    /// A token with these claims.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.token_of(
            self.header().to_string().as_bytes(),
            claims.to_string().as_bytes(),
        )
    }
}

/// The claims of a token of Dialogflow's that is minted now.
pub(super) fn claims() -> Value {
    json!({
        "iss": "https://accounts.google.com",
        "aud": AUDIENCE,
        "azp": "100000000000000000001",
        "sub": "100000000000000000001",
        "email": format!("service-{PROJECT}@gcp-sa-dialogflow.iam.gserviceaccount.com"),
        "email_verified": true,
        "iat": now(),
        "exp": now() + 3_600,
    })
}

/// Those claims, one changed.
pub(super) fn claims_with(name: &str, value: impl Into<Value>) -> Value {
    let mut claims = claims();
    claims[name] = value.into();
    claims
}

/// Those claims, one left out.
pub(super) fn claims_without(name: &str) -> Value {
    let mut claims = claims();
    claims.as_object_mut().unwrap().remove(name);
    claims
}

pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(super) fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
