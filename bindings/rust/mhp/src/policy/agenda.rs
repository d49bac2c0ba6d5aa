// SPDX-License-Identifier: LGPL-2.1-or-later
use crate::apply::ApplyOptions;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::ffi::{self, call, Handle, Ref};
use crate::plan::Plan;
use crate::policy::standing::{Rule, Standing};
use crate::region::Region;
use crate::report::ReportRef;
use crate::snapshot::Snapshot;
use crate::text::{Text, TextBuf};
use crate::words::policy::{DriftKind, ItemState};
use crate::words::{OnlineType, Outcome, Reason, Rules};
use libmhp_sys as sys;
use std::fmt;

ffi::object!(mhp_agenda: mhp_agenda_unref, mhp_agenda_ref; Portable Shared);
ffi::object!(mhp_agenda_report: mhp_agenda_report_free; Portable Shared);
ffi::parts!(mhp_agenda_item mhp_drift mhp_agenda_result);

/// How to make an agenda.
#[derive(Clone, Copy, Debug, Default)]
pub struct AgendaOptions {
    rules: Rules,
    no_rules: Rules,
}

impl AgendaOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Rules for every request, beside those of the standing policy.
    pub fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// Rules that no request has, whatever the standing policy says.
    pub fn no_rules(mut self, rules: Rules) -> Self {
        self.no_rules = rules;
        self
    }
}

/// What a standing policy has to do with a machine just now, and where the two disagree. It
/// keeps both, never changes, and is cheap to clone.
#[derive(Clone)]
pub struct Agenda(Handle<sys::mhp_agenda>);

impl Agenda {
    /// Makes an agenda: of a snapshot with
    /// [`FOR_PLANS`](crate::SnapshotFlags::FOR_PLANS), and with
    /// [`TOPOLOGY`](crate::SnapshotFlags::TOPOLOGY) if a rule is about tiers.
    ///
    /// # Errors
    /// `EBADMSG`: the standing policy has errors. Others: regions could not be listed.
    pub fn new(snap: &Snapshot, standing: &Standing, options: AgendaOptions) -> Result<Agenda> {
        let opts = sys::mhp_agenda_opts {
            size: std::mem::size_of::<sys::mhp_agenda_opts>(),
            rules: options.rules.bits(),
            no_rules: options.no_rules.bits(),
        };
        ffi::make!(mhp_agenda_new(snap.raw(), standing.raw(), &opts)).map(Agenda)
    }

    fn get(&self) -> Ref<'_, sys::mhp_agenda> {
        Ref::new(self.0.get())
    }

    /// The snapshot that it was made of.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::own(snapshot_of(self.get()).count())
    }

    /// The standing policy that it was made of.
    pub fn standing(&self) -> Standing {
        let raw = call!(mhp_agenda_get_standing(self.get())) as *const sys::mhp_standing;
        // SAFETY: the agenda keeps it, and always has one.
        let standing = unsafe { Ref::part_of(self.get(), raw) };
        Standing::own(standing.expect("an agenda has a standing policy").count())
    }

    /// An item for each region whose memory is its own, in the order in which they are handled.
    pub fn items(
        &self,
    ) -> impl DoubleEndedIterator<Item = AgendaItem<'_>> + ExactSizeIterator + '_ {
        let agenda = self.get();
        ffi::items(call!(mhp_agenda_count_items(agenda)), move |index| {
            let raw = ffi::part!(mhp_agenda_get_item(agenda, index))?;
            Some(AgendaItem { agenda, raw })
        })
    }

    /// The item of a region, by its name or identity.
    pub fn item(&self, region: impl AsRef<[u8]>) -> Option<AgendaItem<'_>> {
        let agenda = self.get();
        let region = TextBuf::new(region).ok()?;
        let raw = ffi::part!(mhp_agenda_find_item(agenda, &*region))?;
        Some(AgendaItem { agenda, raw })
    }

    /// Number of items in a state.
    pub fn count(&self, state: ItemState) -> usize {
        call!(mhp_agenda_count_in_state(self.get(), state.raw()))
    }

    /// Number of drifts of all items.
    pub fn drift_count(&self) -> usize {
        call!(mhp_agenda_count_drifts(self.get()))
    }

    /// Text for people.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn text(&self) -> Result<TextBuf> {
        ffi::out_copy!(mhp_agenda_copy_text(self.get()))
    }

    /// Carries out what is to do, each item by itself; the deadlines are for each try of each.
    ///
    /// # Errors
    /// Nothing was written: what [`Context::apply`] said of all items, if it began none.
    pub fn apply(&self, context: &Context, options: ApplyOptions<'_>) -> Result<AgendaReport> {
        let name = "mhp_agenda_apply";
        let made = context.make_by(name, options, |ctx, opts, report| {
            call!(mhp_agenda_apply(ctx, self.0.raw(), opts, report))
        })?;
        made.map(AgendaReport).ok_or_else(|| Error::nothing(name))
    }
}

