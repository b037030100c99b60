//! Speaking in a space, in virtual time: what is asked of Chat, and when.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::error::{Verdict, verdict};
use super::letter::Letter;
use super::space::Ask;
use super::spaces::patience;
use super::{Error, MAX_BYTES, Message, Spaces, Target};
use crate::google::{self, Code, Trouble};
use crate::store::queue::{End, Filter, Job, Queue, State, Wanted};
use crate::store::{Limits, Memory, Store};

/// Chat as the tests want it, and what it was asked.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    asked: Vec<Asked>,
    answers: VecDeque<Result<Value, google::Error>>,
    /// Until then everything is refused with 429.
    storm: Option<Instant>,
}

#[derive(Clone)]
struct Asked {
    at: Instant,
    space: String,
    text: String,
    option: Option<&'static str>,
    request_id: String,
}

impl Script {
    fn answers(&self, answers: impl IntoIterator<Item = Result<Value, google::Error>>) {
        self.0.lock().unwrap().answers.extend(answers);
    }

    fn storms_for(&self, time: Duration) {
        self.0.lock().unwrap().storm = Some(Instant::now() + time);
    }

    fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    fn texts(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.text).collect()
    }

    fn ask(self) -> Arc<Ask> {
        Arc::new(move |target: &Target, letter: &Letter, request_id: String| {
            let mut inner = self.0.lock().unwrap();
            let at = Instant::now();
            inner.asked.push(Asked {
                at,
                space: target.space(),
                text: letter
                    .body
                    .get("text")
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned(),
                option: letter.reply_option(),
                request_id,
            });
            let answer = if inner.storm.is_some_and(|end| at < end) {
                Err(refused(Code::ResourceExhausted))
            } else {
                let usual = json!({"name": "spaces/A/messages/M", "thread": {"name": "spaces/A/threads/T"}});
                inner.answers.pop_front().unwrap_or(Ok(usual))
            };
            async move {
                // An answer takes its time.
                tokio::time::sleep(Duration::from_millis(50)).await;
                answer
            }
            .boxed()
        })
    }
}

fn error(trouble: Trouble) -> google::Error {
    google::Error {
        call: "send the message",
        trouble,
        retry_after: None,
    }
}

fn refused(code: Code) -> google::Error {
    error(Trouble::Refused {
        code,
        http: code.http(),
        reason: None,
        fields: Vec::new(),
    })
}

fn lost() -> google::Error {
    error(Trouble::Unanswered("the connection was closed".to_owned()))
}

fn spaces(script: &Script) -> Spaces {
    let targets = [("one", "A"), ("two", "A"), ("other", "B")].map(|(name, space)| {
        let url = format!("https://chat.googleapis.com/v1/spaces/{space}/messages?key=k&token={name}");
        (name.to_owned(), Target::new(&url, None).unwrap())
    });
    Spaces::asking(targets, &script.clone().ask())
}

/// The worker's part, without its threads, which hold virtual time. All jobs were put just now.
async fn work(queue: &dyn Queue, spaces: &Spaces, until: impl Fn() -> bool) {
    let (began, put_at) = (Instant::now(), SystemTime::now());
    while !until() {
        let wanted = Wanted {
            kinds: vec![super::KIND.to_owned()],
            jobs: 64,
            per_lane: 8,
            lease: Duration::from_secs(30),
            after: None,
        };
        let leased = queue.lease(wanted).await.unwrap();
        if leased.jobs.is_empty() {
            tokio::time::sleep(leased.next.unwrap_or(Duration::from_secs(1))).await;
            continue;
        }
        join_all(leased.jobs.into_iter().map(|mut job: Job| async move {
            let end = match spaces.run(&job).await {
                Ok(follow_ups) => End::Done(follow_ups),
                Err(failed) => {
                    // The system's clock does not know of virtual time.
                    job.put_at = put_at - began.elapsed();
                    failed.end(&job, &patience())
                }
            };
            queue.end(job.ticket, end).await.unwrap();
        }))
        .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_space_is_written_to_once_a_second_whoever_writes_and_others_at_once() {
    let script = Script::default();
    let chat = spaces(&script);
    let all = ["one", "two", "one", "other", "two"].into_iter().enumerate();
    let sending = all.map(|(number, space)| {
        let card = super::Card::new(number.to_string());
        chat.deliver(space, card, Duration::ZERO)
    });
    for receipt in join_all(sending).await {
        assert_eq!(receipt.unwrap().message.as_deref(), Some("spaces/A/messages/M"));
    }
    let (a, b): (Vec<_>, Vec<_>) = script
        .asked()
        .into_iter()
        .partition(|asked| asked.space == "spaces/A");
    assert_eq!((a.len(), b.len()), (4, 1), "cards are not put together");
    for pair in a.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1));
    }
    assert!(a[3].at - a[0].at < Duration::from_millis(3_200), "and no slower");
    assert!(b[0].at - a[0].at < Duration::from_millis(100));
}

