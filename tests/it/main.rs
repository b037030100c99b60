//! Flowhook from the outside.

mod tls;
