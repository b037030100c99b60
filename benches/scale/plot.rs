//! Draws the series as an SVG: a plot for each, on the light or dark ground that the reader has.

use std::fmt::Write;

use super::grouped::grouped;
use super::report::Series;

/// A plot with its titles, and what is between its edge and its axes.
const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 290.0;
const LEFT: f64 = 62.0;
const RIGHT: f64 = 22.0;
const TOP: f64 = 58.0;
const BOTTOM: f64 = 52.0;

const COLUMNS: usize = 2;

const STYLE: &str = "\
.ground{fill:#fff}.ink{fill:#1f2328}.faint{fill:#59636e}.grid{stroke:#d1d9e0}.axis{stroke:#59636e}\
.line{stroke:#0969da;fill:none}.dot{fill:#0969da}\
@media(prefers-color-scheme:dark){.ground{fill:#0d1117}.ink{fill:#f0f6fc}.faint{fill:#9198a1}.grid{stroke:#2f353d}\
.axis{stroke:#9198a1}.line{stroke:#58a6ff}.dot{fill:#58a6ff}}\
text{font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif;font-size:12px}\
.title{font-size:14px;font-weight:600}";

/// The picture of all series.
pub fn drawn(all: &[Series]) -> String {
    let width = WIDTH * COLUMNS as f64;
    let height = HEIGHT * all.len().div_ceil(COLUMNS) as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>What a turn costs as it grows</title>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>\n"
    );
    for (place, series) in all.iter().enumerate() {
        let (column, row) = (place % COLUMNS, place / COLUMNS);
        let _ = writeln!(
            svg,
            "<g transform=\"translate({} {})\">",
            WIDTH * column as f64,
            HEIGHT * row as f64
        );
        plot(&mut svg, series);
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

fn plot(svg: &mut String, series: &Series) {
    let (floor, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    let most = series.points.iter().map(|point| point.micros).fold(0.0, f64::max);
    let step = even_step(most, 4.0);
    let ceiling = step * (most / step).ceil();
    let y = |micros: f64| floor - micros / ceiling * (floor - TOP);
    let along = |size: f64| {
        let position = |size: f64| if series.is_logarithmic { size.log10() } else { size };
        let (from, to) = (
            position(series.first().size as f64),
            position(series.last().size as f64),
        );
        LEFT + (position(size) - from) / (to - from) * (right - LEFT)
    };

    text(svg, "ink title", "start", LEFT, 24.0, series.title);
    text(svg, "faint", "start", LEFT, 42.0, &series.verdict());
    let lines = (ceiling / step).round() as usize;
    for tick in (0..=lines).map(|line| step * line as f64) {
        let class = if tick == 0.0 { "axis" } else { "grid" };
        let y = y(tick);
        let _ = writeln!(
            svg,
            "<line class=\"{class}\" x1=\"{LEFT}\" x2=\"{right}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>"
        );
        text(svg, "faint", "end", LEFT - 8.0, y + 4.0, &tick.to_string());
    }
    let ticks: Vec<f64> = if series.is_logarithmic {
        series.points.iter().map(|point| point.size as f64).collect()
    } else {
        let (from, to) = (series.first().size as f64, series.last().size as f64);
        let step = even_step(to, 5.0);
        let even = (0..=(to / step) as usize).map(|tick| step * tick as f64);
        even.filter(|tick| *tick >= from).collect()
    };
    for tick in ticks {
        let x = along(tick);
        let _ = writeln!(
            svg,
            "<line class=\"axis\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{floor}\" y2=\"{}\"/>",
            floor + 4.0
        );
        text(
            svg,
            "faint",
            "middle",
            x,
            floor + 18.0,
            &grouped(&(tick as usize).to_string()),
        );
    }
    text(
        svg,
        "ink",
        "middle",
        (LEFT + right) / 2.0,
        HEIGHT - 12.0,
        series.title,
    );
    let middle = (TOP + floor) / 2.0;
    let _ = writeln!(
        svg,
        "<text class=\"ink\" text-anchor=\"middle\" transform=\"translate(16 {middle}) rotate(-90)\">µs a turn</text>"
    );
    let places: Vec<(f64, f64)> = series
        .points
        .iter()
        .map(|point| (along(point.size as f64), y(point.micros)))
        .collect();
    let path: Vec<String> = places.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(
        svg,
        "<polyline class=\"line\" stroke-width=\"2\" points=\"{}\"/>",
        path.join(" ")
    );
    for ((x, y), point) in places.iter().zip(&series.points) {
        let _ = writeln!(
            svg,
            "<circle class=\"dot\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"><title>{}: {:.1} µs</title></circle>",
            grouped(&point.size.to_string()),
            point.micros
        );
    }
}

fn text(svg: &mut String, class: &str, anchor: &str, x: f64, y: f64, words: &str) {
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{words}</text>"
    );
}

/// One, two or five times a power of ten, so that up to so many steps reach `most`, or a few more.
fn even_step(most: f64, steps: f64) -> f64 {
    let power = 10_f64.powf((most / steps).log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|factor| factor * power * steps >= most)
        .unwrap_or(10.0);
    factor * power
}
