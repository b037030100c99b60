//! Hundreds of whole games, played by players of different wits, in both languages.

use std::ops::RangeInclusive;

use flowhook::testing::{Conversation, Heard};

use super::conversations::conversation;
use super::{Game, HIGHEST, YES_NO};

/// Someone who guesses, and knows by the hints what is left to guess from.
struct Player {
    dice: fastrand::Rng,
    left: RangeInclusive<u32>,
    guesses: u32,
}

/// How a player chooses.
#[derive(Clone, Copy)]
enum Wits {
    /// The middle of what is left.
    Sharp,
    /// Anything that is left.
    Lucky,
    /// Anything at all, and now and then something else than a guess.
    Scattered,
}

impl Player {
    fn new(seed: u64) -> Self {
        Self {
            dice: fastrand::Rng::with_seed(seed),
            left: 0..=HIGHEST,
            guesses: 0,
        }
    }

    fn guess(&mut self, wits: Wits) -> u32 {
        self.guesses += 1;
        match wits {
            Wits::Sharp => (self.left.start() + self.left.end()) / 2,
            Wits::Lucky => self.dice.u32(self.left.clone()),
            Wits::Scattered => self.dice.u32(0..=HIGHEST),
        }
    }

    /// Takes a hint; whether there is more to guess.
    fn hears(&mut self, heard: &Heard, guess: u32) -> bool {
        heard.expect_sound();
        let said = heard.text();
        let (from, to) = (*self.left.start(), *self.left.end());
        if ["Higher than", "Plus grand que"]
            .iter()
            .any(|hint| said.contains(hint))
        {
            self.left = from.max(guess + 1)..=to;
        } else if ["Lower than", "Plus petit que"]
            .iter()
            .any(|hint| said.contains(hint))
        {
            self.left = from..=to.min(guess.saturating_sub(1));
        } else {
            assert!(
                self.left.contains(&guess),
                "won by {guess}, out of {:?}: {heard}",
                self.left
            );
            return false;
        }
        assert!(!self.left.is_empty(), "the hints contradict one another: {heard}");
        true
    }

    /// Something that is no guess, and must not change the game.
    async fn is_distracted(&mut self, talk: &mut Conversation) {
        let before = talk.remembered::<Game>();
        let intent = ["repeat", "silence", "fallback"][self.dice.usize(0..3)];
        talk.asks(intent).said("hm").await.expect_sound();
        assert_eq!(talk.remembered::<Game>(), before, "after `{intent}`");
    }
}

/// Plays one game to its end, and gives the number of guesses.
async fn played(talk: &mut Conversation, seed: u64, wits: Wits) -> u32 {
    let mut player = Player::new(seed);
    loop {
        if matches!(wits, Wits::Scattered) && player.dice.u8(0..4) == 0 {
            player.is_distracted(talk).await;
        }
        let guess = player.guess(wits);
        let heard = talk.asks("guess").parameter("guess", guess).await;
        if !player.hears(&heard, guess) {
            let tries = player.guesses.to_string();
            let is_told = player.guesses == 1 || heard.text().contains(&tries);
            assert!(is_told, "after {tries} guesses: {heard}");
            talk.expect_forgotten::<Game>().expect_context(YES_NO, 5);
            return player.guesses;
        }
        assert!(player.guesses < 2_000, "the game does not end");
    }
}

/// Plays so many games with one genie, one after another.
async fn games(count: u64, seed: u64, language: &str, wits: Wits) -> Vec<u32> {
    let mut talk = conversation(seed).language(language);
    let mut guesses = Vec::new();
    talk.asks("welcome").await.expect_sound();
    for game in 0..count {
        guesses.push(played(&mut talk, seed * 1_000 + game, wits).await);
        talk.asks("again - yes").await.expect_sound();
    }
    let heard = talk.asks("quit").await;
    heard.expect_end().expect_sound();
    guesses
}

#[tokio::test]
async fn a_sharp_player_needs_seven_guesses_at_most() {
    for (seed, language) in (0..20).zip(["en", "fr", "en-US", "fr-CA"].into_iter().cycle()) {
        let guesses = games(10, seed, language, Wits::Sharp).await;
        assert!(guesses.iter().all(|guesses| *guesses <= 7), "{guesses:?}");
    }
}

#[tokio::test]
async fn a_lucky_player_wins_every_game() {
    for (seed, language) in (100..120).zip(["en", "fr"].into_iter().cycle()) {
        let guesses = games(10, seed, language, Wits::Lucky).await;
        assert_eq!(guesses.len(), 10);
    }
}

#[tokio::test]
async fn a_scattered_player_gets_there_in_the_end() {
    for (seed, language) in (200..210).zip(["en", "fr"].into_iter().cycle()) {
        games(4, seed, language, Wits::Scattered).await;
    }
}

#[tokio::test]
async fn games_of_many_players_at_once_do_not_mix() {
    let tasks: Vec<_> = (300..330)
        .map(|seed| tokio::spawn(games(3, seed, "fr", Wits::Sharp)))
        .collect();
    for task in tasks {
        assert!(task.await.unwrap().iter().all(|guesses| *guesses <= 7));
    }
}
