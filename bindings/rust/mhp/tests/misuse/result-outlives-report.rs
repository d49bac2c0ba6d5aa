// SPDX-License-Identifier: LGPL-2.1-or-later
//! A result lives as long as its report, which `ok` takes.
use mhp::Report;

fn check(report: Report) {
    let result = report.results().next().unwrap();
    report.ok().unwrap(); //~ E0505
    result.id();
}

fn main() {
    let _ = check;
}
