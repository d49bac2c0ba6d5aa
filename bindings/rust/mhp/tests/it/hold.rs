// SPDX-License-Identifier: LGPL-2.1-or-later
//! One of a kind; and what is left of who was killed.
use crate::*;
use mhp::*;

#[test]
fn there_is_one_at_a_time() {
    let (machine, context) = machine();
    context.set_program(Some("rust-test")).unwrap();
    let hold = context.hold("agent", "standing policy").unwrap();
    drop(context); // it keeps what it needs
    let other = machine.context().unwrap();
    let error = other.hold("agent", "me").unwrap_err();
    assert_eq!(error.code(), EAGAIN);
    let holder = error.message().unwrap().to_string_lossy().into_owned();
    assert!(holder.starts_with("rust-test[") && holder.ends_with("]: standing policy"), "{holder}");
    std::thread::spawn(move || drop(hold)).join().unwrap();
    drop(other.hold("agent", "me").unwrap());
    assert_eq!(other.hold("No such name", "me").unwrap_err().code(), EINVAL);
    assert_eq!(other.set_program(Some("")).unwrap_err().code(), EINVAL);
    other.set_program(None).unwrap();
}

/// A machine whose policy is borrowed by who was killed.
fn killed() -> sim::Machine {
    for n in 1..100 {
        let (machine, context) = machine();
        machine.kill_after(n);
        let _ = context.fulfil(&plug(), ApplyOptions::new());
        let policy = machine.read("/sys/devices/system/memory/auto_online_blocks").unwrap();
        if policy == "online_movable\n" {
            return machine;
        }
    }
    panic!("nothing is borrowed")
}

#[test]
fn what_was_borrowed_is_put_back() {
    let machine = killed();
    let context = machine.context().unwrap();
    let snap = context.snapshot(SnapshotFlags::NONE).unwrap();
    let pending = snap.pending().unwrap().unwrap();
    assert!(!pending.is_running && pending.what.to_string_lossy().contains("dax0.0"));
    let recovery = context.recover(ApplyOptions::new()).unwrap().unwrap();
    assert!(recovery.is_complete());
    assert!(recovery.transaction().to_string_lossy().contains("dax0.0"), "{recovery:?}");
    let policy = recovery.settings().find(|s| s.ours == "online_movable").unwrap();
    assert_eq!((policy.returned, policy.code), (Returned::DONE, 0));
    assert!(policy.before == "online" && policy.path.as_bytes().ends_with(b"_blocks"));
    assert!(context.recover(ApplyOptions::new()).unwrap().is_none());
}

#[test]
fn the_next_one_puts_it_back_and_tells() {
    let context = killed().context().unwrap();
    let report = context.fulfil(&plug(), ApplyOptions::new()).unwrap();
    assert!(report.recovery().unwrap().settings().len() > 0);
    assert!(report.recovery().unwrap().is_complete());
}
