/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * @file mhp/cause.h
 * @brief Who is likely to have brought memory where it is.
 *
 * The kernel does not tell who has done what. A cause is a conclusion from what is found:
 * where memory is online, the system's policy, udev rules, the driver's word for the device,
 * and what users of libmhp noted of what they did. Its text says how sure it is: "probably",
 * or "perhaps" where something else would look the same. What a policy or a rule cannot have
 * done, such as another zone than its own, is never blamed on it.
 */
#ifndef MHP_CAUSE_H
#define MHP_CAUSE_H

#ifdef __cplusplus
extern "C" {
#endif

struct mhp_event;
struct mhp_region;
struct mhp_snapshot;

/** Who has done something, as far as that can be concluded. @since 1.0 */
enum mhp_cause_kind {
	MHP_CAUSE_UNKNOWN = 0,		/**< nothing tells: another program, an administrator */
	MHP_CAUSE_SELF = 1,		/**< mhp_apply() with this context */
	MHP_CAUSE_LIBMHP = 2,		/**< another user of libmhp, or another context */
	MHP_CAUSE_SYSTEM_POLICY = 3,	/**< the kernel, as its auto_online_blocks says */
	MHP_CAUSE_UDEV_RULE = 4,	/**< a udev rule, whose file and line the text names */
	MHP_CAUSE_DEVICE = 5,		/**< the driver of a device: it was bound or unbound, or
					     its state file was written */
	MHP_CAUSE_HOST = 6,		/**< the host or the firmware, through its driver, such as
					     virtio_mem or ACPI's */
};

/**
 * The word for a kind of cause: "self", "libmhp", "system-policy", "udev-rule", "device",
 * "host"; "unknown" for what is not known.
 *
 * @param kind  the kind
 * @return a constant string, never NULL
 * @since 1.0
 */
const char *mhp_cause_kind_to_str(enum mhp_cause_kind kind);

/**
 * Who is likely to have brought a region's memory where it is, or to have left it offline,
 * from what the snapshot has found, without having seen it happen. No I/O.
 *
 * @param snap      the snapshot; without MHP_SNAPSHOT_FOR_PLANS no udev rule is known
 * @param region    a region of that snapshot
 * @param ret_kind  the kind; may be NULL
 * @param ret_text  a part of a sentence, printable: "probably auto_online_blocks=online",
 *                  "perhaps /etc/udev/rules.d/40-memory.rules:3, which ...", "another program:
 *                  ..."; the caller frees it with free()
 * @return 0, also where the cause is not known; -ENOMEM
 * @since 1.0
 */
int mhp_region_guess_cause(const struct mhp_snapshot *snap, const struct mhp_region *region,
			   enum mhp_cause_kind *ret_kind, char **ret_text);

/**
 * Who is likely to have done what an event tells. Only of a monitor with
 * MHP_MONITOR_CAUSES. Concluded from the system as it was when the event was taken, from
 * udev rules as the monitor's last snapshot has them, and from /run/libmhp/acts.
 *
 * @param event  the event
 * @return the kind; MHP_CAUSE_UNKNOWN also without that flag
 * @since 1.0
 */
enum mhp_cause_kind mhp_event_get_cause(const struct mhp_event *event);

/**
 * The same in words, as with mhp_region_guess_cause(): "probably mhp[123]: online dax0.0 as
 * online_movable".
 *
 * @param event  the event
 * @return a part of a sentence, printable, borrowed from the event; NULL: without that
 *         flag, and of MHP_EVENT_LOST and MHP_EVENT_RESYNCED
 * @since 1.0
 */
const char *mhp_event_get_cause_text(const struct mhp_event *event);

#ifdef __cplusplus
}
#endif

#endif /* MHP_CAUSE_H */
