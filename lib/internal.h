/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of lib/ share; a banner for each source file. */
#ifndef MHP_INTERNAL_H
#define MHP_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <mhp/mhp.h>

#include "backend.h"
#include "parse.h"
#include "range.h"

#define MHP_EXPORT __attribute__((visibility("default")))
#define MEMORY_PATH "/sys/devices/system/memory"
#define NODE_PATH "/sys/devices/system/node"
#define TIERS_PATH "/sys/devices/virtual/memory_tiering"
#define DAX_BUS_PATH "/sys/bus/dax"
#define DAX_DEVICES_PATH "/sys/bus/dax/devices"
#define DAX_DRIVERS_PATH "/sys/bus/dax/drivers"
#define DAX_AUTOPROBE_PATH "/sys/bus/dax/drivers_autoprobe"
#define POLICY_PATH MEMORY_PATH "/auto_online_blocks"
#define MODULE_PATH "/sys/module"
#define RUN_PATH "/run/libmhp"
#define LOCK_NAME "lock"
#define JOURNAL_NAME "journal"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Beyond what any architecture has: 2^24 blocks of 16 MiB are 256 TiB. */
#define MAX_REGION_BLOCKS (UINT64_C(1) << 24)

/* ---- request.c: what a goal means ---- */

#define ALL_RULES \
	((uint64_t)(MHP_RULE_KEEP | MHP_RULE_REZONE | MHP_RULE_PER_BLOCK | MHP_RULE_BORROW | \
		    MHP_RULE_RELEASE | MHP_RULE_KERNEL_ZONE))

/* The four words that memoryN/state and daxX.Y/state take, never NULL. */
const char *online_word(enum mhp_online_type type);
bool zone_is_kernel(enum mhp_zone zone);
/* The type that brings memory back to a zone it was in. */
enum mhp_online_type zone_online_type(enum mhp_zone zone);
/* Is a block that is in this state and zone as a goal and type want it? */
bool is_as_wanted(enum mhp_goal goal, enum mhp_online_type type, enum mhp_state state,
		  enum mhp_zone zone);

enum target_kind {
	TARGET_NONE,
	TARGET_REGION,
	TARGET_RANGE,
	TARGET_BLOCKS,
	TARGET_NODE,
	TARGET_KIND,
};
struct mhp_request {
	enum target_kind target;
	char *region;
	struct range range;
	struct block_run *runs;	/* as they were added */
	size_t n_runs;
	int node;
	enum mhp_region_kind kind;
	uint64_t size_bytes;	/* 0: all */
	char *driver;		/* who gets the device once it is unplugged, or NULL */
	enum mhp_goal goal;
	bool type_set, type_default;
	enum mhp_online_type type;
	uint64_t rules;
};
/* Does its goal need an online type? */
bool request_is_typed(const struct mhp_request *request);

/* ---- text.c: text for people, and copies ---- */

/* A growing text; once memory ran out it stays failed. */
struct text {
	char *str;
	size_t length, size;
	bool failed;
};
__attribute__((format(printf, 2, 3)))
void text_add(struct text *text, const char *format, ...);
/* adds str with every byte that is not printable ASCII as \xNN */
void text_add_escaped(struct text *text, const char *str);
/* Nothing in it that would have to be escaped, but for backslashes? */
bool is_printable(const char *str);
/* "1 GiB", "176 MiB", "4 KiB" where that is exact, else bytes */
void text_add_bytes(struct text *text, uint64_t bytes);
/* "EBUSY (Device or resource busy)"; code is negative */
void text_add_code(struct text *text, int code);
/* Gives the string away; -ENOMEM. */
int text_finish(struct text *text, char **ret_str);
void text_add_raw(struct text *text, const char *bytes, size_t length);
/* printf to a new string; -ENOMEM */
__attribute__((format(printf, 2, 3)))
int copy_text(char **ret_str, const char *format, ...);
/* Both NULL, or both the same text? */
bool is_same(const char *a, const char *b);

/* ---- opts.c: structs that grow ---- */

/*
 * Copies what the caller knows of an opts struct into the library's; the rest
 * keeps its zeros. -EINVAL: no size; -E2BIG: sets what this library does not know.
 */
int opts_take(void *mine, size_t my_size, const void *theirs, size_t their_size);

/* ---- context.c ---- */

struct acts;
/* Of a program's name, what others get to see. */
#define PROGRAM_LENGTH_MAX 63

struct mhp_ctx {
	unsigned int refs;
	struct mhp_backend *be;
	mhp_log_fn log_fn;
	void *log_data;
	struct acts *own;	/* what mhp_apply() did with it; NULL: nothing yet */
	char *program;		/* whose it is; NULL: the process tells */
};
/* May files change though we did not write them? */
bool ctx_is_live(struct mhp_ctx *ctx);
__attribute__((format(printf, 4, 5)))
void ctx_log(struct mhp_ctx *ctx, int code, const char *path, const char *format, ...);

/* ---- resolve.c: open below a directory, never outside of it ---- */

/* Does this kernel let us use openat2()? */
bool have_openat2(int root_fd);
/* Opens a directory by path below root_fd, following links below it. */
int open_below_root(int root_fd, const char *path, bool use_openat2);
/*
 * The same for what is no directory. Needs openat2(). With one_fs -EXDEV if path leads to
 * another file system than the root's.
 */
int open_linked(int root_fd, const char *path, int flags, bool one_fs);
/*
 * ... without openat2(): opens the directory that path ends in, links followed, and tells
 * the name of the file in there (NAME_MAX + 1 bytes), which is no link. -EISDIR: path is a
 * directory's.
 */
int open_above(int root_fd, const char *path, char *ret_name);
/* -EXDEV: a name with ".."; -EINVAL: an absolute one; -ENAMETOOLONG */
int check_beneath(const char *name);
/* Opens name, which may have several parts, below dir_fd, following no link. */
int open_beneath(int dir_fd, const char *name, int flags, bool use_openat2);

/* ---- host.c ---- */

int host_new(const char *root, bool use_openat2, struct mhp_backend **ret_be);

/* ---- problems.c: files that could not be read or understood ---- */

struct problem {
	char *path;
	char *text;		/* what stood there, or NULL */
	int code;
};
struct problems {
	struct problem *list;
	size_t count, room;
};
/* 0; -ENOMEM */
int problems_add(struct problems *problems, int code, const char *text,
		 const char *dir, const char *name);
/* The first one about path, or about a file in that directory; NULL if there is none. */
const struct problem *problems_find(const struct problems *problems, const char *path);
/* "PATH: EIO (Input/output error)", or what stood there and is not understood */
void text_add_problem(struct text *text, const struct problem *problem);
void problems_free(struct problems *problems);

/* ---- sysfs.c: attributes of an open directory ---- */

struct sysfs_dir {
	struct mhp_ctx *ctx;
	struct mhp_dir *dir;
	char *path;		/* below the root */
};
int sysfs_open(struct mhp_ctx *ctx, const char *path, struct sysfs_dir *ret);
/* fine on a zeroed one */
void sysfs_close(struct sysfs_dir *dir);
int sysfs_list(struct sysfs_dir *dir, const char *name, mhp_list_fn fn, void *data);
/*
 * Reads an attribute as a string, without its last newline. -EBADMSG: holds a
 * NUL or is larger than any attribute.
 */
int sysfs_read(struct sysfs_dir *dir, const char *name, char buf[MHP_ATTR_SIZE + 1]);
/* The same by a path, in which symbolic links are followed. */
int sysfs_read_path(struct mhp_ctx *ctx, const char *path, char buf[MHP_ATTR_SIZE + 1]);
/* May take for ever: mhp_apply() has it done by a worker, who can be ended (can_end). */
int sysfs_write(struct sysfs_dir *dir, const char *name, const char *word, bool can_end);
/* the last part of what a symbolic link points to; the caller frees it */
int sysfs_read_link_name(struct sysfs_dir *dir, const char *name, char **ret_name);
int sysfs_exists(struct sysfs_dir *dir, const char *name);
/* 1 or 0, by its path */
int sysfs_dir_exists(struct mhp_ctx *ctx, const char *path);
/*
 * Resolves the text of the symbolic link dir/name to a path below the root, by
 * its letters alone; name itself if it is no link. The caller frees it.
 */
int sysfs_copy_link_path(struct sysfs_dir *dir, const char *name, char **ret_path);

/* ---- conf-files.c: files in several directories, of which one hides another ---- */

