//! Flowhook from the outside.

mod auth;
