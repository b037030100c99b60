//! The number genie thinks of a number, and the user guesses it: a long game with much to remember, in two languages.

mod conversations;
mod games;

use std::sync::Mutex;

use flowhook::{Context, Intents, NoParams, OutputContext, Reply, Result, SessionData, Text, Texts};
use serde::{Deserialize, Serialize};

/// The largest number that it thinks of.
const HIGHEST: u32 = 100;

/// Where its numbers come from.
struct Genie {
    numbers: Mutex<fastrand::Rng>,
}

type Turn<P = NoParams> = flowhook::Turn<P, Genie>;

/// A game that is going on.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Game {
    answer: u32,
    tries: u32,
    last: Option<u32>,
}

impl Context for Game {
    const NAME: &'static str = "game";
}

/// While it is active, "yes" and "no" say whether to play again.
const YES_NO: &str = "yes_no";

/// While it is active, "yes" and "no" say whether to stop.
const DONE_YES_NO: &str = "done_yes_no";

/// What was said last, for "what did you say?".
#[derive(Serialize, Deserialize)]
struct Said {
    words: String,
}

impl SessionData for Said {
    const NAME: &'static str = "said";
}

#[derive(Deserialize)]
struct Guess {
    guess: Option<f64>,
}

impl Guess {
    fn number(&self) -> Option<u32> {
        let guess = self.guess?;
        (0..=HIGHEST).find(|number| f64::from(*number) == guess)
    }
}

/// "Let us play."
async fn welcome(turn: Turn) -> Result<Reply> {
    begin(&turn, "welcome")
}

/// "Ask the genie about 42": a game begins with a guess.
async fn linked(turn: Turn<Guess>) -> Result<Reply> {
    let Some(guess) = turn.params.number() else {
        return begin(&turn, "no-such-number");
    };
    let game = Game {
        answer: turn.app.next_number(),
        tries: 0,
        last: None,
    };
    let first = turn.text(Text::of("linked").with("guess", guess))?;
    guessed(&turn, game, guess, Some(first))
}

/// "Fifty."
async fn guess(turn: Turn<Guess>) -> Result<Reply> {
    let Some(game) = turn.recall::<Game>()? else {
        return play_again(&turn, "no-game");
    };
    match turn.params.number() {
        Some(guess) => guessed(&turn, game, guess, None),
        None => Ok(says(bounded(&turn, "outside")?).keep::<Game>()),
    }
}

fn guessed<P>(turn: &Turn<P>, game: Game, guess: u32, first: Option<String>) -> Result<Reply> {
    let Game { answer, tries, last } = game;
    let tries = tries + 1;
    if guess == answer {
        let won = Text::of("won").with("answer", answer).with("tries", tries);
        let words = first.into_iter().chain([turn.text(won)?]);
        return Ok(offers(turn, says(words.collect::<Vec<_>>().join(" ")))?
            .forget::<Game>()
            .context(OutputContext::new(YES_NO)));
    }
    let hint = if guess < answer { "higher" } else { "lower" };
    let mut words: Vec<_> = first.into_iter().collect();
    if last == Some(guess) {
        words.push(turn.text(Text::of("same").with("guess", guess))?);
    }
    words.push(turn.text(Text::of(hint).with("guess", guess))?);
    if guess.abs_diff(answer) <= 3 {
        words.push(turn.text("close")?);
    }
    Ok(says(words.join(" "))
        .remember(&Game {
            answer,
            tries,
            last: Some(guess),
        })
        .forget_context(DONE_YES_NO))
}

/// "Yes", after a game.
async fn again(turn: Turn) -> Result<Reply> {
    Ok(begin(&turn, "again")?.forget_context(YES_NO))
}

/// "No", after a game.
async fn no_more(turn: Turn) -> Result<Reply> {
    goodbye(&turn)
}

/// "Yes", when asked whether to stop.
async fn done(turn: Turn) -> Result<Reply> {
    goodbye(&turn)
}

/// "No", when asked whether to stop.
async fn not_done(turn: Turn) -> Result<Reply> {
    Ok(says(turn.text("go-on")?)
        .keep::<Game>()
        .forget_context(DONE_YES_NO))
}

