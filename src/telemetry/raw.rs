//! Bytes of a line that text is written to as it is.

use std::fmt;

/// Appends what is shown. It is written by `fmt`, for `io` panics where a value cannot be shown.
pub(super) struct Raw<'a>(pub(super) &'a mut Vec<u8>);

impl fmt::Write for Raw<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
