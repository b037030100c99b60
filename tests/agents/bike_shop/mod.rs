//! A workshop for bicycles, open day and night, that makes appointments.

mod calendar;
mod conversations;
mod late;

use flowhook::sys::{Date, Moment, Occurrence, Time};
use flowhook::{Card, Context, Failure, Intents, NoParams, Reply, Result, WorkError};
use serde::{Deserialize, Serialize};

use calendar::{Booked, Calendar};

/// Where the workshop is, and its clocks are.
const ZONE: &str = "Europe/Madrid";

/// What the handlers need.
struct Shop {
    calendar: Calendar,
}

type Turn<P = NoParams> = flowhook::Turn<P, Shop>;

/// The appointment that was made last, for a question about it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Appointment {
    when: String,
}

impl Context for Appointment {
    const NAME: &'static str = "appointment-followup";
    const LIFESPAN: u32 = 2;
}

/// "Hello", or the first words on one of the channels.
async fn welcome(_: Turn) -> Result<Reply> {
    Ok(Reply::text("This is the night workshop. What about your bicycle?").chips(["Hours", "Appointment"]))
}

/// "When are you open?"
async fn hours(_: Turn) -> Result<Reply> {
    Ok(
        Reply::message(Card::new("Day and night").subtitle("An appointment takes an hour."))
            .say("We never close."),
    )
}

#[derive(Deserialize)]
struct Wanted {
    date: Date,
    time: Time,
}

/// "Tomorrow at half past eleven in the evening."
async fn appointment(turn: Turn<Wanted>) -> Result<Reply> {
    let Wanted { date, time } = &turn.params;
    let (moment, remark) = match date.at(time, ZONE)? {
        Occurrence::Once(moment) => (moment, ""),
        Occurrence::Twice { first, .. } => (first, " That is before the clocks are put back."),
        Occurrence::Never { earlier, later } => {
            let (earlier, later) = (clock(&earlier), clock(&later));
            return Ok(Reply::text(
                "The clocks are put forward in that night, and skip that time. Which one instead?",
            )
            .chips([earlier, later])
            .forget::<Appointment>());
        }
    };
    let when = format!("{} at {}", moment.date(), clock(&moment));
    let booking = turn.app.calendar.clone().book(moment.clone());
    let booked = turn.once(&format!("appointment {moment}"), booking).await;
    Ok(match booked {
        Ok(Booked::Yes) => Reply::text(format!(
            "You have an appointment on {when}.{remark} What is it about?"
        ))
        .chips(["Repair", "Tune-up"])
        .remember(&Appointment { when }),
        Ok(Booked::Taken) => Reply::text(format!("{when} is taken. Another time?")).forget::<Appointment>(),
        Err(WorkError::UnderWay) => Reply::text("The calendar is slow tonight. Shall I look again?")
            .chips(["Look again"])
            .forget::<Appointment>(),
        Err(error) => return Err(error.into()),
    })
}

fn clock(moment: &Moment) -> String {
    let time = moment.time();
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// What the entity `@work` knows.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Work {
    Repair,
    TuneUp,
}

#[derive(Deserialize)]
struct About {
    work: Work,
}

/// "A repair", right after making an appointment.
async fn about(turn: Turn<About>) -> Result<Reply> {
    let Some(Appointment { when }) = turn.recall()? else {
        return Ok(Reply::text("Make an appointment first."));
    };
    let work = match turn.params.work {
        Work::Repair => "repair your bicycle",
        Work::TuneUp => "tune your bicycle up",
    };
    Ok(Reply::text(format!("We shall {work} on {when}.")).forget::<Appointment>())
}

/// Whatever is not understood.
async fn fallback(_: Turn) -> Result<Reply> {
    Ok(Reply::text("I know bicycles only.").chips(["Hours", "Appointment"]))
}

fn agent(calendar: Calendar) -> Intents<Shop> {
    Intents::new(Shop { calendar })
        .on("welcome", welcome)
        .on("hours", hours)
        .on("appointment", appointment)
        .on("appointment - about", about)
        .fallback(fallback)
        .on_error(|_, failure| match failure {
            Failure::Handler(_) => {
                Some(Reply::text("Our calendar does not answer. Please ring us up.").forget::<Appointment>())
            }
            _ => None,
        })
}
