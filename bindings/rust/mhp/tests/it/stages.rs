// SPDX-License-Identifier: LGPL-2.1-or-later
//! From a snapshot to a report.
use crate::*;
use mhp::*;

#[test]
fn a_region_is_plugged_and_unplugged() {
    let (_machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    assert!(snap.flags().contains(SnapshotFlags::FOR_PLANS | SnapshotFlags::IDENTITY));
    assert_eq!(snap.block_size_bytes(), 128 << 20);
    let region = snap.region("dax0.0").unwrap();
    assert_eq!((region.state(), region.kind()), (State::ABSENT, RegionKind::DAX));
    let plan = snap.plan(&plug()).unwrap();
    drop(snap); // it is not needed any more
    assert_eq!((plan.conflicts().len(), plan.goal()), (0, Goal::PLUGGED));
    assert_eq!(plan.region_name().unwrap(), "dax0.0");
    assert!(plan.steps().any(|step| step.kind() == StepKind::BORROW));

    let report = context.apply(&plan, ApplyOptions::new()).unwrap().ok().unwrap();
    assert_eq!((report.reason(), report.code()), (Reason::DONE, 0));
    assert_eq!(report.results().len(), 8);
    for (result, id) in report.results().zip(32..) {
        assert_eq!((result.id(), result.code()), (id, 0));
        assert_eq!(result.before(), (State::ABSENT, Zone::UNKNOWN));
        assert_eq!(result.after(), (State::ONLINE, Zone::MOVABLE));
        assert_eq!(result.wanted_word(), "online_movable");
    }
    assert!(report.writes().all(|write| write.code == 0));
    assert!(report.writes().len() > 2 && report.recovery().is_none());
    assert_eq!(report.plan().steps().len(), plan.steps().len());

    let report = context.unplug_region("dax0.0", Rules::NONE).unwrap().ok().unwrap();
    assert!(report.results().all(|result| result.after().0 == State::ABSENT));
}

#[test]
fn blocks_nodes_and_regions_know_one_another() {
    let (machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    let flags = SnapshotFlags::TOPOLOGY | SnapshotFlags::IDENTITY | SnapshotFlags::EXACT;
    let snap = context.snapshot(flags).unwrap();
    drop((machine, context));
    let region = snap.region("dax0.0").unwrap();
    assert_eq!(region.blocks().len(), 8);
    assert_eq!(region.block_runs().next(), Some(32..40));
    let range = region.ranges().unwrap()[0];
    assert_eq!((range.start, range.size_bytes), (4 << 30, 1 << 30));
    assert_eq!(region.online_bytes().unwrap(), 1 << 30);
    assert_eq!(region.driver().unwrap().unwrap(), "kmem");
    assert_eq!(region.node_id().unwrap(), 1);
    assert!(region.can(Capability::UNPLUG).is_ok());
    assert!(!region.can(Capability::RELEASE).unwrap_err().as_bytes().is_empty());
    assert!(region.can(Capability::from_raw(99)).is_err());
    let (cause, text) = region.guess_cause().unwrap();
    assert!(!text.as_bytes().is_empty(), "{cause}");

    let block = snap.block(35).unwrap();
    assert_eq!(block.region().unwrap().name(), region.name());
    assert_eq!((block.node_id().unwrap(), block.zone()), (1, Zone::MOVABLE));
    assert_eq!(block.zones().collect::<Vec<_>>(), [Zone::MOVABLE]);
    assert!(!block.is_inferred() && block.zones_text().is_none());
    assert_eq!(format!("{block:?}"), "memory35 online");
    assert!(snap.block(u64::MAX).is_none() && snap.node(-1).is_none());

    let node = snap.node(1).unwrap();
    assert_eq!((node.kind(), node.has_cpu().unwrap()), (NodeKind::CPU_LESS, false));
    assert_eq!(node.block_count(), 8);
    assert_eq!(node.distance(0).unwrap(), 20);
    assert_eq!(node.distance(9).unwrap_err().code(), ENOENT);
    assert_eq!(node.movable_bytes().unwrap(), 1 << 30);
    assert_eq!(node.zone_bytes(Zone::MOVABLE).unwrap().present, 1 << 30);
    assert!(node.regions().any(|other| other.name() == region.name()));
    assert!(node.is_from_regions().unwrap());
    assert!(node.caches().map_or_else(|error| error.is_no_data(), |list| list.is_empty()));
    assert!(snap.nodes().rev().map(|node| node.id()).eq([1, 0]));
    assert_eq!(snap.blocks().len(), 16);
    assert_eq!(snap.blocks().last().unwrap().id(), 39);
}

#[test]
fn the_systems_policy_is_told() {
    let machine = builder(sim::Kernel::V6_12)
        .set("auto_online_blocks", "online_kernel")
        .unwrap()
        .set(
            "/etc/udev/rules.d/40-memory.rules",
            concat!(
                "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}==\"offline\", ",
                "ATTR{state}=\"online\"\n"
            ),
        )
        .unwrap()
        .build()
        .unwrap();
    let snap = machine.context().unwrap().snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    assert_eq!(snap.default_online_type().unwrap(), OnlineType::ONLINE_KERNEL);
    assert_eq!(snap.online_policy().unwrap(), "contig-zones");
    assert_eq!(snap.auto_movable_ratio().unwrap(), 301);
    assert!(snap.has_hotremove().unwrap() && snap.udev_rules_read().is_ok());
    let rule = snap.udev_rules().next().unwrap();
    assert_eq!((rule.line, rule.word.unwrap().to_str(), rule.may), (1, Ok("online"), false));
    let plan = snap.plan(&plug().rules(Rules::NONE)).unwrap();
    assert!(plan.conflicts().any(|conflict| conflict.code() == ConflictCode::POLICY));
    assert!(plan.conflicts().all(|conflict| conflict.hint().is_some()));
}

#[test]
fn what_refuses_is_a_report_and_can_be_an_error() {
    let (machine, context) = machine();
    machine.fail_block(33, "online", EBUSY, 0).unwrap();
    let report = context.fulfil(&plug(), ApplyOptions::new()).unwrap();
    assert_eq!(report.outcome(), Outcome::UNDONE);
    let blamed: Vec<u64> =
        report.results().filter(|r| r.reason().is_failure()).map(|r| r.id()).collect();
    assert!(blamed.contains(&33), "{blamed:?}");
    let line = report.to_string();
    let error = report.ok().unwrap_err();
    assert_eq!(error.to_string(), line);
    assert!(line.starts_with("undone: dax0.0: "), "{line}");
    assert_eq!(error.report().outcome(), Outcome::UNDONE);
    assert!(error.into_report().writes().any(|write| write.is_undo));
}

#[test]
fn a_failed_call_says_what_and_why() {
    let (_machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let error = snap.plan(&plug().region("dax9.9")).unwrap_err();
    assert_eq!((error.code(), error.kind()), (ENOENT, std::io::ErrorKind::NotFound));
    assert!(error.message().unwrap().to_string_lossy().contains("dax9.9"), "{error}");
    assert_eq!(error.reason(), "No such file or directory");
    let error = snap.plan(&Request::new().region("dax0.0")).unwrap_err();
    assert_eq!((error.function(), error.code()), ("mhp_plan_new_why", EINVAL));

    let error = Context::new(Some("/no such root".as_ref())).unwrap_err();
    assert_eq!(error.to_string(), "mhp_ctx_new: No such file or directory: /no such root");
    let error: std::io::Error = error.into();
    assert_eq!(error.kind(), std::io::ErrorKind::NotFound);
    let empty = std::env::temp_dir();
    let error = Context::new(Some(&empty)).unwrap().snapshot(SnapshotFlags::NONE).unwrap_err();
    assert!(error.path().is_some() || error.message().is_some(), "{error}");
}

#[test]
fn files_that_cannot_be_read_are_problems() {
    let (machine, context) = machine();
    let state = "/sys/devices/system/memory/memory1/state";
    machine.fail_read(state, 5, 0).unwrap();
    let snap = context.snapshot(SnapshotFlags::EXACT).unwrap();
    assert_eq!(snap.block(1).unwrap().state(), State::UNKNOWN);
    let problem = snap.problems().next().unwrap();
    assert_eq!((problem.path.to_str(), problem.code), (Ok(state), 5));
    assert!(problem.error().to_string().contains(state));
    assert!(snap.nodes_listed().is_ok() && snap.regions_listed().is_ok());
}

#[test]
fn a_snapshot_of_one_region_on_top_of_another() {
    let (_machine, context) = machine();
    let all = context.snapshot(SnapshotFlags::NONE).unwrap();
    let options = SnapshotOptions::new(SnapshotFlags::FOR_PLANS).region("dax0.0").base(&all);
    let one = context.snapshot(options).unwrap();
    assert_eq!(one.blocks().len(), all.blocks().len());
    let nowhere = SnapshotOptions::new(SnapshotFlags::NONE).region("dax9.9");
    assert_eq!(context.snapshot(nowhere).unwrap_err().code(), ENOENT);
}

#[test]
fn a_plan_is_saved_and_read_again() {
    let (_machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let plan = snap.plan(&plug()).unwrap();
    let again = Plan::from_text(plan.saved().unwrap()).unwrap();
    assert_eq!(again.text().unwrap(), plan.text().unwrap());
    assert!(again.steps().zip(plan.steps()).all(|(a, b)| a.path() == b.path()));
    context.apply(&again, ApplyOptions::new()).unwrap().ok().unwrap();
    let error = Plan::from_text("libmhp\nplan").unwrap_err();
    assert!(error.message().unwrap().to_string_lossy().starts_with("line "), "{error}");
}

#[test]
fn a_request_tells_what_it_refused_first() {
    let request = Request::new().goal(Goal::from_raw(77)).online_type(OnlineType::from_raw(77));
    assert_eq!(request.check().unwrap_err().function(), "mhp_request_set_goal");
    let (_machine, context) = machine();
    let error = context.fulfil(&request, ApplyOptions::new()).unwrap_err();
    assert_eq!((error.function(), error.code()), ("mhp_request_set_goal", EINVAL));
    #[allow(clippy::reversed_empty_ranges)]
    let none = Request::new().blocks(4..3);
    assert_eq!(none.check().unwrap_err().code(), EINVAL);
    assert!(Request::new().range(0, 1).node(0).kind(RegionKind::DAX).check().is_ok());
    assert!(Request::new().driver(Some("device_dax")).driver(None).check().is_ok());
    assert!(Request::new().default_type().size_bytes(1 << 30).check().is_ok());
    assert_eq!(Request::new().rules(Rules::from_bits(1 << 60)).check().unwrap_err().code(), 7);
}

#[test]
fn offline_and_online_by_name() {
    let (_machine, context) = machine();
    let movable = OnlineType::ONLINE_MOVABLE;
    context.plug_region("dax0.0", movable, Rules::NONE).unwrap().ok().unwrap();
    let report = context.offline_region("dax0.0", Rules::NONE).unwrap().ok().unwrap();
    assert!(report.results().all(|result| result.after().0 == State::OFFLINE));
    context.online_region("dax0.0", movable, Rules::NONE).unwrap().ok().unwrap();
    let report = context.online_region("dax0.0", movable, Rules::NONE).unwrap().ok().unwrap();
    assert_eq!(report.reason(), Reason::ALREADY);
}
