//! Who is compared: how each is installed below `target/compare`, started, and called in the table.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::ValueEnum;

use super::calls::BASIC;
use super::server::within;

/// How long a step of an installation may take.
const INSTALLING: Duration = Duration::from_secs(30 * 60);
const LOCK: &str = include_str!("../../../Cargo.lock");

/// One that is compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Peer {
    /// The program as `cargo build --release` makes it, with its example agent and everything on.
    Flowhook,
    /// actix-web, answering a constant once it has read the body.
    Actix,
    /// actix-web with serde_json, and a minimum of types.
    ActixTyped,
    /// Go's net/http.
    Go,
    /// Google's library dialogflow-fulfillment on Express.
    Node,
    /// Google's functions-framework for Node.
    NodeFunctions,
    /// Google's functions-framework for Python.
    PythonFunctions,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("no peer is hidden");
        f.write_str(value.get_name())
    }
}

/// One that can be started.
pub struct Installed {
    /// Who it is.
    pub peer: Peer,
    /// What it is called in the table, with versions.
    pub title: String,
    /// What it takes on the disk, in bytes, without what runs it.
    pub size: u64,
    /// What its runtime takes, in bytes; none where it needs none.
    pub runtime: u64,
    program: PathBuf,
    folder: PathBuf,
}

impl Installed {
    /// The command that serves on a port of the loopback address.
    pub fn command(&self, port: u16, cores: usize) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).env("BASIC", BASIC);
        let port = port.to_string();
        match self.peer {
            Peer::Flowhook => {
                // What is set here for another Flowhook is not meant.
                for (name, _) in std::env::vars_os() {
                    if name.to_string_lossy().starts_with("FLOWHOOK_") {
                        command.env_remove(name);
                    }
                }
                // Lines as on Cloud Run; and metrics are counted where somebody can ask for them.
                command
                    .arg("serve")
                    .env("FLOWHOOK_ADMIN__BIND", "127.0.0.1:0")
                    .env("FLOWHOOK_LOG__FORMAT", "json")
                    .env("FLOWHOOK_AUTH__BASIC", BASIC)
                    .env("FLOWHOOK_SERVER__BIND", format!("127.0.0.1:{port}"))
            }
            Peer::Actix => command.args(["serve-bare", &port]),
            Peer::ActixTyped => command.args(["serve-typed", &port]),
            Peer::Go => command.env("PORT", port),
            Peer::Node => command
                .arg("server.js")
                .env("PORT", port)
                .env("NODE_ENV", "production"),
            Peer::NodeFunctions => command
                .args([
                    "node_modules/.bin/functions-framework",
                    "--target=answer",
                    "--port",
                    &port,
                ])
                .env("NODE_ENV", "production")
                .env("HOST", "127.0.0.1"),
            // Each of its processes runs Python on one processor at a time.
            Peer::PythonFunctions => command
                .args([
                    "-m",
                    "functions_framework",
                    "--target=answer",
                    "--host=127.0.0.1",
                    "--port",
                    &port,
                ])
                .env("WORKERS", cores.to_string()),
        };
        command
    }
}

/// The folders that are read and written.
pub struct Places {
    /// The sources of the peers: `benches/compare`.
    pub sources: PathBuf,
    /// Where cargo builds: `target`, or what the user has set.
    pub target: PathBuf,
}

impl Places {
    /// As this program was built.
    ///
    /// # Errors
    ///
    /// When nobody knows where this program lies.
    pub fn of_this_program() -> io::Result<Self> {
        let program = std::env::current_exe()?;
        // target/release/examples/compare
        let target = program.ancestors().nth(3).unwrap_or(&program).to_owned();
        Ok(Self {
            sources: Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare"),
            target,
        })
    }

