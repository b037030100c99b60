//! Who gets in: tokens, keys that change, secrets that change, and what the refused are told.
//!
//! `key_server` plays Google, `token` signs what Google would and would not, `service` is the program on a real socket, and
//! `asking` asks a gate without one.

#![expect(clippy::unwrap_used, reason = "the helpers of tests fail the test")]
#![expect(clippy::print_stderr, reason = "how many cases there were is worth telling")]

mod asking;
mod cases;
mod fuzz;
mod key_server;
mod keys;
mod refusals;
mod secret_files;
mod service;
mod token;
