// SPDX-License-Identifier: LGPL-2.1-or-later
//! An agent to begin with: each dax region that appears becomes System RAM in zone Movable; with
//! --sim CAPTURE [PATH=WORD]... [-BLOCK=online]... on a machine that is simulated, as others act.
use mhp::{sim::Machine, *};
use std::{collections::HashMap, env, process, time::Duration};

/// At the region of that name, or at all; three tries each: what is put back makes events, too.
fn look(context: &Context, at: &Text, tries: &mut HashMap<TextBuf, u32>) -> Result<()> {
    let snap = context.snapshot(SnapshotFlags::NONE)?;
    for name in snap.regions().filter(|r| r.kind() == RegionKind::DAX).map(|r| r.name()) {
        let failed = tries.entry(name.to_owned()).or_default();
        if *failed == 3 || (at != "" && at != name) {
            continue;
        }
        match context.plug_region(name, OnlineType::ONLINE_MOVABLE, Rules::NONE) {
            Err(error) => eprintln!("{name}: {error}"), // of this one: others have their turn
            Ok(report) if report.reason() == Reason::ALREADY => (),
            Ok(report) => {
                println!("{report}");
                *failed += u32::from(report.reason() != Reason::CONFLICT && report.ok().is_err());
            }
        }
    }
    Ok(())
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let (mut args, mut tries) = (env::args().skip(1), HashMap::new());
    let machine = match (args.next().as_deref(), args.next()) {
        (None, _) => None,
        (Some("--sim"), Some(path)) => Some(Machine::from_capture(path)?),
        _ => {
            eprintln!("usage: agent [--sim CAPTURE [PATH=WORD]... [-BLOCK=online]...]");
            process::exit(2)
        }
    };
    let context = machine.as_ref().map_or_else(|| Context::new(None), Machine::context)?;
    let mut monitor = Monitor::new(&context, MonitorOptions::default())?;
    let mut look = |at: &Text| look(&context, at, &mut tries).unwrap_or_else(|e| eprintln!("{e}"));
    look(Default::default()); // the monitor listens already: nothing is missed
    loop {
        while monitor.wait(machine.as_ref().map(|_| Duration::ZERO))? {
            while let Some(event) = monitor.next_event()? {
                match event.kind() {
                    EventKind::LOST => look(Default::default()),
                    EventKind::DEVICE_ADDED | EventKind::DEVICE_BOUND => look(event.name()),
                    _ => (), // blocks that come and go are others' business
                }
            }
        }
        match (&machine, args.next().as_deref().map(|act| act.split_once('=').ok_or("PATH=WORD"))) {
            (Some(machine), Some(act)) => match (act?, act?.0.strip_prefix('-')) {
                ((_, word), Some(id)) => machine.fail_block(id.parse()?, word, 16, 0)?,
                ((path, word), None) => machine.write(path, word)?,
            },
            _ => return Ok(()), // nothing happens to a simulated machine by itself
        }
    }
}
