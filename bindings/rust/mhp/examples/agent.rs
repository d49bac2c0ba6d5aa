// SPDX-License-Identifier: LGPL-2.1-or-later
//! An agent to begin with: each dax region that appears becomes System RAM in zone Movable. With
//! --sim CAPTURE [PATH=WORD]... [-BLOCK=online]... of a simulated machine, where others write these
//! words, and blocks refuse. Context::fulfil() has a deadline, and a CancelToken for Ctrl-C.
use mhp::{sim::Machine, *};
use std::{collections::HashMap, env, process, time::Duration};

/// At the region of that name, or at all; three tries each: what is put back makes events, too.
fn look(context: &Context, only: Option<&Text>, tries: &mut HashMap<TextBuf, u32>) -> Result<()> {
    let snap = context.snapshot(SnapshotFlags::NONE)?;
    for name in snap.regions().filter(|r| r.kind() == RegionKind::DAX).map(|r| r.name()) {
        let failed = tries.entry(name.to_owned()).or_default();
        if *failed == 3 || only.map_or(false, |only| only != name) {
            continue;
        }
        // the system's policy is borrowed meanwhile
        let report = context.plug_region(name, OnlineType::ONLINE_MOVABLE, Rules::NONE)?;
        if report.reason() != Reason::ALREADY {
            println!("{report}");
        }
        *failed += u32::from(![Outcome::DONE, Outcome::REFUSED].contains(&report.outcome()));
    }
    Ok(())
}

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let (mut args, mut failures) = (env::args().skip(1), HashMap::new());
    let machine = match (args.next().as_deref(), args.next()) {
        (None, _) => None,
        (Some("--sim"), Some(path)) => Some(Machine::from_capture(path)?),
        _ => {
            eprintln!("usage: agent [--sim CAPTURE [PATH=WORD]...]");
            process::exit(2)
        }
    };
    let context = machine.as_ref().map_or_else(|| Context::new(None), Machine::context)?;
    let mut monitor = Monitor::new(&context, MonitorOptions::default())?;
    let mut look = |only: Option<&Text>| look(&context, only, &mut failures);
    look(None)?; // the monitor listens already: nothing is missed
    loop {
        while monitor.wait(machine.as_ref().map(|_| Duration::ZERO))? {
            while let Some(event) = monitor.next_event()? {
                match event.kind() {
                    EventKind::LOST => look(None)?,
                    EventKind::DEVICE_ADDED | EventKind::DEVICE_BOUND => look(Some(event.name()))?,
                    _ => (), // blocks that come and go are others' business
                }
            }
        }
        let act = args.next(); // nothing happens to a simulated machine by itself
        match (&machine, act.as_ref().map(|act| act.split_once('=').ok_or("PATH=WORD"))) {
            (Some(machine), Some(act)) => match (act?, act?.0.strip_prefix('-')) {
                ((_, word), Some(id)) => machine.fail_block(id.parse()?, word, 16, 0)?,
                ((path, word), None) => machine.write(path, word)?,
            },
            _ => return Ok(()),
        }
    }
}
