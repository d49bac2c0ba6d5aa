// SPDX-License-Identifier: LGPL-2.1-or-later
//! A monitor stays in the thread of its context.
use mhp::{Context, Monitor, MonitorOptions};

fn main() {
    let context = Context::new(None).unwrap();
    let mut monitor = Monitor::new(&context, MonitorOptions::default()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || monitor.next_event().map(drop)); //~ E0277
    });
}
