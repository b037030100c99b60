//! The clients, against servers that are as strict as Google's.

use std::time::Duration;

use std::io::Write;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flowhook::channels::rbm::{AgentEvent, Client, Error, Message, PhoneNumber, Region};
use flowhook::channels::{Id, business_messages};
use flowhook::google::{self, Account, Code, Credentials, Trouble};
use serde_json::{Value, json};

use super::AGENT;
use super::google::{ACCESS_TOKEN, Google, Refusal};

const SCOPE: &str = "https://www.googleapis.com/auth/rcsbusinessmessaging";

fn google_client(google: &Google) -> google::Client {
    let file = google.credentials();
    let account = Account::File(file.path().to_owned());
    google::Client::new(Credentials::new(&account, SCOPE).unwrap())
}

fn client(google: &Google) -> Client {
    Client::new(google_client(google), google.url().parse().unwrap(), AGENT)
}

fn user() -> PhoneNumber {
    "+15550100".parse().unwrap()
}

#[tokio::test]
async fn every_call_of_rbm_is_as_google_documents_it() {
    let google = Google::start();
    let client = client(&google);
    let id = Id::random();
    client.send(&user(), id, &Message::text("Hello")).await.unwrap();
    client.send(&user(), id, &Message::text("Hello")).await.unwrap();
    assert_eq!(google.told("+15550100"), ["Hello"]);
    client
        .tell(&user(), Id::random(), AgentEvent::Read("MxInbound"))
        .await
        .unwrap();
    client
        .tell(&user(), Id::random(), AgentEvent::Typing)
        .await
        .unwrap();
    client.revoke(&user(), id).await.unwrap();
    let capabilities = client.capabilities(&user()).await.unwrap().unwrap();
    assert_eq!(capabilities.features, ["RICHCARD_STANDALONE", "ACTION_DIAL"]);
    let users = [user(), "+15550101".parse().unwrap()];
    let reach = client.reach(&users).await.unwrap();
    assert_eq!(
        (reach.reachable, reach.sampled, reach.sampled_reachable),
        (vec![user()], 7, 5)
    );
    let name = client
        .upload_from("https://example.com/a.png", Some("https://example.com/t.png"))
        .await
        .unwrap();
    assert_eq!(name, "files/1");
    let name = client
        .upload(Bytes::from_static(b"a picture"), "image/png")
        .await
        .unwrap();
    assert_eq!(name, "files/1");
    assert_eq!(google.calls("/upload/v1/files")[0].query["agentId"], AGENT);
    assert_eq!(google.faults(), [""; 0]);
}

#[tokio::test]
async fn every_call_of_business_messages_is_as_google_documents_it() {
    use business_messages::{AgentEvent, Client, Message, Representative, Suggestion};
    let google = Google::start();
    let client = Client::new(google_client(&google), google.url().parse().unwrap());
    let id = Id::random();
    let hello = Message::text("Hello")
        .suggest([Suggestion::live_agent()])
        .fallback("Hello");
    client.send("c-1", id, &hello).await.unwrap();
    // It was sent: so it is.
    client.send("c-1", id, &hello).await.unwrap();
    let human = Representative::Human("Somebody".to_owned());
    client
        .tell("c-1", Id::random(), AgentEvent::RepresentativeJoined, &human)
        .await
        .unwrap();
    client.survey("c-1", Id::random()).await.unwrap();
    client.mark_read("c-1", "m-1").await.unwrap();
    assert_eq!(google.told("c-1"), ["Hello"]);
    assert_eq!(google.faults(), [""; 0]);
}

/// A service account's key: the file that Google gives, and what verifies the tokens that it signs.
fn service_account() -> (tempfile::NamedTempFile, jsonwebtoken::DecodingKey) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let private: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let pem = |name: &str, der: &[u8]| {
        let lines = STANDARD.encode(der).into_bytes();
        let lines: Vec<_> = lines.chunks(64).map(String::from_utf8_lossy).collect();
        format!(
            "-----BEGIN {name}-----\n{}\n-----END {name}-----\n",
            lines.join("\n")
        )
    };
    let key = json!({
        "type": "service_account",
        "project_id": "p",
        "private_key_id": "key-1",
        "private_key": pem("PRIVATE KEY", private.as_ref()),
        "client_email": "desk@p.iam.gserviceaccount.com",
    });
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{key}").unwrap();
    (
        file,
        jsonwebtoken::DecodingKey::from_rsa_der(pair.public_key().as_ref()),
    )
}

/// A token that a service account signs for itself, as Google takes it in place of an access token.
#[derive(serde::Deserialize)]
struct SelfSigned {
    iss: String,
    scope: String,
}

