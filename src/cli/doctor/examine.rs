//! The examination: one layer after the other, as far as a call comes.

use std::time::Duration;

use hyper::header::{CONTENT_ENCODING, CONTENT_TYPE};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use tokio::time::Instant;

use super::call::{Answer, End, Sent, Stream, call};
use super::credentials::Credentials;
use super::reply::{self, CONSOLE};
use super::report::{Finding, Layer, Report};
use super::request::{ACCEPT_ENCODING, NOBODYS_INTENT, Request};
use super::secrets::Secrets;
use super::status::{self, Seen};
use super::target::Target;
use super::trust::Roots;
use super::wait::watched;
use super::{connect, tls, token, who};
use crate::webhook::Options;
use crate::wire::ApiVersion;

/// Everything that an examination goes by.
pub(super) struct Examination {
    pub(super) target: Target,
    pub(super) credentials: Credentials,
    pub(super) secrets: Secrets,
    pub(super) request: Request,
    pub(super) api_version: ApiVersion,
    pub(super) roots: Roots,
    /// How long one call may take.
    pub(super) patience: Duration,
}

/// The steps of a call, by the time that each took.
type Steps = Vec<(Layer, Duration)>;

impl Examination {
    /// Looks at every layer, and says what a user would hear.
    pub(super) async fn run(&self, report: &mut Report) -> String {
        if !self.may_be_called(report) {
            return CONSOLE.to_owned();
        }
        if let Some(token) = &self.credentials.token {
            let findings = token::look_into(token.expose_secret(), &self.target.shown(), Timestamp::now());
            findings.into_iter().for_each(|finding| report.add(finding));
        }
        let mut steps = Steps::new();
        let told = &mut |finding| report.add(finding);
        let sent = self
            .send(&self.request, true, ACCEPT_ENCODING, &mut steps, told)
            .await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(finding) => {
                finding.into_iter().for_each(|finding| report.add(finding));
                return CONSOLE.to_owned();
            }
        };
        match self.judge(&answer, &steps, report).await {
            Some(heard) if report.has_failed() => format!("{CONSOLE}; the reply itself says {heard}"),
            Some(heard) => heard,
            None => CONSOLE.to_owned(),
        }
    }

    /// Whether the URL is one that Dialogflow calls, or one of this machine.
    fn may_be_called(&self, report: &mut Report) -> bool {
        let target = &self.target;
        let finding = if target.is_https {
            Finding::fine(Layer::Url, target.shown())
        } else if target.is_this_machine() {
            Finding::note(Layer::Url, format!("{} has no TLS", target.shown()))
                .because("Dialogflow calls https:// alone; for this machine the doctor goes on without")
        } else {
            Finding::failed(
                Layer::Url,
                format!(
                    "{} has no TLS, and Dialogflow calls https:// alone",
                    target.shown()
                ),
            )
            .mend("serve the webhook over https://, and give that URL; nothing was sent")
        };
        let may_be_called = target.is_https || target.is_this_machine();
        report.add(finding);
        may_be_called
    }

    /// Makes a call, tells of every layer on the way to the answer, and notes the time that each took.
    ///
    /// # Errors
    ///
    /// When no answer came: what was found, unless it was told.
    async fn send(
        &self,
        request: &Request,
        with_credentials: bool,
        encodings: &'static str,
        steps: &mut Steps,
        told: &mut dyn FnMut(Finding),
    ) -> Result<Answer, Option<Finding>> {
        let until = Instant::now() + self.patience;
        let (finding, addresses) = timed(Layer::Dns, steps, connect::resolve(&self.target, until)).await;
        told(finding);
        if addresses.is_empty() {
            return Err(None);
        }
        let (finding, stream) = timed(Layer::Tcp, steps, connect::connect(&addresses, until)).await;
        told(finding);
        let stream = stream.ok_or(None)?;
        let stream: Box<dyn Stream> = if self.target.is_https {
            let certificate = self.credentials.certificate.clone().filter(|_| with_credentials);
            let shaking = tls::secure(stream, &self.target, &self.roots, certificate, until);
            let secured = timed(Layer::Tls, steps, shaking).await;
            secured.findings.into_iter().for_each(told);
            Box::new(secured.stream.ok_or(None)?)
        } else {
            Box::new(stream)
        };
        let sent = Sent {
            headers: if with_credentials {
                &self.credentials.headers
            } else {
                &[]
            },
            body: request.body.clone(),
            encodings,
            has_certificate: with_credentials && self.credentials.certificate.is_some(),
        };
        let calling = call(stream, &self.target, sent, until);
        timed(Layer::Http, steps, calling).await.map_err(Some)
    }

    /// Tells of an answer; what the user would hear, if it is a reply.
    async fn judge(&self, answer: &Answer, steps: &Steps, report: &mut Report) -> Option<String> {
        let sender = who::sender(&answer.headers, &answer.body);
        let seen = Seen::new(
            answer,
            &sender,
            &self.target,
            &self.credentials,
            &self.request,
            &self.secrets,
        );
        report.add(status::judge(&seen));
        if let Some(finding) = ending(answer.end) {
            report.add(finding);
        }
        let is_reply = answer.status == 200 && answer.end == End::Whole;
        if is_reply && self.request.is_harmless {
            report.add(
                Finding::note(Layer::Http, format!("nobody has the intent `{NOBODYS_INTENT}`")).because(
                    "so the reply is the fallback's or an apology; --intent NAME lets a handler of yours run",
                ),
            );
        }
        let heard = if is_reply {
            self.judge_reply(answer, report).await
        } else {
            None
        };
        report.add(time(steps, self.request.is_from_assistant));
        if is_reply || seen.is_without_handler() {
            report.add(self.door().await);
        }
        heard
    }

    async fn judge_reply(&self, answer: &Answer, report: &mut Report) -> Option<String> {
        let encoding = answer.header(CONTENT_ENCODING).to_lowercase();
        let plain;
        let mut answer = answer;
        if !["", "identity"].contains(&encoding.as_str()) {
            let finding = Finding::note(Layer::Http, format!("the reply is compressed (`{encoding}`)"))
                .because("Dialogflow says that it takes gzip, deflate and br; whether it counts the size before or after is unknown");
            if !self.request.is_harmless {
                report.add(finding.mend(
                    "to have the reply judged too, switch compression off; asking again would run the handler twice",
                ));
                return None;
            }
            report.add(finding);
            plain = self
                .send(&self.request, true, "identity", &mut Steps::new(), &mut |_| {})
                .await
                .ok()?;
            answer = &plain;
        }
        let content_type = answer.header(CONTENT_TYPE).to_lowercase();
        let content_type = self.secrets.quoted(&content_type);
        let (findings, reply) = reply::judge(
            &answer.body,
            &content_type,
            self.api_version,
            &self.request.session,
        );
        findings.into_iter().for_each(|finding| report.add(finding));
        reply.map(|reply| reply::heard(&reply, &self.secrets))
    }

    /// Whether the webhook takes calls from anybody: tried without credentials, and with a turn that runs no handler.
    async fn door(&self) -> Finding {
        let open = |says: &str| {
            if self.target.is_this_machine() {
                return Finding::note(Layer::Door, says).because("only this machine reaches it here");
            }
            Finding::warning(Layer::Door, says)
                .because("anybody who finds the URL can run the handlers, as anyone")
                .mend("set credentials (Flowhook: auth.basic, auth.headers or auth.id_token), and give them to the agent")
        };
        if self.credentials.is_empty() {
            return open("the webhook answers without credentials");
        }
        let request = Request::asking(NOBODYS_INTENT, "en", None);
        let mut last = None;
        let told = &mut |finding: Finding| last = Some(finding);
        let sent = self
            .send(&request, false, ACCEPT_ENCODING, &mut Steps::new(), told)
            .await;
        match sent {
            Ok(answer) if answer.status == 401 || answer.status == 403 => Finding::fine(
                Layer::Door,
                format!(
                    "closed: without credentials it answers {}",
                    answer.status.as_u16()
                ),
            ),
            Ok(answer) if answer.status == 200 || answer.status == 404 => {
                open("the webhook also answers without credentials")
            }
            Ok(answer) => Finding::note(
                Layer::Door,
                format!(
                    "without credentials it answers {}; 401 was to be expected",
                    answer.status.as_u16()
                ),
            ),
            Err(finding) => match finding.or(last) {
                Some(finding) if finding.layer == Layer::Tls => Finding::fine(
                    Layer::Door,
                    "closed: without a client certificate the connection ends",
                ),
                _ => Finding::note(
                    Layer::Door,
                    "without credentials no answer came, so this is not known",
                ),
            },
        }
    }
}