struct mhp_private_conf_file {
	const char *path;
	bool is_dir;		/* that could not be listed, or is foreign */
	bool foreign;		/* others than root may say what is in it */
	const char *hidden_by;	/* the path of another file; then it was not read */
	bool masks;		/* a link to /dev/null: code is -ENOENT */
	int code;		/* 0: text is what is in it; -ENOENT: a link to nothing */
	const char *text;
	size_t length;
};
typedef int (*mhp_private_conf_fn)(void *data, const struct mhp_private_conf_file *file);
/*
 * Calls fn for each directory that could not be listed, with its path and code, and then
 * for each file whose name has this ending, sorted by name and then by directory. With whose
 * also for each directory that is foreign; only then files tell.
 * Non-zero from fn ends it, and is returned; -ENOMEM.
 */
int conf_files_read(struct mhp_ctx *ctx, const char *const *dirs, size_t n_dirs,
		    const char *ending, bool whose, mhp_private_conf_fn fn, void *data);
/* Those of the standing policy. For libmhp-policy; the path of a directory is a constant. */
int mhp_private_read_policy_files(struct mhp_ctx *ctx, mhp_private_conf_fn fn, void *data);
bool conf_is_name(const char *name, const char *ending);
/*
 * Reads a file, links followed below the root, into masks, code and length, and with whose
 * foreign. The text is to be freed.
 */
void conf_read(struct sysfs_dir *dir, const char *name, bool whose,
	       struct mhp_private_conf_file *ret, char **ret_text);
/* Can others than root say what is in it, as the back end knows? "." for the directory. */
bool sysfs_is_foreign(struct sysfs_dir *dir, const char *name);

/* ---- kmod.c: the only caller of libkmod ---- */

/* as mhp_backend_ops.load_module() */
int kmod_load(const char *name);
/* The same with modules and configuration from elsewhere; NULL: as kmod_load(). */
int kmod_load_from(const char *modules, const char *const *config, const char *name);

/* ---- worker.c: a thread for what may have to be ended ---- */

/* CLOCK_MONOTONIC */
int64_t now_ns(void);
#define NEVER_NS INT64_MAX
/* timeout_ms from now; 0: default_ms; MHP_TIMEOUT_NONE: NEVER_NS */
int64_t deadline_ns(int64_t timeout_ms, int64_t default_ms);

struct worker;
/* -EAGAIN, -ENOMEM. Its thread, with all signals blocked, begins with the first job. */
int worker_new(struct worker **ret_worker);
void worker_free(struct worker *worker);
/*
 * Has fn(data) done by the worker's thread, where cancellation is disabled but where
 * fn enables it, and waits for it. Meanwhile tick, if not NULL, is called every
 * 100 ms or so, and once more at the deadline: non-zero ends the job as that does. 0: fn came to its end, and
 * *ret_code is what it returned; -ETIMEDOUT, -ECANCELED: it was ended, and its
 * thread with it (another one begins with the next job); -EAGAIN: no thread to be had,
 * nothing was done. Never returns while fn is still at work.
 */
int worker_run(struct worker *worker, int (*fn)(void *data), void *data, int64_t deadline,
	       int (*tick)(void *tick_data), void *tick_data, int *ret_code);

/* ---- lock.c: one user of libmhp at a time ---- */

struct run_lock {
	struct sysfs_dir run;	/* RUN_PATH */
	struct mhp_lock *lock;
};
/*
 * Waits for the lock; tick as with worker_run(). who is what others get to see, such as
 * "mhp[123]: online dax0.0 as online_movable". -ETIMEDOUT, with the one who
 * holds it in *ret_holder, NULL if that is not known; -ECANCELED. The caller frees it.
 */
int lock_take(struct mhp_ctx *ctx, const char *who, int64_t deadline,
	      int (*tick)(void *tick_data), void *tick_data, struct run_lock *ret_lock,
	      char **ret_holder);
/* fine on a zeroed one */
void lock_release(struct run_lock *lock);
/* "mhp[123]: WHAT", printable; -ENOMEM */
int lock_copy_who(const struct mhp_ctx *ctx, const char *what, char **ret_who);
/* Makes RUN_PATH if need be. Tells the log function why not. */
int lock_open_run(struct mhp_ctx *ctx, struct sysfs_dir *ret_run);
/* Who has this lock, as he says himself; NULL: not known, or no longer so. */
char *lock_copy_holder(struct sysfs_dir *run, const char *name);
/* For those whom nobody tells, less than a second: a signal of the caller's ends it earlier. */
void pause_ns(int64_t ns);

/* ---- quoted.c: strings in our own files ---- */

/* Adds ' "STR"'. */
void text_add_quoted(struct text *text, const char *str);
/* Takes ' "..."' off the line, which is changed; NULL if it is not that. */
char *take_quoted(char **line);

/* ---- journal.c: what is to be put back if we are killed ---- */

enum journal_kind {
	JOURNAL_SETTING = 1,	/* path: ours was written where before stood */
	JOURNAL_ID = 2,		/* path: a driver's remove_id; ours: the device that
				   new_id was told. Writing it there takes that back */
};
struct journal_entry {
	enum journal_kind kind;
	char *path, *ours, *before;
};
/*
 * The file is there from the first journal_begin() to journal_end(), and what it
 * says is always ahead of what is done.
 */
struct journal {
	struct sysfs_dir *run;
	char *who;		/* printable */
	char *boot;		/* which boot of the machine; NULL: not known */
	struct journal_entry *entries;
	size_t count, room;
};
/*
 * run must stay open. -EEXIST: there is one, of which recover() could not put back
 * everything.
 */
int journal_begin(struct journal *journal, struct sysfs_dir *run, const char *who);
/*
 * A path below /sys; before is NULL with JOURNAL_ID, and only there. On disk when it
 * returns 0, and upon failure not added.
 */
int journal_add(struct journal *journal, enum journal_kind kind, const char *path,
		const char *ours, const char *before);
/* The last one that was added is done with; upon failure too, but for the disk. */
int journal_drop(struct journal *journal);
/* Removes the file, unless entries are left. */
int journal_end(struct journal *journal);
/* fine on a zeroed one */
void journal_free(struct journal *journal);
/* Puts what is in memory on disk. */
int journal_write(const struct journal *journal);
int journal_remove(struct sysfs_dir *run);
/*
 * -ENOENT: there is none; -ESTALE: it is of another boot of the machine, and there is
 * nothing to put back any more; -EBADMSG, told to the log function; -ENOMEM
 */
int journal_load(struct sysfs_dir *run, struct journal *ret);
/* The same in silence; with -EBADMSG *ret_bad tells what stood there. */
int journal_read(struct sysfs_dir *run, struct journal *ret, char **ret_bad);
/* Which boot of the machine this is; NULL where it does not tell. */
int read_boot(struct mhp_ctx *ctx, char **ret_boot);

/* ---- recover.c ---- */

/* With the lock held. *ret stays NULL if there was nothing; codes as mhp_recover(). */
int recover(struct mhp_ctx *ctx, struct sysfs_dir *run, struct mhp_recovery **ret);
/* What is pending, for a snapshot: takes no lock and writes nothing. */
struct pending {
	int code;
	const char *path;	/* what code is about */
	char *text;		/* -EBADMSG: what stands there, else NULL */
	char *what;		/* NULL: nothing */
	bool running;
};
/* 0; -ENOMEM */
int pending_read(struct mhp_ctx *ctx, struct pending *ret);
void pending_free(struct pending *pending);

/* ---- block.c ---- */

#define BLOCK_NO_NODE 0xfff
#define BLOCK_NO_REGION UINT32_MAX
#define BLOCK_MAX_ID ((UINT64_C(1) << 40) - 1)

/* 16 bytes a block: what does not fit is kept in the snapshot, out of line. */
struct mhp_block {
	uint64_t id : 40;
	uint64_t node : 12;
	uint64_t zones : 12;	/* PARSE_MAX_ZONES times 4 bits, the first one lowest */
	uint32_t region;	/* index in the snapshot */
	uint8_t state;
	uint8_t n_zones;
	uint8_t odd_zones : 1;	/* valid_zones has a word never seen */
	uint8_t shared : 1;	/* more than one node has it */
	uint8_t inferred : 1;	/* state and zone were not read: infer.c */
	uint8_t told : 1;	/* zones is what one that is online is in; n_zones may be 0 */
};
_Static_assert(sizeof(struct mhp_block) <= 16, "a block is at most 16 bytes");