#[tokio::test]
async fn a_service_account_signs_its_tokens_for_the_scope_of_the_api() {
    let (key, verifies) = service_account();
    let google = Google::start();
    let account = Account::File(key.path().to_owned());
    let client = google::Client::new(Credentials::new(&account, SCOPE).unwrap());
    let client = Client::new(client, google.url().parse().unwrap(), AGENT);
    // The server knows only its own token; what it was shown is looked at here.
    let refused = client
        .send(&user(), Id::random(), &Message::text("Hello"))
        .await
        .unwrap_err();
    assert!(matches!(&refused, Error::Google(error) if error.code() == Some(Code::Unauthenticated)));
    let shown = google.bearers().pop().unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::RS256);
    rules.validate_aud = false;
    let token = jsonwebtoken::decode::<SelfSigned>(&shown, &verifies, &rules)
        .unwrap()
        .claims;
    assert_eq!(
        (token.iss.as_str(), token.scope.as_str()),
        ("desk@p.iam.gserviceaccount.com", SCOPE)
    );
}

#[tokio::test]
async fn what_is_not_for_google_is_not_sent() {
    let google = Google::start();
    let client = client(&google);
    let long = Message::text("x".repeat(3_073));
    assert!(matches!(
        client.send(&user(), Id::random(), &long).await,
        Err(Error::Unfit(_))
    ));
    assert!(matches!(client.reach(&[]).await, Err(Error::Wrong(_))));
    assert!(matches!(
        client.upload(Bytes::new(), "image/png").await,
        Err(Error::Wrong(_))
    ));
    let nobody = google::Client::new(Credentials::new(&Account::Nobody, SCOPE).unwrap());
    let global = Client::new(nobody, Region::Global.endpoint(), AGENT);
    let refused = global.reach(&[user()]).await.unwrap_err();
    assert!(refused.to_string().contains("region"), "{refused}");
    assert!(google.calls("").is_empty());
}

#[tokio::test]
async fn a_refusal_says_what_to_do_and_never_whom_it_was_about() {
    let google = Google::start();
    let client = client(&google);
    let error = |code: u16, status: &str| json!({"error": {"code": code, "status": status, "message": "+15550100 sekrit words"}});
    let cases = [
        (
            429,
            "retry-after: 7\r\n",
            error(429, "RESOURCE_EXHAUSTED"),
            Code::ResourceExhausted,
            true,
        ),
        (404, "", error(404, "NOT_FOUND"), Code::NotFound, false),
        (
            400,
            "",
            error(400, "INVALID_ARGUMENT"),
            Code::InvalidArgument,
            false,
        ),
        (
            403,
            "",
            json!({"status": "PERMISSION_DENIED", "message": "+15550100"}),
            Code::PermissionDenied,
            false,
        ),
        (503, "", json!("sekrit words"), Code::Unavailable, true),
        // A redirect is not followed, and the token is shown to nobody else.
        (
            302,
            "location: http://127.0.0.1:1/sekrit\r\n",
            Value::Null,
            Code::Unknown,
            true,
        ),
    ];
    for (status, headers, body, code, is_transient) in cases {
        google.refuse(
            "agentMessages",
            Refusal {
                status,
                headers,
                body,
            },
        );
        let refused = client
            .send(&user(), Id::random(), &Message::text("sekrit words"))
            .await
            .unwrap_err();
        let Error::Google(error) = &refused else {
            panic!("Google has refused, but {refused}")
        };
        assert_eq!(
            (error.code(), refused.is_transient()),
            (Some(code), is_transient),
            "{status}"
        );
        assert_eq!(
            error.retry_after,
            (status == 429).then_some(Duration::from_secs(7))
        );
        assert_eq!(refused.is_unreachable(), status == 404);
        let shown = format!("{refused} {refused:?} {client:?}");
        for word in ["5550100", "sekrit", ACCESS_TOKEN, "agentMessages"] {
            assert!(!shown.contains(word), "{shown}");
        }
    }
    google.refuse(
        "capabilities",
        Refusal {
            status: 404,
            headers: "",
            body: error(404, "NOT_FOUND"),
        },
    );
    assert_eq!(client.capabilities(&user()).await, Ok(None));
    assert!(google.told("+15550100").is_empty());
}

#[tokio::test]
async fn credentials_that_are_no_more_say_so_and_nothing_of_themselves() {
    let google = Google::start();
    google.refuse(
        "/token",
        Refusal {
            status: 400,
            headers: "",
            body: json!({"error": "invalid_grant", "error_description": "sekrit"}),
        },
    );
    let refused = client(&google)
        .send(&user(), Id::random(), &Message::text("Hello"))
        .await
        .unwrap_err();
    let shown = format!("{refused} {refused:?}");
    assert!(
        shown.contains("invalid_grant") && shown.contains("revoked or expired"),
        "{shown}"
    );
    assert!(!shown.contains("sekrit"), "{shown}");
    let Error::Google(error) = refused else {
        panic!("it is an error of the credentials")
    };
    assert!(error.is_about_credentials());

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key.json");
    for (text, fault) in [
        (None, "cannot read"),
        (Some("sekrit"), "is not JSON"),
        (Some("{}"), "holds no credentials"),
        (
            Some(r#"{"type": "service_account", "private_key": "sekrit"}"#),
            "lacks something",
        ),
    ] {
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let error = Credentials::new(&Account::File(path.clone()), SCOPE).unwrap_err();
        assert!(matches!(
            error.trouble,
            Trouble::NoToken {
                is_transient: false,
                ..
            }
        ));
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(fault) && !shown.contains("sekrit"), "{shown}");
    }
}
