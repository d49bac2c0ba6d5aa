// SPDX-License-Identifier: LGPL-2.1-or-later
//! A monitor uses its context.
use mhp::{Context, Monitor, MonitorOptions};

fn main() {
    let context = Context::new(None).unwrap();
    let mut monitor = Monitor::new(&context, MonitorOptions::default()).unwrap();
    drop(context); //~ E0505
    monitor.next_event().unwrap();
}
