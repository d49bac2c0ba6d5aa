// SPDX-License-Identifier: LGPL-2.1-or-later
//! Progress, deadline, cancelling, messages; and what they must not do.
use crate::*;
use mhp::*;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[test]
fn progress_is_told() {
    let (_machine, context) = machine();
    let mut seen = Vec::new();
    let options = ApplyOptions::new().progress(|progress| {
        seen.push((progress.done_bytes, progress.total_bytes));
        ControlFlow::Continue(())
    });
    context.fulfil(&plug(), options).unwrap().ok().unwrap();
    assert_eq!(seen.last(), Some(&(1 << 30, 1 << 30)));
}

#[test]
fn progress_cancels() {
    let (machine, context) = machine();
    let options = ApplyOptions::new().progress(|_| ControlFlow::Break(Cancel::CANCEL));
    let report = context.fulfil(&plug(), options).unwrap();
    assert_eq!(report.reason(), Reason::CANCELLED);
    assert_eq!(machine.context().unwrap().snapshot(SnapshotFlags::NONE).unwrap().blocks().len(), 8);
}

#[test]
fn a_token_cancels_from_another_thread() {
    let (machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    machine.hang_block(35, 0).unwrap();
    let token = CancelToken::new();
    let report = std::thread::scope(|scope| {
        scope.spawn(|| {
            machine.await_stuck(1);
            token.cancel();
        });
        let offline = Request::new().region("dax0.0").goal(Goal::OFFLINE);
        let options = ApplyOptions::new().cancel(&token).timeout(None);
        context.fulfil(&offline, options).unwrap()
    });
    assert_eq!((report.outcome(), report.reason()), (Outcome::UNDONE, Reason::CANCELLED));
    assert!(token.is_cancelled());
}

#[test]
fn a_deadline_ends_it() {
    let (machine, context) = machine();
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
    machine.hang_block(35, 0).unwrap();
    let offline = Request::new().region("dax0.0").goal(Goal::OFFLINE);
    // 0 would be the default for C: it is the shortest one here
    let options = ApplyOptions::new().timeout(Duration::ZERO).undo_timeout(Duration::MAX);
    let report = context.fulfil(&offline, options).unwrap();
    assert_eq!(report.reason(), Reason::DEADLINE);
}

#[test]
fn a_panic_in_progress_goes_on_after_the_call() {
    let (machine, context) = machine();
    let mut calls = 0;
    let text = panics(|| {
        let options = ApplyOptions::new().progress(|_| {
            calls += 1;
            panic!("of progress")
        });
        let _ = context.fulfil(&plug(), options);
    });
    assert_eq!((text.as_str(), calls), ("of progress", 1));
    // what was begun is put back, and the context works
    assert_eq!(machine.read("/sys/devices/system/memory/auto_online_blocks").unwrap(), "online\n");
    context.fulfil(&plug(), ApplyOptions::new()).unwrap().ok().unwrap();
}

#[test]
fn a_panic_in_a_message_goes_on_after_the_call() {
    let (machine, context) = machine();
    context.on_message(|_| panic!("of a message")).unwrap();
    machine.set_read_only(sim::Accesses::RUN).unwrap();
    let text = panics(|| {
        let _ = context.fulfil(&plug(), ApplyOptions::new());
    });
    assert_eq!(text, "of a message");
    context.no_messages().unwrap();
    assert_eq!(context.fulfil(&plug(), ApplyOptions::new()).unwrap_err().code(), 30);
    // EROFS
}

#[test]
fn a_panic_in_a_message_ends_the_call() {
    for has_progress in [false, true] {
        let (machine, context) = machine();
        // it is told that the notes cannot be written, which keeps nobody from anything
        machine.fail_at(sim::Accesses::RUN, Some("/run/libmhp/acts"), 1, 28).unwrap(); // ENOSPC
        let is_told = Arc::new(AtomicBool::new(false));
        let of_function = is_told.clone();
        context
            .on_message(move |_| {
                of_function.store(true, Relaxed);
                panic!("of a message")
            })
            .unwrap();
        let text = panics(|| {
            let mut options = ApplyOptions::new();
            if has_progress {
                options = options.progress(|_| {
                    assert!(!is_told.load(Relaxed), "called after that");
                    ControlFlow::Continue(())
                });
            }
            let _ = context.fulfil(&plug(), options);
        });
        assert_eq!(text, "of a message");
        let snap = context.snapshot(SnapshotFlags::NONE).unwrap();
        assert_eq!(snap.blocks().len(), 8, "{has_progress}: what was begun is put back");
    }
}

#[test]
fn messages_are_passed_on_and_the_last_one_is_in_the_error() {
    let (machine, context) = machine();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of_function = seen.clone();
    context
        .on_message(move |message| {
            let path = message.path.map(|path| path.to_string());
            of_function.lock().unwrap().push((message.code, path, message.text.to_string()));
        })
        .unwrap();
    machine.set_read_only(sim::Accesses::RUN).unwrap();
    let error = context.fulfil(&plug(), ApplyOptions::new()).unwrap_err();
    let seen = seen.lock().unwrap();
    let (code, path, text) = seen.last().unwrap();
    assert_eq!(*code, error.code());
    assert_eq!(path.as_deref(), error.path().map(|path| path.to_str().unwrap()));
    assert_eq!(text.as_str(), error.message().unwrap().to_str().unwrap());
}

#[test]
fn a_context_is_not_used_by_its_own_callbacks() {
    let (_machine, context) = machine();
    let mut monitor = Monitor::new(&context, MonitorOptions::default()).unwrap();
    let mut codes = Vec::new();
    let options = ApplyOptions::new().progress(|_| {
        codes.push(context.snapshot(SnapshotFlags::NONE).unwrap_err());
        codes.push(monitor.next_event().unwrap_err());
        codes.push(context.on_message(|_| ()).unwrap_err());
        codes.push(context.hold("agent", "x").unwrap_err());
        codes.push(Monitor::new(&context, MonitorOptions::default()).unwrap_err());
        ControlFlow::Continue(())
    });
    context.fulfil(&plug(), options).unwrap().ok().unwrap();
    assert!(codes.len() > 4 && codes.iter().all(|error| error.code() == EBUSY), "{codes:?}");
    assert!(codes[0].to_string().contains("its own callbacks"), "{}", codes[0]);
    assert!(monitor.next_event().unwrap().is_some());
}

#[test]
fn others_are_used_and_dropped_by_a_callback() {
    let (machine, context) = machine();
    let other = machine.context().unwrap();
    let hold = context.hold("agent", "test").unwrap();
    let mut dropped = Some((Monitor::new(&context, MonitorOptions::default()).unwrap(), hold));
    let options = ApplyOptions::new().progress(|_| {
        other.snapshot(SnapshotFlags::NONE).unwrap();
        drop(dropped.take());
        ControlFlow::Continue(())
    });
    context.fulfil(&plug(), options).unwrap().ok().unwrap();
    drop(context.hold("agent", "again").unwrap());
}

thread_local!(static OF_THREAD: (sim::Machine, Context) = machine());

/// Has the context of its thread tell something as it is dropped.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        let fulfil = |context: &Context| context.fulfil(&plug(), ApplyOptions::new());
        assert!(OF_THREAD.with(|(_, context)| fulfil(context)).is_err());
    }
}

#[test]
fn a_function_uses_the_context_as_it_goes() {
    OF_THREAD.with(|(machine, context)| {
        machine.set_read_only(sim::Accesses::RUN).unwrap();
        let last = Last;
        context
            .on_message(move |_| {
                let _ = &last;
            })
            .unwrap();
        context.no_messages().unwrap();
    });
}

#[test]
fn a_message_is_of_its_own_call() {
    let (machine, context) = machine();
    machine.set_read_only(sim::Accesses::RUN).unwrap();
    assert!(context.fulfil(&plug(), ApplyOptions::new()).unwrap_err().message().is_some());
    let error = context.set_program(Some("")).unwrap_err();
    assert_eq!((error.path(), error.message()), (None, None));
}
