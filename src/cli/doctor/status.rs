//! What an HTTP status means, by who sent it.
//!
//! Sources: Google's pages on Cloud Run and on webhook authentication, for what its front answers in a service's place.

use hyper::StatusCode;
use hyper::header::{LOCATION, WWW_AUTHENTICATE};

use super::call::Answer;
use super::credentials::{Authorization, Credentials};
use super::report::{Finding, Layer};
use super::request::Request;
use super::secrets::Secrets;
use super::target::Target;
use super::who::{self, Front, Sender};

/// What Flowhook says of an intent that it has no handler for, where the console has a response.
const NO_HANDLER: &str = "no handler answers this intent";

/// What of an answer and of the call matters for its status.
pub(super) struct Seen<'a> {
    pub(super) status: StatusCode,
    pub(super) sender: &'a Sender,
    pub(super) target: &'a Target,
    pub(super) authorization: Authorization,
    /// Whether the call ran no handler of the agent's own.
    pub(super) is_harmless: bool,
    /// What the answer says itself: the message of an error, or the title of a page.
    pub(super) words: Option<String>,
    /// Where a redirect leads.
    pub(super) location: String,
    /// Which credentials are wanted.
    pub(super) wanted: String,
    /// What the answer goes by in the log.
    pub(super) request_id: String,
    pub(super) ngrok_code: String,
}

impl<'a> Seen<'a> {
    pub(super) fn new(
        answer: &Answer,
        sender: &'a Sender,
        target: &'a Target,
        credentials: &Credentials,
        request: &Request,
        secrets: &Secrets,
    ) -> Self {
        let words = who::message(&answer.body).or_else(|| who::title(&answer.body));
        Self {
            status: answer.status,
            sender,
            target,
            authorization: credentials.authorization,
            is_harmless: request.is_harmless,
            words: words.map(|words| secrets.quoted(&words)),
            location: secrets.quoted(answer.header(LOCATION)),
            wanted: secrets.quoted(answer.header(WWW_AUTHENTICATE)),
            request_id: secrets.quoted(answer.header("x-request-id")),
            ngrok_code: secrets.quoted(answer.header("ngrok-error-code")),
        }
    }

    /// Whether it is Flowhook's word that it has no handler: the call came all the way.
    pub(super) fn is_without_handler(&self) -> bool {
        self.sender.is_flowhook
            && self.status == StatusCode::NOT_FOUND
            && self.words.as_deref() == Some(NO_HANDLER)
    }

    fn is_from(&self, front: &Front) -> bool {
        !self.sender.is_flowhook && self.sender.front.as_ref() == Some(front)
    }

    fn is_from_google(&self) -> bool {
        self.is_from(&Front::Google) || self.is_from(&Front::GoogleLoadBalancer)
    }

    fn log_line(&self) -> String {
        if self.request_id.is_empty() {
            "its log line says why".to_owned()
        } else {
            format!("the log line with request_id={} says why", self.request_id)
        }
    }
}

/// What the status of an answer means.
pub(super) fn judge(seen: &Seen<'_>) -> Finding {
    let code = seen.status.as_u16();
    let mut says = format!("{code} from {}", seen.sender);
    if let Some(words) = &seen.words {
        says.push_str(&format!(": \"{words}\""));
    }
    if code == 200 {
        return Finding::fine(Layer::Http, format!("200 from {}", seen.sender));
    }
    if seen.is_without_handler() && seen.is_harmless {
        return Finding::fine(Layer::Http, says).because(
            "the call came all the way; the agent has no handler for it and no fallback, as it should be",
        );
    }
    if seen.status.is_success() {
        return Finding::warning(Layer::Http, says)
            .because("Google documents 200 alone for a reply")
            .mend("answer 200");
    }
    let (cause, mend) = match code {
        300..=399 => redirect(seen),
        401 | 403 => refused(seen),
        404 => not_found(seen),
        _ => other(seen),
    };
    let finding = Finding::failed(Layer::Http, says).because(cause);
    if mend.is_empty() {
        finding
    } else {
        finding.mend(mend)
    }
}

