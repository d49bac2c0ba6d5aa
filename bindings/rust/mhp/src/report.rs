// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::ffi::{self, call, Handle, Kept, Ref};
use crate::plan::Plan;
use crate::recover::RecoveryRef;
use crate::text::Text;
use crate::words::{Outcome, Reason, State, Zone};
use libmhp_sys as sys;
use std::fmt;
use std::ops::Deref;

ffi::object!(mhp_report: mhp_report_free; Portable Shared);
ffi::parts!(mhp_result);

/// What became of a plan, and of every block, and why. All that it tells is in [`ReportRef`].
pub struct Report(Handle<sys::mhp_report>);

/// A report that is borrowed: as [`Report`] has it, or an
/// [agenda's result](crate::policy::AgendaResult).
#[repr(transparent)]
pub struct ReportRef(sys::mhp_report);

// SAFETY: a report may be read from any thread.
unsafe impl Send for ReportRef {}
// SAFETY: a report may be read from any thread.
unsafe impl Sync for ReportRef {}

/// What became of a block: of a report, as long as that lives.
#[derive(Clone, Copy)]
pub struct BlockResult<'a>(Ref<'a, sys::mhp_result>);

/// A write that was made.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Write<'a> {
    /// The file, below the root; to be escaped before it goes to a terminal.
    pub path: &'a Text,
    /// What was written.
    pub word: &'a Text,
    /// The kernel's answer: 0 or an errno value, positive.
    pub code: i32,
    /// It was made to put something back.
    pub is_undo: bool,
}

impl Report {
    pub(crate) fn own(raw: Handle<sys::mhp_report>) -> Report {
        Report(raw)
    }

    /// For whom all but [`Outcome::DONE`] is an error.
    ///
    /// # Errors
    /// The outcome is another one: the error has the report.
    pub fn ok(self) -> Result<Report, ReportError> {
        if self.outcome() == Outcome::DONE {
            Ok(self)
        } else {
            Err(ReportError(self))
        }
    }
}

impl Deref for Report {
    type Target = ReportRef;

    fn deref(&self) -> &ReportRef {
        ReportRef::new(self.0.get())
    }
}

impl ReportRef {
    pub(crate) fn new(raw: &sys::mhp_report) -> &ReportRef {
        // SAFETY: it is the same, as repr(transparent) says.
        unsafe { &*(raw as *const sys::mhp_report as *const ReportRef) }
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        Outcome::from_raw(call!(mhp_report_get_outcome(&self.0)))
    }

    /// The plan that was carried out.
    pub fn plan(&self) -> Plan {
        let raw = call!(mhp_report_get_plan(&self.0)) as *const sys::mhp_plan;
        // SAFETY: the report keeps its plan, and always has one.
        let plan = unsafe { Ref::part_of(&self.0, raw) };
        Plan::own(plan.expect("a report has a plan").count())
    }

    /// Why it ended so.
    pub fn reason(&self) -> Reason {
        Reason::from_raw(call!(mhp_report_get_reason(&self.0)))
    }

    /// The errno value that goes with the reason, positive; 0 if there is none.
    pub fn code(&self) -> i32 {
        -call!(mhp_report_get_code(&self.0))
    }

    /// What happened: one line, printable.
    pub fn message(&self) -> &Text {
        ffi::text!(mhp_report_get_message(&self.0)).unwrap_or_default()
    }

    /// What can be done: one line, printable.
    pub fn hint(&self) -> Option<&Text> {
        ffi::text!(mhp_report_get_hint(&self.0))
    }

    /// What became of the blocks that the plan is about, by address.
    pub fn results(
        &self,
    ) -> impl DoubleEndedIterator<Item = BlockResult<'_>> + ExactSizeIterator + '_ {
        let report = &self.0;
        ffi::items(call!(mhp_report_count_results(report)), move |index| {
            ffi::part!(mhp_report_get_result(report, index)).map(BlockResult)
        })
    }

