//! Who is answered what: challenges, signatures, and what is no call at all.

use serde_json::json;

use super::{TOKEN, deliver, delivered, jobs, queue, said, signature, with_endpoints};
use crate::program::{Answer, FLOWHOOK, Program, Starting, post};
use crate::stores::places::Place;

/// The token of the vectors, which are in the channel's reference: made with it in two other languages.
const VECTOR_TOKEN: &str = "test-client-token-0001";
const VECTOR_A: &str = "ewogICJhZ2VudElkIjogImRlbW9AcmJtLmdvb2ciLAogICJzZW5kZXJQaG9uZU51bWJlciI6ICIrMTUwMDU1NTAwMDYiLAogICJtZXNzYWdlSWQiOiAiTXhUZXN0MDAwMSIsCiAgInNlbmRUaW1lIjogIjIwMjYtMDEtMDJUMDM6MDQ6MDUuNjc4OTAxWiIsCiAgInRleHQiOiAiY2Fmw6kgXHUyNjE1Igp9";
const SIGNATURE_A: &str =
    "6gcg8WJlHDw8JfTKg2qeZREaHLq1Nieoj4FL6W+7xWUfzyrNeRq9rNh68xyrVWOJr0ER3AdECFg1F78QSW5z4w==";
const VECTOR_B: &str = r#"{"agent":"brands/b/agents/a","conversationId":"c-1","requestId":"r-1","message":{"messageId":"m-1","name":"conversations/c-1/messages/m-1","text":"a\u003db","createTime":"2024-01-02T03:04:05Z"},"sendTime":"2024-01-02T03:04:06Z"}"#;
const SIGNATURE_B: &str =
    "du7aCYFxYV24mepxpv+sa422fyLxXOq84bhWtNa9EacM9zNFqGACscDxUOsdMLi7hkuV4puTwJ/lHxPTeKWHHQ==";

fn with_vector_token(place: &Place) -> Program {
    Starting::new(FLOWHOOK)
        .env("FLOWHOOK_STORE__URL", &place.url())
        .env(
            "FLOWHOOK_RBM__ENDPOINTS__MAIN__CLIENT_TOKEN",
            &format!("other\n{VECTOR_TOKEN}"),
        )
        .env(
            "FLOWHOOK_BUSINESS_MESSAGES__ENDPOINTS__MAIN__CLIENT_TOKEN",
            VECTOR_TOKEN,
        )
        .start()
}

fn signed(program: &Program, path: &str, body: &str, signature: &str) -> Answer {
    program.send(&post(
        path,
        body.as_bytes(),
        &format!("x-goog-signature: {signature}\r\n"),
    ))
}

