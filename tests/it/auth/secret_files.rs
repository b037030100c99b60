//! Secrets in files: changed while the program runs, the way that Kubernetes and Cloud Run change them.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use flowhook::auth::{Evidence, Gate};
use flowhook::config::Settings;
use futures_util::FutureExt;
use tokio::time::advance;

use super::asking::{Sent, until};
use super::service::Service;

/// Whether a call with this key passes.
fn passes(gate: &Gate, key: &str) -> bool {
    let headers = [("x-api-key", key.as_bytes())];
    let evidence = Evidence {
        headers: &Sent(&headers),
        certificate: None,
        peer: None,
        now: SystemTime::now(),
    };
    gate.admits(&evidence)
        .now_or_never()
        .expect("no token, no waiting")
        .is_ok()
}

/// A gate that goes by the file at `path`, and is kept up to date.
fn gate(path: &Path) -> Arc<Gate> {
    let toml = format!("auth.headers = {{ file = '{}' }}", path.display());
    let settings = Settings::from_toml(&toml).unwrap();
    let gate = Arc::new(settings.auth.gate().unwrap());
    let keeping = Arc::clone(&gate);
    tokio::spawn(async move { settings.auth.keep_secrets_fresh(&keeping).await });
    gate
}

/// Turns the link `..data` to another folder in one step, as the kubelet does.
fn turn_to(mount: &Path, folder: &str) {
    symlink(folder, mount.join("..data_tmp")).unwrap();
    std::fs::rename(mount.join("..data_tmp"), mount.join("..data")).unwrap();
}

/// A mounted secret: a link to a link to a file.
fn mount(mount: &Path, secrets: &[(&str, &str)]) {
    for (folder, text) in secrets {
        std::fs::create_dir(mount.join(folder)).unwrap();
        std::fs::write(mount.join(folder).join("key"), text).unwrap();
    }
    symlink(secrets[0].0, mount.join("..data")).unwrap();
    symlink("..data/key", mount.join("key")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_mounted_secret_that_is_swapped_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    // Of the same length, and written in the same moment: only the file behind the link is another.
    let versions = [
        ("..1", "x-api-key: one"),
        ("..2", "x-api-key: one\nx-api-key: two"),
        ("..3", "x-api-key: two"),
    ];
    mount(folder.path(), &versions);
    let gate = gate(&folder.path().join("key"));
    tokio::task::yield_now().await;
    assert!(passes(&gate, "one") && !passes(&gate, "two"));

    turn_to(folder.path(), "..2");
    advance(Duration::from_secs(5)).await;
    until("both keys", || passes(&gate, "two")).await;
    assert!(passes(&gate, "one"));

    turn_to(folder.path(), "..3");
    advance(Duration::from_secs(5)).await;
    until("the old key's end", || !passes(&gate, "one")).await;
    assert!(passes(&gate, "two"));
}

#[tokio::test(start_paused = true)]
async fn a_file_that_seems_the_same_is_read_once_a_minute() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    std::fs::write(&path, "x-api-key: one").unwrap();
    let gate = gate(&path);
    tokio::task::yield_now().await;
    advance(Duration::from_secs(5)).await;
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    // The same file, size and time, and yet another secret: so it may be on Cloud Run.
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    std::fs::write(&path, "x-api-key: two").unwrap();
    std::fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(modified)
        .unwrap();
    for _ in 0..14 {
        advance(Duration::from_secs(5)).await;
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    }
    until("the new key", || passes(&gate, "two")).await;
    assert!(!passes(&gate, "one"));
}

#[test]
fn a_file_that_goes_or_makes_no_sense_leaves_the_old_secrets_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("basic");
    std::fs::write(&path, "user:password").unwrap();
    let service = Service::start(&[("auth.basic.file", path.to_str().unwrap())]);
    // printf 'user:password' | base64, and with `next`.
    let (old, new) = ("Basic dXNlcjpwYXNzd29yZA==", "Basic dXNlcjpuZXh0");
    assert_eq!(service.call_with(old).status, 200);

    std::fs::remove_file(&path).unwrap();
    let has = |words: &'static str| {
        move |line: &serde_json::Value| line["message"].as_str().unwrap().contains(words)
    };
    let told = service.line(has("cannot read"));
    assert_eq!(told["severity"], "ERROR");
    assert_eq!(service.call_with(old).status, 200);

    std::fs::write(&path, "sekrit without a colon").unwrap();
    std::fs::write(folder.path().join("new"), "user:next\n").unwrap();
    assert_eq!(service.call_with(old).status, 200);
    std::fs::rename(folder.path().join("new"), &path).unwrap();
    service.line(has("can be read again"));
    service.line(has("took over the secrets"));
    assert_eq!(service.call_with(new).status, 200);
    assert_eq!(service.call_with(old).status, 401);
    let log = format!("{:?}", service.log());
    assert_eq!(
        log.matches("the secrets that it held before stay").count(),
        1,
        "{log}"
    );
    assert!(!log.contains("sekrit") && !log.contains("password"), "{log}");
}
