// SPDX-License-Identifier: LGPL-2.1-or-later
//! A function that is called meanwhile has what it borrows.
use mhp::{ApplyOptions, Context, Plan};
use std::ops::ControlFlow;

fn apply(context: &Context, plan: &Plan) {
    let options = {
        let mut calls = 0;
        ApplyOptions::new().progress(|_| {
            calls += 1; //~ E0597
            ControlFlow::Continue(())
        })
    };
    context.apply(plan, options).unwrap();
}

fn main() {
    let _ = apply;
}
