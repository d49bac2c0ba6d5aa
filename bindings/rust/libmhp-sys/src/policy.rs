// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by "cargo run -p declare" from the headers: change those.
use std::os::raw::{c_char, c_int, c_uint};

#[allow(unused_imports)]
use crate::mhp::*;

opaque!(mhp_standing);
opaque!(mhp_standing_rule);
opaque!(mhp_agenda);
opaque!(mhp_agenda_item);
opaque!(mhp_drift);
opaque!(mhp_agenda_report);
opaque!(mhp_agenda_result);

/// What a rule wants of the memory of a region.
pub type mhp_wish = c_uint;
/// the rule has an error
pub const MHP_WISH_UNKNOWN: mhp_wish = 0;
/// nothing: it stays as it is
pub const MHP_WISH_LEAVE_ALONE: mhp_wish = 1;
/// mhp_standing_rule_get_online_type()
pub const MHP_WISH_TYPE: mhp_wish = 2;
/// as mhp_request_set_default_type()
pub const MHP_WISH_DEFAULT: mhp_wish = 3;

/// Does a rule match a region?
pub type mhp_match = c_uint;
/// what it compares could not be read, or is not in the snapshot, or the rule has an error
pub const MHP_MATCH_UNKNOWN: mhp_match = 0;
/// it does not
pub const MHP_MATCH_NO: mhp_match = 1;
/// it does
pub const MHP_MATCH_YES: mhp_match = 2;

/// What is to be done about a region.
pub type mhp_item_state = c_uint;
/// not known
pub const MHP_ITEM_UNKNOWN: mhp_item_state = 0;
/// nothing: it is as its rule wants it
pub const MHP_ITEM_MET: mhp_item_state = 1;
/// mhp_agenda_item_get_plan() has steps
pub const MHP_ITEM_TO_DO: mhp_item_state = 2;
/// it is not as wanted, and nothing will be done: the plan has conflicts, such as that it is
/// online elsewhere, and the rule does not allow to rezone it
pub const MHP_ITEM_BLOCKED: mhp_item_state = 3;
/// nothing: so its rule says
pub const MHP_ITEM_LEFT_ALONE: mhp_item_state = 4;
/// nothing: no rule is about it
pub const MHP_ITEM_NO_RULE: mhp_item_state = 5;
/// what rule it has, or what it is, could not be read
pub const MHP_ITEM_UNDECIDED: mhp_item_state = 6;
/// nothing: it has no memory now, and none that the rule would plug, such as an empty slot
pub const MHP_ITEM_NOTHING: mhp_item_state = 7;

/// How the machine is not as it should be.
pub type mhp_drift_kind = c_uint;
/// not known
pub const MHP_DRIFT_UNKNOWN: mhp_drift_kind = 0;
/// the device's word is not what its blocks are
pub const MHP_DRIFT_WORD: mhp_drift_kind = 1;
/// blocks are online in another zone than the rule wants
pub const MHP_DRIFT_ZONE: mhp_drift_kind = 2;
/// blocks are offline, absent or online, and the rule wants something else
pub const MHP_DRIFT_STATE: mhp_drift_kind = 3;
/// a part is in Movable, another one is not, and no rule says that it should be so
pub const MHP_DRIFT_MIXED_ZONES: mhp_drift_kind = 4;
/// it is not System RAM, and the rule wants it to be
pub const MHP_DRIFT_NOT_PLUGGED: mhp_drift_kind = 5;

/// How to make an agenda. Set size to sizeof(struct mhp_agenda_opts), all else to 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct mhp_agenda_opts {
    /// bytes of the struct that the caller knows
    pub size: usize,
    /// MHP_RULE_..., for every request, beside those of the rules of the standing policy and
    /// MHP_RULE_BORROW; MHP_RULE_RELEASE is not for these
    pub rules: u64,
    /// MHP_RULE_... that no request has, whatever a rule of the standing policy says
    pub no_rules: u64,
}