/* What a block is just now. */
struct block_now {
	enum mhp_state state;	/* MHP_STATE_ABSENT if there is none */
	enum mhp_zone zone;	/* of an online block */
	int code;		/* why state or zone is not known */
	const char *file;	/* ... and which file of memoryN it is about */
};
/*
 * Reads state, and the zone if it is online. mem is the memory directory; node
 * is where its node link is expected, or -1. valid_zones is read only where the
 * block's node link exists, unless the machine has no nodes: before, a 6.x
 * kernel can crash (kernel-abi: node id -1 in valid_zones_show()).
 */
void block_look(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		struct block_now *ret_now);
/*
 * Reads the zone alone, which tells the state as well: of a block that is not online the
 * kernel names two zones at least (kernel-abi 1.4). False: it is not online, or
 * that does not tell.
 */
bool block_look_online(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		       struct block_now *ret_now);
/* Reads valid_zones behind the same guard; -ENODATA: no such file; -ENOLINK: not safe to read yet. */
int block_read_zones(struct sysfs_dir *mem, uint64_t id, int node, bool numa,
		     char buf[MHP_ATTR_SIZE + 1]);
/* A file of a block, by way of the node that it is on. -ENOENT: of another, or no such file. */
int block_read_by_node(struct sysfs_dir *mem, uint64_t id, int node, const char *file,
		       char buf[MHP_ATTR_SIZE + 1]);
/* The node that a block is linked to: hint, if it is, else the lowest one; -1: to none. */
int block_find_node(struct sysfs_dir *mem, uint64_t id, int hint);

/* ---- node.c ---- */

struct node_flag {
	int code;		/* -ENODATA: no such list */
	bool set;
};
/* Of nodeM/accessC/initiators, in this order. */
enum access_value { READ_BANDWIDTH, WRITE_BANDWIDTH, READ_LATENCY, WRITE_LATENCY, ACCESS_VALUES };
/* accessC: 0 and 1 */
#define ACCESS_CLASSES 2

struct node_number {
	int code;		/* -ENODATA: the kernel does not know */
	uint64_t value;
};
struct node_access {
	int code;		/* of the list of initiators */
	int *initiators;	/* ascending */
	size_t n_initiators, room;
	struct node_number values[ACCESS_VALUES];
};
struct node_cache {
	unsigned int level;
	struct node_number size;
};
struct mhp_node {
	int id;
	const struct mhp_snapshot *snap;
	struct node_flag has_cpu, has_memory, has_normal_memory, has_generic_initiator;
	int blocks_code;
	size_t n_blocks;

	size_t *regions;	/* indices in the snapshot, ascending */
	size_t n_regions, regions_room;
	/* blocks that are a region's, and boot memory's; shared ones count on the lowest node */
	size_t n_given, n_boot;
	/* -ENODATA, all of these, unless they were asked for */
	int tier_code;
	int tier;
	int distance_code;
	unsigned int *distances;	/* one for each node of the snapshot */
	struct node_access access[ACCESS_CLASSES];
	int caches_code;
	struct node_cache *caches;	/* by level */
	size_t n_caches, caches_room;
};
/* NULL if there is none */
struct mhp_node *snapshot_find_node(const struct mhp_snapshot *snap, int id);
/* One of which nothing is known but its number. */
struct mhp_node node_unknown(const struct mhp_snapshot *snap, int id);
void nodes_free(struct mhp_snapshot *snap);

/* ---- node-regions.c ---- */

/* Which regions have memory on which node, once blocks have their owners; -ENOMEM. */
int nodes_find_regions(struct mhp_snapshot *snap);

/* ---- policy.c ---- */

struct system_policy {
	int default_code;
	enum mhp_online_type default_type;
	/* of the module memory_hotplug; -ENODATA: no such file */
	int online_policy_code;
	char *online_policy;
	int memmap_code;
	char *memmap;
	int ratio_code;
	unsigned int ratio_percent;
	int numa_aware_code;
	bool numa_aware;
};
int policy_read(struct mhp_ctx *ctx, struct sysfs_dir *mem, struct system_policy *ret,
		struct problems *problems);
void policy_free(struct system_policy *policy);

/* ---- iomem.c: System RAM as /proc/iomem names it ---- */

struct iomem_ram {
	struct range range;
	char *driver;		/* NULL for plain "System RAM" */
};
struct iomem {
	int code;		/* why it could not be read; -EACCES: addresses hidden */
	struct iomem_ram *ram;
	size_t count, room;
	bool is_unsorted;	/* or some overlap */
	char *text;		/* NULL once iomem_forget_lines() was called */
	size_t length;
};
int iomem_read(struct mhp_ctx *ctx, struct iomem *ret, struct problems *problems);
void iomem_free(struct iomem *iomem);
/*
 * Calls fn with each line that makes sense. parents are those that it stands below, the
 * outermost first; what they say of its addresses is not checked. Non-zero from fn ends
 * it, and is returned. No lines where the addresses are hidden.
 */
typedef int (*iomem_line_fn)(void *data, const struct iomem_line *line,
			     const struct iomem_line *parents, size_t n_parents);
int iomem_walk(const struct iomem *iomem, iomem_line_fn fn, void *data);
/* Only System RAM is kept. */
void iomem_forget_lines(struct iomem *iomem);
bool iomem_line_is_named(const struct iomem_line *line, const char *name);
bool iomem_line_is_ram(const struct iomem_line *line);
/* All System RAM; UINT64_MAX: more than that. */
uint64_t iomem_count_bytes(const struct iomem *iomem);
/* Is all of the range System RAM? */
bool iomem_covers(const struct iomem *iomem, const struct range *range);
/* The driver of the System RAM that a range overlaps first; NULL if it is none or plain. */
const char *iomem_find_driver(const struct iomem *iomem, const struct range *range);
/* The same of a block; of all blocks from there to *ret_end, which is not one of them, too. */
const char *iomem_find_block_driver(const struct iomem *iomem, uint64_t id, uint64_t block_size,
				    uint64_t *ret_end);

/* ---- zoneinfo.c: zones as /proc/zoneinfo tells of them ---- */

/* in pages */
struct zone_info {
	int node;
	enum mhp_zone zone;	/* MHP_ZONE_UNKNOWN: one never seen */
	uint64_t free, spanned, present, managed, start_pfn;
	bool has_spanned, has_present, has_start;
};
struct zoneinfo {
	int code;		/* why there are none */
	struct zone_info *zones;
	size_t count, room;
};
/*
 * -EBADMSG: the line at *ret_line, of *ret_length bytes, makes no sense, or there is
 * nothing; -ENOMEM. Lines never seen are passed over. *ret holds something even upon
 * failure.
 */
int zoneinfo_parse(const char *text, size_t length, struct zoneinfo *ret, const char **ret_line,
		   size_t *ret_length);
/*
 * -ENOMEM; anything else is noted, and is ret->code. Unless it is needed, a file that is
 * not there is no problem: -ENODATA.
 */
int zoneinfo_read(struct mhp_ctx *ctx, bool needed, struct zoneinfo *ret,
		  struct problems *problems);
/*
 * For those who can do without: nothing is noted, and a zone that changes just now has no
 * start. -EAGAIN in ret->code: there are others now.
 */
int zoneinfo_look(struct mhp_ctx *ctx, struct zoneinfo *ret);
/* ... and for those who find out otherwise if it was changing. */
int zoneinfo_glance(struct mhp_ctx *ctx, struct zoneinfo *ret);
void zoneinfo_free(struct zoneinfo *info);

/* in pages; UINT64_MAX: more than that */
struct zone_sums {
	uint64_t kernel_present, kernel_free, movable_present;
};
/* of a node; -1: of all */
void zoneinfo_sum(const struct zoneinfo *info, int node, struct zone_sums *ret);
/*
 * The root may be another machine's, so this one's page size does not help: it is told
 * from what the blocks that are online come to, in pages. 4096 if it cannot be.
 */
uint64_t zoneinfo_guess_page_size(const struct zoneinfo *info, uint64_t online_bytes);
/* Do pages of this size come to what the blocks do, up to a factor of two? */
bool zoneinfo_fits(const struct zoneinfo *info, uint64_t page_size, uint64_t online_bytes);

/* ---- scan-udev.c: the udev rules that online memory; udev.h tells how they are found ---- */

struct udev_rule;
struct udev_rules {
	int code;		/* 0: all of them are known */
	struct udev_rule *list;	/* in the order in which udev follows them */
	size_t count, room;
};
/* -ENOMEM; what could not be read is noted, and is ret->code */
int udev_rules_read(struct mhp_ctx *ctx, struct udev_rules *ret, struct problems *problems);
void udev_rules_free(struct udev_rules *rules);
/* "online", "online|online_movable"; NULL: not known */
const char *udev_rule_word(const struct udev_rule *rule);

