// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::error::Result;
use crate::ffi::{self, call, Bytes, Copied, Handle, Made, Raw, Ref};
use crate::region::AddressRange;
use crate::request::Request;
use crate::snapshot::Snapshot;
use crate::text::{Text, TextBuf};
use crate::words::{ConflictCode, Goal, OnlineType, Rules, State, StepKind, Zone};
use libmhp_sys as sys;

ffi::object!(mhp_plan: mhp_plan_unref, mhp_plan_ref; Portable Shared);
ffi::parts!(mhp_step mhp_conflict);

/// What would be written to fulfil a request, step by step, and what stands against it.
///
/// Without steps and without conflicts the request is met already. It never changes, is cheap
/// to clone, and needs neither its snapshot nor its request any more.
#[derive(Clone)]
pub struct Plan(Handle<sys::mhp_plan>);

impl Snapshot {
    /// Plans a request. A plan is made also where conflicts forbid to apply it.
    ///
    /// # Errors
    /// `ENOENT`: no such region or node. `EINVAL`: the request lacks a target, a goal or an
    /// online type, or was not accepted ([`Request::check`]). The message says what it is.
    pub fn plan(&self, request: &Request) -> Result<Plan> {
        let (name, request) = ("mhp_plan_new_why", request.get()?);
        let (mut made, mut why) = (Made::new(), Copied::new());
        let r = call!(mhp_plan_new_why(self.get(), request, &mut made, &mut why));
        crate::error::check(name, r).map_err(|error| error.with_texts(None, why.take()))?;
        made.take().map(Plan).ok_or_else(|| crate::Error::nothing(name))
    }
}

impl Plan {
    pub(crate) fn own(raw: Handle<sys::mhp_plan>) -> Plan {
        Plan(raw)
    }

    fn get(&self) -> Ref<'_, sys::mhp_plan> {
        Ref::new(self.0.get())
    }

    pub(crate) fn raw(&self) -> Raw<'_, sys::mhp_plan> {
        self.0.raw()
    }

    /// Makes a plan of what [`Plan::saved`] wrote.
    ///
    /// # Errors
    /// `EBADMSG`: the text is no plan; the message says in which line that shows. `E2BIG`: it
    /// is one of a newer libmhp.
    pub fn from_text(text: impl AsRef<[u8]>) -> Result<Plan> {
        let (text, mut line, mut made) = (text.as_ref(), 0u32, Made::new());
        let name = "mhp_plan_new_from_text";
        let r = call!(mhp_plan_new_from_text(Bytes(text), text.len(), &mut made, &mut line));
        crate::error::check(name, r).map_err(|error| error.with_message(format!("line {line}")))?;
        made.take().map(Plan).ok_or_else(|| crate::Error::nothing(name))
    }

    /// The region that it is about, if it is about one.
    pub fn region_name(&self) -> Option<&Text> {
        ffi::text!(mhp_plan_get_region_name(self.get()))
    }

    /// What it is about, for people.
    pub fn target(&self) -> &Text {
        ffi::text!(mhp_plan_get_target(self.get())).unwrap_or_default()
    }

    /// What is to become of the target.
    pub fn goal(&self) -> Goal {
        Goal::from_raw(call!(mhp_plan_get_goal(self.get())))
    }

    /// How memory is onlined.
    pub fn online_type(&self) -> OnlineType {
        OnlineType::from_raw(call!(mhp_plan_get_online_type(self.get())))
    }

    /// Rules of the request.
    pub fn rules(&self) -> Rules {
        Rules::from_bits(call!(mhp_plan_get_rules(self.get())))
    }

    /// The steps, in the order in which they are to be carried out.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = Step<'_>> + ExactSizeIterator + '_ {
        let plan = self.get();
        ffi::items(call!(mhp_plan_count_steps(plan)), move |index| {
            ffi::part!(mhp_plan_get_step(plan, index)).map(Step)
        })
    }

    /// What stands against it. With any, nothing is written.
    pub fn conflicts(
        &self,
    ) -> impl DoubleEndedIterator<Item = Conflict<'_>> + ExactSizeIterator + '_ {
        let plan = self.get();
        ffi::items(call!(mhp_plan_count_conflicts(plan)), move |index| {
            ffi::part!(mhp_plan_get_conflict(plan, index)).map(Conflict)
        })
    }

    /// What is to be known and does not stop it.
    pub fn warnings(
        &self,
    ) -> impl DoubleEndedIterator<Item = Conflict<'_>> + ExactSizeIterator + '_ {
        let plan = self.get();
        ffi::items(call!(mhp_plan_count_warnings(plan)), move |index| {
            ffi::part!(mhp_plan_get_warning(plan, index)).map(Conflict)
        })
    }

    /// Text for people: conflicts, warnings, steps.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn text(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_plan_copy_text(self.get()))
    }

    /// Text that [`Plan::from_text`] reads.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn saved(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_plan_copy_saved(self.get()))
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("target", &self.target())
            .field("goal", &self.goal())
            .field("steps", &self.steps().len())
            .field("conflicts", &self.conflicts().len())
            .finish_non_exhaustive()
    }
}