/// "Stop", and the event that tells that the user left.
async fn quit(turn: Turn) -> Result<Reply> {
    goodbye(&turn)
}

/// "What did you say?"
async fn repeat(turn: Turn) -> Result<Reply> {
    let Some(Said { words }) = turn.session_data()? else {
        return play_again(&turn, "no-game");
    };
    Ok(everything_goes_on(Reply::text(words)))
}

/// Whatever is not understood: at the second time the genie asks whether to stop, at the third it does.
async fn fallback(turn: Turn) -> Result<Reply> {
    if turn.no_match_count() >= 3 {
        return goodbye(&turn);
    }
    if turn.context(YES_NO).is_some() {
        return Ok(offers(&turn, says(turn.text("yes-or-no")?))?.keep_context(YES_NO, 5));
    }
    if turn.recall::<Game>()?.is_none() {
        return play_again(&turn, "no-game");
    }
    if turn.no_match_count() == 2 {
        return Ok(offers(&turn, says(turn.text("done")?))?
            .keep::<Game>()
            .context(OutputContext::new(DONE_YES_NO)));
    }
    Ok(says(bounded(&turn, "not-understood")?).keep::<Game>())
}

/// Silence: asked about, and the third time taken for a goodbye.
async fn silence(turn: Turn) -> Result<Reply> {
    if turn.no_input_count() >= 3 {
        return goodbye(&turn);
    }
    Ok(everything_goes_on(Reply::text(turn.text("silence")?)))
}

fn begin<P>(turn: &Turn<P>, words: &str) -> Result<Reply> {
    let game = Game {
        answer: turn.app.next_number(),
        tries: 0,
        last: None,
    };
    Ok(says(bounded(turn, words)?).remember(&game))
}

fn goodbye(turn: &Turn) -> Result<Reply> {
    let words = match turn.recall::<Game>()? {
        Some(game) => turn.text(Text::of("told").with("answer", game.answer))?,
        None => turn.text("goodbye")?,
    };
    Ok(says(words)
        .forget::<Game>()
        .forget_context(YES_NO)
        .forget_context(DONE_YES_NO)
        .end_interaction())
}

fn play_again<P>(turn: &Turn<P>, words: &str) -> Result<Reply> {
    Ok(offers(turn, says(turn.text(words)?))?.context(OutputContext::new(YES_NO)))
}

/// A text that tells how far the numbers go.
fn bounded<P>(turn: &Turn<P>, key: &str) -> Result<String> {
    Ok(turn.text(Text::of(key).with("highest", HIGHEST))?)
}

fn says(words: String) -> Reply {
    Reply::text(words.clone()).session_data(&Said { words })
}

fn offers<P>(turn: &Turn<P>, reply: Reply) -> Result<Reply> {
    Ok(reply.chips([turn.text("yes")?, turn.text("no")?]))
}

/// Nothing happened: whatever was going on goes on.
fn everything_goes_on(reply: Reply) -> Reply {
    reply
        .keep::<Game>()
        .keep_context(YES_NO, 5)
        .keep_context(DONE_YES_NO, 5)
}

impl Genie {
    fn next_number(&self) -> u32 {
        self.numbers
            .lock()
            .expect("no panics under this lock")
            .u32(0..=HIGHEST)
    }
}

fn texts() -> Texts {
    Texts::new("en")
        .file("en.ftl", include_str!("en.ftl"))
        .file("fr.ftl", include_str!("fr.ftl"))
}

/// A genie whose numbers follow from the seed.
fn agent(seed: u64) -> Intents<Genie> {
    let genie = Genie {
        numbers: Mutex::new(fastrand::Rng::with_seed(seed)),
    };
    Intents::new(genie)
        .texts(texts())
        .on("welcome", welcome)
        .on("linked", linked)
        .on("guess", guess)
        .on("again - yes", again)
        .on("again - no", no_more)
        .on("done - yes", done)
        .on("done - no", not_done)
        .on("quit", quit)
        .on("repeat", repeat)
        .on("silence", silence)
        .fallback(fallback)
}
