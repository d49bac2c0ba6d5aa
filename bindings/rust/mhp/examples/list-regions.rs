// SPDX-License-Identifier: LGPL-2.1-or-later
//! List regions with their addresses and blocks, and what could not be read.
//!
//!     list-regions [ROOT]
use mhp::{Context, Region, SnapshotFlags, Zone};
use std::env;
use std::error::Error;
use std::path::Path;

fn print_region(region: &Region<'_>) {
    print!("{}: {}", region.name(), region.state());
    if region.zone() != Zone::UNKNOWN {
        print!(" in {}", region.zone());
    }
    // A region is a list of ranges, and other memory may lie between them.
    let ranges = match region.ranges() {
        Ok(ranges) => ranges,
        Err(_) => return println!(", its addresses could not be read"),
    };
    if let (Ok(size), Ok(online), Ok(lost)) =
        (region.size_bytes(), region.online_bytes(), region.lost_bytes())
    {
        let (online, size, lost) = (online >> 20, size >> 20, lost >> 20);
        print!(", {online} of {size} MiB in use, {lost} MiB lost to alignment");
    }
    println!();
    for range in ranges {
        println!("  {:#x}-{:#x}", range.start, range.start + (range.size_bytes - 1));
    }
    // Its blocks are the whole blocks inside the ranges, as far as they exist.
    for block in region.blocks() {
        println!("  memory{} {}", block.id(), block.state());
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = env::args_os().nth(1);
    let context = Context::new(root.as_deref().map(Path::new))?;
    let snap = context.snapshot(SnapshotFlags::NONE)?;
    drop(context); // a snapshot needs it no more
    snap.regions().for_each(|region| print_region(&region));

    // What could not be read is "unknown" above, and never left out here.
    for problem in snap.problems() {
        eprintln!("{}", problem.error());
    }
    Ok(())
}
