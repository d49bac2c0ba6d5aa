// SPDX-License-Identifier: LGPL-2.1-or-later
//! Online a region in zone Movable, and decide by what went wrong.
//!
//!     handle-failure REGION ask|rezone [ROOT]
//!
//! With "rezone" memory that is online in another zone may be taken offline for it.
use mhp::{ConflictCode, Context, OnlineType, Outcome, Report, Rules};
use std::error::Error;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::{env, path::Path, process};

/// Before anything was written: does this conflict stand in the way?
fn has_conflict(report: &Report, code: ConflictCode) -> bool {
    report.plan().conflicts().any(|conflict| conflict.code() == code)
}

/// What happened, and the blocks to blame for it.
fn explain(report: &Report) {
    println!("{}: {}", report.outcome(), report.message());
    if let Some(hint) = report.hint() {
        println!("what helps: {hint}");
    }
    // busy, poisoned, ...; not those put back because another one failed
    for block in report.results().filter(|block| block.reason().is_failure()) {
        println!("memory{}: {}", block.id(), block.reason());
    }
}

fn online(context: &Context, region: &OsString, rules: Rules) -> Result<Report, String> {
    context
        .online_region(region.as_bytes(), OnlineType::ONLINE_MOVABLE, rules)
        .map_err(|error| format!("{}: {error}", region.to_string_lossy()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let word = args.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    if args.len() > 3 || !["ask", "rezone"].contains(&word) {
        eprintln!("usage: handle-failure REGION ask|rezone [ROOT]");
        process::exit(2);
    }
    let context = Context::new(args.get(2).map(Path::new))?;
    let mut report = online(&context, &args[0], Rules::NONE)?;
    if word == "rezone" && has_conflict(&report, ConflictCode::WRONG_ZONE) {
        // its contents have to move elsewhere meanwhile: never without being asked
        report = online(&context, &args[0], Rules::REZONE)?;
    }
    explain(&report);
    process::exit(match report.outcome() {
        Outcome::DONE => 0,
        Outcome::REFUSED | Outcome::UNDONE => 1, // all is as it was: it may be tried again later
        _ => 3,                                  // some is changed: somebody must look at it
    })
}
