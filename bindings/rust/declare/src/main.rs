// SPDX-License-Identifier: LGPL-2.1-or-later
//! Declares in Rust what libmhp's headers declare in C.
//!
//!     cargo run -p declare -- HEADERS            write the modules
//!     cargo run -p declare -- HEADERS --check    are they as they would be written?
//!     cargo run -p declare -- HEADERS --c        C that compiles if they agree with HEADERS
//!
//! HEADERS is the folder with mhp.h and the others.
#![deny(missing_docs)]
#![forbid(unsafe_code)]
mod back;
mod functions;
mod parse;
mod raw;
mod words;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Of each library: headers, its module in libmhp-sys, that of its words in mhp.
const LIBRARIES: [(&[&str], &str, &str); 3] = [
    (&[], "libmhp-sys/src/mhp.rs", "mhp/src/words/mhp.rs"),
    (&["standing.h", "agenda.h"], "libmhp-sys/src/policy.rs", "mhp/src/words/policy.rs"),
    (&["sim.h", "sim-builder.h"], "libmhp-sys/src/sim.rs", "mhp/src/words/sim.rs"),
];

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Those that mhp.h includes, in its order.
fn included(headers: &Path) -> Vec<String> {
    let text = read(&headers.join("mhp.h"));
    let name = |line: &str| line.strip_prefix("#include <mhp/")?.strip_suffix('>').map(Into::into);
    text.lines().filter_map(name).collect()
}

fn made(headers: &Path) -> Vec<(&'static str, String)> {
    let mut known = BTreeSet::new();
    let mut files = Vec::new();
    for (names, raw, words) in LIBRARIES {
        let mut names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        if names.is_empty() {
            names = included(headers);
        }
        let items = |name: &String| parse::header(&read(&headers.join(name)));
        let items: Vec<parse::Item> = names.iter().flat_map(items).collect();
        files.push((raw, raw::module(&items, &mut known)));
        files.push((words, words::module(&items)));
    }
    files.push(("mhp/src/functions.rs", functions::module(&read(&tree().join("functions")))));
    files
}

fn tree() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace")
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let headers = PathBuf::from(args.next().expect("the folder of the headers"));
    let mode = args.next();
    if mode.as_deref() == Some("--c") {
        let texts: Vec<String> =
            LIBRARIES.iter().map(|(_, raw, _)| read(&tree().join(raw))).collect();
        let others = LIBRARIES.iter().flat_map(|(names, ..)| names.iter().copied());
        let all: Vec<&str> = std::iter::once("mhp.h").chain(others).collect();
        print!("{}", back::program(&all, &texts));
        return ExitCode::SUCCESS;
    }
    let mut status = ExitCode::SUCCESS;
    for (name, text) in made(&headers) {
        let path = tree().join(name);
        if mode.as_deref() != Some("--check") {
            std::fs::write(&path, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        } else if read(&path) != text {
            eprintln!("{name} is not as the headers are: make bindings-update makes it anew");
            status = ExitCode::FAILURE;
        }
    }
    status
}