fn redirect(seen: &Seen<'_>) -> (String, String) {
    let location = seen.location.to_lowercase();
    let is_login = [
        "accounts.google.com",
        "login",
        "signin",
        "sign_in",
        "oauth",
        "cloudflareaccess",
        "/sso",
    ]
    .iter()
    .any(|mark| location.contains(mark));
    let to = format!(
        "it leads to `{}`, and Dialogflow is not known to follow redirects",
        seen.location
    );
    let mend = if is_login {
        return (
            format!("{to}; it looks like a login page for people"),
            "take the webhook's path out of what asks people to log in (Identity-Aware Proxy, an access rule)".into(),
        );
    } else if !seen.target.is_https && location.starts_with("https:") {
        "use the https:// URL"
    } else {
        "put the URL that it leads to into the fulfillment settings, slash for slash"
    };
    (to, mend.into())
}

fn refused(seen: &Seen<'_>) -> (String, String) {
    let is_forbidden = seen.status == StatusCode::FORBIDDEN;
    if seen.sender.is_flowhook {
        let cause = match seen.authorization {
            _ if is_forbidden => {
                "the token is genuine, and its service account is not one that the webhook admits"
            }
            Authorization::Nothing => "it asks for credentials, and the doctor was given none that it knows",
            Authorization::Basic => "user name or password are others, or it asks for something else as well",
            Authorization::IdToken => {
                "the token is expired, for another audience, or not by Google; or it asks for something else"
            }
            Authorization::Header => "the header holds another value, or it asks for something else as well",
        };
        let mend = match seen.authorization {
            _ if is_forbidden => "compare auth.id_token.emails with the agent's project number",
            Authorization::Nothing => {
                "give what the agent's fulfillment settings hold (--basic, --header); where they hold nothing, Dialogflow \
                 sends an ID token (--id-token-file)"
            }
            Authorization::Basic => "compare with auth.basic, and with the agent's fulfillment settings",
            Authorization::IdToken => "compare the audience with auth.id_token.audiences",
            Authorization::Header => "compare with auth.headers, and with the agent's fulfillment settings",
        };
        return (cause.into(), format!("{mend}; {}", seen.log_line()));
    }
    if seen.is_from_google() {
        let url = seen.target.shown();
        return if seen.authorization == Authorization::IdToken {
            (
                "Cloud Run's own check (IAM) refuses the token: its account is no invoker, or its audience is not one of \
                 the service's"
                    .into(),
                format!(
                    "give service-PROJECT_NUMBER@gcp-sa-dialogflow.iam.gserviceaccount.com the role roles/run.invoker; \
                     Dialogflow's audience is the whole URL with its path, so add {url} to the service's custom audiences \
                     or serve the webhook at /"
                ),
            )
        } else {
            (
                "Cloud Run's own check (IAM) is on, and wants an ID token; with a user name, a password or a header \
                 `authorization` in its settings Dialogflow sends none"
                    .into(),
                "either let everybody invoke the service (--no-invoker-iam-check) and let the webhook check who calls, or \
                 leave those settings empty and give Dialogflow's service agent the role roles/run.invoker; try it with \
                 --id-token-file"
                    .into(),
            )
        };
    }
    let wanted = if seen.wanted.is_empty() {
        String::new()
    } else {
        format!("; it asks for `{}`", seen.wanted)
    };
    (
        format!("the call does not carry what {} asks for{wanted}", seen.sender),
        "give the doctor what the agent's fulfillment settings hold; a firewall rule or bot check must let Dialogflow pass"
            .into(),
    )
}

fn not_found(seen: &Seen<'_>) -> (String, String) {
    let path = &seen.target.path;
    if seen.is_without_handler() {
        return (
            "no handler has that intent, and there is no fallback; the user would hear the console's response".into(),
            "`flowhook intents` shows what is answered; names count to the letter".into(),
        );
    }
    if seen.sender.is_flowhook {
        return (
            format!("`{path}` is not among the paths that the webhook listens on"),
            "put one of its paths into the URL, or this one into webhook.paths".into(),
        );
    }
    if seen.is_from_google() && path.trim_end_matches('/').ends_with('z') {
        return (
            format!(
                "Google's front keeps some paths that end in z for itself, and `{path}` never reaches the program"
            ),
            "serve the webhook at another path, such as /webhook".into(),
        );
    }
    if seen.is_from(&Front::Google) {
        return (
            "no service has that host name, or the service takes calls from inside only (its ingress)".into(),
            "compare with `gcloud run services describe SERVICE --format='value(status.url)'`, and set the ingress to all"
                .into(),
        );
    }
    if seen.is_from(&Front::Ngrok) {
        return (
            format!("no tunnel is open under that name ({})", seen.ngrok_code),
            "start the tunnel; without a fixed domain its address changes with every start".into(),
        );
    }
    let cause = format!("{} knows no `{path}`", seen.sender);
    (
        cause,
        format!("compare the path with the webhook's; {}", about_intent(seen)),
    )
}