#[tokio::test(start_paused = true)]
async fn texts_that_wait_go_in_one_message_up_to_its_size_in_their_order() {
    let script = Script::default();
    let chat = spaces(&script);
    chat.deliver("one", "the first, after which there is a pause", Duration::ZERO)
        .await
        .unwrap();
    let long = "x".repeat(MAX_BYTES / 2);
    let mut messages: Vec<Message> = (0..50).map(|number| format!("alert {number}").into()).collect();
    messages.extend([
        Message::text("in a thread").thread("k"),
        long.as_str().into(),
        long.as_str().into(),
    ]);
    let sent = join_all(
        messages
            .into_iter()
            .map(|message| chat.deliver("one", message, Duration::ZERO)),
    )
    .await;
    assert!(sent.iter().all(Result::is_ok));
    let texts = &script.texts()[1..];
    let shown: Vec<_> = texts
        .iter()
        .map(|text| (text.lines().count(), text.len() > 1_000))
        .collect();
    assert_eq!(
        shown,
        [(51, true), (1, false), (1, true)],
        "the long one fits with the alerts, the other does not"
    );
    let alerts: Vec<_> = (0..50).map(|number| format!("alert {number}")).collect();
    assert!(texts[0].starts_with(&alerts.join("\n")));
    let options: Vec<_> = script.asked().into_iter().map(|asked| asked.option).collect();
    assert_eq!(
        options,
        [None, None, Some("REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"), None]
    );
}

#[tokio::test(start_paused = true)]
async fn t10_a_storm_of_a_quarter_of_an_hour_loses_nothing() {
    let script = Script::default();
    let chat = spaces(&script);
    let queue = Arc::new(Memory::new(Limits::default())).queue();
    chat.through(Arc::clone(&queue));
    script.storms_for(Duration::from_secs(14 * 60));
    let began = Instant::now();
    for number in 0..30 {
        chat.send("one", format!("alert {number}")).await.unwrap();
    }
    let told = || {
        let texts = script.0.lock().unwrap();
        let after = texts
            .asked
            .iter()
            .filter(|asked| asked.at - began >= Duration::from_secs(14 * 60));
        after.map(|asked| asked.text.lines().count()).sum::<usize>()
    };
    work(&*queue, &chat, || told() == 30).await;
    assert!(
        began.elapsed() < Duration::from_secs(15 * 60 + 10),
        "{:?}",
        began.elapsed()
    );
    let asked = script.asked();
    let storm: Vec<_> = asked
        .iter()
        .filter(|asked| asked.at - began < Duration::from_secs(14 * 60))
        .collect();
    for pair in storm.windows(2) {
        let pause = pair[1].at - pair[0].at;
        assert!(
            (Duration::from_secs(1)..Duration::from_secs(62)).contains(&pause),
            "{pause:?}"
        );
    }
    assert!(
        (14..=60).contains(&storm.len()),
        "{} calls in a storm",
        storm.len()
    );
    let depth = queue.depth().await.unwrap();
    assert!(depth.iter().all(|lane| lane.dead == 0), "{depth:?}");
}

