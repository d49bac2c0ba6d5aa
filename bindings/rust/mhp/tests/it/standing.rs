// SPDX-License-Identifier: LGPL-2.1-or-later
//! The standing policy and its agenda.
use crate::*;
use mhp::policy::*;
use mhp::*;

const POOL: &str =
    "[pool]\nkind = dax\ntype = online_movable\nmax-movable-ratio = 300\norder = 7\n";

fn agenda(context: &Context, standing: &Standing) -> Agenda {
    let flags = SnapshotFlags::FOR_PLANS | SnapshotFlags::TOPOLOGY;
    let snap = context.snapshot(flags).unwrap();
    Agenda::new(&snap, standing, AgendaOptions::new()).unwrap()
}

#[test]
fn rules_are_read_and_match() {
    let standing = Standing::from_text("50-pool.conf", POOL).unwrap();
    assert_eq!((standing.errors().len(), standing.warnings().len()), (0, 0));
    let rule = standing.rules().next().unwrap();
    assert_eq!((rule.name().to_str(), rule.line(), rule.order()), (Ok("pool"), 1, 7));
    assert!(rule.file().to_string_lossy().ends_with("50-pool.conf"));
    assert_eq!((rule.key_line("type"), rule.key_line("node")), (Some(3), None));
    assert_eq!((rule.wish(), rule.max_movable_ratio()), (Wish::TYPE, Ok(300)));
    assert_eq!(rule.online_type(), Ok(OnlineType::ONLINE_MOVABLE));
    assert!(rule.can_plug() && !rule.can_plug_persistent());
    assert_eq!(rule.rules(), Rules::NONE);
    assert!(rule.text().unwrap().to_string_lossy().starts_with("[pool]\n"));

    let (_machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let region = snap.region("dax0.0").unwrap();
    let (found, by, why) = standing.find_rule(&region);
    assert_eq!((found, by.unwrap().name()), (Match::YES, rule.name()));
    assert!(why.is_some());
    let boot = snap.regions().find(|region| region.kind() == RegionKind::BOOT).unwrap();
    assert_eq!(rule.matches(&boot).0, Match::NO);
    assert!(standing.find_rule(&boot).1.is_none());
}

#[test]
fn errors_are_told_with_their_lines() {
    let standing = Standing::from_text("x.conf", "[a]\nkind = dax\ntype = movable\n").unwrap();
    let error = standing.errors().next().unwrap();
    assert_eq!(error.line, 3);
    assert!(error.message.to_string_lossy().contains("movable"), "{error:?}");
    let (_machine, context) = machine();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let refused = Agenda::new(&snap, &standing, AgendaOptions::new()).unwrap_err();
    assert_eq!(refused.code(), 74); // EBADMSG
}

#[test]
fn files_are_of_the_machine() {
    let machine = builder(sim::Kernel::V6_12)
        .set("/etc/mhp/policy.d/50-pool.conf", POOL)
        .unwrap()
        .build()
        .unwrap();
    let standing = Standing::new(&machine.context().unwrap()).unwrap();
    let file = standing.files().next().unwrap();
    assert_eq!(file.path, "/etc/mhp/policy.d/50-pool.conf");
    assert!(!file.masks && file.hidden_by.is_none());
}

#[test]
fn text_is_added_as_long_as_nobody_else_has_it() {
    let mut standing = Standing::from_text("a.conf", "").unwrap();
    standing.add_text("b.conf", POOL).unwrap();
    assert_eq!(standing.rules().len(), 1);
    let other = standing.clone();
    assert_eq!(standing.add_text("c.conf", POOL).unwrap_err().code(), EBUSY);
    drop(other);
    standing.add_text("c.conf", POOL).unwrap();
    assert!(standing.warnings().len() > 0); // the second rule is never reached
}

#[test]
fn an_agenda_is_carried_out() {
    let (_machine, context) = machine();
    let agenda = agenda(&context, &Standing::from_text("50-pool.conf", POOL).unwrap());
    assert_eq!((agenda.count(ItemState::TO_DO), agenda.drift_count()), (1, 1));
    let item = agenda.item("dax0.0").unwrap();
    assert_eq!((item.region().name().to_str(), item.state()), (Ok("dax0.0"), ItemState::TO_DO));
    assert_eq!(item.rule().unwrap().name(), "pool");
    assert_eq!(item.online_type(), Ok(OnlineType::ONLINE_MOVABLE));
    assert!(item.plan().unwrap().steps().len() > 0 && item.repair().is_some());
    assert!(item.why().is_none() && item.guard().is_none());
    let drift = item.drifts().next().unwrap();
    assert_eq!(drift.kind(), DriftKind::NOT_PLUGGED);
    assert!(!drift.message().as_bytes().is_empty());
    assert!(item.cause_text().is_some() && drift.block_ids().len() == 0);
    assert!(agenda.item("dax9.9").is_none());
    assert!(agenda.text().unwrap().to_string_lossy().contains("dax0.0"));
    assert_eq!(agenda.standing().rules().len(), 1);
    assert_eq!(agenda.snapshot().blocks().len(), 8);

    let report = agenda.apply(&context, ApplyOptions::new()).unwrap();
    assert_eq!(report.outcome(), Outcome::DONE);
    assert_eq!(report.agenda().items().len(), report.results().len());
    let result = report.results().find(|r| r.item().region().name() == "dax0.0").unwrap();
    assert_eq!(
        (result.outcome(), result.reason(), result.code()),
        (Outcome::DONE, Reason::DONE, 0)
    );
    assert_eq!(result.report().unwrap().results().len(), 8);
    assert!(result.first_report().is_none() && !result.message().as_bytes().is_empty());
}

#[test]
fn rules_of_the_caller_count() {
    let (_machine, context) = machine();
    context.plug_region("dax0.0", OnlineType::ONLINE_KERNEL, Rules::NONE).unwrap().ok().unwrap();
    let standing = Standing::from_text("50-pool.conf", POOL).unwrap();
    let blocked = agenda(&context, &standing);
    let item = blocked.item("dax0.0").unwrap();
    assert_eq!(item.state(), ItemState::BLOCKED);
    assert!(item.why().is_some() && item.way_out().is_some());
    let snap = blocked.snapshot();
    let rezone = AgendaOptions::new().rules(Rules::REZONE).no_rules(Rules::PER_BLOCK);
    let agenda = Agenda::new(&snap, &standing, rezone).unwrap();
    assert_eq!(agenda.item("dax0.0").unwrap().state(), ItemState::TO_DO);
}

#[test]
fn a_panic_goes_on_after_the_call() {
    let (_machine, context) = machine();
    let agenda = agenda(&context, &Standing::from_text("50-pool.conf", POOL).unwrap());
    let text = panics(|| {
        let options = ApplyOptions::new().progress(|_| panic!("of an agenda"));
        let _ = agenda.apply(&context, options);
    });
    assert_eq!(text, "of an agenda");
}
