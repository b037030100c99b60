//! Flowhook from the outside.

mod auth;
mod tls;