fn snapshot_of(agenda: Ref<'_, sys::mhp_agenda>) -> Ref<'_, sys::mhp_snapshot> {
    let raw = call!(mhp_agenda_get_snapshot(agenda)) as *const sys::mhp_snapshot;
    // SAFETY: the agenda keeps it.
    unsafe { Ref::part_of(agenda, raw) }.expect("an agenda has a snapshot")
}

impl fmt::Debug for Agenda {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.items()).finish()
    }
}

/// What is to be done about a region: of an agenda, as long as that lives.
#[derive(Clone, Copy)]
pub struct AgendaItem<'a> {
    agenda: Ref<'a, sys::mhp_agenda>,
    raw: Ref<'a, sys::mhp_agenda_item>,
}

/// A plan that an item has, with a reference of its own.
fn own_plan(item: Ref<'_, sys::mhp_agenda_item>, raw: *mut sys::mhp_plan) -> Option<Plan> {
    // SAFETY: these plans are borrowed from the item.
    let plan = unsafe { Ref::part_of(item, raw as *const sys::mhp_plan) }?;
    Some(Plan::own(plan.count()))
}

impl<'a> AgendaItem<'a> {
    /// The region.
    pub fn region(&self) -> Region<'a> {
        let raw = ffi::part!(mhp_agenda_item_get_region(self.raw));
        Region::new(snapshot_of(self.agenda), raw.expect("an item has a region"))
    }

    /// The rule that decides, if one does.
    pub fn rule(&self) -> Option<Rule<'a>> {
        ffi::part!(mhp_agenda_item_get_rule(self.raw)).map(Rule)
    }

    /// What is to be done.
    pub fn state(&self) -> ItemState {
        ItemState::from_raw(call!(mhp_agenda_item_get_state(self.raw)))
    }

    /// How it is to be online.
    ///
    /// # Errors
    /// `ENODATA`: no rule wants a type, or the system's default is not known.
    pub fn online_type(&self) -> Result<OnlineType> {
        ffi::out!(mhp_agenda_item_get_online_type(self.raw) -> u32).map(OnlineType::from_raw)
    }

    /// What the ratio guard has changed.
    pub fn guard(&self) -> Option<&'a Text> {
        ffi::text!(mhp_agenda_item_get_guard(self.raw))
    }

    /// The plan that brings it to what is wanted.
    pub fn plan(&self) -> Option<Plan> {
        own_plan(self.raw, call!(mhp_agenda_item_get_plan(self.raw)))
    }

    /// A plan that would repair what is not as wanted, maybe by rezoning.
    pub fn repair(&self) -> Option<Plan> {
        own_plan(self.raw, call!(mhp_agenda_item_get_repair(self.raw)))
    }

    /// Why nothing is done: one line, printable.
    pub fn why(&self) -> Option<&'a Text> {
        ffi::text!(mhp_agenda_item_get_why(self.raw))
    }

    /// What could be done: one line, printable.
    pub fn way_out(&self) -> Option<&'a Text> {
        ffi::text!(mhp_agenda_item_get_way_out(self.raw))
    }

    /// Who is likely to have brought it where it is, if it has drifts.
    pub fn cause_text(&self) -> Option<&'a Text> {
        ffi::text!(mhp_agenda_item_get_cause_text(self.raw))
    }

    /// How it is not as it should be: at most one of each kind.
    pub fn drifts(&self) -> impl DoubleEndedIterator<Item = Drift<'a>> + ExactSizeIterator + 'a {
        let raw = self.raw;
        ffi::items(call!(mhp_agenda_item_count_drifts(raw)), move |index| {
            ffi::part!(mhp_agenda_item_get_drift(raw, index)).map(Drift)
        })
    }
}

impl fmt::Debug for AgendaItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.region().name(), self.state())
    }
}

/// How a region is not as it should be: of an agenda, as long as that lives.
#[derive(Clone, Copy)]
pub struct Drift<'a>(Ref<'a, sys::mhp_drift>);

