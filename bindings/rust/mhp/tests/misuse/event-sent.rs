// SPDX-License-Identifier: LGPL-2.1-or-later
//! An event is read in the thread of its monitor.
use mhp::Monitor;

fn check(mut monitor: Monitor<'_>) {
    let event = monitor.next_event().unwrap().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || event.kind()); //~ E0277
    });
}

fn main() {
    let _ = check;
}
