//! Flowhook from the outside.

mod doctor;