/* In the order in which one hides another's files of the same name. */
#define UDEV_DIRS 5
extern const char *const udev_dirs[UDEV_DIRS];
bool udev_is_file_name(const char *name);
/* Reads a file, links followed below the root. -ENOENT also if it is masked. */
int udev_read_file(struct sysfs_dir *dir, const char *name, char **ret_text, size_t *ret_length);

/* ---- region.c ---- */

#define MHP_CAPABILITIES (MHP_CAN_RELEASE + 1)

/* Why something cannot be done to a region; why is NULL if it can. */
struct cannot {
	enum mhp_conflict_code code;
	const char *why, *hint;
};

struct region_fact {
	const char *name;
	char *text;
	int code;
};

struct region_device;

/* Blocks that come and go together, by one write: an LMB of a POWER partition. */
struct block_unit {
	uint64_t first;
	size_t count;		/* MAX_REGION_BLOCKS or fewer */
	uint64_t handle;	/* what the firmware knows it by */
};

struct mhp_region {
	char *name;
	char *path;
	enum mhp_region_kind kind;

	int node_code;		/* 0: node holds */
	int node;
	int driver_code;
	char *driver;		/* NULL: none bound */
	int device_state_code;	/* -ENODATA: no such file */
	enum mhp_device_state device_state;
	char *device_word;
	int ram_code;
	char *ram_driver;
	bool holds_memmap;	/* asks for it; the system must allow it, too */

	int ranges_code;
	struct range *ranges;
	size_t n_ranges;
	struct block_run *runs;	/* whole blocks inside the ranges */
	size_t n_runs;
	bool overlaps;		/* a block of it is another region's too */
	bool is_empty;		/* a slot with nothing in it: unplugged */
	struct block_unit *units;	/* sorted; NULL: each block by itself */
	size_t n_units;

	bool is_identified;	/* else identity, facts and devices are not told: not asked for */
	int identity_code;	/* 0: identity holds; -ENODATA */
	char *identity;
	struct region_fact *facts;	/* those that abilities need are always here */
	size_t n_facts;
	struct region_device *devices;	/* provider.h */
	size_t n_devices;
	struct cannot cannot[MHP_CAPABILITIES];
	const struct mhp_region *parent;
	bool has_children;

	/* computed once blocks are known */
	const struct mhp_block *blocks;	/* all of the snapshot's, sorted */
	struct block_span {
		size_t first, count;
		size_t before;	/* so many are in the spans before it */
	} *spans;		/* where in blocks; of a run, at first, then those it owns */
	size_t n_spans;
	size_t n_blocks;	/* it owns */
	bool has_plugged;	/* plugged_code says whether plugged_bytes is known */
	int plugged_code;
	uint64_t plugged_bytes;	/* of its online blocks */
	size_t n_total;		/* in its ranges: state, zone and online_bytes are of these */
	enum mhp_state state;
	enum mhp_zone zone;
	uint64_t size_bytes, online_bytes, lost_bytes;
};
/*
 * Takes ranges over, but not upon failure: computes runs, size and lost bytes.
 * -EBADMSG: with the one at *ret_bad they are larger than any machine or overlap;
 * -ENOMEM.
 */
int region_set_ranges(struct mhp_region *region, struct range *ranges, size_t count,
		      uint64_t block_size, size_t *ret_bad);
/* First block whose number is id or more; count: none. */
size_t blocks_find_first(const struct mhp_block *blocks, size_t count, uint64_t id);
/* Finds the blocks in the region's ranges, and what they make of it. */
int region_find_blocks(struct mhp_region *region, const struct mhp_block *blocks, size_t count,
		       uint64_t block_size);
/* The node of all blocks in its ranges, if it is the same one. */
void region_find_node(struct mhp_region *region, const struct mhp_snapshot *snap);
/* Once all blocks have owners: keeps those that have the region of this index. */
int region_keep_owned(struct mhp_region *region, uint32_t index);
void region_free_members(struct mhp_region *region);
/* The unit that a block of the region is in, whether it exists or not. */
struct block_unit region_unit_of(const struct mhp_region *region, uint64_t id);
/* MAX_REGION_BLOCKS or fewer */
size_t region_count_whole_blocks(const struct mhp_region *region);
/* Is it a whole block in the region's ranges, whether it exists and whoever owns it? */
bool region_has_block(const struct mhp_region *region, uint64_t id);

/* Where in the list they are, once all are known: region-index.c */
enum region_level {
	REGION_DEEP,
	REGION_ABOVE,		/* others are, or may be, made from it */
	REGION_LEVELS,
};
typedef bool (*region_test)(const struct mhp_region *region);
struct region_index {
	size_t *by_name;	/* NULL: none was made */
	struct indexed_runs {
		struct indexed_run {
			struct block_run run;
			uint64_t reach;	/* where it, or one before it, ends last */
			size_t region;
		} *list;	/* by first block */
		size_t count;
	} runs[REGION_LEVELS];
};
struct regions {
	struct mhp_region *list;
	size_t count, room;
	int code;		/* why they, or some, are not listed */
	struct region_index index;
};
void regions_free(struct regions *regions);

/* ---- region-index.c: which region has a name, or a block, without a walk over all ---- */

/*
 * Of a list that is complete. It is to be forgotten, or made anew, when that changes.
 * -ENOMEM: there is none.
 */
int regions_make_index(struct regions *regions, region_test is_above);
void regions_forget_index(struct regions *regions);
/* The first one of that name; without an index it is looked for one by one. NULL: none */
struct mhp_region *regions_find_name(const struct regions *regions, const char *name);
/*
 * The first one with that block, be it there or not; NULL: none, or there is no index. Not
 * memory that nobody else owns, as from boot: its blocks are there.
 */
const struct mhp_region *regions_find_block(const struct regions *regions,
					    enum region_level level, uint64_t id);

/* ---- provider-dax.c ---- */

/* The bus itself, where it is there. */
struct dax_bus {
	bool has_kmem, has_device_dax;	/* their drivers are registered */
	bool autoprobe;		/* drivers_autoprobe is there and not 0 */
};
int dax_read_bus(struct mhp_ctx *ctx, struct dax_bus *ret, struct problems *problems);

/* ---- snapshot.c ---- */

struct odd_zones {
	uint64_t id;
	char *text;
};
/* What of a block the host gives. */
struct plugged {
	uint64_t id;
	uint64_t bytes;
	int code;
};
/* What surrounds blocks; codes are -ENODATA if that was not asked for. */
struct facts {
	bool gathered;		/* all that a plan needs */
	int hotremove_code;
	bool has_hotremove;
	uint64_t page_size;
	bool is_page_size_known;	/* else it is a guess that does not fit */
	struct zoneinfo zones;
	struct udev_rules udev;
};
struct mhp_snapshot {
	int refs;
	uint64_t flags;		/* what it was taken with, and what that implies */
	uint64_t block_size;
	bool numa;
	struct mhp_block *blocks;
	size_t n_blocks;
	struct mhp_node *nodes;
	size_t n_nodes;
	int nodes_code;
	struct regions regions;
	int owners_code;	/* why not every block's owner is known */
	struct iomem iomem;
	struct system_policy policy;
	struct dax_bus dax;
	bool contained;
	struct facts facts;
	struct plugged *plugged;	/* of those that a host plugs; sorted by id */
	size_t n_plugged;
	struct problems problems;
	struct pending pending;
	struct odd_zones *odd;	/* sorted by id */
	size_t n_odd, odd_room;
	bool has_only;		/* it is for the region at only: states of others are not known */
	size_t only;
};

/* Blocks as directories name them: a key has the number, and of which node's directory it is. */
struct block_keys {
	uint64_t *list;
	size_t count, room, n_sorted;
};

/* What the scan needs while the snapshot is in the making. */
struct scan {
	struct mhp_ctx *ctx;
	struct mhp_snapshot *snap;
	struct sysfs_dir mem;
	uint64_t flags;
	const char *region;	/* whose blocks are read; NULL: of all regions */
	const struct mhp_snapshot *base;	/* what other blocks are taken over from, or NULL */
	bool is_alone;		/* scan_region_alone() has found it */
	bool needs_all;		/* ... or all states must be read all the same */
	bool has_usual_pages;	/* of 4096 bytes; else they are told, or guessed by online blocks */
	size_t nodes_room;
	int node;		/* whose directory is being listed */
	struct block_keys keys;
	uint64_t max_id;	/* beyond it no address is 64 bits */
	bool is_strange;	/* a node's directory names what cannot be a block */
	bool has_seqnum;
	uint64_t seqnum;	/* of the last uevent before the blocks were listed */
};
int scan_note(struct scan *scan, int code, const char *text, const char *dir, const char *name);