extern "C" {
    /// Read the standing policy of the machine.
    ///
    /// * `ctx`: the context: files are read below its root, or of its simulated machine
    /// * `ret_standing`: the standing policy, with one reference, which the caller drops with
    ///   mhp_standing_unref(); without rules where there are no files
    /// * returns 0, also if there are errors in it: a file that could not be read is one of them;
    ///   -ENOMEM
    pub fn mhp_standing_new(ctx: *mut mhp_ctx, ret_standing: *mut *mut mhp_standing) -> c_int;
    /// Make a standing policy from a text.
    ///
    /// * `file`: name of the file, for messages; copied
    /// * `text`: what stands in it
    /// * `length`: its bytes
    /// * `ret_standing`: the standing policy, with one reference, which the caller drops with
    ///   mhp_standing_unref()
    /// * returns 0, also if there are errors in it; -ENOMEM
    pub fn mhp_standing_new_from_text(
        file: *const c_char,
        text: *const c_char,
        length: usize,
        ret_standing: *mut *mut mhp_standing,
    ) -> c_int;
    /// Add the rules of a text after those that are there: as of one more file. For who makes a
    /// standing policy, before anybody else gets to have a reference: warnings that were got from
    /// it, and their texts, are not valid any more.
    ///
    /// * `standing`: the standing policy
    /// * `file`: name of the file, for messages; copied
    /// * `text`: what stands in it
    /// * `length`: its bytes
    /// * returns 0, also if there are errors in it; -EBUSY there are other references to it, such
    ///   as an agenda's; -ENOMEM, and then it is of no use any more
    pub fn mhp_standing_add_text(
        standing: *mut mhp_standing,
        file: *const c_char,
        text: *const c_char,
        length: usize,
    ) -> c_int;
    /// Take a reference.
    ///
    /// * `standing`: the standing policy; may be NULL
    /// * returns standing, with one more reference; NULL if it is NULL
    pub fn mhp_standing_ref(standing: *mut mhp_standing) -> *mut mhp_standing;
    /// Drop a reference; the last one frees it and all that is borrowed from it. NULL is fine.
    ///
    /// * `standing`: the standing policy; may be NULL
    /// * returns NULL
    pub fn mhp_standing_unref(standing: *mut mhp_standing) -> *mut mhp_standing;
    /// Number of errors. With any, do not act upon the standing policy: a rule that is wrong, or
    /// could not be read, may be the one that was meant to decide.
    ///
    /// * `standing`: the standing policy
    /// * returns how many
    pub fn mhp_standing_count_errors(standing: *const mhp_standing) -> usize;
    /// An error, by position; they are in the order of files, then of lines.
    ///
    /// * `standing`: the standing policy
    /// * `index`: from 0
    /// * `ret_file`: the file, or the directory that could not be listed, borrowed, to be escaped
    ///   before it goes to a terminal; may be NULL
    /// * `ret_line`: from 1; 0: about the file as a whole, which could not be read; may be NULL
    /// * `ret_message`: what is wrong, with what is allowed: "type = movable: not one of
    ///   online_movable, ..."; borrowed, printable; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_standing_get_error(
        standing: *const mhp_standing,
        index: usize,
        ret_file: *mut *const c_char,
        ret_line: *mut c_uint,
        ret_message: *mut *const c_char,
    ) -> c_int;
    /// Number of warnings: what is allowed and yet hardly meant, such as a rule that is never
    /// reached.
    ///
    /// * `standing`: the standing policy
    /// * returns how many
    pub fn mhp_standing_count_warnings(standing: *const mhp_standing) -> usize;
    /// A warning, by position: as mhp_standing_get_error().
    ///
    /// * `standing`: the standing policy
    /// * `index`: from 0
    /// * `ret_file`: the file, borrowed, to be escaped before it goes to a terminal; may be NULL
    /// * `ret_line`: from 1; may be NULL
    /// * `ret_message`: what is odd, borrowed, printable; may be NULL
    /// * returns as mhp_standing_get_error()
    pub fn mhp_standing_get_warning(
        standing: *const mhp_standing,
        index: usize,
        ret_file: *mut *const c_char,
        ret_line: *mut c_uint,
        ret_message: *mut *const c_char,
    ) -> c_int;
    /// Number of files, hidden ones too.
    ///
    /// * `standing`: the standing policy
    /// * returns how many
    pub fn mhp_standing_count_files(standing: *const mhp_standing) -> usize;
    /// A file, by position; they are sorted by name, those of one name by directory.
    ///
    /// * `standing`: the standing policy
    /// * `index`: from 0
    /// * `ret_path`: borrowed, to be escaped before it goes to a terminal; may be NULL
    /// * `ret_masks`: whether it is empty or a link to /dev/null; may be NULL
    /// * `ret_hidden_by`: path of the file that hides it, so that it is not read, borrowed; NULL:
    ///   none; may be NULL
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_standing_get_file(
        standing: *const mhp_standing,
        index: usize,
        ret_path: *mut *const c_char,
        ret_masks: *mut bool,
        ret_hidden_by: *mut *const c_char,
    ) -> c_int;
    /// Number of rules, those with errors too.
    ///
    /// * `standing`: the standing policy
    /// * returns how many
    pub fn mhp_standing_count_rules(standing: *const mhp_standing) -> usize;
    /// A rule, by position: in the order in which they are asked.
    ///
    /// * `standing`: the standing policy
    /// * `index`: from 0
    /// * returns the rule, borrowed; NULL if there are not that many
    pub fn mhp_standing_get_rule(
        standing: *const mhp_standing,
        index: usize,
    ) -> *const mhp_standing_rule;
    /// Name of the rule: its section's. Rules of two files may have the same.
    ///
    /// * `rule`: the rule
    /// * returns borrowed, never NULL, printable
    pub fn mhp_standing_rule_get_name(rule: *const mhp_standing_rule) -> *const c_char;
    /// File that the rule stands in.
    ///
    /// * `rule`: the rule
    /// * returns borrowed, never NULL, to be escaped before it goes to a terminal
    pub fn mhp_standing_rule_get_file(rule: *const mhp_standing_rule) -> *const c_char;
    /// Line where the rule begins, from 1.
    ///
    /// * `rule`: the rule
    /// * returns the line
    pub fn mhp_standing_rule_get_line(rule: *const mhp_standing_rule) -> c_uint;
    /// Line where a key of the rule stands, from 1.
    ///
    /// * `rule`: the rule
    /// * `key`: such as "type"
    /// * returns 0 if the rule does not have it
    pub fn mhp_standing_rule_get_key_line(
        rule: *const mhp_standing_rule,
        key: *const c_char,
    ) -> c_uint;
    /// What the rule wants.
    ///
    /// * `rule`: the rule
    /// * returns the wish
    pub fn mhp_standing_rule_get_wish(rule: *const mhp_standing_rule) -> mhp_wish;
    /// How memory is to be onlined (type).
    ///
    /// * `rule`: the rule
    /// * `ret_type`: the type
    /// * returns 0; -ENODATA unless the rule has MHP_WISH_TYPE
    pub fn mhp_standing_rule_get_online_type(
        rule: *const mhp_standing_rule,
        ret_type: *mut mhp_online_type,
    ) -> c_int;
    /// Of the memory of two regions, that of the lower order is handled first (order).
    ///
    /// * `rule`: the rule
    /// * returns 0 to 65535; 100 unless it is given
    pub fn mhp_standing_rule_get_order(rule: *const mhp_standing_rule) -> c_uint;
    /// How much of the machine may be in zone Movable, for each 100 in kernel zones; what would
    /// exceed that is onlined as MHP_ONLINE_KERNEL instead (max-movable-ratio).
    ///
    /// * `rule`: the rule
    /// * `ret_percent`: the limit
    /// * returns 0; -ENODATA there is no such limit
    pub fn mhp_standing_rule_get_max_movable_ratio(
        rule: *const mhp_standing_rule,
        ret_percent: *mut c_uint,
    ) -> c_int;
    /// Rules of the request that the rule comes to: MHP_RULE_REZONE (elsewhere = rezone),
    /// MHP_RULE_PER_BLOCK, MHP_RULE_KERNEL_ZONE.
    ///
    /// * `rule`: the rule
    /// * returns MHP_RULE_..., or-ed; 0 for none
    pub fn mhp_standing_rule_get_rules(rule: *const mhp_standing_rule) -> u64;
    /// Is memory plugged that is not System RAM yet (plug = yes or persistent)? That is the
    /// default, unless the rule leaves memory alone.
    ///
    /// * `rule`: the rule
    /// * returns whether it is
    pub fn mhp_standing_rule_can_plug(rule: *const mhp_standing_rule) -> bool;
    /// Is persistent memory plugged, too, so that what is on it is lost (plug = persistent)?
    ///
    /// * `rule`: the rule
    /// * returns whether it is
    pub fn mhp_standing_rule_can_plug_persistent(rule: *const mhp_standing_rule) -> bool;
    /// The rule as text, as it could stand in a file, with a newline at the end of each line.
    /// What is as by default is left out. Of a rule with errors it is what was understood.
    ///
    /// * `rule`: the rule
    /// * `ret_text`: printable but for the newlines; the caller frees it with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_standing_rule_copy_text(
        rule: *const mhp_standing_rule,
        ret_text: *mut *mut c_char,
    ) -> c_int;
    /// Does a rule match a region? All that is given must. A rule for tier needs a snapshot with
    /// MHP_SNAPSHOT_TOPOLOGY, one for identity MHP_SNAPSHOT_IDENTITY: without, what it compares
    /// is not known. Boot memory is matched only by a rule that has kind = boot.
    ///
    /// * `rule`: the rule
    /// * `snap`: the snapshot that the region is from
    /// * `region`: the region
    /// * `ret_why`: which key decided, and what the region has: "kind = dax cxl (line 3): it is
    ///   virtio-mem"; with MHP_MATCH_YES all of them. Printable; the caller frees it with free();
    ///   NULL if memory ran out; may be NULL
    /// * returns the answer; MHP_MATCH_UNKNOWN if no key says no, and something could not be
    ///   read, or was not asked for
    pub fn mhp_standing_rule_match(
        rule: *const mhp_standing_rule,
        snap: *const mhp_snapshot,
        region: *const mhp_region,
        ret_why: *mut *mut c_char,
    ) -> mhp_match;
    /// The rule that decides about a region: the first one that matches.
    ///
    /// * `standing`: the standing policy
    /// * `snap`: the snapshot that the region is from
    /// * `region`: the region
    /// * `ret_rule`: MHP_MATCH_YES: the rule. MHP_MATCH_UNKNOWN: the first one of which it cannot
    ///   be told whether it matches, while none before it does. MHP_MATCH_NO: NULL. It is
    ///   borrowed from the standing policy
    /// * `ret_why`: as of mhp_standing_rule_match(), for this rule; the caller frees it with
    ///   free(); NULL without a rule; may be NULL
    /// * returns the answer
    pub fn mhp_standing_find_rule(
        standing: *const mhp_standing,
        snap: *const mhp_snapshot,
        region: *const mhp_region,
        ret_rule: *mut *const mhp_standing_rule,
        ret_why: *mut *mut c_char,
    ) -> mhp_match;
    /// Make an agenda.
    ///
    /// * `snap`: the machine as it is: taken with MHP_SNAPSHOT_FOR_PLANS, which has identities
    ///   and origins, and with MHP_SNAPSHOT_TOPOLOGY if a rule is about tiers. Without them, a
    ///   rule that needs one leaves the region undecided, and a dax device of which the origin is
    ///   not known is not plugged. The agenda keeps a reference
    /// * `standing`: the standing policy, of which the agenda keeps a reference
    /// * `opts`: NULL for the defaults
    /// * `ret_agenda`: the agenda, with one reference, which the caller drops with
    ///   mhp_agenda_unref()
    /// * returns 0; -EBADMSG the standing policy has errors; -EACCES and others: regions could
    ///   not be listed (mhp_snapshot_get_regions_code()); -E2BIG opts asks for what this library
    ///   does not know; -EINVAL; -ENOMEM
    pub fn mhp_agenda_new(
        snap: *mut mhp_snapshot,
        standing: *mut mhp_standing,
        opts: *const mhp_agenda_opts,
        ret_agenda: *mut *mut mhp_agenda,
    ) -> c_int;
    /// Take a reference.
    ///
    /// * `agenda`: the agenda; may be NULL
    /// * returns agenda, with one more reference; NULL if it is NULL
    pub fn mhp_agenda_ref(agenda: *mut mhp_agenda) -> *mut mhp_agenda;
    /// Drop a reference; the last one frees the agenda and all that is borrowed from it. NULL is
    /// fine.
    ///
    /// * `agenda`: the agenda; may be NULL
    /// * returns NULL
    pub fn mhp_agenda_unref(agenda: *mut mhp_agenda) -> *mut mhp_agenda;
    /// The snapshot that the agenda was made of.
    ///
    /// * `agenda`: the agenda
    /// * returns borrowed, never NULL
    pub fn mhp_agenda_get_snapshot(agenda: *const mhp_agenda) -> *mut mhp_snapshot;
    /// The standing policy that the agenda was made of.
    ///
    /// * `agenda`: the agenda
    /// * returns borrowed, never NULL
    pub fn mhp_agenda_get_standing(agenda: *const mhp_agenda) -> *mut mhp_standing;
    /// Number of items.
    ///
    /// * `agenda`: the agenda
    /// * returns how many
    pub fn mhp_agenda_count_items(agenda: *const mhp_agenda) -> usize;
    /// An item by position: in the order in which they are handled, by the order of their rules,
    /// then as regions are in the snapshot; those without a rule come last.
    ///
    /// * `agenda`: the agenda
    /// * `index`: from 0
    /// * returns the item, borrowed; NULL if there are not that many
    pub fn mhp_agenda_get_item(agenda: *const mhp_agenda, index: usize) -> *const mhp_agenda_item;
    /// The item of a region, by its name or identity.
    ///
    /// * `agenda`: the agenda
    /// * `region`: its name, or its identity
    /// * returns the item, borrowed; NULL if there is no such region, or others are made from it
    pub fn mhp_agenda_find_item(
        agenda: *const mhp_agenda,
        region: *const c_char,
    ) -> *const mhp_agenda_item;
    /// Number of items that are in a state.
    ///
    /// * `agenda`: the agenda
    /// * `state`: the state
    /// * returns how many
    pub fn mhp_agenda_count_in_state(agenda: *const mhp_agenda, state: mhp_item_state) -> usize;
    /// Number of drifts of all items.
    ///
    /// * `agenda`: the agenda
    /// * returns how many
    pub fn mhp_agenda_count_drifts(agenda: *const mhp_agenda) -> usize;
    /// The agenda as text for people: items with rule and state, drifts, plans, ways out.
    ///
    /// * `agenda`: the agenda
    /// * `ret_text`: lines, each with a newline, printable; the caller frees it with free()
    /// * returns 0; -ENOMEM
    pub fn mhp_agenda_copy_text(agenda: *const mhp_agenda, ret_text: *mut *mut c_char) -> c_int;
    /// The region that an item is about.
    ///
    /// * `item`: the item
    /// * returns borrowed from the snapshot, never NULL
    pub fn mhp_agenda_item_get_region(item: *const mhp_agenda_item) -> *const mhp_region;
    /// The rule that decides about the region.
    ///
    /// * `item`: the item
    /// * returns borrowed from the standing policy; NULL if none does (MHP_ITEM_NO_RULE), or it
    ///   is not known which one does (MHP_ITEM_UNDECIDED)
    pub fn mhp_agenda_item_get_rule(item: *const mhp_agenda_item) -> *const mhp_standing_rule;
    /// What is to be done about the region.
    ///
    /// * `item`: the item
    /// * returns the state
    pub fn mhp_agenda_item_get_state(item: *const mhp_agenda_item) -> mhp_item_state;
    /// Type that the region is to be online with, the system's default where the rule asks for
    /// that; MHP_OFFLINE if it is to be offline. Where the ratio guard has chosen
    /// (mhp_agenda_item_get_guard()) it is MHP_ONLINE_KERNEL.
    ///
    /// * `item`: the item
    /// * `ret_type`: the type
    /// * returns 0; -ENODATA no rule wants one, or the system's default is not known
    pub fn mhp_agenda_item_get_online_type(
        item: *const mhp_agenda_item,
        ret_type: *mut mhp_online_type,
    ) -> c_int;
    /// Has the ratio guard changed what the rule wants? "online_kernel instead of online_movable:
    /// MOVABLE:KERNEL would be 412 %, above 300 % (50-pool.conf:7)". Blocks that are in Movable
    /// already stay there.
    ///
    /// * `item`: the item
    /// * returns borrowed, printable, one line without a newline; NULL if it has not
    pub fn mhp_agenda_item_get_guard(item: *const mhp_agenda_item) -> *const c_char;
    /// The plan that brings the region to what is wanted.
    ///
    /// * `item`: the item
    /// * returns borrowed; without steps with MHP_ITEM_MET, with conflicts with MHP_ITEM_BLOCKED
    ///   and maybe with MHP_ITEM_UNDECIDED; NULL if nothing was planned
    pub fn mhp_agenda_item_get_plan(item: *const mhp_agenda_item) -> *mut mhp_plan;
    /// A plan that would repair what is not as wanted: that of the item if it has steps; of one
    /// that is MHP_ITEM_BLOCKED as it is online elsewhere, what could be done with
    /// MHP_RULE_REZONE. mhp_agenda_apply() does not carry out the latter.
    ///
    /// * `item`: the item
    /// * returns borrowed; NULL if there is none: mhp_agenda_item_get_why() says why not
    pub fn mhp_agenda_item_get_repair(item: *const mhp_agenda_item) -> *mut mhp_plan;
    /// Why nothing is done: of MHP_ITEM_BLOCKED, MHP_ITEM_UNDECIDED and MHP_ITEM_NOTHING.
    ///
    /// * `item`: the item
    /// * returns borrowed, printable, one line without a newline; NULL in other states
    pub fn mhp_agenda_item_get_why(item: *const mhp_agenda_item) -> *const c_char;
    /// What could be done about a region that is not as wanted and will not be. Names no
    /// program's option.
    ///
    /// * `item`: the item
    /// * returns borrowed, printable, one line without a newline; NULL if there is nothing to say
    pub fn mhp_agenda_item_get_way_out(item: *const mhp_agenda_item) -> *const c_char;
    /// Who is likely to have brought the region to where it is, if it has drifts: what
    /// mhp_region_guess_cause() tells.
    ///
    /// * `item`: the item
    /// * returns borrowed, printable, a part of a sentence; NULL if it has no drifts
    pub fn mhp_agenda_item_get_cause_text(item: *const mhp_agenda_item) -> *const c_char;
    /// Number of drifts of an item. The device's word, and zones that are mixed, are looked at
    /// whatever the rule says; all else only where one wants a type.
    ///
    /// * `item`: the item
    /// * returns how many
    pub fn mhp_agenda_item_count_drifts(item: *const mhp_agenda_item) -> usize;
    /// A drift by position, in the order of enum mhp_drift_kind; there is at most one of each.
    ///
    /// * `item`: the item
    /// * `index`: from 0
    /// * returns the drift, borrowed; NULL if there are not that many
    pub fn mhp_agenda_item_get_drift(
        item: *const mhp_agenda_item,
        index: usize,
    ) -> *const mhp_drift;
    /// What kind of drift it is.
    ///
    /// * `drift`: the drift
    /// * returns the kind
    pub fn mhp_drift_get_kind(drift: *const mhp_drift) -> mhp_drift_kind;
    /// What is not as it should be: "memory32-35 are online in Normal, not in Movable".
    ///
    /// * `drift`: the drift
    /// * returns borrowed, never NULL, printable, one line without a newline
    pub fn mhp_drift_get_message(drift: *const mhp_drift) -> *const c_char;
    /// Number of blocks that a drift is about; 0 if it is about the region.
    ///
    /// * `drift`: the drift
    /// * returns how many
    pub fn mhp_drift_count_blocks(drift: *const mhp_drift) -> usize;
    /// A block that a drift is about.
    ///
    /// * `drift`: the drift
    /// * `index`: from 0; they are sorted
    /// * `ret_id`: the N of memoryN, which may be absent
    /// * returns 0; -EINVAL if there are not that many
    pub fn mhp_drift_get_block_id(drift: *const mhp_drift, index: usize, ret_id: *mut u64) -> c_int;
    /// A word for a state that stays the same: "met", "to-do", "blocked", "left-alone",
    /// "no-rule", "undecided", "nothing"; else "unknown".
    ///
    /// * `state`: the state
    /// * returns a constant string, never NULL
    pub fn mhp_item_state_to_str(state: mhp_item_state) -> *const c_char;
    /// A word for a kind of drift that stays the same: "word", "zone", "state", "mixed-zones",
    /// "not-plugged"; else "unknown".
    ///
    /// * `kind`: the kind
    /// * returns a constant string, never NULL
    pub fn mhp_drift_kind_to_str(kind: mhp_drift_kind) -> *const c_char;
    /// Carry out what is to do, in the order of items, each by mhp_apply() with a plan of its
    /// own: an item that fails is undone by itself, and the others go on. As soon as something
    /// was written, a fresh snapshot is taken for each further item, and the same wish planned
    /// anew. What mhp_apply() found moved (MHP_REASON_STALE) is planned and tried once more. With
    /// nothing to do no lock is taken, and nothing written.
    ///
    /// * `ctx`: the context; of the same root as the snapshot
    /// * `agenda`: the agenda; it stays as it is
    /// * `opts`: as for mhp_apply(), NULL for the defaults. The deadlines are for each try of
    ///   each item. The progress function is told of all items together; once it does not return
    ///   0, no other item is begun
    /// * `ret_report`: the report, which the caller frees with mhp_agenda_report_free()
    /// * returns 0 the report tells the outcome, also of an item that mhp_apply() could not
    ///   begin. Else nothing was written: what mhp_apply() said of all items that were tried,
    ///   such as -EACCES, if it began none; -E2BIG, -EINVAL, -ENOMEM
    pub fn mhp_agenda_apply(
        ctx: *mut mhp_ctx,
        agenda: *mut mhp_agenda,
        opts: *const mhp_apply_opts,
        ret_report: *mut *mut mhp_agenda_report,
    ) -> c_int;
    /// Free a report. NULL is fine.
    ///
    /// * `report`: the report; may be NULL
    pub fn mhp_agenda_report_free(report: *mut mhp_agenda_report);
    /// How all of it ended.
    ///
    /// * `report`: the report
    /// * returns MHP_OUTCOME_DONE: every region is as its rule wants it, or has none.
    ///   MHP_OUTCOME_REFUSED: some are not, and nothing was written. MHP_OUTCOME_UNDONE: what was
    ///   written is put back. MHP_OUTCOME_PARTIAL: something was changed, and some are not as
    ///   wanted. MHP_OUTCOME_UNKNOWN: that of an item is
    pub fn mhp_agenda_report_get_outcome(report: *const mhp_agenda_report) -> mhp_outcome;
    /// The agenda that was carried out.
    ///
    /// * `report`: the report
    /// * returns borrowed, never NULL
    pub fn mhp_agenda_report_get_agenda(report: *const mhp_agenda_report) -> *mut mhp_agenda;
    /// Number of results: one for each item of the agenda, in the same order.
    ///
    /// * `report`: the report
    /// * returns how many
    pub fn mhp_agenda_report_count_results(report: *const mhp_agenda_report) -> usize;
    /// A result by position.
    ///
    /// * `report`: the report
    /// * `index`: from 0
    /// * returns the result, borrowed from the report; NULL if there are not that many
    pub fn mhp_agenda_report_get_result(
        report: *const mhp_agenda_report,
        index: usize,
    ) -> *const mhp_agenda_result;
    /// The item that a result is about, as it was when the agenda was made.
    ///
    /// * `result`: the result
    /// * returns borrowed from the agenda, never NULL
    pub fn mhp_agenda_result_get_item(result: *const mhp_agenda_result) -> *const mhp_agenda_item;
    /// How an item ended. What was not to be done is MHP_OUTCOME_DONE; what is blocked, undecided
    /// or was not tried MHP_OUTCOME_REFUSED.
    ///
    /// * `result`: the result
    /// * returns the outcome
    pub fn mhp_agenda_result_get_outcome(result: *const mhp_agenda_result) -> mhp_outcome;
    /// Why an item ended so: as mhp_report_get_reason(). MHP_REASON_ALREADY: there was nothing to
    /// do. MHP_REASON_CONFLICT: it is blocked. MHP_REASON_UNREADABLE: it is undecided.
    /// MHP_REASON_NOT_TRIED: the call was cancelled before. MHP_REASON_STALE also if another
    /// rule, or none, is about the region by now. MHP_REASON_GONE: there is no such region any
    /// more, which is MHP_OUTCOME_DONE.
    ///
    /// * `result`: the result
    /// * returns the reason
    pub fn mhp_agenda_result_get_reason(result: *const mhp_agenda_result) -> mhp_reason;
    /// The errno value that goes with it: as mhp_report_get_code(), or what mhp_apply(),
    /// mhp_snapshot_new() or mhp_plan_new() returned.
    ///
    /// * `result`: the result
    /// * returns a negative errno value; 0 if there is none
    pub fn mhp_agenda_result_get_code(result: *const mhp_agenda_result) -> c_int;
    /// What happened, or why nothing did.
    ///
    /// * `result`: the result
    /// * returns borrowed, never NULL, printable, one line without a newline
    pub fn mhp_agenda_result_get_message(result: *const mhp_agenda_result) -> *const c_char;
    /// What mhp_apply() reported.
    ///
    /// * `result`: the result
    /// * returns borrowed; NULL if nothing was tried, or it could not begin
    pub fn mhp_agenda_result_get_report(result: *const mhp_agenda_result) -> *const mhp_report;
    /// What mhp_apply() reported of a first try, which was stale.
    ///
    /// * `result`: the result
    /// * returns borrowed; NULL if there was one try at most
    pub fn mhp_agenda_result_get_first_report(
        result: *const mhp_agenda_result,
    ) -> *const mhp_report;
}
