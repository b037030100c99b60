//! How strategies for builders are put together: something with parts that may be there.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;

/// Made of one thing.
pub(super) fn made<A: Debug + 'static, T: Debug + 'static>(
    of: BoxedStrategy<A>,
    make: fn(A) -> T,
) -> BoxedStrategy<T> {
    of.prop_map(make).boxed()
}

/// Made of two things.
pub(super) fn joined<A: Debug + 'static, B: Debug + 'static, T: Debug + 'static>(
    one: BoxedStrategy<A>,
    other: BoxedStrategy<B>,
    make: fn(A, B) -> T,
) -> BoxedStrategy<T> {
    (one, other)
        .prop_map(move |(one, other)| make(one, other))
        .boxed()
}

/// With a part, or without.
pub(super) fn maybe<T: Debug + 'static, P: Debug + 'static>(
    whole: BoxedStrategy<T>,
    part: BoxedStrategy<P>,
    with: fn(T, P) -> T,
) -> BoxedStrategy<T> {
    (whole, proptest::option::of(part))
        .prop_map(move |(whole, part)| match part {
            Some(part) => with(whole, part),
            None => whole,
        })
        .boxed()
}

/// With up to so many parts.
pub(super) fn several<T: Debug + 'static, P: Debug + 'static>(
    whole: BoxedStrategy<T>,
    part: BoxedStrategy<P>,
    most: usize,
    with: fn(T, P) -> T,
) -> BoxedStrategy<T> {
    (whole, vec(part, 0..=most))
        .prop_map(move |(whole, parts)| parts.into_iter().fold(whole, with))
        .boxed()
}

/// Up to so many.
pub(super) fn list<T: Debug + 'static>(of: BoxedStrategy<T>, most: usize) -> BoxedStrategy<Vec<T>> {
    vec(of, 0..=most).boxed()
}

/// Two at once, for calls that take both.
pub(super) fn pair<A: Debug + 'static, B: Debug + 'static>(
    one: BoxedStrategy<A>,
    other: BoxedStrategy<B>,
) -> BoxedStrategy<(A, B)> {
    (one, other).boxed()
}

/// One of these.
pub(super) fn one_of<T: Clone + Debug + 'static>(choices: Vec<T>) -> BoxedStrategy<T> {
    proptest::sample::select(choices).boxed()
}