#[tokio::test(start_paused = true)]
async fn t10_after_a_quarter_of_an_hour_a_message_is_a_dead_letter() {
    let script = Script::default();
    let chat = spaces(&script);
    let queue = Arc::new(Memory::new(Limits::default())).queue();
    chat.through(Arc::clone(&queue));
    script.storms_for(Duration::from_secs(60 * 60));
    let began = Instant::now();
    for number in 0..10 {
        chat.send("one", format!("alert {number}")).await.unwrap();
    }
    work(&*queue, &chat, || began.elapsed() > Duration::from_secs(17 * 60)).await;
    let dead = queue.list(Filter::default(), 0, 100).await.unwrap();
    assert_eq!(dead.len(), 10);
    for job in dead {
        assert_eq!(
            (job.state, job.lane.as_str(), &*job.kind),
            (State::Dead, "chat.one", "chat.message")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn t10_a_lost_answer_is_asked_for_again_with_the_same_id_and_nothing_else() {
    let script = Script::default();
    script.answers([Err(lost()), Err(lost())]);
    let chat = spaces(&script);
    chat.deliver("one", Message::text("once").once("turn 1"), Duration::ZERO)
        .await
        .unwrap();
    let asked = script.asked();
    assert_eq!(asked.len(), 3);
    assert!(
        asked
            .iter()
            .all(|again| again.request_id == asked[0].request_id && again.text == "once")
    );
    chat.deliver("one", "another", Duration::ZERO).await.unwrap();
    assert_ne!(script.asked()[3].request_id, asked[0].request_id);
    // After a crash it is the same too, since it is made of the message's key.
    let later = Script::default();
    spaces(&later)
        .deliver("one", Message::text("once").once("turn 1"), Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(later.asked()[0].request_id, asked[0].request_id);
}

#[tokio::test(start_paused = true)]
async fn what_chat_asks_to_wait_is_waited() {
    let script = Script::default();
    let busy = google::Error {
        retry_after: Some(Duration::from_secs(90)),
        ..refused(Code::ResourceExhausted)
    };
    script.answers([Err(busy)]);
    let chat = spaces(&script);
    chat.deliver("one", "a", Duration::from_secs(120)).await.unwrap();
    let asked = script.asked();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].at - asked[0].at >= Duration::from_secs(90));
}

#[tokio::test(start_paused = true)]
async fn who_is_at_fault_is_refused_alone() {
    let script = Script::default();
    let chat = spaces(&script);
    chat.deliver("one", "the first, after which there is a pause", Duration::ZERO)
        .await
        .unwrap();
    script.answers([
        Err(refused(Code::InvalidArgument)),
        Ok(Value::Null),
        Err(refused(Code::InvalidArgument)),
    ]);
    let sent = join_all(["good", "bad", "fine"].map(|text| chat.deliver("one", text, Duration::ZERO))).await;
    let codes: Vec<_> = sent
        .iter()
        .map(|sent| sent.as_ref().err().and_then(Error::code))
        .collect();
    assert_eq!(codes, [None, Some(Code::InvalidArgument), None]);
    assert_eq!(script.texts()[1..], ["good\nbad\nfine", "good", "bad", "fine"]);
}

#[tokio::test(start_paused = true)]
async fn a_thread_that_is_not_there_is_begun_and_a_space_that_is_not_is_left_alone() {
    let script = Script::default();
    script.answers([Err(refused(Code::NotFound))]);
    let chat = spaces(&script);
    let message = Message::text("a").only_in_thread("k");
    chat.deliver("one", message.clone(), Duration::ZERO)
        .await
        .unwrap();
    let asked = script.asked();
    let options: Vec<_> = asked.iter().map(|asked| asked.option.unwrap()).collect();
    assert_eq!(
        options,
        ["REPLY_MESSAGE_OR_FAIL", "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"]
    );
    assert_ne!(
        asked[0].request_id, asked[1].request_id,
        "an id is for one request"
    );

    script.answers([Err(refused(Code::NotFound)), Err(refused(Code::NotFound))]);
    for _ in 0..3 {
        let error = chat
            .deliver("one", message.clone(), Duration::from_secs(60))
            .await
            .unwrap_err();
        assert_eq!(error, Error::Disabled(Code::NotFound));
    }
    assert_eq!(script.asked().len(), 4, "nothing is asked of it any more");
    chat.deliver("two", "b", Duration::ZERO).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_breaks_at_chats_is_tried_a_few_times() {
    let script = Script::default();
    script.answers((0..10).map(|_| Err(refused(Code::Internal))));
    let chat = spaces(&script);
    let error = chat
        .deliver("one", "a", Duration::from_secs(900))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.is_transient()),
        (Some(Code::Internal), false)
    );
    assert_eq!(script.asked().len(), 5);
}

#[test]
fn every_code_has_its_verdict() {
    for (code, expected) in [
        (Code::InvalidArgument, Verdict::Leave),
        (Code::FailedPrecondition, Verdict::Leave),
        (Code::OutOfRange, Verdict::Leave),
        (Code::Unauthenticated, Verdict::Shut),
        (Code::PermissionDenied, Verdict::Shut),
        (Code::NotFound, Verdict::Gone),
        (Code::AlreadyExists, Verdict::Sent),
        (Code::Aborted, Verdict::Wait),
        (Code::ResourceExhausted, Verdict::Wait),
        (Code::Cancelled, Verdict::Wait),
        (Code::Unknown, Verdict::WaitAFewTimes),
        (Code::Internal, Verdict::WaitAFewTimes),
        (Code::DataLoss, Verdict::WaitAFewTimes),
        (Code::Unimplemented, Verdict::Leave),
        (Code::Unavailable, Verdict::Wait),
        (Code::DeadlineExceeded, Verdict::Repeat),
    ] {
        assert_eq!(verdict(&refused(code)), expected, "{code}");
    }
    let elsewhere = error(Trouble::Refused {
        code: Code::Unknown,
        http: 307,
        reason: None,
        fields: Vec::new(),
    });
    assert_eq!(verdict(&elsewhere), Verdict::Leave);
    assert_eq!(verdict(&lost()), Verdict::Repeat);
}
