//! The table of tokens: each is shown to the program on a real socket, and must get its status and its reason in the log.

mod table;

mod claims;
mod form;

mod cloud_run;

use self::table::{Cast, Table};
use super::key_server::KeyServer;
use super::token::PROJECT;

/// What stands in place of a signature that Cloud Run has verified.
const REMOVED: &str = "SIGNATURE_REMOVED_BY_GOOGLE";

fn settings<'a>(url: &'a str, emails: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("auth.id_token.jwks_url", url),
        (
            "auth.id_token.audiences",
            "https://example.com/webhook, https://bare.example, https://root.example/",
        ),
        ("auth.id_token.emails", emails),
    ]
}

#[test]
fn every_token_gets_its_status_and_its_reason() {
    let cast = Cast::new();
    let server = KeyServer::of(&[&cast.google, &cast.next]);
    let mut table = Table::default();
    form::how_it_is_shown(&mut table, &cast);
    form::parts(&mut table, &cast);
    form::algorithms(&mut table, &cast);
    form::keys_in_the_header(&mut table, &cast);
    form::key_ids(&mut table, &cast);
    form::signatures(&mut table, &cast);
    claims::what_claims_are(&mut table, &cast);
    claims::issuers_and_times(&mut table, &cast);
    claims::audiences_and_emails(&mut table, &cast);
    assert!(table.len() >= 60);
    eprintln!("{} cases", table.len());
    let url = server.url();
    table.run(&settings(
        &url,
        &format!("{PROJECT}, other@example-project.iam.gserviceaccount.com"),
    ));
}
