//! Each way to a secret, and each way in which it goes wrong.

use super::*;
use std::os::unix::fs::PermissionsExt;

fn of_command(patience: Duration, words: &[&str]) -> Result<String, Trouble> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    FromCommand { key: "password_command", words, patience }.secret().map(|secret| secret.expose().to_owned())
}

fn printed(words: &[&str]) -> Result<String, Trouble> {
    of_command(Duration::from_secs(20), words)
}

fn shell(script: &str) -> Result<String, Trouble> {
    printed(&["/bin/sh", "-c", script])
}

fn refused(result: Result<String, Trouble>) -> Trouble {
    result.expect_err("a secret that should not be there")
}

fn file(text: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("password.txt");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    (folder, path)
}

fn of_file(path: &Path) -> Result<String, Trouble> {
    FromFile(path.to_path_buf()).secret().map(|secret| secret.expose().to_owned())
}

#[test]
fn the_first_line_of_a_command_is_the_secret() {
    assert_eq!(shell("printf ' s3 gr3to \\r\\nlogin: marta\\n'").unwrap(), " s3 gr3to ");
    assert_eq!(shell("printf senza-fine").unwrap(), "senza-fine");
    assert_eq!(printed(&["/bin/echo", "$HOME; rm"]).unwrap(), "$HOME; rm", "no shell sees the arguments");
}

#[test]
fn a_command_reads_nothing_and_its_environment_is_ours() {
    assert_eq!(shell("cat; echo empty").unwrap(), "empty");
    let words: Vec<_> = std::env::vars_os().map(|(name, _)| name).collect();
    let names = shell("env | cut -d= -f1 | grep -v '^_$\\|^PWD$\\|^SHLVL$\\|^OLDPWD$' | tr '\\n' ' '; echo").unwrap();
    for name in names.split_whitespace().filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
        assert!(words.iter().any(|word| word == name), "{name} was added");
    }
}

#[test]
fn megabytes_after_the_secret_do_no_harm_and_megabytes_instead_of_it_are_refused() {
    assert_eq!(shell("echo s3gr3to; head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2").unwrap(), "s3gr3to");
    let begun = Instant::now();
    let trouble = refused(shell("cat /dev/zero | tr '\\0' x"));
    assert!(trouble.message.contains("more than 65536 bytes without a line's end"), "{trouble}");
    assert!(begun.elapsed() < Duration::from_secs(15), "told at once, not at the deadline");
}

#[test]
fn a_command_that_hangs_is_killed_and_reaped() {
    let folder = tempfile::tempdir().expect("a folder");
    let note = folder.path().join("pid");
    let script = format!("echo $$ > {}; echo s3gr3to; exec sleep 600", note.display());
    let begun = Instant::now();
    let trouble = refused(of_command(Duration::from_millis(500), &["/bin/sh", "-c", &script]));
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(trouble.message, "password_command did not end within 0.5 seconds");
    assert!(trouble.temporary);
    let pid = std::fs::read_to_string(&note).expect("the child's id");
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "neither alive nor a zombie");
}

#[test]
fn what_a_command_leaves_behind_does_not_hold_us() {
    let begun = Instant::now();
    assert_eq!(shell("sleep 30 & echo s3gr3to").unwrap(), "s3gr3to");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn a_failing_command_is_told_with_its_complaint_and_without_its_output() {
    let trouble = refused(shell("echo half-a-s3gr3to; echo 'gpg: decryption failed:\n No secret key' >&2; exit 2"));
    assert_eq!(
        trouble.message,
        "password_command ended with exit code 2 and said: gpg: decryption failed: No secret key"
    );
    assert!(!trouble.temporary && trouble.remedy.contains("by hand"));
    let trouble = refused(shell("exit 1"));
    assert_eq!(trouble.message, "password_command ended with exit code 1 and said nothing");
    let trouble = refused(shell("kill -9 $$"));
    assert_eq!(trouble.message, "password_command was ended by a signal and said nothing");
    let trouble = refused(shell("head -c 100000 /dev/zero | tr '\\0' x >&2; exit 1"));
    assert!(trouble.message.chars().count() < 300 && trouble.message.ends_with('…'), "{trouble}");
    let words = vec!["/bin/false".to_owned()];
    let token = FromCommand { key: "token_command", words, patience: PATIENCE }.secret().expect_err("no token");
    assert!(token.temporary, "a token needs the network, which comes back");
}

#[test]
fn an_empty_answer_is_no_secret() {
    assert_eq!(refused(printed(&["/bin/true"])).message, "password_command prints nothing");
    assert_eq!(refused(shell("echo; echo s3gr3to")).message, "What password_command prints is an empty line");
    assert_eq!(refused(shell("printf '\\377\\n'")).message, "What password_command prints is not UTF-8");
    assert_eq!(refused(shell("printf 'a\\tb\\n'")).message, "What password_command prints holds control characters");
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let trouble = refused(printed(&["/nonexistent/pass show mail"]));
    assert!(trouble.message.ends_with("not there: /nonexistent/pass show mail"), "{trouble}");
    assert!(trouble.remedy.contains("each argument"), "{}", trouble.remedy);
}

#[test]
fn a_private_file_gives_its_first_line() {
    let (_folder, path) = file(b"s3gr3to\r\nold one\n", 0o600);
    assert_eq!(of_file(&path).unwrap(), "s3gr3to");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).expect("a mode");
    assert_eq!(of_file(&path).unwrap(), "s3gr3to");
}

