// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::*;
use mhp::*;
use std::os::unix::io::{AsFd, AsRawFd};
use std::time::Duration;

fn names(monitor: &mut Monitor<'_>) -> Vec<(EventKind, String)> {
    let mut list = Vec::new();
    while let Some(event) = monitor.next_event().unwrap() {
        list.push((event.kind(), event.name().to_string()));
    }
    list
}

#[test]
fn events_lead_to_the_machines_state() {
    let (machine, context) = machine();
    let options = MonitorOptions::new(MonitorFlags::CAUSES).buffer_bytes(1 << 20);
    let mut monitor = Monitor::new(&context, options).unwrap();
    assert_eq!(monitor.as_fd().as_raw_fd(), monitor.as_raw_fd());
    assert!(!monitor.wait(Duration::ZERO).unwrap());
    assert!(monitor.next_event().unwrap().is_none());
    let before = monitor.snapshot();

    let other = machine.context().unwrap();
    other.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    assert!(monitor.wait(None).unwrap());
    let event = monitor.next_event().unwrap().unwrap();
    assert!(event.seqnum() > 0 && !event.is_found());
    assert!(event.time() > std::time::UNIX_EPOCH);
    assert!(!event.text().unwrap().as_bytes().is_empty());
    let all = names(&mut monitor);
    let online = (EventKind::BLOCK_ONLINE, "memory35".to_string());
    assert!(all.contains(&online) && all.iter().any(|(_, name)| name == "dax0.0"), "{all:?}");
    assert_eq!(monitor.block_count(State::UNKNOWN), 16);
    assert_eq!(monitor.block(35), (State::ONLINE, Zone::MOVABLE));
    assert_eq!(monitor.block(99).0, State::ABSENT);
    // snapshots stay as they are
    assert_eq!(before.blocks().len(), 8);
    monitor.refresh().unwrap();
    assert_eq!((monitor.snapshot().blocks().len(), before.blocks().len()), (16, 8));
}

#[test]
fn an_event_tells_of_a_block() {
    let (machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    let mut monitor = Monitor::new(&context, MonitorOptions::new(MonitorFlags::CAUSES)).unwrap();
    machine.write("/sys/devices/system/memory/memory35/state", "offline").unwrap();
    let event = monitor.next_event().unwrap().unwrap();
    assert_eq!((event.kind(), event.block_id()), (EventKind::BLOCK_OFFLINE, Ok(35)));
    assert_eq!((event.before().0, event.after().0), (State::ONLINE, State::OFFLINE));
    assert_eq!(event.region_name().unwrap(), "dax0.0");
    assert_eq!((event.node_id(), event.word_after()), (Ok(1), None));
    assert_eq!(event.cause(), CauseKind::UNKNOWN);
    assert!(event.cause_text().is_some());
}

#[test]
fn what_no_message_tells_is_looked_at() {
    let (machine, context) = machine();
    let mut monitor = Monitor::new(&context, MonitorOptions::default()).unwrap();
    machine.write("/sys/module/memory_hotplug/parameters/online_policy", "auto-movable").unwrap();
    monitor.check().unwrap();
    let event = monitor.next_event().unwrap().unwrap();
    assert_eq!((event.kind(), event.is_found()), (EventKind::POLICY_CHANGED, true));
    let words = (event.word_before().unwrap(), event.word_after().unwrap());
    assert_eq!(
        words,
        (&*TextBuf::new("contig-zones").unwrap(), &*TextBuf::new("auto-movable").unwrap())
    );
    assert_eq!(event.block_id().unwrap_err().code(), ENODATA);
}

#[test]
fn lost_events_are_told() {
    let (machine, context) = machine();
    let mut monitor = Monitor::new(&context, MonitorOptions::default()).unwrap();
    machine.lose_events(1000).unwrap();
    let other = machine.context().unwrap();
    other.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    let kinds: Vec<EventKind> = names(&mut monitor).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds.first(), Some(&EventKind::LOST));
    assert_eq!(kinds.last(), Some(&EventKind::RESYNCED));
}

#[test]
fn a_source_that_is_not_there_is_refused() {
    let (_machine, context) = machine();
    let options = MonitorOptions::default().source(EventSource::from_raw(77));
    let error = Monitor::new(&context, options.snapshots(SnapshotFlags::NONE)).unwrap_err();
    assert_eq!(error.function(), "mhp_monitor_new");
    assert!(error.code() == EINVAL || error.code() == 95, "{error}"); // EOPNOTSUPP
}