/* ---- block-keys.c ---- */

int block_keys_reserve(struct block_keys *keys, size_t room);
/*
 * node: whose directory has the name, nodes upwards, and then BLOCK_NO_NODE: the one of all
 * blocks. -EINVAL: no block's name; -ERANGE: its number is larger than max_id; -ENOMEM.
 */
int block_keys_take(struct block_keys *keys, const char *name, unsigned int node, uint64_t max_id);
/* How many blocks they are of: one that two nodes have has two. -ENOMEM */
int block_keys_count_blocks(struct block_keys *keys, size_t *ret_count);
/*
 * Gives the snapshot its blocks, sorted, and counts those of each node. With all_listed, what
 * the directory of all blocks does not name is left out.
 */
int block_keys_finish(struct block_keys *keys, bool all_listed, struct mhp_snapshot *snap);

/* ---- scan-blocks.c, scan-nodes.c: which blocks there are, and of which nodes ---- */

/* Opens the directory and reads the block size. -ENODEV: no memory hotplug here. */
int scan_open_memory(struct scan *scan);
struct mhp_block *snapshot_find_block(const struct mhp_snapshot *snap, uint64_t id);
/* Takes the name of a block in a node's directory, or BLOCK_NO_NODE. 0, also for another name. */
int scan_take_block(struct scan *scan, unsigned int node, const char *name);
/* Room for as many as there seem to be. */
int scan_expect_blocks(struct scan *scan);
/* Nodes, and the blocks in their directories; then all blocks, sorted. */
int scan_nodes(struct scan *scan);
int scan_block_names(struct scan *scan);
/* Which nodes there are, but not which blocks they have. */
int scan_node_names(struct scan *scan);

/* ---- scan-states.c: state and zones ---- */

int scan_block_states(struct scan *scan);
/* Reads those of one; 1: it is gone. */
int scan_block(struct scan *scan, struct mhp_block *block);
/* The same in two, of which the second is for what is online. */
int scan_block_state(struct scan *scan, struct mhp_block *block);
int scan_block_zones(struct scan *scan, struct mhp_block *block);
/* ... as they were read: code as that of block_read_zones(). */
int scan_take_zones(struct scan *scan, struct mhp_block *block, int code, const char *text);
/* The text of valid_zones that has a word never seen; by rising id. */
int scan_keep_odd_zones(struct mhp_snapshot *snap, uint64_t id, const char *text);

/* ---- scan-region.c: one region, and no look at the others ---- */

/*
 * The region of this name, its blocks and their nodes. 1: it cannot be told without the others;
 * -ENOENT: there is none.
 */
int scan_region_alone(struct scan *scan);

/* ---- refresh.c: what need not be read ---- */

/* States and zones of all blocks: those that scan->base has are its own. */
int scan_take_over(struct scan *scan);
/*
 * With all regions known, reads the blocks of scan->region. Without a base the snapshot is for
 * that region only: -ENOENT.
 */
int scan_read_region(struct scan *scan);

/* ---- scan-topology.c ---- */

/* Distances, what the nodes' memory is rated at, caches before it; 0 or -ENOMEM. */
int scan_topology(struct scan *scan);

/* ---- scan-tiers.c ---- */

/* Which memory tier each node is in; 0 or -ENOMEM. */
int scan_tiers(struct scan *scan);

/* ---- scan-facts.c ---- */

/* Once all else is known. */
int scan_facts(struct scan *scan);
/* -ENOMEM; told by the kernel, or guessed */
int snapshot_page_size(struct scan *scan, uint64_t *ret_bytes);
/* 0: the kernel does not tell */
uint64_t scan_page_size(struct scan *scan);
void facts_free(struct facts *facts);

/* ---- plugged.c ---- */

/* Once all regions, their blocks and the facts are known. */
int scan_plugged(struct scan *scan);

/* ---- conflict.c ---- */

struct mhp_conflict {
	enum mhp_conflict_code code;
	uint64_t *blocks;
	size_t n_blocks;
	char *message;
	const char *hint;
};
struct conflicts {
	struct mhp_conflict *list;
	size_t count, room;
};
/* Takes the message and the conflict's blocks over, upon failure too. */
int conflicts_add(struct conflicts *list, struct mhp_conflict *conflict, struct text *message);
void conflicts_free(struct conflicts *list);
/* "32-34,36" */
void text_add_ids(struct text *text, const uint64_t *ids, size_t count);
/* a line or two each, that start with what */
void text_add_conflicts(struct text *text, const char *what, const struct conflicts *found);

/* ---- plan.c ---- */

struct mhp_step {
	const struct mhp_plan *plan;
	enum mhp_step_kind kind;
	size_t part;
	size_t block;		/* _BLOCK, _CONFIGURE: index in the plan's blocks */
	size_t n_blocks;	/* MHP_STEP_CONFIGURE: so many from there on */
	size_t release;		/* MHP_STEP_RELEASE: index in the plan's releases */
	const char *word;
	const char *undo_word;
	const char *driver;	/* bind, unbind, load: whose file it is */
	const char *path;	/* borrow, return, configure */
	enum mhp_state expected_state, wanted_state;
	enum mhp_zone expected_zone;
	enum mhp_online_type type;
};

/* a block of the plan, as it was */
struct plan_block {
	uint64_t id;
	int node;		/* -1: not known */
	enum mhp_state state;
	enum mhp_zone zone;
};

/* What of the target has one origin: a region, or blocks that were named, whoever has them. */
struct plan_part {
	struct mhp_plan *plan;
	const struct provider *provider;	/* NULL: blocks only, and so are the five behind it */
	char *region;
	char *path;		/* the device's directory */
	char *driver;		/* NULL: none */
	char *device_word;	/* daxX.Y/state, NULL: no such file */
	enum mhp_device_state device_state;
	uint64_t lost_bytes;
	struct block_run *runs;
	size_t n_runs;
	struct block_unit *units;	/* what is to be plugged or unplugged; NULL: each
					   block by itself */
	size_t n_units;
	size_t first, count;	/* of the plan's blocks */
};

/* A region whose hardware is to be given back: parts of the plan are made from it, or it. */
struct plan_release {
	const struct provider *provider;
	char *region;
	char *path;
	bool is_done;		/* it is given back already */
	struct block_run *runs;
	size_t n_runs;
};

/* What a plan to plug rests on beside the device itself. */
struct plan_system {
	int policy_code;	/* 0: policy holds */
	enum mhp_online_type policy;
	bool has_kmem, has_device_dax;	/* the drivers are there */
	bool autoprobe;		/* drivers_autoprobe of the dax bus is there and not 0 */
	bool contained;
	bool has_nodes;
	bool has_hotremove;
};

struct mhp_plan {
	int refs;
	char *target;
	enum mhp_goal goal;
	enum mhp_online_type type;
	uint64_t rules;
	char *to_driver;	/* who gets the device once it is unplugged, or NULL */
	uint64_t block_size;
	struct plan_system system;
	struct plan_part *parts;
	size_t n_parts, parts_room;
	struct plan_release *releases;
	size_t n_releases, releases_room;
	struct plan_block *blocks;	/* part by part, each sorted */
	size_t n_blocks, blocks_room;
	struct mhp_step *steps;
	size_t n_steps, steps_room;
	struct conflicts conflicts, warnings;
	bool is_saved;		/* was read from text, and may be old */
	char **hints;
	size_t n_hints;
	char **texts;		/* paths and words that steps have made */
	size_t n_texts, texts_room;
};
/* Takes text over, also upon failure; it lives as long as the plan. -ENOMEM */
int plan_keep_text(struct mhp_plan *plan, char *text);
int plan_add_step(struct mhp_plan *plan, const struct mhp_step *step);
/* Zeroed but for its plan and the place of its blocks; good until the next one. */
int plan_add_part(struct mhp_plan *plan, struct plan_part **ret_part);
/* To the part that was added last. */
int plan_add_block(struct mhp_plan *plan, const struct plan_block *block);
/* Zeroed; good until the next one. */
int plan_add_release(struct mhp_plan *plan, struct plan_release **ret_release);
/* Of which part is a block? */
struct plan_part *plan_find_part(const struct mhp_plan *plan, size_t index);
/* "dax0.0", or the target of the whole plan */
const char *part_name(const struct plan_part *part);
size_t part_index(const struct plan_part *part);

