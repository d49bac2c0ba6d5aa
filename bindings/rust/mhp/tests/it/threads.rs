// SPDX-License-Identifier: LGPL-2.1-or-later
//! What may be sent, and what may be shared. What may not is in tests/misuse.
use crate::*;
use mhp::*;

fn sent<T: Send>() {}
fn shared<T: Send + Sync>() {}

#[test]
fn what_may_be_sent_and_shared() {
    shared::<Snapshot>();
    shared::<Block<'_>>();
    shared::<Node<'_>>();
    shared::<Region<'_>>();
    shared::<Request>();
    shared::<Plan>();
    shared::<Step<'_>>();
    shared::<Conflict<'_>>();
    shared::<Report>();
    shared::<ReportRef>();
    shared::<BlockResult<'_>>();
    shared::<ReportError>();
    shared::<Recovery>();
    shared::<Hold>();
    shared::<Error>();
    shared::<TextBuf>();
    shared::<CancelToken>();
    shared::<policy::Standing>();
    shared::<policy::Rule<'_>>();
    shared::<policy::Agenda>();
    shared::<policy::AgendaItem<'_>>();
    shared::<policy::AgendaReport>();
    shared::<sim::Machine>();
    sent::<Context>();
    sent::<sim::Builder>();
    sent::<sim::Listener>();
}

#[test]
#[allow(clippy::needless_collect)] // all are begun before one is waited for
fn one_snapshot_is_read_by_many() {
    let (_machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    let snap = context.snapshot(SnapshotFlags::FOR_PLANS).unwrap();
    let plans: Vec<Plan> = std::thread::scope(|scope| {
        let read = |_| {
            let snap = snap.clone();
            scope.spawn(move || {
                let names = snap.blocks().filter_map(|block| block.region().map(|r| r.name()));
                assert_eq!(names.count(), 16);
                snap.plan(&plug()).unwrap()
            })
        };
        let threads: Vec<_> = (0..8).map(read).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    drop(snap);
    assert!(plans.iter().all(|plan| plan.steps().len() == 0));
}

#[test]
#[allow(clippy::needless_collect)] // all are begun before one is waited for
fn each_thread_has_a_context() {
    let (machine, _) = machine();
    let results: Vec<Outcome> = std::thread::scope(|scope| {
        let plug = |_| {
            let context = machine.context().unwrap(); // it is sent
            scope.spawn(move || context.fulfil(&plug(), ApplyOptions::new()).unwrap().outcome())
        };
        let threads: Vec<_> = (0..4).map(plug).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    // one does it; the others find it done, or that the machine has moved
    assert!(results.contains(&Outcome::DONE), "{results:?}");
}
