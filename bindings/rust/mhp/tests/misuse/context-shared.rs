// SPDX-License-Identifier: LGPL-2.1-or-later
//! A context serves one thread at a time.
use mhp::{Context, SnapshotFlags};

fn main() {
    let context = Context::new(None).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| context.snapshot(SnapshotFlags::NONE)); //~ E0277
    });
}
