//! Parameters as requests bring them: system entities in a handler's own types, the words as spoken, and errors.

use flowhook::testing::Caller;
use flowhook::{Context, Failure, Intents, Reply, Result, Turn, sys};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A request as the console's simulator sends them, with these parameters and what a context carries beside them.
fn request(parameters: &Value, originals: &Value) -> Value {
    let session = "projects/p/locations/global/agent/sessions/5f1a";
    let mut carried = parameters.clone();
    let more = originals.as_object().unwrap().clone();
    carried.as_object_mut().unwrap().extend(more);
    json!({
        "responseId": format!("{:032x}", fastrand::u128(..)),
        "session": session,
        "queryResult": {
            "queryText": "words",
            "parameters": parameters,
            "allRequiredParamsPresent": true,
            "outputContexts": [
                {"name": format!("{session}/contexts/__system_counters__"), "parameters": {"no-match": 0.0, "no-input": 0.0}},
                {"name": format!("{session}/contexts/trip-followup"), "lifespanCount": 2, "parameters": carried},
            ],
            "intent": {"name": "projects/p/agent/intents/7e1c", "displayName": "trip"},
            "languageCode": "en",
        },
        "originalDetectIntentRequest": {"payload": {}},
    })
}

#[derive(Deserialize)]
struct Trip {
    when: sys::DateTime,
    day: Option<sys::Date>,
    at: Option<sys::Time>,
    from: Option<sys::Location>,
    stops: sys::OneOrMany<Stop>,
    budget: Option<sys::Money>,
    stay: Option<sys::Duration>,
    guests: u8,
}

/// A composite entity.
#[derive(Deserialize)]
struct Stop {
    city: String,
    nights: Option<u8>,
}

/// Says all that came, as a handler would use it.
async fn trip(turn: Turn<Trip>) -> Result<Reply> {
    let Trip {
        when,
        day,
        at,
        from,
        stops,
        budget,
        stay,
        guests,
    } = &turn.params;
    let stops: Vec<_> = stops
        .iter()
        .map(|stop| format!("{} {}", stop.city, stop.nights.unwrap_or(1)))
        .collect();
    let start = match when.in_zone("Europe/Madrid")? {
        sys::DateTime::Moment(moment) => moment.text().to_owned(),
        sys::DateTime::Days(days) => days.to_string(),
        sys::DateTime::Span { start, end } => format!("{start} to {end}"),
    };
    let joined = match (day, at) {
        (Some(day), Some(at)) => day.at(at, "Europe/Madrid")?.usual().text().to_owned(),
        _ => "-".to_owned(),
    };
    let city = from.as_ref().and_then(|from| from.city.as_deref()).unwrap_or("-");
    let cents = budget.as_ref().and_then(|budget| budget.in_minor_units(2));
    let seconds = stay
        .as_ref()
        .and_then(sys::Duration::exact)
        .map(|stay| stay.as_secs());
    Ok(Reply::text(format!(
        "{start}; {joined}; {city}; {}; {cents:?}; {seconds:?}; {guests}",
        stops.join(", ")
    )))
}

fn caller() -> Caller {
    Caller::new(
        Intents::new(())
            .on("trip", trip)
            .on_error(|_, failure| match failure {
                Failure::Parameters(error) => Some(Reply::text(error.to_string())),
                _ => None,
            }),
    )
}

async fn said(parameters: Value) -> String {
    caller().send(&request(&parameters, &json!({}))).await.text()
}

#[tokio::test]
async fn everything_that_a_trip_may_say_is_read() {
    let full = json!({
        "when": {"date_time": "2026-03-29T00:30:00Z"},
        "day": "2026-03-29T12:00:00+01:00",
        "at": "2026-11-27T14:30:00+01:00",
        "from": {"country": "", "city": "Lyon", "admin-area": "", "subadmin-area": "", "business-name": "", "street-address": "",
            "zip-code": "", "shortcut": "", "island": ""},
        "stops": [{"city": "Nice", "nights": 2.0}, {"city": "Pisa", "nights": ""}],
        "budget": {"amount": 19.99, "currency": "EUR"},
        "stay": {"amount": 90.0, "unit": "min"},
        "guests": "2",
    });
    assert_eq!(
        said(full).await,
        "2026-03-29T01:30:00+01:00; 2026-03-29T14:30:00+02:00; Lyon; Nice 2, Pisa 1; Some(1999); Some(5400); 2"
    );
}

#[tokio::test]
async fn what_nobody_gave_is_none_and_one_stop_is_a_list_of_one() {
    let scarce = json!({
        "when": {"startDate": "2026-04-01T12:00:00+02:00", "endDate": "2026-04-30T12:00:00+02:00"},
        "day": "", "at": null, "from": {"city": "", "country": ""}, "stops": {"city": "Nice"},
        "budget": {"currency": "EUR"}, "stay": {"amount": "", "unit": ""}, "guests": 0.0,
    });
    assert_eq!(
        said(scarce).await,
        "2026-04-01/2026-04-30; -; -; Nice 1; None; None; 0"
    );
    let span = json!({"startTime": "2026-07-01T12:00:00+02:00", "endTime": "2026-07-01T16:00:00+02:00"});
    assert_eq!(
        said(json!({"when": span, "guests": 1})).await,
        "2026-07-01T12:00:00+02:00 to 2026-07-01T16:00:00+02:00; -; -; ; None; None; 1"
    );
}

