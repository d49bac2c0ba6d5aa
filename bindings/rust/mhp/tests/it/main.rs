// SPDX-License-Identifier: LGPL-2.1-or-later
//! Tests on simulated machines.
mod callbacks;
mod functions;
mod hold;
mod monitor;
mod safety;
mod simulated;
mod stages;
mod standing;
mod texts;
mod threads;
mod wait;
mod words;

use mhp::sim::{Builder, Kernel, Machine};
use mhp::{Context, Goal, OnlineType, Request, Rules};

pub const EAGAIN: i32 = 11;
pub const EBUSY: i32 = 16;
pub const EINVAL: i32 = 22;
pub const ENODATA: i32 = 61;
pub const ENOENT: i32 = 2;

/// 1 GiB at boot, and 1 GiB behind a dax device: memory32 to memory39.
pub fn builder(kernel: Kernel) -> Builder {
    let builder = Builder::new(kernel).unwrap().node(0, 2).unwrap().memory(0, 0, 1 << 30).unwrap();
    builder.node(1, 0).unwrap().dax("dax0.0", 1, 4 << 30, 1 << 30).unwrap()
}

pub fn machine() -> (Machine, Context) {
    let machine = builder(Kernel::V6_12).build().unwrap();
    let context = machine.context().unwrap();
    (machine, context)
}

/// All of dax0.0 in Movable; the system's policy may be borrowed.
pub fn plug() -> Request {
    Request::new()
        .region("dax0.0")
        .goal(Goal::PLUGGED)
        .online_type(OnlineType::ONLINE_MOVABLE)
        .rules(Rules::BORROW)
}

/// What a panic said.
pub fn panics(function: impl FnOnce()) -> String {
    let function = std::panic::AssertUnwindSafe(function);
    let panic = std::panic::catch_unwind(function).expect_err("a panic");
    match panic.downcast::<&'static str>() {
        Ok(text) => text.to_string(),
        Err(panic) => *panic.downcast::<String>().expect("a text"),
    }
}
