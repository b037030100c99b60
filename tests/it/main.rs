//! Flowhook from the outside.
