//! Whatever stands in the `Authorization` header, nothing breaks, and what passes would pass elsewhere too.
//!
//! `FLOWHOOK_FUZZ_CASES` says how many headers are tried.

use flowhook::auth::id_token::SKEW;
use flowhook::auth::{Check, Evidence, Gate};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::asking::{Sent, gate, id_token};
use super::key_server::KeyServer;
use super::token::{AUDIENCE, PROJECT, Signer, base64, claims, now};

const REMOVED: &str = "SIGNATURE_REMOVED_BY_GOOGLE";

/// A header that may be shown.
#[derive(Clone, Debug)]
enum Shown {
    /// These bytes.
    Bytes(Vec<u8>),
    /// A right token, with bytes changed, left out or put in at some places.
    Changed(Vec<(prop::sample::Index, Change)>),
    /// A token made of a header and claims that were right before this was done to them.
    Made(Vec<Edit>, Vec<Edit>, Ending),
}

#[derive(Clone, Debug)]
enum Change {
    To(u8),
    Without,
    With(u8),
}

/// What is done to a JSON object.
#[derive(Clone, Debug)]
enum Edit {
    Set(prop::sample::Index, Value),
    Remove(prop::sample::Index),
    /// A second member of that name, before all others.
    Repeat(prop::sample::Index, Value),
    /// A byte somewhere in the text.
    Byte(prop::sample::Index, u8),
}

#[derive(Clone, Debug)]
enum Ending {
    Signed,
    Removed,
    Bytes(Vec<u8>),
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-7_200_i64..7_200).prop_map(|seconds| Value::from(now().saturating_add_signed(seconds))),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
        Just(json!(AUDIENCE)),
        Just(json!("RS256")),
        Just(json!("accounts.google.com")),
        Just(json!([AUDIENCE])),
        Just(json!({"kty": "RSA"})),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let index = any::<prop::sample::Index>;
    let edit = prop_oneof![
        (index(), value()).prop_map(|(at, value)| Edit::Set(at, value)),
        index().prop_map(Edit::Remove),
        (index(), value()).prop_map(|(at, value)| Edit::Repeat(at, value)),
        (index(), any::<u8>()).prop_map(|(at, byte)| Edit::Byte(at, byte)),
    ];
    prop_oneof![2 => Just(Vec::new()), 3 => prop::collection::vec(edit, 1..4)]
}

fn shown() -> impl Strategy<Value = Shown> {
    let change = prop_oneof![
        any::<u8>().prop_map(Change::To),
        Just(Change::Without),
        any::<u8>().prop_map(Change::With),
    ];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), change), 0..4);
    let unsigned = prop_oneof![
        4 => Just(Ending::Removed),
        1 => prop::collection::vec(any::<u8>(), 0..300).prop_map(Ending::Bytes),
    ];
    prop_oneof![
        2 => prop::collection::vec(any::<u8>(), 0..300).prop_map(Shown::Bytes),
        2 => "(Bearer|bearer|Basic) [A-Za-z0-9_=-]{0,40}(\\.[A-Za-z0-9_=-]{0,40}){0,4}".prop_map(|text| Shown::Bytes(text.into())),
        6 => changes.prop_map(Shown::Changed),
        9 => (edits(), edits(), unsigned).prop_map(|(header, claims, ending)| Shown::Made(header, claims, ending)),
        // To sign is dear.
        1 => (edits(), edits()).prop_map(|(header, claims)| Shown::Made(header, claims, Ending::Signed)),
    ]
}

/// The text of an object after these edits.
fn edited(mut object: Value, names: &[&str], edits: &[Edit]) -> Vec<u8> {
    let members = object.as_object_mut().unwrap();
    for edit in edits {
        match edit {
            Edit::Set(at, value) => drop(members.insert((*at.get(names)).to_owned(), value.clone())),
            Edit::Remove(at) => drop(members.remove(*at.get(names))),
            Edit::Repeat(..) | Edit::Byte(..) => {}
        }
    }
    let mut text = object.to_string().into_bytes();
    for edit in edits {
        match edit {
            Edit::Repeat(at, value) => {
                drop(text.splice(1..1, format!("\"{}\":{value},", at.get(names)).into_bytes()))
            }
            Edit::Byte(at, byte) => {
                let at = at.index(text.len());
                text[at] = *byte;
            }
            Edit::Set(..) | Edit::Remove(..) => {}
        }
    }
    text
}

