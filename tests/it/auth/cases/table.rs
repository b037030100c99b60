//! The cases, who signs in them, and how they are shown.

use aws_lc_rs::rsa::KeySize;

use crate::auth::service::Service;
use crate::auth::token::Signer;

/// One of the table: what it is, what is shown, and the status; where it is refused, how the log counts and tells it.
struct Case {
    what: String,
    shown: Vec<Vec<u8>>,
    status: u16,
    kind: &'static str,
    told: &'static str,
}

/// Those who sign in the table.
pub(super) struct Cast {
    /// Whose key is published.
    pub(super) google: Signer,
    /// Whose key is published too.
    pub(super) next: Signer,
    /// Whose key has the id of one that is published.
    pub(super) thief: Signer,
}

impl Cast {
    pub(super) fn new() -> Self {
        Self {
            google: Signer::new("0000000000000000000000000000000000000001"),
            next: Signer::with_size("0000000000000000000000000000000000000002", KeySize::Rsa4096),
            thief: Signer::new("0000000000000000000000000000000000000001"),
        }
    }
}

#[derive(Default)]
pub(super) struct Table(Vec<Case>);

impl Table {
    pub(super) fn add(
        &mut self,
        what: impl Into<String>,
        shown: Vec<Vec<u8>>,
        status: u16,
        kind: &'static str,
        told: &'static str,
    ) {
        let what = what.into();
        self.0.push(Case {
            what,
            shown,
            status,
            kind,
            told,
        });
    }

    /// The token is all that is shown.
    fn token(
        &mut self,
        what: impl Into<String>,
        token: &str,
        status: u16,
        kind: &'static str,
        told: &'static str,
    ) {
        self.add(
            what,
            vec![format!("Bearer {token}").into_bytes()],
            status,
            kind,
            told,
        );
    }

    pub(super) fn passes(&mut self, what: impl Into<String>, token: &str) {
        self.token(what, token, 200, "", "answered");
    }

    /// Is refused like a call without any token.
    pub(super) fn fails(
        &mut self,
        what: impl Into<String>,
        token: &str,
        kind: &'static str,
        told: &'static str,
    ) {
        self.token(what, token, 401, kind, told);
    }

    /// Is genuine, but not allowed.
    pub(super) fn is_not_allowed(
        &mut self,
        what: impl Into<String>,
        token: &str,
        kind: &'static str,
        told: &'static str,
    ) {
        self.token(what, token, 403, kind, told);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Shows them all, to a program that is started anew now and then: the log tells a reason ten times, and then once a second.
    pub(super) fn run(&self, settings: &[(&str, &str)]) {
        let mut answers: Vec<(u16, String)> = Vec::new();
        for ten in self.0.chunks(10) {
            let service = Service::start(settings);
            for case in ten {
                let what = &case.what;
                let headers: Vec<_> = case
                    .shown
                    .iter()
                    .map(|value| ("Authorization", &value[..]))
                    .collect();
                let answer = service.call(&headers);
                let line = service.line_of(&answer);
                let message = line["message"].as_str().unwrap();
                assert_eq!(answer.status, case.status, "{what}: {message}");
                assert!(message.contains(case.told), "{what}: {message}");
                if case.status != 200 {
                    assert_eq!(line["reason"], case.kind, "{what}");
                    let mut told: Vec<_> = answer
                        .headers
                        .iter()
                        .filter(|(name, _)| name != "x-request-id" && name != "date")
                        .collect();
                    told.sort();
                    answers.push((case.status, format!("{told:?} {}", answer.body)));
                }
            }
            let log = service.log();
            let whole = format!("{log:?}");
            assert!(
                !whole.contains("gserviceaccount") && !whole.contains("eyJ"),
                "something of a token is in {whole}"
            );
        }
        answers.sort();
        answers.dedup();
        let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
        assert_eq!(statuses, [401, 403], "answers of a status differ: {answers:#?}");
    }
}
