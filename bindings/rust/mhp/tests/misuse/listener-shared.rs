// SPDX-License-Identifier: LGPL-2.1-or-later
//! A listener is one thread's.
use mhp::sim::Listener;

fn shared<T: Sync>(_: T) {}

fn check(listener: Listener) {
    shared(listener); //~ E0277
}

fn main() {
    let _ = check;
}
