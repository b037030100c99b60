//! Numbers as the log names things by them.

/// The 16 hexadecimal digits of a number, which each turn's names are made of: several times quicker than formatting it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Digits([u8; 16]);

impl Digits {
    pub(super) fn of(number: u64) -> Self {
        let mut rest = number;
        let mut digits = [0; 16];
        for digit in digits.iter_mut().rev() {
            *digit = b"0123456789abcdef"[(rest & 15) as usize];
            rest >>= 4;
        }
        Self(digits)
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits are ASCII")
    }
}
