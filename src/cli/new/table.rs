//! The agent's `mod.rs`, as far as it must be understood to add an intent: its modules, its table, and how its tests make it.

use std::collections::BTreeSet;
use std::ops::Range;

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprMethodCall, Item, ItemFn, Lit};

use super::making::{Making, making};

/// A line of the table.
const LINES: [&str; 3] = ["on", "on_action", "on_event"];

/// What stands between the lines and belongs to the line before.
const DECLARATIONS: [&str; 7] = [
    "fills_slots",
    "reads",
    "reads_context",
    "sends_event",
    "sets",
    "sets_context",
    "sets_entities",
];

/// What is known of a `mod.rs`.
#[derive(Debug)]
pub(super) struct Table {
    text: String,
    /// Its modules that lie in files, with the place of their items.
    modules: Vec<(String, Range<usize>)>,
    /// Names that a new module would clash with.
    types: BTreeSet<String>,
    /// Where the first item begins.
    first_item: usize,
    /// What the table answers already.
    pub(super) answered: Answered,
    /// Where a line of the table goes, and the white space before it.
    end: usize,
    indent: String,
    /// How a test makes the agent; none when a test cannot know.
    pub(super) making: Option<Making>,
}

/// What the lines of a table answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) intents: BTreeSet<String>,
    pub(super) actions: BTreeSet<String>,
    /// In lower case, for Dialogflow compares events without case.
    pub(super) events: BTreeSet<String>,
    /// Lines whose name is no literal, by their number in the file.
    pub(super) unread: Vec<usize>,
}

/// What is added for an intent.
pub(super) struct Addition<'a> {
    pub(super) module: &'a str,
    /// As in `.on("table.book", table_book::reply)`, each on a line of its own.
    pub(super) lines: &'a [String],
}

impl Table {
    /// Understands it.
    ///
    /// # Errors
    ///
    /// What is not understood, and what would be.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        if text.starts_with('\u{feff}') {
            return Err("it begins with a byte order mark; save it as UTF-8 without one".to_owned());
        }
        let file = syn::parse_file(text).map_err(|error| {
            let place = error.span().start();
            format!("it is not Rust, at line {}: {error}", place.line)
        })?;
        let mut modules = Vec::new();
        let mut types = BTreeSet::new();
        let mut has_turn = false;
        for item in &file.items {
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    if item.content.is_none() && !is_for_tests(&item.attrs) {
                        modules.push((name.clone(), item.span().byte_range()));
                    }
                    types.insert(name);
                }
                Item::Type(item) => has_turn |= item.ident == "Turn",
                Item::Use(item) => {
                    let mut names = Imported::default();
                    names.visit_item_use(item);
                    has_turn |= names.0.contains("Turn");
                    types.extend(names.0);
                }
                _ => {}
            }
        }
        if !has_turn {
            return Err(
                "it defines no `Turn`; add `pub type Turn<P = flowhook::NoParams> = flowhook::Turn<P, App>;`"
                    .to_owned(),
            );
        }
        let chain = the_chain(&file)?;
        let end = chain.end;
        Ok(Self {
            first_item: file
                .items
                .first()
                .map_or(text.len(), |item| item.span().byte_range().start),
            indent: indent_at(
                text,
                chain.last_call.unwrap_or(chain.begin),
                chain.last_call.is_some(),
            ),
            making: making(&file, chain.function),
            answered: chain.answered,
            text: text.to_owned(),
            modules,
            types,
            end,
        })
    }

    /// Whether a module cannot have that name.
    pub(super) fn is_taken(&self, module: &str) -> bool {
        self.types.contains(module)
    }

    /// Whether the module is there.
    pub(super) fn has_module(&self, module: &str) -> bool {
        self.modules.iter().any(|(name, _)| name == module)
    }

    /// Its text with the additions.
    pub(super) fn with(&self, additions: &[Addition<'_>]) -> String {
        let newline = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        // What goes in, by place; what goes in at one place stays in order.
        let mut insertions: Vec<(usize, String)> = Vec::new();
        let mut new: Vec<_> = additions
            .iter()
            .map(|addition| addition.module)
            .filter(|module| !self.has_module(module))
            .collect();
        new.sort_unstable();
        for module in &new {
            let line = format!("mod {module};");
            let before = self.modules.iter().find(|(name, _)| name.as_str() > *module);
            match (before, self.modules.last()) {
                (Some((_, place)), _) => insertions.push((place.start, format!("{line}{newline}"))),
                (None, Some((_, place))) => insertions.push((place.end, format!("{newline}{line}"))),
                (None, None) => insertions.push((self.first_item, format!("{line}{newline}"))),
            }
        }
        if self.modules.is_empty() && !new.is_empty() {
            insertions.push((self.first_item, newline.to_owned()));
        }
        let lines = additions.iter().flat_map(|addition| addition.lines);
        insertions.extend(lines.map(|line| (self.end, format!("{newline}{}{line}", self.indent))));
        insertions.sort_by_key(|(place, _)| *place);
        let mut text = String::with_capacity(self.text.len() + 80 * insertions.len());
        let mut done = 0;
        for (place, insertion) in insertions {
            text.push_str(&self.text[done..place]);
            text.push_str(&insertion);
            done = place;
        }
        text.push_str(&self.text[done..]);
        text
    }
}

