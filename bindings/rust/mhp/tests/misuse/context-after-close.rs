// SPDX-License-Identifier: LGPL-2.1-or-later
//! A context that is gone is not used.
use mhp::{Context, SnapshotFlags};

fn main() {
    let context = Context::new(None).unwrap();
    drop(context);
    context.snapshot(SnapshotFlags::NONE).unwrap(); //~ E0382
}