/* ---- save-plan.c, read-plan.c: a plan as text ---- */

/* An older libmhp refuses a higher one. */
#define PLAN_FORMAT 1

/* ---- sound-plan.c ---- */

/* Of what was read, before it has steps. -EBADMSG: that is no plan of ours; -ENOMEM */
int plan_check_sound(const struct mhp_plan *plan);

/* ---- plan-why.c ---- */

/* Why no plan came of a request, but code. -ENOMEM */
int plan_copy_why(const struct mhp_snapshot *snap, const struct mhp_request *request, int code,
		  char **ret_why);

/* ---- target.c ---- */

/* Parts and blocks; with a conflict where that cannot be. -ENOENT: no such region or node */
int plan_resolve_target(struct mhp_plan *plan, const struct mhp_snapshot *snap,
			const struct mhp_request *request);

/* "dax0.0", "4 GiB of node 1" */
void text_add_target(struct text *text, const struct mhp_request *request);
/* What a part has of a region but for its blocks: name, path, driver. -ENOMEM */
int plan_copy_region(struct plan_part *part, const struct mhp_region *region);
/* A block of a part as it was found; NULL: it is not there. */
int plan_add_found(struct mhp_plan *plan, uint64_t id, int node, const struct mhp_block *block);

/* ---- plan-release.c: giving the hardware behind a region back ---- */

/* With MHP_RULE_RELEASE: of which regions, or conflicts. region is NULL unless one is named. */
int plan_find_releases(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		       const struct mhp_request *request, const struct mhp_region *region);
/* Last of all steps. */
int plan_release(struct mhp_plan *plan);

/* ---- choose.c ---- */

/*
 * Keeps as many of the ids as make up size_bytes; what can be given back later is
 * onlined last and taken offline first. Finds a conflict where there are not so many.
 */
int plan_choose(struct mhp_plan *plan, const struct mhp_snapshot *snap, uint64_t size_bytes,
		uint64_t *ids, size_t *count);

/* Boot memory with a hole in it never goes offline (test_pages_in_a_zone(), and before). */
bool block_has_hole(const struct mhp_snapshot *snap, const struct mhp_block *block);
/* A conflict: so many bytes are no multiple of the unit; only so many can be had. */
int plan_find_uneven(struct mhp_plan *plan, const char *unit, uint64_t unit_bytes);
int plan_find_too_few(struct mhp_plan *plan, size_t blocks, const char *what);

/* ---- choose-units.c ---- */

/*
 * As plan_choose(), of units, which are plugged or unplugged: the lowest ones come first, and the
 * highest ones go first, but before all what is offline.
 */
int plan_choose_units(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		      const struct mhp_region *region, uint64_t size_bytes, uint64_t *ids,
		      size_t *count);

/* ---- target-units.c: parts of regions that can be plugged in part ---- */

/* Is it to be planned for by block, with the goal of this plan? */
bool takes_blocks(const struct mhp_plan *plan, const struct mhp_region *region);
/*
 * The part of such a region that is meant. Nothing if none of it is; a conflict where it
 * cannot be.
 */
int plan_add_units(struct mhp_plan *plan, const struct mhp_snapshot *snap,
		   const struct mhp_request *request, const struct mhp_region *region);

/* ---- faults.c ---- */

typedef bool (*block_test)(const struct mhp_plan *plan, const struct plan_block *block);
size_t count_blocks(const struct plan_part *part, block_test test);
bool is_met(const struct mhp_plan *plan, const struct plan_block *block);
bool is_absent(const struct mhp_plan *plan, const struct plan_block *block);
bool is_present(const struct mhp_plan *plan, const struct plan_block *block);
bool is_online(const struct mhp_plan *plan, const struct plan_block *block);
bool is_online_elsewhere(const struct mhp_plan *plan, const struct plan_block *block);
bool spans_zones(const struct mhp_plan *plan, const struct plan_block *block);
/* Conflicts. About the whole part: "dax0.0 MESSAGE". */
int find_fault(struct plan_part *part, enum mhp_conflict_code code, const char *message,
	       const char *hint);
/* About blocks: "2 of 4 blocks of dax0.0 (32,35) MESSAGE"; nothing if there are none. */
int find_faults(struct plan_part *part, enum mhp_conflict_code code, block_test test,
		const char *message, const char *hint);

/* ---- check.c: what forbids any plan at all ---- */

int plan_check_part(struct plan_part *part, const struct mhp_snapshot *snap,
		    const struct mhp_region *region);
/* Without the zone nobody knows whether it is the right one, or the way back. */
int plan_check_zones(struct plan_part *part, const struct mhp_snapshot *snap);
int plan_find_no_default(struct mhp_plan *plan, const struct mhp_snapshot *snap);

/* ---- planner.c ---- */

bool is_bound(const struct plan_part *part);
/* A part of a device that may have a state file of its own. */
int plan_online(struct plan_part *part);
int plan_online_by_blocks(struct plan_part *part);
/* A conflict: "are online in Normal, not in Movable" */
int find_wrong_zone(struct plan_part *part);
int plan_offline(struct plan_part *part);
/* Steps, and conflicts, of what the plan's parts and system hold. */
int plan_make_steps(struct mhp_plan *plan);

/* ---- plan-plug.c: who has the device ---- */

int plan_plug(struct plan_part *part);
/* To kmem; away from who has it. */
int plan_bind(struct plan_part *part);
int plan_unplug(struct plan_part *part);
/* Is it to be added offline by a bind, and then onlined block by block, downwards? Any part? */
bool is_added_per_block(const struct plan_part *part);
bool plan_adds_per_block(const struct mhp_plan *plan);
/* ... the second half of that, once nothing is borrowed any more. */
int plan_online_added(struct mhp_plan *plan);
/* What cannot be undone, once all parts are known to have let go. */
int plan_leave(struct plan_part *part);
/* What the kernel makes of blocks that are added while the steps are carried out. */
enum mhp_online_type plan_type_at_adding(const struct mhp_plan *plan);
/* Before, and after, the steps of all parts. */
int plan_begin_borrowing(struct mhp_plan *plan);
int plan_end_borrowing(struct mhp_plan *plan);

/* ---- plan-eject.c ---- */

int plan_eject_blocks(struct plan_part *part);
/* Once all parts are offline. */
int plan_eject(struct plan_part *part);

/* ---- plan-configure.c: what comes and goes unit by unit ---- */

int plan_configure(struct plan_part *part);
int plan_deconfigure(struct plan_part *part);

/* ---- order.c: 0 or -ENOMEM ---- */

/* Offline, or online, what passes the test. */
int plan_offline_blocks(struct plan_part *part, block_test test);
int plan_online_some(struct plan_part *part, block_test test);
/* Online what is not met. */
int plan_online_blocks(struct plan_part *part);
int plan_unplug_device(struct plan_part *part);
int plan_online_device(struct plan_part *part);
/*
 * Blocks come back with the whole device only, all in one zone: in Movable if any
 * was not in a kernel zone, for from there they can leave again. Those that were
 * offline, or elsewhere, are then put right one by one.
 */
enum mhp_online_type way_back(const struct plan_block *was, size_t count);

/* ---- warnings.c ---- */

/* Is this the driver's word for the device? */
bool device_says(const struct plan_part *part, const char *word);
int plan_add_warnings(struct mhp_plan *plan, const struct mhp_snapshot *snap);

/* ---- warnings-host.c: memory that a host plugs and unplugs ---- */

/* A conflict if what is to be unplugged is for the host to unplug. */
int plan_find_host_decides(struct mhp_plan *plan, const struct mhp_snapshot *snap);
/* Conflicts about blocks of such memory that are to go to a kernel zone, unless the rules allow it. */
int plan_find_kernel_zones(struct mhp_plan *plan, const struct mhp_snapshot *snap);
/* The same for a part that is all such memory. */
int plan_find_kernel_zone(struct plan_part *part);
int plan_add_host_warnings(struct mhp_plan *plan, const struct mhp_snapshot *snap);

/* ---- warnings-facts.c ---- */

/* Conflicts too: what the machine around the plan has against it. Once it has its steps. */
int plan_add_fact_warnings(struct mhp_plan *plan, const struct mhp_snapshot *snap);

/* ---- facts.c: what surrounds a plan ---- */

/* Would memory that is onlined as type not be as wanted? Any zone will do for MHP_ONLINE. */
bool is_elsewhere(enum mhp_online_type type, enum mhp_online_type wanted);

