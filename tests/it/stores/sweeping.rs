//! Later, to be.
