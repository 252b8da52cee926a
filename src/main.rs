//! See `README.md`.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    let _small_pages = rustix::thread::disable_transparent_huge_pages(true);
    iesiz::cli::run(std::env::args_os())
}