impl<'a> Drift<'a> {
    /// What kind it is.
    pub fn kind(&self) -> DriftKind {
        DriftKind::from_raw(call!(mhp_drift_get_kind(self.0)))
    }

    /// What is not as it should be: one line, printable.
    pub fn message(&self) -> &'a Text {
        ffi::text!(mhp_drift_get_message(self.0)).unwrap_or_default()
    }

    /// Numbers of the blocks that it is about; none if it is about the region.
    pub fn block_ids(&self) -> impl DoubleEndedIterator<Item = u64> + ExactSizeIterator + 'a {
        let drift = self.0;
        ffi::items(call!(mhp_drift_count_blocks(drift)), move |index| {
            ffi::out!(mhp_drift_get_block_id(drift, index) -> u64).ok()
        })
    }
}

impl fmt::Debug for Drift<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind(), self.message())
    }
}

/// What became of an agenda.
pub struct AgendaReport(Handle<sys::mhp_agenda_report>);

impl AgendaReport {
    fn get(&self) -> Ref<'_, sys::mhp_agenda_report> {
        Ref::new(self.0.get())
    }

    /// How all of it ended.
    pub fn outcome(&self) -> Outcome {
        Outcome::from_raw(call!(mhp_agenda_report_get_outcome(self.get())))
    }

    /// The agenda that was carried out.
    pub fn agenda(&self) -> Agenda {
        Agenda(agenda_of(self.get()).count())
    }

    /// A result for each item of the agenda, in the same order.
    pub fn results(
        &self,
    ) -> impl DoubleEndedIterator<Item = AgendaResult<'_>> + ExactSizeIterator + '_ {
        let report = self.get();
        ffi::items(call!(mhp_agenda_report_count_results(report)), move |index| {
            let raw = ffi::part!(mhp_agenda_report_get_result(report, index))?;
            Some(AgendaResult { report, raw })
        })
    }
}

fn agenda_of(report: Ref<'_, sys::mhp_agenda_report>) -> Ref<'_, sys::mhp_agenda> {
    let raw = call!(mhp_agenda_report_get_agenda(report)) as *const sys::mhp_agenda;
    // SAFETY: the report keeps it.
    unsafe { Ref::part_of(report, raw) }.expect("an agenda's report has it")
}

impl fmt::Debug for AgendaReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.outcome())?;
        f.debug_list().entries(self.results()).finish()
    }
}

/// What became of an item: of an agenda's report, as long as that lives.
#[derive(Clone, Copy)]
pub struct AgendaResult<'a> {
    report: Ref<'a, sys::mhp_agenda_report>,
    raw: Ref<'a, sys::mhp_agenda_result>,
}

impl<'a> AgendaResult<'a> {
    /// The item, as it was when the agenda was made.
    pub fn item(&self) -> AgendaItem<'a> {
        let raw = ffi::part!(mhp_agenda_result_get_item(self.raw));
        AgendaItem { agenda: agenda_of(self.report), raw: raw.expect("a result has an item") }
    }

    /// How it ended; what was not to be done is [`Outcome::DONE`].
    pub fn outcome(&self) -> Outcome {
        Outcome::from_raw(call!(mhp_agenda_result_get_outcome(self.raw)))
    }

    /// Why it ended so.
    pub fn reason(&self) -> Reason {
        Reason::from_raw(call!(mhp_agenda_result_get_reason(self.raw)))
    }

    /// The errno value that goes with it, positive; 0 if there is none.
    pub fn code(&self) -> i32 {
        -call!(mhp_agenda_result_get_code(self.raw))
    }

    /// What happened, or why nothing did: one line, printable.
    pub fn message(&self) -> &'a Text {
        ffi::text!(mhp_agenda_result_get_message(self.raw)).unwrap_or_default()
    }

    /// What [`Context::apply`] would report; None if nothing was tried, or it could not begin.
    pub fn report(&self) -> Option<&'a ReportRef> {
        let raw = call!(mhp_agenda_result_get_report(self.raw));
        // SAFETY: the agenda's report keeps it.
        unsafe { raw.as_ref() }.map(ReportRef::new)
    }

    /// The same of a first try, which was stale.
    pub fn first_report(&self) -> Option<&'a ReportRef> {
        let raw = call!(mhp_agenda_result_get_first_report(self.raw));
        // SAFETY: the agenda's report keeps it.
        unsafe { raw.as_ref() }.map(ReportRef::new)
    }
}

impl fmt::Debug for AgendaResult<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.outcome(), self.message())
    }
}
