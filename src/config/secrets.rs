//! Secrets as settings hold them: written out, or in files of their own.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::secret_file::SecretFile;

/// Secrets: one, a list, or a file that holds one a line.
#[derive(Clone, Default)]
pub struct Secrets {
    inline: Vec<SecretString>,
    files: Vec<SecretFile>,
}

impl Secrets {
    /// Takes what lies in files into memory.
    pub(super) fn read_files(&mut self, key: &str, faults: &mut Vec<String>) {
        for file in &mut self.files {
            if let Err(error) = file.read() {
                faults.push(format!("`{key}`: {error}"));
            }
        }
    }

    /// Whether something was given, and nothing is in it: a variable that was never filled.
    pub(super) fn are_blank(&self) -> bool {
        !self.inline.is_empty() && self.lines().next().is_none()
    }

    /// Whether some lie in files.
    pub(super) fn has_files(&self) -> bool {
        !self.files.is_empty()
    }

    /// Reads the files that have changed, and says whether there are other secrets now. Blocks.
    pub(super) fn look_again(&mut self, key: &str, fits: fn(&str) -> bool) -> bool {
        let looks = self.files.iter_mut().map(|file| file.look(key, fits));
        looks.fold(false, |is_other, this| is_other | this)
    }

    /// The secrets, one a line.
    pub(super) fn lines(&self) -> impl Iterator<Item = &str> {
        let texts = self.inline.iter().chain(self.files.iter().map(SecretFile::text));
        let lines = texts.flat_map(|text| text.expose_secret().lines());
        lines
            .map(|line| line.trim_end_matches('\r').trim_start_matches('\u{feff}'))
            .filter(|line| !line.trim().is_empty())
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} secrets", self.inline.len() + self.files.len())
    }
}

impl<'de> Deserialize<'de> for Secrets {
    fn deserialize<D: Deserializer<'de>>(value: D) -> Result<Self, D::Error> {
        value.deserialize_any(Written)
    }
}

struct Written;

impl<'de> Visitor<'de> for Written {
    type Value = Secrets;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a secret, a list of them, or { file = \"PATH\" }")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Secrets, E> {
        Ok(Secrets {
            inline: vec![text.into()],
            files: Vec::new(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Secrets, A::Error> {
        let mut all = Secrets::default();
        while let Some(secrets) = elements.next_element::<Secrets>()? {
            all.inline.extend(secrets.inline);
            all.files.extend(secrets.files);
        }
        Ok(all)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Secrets, A::Error> {
        let mut files = Vec::new();
        while let Some((key, path)) = members.next_entry::<String, PathBuf>()? {
            if key != "file" {
                return Err(A::Error::custom("expected { file = \"PATH\" }"));
            }
            files.push(SecretFile::at(path));
        }
        Ok(Secrets {
            inline: Vec::new(),
            files,
        })
    }
}
