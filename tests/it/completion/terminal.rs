//! A shell at a terminal, which somebody types into.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::program::FLOWHOOK;

/// Longer than anything here should take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where the program's stand-in writes its arguments, an invocation a line. The shells' prompts tell how many lines there are, so what is
/// typed is never there before the shell is.
const HEARD: &str = "heard";

#[derive(Clone, Copy, Debug)]
pub(super) enum Shell {
    Bash,
    Zsh,
    Fish,
}

impl Shell {
    fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// What it reads at its start, and how it is told to.
    fn beginning(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Bash => (
                ".bashrc",
                "PS1='ready-$(grep -c \"\" heard)-now '\nsource <(flowhook completions bash)\n",
                "bash --noprofile --rcfile .bashrc -i",
            ),
            Self::Zsh => (
                ".zshrc",
                "setopt PROMPT_SUBST\nPROMPT='ready-$(grep -c \"\" heard)-now '\nautoload -Uz compinit\ncompinit -u\nsource <(flowhook completions zsh)\n",
                "zsh -d -i",
            ),
            Self::Fish => (
                "begin.fish",
                "function fish_prompt\n  echo ready-(grep -c '' heard)-now\nend\nset -g fish_greeting\nflowhook completions fish | source\n",
                "fish --no-config --init-command 'source begin.fish'",
            ),
        }
    }
}

/// A terminal with a shell in a folder of its own, in which `flowhook` writes down what it is called with; but it completes itself.
pub(super) struct Terminal {
    shell: Shell,
    folder: tempfile::TempDir,
    script: Option<Child>,
    shown: Arc<Mutex<Vec<u8>>>,
    /// How many lines were entered.
    entered: usize,
}

impl Terminal {
    /// None where the shell is missing, which is said, and not had where `CI` is set.
    pub(super) fn open(shell: Shell) -> Option<Self> {
        for program in [shell.name(), "script"] {
            let there = Command::new(program)
                .arg("--version")
                .stdout(Stdio::null())
                .status();
            if there.is_ok() {
                continue;
            }
            let skipped = format!("there is no {program} here");
            assert!(std::env::var_os("CI").is_none(), "{skipped}");
            let name = std::thread::current().name().unwrap_or("a test").to_owned();
            // Not by eprintln!, which the test harness shows only when a test fails.
            let mut stderr = std::io::stderr();
            writeln!(stderr, "SKIPPED {name}: {skipped}").unwrap();
            return None;
        }
        let terminal = Self {
            shell,
            folder: tempfile::tempdir().unwrap(),
            script: None,
            shown: Arc::default(),
            entered: 0,
        };
        let stand_in = format!(
            "#!/bin/sh\n[ \"$1\" = completions ] && exec '{FLOWHOOK}' \"$@\"\n{{ printf '%s\\037' \"$@\"; echo; }} >> '{}'\n",
            terminal.folder.path().join(HEARD).display()
        );
        terminal.write("programs/flowhook", stand_in.as_bytes());
        terminal.write(shell.beginning().0, shell.beginning().1.as_bytes());
        terminal.write(HEARD, b"");
        let made = Command::new("chmod")
            .args(["+x", "programs/flowhook"])
            .current_dir(terminal.folder.path())
            .status();
        assert!(made.unwrap().success());
        Some(terminal)
    }

    /// A file in its folder.
    pub(super) fn write(&self, name: &str, content: &[u8]) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// Starts the shell, and waits until it is ready.
    pub(super) fn start(&mut self) {
        let folder = self.folder.path();
        let path = std::env::var("PATH").unwrap();
        let path = format!("{}:{path}", folder.join("programs").display());
        let mut child = Command::new("script")
            .args([
                "--quiet",
                "--return",
                "--command",
                self.shell.beginning().2,
                "/dev/null",
            ])
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder)
            .env("ZDOTDIR", folder)
            .env("TERM", "xterm")
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let shown = Arc::clone(&self.shown);
        std::thread::spawn(move || {
            let mut part = [0; 4_096];
            while let Ok(read @ 1..) = stdout.read(&mut part) {
                shown.lock().unwrap().extend_from_slice(&part[..read]);
            }
        });
        self.script = Some(child);
        self.wait_for_the_prompt();
    }

    #[track_caller]
    fn wait_for_the_prompt(&self) {
        let prompt = format!("ready-{}-now", self.entered);
        self.wait(|terminal| terminal.shown().contains(&prompt).then_some(()));
    }

    /// Types the line and Enter, and waits until the shell is ready again. Gives the arguments that the program was called with.
    #[track_caller]
    pub(super) fn enter(&mut self, line: &str) -> Vec<String> {
        let input = self.script.as_mut().unwrap().stdin.as_mut().unwrap();
        input.write_all(format!("{line}\r").as_bytes()).unwrap();
        input.flush().unwrap();
        self.entered += 1;
        let heard = self.wait(|terminal| {
            let heard = std::fs::read_to_string(terminal.folder.path().join(HEARD)).ok()?;
            let line = heard.split_inclusive('\n').nth(terminal.entered - 1)?;
            line.strip_suffix('\n').map(str::to_owned)
        });
        self.wait_for_the_prompt();
        heard.split_terminator('\u{1f}').map(str::to_owned).collect()
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    #[track_caller]
    fn wait<T>(&self, find: impl Fn(&Self) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = find(self) {
                return found;
            }
            assert!(Instant::now() < end, "{:?} shows:\n{}", self.shell, self.shown());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The shell ends with its terminal.
impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(script) = &mut self.script {
            let _ = script.kill();
            let _ = script.wait();
        }
    }
}
