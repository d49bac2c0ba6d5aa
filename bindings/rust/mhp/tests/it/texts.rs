// SPDX-License-Identifier: LGPL-2.1-or-later
//! Texts are bytes, without NUL.
use crate::*;
use mhp::*;
use std::path::Path;

#[test]
fn what_is_no_utf8_is_kept() {
    let rule = "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}=\"online\"\n";
    let builder = builder(sim::Kernel::V6_12).set(b"/etc/udev/rules.d/\xff.rules", rule).unwrap();
    let context = builder.build().unwrap().context().unwrap();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let path = snap.udev_rules().next().unwrap().path;
    assert_eq!(path.as_bytes(), b"/etc/udev/rules.d/\xff.rules");
    assert!(path.to_str().is_err());
    assert_eq!(path.to_string(), "/etc/udev/rules.d/\u{fffd}.rules");
    assert_eq!(format!("{path:?}"), r#""/etc/udev/rules.d/\xff.rules""#);
    assert_eq!(AsRef::<Path>::as_ref(path).file_stem().unwrap().len(), 1);
    assert_eq!(&*path.to_owned(), path);
    // and in a message
    let plan = snap.plan(&plug().rules(Rules::NONE)).unwrap();
    assert!(plan.text().unwrap().to_str().unwrap().is_ascii());
}

#[test]
fn a_name_of_any_bytes_is_looked_for() {
    let (_machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let name = b"dax\xff \x01";
    assert!(snap.region(name).is_none());
    let error = snap.plan(&plug().region(name)).unwrap_err();
    assert_eq!(error.code(), ENOENT);
    assert!(error.to_string().is_ascii(), "{error}"); // the library escapes what it tells
    let error = Context::new(Some(Path::new("/no\u{1b}where"))).unwrap_err();
    assert!(!error.to_string().contains('\u{1b}'), "{error}");
}

#[test]
fn a_nul_is_refused_by_whatever_takes_a_text() {
    let (machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let nul = "a\0b";
    let movable = OnlineType::ONLINE_MOVABLE;
    let region = snap.regions().next().unwrap();
    let mut standing = policy::Standing::from_text("a", "").unwrap();
    let builder = || builder(sim::Kernel::V6_12);
    let refused = [
        TextBuf::new(nul).map(drop),
        Context::new(Some(Path::new(nul))).map(drop),
        context.snapshot(SnapshotOptions::default().region(nul)).map(drop),
        context.online_region(nul, movable, Rules::NONE).map(drop),
        context.offline_region(nul, Rules::NONE).map(drop),
        context.unplug_region(nul, Rules::NONE).map(drop),
        context.plug_region(nul, movable, Rules::NONE).map(drop),
        context.fulfil(&Request::new().region(nul), ApplyOptions::new()).map(drop),
        context.wait_region(nul, WaitFor::PRESENT, WaitOptions::new()).map(drop),
        context.hold(nul, "what").map(drop),
        context.hold("agent", nul).map(drop),
        context.set_program(Some(nul)),
        Request::new().driver(Some(nul)).check(),
        snap.plan(&Request::new().region(nul)).map(drop),
        region.fact(nul).map(drop),
        OnlineType::from_word(nul).map(drop),
        nul.parse::<RegionKind>().map(drop),
        policy::Standing::from_text(nul, "").map(drop),
        standing.add_text(nul, ""),
        sim::Machine::from_capture(nul).map(drop),
        machine.read(nul).map(drop),
        machine.write("/sys", nul),
        machine.fail_at(sim::Accesses::READ, Some(nul), 1, 5),
        builder().set(nul, "x").map(drop),
        builder().load(nul).map(drop),
        builder().dax(nul, 0, 0, 0).map(drop),
        builder().cxl_region("region0", 0, 0, &[nul], sim::CxlFlags::NONE).map(drop),
    ];
    for (i, result) in refused.into_iter().enumerate() {
        assert_eq!(result.unwrap_err().code(), EINVAL, "{i}");
    }
    assert!(snap.region(nul).is_none());
    // a text with a length may hold it, and is refused as what it is
    assert_eq!(Plan::from_text(nul).unwrap_err().code(), 74); // EBADMSG
}

#[test]
fn the_library_is_asked_what_it_is() {
    assert!(version().to_str().unwrap().split('.').count() == 3);
    assert!(!has(Feature::from_raw(99)));
}
