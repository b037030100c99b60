//! Files that change while the program serves.

use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rustls::AlertDescription::{CertificateRequired, UnknownCA};
use rustls::pki_types::CertificateDer;

use super::Place;
use super::authority::{Authority, Shown};
use super::client::Client;
use super::program::start;

/// Between two calls of one caller, so that the other tests get their share of the machine.
const PACE: Duration = Duration::from_millis(2);

const TAKEN_UP: &str = "took up the changed TLS files";
const KEPT: &str = "kept the old TLS files, since the changed ones cannot be used";

/// The certificate that a newcomer gets; one who takes an earlier session up again still sees that session's.
fn shown_to_newcomer(place: &Place, address: SocketAddr) -> CertificateDer<'static> {
    Client::new(&place.authority, None)
        .connect(address)
        .unwrap()
        .server()
}

fn replace(place: &Place, server: &Shown) {
    place.write("key.pem", &server.key);
    place.write("cert.pem", &server.chain);
}

#[test]
fn a_new_certificate_is_taken_up_under_load_and_no_call_is_lost() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    let client = Client::new(&place.authority, None);
    let next = place.authority.server();
    let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let address = program.address;
    std::thread::scope(|threads| {
        for _ in 0..2 {
            // A connection that lives through it all.
            threads.spawn(|| {
                let mut connection = client.connect(address).unwrap();
                while !is_over.load(Ordering::Relaxed) {
                    assert_eq!(connection.ask().unwrap(), 200);
                    answered.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(PACE);
                }
                assert_eq!(connection.server(), place.server.certificates()[0]);
            });
            // Connections that are made before, during and after it.
            threads.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    assert_eq!(client.ask(address).unwrap(), 200);
                    answered.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(PACE);
                }
            });
        }
        let over = Over(&is_over);
        replace(&place, &next);
        program.logged(TAKEN_UP);
        assert_eq!(shown_to_newcomer(&place, address), next.certificates()[0]);
        drop(over);
    });
    assert!(answered.into_inner() > 8);
    assert!(!program.output().contains(KEPT), "{}", program.output());
}

/// Ends the load, also when an assertion fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_link_that_is_turned_elsewhere_is_a_change() {
    // As Kubernetes mounts a secret: cert.pem -> ..data/cert.pem, ..data -> a folder with a date in its name.
    let place = Place::new();
    let folder = place.folder.path();
    let next = place.authority.server();
    for (name, shown) in [("..first", &place.server), ("..second", &next)] {
        std::fs::create_dir(folder.join(name)).unwrap();
        std::fs::write(folder.join(name).join("cert.pem"), &shown.chain).unwrap();
        std::fs::write(folder.join(name).join("key.pem"), &shown.key).unwrap();
    }
    symlink("..first", folder.join("..data")).unwrap();
    for name in ["cert.pem", "key.pem"] {
        std::fs::remove_file(folder.join(name)).unwrap();
        symlink(format!("..data/{name}"), folder.join(name)).unwrap();
    }
    let program = start(&place.folder, Place::TLS);
    assert_eq!(
        shown_to_newcomer(&place, program.address),
        place.server.certificates()[0]
    );

    symlink("..second", folder.join("..data.new")).unwrap();
    std::fs::rename(folder.join("..data.new"), folder.join("..data")).unwrap();
    program.logged(TAKEN_UP);
    assert_eq!(shown_to_newcomer(&place, program.address), next.certificates()[0]);
}

#[test]
fn files_that_are_no_good_are_told_once_and_the_old_ones_stay() {
    let place = Place::new();
    let program = start(&place.folder, Place::TLS);
    place.write("cert.pem", "half of it");
    program.logged(&format!(
        "{KEPT}: `server.tls.cert`: cert.pem holds no certificate in PEM"
    ));
    assert_eq!(
        shown_to_newcomer(&place, program.address),
        place.server.certificates()[0]
    );

    std::fs::remove_file(place.folder.path().join("cert.pem")).unwrap();
    program.logged(&format!("{KEPT}: `server.tls.cert`: cannot read cert.pem"));
    assert_eq!(
        shown_to_newcomer(&place, program.address),
        place.server.certificates()[0]
    );

    // A key without its certificate; then time for two more looks, which have nothing new to say.
    let next = place.authority.server();
    place.write("cert.pem", &place.server.chain);
    place.write("key.pem", &next.key);
    program.logged(&format!(
        "{KEPT}: `server.tls.key`: the key in key.pem does not belong to the first certificate"
    ));
    std::thread::sleep(Duration::from_secs(3));
    place.write("cert.pem", &next.chain);
    program.logged(TAKEN_UP);
    assert_eq!(shown_to_newcomer(&place, program.address), next.certificates()[0]);
    let log = program.output();
    assert_eq!(
        (log.matches(KEPT).count(), log.matches(TAKEN_UP).count()),
        (3, 1),
        "{log}"
    );
}

#[test]
fn new_roots_count_from_the_next_connection_on() {
    let (before, after) = (Authority::root("Root before"), Authority::root("Root after"));
    let place = Place::with_clients(&before);
    let program = start(&place.folder, Place::GOOGLE);
    let client = |root: &Authority| Client::new(&place.authority, Some(&root.client("Google LLC")));
    let (old, new) = (client(&before), client(&after));
    let mut open = old.connect(program.address).unwrap();
    assert_eq!(open.ask().unwrap(), 200);
    assert_eq!(new.refused(program.address), UnknownCA);

    place.write("roots.pem", &after.pem());
    program.logged(TAKEN_UP);
    assert_eq!(new.ask(program.address).unwrap(), 200);
    assert_eq!(old.refused(program.address), UnknownCA);
    assert_eq!(
        Client::new(&place.authority, None).refused(program.address),
        CertificateRequired
    );
}
