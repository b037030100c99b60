//! What was found, layer by layer, and how it prints.

use std::fmt;
use std::io::Write;

use serde_json::{Value, json};

use super::secrets::Secrets;

/// The widest that a line of text gets, in characters.
const WIDTH: usize = 110;

/// Where the words of a finding begin, in characters.
const INDENT: usize = 18;

/// What was looked at, in the order of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layer {
    Url,
    Dns,
    Tcp,
    Tls,
    Token,
    Http,
    Json,
    Schema,
    Size,
    Time,
    Door,
}

impl fmt::Display for Layer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Url => "URL",
            Self::Dns => "DNS",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::Token => "token",
            Self::Http => "HTTP",
            Self::Json => "JSON",
            Self::Schema => "schema",
            Self::Size => "size",
            Self::Time => "time",
            Self::Door => "door",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Fine,
    /// Worth knowing, and no fault.
    Note,
    /// It works, and should be looked at.
    Warning,
    /// Dialogflow would not get through, or would refuse the reply.
    Failed,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Failed => "failed",
        }
    }

    fn paint(self) -> &'static str {
        match self {
            Self::Fine => "\x1b[32m",
            Self::Note => "\x1b[34m",
            Self::Warning => "\x1b[33m",
            Self::Failed => "\x1b[31m",
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) layer: Layer,
    pub(super) verdict: Verdict,
    /// What is so.
    pub(super) says: String,
    /// Why it is likely so.
    pub(super) cause: Option<String>,
    /// What to do about it.
    pub(super) mend: Option<String>,
}

impl Finding {
    fn new(layer: Layer, verdict: Verdict, says: impl Into<String>) -> Self {
        Self {
            layer,
            verdict,
            says: says.into(),
            cause: None,
            mend: None,
        }
    }

    pub(super) fn fine(layer: Layer, says: impl Into<String>) -> Self {
        Self::new(layer, Verdict::Fine, says)
    }

    pub(super) fn note(layer: Layer, says: impl Into<String>) -> Self {
        Self::new(layer, Verdict::Note, says)
    }

    pub(super) fn warning(layer: Layer, says: impl Into<String>) -> Self {
        Self::new(layer, Verdict::Warning, says)
    }

    pub(super) fn failed(layer: Layer, says: impl Into<String>) -> Self {
        Self::new(layer, Verdict::Failed, says)
    }

    pub(super) fn because(mut self, cause: impl Into<String>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    pub(super) fn mend(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }

    fn json(&self) -> Value {
        json!({
            "layer": self.layer.to_string().to_lowercase(),
            "verdict": self.verdict.word(),
            "says": self.says,
            "cause": self.cause,
            "mend": self.mend,
        })
    }
}

/// How the report is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people, as it comes.
    Text { colour: bool },
    /// One object at the end.
    Json,
}

/// The findings of one examination.
pub(super) struct Report {
    form: Form,
    secrets: Secrets,
    findings: Vec<Finding>,
}

impl Report {
    pub(super) fn new(form: Form, secrets: Secrets) -> Self {
        Self {
            form,
            secrets,
            findings: Vec::new(),
        }
    }

    /// Begins the report.
    pub(super) fn open(&self, url: &str) {
        if self.form != Form::Json {
            println!(
                "Calling {} the way Dialogflow does.\n",
                self.secrets.withheld(url)
            );
        }
    }

    /// Takes a finding, and prints it where a person reads along.
    pub(super) fn add(&mut self, finding: Finding) {
        let finding = Finding {
            says: self.secrets.withheld(&finding.says),
            cause: finding.cause.map(|text| self.secrets.withheld(&text)),
            mend: finding.mend.map(|text| self.secrets.withheld(&text)),
            ..finding
        };
        if let Form::Text { colour } = self.form {
            print!("{}", in_words(&finding, colour));
            // Who reads no more of it need not be told.
            let _ = std::io::stdout().flush();
        }
        self.findings.push(finding);
    }

    pub(super) fn has_failed(&self) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.verdict == Verdict::Failed)
    }

    /// Ends the report: what a user would hear, and whether anything failed.
    pub(super) fn close(&self, url: &str, heard: &str) {
        let (url, heard) = (self.secrets.withheld(url), self.secrets.withheld(heard));
        let count = |verdict| {
            self.findings
                .iter()
                .filter(|finding| finding.verdict == verdict)
                .count()
        };
        match self.form {
            Form::Json => {
                let findings: Vec<_> = self.findings.iter().map(Finding::json).collect();
                let report =
                    json!({"url": url, "fine": !self.has_failed(), "heard": heard, "findings": findings});
                println!("{report:#}");
            }
            Form::Text { .. } => {
                println!("\n{}", wrapped(&format!("The user hears: {heard}"), 0));
                match (count(Verdict::Failed), count(Verdict::Warning)) {
                    (0, 0) => println!("Nothing failed."),
                    (0, 1) => println!("Nothing failed; there is 1 warning."),
                    (0, warnings) => println!("Nothing failed; there are {warnings} warnings."),
                    (1, _) => println!("1 thing failed: Dialogflow would not be served."),
                    (failed, _) => println!("{failed} things failed: Dialogflow would not be served."),
                }
            }
        }
    }
}

fn in_words(finding: &Finding, colour: bool) -> String {
    let (paint, dim, plain) = if colour {
        (finding.verdict.paint(), "\x1b[2m", "\x1b[0m")
    } else {
        ("", "", "")
    };
    let mut text = format!(
        "{paint}{:<8}{plain}  {:<6}  {}\n",
        finding.verdict.word(),
        finding.layer,
        wrapped(&finding.says, INDENT)
    );
    for (name, words) in [("cause", &finding.cause), ("mend", &finding.mend)] {
        if let Some(words) = words {
            let words = wrapped(words, INDENT);
            text.push_str(&format!("          {dim}{name:<6}{plain}  {words}\n"));
        }
    }
    text
}

/// Text in lines that end before the margin; all but the first begin after `indent` spaces.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = String::new();
    let mut width = indent;
    for word in text.split(' ') {
        let length = word.chars().count();
        if width > indent && width + 1 + length > WIDTH {
            lines.push('\n');
            lines.extend(std::iter::repeat_n(' ', indent));
            width = indent;
        } else if width > indent {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_reads_as_a_paragraph_with_a_margin() {
        let finding = Finding::failed(Layer::Tcp, "nobody listens on 127.0.0.1:1")
            .because("a word ".repeat(20).trim())
            .mend("start it");
        let text = in_words(&finding, false);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(
            text.starts_with("failed    TCP     nobody listens on 127.0.0.1:1\n          cause   a word"),
            "{text}"
        );
        assert!(text.ends_with("\n          mend    start it\n"), "{text}");
        assert!(in_words(&finding, true).contains("\x1b[31mfailed"));
    }
}
