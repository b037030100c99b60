//! What `deploy/` tells people to type and to hand over: as far as a machine without an account can tell, it holds.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::program::FLOWHOOK;

/// The commands and flags that the guide uses, as gcloud's own help has them.
const GCLOUD: &str = include_str!("../fixtures/deploy/gcloud.txt");

/// The fields of a Cloud Run service that the manifest uses, as the API has them.
const SERVICE_FIELDS: &str = include_str!("../fixtures/deploy/service-fields.txt");

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The code blocks of a page in one language, without their indentation.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let indent = line.len() - line.trim_start().len();
        if line.trim() != format!("```{language}") {
            continue;
        }
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        let block: Vec<_> = block.map(|line| line.get(indent..).unwrap_or_default()).collect();
        blocks.push(block.join("\n"));
    }
    blocks
}

/// Every page of the folder.
fn pages() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy");
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let pages = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    pages
        .map(|path| {
            (
                path.display().to_string(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

#[test]
fn every_shell_block_is_a_shell_s_language() {
    let mut read = 0;
    for (path, page) in pages() {
        for block in blocks(&page, "sh") {
            let mut shell = Command::new("bash");
            let checked = shell.args(["-n", "-c", &block]).output().unwrap();
            let errors = String::from_utf8_lossy(&checked.stderr).into_owned();
            assert!(checked.status.success(), "{path}:\n{block}\n{errors}");
            read += 1;
        }
    }
    assert!(read > 10, "only {read} blocks were found");
}

/// Every call of gcloud in a text: its words, up to what ends a command in a shell.
fn calls(page: &str) -> Vec<Vec<String>> {
    let joined = page.replace("\\\n", " ").replace("$(gcloud", "\n(gcloud");
    let mut calls = Vec::new();
    for line in joined.lines() {
        for (start, _) in line.match_indices("gcloud ") {
            let call = &line[start..];
            let end = call.find(['`', '|', ')', ';', '\n']).unwrap_or(call.len());
            calls.push(call[..end].split_whitespace().map(str::to_owned).collect());
        }
    }
    calls
}

#[test]
fn every_gcloud_command_and_flag_exists() {
    let known: BTreeMap<&str, BTreeSet<&str>> = GCLOUD
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(|line| {
            let (command, flags) = line.split_once(':').unwrap();
            (command.trim(), flags.split_whitespace().collect())
        })
        .collect();
    let mut used = BTreeSet::new();
    let comments = read("deploy/cloudbuild.yaml") + &read("deploy/service.yaml");
    for (path, page) in pages()
        .into_iter()
        .chain([("the yaml files".to_owned(), comments)])
    {
        for call in calls(&page) {
            let longest = (2..=call.len()).rev().find_map(|words| {
                let command = call[1..words].join(" ");
                known.get_key_value(command.as_str())
            });
            let Some((command, flags)) = longest else {
                // Prose names gcloud, too.
                assert!(
                    !call.iter().any(|word| word.starts_with("--")) || call.len() < 3,
                    "{path}: `{}` is not in the list",
                    call.join(" ")
                );
                continue;
            };
            used.insert(*command);
            for flag in call.iter().filter(|word| word.starts_with("--")) {
                let flag = flag.split('=').next().unwrap();
                assert!(
                    flags.contains(flag),
                    "{path}: `gcloud {command}` has no flag {flag}"
                );
            }
        }
    }
    let unused: Vec<_> = known.keys().filter(|command| !used.contains(*command)).collect();
    assert!(unused.is_empty(), "nobody uses these any more: {unused:?}");
}

/// The manifest with what stands in capitals filled in; with `everything`, also what it shows commented out, in place of
/// what it says to take out for that.
fn manifest(everything: bool) -> Value {
    let mut text = read("deploy/service.yaml");
    if everything {
        let optional = [
            "- name",
            "  value",
            "volumeMounts",
            "  - name",
            "    mountPath",
            "volumes",
            "    secret",
            "      secretName",
            "      items",
            "        - key",
            "          path",
            "run.googleapis.com/cloudsql",
        ];
        text = text
            .lines()
            .map(|line| match line.split_once("# ") {
                Some((indent, rest)) if optional.iter().any(|start| rest.starts_with(start)) => {
                    format!("{indent}{rest}\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
    }
    let text = text
        .replace("IMAGE", "europe-west1-docker.pkg.dev/p/flowhook/flowhook:1")
        .replace("PROJECT", "p")
        .replace("REGION", "europe-west1")
        .replace("NUMBER", "123456789012");
    serde_saphyr::from_str(&text).unwrap()
}

/// The paths of all fields of a manifest; annotations and labels are names of their own, so they are not looked into.
fn fields(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = format!("{path}.{name}");
                if path.ends_with(".annotations") {
                    for annotation in member.as_object().unwrap().keys() {
                        found.insert(format!("{path}.{annotation}"));
                    }
                } else {
                    found.insert(path.clone());
                    fields(member, &path, found);
                }
            }
        }
        Value::Array(elements) => elements.iter().for_each(|element| fields(element, path, found)),
        _ => {}
    }
}

#[test]
fn the_manifest_has_only_fields_that_cloud_run_has() {
    let known: BTreeSet<&str> = SERVICE_FIELDS
        .lines()
        .filter(|line| line.starts_with('.'))
        .collect();
    let mut found = BTreeSet::new();
    for everything in [false, true] {
        fields(&manifest(everything), "", &mut found);
    }
    let unknown: Vec<_> = found
        .iter()
        .filter(|path| !known.contains(path.as_str()))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(
        found.contains(".spec.template.spec.volumes.secret.items.path"),
        "what is commented out was read too"
    );
}

#[test]
fn the_probes_of_the_manifest_keep_cloud_run_s_rules() {
    let manifest = manifest(true);
    let container = &manifest["spec"]["template"]["spec"]["containers"][0];
    for probe in ["startupProbe", "livenessProbe"] {
        let probe = &container[probe];
        assert!(
            probe["timeoutSeconds"].as_u64() < probe["periodSeconds"].as_u64(),
            "{probe}"
        );
        let path = probe["httpGet"]["path"].as_str().unwrap();
        assert!(["/health/ready", "/health/live"].contains(&path), "{path}");
        assert_eq!(probe["httpGet"]["port"], container["ports"][0]["containerPort"]);
    }
    let annotations = &manifest["metadata"]["annotations"];
    let audiences: Vec<String> = serde_json::from_str(
        annotations["run.googleapis.com/custom-audiences"]
            .as_str()
            .unwrap(),
    )
    .unwrap();
    let env = container["env"].as_array().unwrap();
    let audience = env
        .iter()
        .find(|one| one["name"] == "FLOWHOOK_AUTH__ID_TOKEN__AUDIENCES")
        .unwrap();
    assert_eq!(
        audiences,
        [audience["value"].as_str().unwrap()],
        "Cloud Run and Flowhook expect the same audience"
    );
}

#[test]
fn the_program_takes_the_settings_of_the_manifest() {
    let secrets = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(secrets.path().join("basic")).unwrap();
    std::fs::create_dir_all(secrets.path().join("store")).unwrap();
    std::fs::write(secrets.path().join("basic/value"), "dialogflow:opensesame\n").unwrap();
    std::fs::write(
        secrets.path().join("store/url"),
        "postgres://flowhook:opensesame@localhost/x\n",
    )
    .unwrap();
    for everything in [false, true] {
        let manifest = manifest(everything);
        let container = &manifest["spec"]["template"]["spec"]["containers"][0];
        let mut program = Command::new(FLOWHOOK);
        program
            .args(["settings", "--check"])
            .current_dir(secrets.path())
            .stdin(Stdio::null());
        program.env("PORT", "8080").env("K_SERVICE", "flowhook");
        for one in container["env"].as_array().unwrap() {
            // Basic is shown in the place of the ID token.
            if everything
                && one["name"]
                    .as_str()
                    .unwrap()
                    .starts_with("FLOWHOOK_AUTH__ID_TOKEN")
            {
                continue;
            }
            let value = one["value"].as_str().unwrap();
            let value = value.replace("/secrets", &secrets.path().display().to_string());
            program.env(one["name"].as_str().unwrap(), value);
        }
        let checked = program.output().unwrap();
        let errors = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(checked.status.success(), "{errors}");
    }
}

#[test]
fn the_settings_that_the_guide_shows_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let basic = folder.path().join("basic");
    std::fs::write(&basic, "dialogflow:opensesame\n").unwrap();
    let chat = "https://chat.googleapis.com/v1/spaces/SPACE/messages?key=KEY&token=TOKEN";
    for (name, secret) in [
        ("rbm-client-token", "opensesame"),
        ("own-client-token", "opensesame"),
        ("session-key", "opensesame-opensesame"),
        ("chat-desk", chat),
    ] {
        std::fs::write(folder.path().join(name), secret).unwrap();
    }
    let mut read = 0;
    for (path, page) in pages() {
        for block in blocks(&page, "toml") {
            let settings = block.replace("/etc/flowhook/basic", &basic.display().to_string());
            let mut settings = settings.replace("/run/secrets", &folder.path().display().to_string());
            if !settings.contains("[store]") {
                // Another block of the same page says where.
                settings = format!("store.url = 'sqlite:store.db'\n{settings}");
            }
            if let Err(error) = flowhook::config::Settings::from_toml(&settings) {
                panic!("{path}:\n{block}\n{error}");
            }
            read += 1;
        }
    }
    assert!(read >= 4, "only {read} blocks were found");
}

#[test]
fn the_image_is_built_from_what_the_context_holds() {
    let ignored = read(".dockerignore");
    let dockerfile = read("deploy/Dockerfile");
    let copied = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--from"));
    for line in copied {
        let names: Vec<_> = line.split_whitespace().collect();
        for name in &names[..names.len() - 1] {
            assert!(
                ignored.lines().any(|line| line == format!("!{name}")),
                "{name} is kept out of the context"
            );
        }
    }
    assert!(
        dockerfile.contains("ENTRYPOINT [\"/flowhook\"]"),
        "exec form, so that the program gets SIGTERM"
    );
}
