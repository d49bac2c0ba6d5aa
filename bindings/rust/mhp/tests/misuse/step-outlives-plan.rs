// SPDX-License-Identifier: LGPL-2.1-or-later
//! A step lives as long as its plan.
use mhp::Plan;

fn main() {
    let plan = Plan::from_text("").unwrap();
    let step = plan.steps().next().unwrap();
    drop(plan); //~ E0505
    step.word();
}
