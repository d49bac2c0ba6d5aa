// SPDX-License-Identifier: LGPL-2.1-or-later
//! An event lives until the next one is asked for.
use mhp::Monitor;

fn check(mut monitor: Monitor<'_>) {
    let event = monitor.next_event().unwrap().unwrap();
    monitor.next_event().unwrap(); //~ E0499
    event.kind();
}

fn main() {
    let _ = check;
}
