//! Makes an export out of a description: as a ZIP, in whichever way it may be packed, or as a folder.

use std::io::{Cursor, Write};
use std::path::Path;

use flowhook::agent_export::{Export, ExportError};
use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The files of an export that is being made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pack {
    pub(crate) files: Vec<(String, Vec<u8>)>,
}

impl Pack {
    /// An agent with settings of its own beside the few that most exports have.
    pub(crate) fn new(settings: Value) -> Self {
        let mut agent = json!({
            "description": "",
            "language": "en",
            "defaultTimezone": "Europe/Madrid",
            "webhook": {"url": "https://example.com/webhook", "headers": {"": ""}, "available": true},
            "onePlatformApiVersion": "v2",
        });
        let known = agent.as_object_mut().unwrap();
        known.extend(settings.as_object().unwrap().clone());
        Self::default()
            .json("package.json", &json!({"version": "1.0.0"}))
            .json("agent.json", &agent)
    }

    /// A file that is JSON.
    pub(crate) fn json(self, path: &str, content: &Value) -> Self {
        self.raw(path, serde_json::to_vec_pretty(content).unwrap())
    }

    /// A file of any kind.
    pub(crate) fn raw(mut self, path: &str, content: impl Into<Vec<u8>>) -> Self {
        self.files.push((path.to_owned(), content.into()));
        self
    }

    /// An intent, its file named as Dialogflow names it.
    pub(crate) fn intent(self, content: &Value) -> Self {
        let file = file_name(content["name"].as_str().unwrap());
        self.json(&format!("intents/{file}.json"), content)
    }

    /// Phrases for an intent: plain words, or parts with their entity and parameter.
    pub(crate) fn phrases(self, intent: &str, language: &str, phrases: &[Value]) -> Self {
        let phrase = |phrase: &Value| match phrase {
            Value::String(text) => {
                json!({"id": "", "data": [{"text": text, "userDefined": false}], "isTemplate": false})
            }
            parts => json!({"id": "", "data": parts, "isTemplate": false, "count": 0, "updated": 0}),
        };
        let phrases: Vec<_> = phrases.iter().map(phrase).collect();
        let file = file_name(intent);
        self.json(
            &format!("intents/{file}_usersays_{language}.json"),
            &phrases.into(),
        )
    }

    /// An entity type of the agent's own and its entries in one language.
    pub(crate) fn entity(self, content: &Value, language: &str, entries: &Value) -> Self {
        let file = file_name(content["name"].as_str().unwrap());
        self.json(&format!("entities/{file}.json"), content)
            .json(&format!("entities/{file}_entries_{language}.json"), entries)
    }

    /// The same with another path for each file.
    pub(crate) fn moved(mut self, path: impl Fn(&str) -> String) -> Self {
        for (name, _) in &mut self.files {
            *name = path(name);
        }
        self
    }

    /// A deflated ZIP.
    pub(crate) fn zip(&self) -> Vec<u8> {
        self.zipped(CompressionMethod::Deflated, false)
    }

    /// A ZIP, with or without entries for its folders.
    pub(crate) fn zipped(&self, method: CompressionMethod, with_folders: bool) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        if with_folders {
            for folder in ["intents/", "entities/"] {
                writer.add_directory(folder, options).unwrap();
            }
        }
        for (path, content) in &self.files {
            writer.start_file(path.as_str(), options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// Writes the files below a folder.
    pub(crate) fn unpack(&self, folder: &Path) {
        for (path, content) in &self.files {
            let path = folder.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
    }

    /// What reading the ZIP gives.
    pub(crate) fn read(&self) -> Result<Export, ExportError> {
        Export::from_zip(&self.zip())
    }
}

/// How Dialogflow names a file: what no file system likes becomes `_`.
fn file_name(name: &str) -> String {
    name.replace(['/', ':', '?', '\'', '*', '"', '<', '>', '|', '\\'], "_")
}
