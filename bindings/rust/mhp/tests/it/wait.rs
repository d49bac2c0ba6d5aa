// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::*;
use mhp::*;
use std::ops::ControlFlow;
use std::sync::mpsc::channel;
use std::time::Duration;

const ECANCELED: i32 = 125;
const ETIMEDOUT: i32 = 110;

#[test]
fn what_is_so_is_not_waited_for() {
    let (_machine, context) = machine();
    let snap = context.wait_region("dax0.0", WaitFor::PRESENT, WaitOptions::new()).unwrap();
    assert!(snap.region("dax0.0").is_some());
    context.wait_region("dax9.9", WaitFor::GONE, WaitOptions::new()).unwrap();
}

#[test]
fn another_thread_fulfils_a_request() {
    let (machine, context) = machine();
    let (waits, begun) = channel();
    let snap = std::thread::scope(|scope| {
        let machine = &machine;
        scope.spawn(move || {
            let other = machine.context().unwrap();
            begun.recv().unwrap();
            other.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
        });
        let options =
            WaitOptions::new().timeout(None).snapshot(SnapshotFlags::TOPOLOGY).tick(|| {
                let _ = waits.send(()); // nobody listens after the first time
                ControlFlow::Continue(())
            });
        context.wait_request(&plug(), options).unwrap()
    });
    assert!(snap.flags().contains(SnapshotFlags::TOPOLOGY));
    assert_eq!(snap.region("dax0.0").unwrap().zone(), Zone::MOVABLE);
}

#[test]
fn another_thread_cancels() {
    let (_machine, context) = machine();
    let (waits, begun) = channel();
    let token = CancelToken::new();
    let error = std::thread::scope(|scope| {
        let other = token.clone();
        scope.spawn(move || {
            begun.recv().unwrap();
            other.cancel();
        });
        let options = WaitOptions::new().timeout(None).cancel(&token).tick(|| {
            let _ = waits.send(());
            ControlFlow::Continue(())
        });
        context.wait_request(&plug(), options).unwrap_err()
    });
    assert_eq!(error.code(), ECANCELED);
}

#[test]
fn a_deadline_tells_what_was_missing() {
    let (_machine, context) = machine();
    let options = WaitOptions::new().timeout(Duration::ZERO).source(EventSource::AUTO);
    let error = context.wait_region("dax9.9", WaitFor::PRESENT, options).unwrap_err();
    assert_eq!(error.code(), ETIMEDOUT);
    assert!(error.message().is_some(), "{error}");
}

#[test]
fn a_tick_ends_it_and_its_panic_goes_on() {
    let (_machine, context) = machine();
    let stop = WaitOptions::new().timeout(None).tick(|| ControlFlow::Break(()));
    let error = context.wait_region("dax9.9", WaitFor::PRESENT, stop).unwrap_err();
    assert_eq!(error.code(), ECANCELED);
    let text = panics(|| {
        let options = WaitOptions::new().timeout(None).tick(|| panic!("of tick"));
        let _ = context.wait_region("dax9.9", WaitFor::PRESENT, options);
    });
    assert_eq!(text, "of tick");
}