    /// The writes, in the order in which they were made. The loading of a module is among them.
    pub fn writes(&self) -> impl DoubleEndedIterator<Item = Write<'_>> + ExactSizeIterator + '_ {
        let report = &self.0;
        ffi::items(call!(mhp_report_count_writes(report)), move |index| {
            let (mut path, mut word) = (Kept::by(report), Kept::by(report));
            let (mut code, mut is_undo) = (0, false);
            ffi::check!(mhp_report_get_write(
                report,
                index,
                &mut path,
                &mut word,
                &mut code,
                &mut is_undo
            ))
            .ok()?;
            let (path, word) = (path.get().unwrap_or_default(), word.get().unwrap_or_default());
            Some(Write { path, word, code: -code, is_undo })
        })
    }

    /// What was left behind by a user of libmhp that was killed, and was put back first.
    pub fn recovery(&self) -> Option<&RecoveryRef> {
        let raw = call!(mhp_report_get_recovery(&self.0));
        // SAFETY: the report keeps it.
        unsafe { raw.as_ref() }.map(RecoveryRef::new)
    }

    /// Numbers of blocks that others added while a setting was borrowed.
    pub fn other_block_ids(&self) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + '_ {
        let report = &self.0;
        ffi::items(call!(mhp_report_count_other_blocks(report)), move |index| {
            ffi::out!(mhp_report_get_other_block_id(report, index) -> u64).ok()
        })
    }

    /// The driver's own word for the whole device, before and after; to be escaped.
    pub fn device_words(&self) -> (Option<&Text>, Option<&Text>) {
        let (mut before, mut after) = (Kept::by(&self.0), Kept::by(&self.0));
        call!(mhp_report_get_device_words(&self.0, &mut before, &mut after));
        (before.get(), after.get())
    }
}

/// In a line: outcome, what happened, what helps.
impl fmt::Display for ReportRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.outcome(), self.message())?;
        match self.hint() {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, f)
    }
}

impl fmt::Debug for ReportRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.outcome(), self.message())
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl<'a> BlockResult<'a> {
    /// The N of memoryN.
    pub fn id(&self) -> u64 {
        call!(mhp_result_get_id(self.0))
    }

    /// What it was to become: "online_movable", "offline", "absent", ...
    pub fn wanted_word(&self) -> &'a Text {
        ffi::text!(mhp_result_get_wanted_word(self.0)).unwrap_or_default()
    }

    /// What it was when the snapshot was taken.
    pub fn before(&self) -> (State, Zone) {
        let (mut state, mut zone) = (0, 0);
        call!(mhp_result_get_before(self.0, &mut state, &mut zone));
        (State::from_raw(state), Zone::from_raw(zone))
    }

    /// What it is now, as read back.
    pub fn after(&self) -> (State, Zone) {
        let (mut state, mut zone) = (0, 0);
        call!(mhp_result_get_after(self.0, &mut state, &mut zone));
        (State::from_raw(state), Zone::from_raw(zone))
    }

    /// The errno value that goes with the reason, positive; 0 if there is none.
    pub fn code(&self) -> i32 {
        -call!(mhp_result_get_code(self.0))
    }

    /// Why it ended as it did.
    pub fn reason(&self) -> Reason {
        Reason::from_raw(call!(mhp_result_get_reason(self.0)))
    }
}

impl fmt::Debug for BlockResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "memory{} {:?}", self.id(), self.reason())
    }
}

impl Reason {
    /// Is it one for which a block, or the whole, is not as wanted? True of what is not known.
    pub fn is_failure(self) -> bool {
        call!(mhp_reason_is_failure(self.raw()))
    }
}

/// An outcome that is not [`Outcome::DONE`], as an error: [`Report::ok`].
#[derive(Debug)]
pub struct ReportError(Report);

impl ReportError {
    /// The report.
    pub fn report(&self) -> &Report {
        &self.0
    }

    /// The report, to be kept.
    pub fn into_report(self) -> Report {
        self.0
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for ReportError {}
