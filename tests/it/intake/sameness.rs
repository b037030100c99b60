//! What is the same event and what is not, and what becomes of events that nobody understands.

use serde_json::json;

use super::{TOKEN, delivered, jobs, object, queue, rbm, said, signature, with_endpoints};
use crate::program::{FLOWHOOK, post};
use crate::stores::places::Place;

async fn t02_another_envelope_makes_no_other_event(place: &Place) {
    let program = with_endpoints(FLOWHOOK, place).start();
    let event = said("demo@rbm.goog", "+15550100", "m1", "hi");
    for number in 0..5 {
        assert_eq!(program.send(&rbm(&event, number)).status, 200);
    }
    // What an eavesdropper would send: the signed part alone, or with another agent written on the envelope.
    let request = rbm(&event, 1);
    let body = request.split(|byte| *byte == b'\n').next_back().unwrap();
    let signed = object(body)["message"]["data"].clone();
    for body in [
        json!({"message": {"data": signed}}),
        json!({"message": {"data": signed, "attributes": {"business_id": "other@rbm.goog"}, "messageId": "x"}, "extra": []}),
    ] {
        let headers = format!("x-goog-signature: {}\r\n", signature(TOKEN, event.as_bytes()));
        let answer = program.send(&post("/rbm/main", body.to_string().as_bytes(), &headers));
        assert_eq!(answer.status, 200);
    }
    let jobs = jobs(&*queue(place).await).await;
    assert_eq!(jobs.len(), 1);
    assert_eq!(jobs[0].lane.as_str(), "demo@rbm.goog");
}

async fn t07_delivered_and_read_of_one_message_are_two_events(place: &Place) {
    let program = with_endpoints(FLOWHOOK, place).start();
    let event = |kind: &str, id: &str| {
        json!({"agentId": "a@rbm.goog", "senderPhoneNumber": "+15550100", "messageId": "m1", "eventId": id, "eventType": kind}).to_string()
    };
    for _ in 0..2 {
        delivered(&program, &event("DELIVERED", "e1"));
        delivered(&program, &event("READ", "e2"));
        // Ids of messages and events are apart, and so are those of two users and of two agents.
        delivered(&program, &said("a@rbm.goog", "+15550100", "e1", "hi"));
        delivered(&program, &said("a@rbm.goog", "+15550101", "e1", "hi"));
        delivered(&program, &said("b@rbm.goog", "+15550100", "e1", "hi"));
    }
    let receipt = |kind: &str| {
        let body = json!({"agent": "brands/b/agents/a", "conversationId": "c",
            "receipts": {"receipts": [{"message": "conversations/c/messages/m", "receiptType": kind}]}});
        let body = body.to_string();
        let headers = format!("x-goog-signature: {}\r\n", signature(TOKEN, body.as_bytes()));
        program
            .send(&post("/business-messages/main", body.as_bytes(), &headers))
            .status
    };
    for kind in ["DELIVERED", "READ", "DELIVERED"] {
        assert_eq!(receipt(kind), 200);
    }
    let jobs = jobs(&*queue(place).await).await;
    assert_eq!(jobs.len(), 7);
    assert!(jobs.iter().all(|job| job.state.name() == "waiting"));
}

async fn the_same_id_with_another_content_is_kept_beside_the_first(place: &Place) {
    let program = with_endpoints(FLOWHOOK, place).start();
    for _ in 0..2 {
        delivered(&program, &said("a@rbm.goog", "+15550100", "m1", "one"));
        delivered(&program, &said("a@rbm.goog", "+15550100", "m1", "two"));
    }
    let queue = queue(place).await;
    let jobs = jobs(&*queue).await;
    let told: Vec<_> = jobs
        .iter()
        .map(|job| (job.state.name(), job.why.as_deref()))
        .collect();
    assert_eq!(told, [("waiting", None), ("quarantined", Some("conflict"))]);
    let (_, payload) = queue.show(jobs[1].id).await.unwrap().unwrap();
    assert_eq!(object(&payload)["text"], "two");
    program.logged("another with the same id and other content came before");
}

async fn t11_what_is_unknown_is_kept_and_acknowledged(place: &Place) {
    let program = with_endpoints(FLOWHOOK, place).start();
    let mut number = 0;
    let mut event = |more: serde_json::Value| {
        number += 1;
        let mut event = json!({"agentId": "a@rbm.goog", "senderPhoneNumber": "+15550100", "messageId": format!("m{number}"), "text": "hi"});
        for (name, value) in more.as_object().unwrap() {
            event[name] = value.clone();
        }
        event.to_string()
    };
    // Understood all the same.
    let signed = |event: &str, kind: &str| {
        let request = String::from_utf8(rbm(event, 1)).unwrap();
        program
            .send(request.replace("message_callback", kind).as_bytes())
            .status
    };
    assert_eq!(signed(&event(json!({})), "poetry_callback"), 200);
    assert_eq!(signed(&event(json!({})), "verification"), 200);
    assert_eq!(
        signed(
            &event(json!({"newMember": {"deep": [1]}, "carrier": null})),
            "message_callback"
        ),
        200
    );
    // Not understood.
    delivered(&program, &event(json!({"eventType": "WAVES", "eventId": "e"})));
    delivered(&program, &event(json!({"messageId": null})));
    delivered(&program, &event(json!({"agentId": 7})));
    delivered(&program, "[]");
    delivered(&program, "\u{0}\u{1}");
    delivered(&program, "");
    delivered(&program, &"[".repeat(10_000));
    let jobs = jobs(&*queue(place).await).await;
    let told: Vec<_> = jobs
        .iter()
        .map(|job| (job.state.name(), job.why.as_deref().unwrap_or_default()))
        .collect();
    let kept = |why| ("quarantined", why);
    assert_eq!(
        told,
        [
            ("waiting", ""),
            ("waiting", ""),
            ("waiting", ""),
            kept("unknown event type"),
            kept("no id"),
            kept("no agent"),
            kept("not a JSON object"),
            kept("not a JSON object"),
            kept("not a JSON object"),
            kept("not a JSON object"),
        ]
    );
}

on_both!(
    t02_another_envelope_makes_no_other_event
    t07_delivered_and_read_of_one_message_are_two_events
    the_same_id_with_another_content_is_kept_beside_the_first
    t11_what_is_unknown_is_kept_and_acknowledged
);
