// SPDX-License-Identifier: LGPL-2.1-or-later
//! So does what is got from a block.
use mhp::{Context, SnapshotFlags, Text};

fn name(context: &Context) -> &Text {
    let snap = context.snapshot(SnapshotFlags::NONE).unwrap();
    let block = snap.block(0).unwrap();
    block.region().unwrap().name() //~ E0515
}

fn main() {
    name(&Context::new(None).unwrap());
}