    /// Where a peer is installed and run.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made.
    pub fn of(&self, peer: Peer) -> io::Result<PathBuf> {
        let folder = self.target.join("compare").join(peer.to_string());
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// What a peer prints goes here.
    pub fn log_of(&self, peer: Peer) -> PathBuf {
        self.target.join("compare").join(format!("{peer}.log"))
    }
}

/// Installs a peer, or finds it installed.
///
/// # Errors
///
/// When something is missing: what, and how to mend it.
pub fn install(peer: Peer, places: &Places) -> Result<Installed, String> {
    let folder = places
        .of(peer)
        .map_err(|error| format!("no folder below {}: {error}", places.target.display()))?;
    let installed = |title: String, program: PathBuf, size: u64, runtime: u64| Installed {
        peer,
        title,
        size,
        runtime,
        program,
        folder: folder.clone(),
    };
    match peer {
        Peer::Flowhook => {
            let mut build = Command::new(env!("CARGO"));
            build
                .args([
                    "build",
                    "--release",
                    "--locked",
                    "--bin",
                    "flowhook",
                    "--target-dir",
                ])
                .arg(&places.target)
                .current_dir(env!("CARGO_MANIFEST_DIR"));
            step(&mut build)?;
            let program = places.target.join("release/flowhook");
            let title = format!("**Flowhook {}**, everything on", env!("CARGO_PKG_VERSION"));
            Ok(installed(title, program.clone(), size_of(&program), 0))
        }
        Peer::Actix | Peer::ActixTyped => {
            let program = std::env::current_exe().map_err(|error| error.to_string())?;
            let version = locked("actix-web");
            let title = match peer {
                Peer::Actix => format!("actix-web {version}, a constant answer"),
                _ => format!("actix-web {version}, serde_json, typed"),
            };
            Ok(installed(title, program.clone(), size_of(&program), 0))
        }
        Peer::Go => {
            let version = told(Command::new("go").args(["env", "GOVERSION"]), "Go", "golang-go")?;
            let program = folder.join("server");
            let mut build = Command::new("go");
            build
                .args(["build", "-o"])
                .arg(&program)
                .arg(".")
                .current_dir(places.sources.join("go"))
                .env("GOCACHE", folder.join("cache"))
                .env("GOTOOLCHAIN", "local");
            step(&mut build)?;
            let title = format!("Go {}, net/http", version.trim_start_matches("go"));
            Ok(installed(title, program.clone(), size_of(&program), 0))
        }
        Peer::Node | Peer::NodeFunctions => {
            let find = ["-p", "process.version + ' ' + process.execPath"];
            let node = told(Command::new("node").args(find), "Node", "nodejs npm")?;
            let (version, program) = node.split_once(' ').ok_or("`node -p` told no path")?;
            let (name, files) = match peer {
                Peer::Node => ("node", ["package.json", "package-lock.json", "server.js"]),
                _ => ("functions", ["package.json", "package-lock.json", "index.js"]),
            };
            let mut packages = Command::new("npm");
            packages
                .args(["ci", "--no-audit", "--no-fund"])
                .current_dir(&folder);
            once(
                &places.sources.join(name),
                &files,
                &folder,
                version,
                &mut [packages],
            )?;
            let package =
                fs::read_to_string(folder.join("package.json")).map_err(|error| error.to_string())?;
            let package: serde_json::Value =
                serde_json::from_str(&package).map_err(|error| error.to_string())?;
            let libraries = package["dependencies"].as_object().into_iter().flatten();
            let libraries: Vec<_> = libraries
                .map(|(name, version)| {
                    let name = name.trim_start_matches("@google-cloud/");
                    format!("{name} {}", version.as_str().unwrap_or_default())
                })
                .collect();
            let title = format!(
                "Node {}, {}",
                version.trim_start_matches('v'),
                libraries.join(" on ")
            );
            let program = PathBuf::from(program);
            let runtime = size_of(&program);
            Ok(installed(title, program, size_of(&folder), runtime))
        }
        Peer::PythonFunctions => {
            let find =
                "import platform, sysconfig; print(platform.python_version(), sysconfig.get_path('stdlib'))";
            let python = told(
                Command::new("python3").args(["-c", find]),
                "Python",
                "python3-venv",
            )?;
            let (version, library) = python.split_once(' ').ok_or("`python3` told no path")?;
            let mut environment = Command::new("python3");
            environment
                .args(["-m", "venv", "environment"])
                .current_dir(&folder);
            let mut packages = Command::new("environment/bin/python");
            packages
                .args(["-m", "pip", "install", "--quiet", "-r", "requirements.txt"])
                .current_dir(&folder);
            let files = ["requirements.txt", "main.py"];
            let steps = &mut [environment, packages];
            once(&places.sources.join("python"), &files, &folder, version, steps)?;
            let pinned = fs::read_to_string(folder.join("requirements.txt")).unwrap_or_default();
            let pinned = pinned
                .lines()
                .find_map(|line| line.strip_prefix("functions-framework=="));
            let title = format!(
                "Python {version}, functions-framework {}",
                pinned.unwrap_or_default()
            );
            let program = folder.join("environment/bin/python");
            // What others have installed is not the runtime's, nor are its own tests.
            let library = Path::new(library);
            let others = ["site-packages", "dist-packages", "test"].map(|name| size_of(&library.join(name)));
            let interpreter = fs::canonicalize(&program).map_or(0, |interpreter| size_of(&interpreter));
            let runtime = interpreter + size_of(library) - others.iter().sum::<u64>();
            Ok(installed(title, program, size_of(&folder), runtime))
        }
    }
}

/// Does the steps in a folder that is laid anew, unless it was done for the same files and the same runtime.
fn once(from: &Path, files: &[&str], to: &Path, version: &str, steps: &mut [Command]) -> Result<(), String> {
    let failed = |error: io::Error| format!("{} cannot be laid in {}: {error}", from.display(), to.display());
    let mut wanted = version.to_owned();
    for file in files {
        wanted += &fs::read_to_string(from.join(file)).map_err(failed)?;
    }
    let done = to.join("done");
    if fs::read_to_string(&done).is_ok_and(|done| done == wanted) {
        return Ok(());
    }
    fs::remove_dir_all(to)
        .and_then(|()| fs::create_dir_all(to))
        .map_err(failed)?;
    for file in files {
        fs::copy(from.join(file), to.join(file)).map_err(failed)?;
    }
    for command in steps {
        step(command)?;
    }
    fs::write(done, wanted).map_err(failed)
}

/// Does one step, whose output is progress.
fn step(command: &mut Command) -> Result<(), String> {
    let told = format!("{command:?}");
    let failed = |error: io::Error| format!("{told}: {error}");
    command.stdin(Stdio::null()).stdout(io::stderr());
    let status = within(&mut command.spawn().map_err(failed)?, INSTALLING).map_err(failed)?;
    if status.success() {
        return Ok(());
    }
    Err(format!("{told} ended with {status}"))
}

/// What a program says of itself, in one line.
fn told(command: &mut Command, name: &str, packages: &str) -> Result<String, String> {
    let missing =
        |error: io::Error| format!("{name} is missing ({error}); on Debian: apt-get install {packages}");
    let output = command.output().map_err(missing)?;
    if !output.status.success() {
        return Err(format!("{name} does not say its version: {}", output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The version of a crate that this program was built with.
fn locked(name: &str) -> &'static str {
    let entry = LOCK.split_once(&format!("name = \"{name}\"\nversion = \""));
    entry
        .and_then(|(_, rest)| rest.split('"').next())
        .unwrap_or_default()
}

/// The bytes in a file, or in all files of a folder.
fn size_of(path: &Path) -> u64 {
    let Ok(found) = fs::symlink_metadata(path) else {
        return 0;
    };
    if !found.is_dir() {
        return found.len();
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size_of(&entry.path())).sum()
}