enum rule_danger { RULE_NONE, RULE_MAY, RULE_WOULD };
/* Which udev rule would, or may, online elsewhere a block that is added offline. */
enum rule_danger find_dangerous_rule(const struct udev_rules *rules, enum mhp_online_type wanted,
				     const struct udev_rule **ret_rule);

/* What the kernel needs to manage memory; UINT64_MAX: more than there is. */
uint64_t memmap_bytes(uint64_t added_bytes, uint64_t page_size);
/* Is there more memory in Movable than percent of what is in the kernel's zones? */
bool is_above_ratio(uint64_t movable, uint64_t kernel, unsigned int percent);
/* Rounded up; UINT64_MAX if there is no such number. */
uint64_t ratio_percent(uint64_t movable, uint64_t kernel);

/* ---- report.c ---- */

struct mhp_result {
	uint64_t id;
	const char *path;	/* memoryN/state: the report's */
	const char *wanted;	/* the word */
	enum mhp_state before_state, after_state;
	enum mhp_zone before_zone, after_zone;
	int code;
	enum mhp_reason reason;
};

struct report_write {
	const char *path;	/* of a result, or one of the report's own */
	const char *word;	/* constant, or the plan's */
	int code;
	bool undo;
};

#define REPORT_WORD_SIZE 64

/*
 * All memory is there before the first write: what happened must be told
 * whatever happens.
 */
struct mhp_report {
	struct mhp_plan *plan;
	enum mhp_outcome outcome;
	enum mhp_reason reason;
	int code;
	char message[1024];
	const char *hint;
	struct mhp_result *blocks;	/* as the plan's */
	char *block_paths;
	size_t n_blocks;
	size_t *order;			/* by address */
	struct report_write *writes;
	size_t n_writes, writes_room;
	char **device_paths;	/* of each part */
	size_t n_parts;
	char **release_paths;	/* of each release: its commit file */
	size_t n_releases;
	struct mhp_recovery *recovery;
	uint64_t *others;	/* blocks that others added meanwhile */
	size_t n_others;
	char device_before[REPORT_WORD_SIZE];	/* "": there is none */
	char device_after[REPORT_WORD_SIZE];
};
int report_new(struct mhp_plan *plan, struct mhp_report **ret_report);
__attribute__((format(printf, 2, 3)))
void report_say(struct mhp_report *report, const char *format, ...);
/* adds to what was said */
__attribute__((format(printf, 2, 3)))
void report_add(struct mhp_report *report, const char *format, ...);
/* Unless the other one has one of its own. */
void report_hand_over_recovery(struct mhp_report *from, struct mhp_report *to);
const char *reason_hint(enum mhp_reason reason);
/* Was something tried, and failed? */
bool is_failure(enum mhp_reason reason);

/* ---- apply.c ---- */

struct apply_part {
	struct sysfs_dir device;
	bool bound;		/* by this call, to the driver that the plan names */
	bool unbound;		/* from kmem: there is a way back only if its step says so */
	bool released;		/* from device_dax */
	bool removed;		/* blocks, by a write to its state file */
	bool queued;		/* the kernel took the eject, and is not known to have done it */
};

struct apply_release {
	struct sysfs_dir region;
	bool written;		/* its commit file: there is no way back from that */
};

/* A setting of the system that this call changed. */
struct borrowed {
	const char *path;
	const char *ours, *before;
};
#define MAX_BORROWED 2

/* A plan being carried out. */
struct apply {
	struct mhp_ctx *ctx;
	struct mhp_plan *plan;
	const struct mhp_apply_opts *opts;
	struct mhp_report *report;
	struct sysfs_dir mem, drivers;
	bool has_nodes;
	struct apply_part *parts;
	struct apply_release *releases;
	struct block_now *now;	/* of each block, when it was last looked at */
	bool *looked;		/* it was, since there is a note of this call */
	bool *foretold;		/* it is known what its next step finds: now */
	uint64_t checked_seqnum;	/* of the last uevent before all were looked at */
	bool has_checked_seqnum;
	bool *unconfirmed;	/* it was written, and not yet looked at */
	uint64_t page_size;	/* 0: not known, so that zoneinfo tells nothing */
	bool is_seen;		/* all blocks were looked at, and nothing was written since */
	uint64_t n_events;	/* uevents that our writes to blocks have caused */
	bool other_writes;	/* there were writes of which that is not known */
	_Atomic uint64_t row_bytes;	/* done by the worker in a row */
	_Atomic bool row_is_over;	/* he is to begin nothing further */
	bool *acted;		/* whether this call changed it */
	bool *deferred;		/* EBUSY, but others that go may set it free */

	struct run_lock lock;
	char *who;
	struct journal journal;
	struct borrowed borrowed[MAX_BORROWED];
	size_t n_borrowed;
	uint64_t *present;	/* blocks that were there when the policy was borrowed */
	size_t n_present, present_room;

	struct acts *acts;	/* this one is the last; NULL: nothing was written yet */

	struct worker *worker;
	int64_t deadline;
	enum mhp_reason cut;	/* why the last write was ended by us; UNKNOWN: it was not */
	bool untried;		/* ... before it was begun, or there was no thread for it */
	size_t watched;		/* next block to look at while a device's write goes on */
	size_t stuck;		/* ... which is going offline; else the number of blocks */

	bool over;		/* no further steps: a failure, unless kept, or cancelled */
	bool undoing, undo_failed, undo_over;
	bool asked_to_end;	/* the caller has cancelled */
	bool stubborn;		/* the write that is under way is not to be ended */
	char undo_message[512];	/* the first thing that could not be put back */
	int not_returned_code;
	char borrowed_message[512];
	bool not_returned;	/* a setting could not be put back: the journal stays */
	int others_code;	/* < 0: what others added meanwhile is not all known */
	uint64_t done_bytes, total_bytes;
};

/* ---- moved.c: is a region still what was planned for? ---- */

/* A region as a plan found it. */
struct found_region {
	const struct provider *provider;
	const char *name, *path;
	bool any_driver;
	const char *driver;
	const struct block_run *runs;
	size_t n_runs;
	const struct plan_part *part;	/* NULL: of no part */
};
/*
 * What became of it, NULL: nothing; "can no longer be read": with why in *ret_code. Names
 * and paths are used again: its ranges may be another device's by now.
 */
int find_moved(struct apply *apply, const struct found_region *was, const char **ret_moved,
	       int *ret_code);

/* ---- write.c: what may take long, with a deadline ---- */

/* Asks the caller between steps, and between blocks of a step. */
bool goes_on(struct apply *apply);
/* As a tick of lock_take(). */
int ask_caller(void *apply);
/*
 * Write, and keep what came of it in the report: 0 or a negative errno value, or, with
 * apply->cut set, -ETIMEDOUT or -ECANCELED. path is told in the report; it must live as
 * long as that.
 */
int write_file(struct apply *apply, struct sysfs_dir *dir, const char *name, const char *path,
	       const char *word);
/*
 * Has fn(data) done by the worker, until the deadline, or the caller's word, ends it: the
 * code is fn's, or as above. *ret_tried false: it was not begun.
 */
int run_in_worker(struct apply *apply, int (*fn)(void *data), void *data, bool *ret_tried);
/* Is what is found after the last write, with that code, perhaps its doing? */
bool may_have_written(const struct apply *apply, int code);
/* Adds a write to the report. */
void keep_write(struct apply *apply, const char *path, const char *word, int code);
/* Whatever the time, and whatever the caller says: what takes back something, and no lock. */
int write_in_any_case(struct apply *apply, struct sysfs_dir *dir, const char *name,
		      const char *path, const char *word);
int write_block(struct apply *apply, size_t index, const char *word);
int write_device(struct apply *apply, size_t part, const char *word);
int load_module(struct apply *apply, const char *name);

/* ---- executor.c ---- */

/* Looks at a block, at all of a part, at all. */
void look(struct apply *apply, size_t index);
/* As one that should be online: if it is, that takes a read less. */
void look_online(struct apply *apply, size_t index);
void look_at_part(struct apply *apply, size_t part);
void look_at_all(struct apply *apply);
/* ... at those, once all steps are done, of which it is not known that they still are as seen. */
void look_at_end(struct apply *apply);
/* Is the block, when it was last looked at, as the plan's goal wants it? All of them? */
bool is_goal_met(const struct apply *apply, size_t index);
bool is_all_met(struct apply *apply);
bool is_step_met(const struct apply *apply, const struct mhp_step *step, size_t index);
bool is_step_met_by_all(const struct apply *apply, const struct mhp_step *step);
bool has_failed(const struct apply *apply, size_t index);
/* Is it looked at before anything is done? */
bool is_to_check(const struct mhp_plan *plan, const struct plan_block *was);
/*
 * Writes a word to a block and looks what came of it. Blames it unless it may be busy
 * for the sake of another block that goes too (may_defer).
 */
