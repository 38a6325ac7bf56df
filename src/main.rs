//! The program `sollecito`.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(sollecito::cli::run(std::env::args_os()))
}