/// A step: of a plan, as long as that lives.
#[derive(Clone, Copy)]
pub struct Step<'a>(Ref<'a, sys::mhp_step>);

impl<'a> Step<'a> {
    /// What it writes to.
    pub fn kind(&self) -> StepKind {
        StepKind::from_raw(call!(mhp_step_get_kind(self.0)))
    }

    /// The physical ranges that it changes: whole blocks.
    pub fn ranges(&self) -> impl DoubleEndedIterator<Item = AddressRange> + ExactSizeIterator + 'a {
        let step = self.0;
        ffi::items(call!(mhp_step_count_ranges(step)), move |index| {
            let mut range = AddressRange { start: 0, size_bytes: 0 };
            let AddressRange { start, size_bytes } = &mut range;
            ffi::check!(mhp_step_get_range(step, index, start, size_bytes)).ok()?;
            Some(range)
        })
    }

    /// The file that it writes, below the root; of [`StepKind::LOAD`] the module's directory.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn path(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_step_copy_path(self.0))
    }

    /// The word that it writes.
    pub fn word(&self) -> &'a Text {
        ffi::text!(mhp_step_get_word(self.0)).unwrap_or_default()
    }

    /// State and zone that it expects.
    pub fn expected(&self) -> (State, Zone) {
        let (mut state, mut zone) = (0, 0);
        call!(mhp_step_get_expected(self.0, &mut state, &mut zone));
        (State::from_raw(state), Zone::from_raw(zone))
    }

    /// State that it is to lead to, and the type that decides its zone.
    pub fn wanted(&self) -> (State, OnlineType) {
        let (mut state, mut online_type) = (0, 0);
        call!(mhp_step_get_wanted(self.0, &mut state, &mut online_type));
        (State::from_raw(state), OnlineType::from_raw(online_type))
    }

    /// The first word that undoing it writes; None if it cannot be undone.
    pub fn undo_word(&self) -> Option<&'a Text> {
        ffi::text!(mhp_step_get_undo_word(self.0))
    }
}

impl std::fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.kind(), self.word())
    }
}

/// What stands against a plan, or is to be known about it: as long as that lives.
#[derive(Clone, Copy)]
pub struct Conflict<'a>(Ref<'a, sys::mhp_conflict>);

impl<'a> Conflict<'a> {
    /// What it is about.
    pub fn code(&self) -> ConflictCode {
        ConflictCode::from_raw(call!(mhp_conflict_get_code(self.0)))
    }

    /// Numbers of the blocks that it is about; none if it is about the region.
    pub fn block_ids(&self) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + 'a {
        let conflict = self.0;
        ffi::items(call!(mhp_conflict_count_blocks(conflict)), move |index| {
            ffi::out!(mhp_conflict_get_block_id(conflict, index) -> u64).ok()
        })
    }

    /// What is wrong: one line, printable.
    pub fn message(&self) -> &'a Text {
        ffi::text!(mhp_conflict_get_message(self.0)).unwrap_or_default()
    }

    /// What can be done: one line, printable.
    pub fn hint(&self) -> Option<&'a Text> {
        ffi::text!(mhp_conflict_get_hint(self.0))
    }
}

impl std::fmt::Debug for Conflict<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code(), self.message())
    }
}