bool change_block(struct apply *apply, size_t index, enum mhp_online_type type, bool may_defer);
/* The parts of it: what a write that answered code has done, and is that as wanted? */
void look_after_write(struct apply *apply, size_t index, enum mhp_online_type type, int code);
bool is_changed(const struct apply *apply, size_t index, enum mhp_online_type type);
bool settle_block(struct apply *apply, size_t index, enum mhp_online_type type, bool may_defer,
		  int code);
/* What a step of a block finds when it is its turn. */
enum turn { TURN_MET, TURN_STALE, TURN_WRITE };
enum turn look_before_step(struct apply *apply, const struct mhp_step *step);
bool is_as_expected(const struct mhp_step *step, const struct block_now *now);
/* Was there nobody but us, since the first write, as far as uevents tell? */
bool is_undisturbed(struct apply *apply);
/* Tries those again that were deferred. */
void retry_deferred(struct apply *apply);
void run_steps(struct apply *apply);

/* ---- by-zones.c: what /proc/zoneinfo tells of a plan's blocks ---- */

/* Is it to be asked about so many blocks of a part? */
bool zones_pay(const struct apply *apply, size_t part, size_t n_blocks);
/* Of fewer, files are as cheap. */
#define MANY_BLOCKS 8
/* Looks at those blocks of a part that are to be checked before anything is done. */
void zones_look_first(struct apply *apply, size_t part);
/* Which blocks of these steps are as the steps expect it? apply->foretold */
void zones_foretell(struct apply *apply, size_t first, size_t end);
/* Have those that are apply->unconfirmed become as these steps want it? Reads what is left open. */
void zones_confirm(struct apply *apply, size_t first, size_t end);
/* As look_at_all(), of blocks that were looked at already and written by this call. */
void zones_look_again(struct apply *apply);

/* ---- row.c: steps of blocks, one after the other ---- */

/* Of a step of a block. */
enum mhp_online_type step_type(const struct mhp_step *step);

/* From this one on; how many were carried out, at least one. */
size_t run_block_steps(struct apply *apply, size_t first);

/* ---- device.c: steps that write to a whole device ---- */

void run_device_step(struct apply *apply, const struct mhp_step *step);
bool device_says_now(struct apply *apply, size_t part, enum mhp_device_state state);
bool has_device_file(struct apply *apply, size_t part);
/* Was a block of it blamed? */
bool has_part_failed(const struct apply *apply, size_t part);
/* What a write that removes blocks, or adds them, and answered code did to them. */
void look_after_removing(struct apply *apply, size_t part, int code);
void look_after_adding(struct apply *apply, size_t part, int code);
/* The driver took the memory, but blocks are left offline: one by one, which also tells why. */
void online_leftovers(struct apply *apply, size_t part, const char *path, const char *written);
/* The word was taken, but not all blocks are gone. */
void blame_left_behind(struct apply *apply, const struct mhp_step *step, bool gone,
		       const char *path);

/* ---- bind.c: who has a device ---- */

/*
 * Is the system's policy still what a step counts on, that adds memory? What it brings
 * into a kernel zone may never leave again. Blames the step's part if not.
 */
bool is_policy_as_planned(struct apply *apply, const struct mhp_step *step,
			  enum mhp_online_type policy);
void run_load_step(struct apply *apply, const struct mhp_step *step);
void run_bind_step(struct apply *apply, const struct mhp_step *step);
void run_unbind_step(struct apply *apply, const struct mhp_step *step);
/* Has each device the driver that the goal wants, or that it had before? */
bool is_driver_met(struct apply *apply, size_t part);
bool is_driver_as_before(struct apply *apply, size_t part);
void undo_binding(struct apply *apply, size_t part);

/* ---- eject.c: hardware that is to go, and the kernel that does not tell ---- */

void run_eject_step(struct apply *apply, const struct mhp_step *step);
/* Is any eject perhaps still to come? Those that are done are no more. */
bool is_any_queued(struct apply *apply);

/* ---- configure.c: units that come and go ---- */

void run_configure_step(struct apply *apply, const struct mhp_step *step);
/* What went must come back, as it then is; what came must go, once it is offline. */
void undo_deconfiguring(struct apply *apply, size_t part);
void undo_configuring(struct apply *apply, size_t part);
/* Room for what those three may write. */
size_t most_configure_writes(const struct mhp_step *step);

/* ---- release.c: the hardware behind a region ---- */

/* Opens them, once they are known to be what was planned for; 1: concluded already. */
int open_releases(struct apply *apply);
void close_releases(struct apply *apply);
void run_release_step(struct apply *apply, const struct mhp_step *step);
/* 1: its decoders are on; 0: off; negative: not known */
int is_committed(struct apply *apply, size_t index);
/* Is it given back, as the plan wants it? */
bool is_release_met(struct apply *apply, size_t index);

/* ---- borrow.c: settings of the system ---- */

void run_borrow_step(struct apply *apply, const struct mhp_step *step);
void run_return_step(struct apply *apply, const struct mhp_step *step);
/* All that is still borrowed, whatever happened. */
void return_all(struct apply *apply);

/* ---- verdict.c ---- */

enum mhp_reason judge_code(int code);
/* Why the writing of word, which answered code, left a block as it is now. */
enum mhp_reason judge(const struct block_now *now, int code, const char *word);
/*
 * Note why a block, or the region, is not as it should be. The first failure is
 * the report's; it ends the steps unless the rules say to keep what worked.
 */
void blame_block(struct apply *apply, size_t index, int code, enum mhp_reason reason,
		 const char *path, const char *word);
void blame_device(struct apply *apply, size_t part, int code, enum mhp_reason reason,
		  const char *path, const char *word);
/* its state, or its zone */
void blame_unreadable(struct apply *apply, size_t index);
/* somebody else was at it: it is not in the state, and zone, that a step expects */
void blame_stale(struct apply *apply, size_t index, enum mhp_state state, enum mhp_zone zone);
/* What is not as wanted after all steps, and nobody was blamed for: others were at it. */
void blame_changed(struct apply *apply);
/* by the caller's progress function, or by the deadline */
void blame_end(struct apply *apply, enum mhp_reason reason);
/* About the device, or the whole: WHAT in words; the blocks get the reason too. */
void blame_text(struct apply *apply, size_t part, int code, enum mhp_reason reason,
		const char *hint, struct text *what);
/*
 * The device, where its blocks are on their way back, or were: they are told by what became
 * of them. WHAT in words; NULL: the code.
 */
void blame_eject(struct apply *apply, size_t part, int code, enum mhp_reason reason,
		 const char *path, const char *word, struct text *what);
/* What releasing a region came to; part's blocks are no matter. */
void blame_release(struct apply *apply, int code, enum mhp_reason reason, const char *hint,
		   struct text *what);
/* A setting, by its path. */
void blame_setting(struct apply *apply, int code, enum mhp_reason reason, const char *path,
		   const char *word);
/* A setting says now, or answers code, and not what the plan counts on; why that matters or NULL. */
void blame_setting_moved(struct apply *apply, size_t part, const char *path, int code,
			 const char *now, const char *planned, const char *why);
/* A setting, or a device's id, that could not be put back: the journal stays. */
void blame_borrowed(struct apply *apply, int code, const char *path, const char *word);
/* Putting back has come to an end: each block that is not as before. */
void blame_not_put_back(struct apply *apply);

/* ---- outcome.c ---- */

/* The device's word; "" if there is none. */
void read_device_word(struct apply *apply, char ret[REPORT_WORD_SIZE]);
void conclude(struct apply *apply);
/* Nothing was written: conflicts, or not the same region any more, or no lock. */
void conclude_conflicts(struct mhp_report *report);
/* moved: what became of the region; NULL: why is code */
void conclude_moved(struct apply *apply, const char *region, const char *moved, int code);
void conclude_other_machine(struct apply *apply, const char *block_size);
/* what another one left could not be put back */
void conclude_pending(struct mhp_report *report);
void conclude_locked(struct mhp_report *report, int code, const char *holder);

/* ---- undo.c ---- */

/* Puts back what this call changed. */
void undo(struct apply *apply);
/* Writes a word to the device; blames blocks that did not come, or go, upon it. */
void undo_device(struct apply *apply, size_t part, const char *word);
bool is_as_before(const struct apply *apply, size_t index);

#endif /* MHP_INTERNAL_H */
