//! How fast every stage is. `cargo bench` runs all, `cargo bench -- methods` one.

#![allow(clippy::unwrap_used, reason = "a bench fails by panicking")]

mod cells;
mod detect;
mod end_to_end;
mod methods;
mod sources;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}
