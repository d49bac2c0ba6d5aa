// SPDX-License-Identifier: LGPL-2.1-or-later
//! A recovery that a report has lives as long.
use mhp::Report;

fn check(report: Report) {
    let recovery = report.recovery();
    drop(report); //~ E0505
    recovery.unwrap().is_complete();
}

fn main() {
    let _ = check;
}
