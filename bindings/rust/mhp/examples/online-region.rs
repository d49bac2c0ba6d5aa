// SPDX-License-Identifier: LGPL-2.1-or-later
//! Online a region with an explicit type, and be sure of it.
//!
//!     online-region dax0.0 online_movable [ROOT]
//!
//! Either every block ends online in the zone that the type names, or everything is as it was
//! before.
use mhp::{Context, OnlineType, Rules};
use std::error::Error;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::{env, path::Path, process};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let word = args.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    let online_type = match word.parse::<OnlineType>() {
        Ok(online_type) if args.len() <= 3 => online_type,
        _ => {
            eprintln!("usage: online-region REGION online|online_kernel|online_movable [ROOT]");
            process::exit(2)
        }
    };
    let context = Context::new(args.get(2).map(Path::new))?;

    // Snapshot, plan, apply in one call. No rules: memory that is online in another zone is
    // left alone, and upon failure everything is put back. An error says that the machine was
    // not touched.
    let report = context
        .online_region(args[0].as_bytes(), online_type, Rules::NONE)
        .map_err(|error| format!("{}: {error}", args[0].to_string_lossy()))?;

    // That the machine refused is no error of the call: the report tells.
    println!("{}: {}", report.outcome(), report.message());

    // The state and zone of every block were read back.
    for block in report.results() {
        let (state, zone) = block.after();
        println!("  memory{} {state}, zone {zone}", block.id());
    }
    process::exit(i32::from(report.ok().is_err()))
}