#[test]
fn a_file_that_others_may_read_or_change_is_refused() {
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644] {
        let (_folder, path) = file(b"s3gr3to\n", mode);
        let trouble = refused(of_file(&path));
        assert!(trouble.message.starts_with("Others may read the password file"), "{mode:o}: {trouble}");
        assert_eq!(trouble.remedy, format!("Say: chmod 600 {}", path.display()));
    }
}

#[test]
fn a_file_of_somebody_else_is_refused() {
    let trouble = owned_by(Path::new("p.txt"), 1000, Some(0)).expect_err("somebody else's");
    assert_eq!(trouble.message, "The password file p.txt belongs to somebody else (user id 1000, we are 0)");
    assert!(owned_by(Path::new("p.txt"), 1000, Some(1000)).is_ok());
    assert!(owned_by(Path::new("p.txt"), 1000, None).is_ok());
}

/// Only root can give a file away: as anybody else this says nothing about the owner, and needs not, since then the
/// system itself refuses.
#[test]
fn a_file_given_to_somebody_else_is_noticed_by_root() {
    let (_folder, path) = file(b"s3gr3to\n", 0o600);
    if std::os::unix::fs::chown(&path, Some(65_533), None).is_ok() {
        assert!(refused(of_file(&path)).message.contains("belongs to somebody else (user id 65533"));
    } else {
        assert_eq!(of_file(&path).unwrap(), "s3gr3to");
    }
}

#[test]
fn each_unfit_file_has_its_sentence() {
    let (folder, path) = file(b"", 0o600);
    assert!(refused(of_file(&path)).message.ends_with("password.txt is empty"));
    std::fs::write(&path, b"\ns3gr3to\n").expect("written");
    assert!(refused(of_file(&path)).message.ends_with("is an empty line"));
    std::fs::write(&path, vec![b'x'; 100_000]).expect("written");
    assert!(refused(of_file(&path)).message.ends_with("has no line's end"));
    let trouble = refused(of_file(&folder.path().join("other.txt")));
    assert!(trouble.message.ends_with("other.txt is not there"), "{trouble}");
    assert!(refused(of_file(folder.path())).message.ends_with("is not a file"));
}

#[test]
fn a_credential_is_read_from_the_folder_that_systemd_names() {
    let (folder, _) = file(b"", 0o600);
    std::fs::write(folder.path().join("mail"), "s3gr3to\n").expect("written");
    let read = |folder: Option<&OsStr>, name: &str| credential(folder, name).map(|secret| secret.expose().to_owned());
    let here = Some(folder.path().as_os_str());
    assert_eq!(read(here, "mail").unwrap(), "s3gr3to");
    let trouble = refused(read(here, "other"));
    assert_eq!(trouble.message, "systemd gave no credential `other`");
    assert!(trouble.remedy.contains("LoadCredential=other:FILE"));
    for name in ["../mail", "a/b", ".."] {
        assert!(refused(read(here, name)).message.contains("is not the name of a credential"), "{name}");
    }
    for nowhere in [None, Some(OsStr::new(""))] {
        assert!(refused(read(nowhere, "mail")).message.contains("CREDENTIALS_DIRECTORY is not set"));
    }
}

#[test]
fn the_source_is_asked_at_every_login_and_says_nothing_of_itself() {
    let (_folder, path) = file(b"first\n", 0o600);
    let source = source(&SecretSettings::PasswordFile(path.clone()));
    assert_eq!(source.secret().unwrap().expose(), "first");
    std::fs::write(&path, "second\n").expect("written");
    assert_eq!(source.secret().unwrap().expose(), "second", "changed under way");
    assert!(!format!("{source:?}").contains("second"));
}