async fn t01_the_vectors_pass_and_nothing_near_them(place: &Place) {
    let program = with_vector_token(place);
    let envelope = |inner: &str| json!({"message": {"data": inner}}).to_string();
    let a = envelope(VECTOR_A);
    assert_eq!(signed(&program, "/rbm/main", &a, SIGNATURE_A).status, 200);
    let b = |body: &str, signature: &str| signed(&program, "/business-messages/main", body, signature).status;
    assert_eq!(b(VECTOR_B, SIGNATURE_B), 200);

    use base64::Engine;
    let inner = base64::engine::general_purpose::STANDARD
        .decode(VECTOR_A)
        .unwrap();
    let compact = serde_json::from_slice::<serde_json::Value>(&inner)
        .unwrap()
        .to_string();
    let short_mac = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, VECTOR_TOKEN.as_bytes());
    let short_mac =
        base64::engine::general_purpose::STANDARD.encode(aws_lc_rs::hmac::sign(&short_mac, &inner));
    for (what, body, signature, status) in [
        ("empty", &a, "", 403),
        ("one character short", &a, &SIGNATURE_A[..87], 403),
        ("without padding", &a, SIGNATURE_A.trim_end_matches('='), 403),
        ("of SHA-256", &a, &*short_mac, 403),
        (
            "of the base64",
            &a,
            &*self::signature(VECTOR_TOKEN, VECTOR_A.as_bytes()),
            403,
        ),
        (
            "of the body",
            &a,
            &*self::signature(VECTOR_TOKEN, a.as_bytes()),
            403,
        ),
        (
            "of JSON written anew",
            &a,
            &*self::signature(VECTOR_TOKEN, compact.as_bytes()),
            403,
        ),
        (
            "with another token",
            &a,
            &*self::signature("test-client-token-0002", &inner),
            403,
        ),
        (
            "of another agent's",
            &envelope(&VECTOR_A.replace("ImRlbW9A", "ImRlbW1A")),
            SIGNATURE_A,
            403,
        ),
        (
            "a newline after the data",
            &envelope(&format!("{VECTOR_A}\n")),
            SIGNATURE_A,
            400,
        ),
        ("not base64", &envelope("{}"), SIGNATURE_A, 400),
        ("not JSON", &"data".to_owned(), SIGNATURE_A, 400),
        ("no data", &r#"{"message":{}}"#.to_owned(), SIGNATURE_A, 400),
        ("of the other product", &VECTOR_B.to_owned(), SIGNATURE_B, 400),
    ] {
        assert_eq!(
            self::signed(&program, "/rbm/main", body, signature).status,
            status,
            "{what}"
        );
    }
    assert_eq!(b(VECTOR_B, SIGNATURE_A), 403);
    assert_eq!(
        b(&VECTOR_B.replace("\\u003d", "="), SIGNATURE_B),
        403,
        "written anew"
    );
    assert_eq!(b(&format!("{VECTOR_B}\n"), SIGNATURE_B), 403);
    let not_json = self::signature(VECTOR_TOKEN, b"hello");
    assert_eq!(b("hello", &not_json), 400);

    let missing = program.send(&post("/rbm/main", a.as_bytes(), ""));
    assert_eq!(missing.status, 400);
    let twice = format!("x-goog-signature: {SIGNATURE_A}\r\nx-goog-signature: {SIGNATURE_A}\r\n");
    assert_eq!(program.send(&post("/rbm/main", a.as_bytes(), &twice)).status, 400);

    let kept = jobs(&*queue(place).await).await;
    assert_eq!(
        kept.iter().map(|job| job.kind.as_str()).collect::<Vec<_>>(),
        ["rbm.event", "business_messages.event"]
    );
    let (_, payload) = queue(place).await.show(kept[0].id).await.unwrap().unwrap();
    assert_eq!(payload, inner, "what was signed, to the byte");
    program.logged("refused a call: it does not carry this webhook's token");
}

