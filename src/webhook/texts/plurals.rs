//! Which plurals a language needs.

use std::collections::BTreeSet;

use intl_pluralrules::{PluralCategory, PluralRules};
use unic_langid::LanguageIdentifier;

pub(super) use intl_pluralrules::PluralRuleType as Kind;

/// The numbers that must find their plural. Languages tell their categories apart by the last two digits; what only fractions
/// or millions need is left to the default variant.
const COUNTED: std::ops::RangeInclusive<u32> = 0..=1_000;

/// The keys of a choice among plurals: categories and single numbers.
#[derive(Default)]
pub(super) struct Keys<'a> {
    pub(super) categories: BTreeSet<&'a str>,
    pub(super) numbers: Vec<f64>,
}

impl Keys<'_> {
    /// Whether a choice among these is one among plurals: `[masculine] .. *[other]` is none.
    pub(super) fn are_plurals(&self) -> bool {
        let plural = |key: &&str| ["zero", "one", "two", "few", "many"].contains(key);
        !self.numbers.is_empty() || self.categories.iter().any(plural)
    }

    /// The categories of the language that some number needs and that stand not among the keys.
    ///
    /// Source: the plural rules of the Unicode CLDR, as `intl_pluralrules` has them.
    pub(super) fn lacking(&self, language: &LanguageIdentifier, kind: Kind) -> BTreeSet<&'static str> {
        let Some(rules) = rules_of(language, kind) else {
            return BTreeSet::new();
        };
        let open = COUNTED.filter(|number| !self.numbers.contains(&f64::from(*number)));
        let needed = open.filter_map(|number| rules.select(number).ok());
        let needed: BTreeSet<_> = needed.map(|category| name_of(&category)).collect();
        needed
            .into_iter()
            .filter(|name| !self.categories.contains(name))
            .collect()
    }
}

/// The rules of the language, else of the same one in no region, as a catalogue uses them; none for a language that has none.
fn rules_of(language: &LanguageIdentifier, kind: Kind) -> Option<PluralRules> {
    let mut general = LanguageIdentifier::default();
    general.language = language.language;
    let tries = [language.clone(), general];
    tries
        .into_iter()
        .find_map(|language| PluralRules::create(language, kind).ok())
}

fn name_of(category: &PluralCategory) -> &'static str {
    match category {
        PluralCategory::ZERO => "zero",
        PluralCategory::ONE => "one",
        PluralCategory::TWO => "two",
        PluralCategory::FEW => "few",
        PluralCategory::MANY => "many",
        PluralCategory::OTHER => "other",
    }
}
