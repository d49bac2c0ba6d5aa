// SPDX-License-Identifier: LGPL-2.1-or-later
//! Writes the page of the safe crate that tells where each function of the library is: its links
//! have rustdoc see that all of these are there.
use std::fmt::Write;

/// Of the table "functions".
pub fn module(table: &str) -> String {
    let mut out = String::from(
        "// SPDX-License-Identifier: LGPL-2.1-or-later\n\
         // Made by \"cargo run -p declare\" from the table \"functions\": change that.\n\
         //! Where each function of the library is. Those that free an object, or count its\n\
         //! references, are called by [`Drop`] and [`Clone`] of the type that is named.\n\
         //!\n//! | C | Rust |\n//! | --- | --- |\n",
    );
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split('\t');
        let function = cells.next().unwrap_or("");
        let name = cells.next().unwrap_or("");
        let cell = match (name.strip_prefix("mhp::"), cells.next()) {
            (Some(path), _) => {
                format!("[`{path}`](crate::{path})")
            }
            (None, reason) => reason.unwrap_or("").to_string(),
        };
        writeln!(out, "//! | `{function}` | {cell} |").unwrap();
    }
    out
}
