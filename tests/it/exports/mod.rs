//! Agents' exports: `pack` makes them out of a few lines, `shapes` is a collection in all the forms that are known.

pub(crate) mod pack;
pub(crate) mod shapes;

mod fuzz;
mod hostile;
mod reading;
