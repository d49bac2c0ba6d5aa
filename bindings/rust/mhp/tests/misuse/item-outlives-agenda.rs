// SPDX-License-Identifier: LGPL-2.1-or-later
//! An item, and the region that it is about, live as long as the agenda.
use mhp::policy::Agenda;

fn check(agenda: Agenda) {
    let region = agenda.items().next().unwrap().region();
    drop(agenda); //~ E0505
    region.name();
}

fn main() {
    let _ = check;
}
