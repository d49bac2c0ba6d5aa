// SPDX-License-Identifier: LGPL-2.1-or-later
//! Enumerations: words of the library, and values that it does not know.
use crate::*;
use mhp::policy::{Agenda, AgendaOptions, ItemState, Standing};
use mhp::*;

#[test]
fn words_are_the_librarys() {
    assert_eq!(State::GOING_OFFLINE.to_string(), "going-offline");
    assert_eq!(format!("{:?} {:>8}", Zone::MOVABLE, Zone::DMA), "Movable      DMA");
    assert_eq!(OnlineType::ONLINE_MOVABLE.word(), "online_movable");
    assert_eq!("online_kernel".parse(), Ok(OnlineType::ONLINE_KERNEL));
    assert_eq!("virtio-mem".parse(), Ok(RegionKind::VIRTIO_MEM));
    assert_eq!("movable".parse::<OnlineType>().unwrap_err().code(), 22);
    assert_eq!(ConflictCode::WARNING_UDEV_RULE.word(), ConflictCode::UDEV_RULE.word());
    assert_eq!(WaitFor::READY.word(), "READY"); // the library has none for it
}

#[test]
fn unknown_values_are_kept() {
    for raw in [99, u32::MAX] {
        assert_eq!(State::from_raw(raw).raw(), raw);
        assert_eq!(State::from_raw(raw).to_string(), "unknown");
        assert_eq!(format!("{:?}", Outcome::from_raw(raw)), format!("unknown({raw})"));
        assert_eq!(OnlineType::from_raw(raw).word(), "unknown");
        assert!(Reason::from_raw(raw).is_failure());
    }
    let is_known = match EventKind::from_raw(99) {
        EventKind::UNKNOWN => "not known to the library",
        EventKind::LOST => "another one",
        _ => "of a later library",
    };
    assert_eq!(is_known, "of a later library");
}

#[test]
fn flags_are_joined() {
    let mut rules = Rules::KEEP | Rules::BORROW;
    rules |= Rules::from_bits(1 << 40);
    assert!(rules.contains(Rules::KEEP) && !rules.contains(Rules::REZONE));
    assert_eq!(format!("{rules:?}"), "KEEP | BORROW | 0x10000000000");
    assert_eq!(format!("{:?}", Rules::default()), "0");
}

#[test]
fn unknown_values_are_handed_over() {
    let (machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS | SnapshotFlags::TOPOLOGY).unwrap();
    let (region, node) = (snap.region("dax0.0").unwrap(), snap.node(1).unwrap());
    let standing = Standing::from_text("a.conf", "").unwrap();
    let agenda = Agenda::new(&snap, &standing, AgendaOptions::new()).unwrap();
    let monitor = Monitor::new(&context, MonitorOptions::default()).unwrap();
    for raw in [99, 1 << 31, u32::MAX] {
        let (access, online_type) = (Access::from_raw(raw), OnlineType::from_raw(raw));
        let tell = EventSource::from_raw(raw);
        let refused = [
            snap.zone_bytes(Zone::from_raw(raw)).map(drop),
            node.zone_bytes(Zone::from_raw(raw)).map(drop),
            node.read_bandwidth_mb_per_s(access).map(drop),
            node.write_bandwidth_mb_per_s(access).map(drop),
            node.read_latency_ns(access).map(drop),
            node.write_latency_ns(access).map(drop),
            node.initiators(access).map(drop),
            Request::new().kind(RegionKind::from_raw(raw)).check(),
            Request::new().goal(Goal::from_raw(raw)).check(),
            Request::new().online_type(online_type).check(),
            context.online_region("dax0.0", online_type, Rules::NONE).map(drop),
            context.plug_region("dax0.0", online_type, Rules::NONE).map(drop),
            context.wait_region("dax0.0", WaitFor::from_raw(raw), WaitOptions::new()).map(drop),
            context.wait_region("dax0.0", WaitFor::GONE, WaitOptions::new().source(tell)).map(drop),
            Monitor::new(&context, MonitorOptions::default().source(tell)).map(drop),
            sim::Builder::new(sim::Kernel::from_raw(raw)).map(drop),
        ];
        for (i, result) in refused.into_iter().enumerate() {
            assert!(result.is_err(), "{i}: {raw}");
        }
        assert!(region.can(Capability::from_raw(raw)).is_err());
        assert_eq!(monitor.block_count(State::from_raw(raw)), 0);
        assert_eq!(agenda.count(ItemState::from_raw(raw)), 0);
        assert_eq!(machine.count(sim::Accesses::from_bits(u64::from(raw) << 32)), 0);
        assert!(!has(Feature::from_raw(raw)));
    }
}
