// SPDX-License-Identifier: LGPL-2.1-or-later
//! A block lives as long as its snapshot.
use mhp::{Context, SnapshotFlags};

fn main() {
    let context = Context::new(None).unwrap();
    let snap = context.snapshot(SnapshotFlags::NONE).unwrap();
    let block = snap.block(0).unwrap();
    drop(snap); //~ E0505
    block.id();
}
