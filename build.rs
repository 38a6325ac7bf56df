//! Trains the adviser from `training/` (see `src/classify/advice/`): the same texts give the same bytes on every machine.

// The files are shared with the program, which uses more of them.
#[path = "src/classify/advice/features.rs"]
#[allow(dead_code)]
mod features;
#[path = "src/classify/fold.rs"]
#[allow(dead_code)]
mod fold;
#[path = "src/classify/advice/train.rs"]
mod train;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let mut examples = Vec::new();
    for file in texts(&home.join("training"))? {
        examples.extend(fs::read_to_string(file)?.lines().filter_map(|line| train::example(line, fold::fold_word)));
    }
    if examples.is_empty() {
        return Err(io::Error::other("training/ holds no labelled text"));
    }
    for source in ["build.rs", "training", "src/classify/advice", "src/classify/fold.rs"] {
        println!("cargo::rerun-if-changed={source}");
    }
    fs::write(out.join("advice.bin"), train::train(&examples))
}

fn texts(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|extension| extension == "txt") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}