#[tokio::test]
async fn an_error_names_intent_and_parameter_and_says_what_came_but_never_the_value() {
    let when = "2026-03-29T12:00:00Z";
    for (parameters, why) in [
        (json!({"guests": 1, "when": ""}), "`when`: not given"),
        (
            json!({"guests": 1, "when": "Quilliams"}),
            "`when`: expected a date, a time, or a period of them, found other text",
        ),
        (
            json!({"guests": 1, "when": when, "day": {"startDate": when, "endDate": when}}),
            "`day`: expected a date, found an object",
        ),
        (
            json!({"guests": 1, "when": when, "stops": [{"city": "Nice"}, {"nights": 1}]}),
            "`stops[1].city`: not given",
        ),
        (
            json!({"guests": 1, "when": when, "budget": "50 Quilliams"}),
            "`budget`: expected an amount of money, found other text",
        ),
        (
            json!({"guests": 1, "when": when, "from": ["Quilliams"]}),
            "`from`: expected a location, found a list",
        ),
        (
            json!({"guests": 1.5, "when": when}),
            "`guests`: expected a whole number, found a fraction",
        ),
    ] {
        assert_eq!(said(parameters).await, format!("intent `trip`: parameter {why}"));
    }
}

#[tokio::test]
async fn f20_a_time_near_midnight_keeps_its_day_in_the_agents_zone_through_summer_time() {
    // A fixed offset cut into the text, as samples do it, books these an hour or a day off.
    for (day, at, expected) in [
        (
            "2026-03-28T12:00:00+01:00",
            "2026-03-28T23:45:00+01:00",
            "2026-03-28T23:45:00+01:00",
        ),
        (
            "2026-03-29T12:00:00+01:00",
            "2026-03-28T23:45:00+01:00",
            "2026-03-29T23:45:00+02:00",
        ),
        (
            "2026-10-25T12:00:00+02:00",
            "2026-10-24T00:15:00+02:00",
            "2026-10-25T00:15:00+02:00",
        ),
        (
            "2026-10-25T12:00:00+02:00",
            "2026-10-24T23:45:00+02:00",
            "2026-10-25T23:45:00+01:00",
        ),
        (
            "2026-03-29T12:00:00+01:00",
            "2026-03-28T02:30:00+01:00",
            "2026-03-29T03:30:00+02:00",
        ),
        (
            "2026-10-25T12:00:00+02:00",
            "2026-10-24T02:30:00+02:00",
            "2026-10-25T02:30:00+02:00",
        ),
    ] {
        let parameters = json!({"when": at, "day": day, "at": at, "guests": 1});
        let said = said(parameters).await;
        assert_eq!(said.split("; ").nth(1), Some(expected));
    }
}

#[tokio::test]
async fn words_are_told_as_they_were_spoken() {
    async fn tell(turn: Turn) -> Result<Reply> {
        let told = json!([
            turn.spoken("day"),
            turn.spoken("dishes"),
            turn.spoken_each("dishes"),
            turn.spoken("move.steps"),
            turn.spoken_each("stops.city"),
            turn.spoken("nobody"),
            turn.spoken("never"),
            turn.spoken_each("never"),
        ]);
        Ok(Reply::text(told.to_string()))
    }
    let caller = Caller::new(Intents::new(()).on("trip", tell));
    let parameters = json!({
        "day": "2026-03-29T12:00:00+02:00",
        "dishes": ["SOUP", "FISH"],
        "move": {"steps": 5.0, "steps.original": "five"},
        "stops": [{"city": "Nice", "city.original": "nice"}, {"city": "Pisa", "city.original": "pisa"}],
        "nobody": "",
    });
    let originals =
        json!({"day.original": "tomorrow", "dishes.original": ["the soup", "a fish"], "nobody.original": ""});
    let heard = caller.send(&request(&parameters, &originals)).await;
    let told: Value = serde_json::from_str(&heard.text()).unwrap();
    assert_eq!(
        told,
        json!([
            "tomorrow",
            "the soup",
            ["the soup", "a fish"],
            "five",
            ["nice", "pisa"],
            null,
            null,
            []
        ])
    );
    let mut without_contexts = request(&parameters, &originals);
    without_contexts["queryResult"]["outputContexts"] = json!([]);
    let heard = caller.send(&without_contexts).await;
    assert!(heard.text().starts_with("[null,null,[],"), "{}", heard.text());
}

#[derive(Serialize, Deserialize)]
struct Plan {
    when: sys::DateTime,
    budget: sys::Money,
    stops: sys::OneOrMany<sys::Place>,
}

impl Context for Plan {
    const NAME: &'static str = "plan";
}

#[tokio::test]
async fn what_was_read_can_be_remembered_and_is_recalled_the_same() {
    async fn plan(turn: Turn<Plan>) -> Result<Reply> {
        Ok(Reply::text("Planned.").remember(&turn.params))
    }
    async fn recall(turn: Turn) -> Result<Reply> {
        let Some(Plan { when, budget, stops }) = turn.recall()? else {
            return Ok(Reply::text("Nothing."));
        };
        let first = stops.first().and_then(sys::Place::name).unwrap_or("-");
        Ok(Reply::text(format!("{} {budget} {first}", when.date())))
    }
    let caller = Caller::new(Intents::new(()).on("plan", plan).on("recall", recall));
    let mut talk = caller.conversation();
    talk.asks("plan")
        .parameter(
            "when",
            json!({"startDate": "2026-04-01T12:00:00+02:00", "endDate": "2026-04-30T12:00:00+02:00"}),
        )
        .parameter("budget", json!({"amount": 50.0, "currency": "EUR"}))
        .parameter("stops", json!({"name": "Lyon Airport", "IATA": "LYS"}))
        .await
        .expect_text("Planned.");
    talk.asks("recall")
        .await
        .expect_text("2026-04-01 50 EUR Lyon Airport");
}