on_both!(t01_the_vectors_pass_and_nothing_near_them);

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_answered_with_the_bare_secret() {
    let place = Place::sqlite();
    let program = with_endpoints(FLOWHOOK, &place).start();
    for path in ["/rbm/main", "/business-messages/main"] {
        let ask = |token: &str, secret: &str, headers: &str| {
            let body = json!({"clientToken": token, "secret": secret}).to_string();
            program.send(&post(path, body.as_bytes(), headers))
        };
        for headers in ["", "x-goog-webhook-type: verification\r\n"] {
            let answer = ask(TOKEN, "1234567890", headers);
            assert_eq!((answer.status, &answer.body[..]), (200, &b"1234567890"[..]));
            assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
            assert_eq!(answer.headers["x-content-type-options"], "nosniff");
        }
        assert_eq!(ask("wrong", "1234567890", "").status, 403);
        assert_eq!(ask("", "1234567890", "").status, 403);
        assert_eq!(ask(TOKEN, &"é".repeat(1_024), "").status, 200);
        for secret in ["", "a\nb", "a\0b", "\u{85}", &"x".repeat(1_025)] {
            assert_eq!(ask(TOKEN, secret, "").status, 400, "{secret:?}");
        }
        let other = ask(TOKEN, "1234567890", "x-goog-webhook-type: message_callback\r\n");
        assert_ne!(other.status, 200, "it is not called a challenge");
    }
    // An event that says that it is a challenge too is none.
    let event = json!({"clientToken": TOKEN, "secret": "s", "message": {"data": "e30="}}).to_string();
    for headers in ["", "x-goog-webhook-type: verification\r\n"] {
        assert_eq!(
            program.send(&post("/rbm/main", event.as_bytes(), headers)).status,
            400
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_elsewhere_or_too_large_is_told_so() {
    let place = Place::sqlite();
    let program = with_endpoints(FLOWHOOK, &place).start();
    for path in ["/rbm/other", "/rbm/", "/rbm/main/more", "/business-messages/MAIN"] {
        assert_eq!(program.send(&post(path, b"{}", "")).status, 404, "{path}");
    }
    let get = program.send(b"GET /rbm/main HTTP/1.1\r\nhost: localhost\r\n\r\n");
    assert_eq!((get.status, get.headers["allow"].as_str()), (405, "POST"));
    let large = program.send(&post("/rbm/main", &[b' '; 256 * 1024 + 1], ""));
    assert_eq!(large.status, 413);
    let packed = program.send(&post("/rbm/main", b"{}", "content-encoding: gzip\r\n"));
    assert_eq!(packed.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agents_own_webhook_wins_and_strangers_are_kept_apart() {
    let place = Place::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "[rbm.endpoints.main]\nclient_token = '{TOKEN}'\n\
         [rbm.endpoints.own]\nclient_token = 'own-token'\nlevel = 'agent'\nagents = ['own@rbm.goog']\n"
    );
    std::fs::write(folder.path().join("flowhook.toml"), settings).unwrap();
    let program = Starting::new(FLOWHOOK)
        .env("FLOWHOOK_STORE__URL", &place.url())
        .inside(folder.path())
        .start();
    // What the partner's webhook could not deliver before the agent had its own still comes to it, and is taken.
    delivered(&program, &said("own@rbm.goog", "+15550100", "m1", "hi"));
    delivered(&program, &said("other@rbm.goog", "+15550100", "m1", "hi"));
    let own = |event: &str, token: &str| {
        let body = json!({"message": {"data": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, event)}});
        let headers = format!("x-goog-signature: {}\r\n", signature(token, event.as_bytes()));
        program
            .send(&post("/rbm/own", body.to_string().as_bytes(), &headers))
            .status
    };
    let repeated = said("own@rbm.goog", "+15550100", "m1", "hi");
    assert_eq!(
        own(&repeated, "own-token"),
        200,
        "the same event by the other webhook"
    );
    assert_eq!(
        own(&said("own@rbm.goog", "+15550100", "m2", "hi"), TOKEN),
        403,
        "each has its own token"
    );
    assert_eq!(
        own(&said("other@rbm.goog", "+15550100", "m3", "hi"), "own-token"),
        200
    );
    let kept = jobs(&*queue(&place).await).await;
    let told: Vec<_> = kept
        .iter()
        .map(|job| {
            (
                job.lane.as_str(),
                &*job.origin,
                job.state.name(),
                job.why.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("own@rbm.goog", "own", "waiting", None),
            ("other@rbm.goog", "main", "waiting", None),
            ("other@rbm.goog", "own", "quarantined", Some("unknown agent")),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_a_file_is_replaced_without_a_restart() {
    let place = Place::sqlite();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("token");
    std::fs::write(&path, "hush-hush-old").unwrap();
    let program = Starting::new(FLOWHOOK)
        .env("FLOWHOOK_STORE__URL", &place.url())
        .env(
            "FLOWHOOK_RBM__ENDPOINTS__MAIN__CLIENT_TOKEN__FILE",
            &path.display().to_string(),
        )
        .start();
    assert_eq!(
        deliver(&program, &said("a@rbm.goog", "+15550100", "m", "hi")).status,
        403
    );
    std::fs::write(&path, TOKEN).unwrap();
    program.logged("took over the tokens of `rbm.endpoints.main.client_token`");
    delivered(&program, &said("a@rbm.goog", "+15550100", "m", "hi"));
}
