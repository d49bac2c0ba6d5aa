// SPDX-License-Identifier: LGPL-2.1-or-later
//! Make a DAX device System RAM in zone Movable, with a deadline, and show how far it is, on
//! standard error: how often depends on how long it takes.
//!
//!     plug-region dax0.0 SECONDS [ROOT]
//!
//! No block of it is online in another zone at any moment: while the kernel adds the memory,
//! the system's policy is set to what is wanted here, and put back afterwards. Upon failure, or
//! at the deadline, the device is as it was.
use mhp::{ApplyOptions, Context, Goal, OnlineType, Request, Rules};
use std::error::Error;
use std::ffi::OsString;
use std::ops::ControlFlow;
use std::os::unix::ffi::OsStrExt;
use std::{env, path::Path, process, time::Duration};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<OsString> = env::args_os().skip(1).collect();
    let seconds = args.get(1).and_then(|word| word.to_str()?.parse().ok()).unwrap_or(0);
    if seconds == 0 || args.len() > 3 {
        eprintln!("usage: plug-region REGION SECONDS [ROOT]");
        process::exit(2);
    }
    let name = args[0].to_string_lossy();
    let context = Context::new(args.get(2).map(Path::new))?;

    let request = Request::new()
        .region(args[0].as_bytes())
        .goal(Goal::PLUGGED)
        .online_type(OnlineType::ONLINE_MOVABLE)
        .rules(Rules::BORROW); // without it a policy that does not fit is a conflict
    let options = ApplyOptions::new().timeout(Duration::from_secs(seconds)).progress(|progress| {
        eprintln!("{name}: {} of {} MiB", progress.done_bytes >> 20, progress.total_bytes >> 20);
        ControlFlow::Continue(()) // Break(Cancel::CANCEL): stop, and put everything back
    });
    let report = context.fulfil(&request, options).map_err(|error| format!("{name}: {error}"))?;

    // Reason::DEADLINE, Reason::LOCKED, ... are told in words, too.
    println!("{}: {}", report.outcome(), report.message());
    if let Some(hint) = report.hint() {
        println!("what helps: {hint}");
    }
    process::exit(i32::from(report.ok().is_err()))
}
