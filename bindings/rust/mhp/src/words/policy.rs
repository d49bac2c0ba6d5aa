// SPDX-License-Identifier: LGPL-2.1-or-later
// Made by "cargo run -p declare" from the headers: change those.
use libmhp_sys as sys;

crate::words::enumerators! {
    /// What a rule wants of the memory of a region.
    Wish;
    /// the rule has an error
    UNKNOWN = sys::MHP_WISH_UNKNOWN,
    /// nothing: it stays as it is
    LEAVE_ALONE = sys::MHP_WISH_LEAVE_ALONE,
    /// mhp_standing_rule_get_online_type()
    TYPE = sys::MHP_WISH_TYPE,
    /// as mhp_request_set_default_type()
    DEFAULT = sys::MHP_WISH_DEFAULT,
}

crate::words::enumerators! {
    /// Does a rule match a region?
    Match;
    /// what it compares could not be read, or is not in the snapshot, or the rule has an error
    UNKNOWN = sys::MHP_MATCH_UNKNOWN,
    /// it does not
    NO = sys::MHP_MATCH_NO,
    /// it does
    YES = sys::MHP_MATCH_YES,
}

crate::words::enumerators! {
    /// What is to be done about a region.
    ItemState, sys::mhp_item_state_to_str;
    /// not known
    UNKNOWN = sys::MHP_ITEM_UNKNOWN,
    /// nothing: it is as its rule wants it
    MET = sys::MHP_ITEM_MET,
    /// mhp_agenda_item_get_plan() has steps
    TO_DO = sys::MHP_ITEM_TO_DO,
    /// it is not as wanted, and nothing will be done: the plan has conflicts, such as that it is
    /// online elsewhere, and the rule does not allow to rezone it
    BLOCKED = sys::MHP_ITEM_BLOCKED,
    /// nothing: so its rule says
    LEFT_ALONE = sys::MHP_ITEM_LEFT_ALONE,
    /// nothing: no rule is about it
    NO_RULE = sys::MHP_ITEM_NO_RULE,
    /// what rule it has, or what it is, could not be read
    UNDECIDED = sys::MHP_ITEM_UNDECIDED,
    /// nothing: it has no memory now, and none that the rule would plug, such as an empty slot
    NOTHING = sys::MHP_ITEM_NOTHING,
}

crate::words::enumerators! {
    /// How the machine is not as it should be.
    DriftKind, sys::mhp_drift_kind_to_str;
    /// not known
    UNKNOWN = sys::MHP_DRIFT_UNKNOWN,
    /// the device's word is not what its blocks are
    WORD = sys::MHP_DRIFT_WORD,
    /// blocks are online in another zone than the rule wants
    ZONE = sys::MHP_DRIFT_ZONE,
    /// blocks are offline, absent or online, and the rule wants something else
    STATE = sys::MHP_DRIFT_STATE,
    /// a part is in Movable, another one is not, and no rule says that it should be so
    MIXED_ZONES = sys::MHP_DRIFT_MIXED_ZONES,
    /// it is not System RAM, and the rule wants it to be
    NOT_PLUGGED = sys::MHP_DRIFT_NOT_PLUGGED,
}
