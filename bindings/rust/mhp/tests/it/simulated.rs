// SPDX-License-Identifier: LGPL-2.1-or-later
//! The simulated machine itself.
use crate::*;
use mhp::sim::*;
use mhp::*;
use std::os::unix::io::{AsFd, AsRawFd};

const STATE: &str = "/sys/devices/system/memory/memory32/state";

fn plugged() -> (Machine, Context) {
    let (machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    (machine, context)
}

fn offline(context: &Context) -> Report {
    context.offline_region("dax0.0", Rules::NONE).unwrap()
}

#[test]
fn a_capture_makes_the_same_machine() {
    let (machine, context) = plugged();
    let text = context.capture(CaptureFlags::IDENTITY).unwrap();
    let again = Machine::from_text(&text).unwrap();
    assert_eq!(again.context().unwrap().capture(CaptureFlags::IDENTITY).unwrap(), text);
    assert_eq!(again.read(STATE).unwrap(), machine.read(STATE).unwrap());
    assert!(machine.capture().unwrap().as_bytes().len() > 1000);
    let path = std::env::temp_dir().join(format!("mhp-{}.txt", std::process::id()));
    std::fs::write(&path, text.as_bytes()).unwrap();
    let shown = Machine::from_capture_with(&path, MachineFlags::READ_ONLY).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(shown.write(STATE, "offline").unwrap_err().code(), 30); // EROFS
}

#[test]
fn why_there_is_no_machine() {
    let error = Machine::from_text("no capture").unwrap_err();
    assert_eq!(error.code(), 74); // EBADMSG
    assert!(error.message().is_some(), "{error}");
    let error = Machine::from_capture("/no such file").unwrap_err();
    assert_eq!((error.code(), error.path().unwrap().to_str()), (ENOENT, Ok("/no such file")));
    let error = Builder::new(Kernel::V6_1).unwrap().set("auto_online_blocks", "maybe").unwrap_err();
    assert!(error.message().unwrap().to_string_lossy().contains("maybe"), "{error}");
    let error = Builder::new(Kernel::V6_1).unwrap().build().unwrap_err();
    assert_eq!((error.function(), error.code()), ("mhp_sim_new_from_builder", EINVAL));
    assert!(error.message().is_some(), "{error}");
    assert_eq!(Builder::new(Kernel::from_raw(99)).unwrap_err().code(), EINVAL);
}

#[test]
fn errors_name_what_was_asked_for() {
    let (machine, context) = machine();
    let error = machine.fail_block(33, "online_movable", EBUSY, 0).unwrap_err();
    assert!(error.to_string().contains("block 33, \"online_movable\", 16"), "{error}");
    let error =
        context.snapshot(SnapshotOptions::new(SnapshotFlags::NONE).region("dax7.0")).unwrap_err();
    assert!(error.to_string().contains("dax7.0"), "{error}");
}

#[test]
fn one_builder_makes_many_machines() {
    let builder = Builder::new(Kernel::V7_3)
        .and_then(|b| b.block_size_bytes(256 << 20))
        .and_then(|b| b.node(0, 4)?.node(1, 0)?.node(2, 0)?.distance(0, 1, 30))
        .and_then(|b| b.memory(0, 0, 2 << 30)?.load("kmem"))
        .and_then(|b| b.virtio_mem("virtio0", 1, 8 << 30, 1 << 30, 2 << 20))
        .and_then(|b| b.cxl_memdev("mem0", 0, 1 << 30, 5)?.cxl_memdev("mem1", 0, 1 << 30, 6))
        .and_then(|b| b.cxl_window(2, 16 << 30, 4 << 30))
        .and_then(|b| b.cxl_region("region0", 16 << 30, 2 << 30, &["mem0", "mem1"], CxlFlags::NONE))
        .unwrap();
    let (one, two) = (builder.build().unwrap(), builder.build().unwrap());
    drop(builder);
    one.resize_virtio_mem("virtio0", 1 << 30).unwrap();
    let devices = |machine: &Machine| {
        let snap = machine.context().unwrap().snapshot(SnapshotFlags::IDENTITY).unwrap();
        let region = snap.region("region0").unwrap();
        let serials: Vec<u64> = region.devices().map(|device| device.serial.unwrap()).collect();
        assert!(region.facts().len() > 0 && region.identity().is_ok());
        assert_eq!(region.fact("interleave_ways").unwrap(), "2");
        assert_eq!(region.fact("no such").unwrap_err().code(), ENODATA);
        assert!(region.has_children() && region.parent().is_none());
        let count = snap.blocks().len();
        (count, serials)
    };
    assert_eq!(devices(&two).1, [5, 6]);
    assert!(devices(&one).0 > devices(&two).0);
    one.set_virtio_mem("virtio0", 2, 2 << 20).unwrap();
    assert_eq!(one.resize_virtio_mem("virtio9", 0).unwrap_err().code(), 19); // ENODEV
}

#[test]
fn it_misbehaves_upon_request() {
    let (machine, context) = plugged();
    machine.fail_write(STATE, Some("offline"), EBUSY, 1).unwrap();
    assert_eq!(offline(&context).outcome(), Outcome::UNDONE);
    machine.fail_block(ANY_BLOCK, "offline", EBUSY, 1).unwrap();
    assert_eq!(offline(&context).reason(), Reason::BUSY);
    machine.pin_block(33, "online").unwrap();
    offline(&context).ok().unwrap();
    context.online_region("dax0.0", OnlineType::ONLINE_MOVABLE, Rules::NONE).unwrap();
    assert_eq!(offline(&context).outcome(), Outcome::UNDONE);
    machine.set_privileged(false).unwrap();
    assert_eq!(offline(&context).outcome(), Outcome::REFUSED);
    machine.set_privileged(true).unwrap();
    machine.set_contained(true);
    machine.set_contained(false);
    machine.set_read_only(Accesses::WRITE).unwrap();
    assert_eq!(offline(&context).reason(), Reason::READ_ONLY);
    machine.set_read_only(Accesses::NONE).unwrap();
    machine.fail_at(Accesses::WRITE, None, 1, EBUSY).unwrap();
    machine.clear_failures();
}

#[test]
fn others_act_meanwhile() {
    let (machine, context) = plugged();
    let of = |id: u64| format!("/sys/devices/system/memory/memory{id}/state");
    machine.race(of(39), of(32), "offline").unwrap();
    machine.race_at(Accesses::WRITE, None, 2, of(35), "offline").unwrap();
    let report = offline(&context).ok().unwrap();
    for (id, reason) in [(35, Reason::ALREADY), (32, Reason::ALREADY), (37, Reason::DONE)] {
        assert_eq!(report.results().find(|r| r.id() == id).unwrap().reason(), reason, "{id}");
    }
    machine.race_remove(None, 34).unwrap();
    assert_eq!(machine.read(of(34)).unwrap_err().code(), ENOENT);
    machine.poison_block(33).unwrap();
    machine.hold_hotplug().unwrap();
    assert_eq!(machine.hold_hotplug().unwrap_err().code(), EBUSY);
    machine.release_hotplug();
    machine.hang_block(33, 0).unwrap();
    machine.release_block(33);
}

#[test]
fn devices_and_modules_come_and_go() {
    let (machine, _context) = plugged();
    machine.plug_dimm(1, 0, 8 << 30, 1 << 30).unwrap();
    assert_eq!(machine.plug_dimm(1, 0, 8 << 30, 1 << 30).unwrap_err().code(), EBUSY);
    machine.request_unplug_dimm(1).unwrap();
    machine.unload_module("kmem").unwrap();
    assert_eq!(machine.unload_module("kmem").unwrap_err().code(), ENOENT);
    machine.set_module("kmem", ENOENT).unwrap();
    machine.set_udev_rule(Some("online")).unwrap();
    machine.set_udev_rule(None).unwrap();
    assert!(machine.write_count() <= machine.count(Accesses::WRITE | Accesses::READ));
    assert!(machine.read_count() > 0);
}

#[test]
fn uevents_are_received() {
    let (machine, _context) = plugged();
    let mut listener = machine.listen(2).unwrap();
    assert!(listener.as_raw_fd() >= 0 && listener.receive().unwrap().is_none());
    assert_eq!(listener.as_fd().as_raw_fd(), listener.as_raw_fd());
    machine.write(STATE, "offline").unwrap();
    drop(machine); // it keeps it
    let text = listener.receive().unwrap().unwrap();
    assert!(text.to_string_lossy().starts_with("offline@/devices/system/memory/memory32\n"));
    assert!(listener.receive().unwrap().is_none());
}

/// For "check", which has it fail: is what is lost noticed?
#[test]
#[ignore = "loses a machine"]
fn a_machine_is_lost() {
    let (machine, context) = machine();
    std::mem::forget((machine, context));
}
