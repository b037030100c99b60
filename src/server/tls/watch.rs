//! Files that change: a renewed certificate is taken up without a restart.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::Identity;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How often the log is told of a certificate that ends.
const TELL: Duration = Duration::from_secs(24 * 60 * 60);

/// What changes when a file does, or when a link on the way to it is turned elsewhere, as Kubernetes does: device, inode,
/// size, and the times of its content and of its entry, in seconds and nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stamps(Vec<Option<Stamp>>);

type Stamp = ([u64; 3], [i64; 4]);

impl Stamps {
    /// As the files are now. Blocks.
    pub(super) fn of<'a>(paths: impl Iterator<Item = &'a Path>) -> Self {
        let stamp = |path| {
            let file = std::fs::metadata(path).ok()?;
            let times = [file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec()];
            Some(([file.dev(), file.ino(), file.size()], times))
        };
        Self(paths.map(stamp).collect())
    }
}

/// Looks at the files for ever, and takes them up once they have changed and are at rest: a certificate and its key are
/// seldom replaced in the same instant. Files that are no good are told once, and the old ones stay.
pub(super) async fn keep_current(identity: &Identity) {
    let mut looks = interval(LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = Instant::now();
    let mut seen = identity.material().stamps.clone();
    let mut complaint = None;
    loop {
        looks.tick().await;
        if told.elapsed() >= TELL {
            told = Instant::now();
            identity.material().tell_of_time();
        }
        let files = identity.files.clone();
        let Ok(found) = spawn_blocking(move || Stamps::of(files.paths())).await else {
            continue;
        };
        let is_at_rest = found == seen;
        seen = found;
        if !is_at_rest || (seen == identity.material().stamps && complaint.is_none()) {
            continue;
        }
        let files = identity.files.clone();
        let Ok(read) = spawn_blocking(move || files.read()).await else {
            continue;
        };
        match read {
            Ok(material) => {
                identity.take_up(material);
                let material = identity.material();
                tracing::info!(
                    "took up the changed TLS files: the certificate ends at {}",
                    material.end()
                );
                material.tell(identity.expects_dialogflow);
                complaint = None;
            }
            // Read again at the next look: what hinders may pass without the files changing.
            Err(error) => {
                let error = error.to_string();
                if complaint.as_ref() != Some(&error) {
                    tracing::error!("kept the old TLS files, since the changed ones cannot be used: {error}");
                    complaint = Some(error);
                }
            }
        }
    }
}