/// The white space that a new line of the table begins with: that of the last call where it stands on a line of its own.
fn indent_at(text: &str, place: usize, is_call: bool) -> String {
    let line = text[..place].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[line..place];
    let indent: String = before.chars().take_while(|sign| sign.is_whitespace()).collect();
    if is_call && before.trim().is_empty() {
        indent
    } else {
        format!("{indent}    ")
    }
}

/// The one chain that begins with `Intents::new(..)`.
struct Chain<'a> {
    begin: usize,
    /// Where the last line, with what is declared of it, ends.
    end: usize,
    /// Where the last line begins.
    last_call: Option<usize>,
    answered: Answered,
    function: &'a ItemFn,
}

fn the_chain(file: &syn::File) -> Result<Chain<'_>, String> {
    let functions = file.items.iter().filter_map(|item| match item {
        Item::Fn(function) if !is_for_tests(&function.attrs) => Some(function),
        _ => None,
    });
    let mut chains: Vec<_> = functions.filter_map(chain_in).collect();
    match (chains.pop(), chains.is_empty()) {
        (Some(Ok(chain)), true) => Ok(chain),
        (Some(Err(why)), true) => Err(why),
        (None, _) => Err("it has no function with a table, `Intents::new(app).on(..)`".to_owned()),
        (Some(_), false) => Err("several of its functions begin a table with `Intents::new(..)`".to_owned()),
    }
}

fn chain_in(function: &ItemFn) -> Option<Result<Chain<'_>, String>> {
    let mut calls = Calls::default();
    calls.visit_block(&function.block);
    let begin = match calls.begins.as_slice() {
        [] => return None,
        [begin] => begin.clone(),
        _ => {
            return Some(Err(format!(
                "`{}` has several tables, `Intents::new(..)`",
                function.sig.ident
            )));
        }
    };
    let mut answered = Answered::default();
    let mut end = begin.end;
    let mut last_call = None;
    for call in &calls.lines {
        let method = call.method.to_string();
        let is_line = LINES.contains(&method.as_str());
        let is_declaration = last_call.is_some() && DECLARATIONS.contains(&method.as_str());
        if !is_line && !is_declaration {
            continue;
        }
        let place = call.paren_token.span.close().byte_range().end;
        if is_chained_on(call, &begin) && place > end {
            end = place;
            last_call = Some(call.dot_token.span().byte_range().start);
        }
        if !is_line {
            continue;
        }
        match call.args.first() {
            Some(Expr::Lit(literal)) if let Lit::Str(name) = &literal.lit => match method.as_str() {
                "on" => drop(answered.intents.insert(name.value())),
                "on_action" => drop(answered.actions.insert(name.value())),
                _ => drop(answered.events.insert(name.value().to_lowercase())),
            },
            _ => answered.unread.push(call.method.span().start().line),
        }
    }
    Some(Ok(Chain {
        begin: begin.start,
        end,
        last_call,
        answered,
        function,
    }))
}

/// Whether a call is one of those that follow `Intents::new(..)` directly, and not in another statement.
fn is_chained_on(call: &ExprMethodCall, begin: &Range<usize>) -> bool {
    let mut receiver = &*call.receiver;
    while let Expr::MethodCall(inner) = receiver {
        receiver = &inner.receiver;
    }
    receiver.span().byte_range() == *begin
}

/// All calls of methods in a function, the first first, and the calls of `Intents::new`.
#[derive(Default)]
struct Calls<'a> {
    lines: Vec<&'a ExprMethodCall>,
    begins: Vec<Range<usize>>,
}

