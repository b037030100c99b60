//! What was measured, in words: which cost is flat, which is linear, and what is worse.

use std::fmt::Write;

/// The cost of a turn at one size.
pub struct Point {
    /// How many there are of what grows.
    pub size: usize,
    /// The bytes of the request's body.
    pub bytes: usize,
    /// What a turn takes, in microseconds.
    pub micros: f64,
}

/// The cost of a turn as one thing grows.
pub struct Series {
    /// What grows.
    pub title: &'static str,
    /// One of it.
    pub one: &'static str,
    /// By size.
    pub points: Vec<Point>,
    /// Whether the sizes are powers of ten, to be drawn evenly spaced.
    pub is_logarithmic: bool,
}

/// How a cost grows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Hardly.
    Flat,
    /// By as much for each more.
    Linear,
    /// By more for each more.
    Worse,
}

/// A cost that grows by less over a whole series is flat: the noise of a machine is half of that.
const FLAT: f64 = 1.2;

/// Each of the last costs at most so many times what one cost before, or the growth is worse than linear. Were it quadratic, it
/// would be twice to four times in these series.
const LINEAR: f64 = 1.5;

impl Series {
    pub fn new(title: &'static str, one: &'static str, points: Vec<Point>) -> Self {
        Self {
            title,
            one,
            points,
            is_logarithmic: false,
        }
    }

    pub fn over_orders_of_magnitude(self) -> Self {
        Self {
            is_logarithmic: true,
            ..self
        }
    }

    pub fn first(&self) -> &Point {
        self.points.first().expect("a series has sizes")
    }

    pub fn last(&self) -> &Point {
        self.points.last().expect("a series has sizes")
    }

    pub fn shape(&self) -> Shape {
        let [first, .., before, last] = &self.points[..] else {
            panic!("a series has three sizes at least")
        };
        if last.micros < first.micros * FLAT {
            Shape::Flat
        } else if each(before, last) <= each(first, before) * LINEAR {
            Shape::Linear
        } else {
            Shape::Worse
        }
    }

    /// The shape with its figure.
    pub fn verdict(&self) -> String {
        let each = each(self.first(), self.last());
        match self.shape() {
            Shape::Flat => "flat".to_owned(),
            Shape::Linear => format!("linear, {each:.2} µs a {}", self.one),
            Shape::Worse => format!("worse than linear, {each:.2} µs a {} in the mean", self.one),
        }
    }
}

/// What each more costs between two sizes, in microseconds.
fn each(from: &Point, to: &Point) -> f64 {
    (to.micros - from.micros) / (to.size - from.size) as f64
}

/// All of it as a page of Markdown.
pub fn told(all: &[Series]) -> String {
    let mut page = String::from(
        "# What a turn costs as it grows\n\n\
         The processor's time for a turn with everything on (Basic, replay guard, isolation, proof, log line, metrics), without HTTP. \
         What grows is Google's sample request, or the agent's table; the handler reads one parameter, says a message and sets a \
         context.\n\n\
         ![Four plots of microseconds a turn, by contexts, parameters, kilobytes of payload and intents](scale.svg)\n\n\
         | what grows | from | to | bytes of the body | the cost is |\n| --- | --- | --- | --- | --- |\n",
    );
    for series in all {
        let (first, last) = (series.first(), series.last());
        let _ = writeln!(
            page,
            "| {} | {}: {:.1} µs | {}: {:.1} µs | {} to {} | {} |",
            series.title,
            first.size,
            first.micros,
            last.size,
            last.micros,
            first.bytes,
            last.bytes,
            series.verdict()
        );
    }
    let _ = write!(
        page,
        "\nThe table is a hash map, so a handler is found as fast among ten thousand as among ten. The rest is the reading of JSON, \
         byte by byte; what no handler reads is kept as it came, and nothing is looked at again for each of the others.\n\n\
         Measured on {} on {}. `cargo bench --bench scale` measures anew and writes this page and its picture; let nothing else run \
         meanwhile. The medians of rounds in which all sizes take turns are told.\n",
        today(),
        machine()
    );
    page
}

fn today() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d").to_string()
}

/// The processor and its cores, as far as the system tells.
fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or(std::env::consts::ARCH, |(_, model)| model);
    format!("{model}, {cores} cores")
}
