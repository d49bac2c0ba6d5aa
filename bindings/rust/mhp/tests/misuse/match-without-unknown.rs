// SPDX-License-Identifier: LGPL-2.1-or-later
//! Who decides by a value has an answer to those that he does not know.
use mhp::Outcome;

fn main() {
    match Outcome::DONE { //~ E0004
        Outcome::UNKNOWN | Outcome::DONE | Outcome::UNDONE => (),
        Outcome::PARTIAL | Outcome::REFUSED => (),
    }
}