/// Does the work of a layer, says so when it takes long, and notes how long.
async fn timed<T>(layer: Layer, steps: &mut Steps, work: impl Future<Output = T>) -> T {
    let started = Instant::now();
    let done = watched(layer, work).await;
    steps.push((layer, started.elapsed()));
    done
}

/// What is wrong with how an answer ended.
fn ending(end: End) -> Option<Finding> {
    match end {
        // Told as its size.
        End::Whole | End::Longer => None,
        End::Broken => Some(
            Finding::failed(Layer::Http, "the connection ended in the middle of the answer")
                .because("the program ended while it wrote, its `content-length` is wrong, or its chunks are broken")
                .mend("see the webhook's log for a crash; let the framework count the length"),
        ),
        End::Late => Some(
            Finding::failed(Layer::Http, "the answer began, and did not end in the time that the doctor waits (--timeout)")
                .because("the program streams it piece by piece, or hangs while it writes")
                .mend("write the whole reply at once"),
        ),
    }
}

/// The time of a call against Dialogflow's patience, which counts from the first packet.
fn time(steps: &Steps, is_from_assistant: bool) -> Finding {
    let options = Options::default();
    let deadline = if is_from_assistant {
        options.assistant_deadline
    } else {
        options.deadline
    };
    let total: Duration = steps.iter().map(|(_, took)| *took).sum();
    let parts: Vec<_> = steps
        .iter()
        .map(|(layer, took)| format!("{layer} {}", in_ms(*took)))
        .collect();
    let says = format!(
        "{} of {} s ({})",
        in_ms(total),
        deadline.as_secs(),
        parts.join(", ")
    );
    let cause = "a cold start, a slow handler, or services that it waits for";
    let mend = "keep an instance warm (--min-instances=1), and see the log for how long the handler took";
    if total > deadline {
        Finding::failed(Layer::Time, format!("{says}: Dialogflow gave up before"))
            .because(cause)
            .mend(mend)
    } else if total > deadline / 5 * 4 {
        Finding::warning(Layer::Time, format!("{says}: little is left"))
            .because(cause)
            .mend(mend)
    } else {
        Finding::fine(Layer::Time, says)
    }
}

fn in_ms(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::report::Verdict;

    #[test]
    fn the_time_counts_from_the_first_packet_to_the_deadline_of_the_integration() {
        for (ms, is_from_assistant, verdict) in [
            (1_000, false, Verdict::Fine),
            (4_100, false, Verdict::Warning),
            (4_100, true, Verdict::Fine),
            (5_100, false, Verdict::Failed),
            (8_100, true, Verdict::Warning),
            (10_100, true, Verdict::Failed),
        ] {
            let steps = vec![
                (Layer::Dns, Duration::from_millis(50)),
                (Layer::Http, Duration::from_millis(ms - 50)),
            ];
            let finding = time(&steps, is_from_assistant);
            assert_eq!(finding.verdict, verdict, "{ms}");
            assert!(
                finding
                    .says
                    .contains(&format!("(DNS 50 ms, HTTP {} ms)", ms - 50)),
                "{finding:?}"
            );
        }
    }
}
