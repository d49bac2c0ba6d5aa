// SPDX-License-Identifier: LGPL-2.1-or-later
//! Enumerations: words of the library, and values that it does not know.
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
