//! What operators see and change, on an address that the public one knows nothing of.

use crate::program::{Program, Starting, clumsy, request};
use crate::telemetry::{ask, text};

fn start() -> Program {
    Starting::new(clumsy()).set("admin.bind=127.0.0.1:0").start()
}

#[test]
fn what_is_logged_is_changed_while_the_program_runs() {
    let agent = start();
    assert_eq!(
        text(&ask(&agent, "GET", "/log/level", "")),
        "info,actix_server=warn\n"
    );
    let set = ask(&agent, "PUT", "/log/level", "error");
    assert_eq!((set.status, text(&set)), (200, "error\n".to_owned()));
    let unheard = agent.ask(&request("good"));
    assert_eq!(unheard.status, 200);
    assert_eq!(ask(&agent, "DELETE", "/log/level", "").status, 200);
    let heard = agent.ask(&request("good"));
    agent.line_of(&heard);
    let id = &unheard.headers["x-request-id"];
    assert!(
        !agent.output().contains(id.as_str()),
        "nothing was logged meanwhile"
    );
    for wrong in ["", "loud", "info,loud", "a=b=c"] {
        let refused = ask(&agent, "PUT", "/log/level", wrong);
        assert_eq!(refused.status, 400, "{wrong}");
        assert!(text(&refused).contains("expected error, warn, info"), "{wrong}");
    }
    let huge = ask(&agent, "PUT", "/log/level", &"info,".repeat(10_000));
    assert_eq!(huge.status, 413);
    assert_eq!(
        text(&ask(&agent, "GET", "/log/level", "")),
        "info,actix_server=warn\n"
    );
}

#[test]
fn what_callers_send_is_not_logged_at_any_level_that_an_operator_sets() {
    let agent = start();
    ask(&agent, "PUT", "/log/level", "trace,actix_http=trace");
    agent.send(b"GET /quilliams HTTP/1.1\r\nhost: x\r\nx-secret: hush-hush\r\nquilliams\r\n\r\n");
    agent.line_of(&agent.ask(&request("good")));
    let output = agent.output().to_lowercase();
    assert!(
        !output.contains("hush-hush") && !output.contains("quilliams"),
        "{output}"
    );
}

#[test]
fn readiness_is_told_in_detail_and_nothing_of_it_in_public() {
    let agent = start();
    let ready = ask(&agent, "GET", "/health/ready", "");
    assert_eq!(ready.status, 200);
    assert_eq!(
        ready.json(),
        serde_json::json!({"status": "ready", "why": null, "turns": {"running": 0, "most": 1024}, "handlers_run": true})
    );
    for path in ["/log/level", "/metrics"] {
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assert_eq!(agent.send(request.as_bytes()).status, 404, "{path}");
    }
    let webhook = ask(&agent, "POST", "/", &request("good").to_string());
    assert_eq!(
        webhook.status, 405,
        "the address for operators answers no call of Dialogflow's"
    );
    assert_eq!(ask(&agent, "GET", "/elsewhere", "").status, 404);
}

#[test]
fn an_address_that_cannot_be_had_stops_the_start() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let printed = Starting::new(clumsy())
        .set(&format!("admin.bind={address}"))
        .fail();
    assert!(
        printed.contains(&format!("`admin.bind`: cannot listen on {address}")),
        "{printed}"
    );
}