impl<'a> Visit<'a> for Calls<'a> {
    fn visit_expr_method_call(&mut self, call: &'a ExprMethodCall) {
        visit::visit_expr_method_call(self, call);
        self.lines.push(call);
    }

    fn visit_expr_call(&mut self, call: &'a syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let names: Vec<_> = path
                .path
                .segments
                .iter()
                .map(|part| part.ident.to_string())
                .collect();
            if let [.., one, two] = names.as_slice()
                && one == "Intents"
                && two == "new"
            {
                self.begins.push(call.span().byte_range());
            }
        }
        visit::visit_expr_call(self, call);
    }
}

/// The names that a `use` brings.
#[derive(Default)]
struct Imported(BTreeSet<String>);

impl Visit<'_> for Imported {
    fn visit_use_name(&mut self, name: &syn::UseName) {
        self.0.insert(name.ident.to_string());
    }

    fn visit_use_rename(&mut self, name: &syn::UseRename) {
        self.0.insert(name.rename.to_string());
    }
}

fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("test")
            || (attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Ident>()
                    .is_ok_and(|name| name == "test"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "//! The agent.

mod hours;
mod welcome;

use flowhook::Intents;

pub struct App;

pub type Turn<P = flowhook::NoParams> = flowhook::Turn<P, App>;

pub fn agent(app: App) -> Intents<App> {
    Intents::new(app)
        .on(\"Default Welcome Intent\", welcome::reply)
        .on(\"hours.open\", hours::open)
        .sets_context(\"shown\") // \u{e4} comment
        .fallback(welcome::reply)
}
";

    fn addition<'a>(module: &'a str, lines: &'a [String]) -> Addition<'a> {
        Addition { module, lines }
    }

    #[test]
    fn the_lines_go_where_one_would_write_them() {
        let table = Table::read(PLAIN).unwrap();
        assert!(table.answered.intents.contains("hours.open"));
        assert_eq!(
            table.making,
            Some(Making {
                call: "agent(App)".to_owned(),
                names: vec!["App".to_owned(), "agent".to_owned()],
            })
        );
        let (zoo, menu) = (
            [".on(\"zoo\", zoo::reply)".to_owned()],
            [".on(\"menu\", menu::reply)".to_owned()],
        );
        let text = table.with(&[addition("zoo", &zoo), addition("menu", &menu)]);
        assert!(
            text.contains("mod hours;\nmod menu;\nmod welcome;\nmod zoo;\n\nuse"),
            "{text}"
        );
        let lines = "        .sets_context(\"shown\")\n        .on(\"zoo\", zoo::reply)\n        .on(\"menu\", menu::reply) // \u{e4} comment\n        .fallback";
        assert!(text.contains(lines), "{text}");
        assert!(Table::read(&text).unwrap().has_module("zoo"));
        let windows = Table::read(&PLAIN.replace('\n', "\r\n")).unwrap();
        let text = windows.with(&[addition("zoo", &zoo)]);
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    }

    #[test]
    fn an_empty_table_gets_its_first_line() {
        let empty = "use flowhook::*;\npub struct App { pub n: u8 }\npub type Turn<P> = flowhook::Turn<P, App>;\npub fn agent(app: App) -> Intents<App> {\n    Intents::new(app)\n}\n";
        let table = Table::read(empty).unwrap();
        assert_eq!(table.making, None, "nobody knows what `App` is made of");
        let line = [".on(\"a\", a::reply)".to_owned()];
        let text = table.with(&[addition("a", &line)]);
        assert!(text.starts_with("mod a;\n\nuse flowhook::*;"), "{text}");
        assert!(
            text.contains("    Intents::new(app)\n        .on(\"a\", a::reply)\n}"),
            "{text}"
        );
        let by_default = empty.replace("pub struct", "#[derive(Clone, Default)]\npub struct");
        assert_eq!(
            Table::read(&by_default).unwrap().making.unwrap().call,
            "agent(App::default())"
        );
    }

    #[test]
    fn what_is_not_understood_is_refused_with_the_reason() {
        for (change, to, why) in [
            ("{", "(", "it is not Rust, at line "),
            ("pub type Turn", "pub type Talk", "it defines no `Turn`"),
            (
                "Intents::new(app)",
                "table(app)",
                "it has no function with a table",
            ),
            (
                "pub fn agent",
                "pub fn other() { Intents::new(()); }\npub fn agent",
                "several of its functions",
            ),
            (
                "Intents::new(app)",
                "Intents::new(());\n    Intents::new(app)",
                "`agent` has several tables",
            ),
        ] {
            let error = Table::read(&PLAIN.replace(change, to)).unwrap_err();
            assert!(error.starts_with(why), "{error}");
        }
        let table = Table::read(&PLAIN.replace("\"hours.open\"", "hours::NAME")).unwrap();
        assert_eq!(table.answered.unread, [15]);
    }
}