/// A webhook of other make may refuse an intent that it does not know.
fn about_intent(seen: &Seen<'_>) -> &'static str {
    if seen.is_harmless {
        "if it is there, it may refuse intents that it does not know: try --intent with one of its own"
    } else {
        "its log may say more"
    }
}

fn other(seen: &Seen<'_>) -> (String, String) {
    let by_google = seen.is_from_google();
    let (cause, mend): (&str, String) = match seen.status.as_u16() {
        400 if seen.sender.is_flowhook => ("the webhook cannot read the request", "mend the request, as the message says".into()),
        400 => ("something refuses the request's form", about_intent(seen).into()),
        405 => (
            "something is there, and takes no POST: a website, or another service's path",
            "compare the path with the webhook's".into(),
        ),
        408 => ("the request came too slowly for it", "try again from another network".into()),
        411 => (
            "it wants `content-length`, which was sent: something between took it out",
            "let the proxy in front pass requests on unchanged".into(),
        ),
        413 => (
            "it takes only smaller bodies; a conversation's requests grow to a hundred kilobytes",
            "allow bodies of 1 MiB (nginx: client_max_body_size 1m)".into(),
        ),
        415 => ("it does not take `application/json`", "let it take JSON without a charset, as Dialogflow sends it".into()),
        421 => ("the server has no such host on this connection", "see that the name is known there".into()),
        426 => ("it wants another protocol", "let it take HTTP/1.1".into()),
        429 if by_google => (
            "Cloud Run had no instance free in time: its limit of instances is reached, or one was only starting",
            "raise the maximum of instances, and keep one warm (--min-instances=1)".into(),
        ),
        429 => ("too many calls for it", "raise its limit for Dialogflow, which comes from many addresses".into()),
        500 if seen.sender.is_flowhook => ("the handler failed", seen.log_line()),
        503 if seen.sender.is_flowhook => (
            "the handler was not done in time, or the webhook has too many turns at once, or it is stopping",
            seen.log_line(),
        ),
        500 if by_google => (
            "the program ended or did not start: a panic at start-up, no memory, or it does not listen on PORT",
            "see the service's log for a crash at this time".into(),
        ),
        503 if by_google => (
            "no instance of the service could take the call: it crashes, does not start, or does not listen on PORT",
            "see the service's log; let it listen on 0.0.0.0 and the port that PORT names".into(),
        ),
        502 | 504 if seen.is_from(&Front::Ngrok) => (
            "the tunnel is open, and nothing listens behind it",
            format!("start the webhook on the tunnel's port ({})", seen.ngrok_code),
        ),
        502 => (
            "what stands in front reaches no program behind it, or the program closed the connection",
            "start the program; see that the front has its address and port, and its keep-alive is the shorter one".into(),
        ),
        503 => (
            "what stands in front has no healthy program behind it",
            "see its health check (Flowhook: GET /health/ready), and the program's log".into(),
        ),
        504 => (
            "the program behind it did not answer in time; Dialogflow would have given up before",
            "see in the webhook's log what it waited for".into(),
        ),
        520..=530 if seen.is_from(&Front::Cloudflare) => (
            "Cloudflare reaches no program behind it, or not over TLS",
            "start the program or the tunnel; for 525 and 526 mend the origin's certificate".into(),
        ),
        500..=599 => ("the webhook failed", about_intent(seen).into()),
        _ => ("the webhook refuses the call", about_intent(seen).into()),
    };
    (cause.to_owned(), mend)
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
