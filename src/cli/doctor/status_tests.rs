//! What each status is told to mean, by who sent it.

use super::*;
use crate::cli::doctor::report::Verdict;

fn judged(status: u16, sender: &Sender, change: impl FnOnce(&mut Seen<'_>), url: &str) -> Finding {
    let target = Target::parse(url).unwrap();
    let mut seen = Seen {
        status: StatusCode::from_u16(status).unwrap(),
        sender,
        target: &target,
        authorization: Authorization::Nothing,
        is_harmless: true,
        words: None,
        location: String::new(),
        wanted: String::new(),
        request_id: String::new(),
        ngrok_code: String::new(),
    };
    change(&mut seen);
    judge(&seen)
}

fn by(front: Front) -> Sender {
    Sender {
        is_flowhook: false,
        front: Some(front),
    }
}

const URL: &str = "https://example.com/webhook";

#[test]
fn a_status_means_what_its_sender_means_by_it() {
    let (flowhook, google) = (
        Sender {
            is_flowhook: true,
            front: None,
        },
        by(Front::Google),
    );
    let (balancer, ngrok) = (by(Front::GoogleLoadBalancer), by(Front::Ngrok));
    let (nginx, cloudflare) = (by(Front::Server("nginx".into())), by(Front::Cloudflare));
    let nobody = Sender::default();
    for (status, sender, cause) in [
        (
            401,
            &flowhook,
            "it asks for credentials, and the doctor was given none",
        ),
        (403, &flowhook, "the token is genuine"),
        (404, &flowhook, "`/webhook` is not among the paths"),
        (400, &flowhook, "the webhook cannot read the request"),
        (500, &flowhook, "the handler failed"),
        (503, &flowhook, "the handler was not done in time"),
        (401, &google, "Cloud Run's own check (IAM) is on"),
        (403, &google, "Cloud Run's own check (IAM) is on"),
        (
            404,
            &google,
            "no service has that host name, or the service takes calls from inside only",
        ),
        (429, &google, "Cloud Run had no instance free"),
        (500, &google, "the program ended or did not start"),
        (503, &google, "no instance of the service could take the call"),
        (503, &balancer, "no instance of the service"),
        (404, &ngrok, "no tunnel is open under that name"),
        (502, &ngrok, "the tunnel is open, and nothing listens behind it"),
        (
            403,
            &cloudflare,
            "the call does not carry what Cloudflare asks for",
        ),
        (522, &cloudflare, "Cloudflare reaches no program"),
        (404, &nginx, "nginx knows no `/webhook`"),
        (405, &nginx, "something is there, and takes no POST"),
        (411, &nginx, "it wants `content-length`"),
        (413, &nginx, "it takes only smaller bodies"),
        (415, &nginx, "it does not take"),
        (429, &nginx, "too many calls"),
        (502, &nginx, "what stands in front reaches no program"),
        (503, &nginx, "what stands in front has no healthy program"),
        (504, &nginx, "the program behind it did not answer in time"),
        (500, &nobody, "the webhook failed"),
        (418, &nobody, "the webhook refuses the call"),
    ] {
        let finding = judged(status, sender, |_| {}, URL);
        assert_eq!(finding.verdict, Verdict::Failed);
        assert!(
            finding.says.starts_with(&format!("{status} from {sender}")),
            "{finding:?}"
        );
        let found = finding.cause.unwrap();
        assert!(found.starts_with(cause), "{status} from {sender}: {found}");
        assert!(finding.mend.is_some(), "{status} from {sender}");
    }
    assert_eq!(judged(200, &nobody, |_| {}, URL).verdict, Verdict::Fine);
    assert_eq!(judged(204, &nobody, |_| {}, URL).verdict, Verdict::Warning);
}

#[test]
fn a_refusal_is_explained_by_what_was_shown() {
    let (flowhook, google) = (
        Sender {
            is_flowhook: true,
            front: None,
        },
        by(Front::Google),
    );
    let shown = |authorization| move |seen: &mut Seen<'_>| seen.authorization = authorization;
    for (authorization, sender, cause, mend) in [
        (
            Authorization::Basic,
            &flowhook,
            "user name or password are others",
            "compare with auth.basic",
        ),
        (
            Authorization::IdToken,
            &flowhook,
            "the token is expired",
            "compare the audience",
        ),
        (
            Authorization::Header,
            &flowhook,
            "the header holds another value",
            "compare with auth.headers",
        ),
        (
            Authorization::Basic,
            &google,
            "Cloud Run's own check (IAM) is on",
            "either let everybody",
        ),
        (
            Authorization::IdToken,
            &google,
            "Cloud Run's own check (IAM) refuses the token",
            "give service-",
        ),
    ] {
        let finding = judged(401, sender, shown(authorization), URL);
        assert!(finding.cause.unwrap().starts_with(cause), "{authorization:?}");
        assert!(finding.mend.unwrap().starts_with(mend), "{authorization:?}");
    }
    let with_id = judged(401, &flowhook, |seen| seen.request_id = "abc".into(), URL);
    assert!(
        with_id
            .mend
            .unwrap()
            .ends_with("the log line with request_id=abc says why")
    );
    let audience = judged(401, &google, shown(Authorization::IdToken), URL)
        .mend
        .unwrap();
    assert!(
        audience.contains("add https://example.com/webhook to the service's custom audiences"),
        "{audience}"
    );
}

#[test]
fn a_missing_handler_is_fine_unless_it_was_asked_for() {
    let flowhook = Sender {
        is_flowhook: true,
        front: None,
    };
    let missing = |seen: &mut Seen<'_>| seen.words = Some(NO_HANDLER.into());
    assert_eq!(judged(404, &flowhook, missing, URL).verdict, Verdict::Fine);
    let asked = |seen: &mut Seen<'_>| {
        missing(seen);
        seen.is_harmless = false;
    };
    let finding = judged(404, &flowhook, asked, URL);
    assert_eq!(finding.verdict, Verdict::Failed);
    assert!(finding.cause.unwrap().starts_with("no handler has that intent"));
}

#[test]
fn a_path_that_google_keeps_for_itself_is_named() {
    let finding = judged(404, &by(Front::Google), |_| {}, "https://example.com/healthz");
    assert!(
        finding
            .cause
            .unwrap()
            .starts_with("Google's front keeps some paths that end in z")
    );
}

#[test]
fn a_redirect_is_explained_by_where_it_leads() {
    for (url, location, cause, mend) in [
        (
            URL,
            "https://example.com/webhook/",
            "it leads to `https://example.com/webhook/`",
            "put the URL",
        ),
        (
            URL,
            "https://accounts.google.com/o/x",
            "it leads to `https://accounts.google.com",
            "take the webhook's path",
        ),
        (
            "http://localhost/",
            "https://localhost/",
            "it leads to `https://localhost/`",
            "use the https:// URL",
        ),
    ] {
        let finding = judged(
            302,
            &Sender::default(),
            |seen| seen.location = location.into(),
            url,
        );
        assert_eq!(finding.verdict, Verdict::Failed);
        assert!(finding.cause.unwrap().starts_with(cause), "{location}");
        assert!(finding.mend.unwrap().starts_with(mend), "{location}");
    }
}
