// SPDX-License-Identifier: LGPL-2.1-or-later
//! Writes the enumerators of the safe crate: a type for each enumeration of the headers.
use crate::parse::{Item, Kind};
use crate::raw::doc;
use std::fmt::Write;

/// Of one enumeration: its type, what all its constants begin with, who has its words.
struct Named {
    c: &'static str,
    rust: &'static str,
    prefix: &'static str,
    to_word: Option<&'static str>,
}

const fn words(c: &'static str, rust: &'static str, prefix: &'static str) -> Named {
    Named { c, rust, prefix, to_word: None }
}

const fn told(
    c: &'static str,
    rust: &'static str,
    prefix: &'static str,
    to_word: &'static str,
) -> Named {
    Named { c, rust, prefix, to_word: Some(to_word) }
}

const ENUMERATIONS: &[Named] = &[
    told("mhp_online_type", "OnlineType", "MHP_", "mhp_online_type_to_str"),
    told("mhp_state", "State", "MHP_STATE_", "mhp_state_to_str"),
    told("mhp_zone", "Zone", "MHP_ZONE_", "mhp_zone_to_str"),
    told("mhp_device_state", "DeviceState", "MHP_DEVICE_STATE_", "mhp_device_state_to_str"),
    told("mhp_region_kind", "RegionKind", "MHP_REGION_", "mhp_region_kind_to_str"),
    words("mhp_capability", "Capability", "MHP_CAN_"),
    told("mhp_node_kind", "NodeKind", "MHP_NODE_", "mhp_node_kind_to_str"),
    words("mhp_access", "Access", "MHP_ACCESS_"),
    words("mhp_feature", "Feature", "MHP_FEATURE_"),
    words("mhp_event_source", "EventSource", "MHP_EVENT_SOURCE_"),
    words("mhp_wait", "WaitFor", "MHP_WAIT_"),
    words("mhp_cancel", "Cancel", "MHP_"),
    told("mhp_cause_kind", "CauseKind", "MHP_CAUSE_", "mhp_cause_kind_to_str"),
    told("mhp_goal", "Goal", "MHP_GOAL_", "mhp_goal_to_str"),
    told("mhp_step_kind", "StepKind", "MHP_STEP_", "mhp_step_kind_to_str"),
    told("mhp_conflict_code", "ConflictCode", "MHP_CONFLICT_", "mhp_conflict_code_to_str"),
    told("mhp_outcome", "Outcome", "MHP_OUTCOME_", "mhp_outcome_to_str"),
    told("mhp_reason", "Reason", "MHP_REASON_", "mhp_reason_to_str"),
    told("mhp_returned", "Returned", "MHP_RETURNED_", "mhp_returned_to_str"),
    told("mhp_event_kind", "EventKind", "MHP_EVENT_", "mhp_event_kind_to_str"),
    words("mhp_wish", "Wish", "MHP_WISH_"),
    words("mhp_match", "Match", "MHP_MATCH_"),
    told("mhp_item_state", "ItemState", "MHP_ITEM_", "mhp_item_state_to_str"),
    told("mhp_drift_kind", "DriftKind", "MHP_DRIFT_", "mhp_drift_kind_to_str"),
    words("mhp_sim_kernel", "Kernel", "MHP_SIM_KERNEL_"),
];

const FLAGS: &[Named] = &[
    words("mhp_snapshot_flag", "SnapshotFlags", "MHP_SNAPSHOT_"),
    words("mhp_capture_flag", "CaptureFlags", "MHP_CAPTURE_"),
    words("mhp_rule", "Rules", "MHP_RULE_"),
    words("mhp_apply_flag", "ApplyFlags", "MHP_APPLY_"),
    words("mhp_monitor_flag", "MonitorFlags", "MHP_MONITOR_"),
    words("mhp_sim_flag", "MachineFlags", "MHP_SIM_"),
    words("mhp_sim_access", "Accesses", "MHP_SIM_ACCESS_"),
    words("mhp_sim_cxl_flag", "CxlFlags", "MHP_SIM_CXL_"),
];

fn constant(name: &str, prefix: &str) -> String {
    // warnings are among the conflicts and keep their own prefix
    let short = name.strip_prefix(prefix).or_else(|| name.strip_prefix("MHP_")).expect("MHP_");
    if short.starts_with(|c: char| c.is_ascii_digit()) {
        format!("V{short}")
    } else {
        short.to_string()
    }
}

/// The text of a module for the enumerations of some headers.
pub fn module(items: &[Item]) -> String {
    let mut out = String::from(
        "// SPDX-License-Identifier: LGPL-2.1-or-later\n\
         // Made by \"cargo run -p declare\" from the headers: change those.\n\
         use libmhp_sys as sys;\n",
    );
    for item in items {
        let list = match &item.kind {
            Kind::Enum(list) => list,
            _ => continue,
        };
        let find = |all: &'static [Named]| all.iter().find(|named| named.c == item.name);
        let (named, is_flags) = match (find(ENUMERATIONS), find(FLAGS)) {
            (Some(named), _) => (named, false),
            (None, Some(named)) => (named, true),
            _ => panic!("{} has no name in Rust: declare/src/words.rs", item.name),
        };
        let rule = if is_flags { "flags" } else { "enumerators" };
        writeln!(out, "\ncrate::words::{rule}! {{").unwrap();
        let to_word = named.to_word.map_or(String::new(), |name| format!(", sys::{name}"));
        writeln!(out, "{}    {}{to_word};", doc(&item.doc, "    "), named.rust).unwrap();
        for (name, _, text) in list {
            let short = constant(name, named.prefix);
            writeln!(out, "{}    {short} = sys::{name},", doc(text, "    ")).unwrap();
        }
        out += "}\n";
    }
    out
}