fn header_of(shown: &Shown, google: &Signer, right: &str) -> Vec<u8> {
    match shown {
        Shown::Bytes(bytes) => bytes.clone(),
        Shown::Changed(changes) => {
            let mut bytes = format!("Bearer {right}").into_bytes();
            for (at, change) in changes {
                let at = at.index(bytes.len());
                match change {
                    Change::To(byte) => bytes[at] = *byte,
                    Change::Without => drop(bytes.remove(at)),
                    Change::With(byte) => bytes.insert(at, *byte),
                }
            }
            bytes
        }
        Shown::Made(header, claimed, ending) => {
            let names = ["alg", "kid", "typ", "jwk", "jku", "x5u", "x5c", "crit", "other"];
            let header = edited(google.header(), &names, header);
            let names = [
                "iss",
                "aud",
                "sub",
                "azp",
                "email",
                "email_verified",
                "iat",
                "exp",
                "nbf",
                "other",
            ];
            let claimed = edited(claims(), &names, claimed);
            let token = match ending {
                Ending::Signed => google.token_of(&header, &claimed),
                Ending::Removed => format!("{}.{}.{REMOVED}", base64(&header), base64(&claimed)),
                Ending::Bytes(bytes) => format!("{}.{}.{}", base64(&header), base64(&claimed), base64(bytes)),
            };
            format!("Bearer {token}").into_bytes()
        }
    }
}

/// Whether the claims are right in the eyes of somebody who reads them another way.
fn are_right(claims: &Value) -> bool {
    let now = now();
    let skew = SKEW.as_secs() + 5;
    let time = |name: &str| claims[name].as_u64();
    let email = format!("service-{PROJECT}@gcp-sa-dialogflow.iam.gserviceaccount.com");
    matches!(
        claims["iss"].as_str(),
        Some("https://accounts.google.com" | "accounts.google.com")
    ) && claims["aud"] == AUDIENCE
        && claims["sub"].is_string()
        && claims["email"] == email
        && claims["email_verified"] == true
        && time("iat").is_some_and(|iat| iat <= now + skew)
        && time("exp").is_some_and(|exp| exp + skew > now)
        && (claims.get("nbf").is_none() || time("nbf").is_some_and(|nbf| nbf <= now + skew))
}

/// Whether jsonwebtoken has a token pass too. It also reads members that are nobody's, and so stumbles over numbers that
/// are too large for it, and over halves of letters.
fn is_right(claims: Result<Value, jsonwebtoken::errors::Error>) -> bool {
    match claims {
        Ok(claims) => are_right(&claims),
        Err(error) => {
            let error = error.to_string();
            error.contains("number out of range") || error.contains("surrogate")
        }
    }
}

/// What jsonwebtoken says of a token.
fn elsewhere(token: &str, google: &Signer) -> Result<Value, jsonwebtoken::errors::Error> {
    let mut validation = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&["https://accounts.google.com", "accounts.google.com"]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.leeway = SKEW.as_secs() + 5;
    validation.validate_nbf = true;
    let token = jsonwebtoken::decode::<Value>(token, &google.decoding_key(), &validation)?;
    Ok(token.claims)
}

#[test]
fn whatever_is_shown_nothing_breaks_and_only_right_tokens_pass() {
    let cases = std::env::var("FLOWHOOK_FUZZ_CASES").map_or(2_000, |cases| cases.parse().unwrap());
    let google = Signer::new("google");
    let server = KeyServer::of(&[&google]);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let strict = gate(&server.url());
    let behind = id_token(&server.url()).with_signature_removed_by_cloud_run();
    let behind = std::sync::Arc::new(Gate::new(vec![vec![Check::IdToken(behind)]]));
    for gate in [&strict, &behind] {
        let gate = std::sync::Arc::clone(gate);
        runtime.spawn(async move { gate.keep_keys_fresh().await });
    }
    let admits = |gate: &Gate, value: &[u8]| {
        let headers = [("authorization", value)];
        let evidence = Evidence {
            headers: &Sent(&headers),
            certificate: None,
            peer: None,
            now: std::time::SystemTime::now(),
        };
        runtime.block_on(gate.admits(&evidence)).is_ok()
    };

    let mut right = (now(), google.token(&claims()));
    let (mut passed, mut passed_behind) = (0, 0);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let counted = std::cell::RefCell::new((&mut right, &mut passed, &mut passed_behind));
    let outcome = TestRunner::new(config).run(&shown(), |shown| {
        let (right, passed, passed_behind) = &mut *counted.borrow_mut();
        // A run may last longer than a token.
        if right.0 + 600 < now() {
            **right = (now(), google.token(&claims()));
        }
        let value = header_of(&shown, &google, &right.1);
        let text = String::from_utf8_lossy(&value).into_owned();
        let token = text
            .split_once(' ')
            .map_or("", |(_, token)| token.trim_matches(' '));
        if admits(&strict, &value) {
            **passed += 1;
            prop_assert!(is_right(elsewhere(token, &google)), "{}", text);
            prop_assert!(admits(&behind, &value), "{}", text);
        } else if admits(&behind, &value) {
            **passed_behind += 1;
            prop_assert!(token.ends_with(REMOVED), "{}", text);
            let unsigned = jsonwebtoken::dangerous::insecure_decode::<Value>(token);
            prop_assert!(is_right(unsigned.map(|token| token.claims)), "{}", text);
        }
        Ok(())
    });
    outcome.unwrap();
    eprintln!("{cases} headers: {passed} passed, and {passed_behind} more behind Cloud Run");
    assert!(passed > 0 && passed_behind > 0, "the tokens were never right");
}
