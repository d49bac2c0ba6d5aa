// SPDX-License-Identifier: LGPL-2.1-or-later
//! What lsmem(1) of util-linux shows, from a snapshot: ranges of blocks that look alike, and
//! the totals. Its options have the same names here.
//!
//!     lsmem [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]
use mhp::{Block, Context, Snapshot, SnapshotFlags, State, Zone};
use std::error::Error;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::{env, process};

const NAMES: [&str; 7] = ["RANGE", "SIZE", "STATE", "REMOVABLE", "BLOCK", "NODE", "ZONES"];

struct View {
    columns: Vec<&'static str>, // to be shown, in this order
    all: bool,
    bytes: bool,
    raw: bool,
    root: Option<PathBuf>,
}

/// Blocks with neighbouring numbers that look like the first one.
struct Run<'a> {
    block: Block<'a>,
    count: u64,
}

/// "3G", "1.5G": one decimal, rounded.
fn size_cell(view: &View, size: u64) -> String {
    let mut unit = 0;
    while !view.bytes && unit < 6 && size >> (10 * (unit + 1)) != 0 {
        unit += 1;
    }
    if view.bytes {
        return size.to_string();
    }
    let part = if unit > 0 { (size >> (10 * (unit - 1)) & 1023) * 1000 / 1024 } else { 0 };
    let tenths = (size >> (10 * unit)) * 10 + (part + 50) / 100;
    let letter = ["B", "K", "M", "G", "T", "P", "E"][unit];
    match tenths % 10 {
        0 => format!("{}{letter}", tenths / 10),
        tenth => format!("{}.{tenth}{letter}", tenths / 10),
    }
}

fn zones_cell(block: &Block<'_>) -> String {
    // three words are spelt otherwise than the kernel does it
    let word = |zone| match zone {
        Zone::NONE => "None",
        Zone::HIGHMEM => "Highmem",
        Zone::UNKNOWN => "Unknown",
        zone => zone.word(),
    };
    block.zones().map(word).collect::<Vec<_>>().join("/")
}

fn cell_of(snap: &Snapshot, view: &View, run: &Run<'_>, column: &str) -> String {
    let block_size = snap.block_size_bytes();
    let first = run.block.id();
    let last = first + run.count - 1;
    match (column, run.block.state()) {
        ("RANGE", _) => {
            let end = last * block_size + (block_size - 1);
            format!("{:#018x}-{end:#018x}", first * block_size)
        }
        ("SIZE", _) => size_cell(view, run.count * block_size),
        ("STATE", State::UNKNOWN) => "?".to_string(),
        ("STATE", State::GOING_OFFLINE) => "on->off".to_string(),
        ("STATE", state) => state.to_string(),
        // since Linux 5.7 it is about the kernel, not about the block
        ("REMOVABLE", State::ONLINE) => {
            if snap.has_hotremove().unwrap_or(false) { "yes" } else { "no" }.to_string()
        }
        ("BLOCK", _) if first == last => first.to_string(),
        ("BLOCK", _) => format!("{first}-{last}"),
        ("NODE", _) => run.block.node_id().map_or(String::new(), |node| node.to_string()),
        ("ZONES", _) => zones_cell(&run.block),
        _ => String::new(),
    }
}

/// In one line? If what is shown of them is the same; "removable" is so for all blocks.
fn look_alike(snap: &Snapshot, view: &View, run: &Run<'_>, next: &Run<'_>) -> bool {
    let is_same = |column: &&str| {
        !["STATE", "NODE", "ZONES"].contains(column)
            || cell_of(snap, view, run, column) == cell_of(snap, view, next, column)
    };
    !view.all && next.block.id() == run.block.id() + run.count && view.columns.iter().all(is_same)
}

fn print_runs(snap: &Snapshot, view: &View, runs: &[Run<'_>]) {
    let names = view.columns.iter().map(|name| name.to_string()).collect();
    let mut rows: Vec<Vec<String>> = vec![names];
    for run in runs {
        rows.push(view.columns.iter().map(|column| cell_of(snap, view, run, column)).collect());
    }
    for row in &rows {
        for (i, (column, cell)) in view.columns.iter().zip(row).enumerate() {
            let is_last = i + 1 == view.columns.len();
            let width = rows.iter().map(|row| row[i].len()).max().unwrap_or(0);
            let end = if is_last { "\n" } else { " " };
            match *column {
                _ if view.raw => print!("{cell}{end}"),
                "RANGE" if is_last => print!("{cell}{end}"),
                "RANGE" => print!("{cell:width$}{end}"),
                _ => print!("{cell:>width$}{end}"),
            }
        }
    }
}

fn print_all(snap: &Snapshot, view: &View) {
    let mut runs: Vec<Run<'_>> = Vec::new();
    for block in snap.blocks() {
        let next = Run { block, count: 1 };
        match runs.last_mut() {
            Some(run) if look_alike(snap, view, run, &next) => run.count += 1,
            _ => runs.push(next),
        }
    }
    print_runs(snap, view, &runs);
    if view.raw {
        return;
    }
    let online = snap.blocks().filter(|block| block.state() == State::ONLINE).count();
    let offline = snap.blocks().len() - online;
    let width = if view.bytes { 15 } else { 5 };
    let size = |blocks: usize| size_cell(view, blocks as u64 * snap.block_size_bytes());
    println!("\nMemory block size:      {:>width$}", size(1));
    println!("Total online memory:    {:>width$}", size(online));
    println!("Total offline memory:   {:>width$}", size(offline));
}

fn parse_columns(list: &OsStr) -> Option<Vec<&'static str>> {
    let find = |word: &str| NAMES.into_iter().find(|name| name.eq_ignore_ascii_case(word));
    let words = list.to_str()?.split(',').filter(|word| !word.is_empty());
    let columns: Vec<_> = words.map(find).collect::<Option<_>>()?;
    (!columns.is_empty() && columns.len() <= NAMES.len()).then_some(columns)
}

/// As getopt(3) has it: letters may be joined, and what belongs to one may follow at once.
fn parse_args(mut args: impl Iterator<Item = OsString>) -> Option<View> {
    let columns = NAMES[..5].to_vec();
    let mut view = View { columns, all: false, bytes: false, raw: false, root: None };
    while let Some(arg) = args.next() {
        let letters = match arg.as_bytes().strip_prefix(b"-") {
            Some(letters) if !letters.is_empty() => letters,
            _ => break,
        };
        for (i, letter) in letters.iter().enumerate() {
            match letter {
                b'a' => view.all = true,
                b'b' => view.bytes = true,
                b'r' => view.raw = true,
                b'o' | b's' => {
                    let rest = OsStr::from_bytes(&letters[i + 1..]).to_os_string();
                    let value = if rest.is_empty() { args.next()? } else { rest };
                    if *letter == b'o' {
                        view.columns = parse_columns(&value)?;
                    } else {
                        view.root = Some(value.into());
                    }
                    break;
                }
                _ => return None,
            }
        }
    }
    Some(view)
}

fn main() -> Result<(), Box<dyn Error>> {
    let view = parse_args(env::args_os().skip(1)).unwrap_or_else(|| {
        eprintln!("usage: lsmem [-a] [-b] [-r] [-o COLUMN,...] [-s ROOT]");
        process::exit(2)
    });
    let context = Context::new(view.root.as_deref())?;
    let snap = context.snapshot(SnapshotFlags::OFFLINE_ZONES | SnapshotFlags::FOR_PLANS)?;
    print_all(&snap, &view);
    Ok(())
}
