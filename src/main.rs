//! See `README.md`.

fn main() -> std::process::ExitCode {
    iesiz::cli::run(std::env::args_os())
}
