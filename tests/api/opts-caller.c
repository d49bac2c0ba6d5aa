// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A caller of everything that takes options. tests/api/opts.sh compiles it with older and newer
 * headers than the library's: structs of options are cut, or have the field "grown", too.
 *
 * usage: opts-caller CAPTURE 0|1|flag
 *   0     what is new is 0: all works, as with the defaults
 *   1     what is new is asked for: the library knows it not, and says so
 *   flag  likewise, a flag
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <mhp/mhp.h>
#include <mhp/agenda.h>
#include <mhp/sim.h>
#include <mhp/sim-builder.h>
#include <mhp/standing.h>

#define REGION "dax0.0"

/* What a library of this release cannot know. */
#define NEW_FLAG (UINT64_C(1) << 62)

#ifdef GROWN
#define GROW(opts) ((opts)->grown = grown)
#else
#define GROW(opts) ((void)0)
#endif

#ifdef WITH_FLAGS
#define FLAG(opts, field) ((opts)->field = flag)
#else
#define FLAG(opts, field) ((void)0)
#endif

/* Options of a type, in memory that ends with them. */
#define OPTS(type, name, field)						\
	struct type *name = at_end(sizeof(struct type), #type);		\
	name->size = sizeof(struct type);				\
	GROW(name);							\
	FLAG(name, field)

static uint64_t grown, flag;
static int wanted;

static void fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	exit(1);
}

/* The library must not look beyond what the caller has. */
static void *at_end(size_t size, const char *type)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED || mprotect(pages + page, page, PROT_NONE) < 0)
		fail(type, "no memory");
	printf("%s %zu\n", type, size);
	return pages + page - size;
}

/* Is the answer as it should be? True if there is a result. */
static int answered(const char *what, int r)
{
	if (r != wanted) {
		fprintf(stderr, "%s: %s, not %s\n", what, strerror(-r), strerror(-wanted));
		exit(1);
	}
	return r == 0;
}

static void need(const char *what, int r)
{
	if (r < 0)
		fail(what, strerror(-r));
}

/* ---- libmhp-sim ---- */

static struct mhp_sim_builder *make_builder(void)
{
	struct mhp_sim_builder *builder;

	need("builder", mhp_sim_builder_new(MHP_SIM_KERNEL_7_3, &builder));
	need("node 0", mhp_sim_builder_add_node(builder, 0, 1));
	need("node 1", mhp_sim_builder_add_node(builder, 1, 0));
	need("boot memory", mhp_sim_builder_add_memory(builder, 0, 0, UINT64_C(2) << 30));
	need("dax", mhp_sim_builder_add_dax(builder, REGION, 1, UINT64_C(4) << 30,
					    UINT64_C(1) << 30));
	need("policy", mhp_sim_builder_set(builder, "auto_online_blocks", "offline"));
	need("kmem", mhp_sim_builder_load(builder, "kmem"));
	return builder;
}

static void try_sim(const char *capture)
{
	struct mhp_sim_builder *builder = make_builder();
	struct mhp_sim *sim;
	char *text;
	OPTS(mhp_sim_opts, opts, flags);

	if (answered("mhp_sim_new_from_capture",
		     mhp_sim_new_from_capture(capture, opts, &sim))) {
		need("mhp_sim_copy_capture", mhp_sim_copy_capture(sim, &text));
		mhp_sim_unref(sim);
		answered("mhp_sim_new_from_text",
			 mhp_sim_new_from_text(text, strlen(text), opts, &sim));
		/* not MHP_SIM_READ_ONLY */
		need("mhp_sim_write",
		     mhp_sim_write(sim, "/sys/devices/system/memory/auto_online_blocks",
				   "online"));
		mhp_sim_unref(sim);
		free(text);
	} else {
		answered("mhp_sim_new_from_text", mhp_sim_new_from_text("", 0, opts, &sim));
	}
	if (answered("mhp_sim_new_from_builder",
		     mhp_sim_new_from_builder(builder, opts, &sim)))
		mhp_sim_unref(sim);
	mhp_sim_builder_free(builder);
}

/* ---- libmhp ---- */

static struct mhp_request *make_request(enum mhp_online_type type)
{
	struct mhp_request *request;

	need("request", mhp_request_new(&request));
	need("region", mhp_request_set_region(request, REGION));
	need("goal", mhp_request_set_goal(request, MHP_GOAL_ONLINE));
	need("type", mhp_request_set_online_type(request, type));
	return request;
}

static void try_snapshot(struct mhp_ctx *ctx)
{
	struct mhp_snapshot *plain, *snap;
	OPTS(mhp_snapshot_opts, opts, flags);

	need("snapshot", mhp_snapshot_new(ctx, NULL, &plain));
	if (answered("mhp_snapshot_new", mhp_snapshot_new(ctx, opts, &snap))) {
		if (mhp_snapshot_get_flags(snap) != mhp_snapshot_get_flags(plain) ||
		    mhp_snapshot_count_blocks(snap) != mhp_snapshot_count_blocks(plain) ||
		    mhp_snapshot_count_regions(snap) != mhp_snapshot_count_regions(plain))
			fail("mhp_snapshot_new", "not the defaults");
		mhp_snapshot_unref(snap);
	}
	mhp_snapshot_unref(plain);
}

static void check_report(const char *what, struct mhp_report *report)
{
	if (mhp_report_get_outcome(report) != MHP_OUTCOME_DONE)
		fail(what, mhp_report_get_message(report));
	mhp_report_free(report);
}

static void try_apply(struct mhp_ctx *ctx)
{
	struct mhp_request *movable = make_request(MHP_ONLINE_MOVABLE);
	struct mhp_request *offline = make_request(MHP_OFFLINE);
	struct mhp_snapshot *snap;
	struct mhp_recovery *recovery;
	struct mhp_report *report;
	struct mhp_plan *plan;
	OPTS(mhp_apply_opts, opts, flags);

	need("snapshot", mhp_snapshot_new(ctx, NULL, &snap));
	need("plan", mhp_plan_new(snap, movable, &plan));
	if (answered("mhp_apply", mhp_apply(ctx, plan, opts, &report)))
		check_report("mhp_apply", report);
	if (answered("mhp_fulfil", mhp_fulfil(ctx, offline, opts, &report)))
		check_report("mhp_fulfil", report);
	if (answered("mhp_recover", mhp_recover(ctx, opts, &recovery)))
		mhp_recovery_free(recovery);
	mhp_plan_unref(plan);
	mhp_snapshot_unref(snap);
	mhp_request_free(offline);
	mhp_request_free(movable);
}

static void try_monitor(struct mhp_ctx *ctx)
{
	struct mhp_monitor *monitor;
	OPTS(mhp_monitor_opts, opts, flags);

	if (answered("mhp_monitor_new", mhp_monitor_new(ctx, opts, &monitor))) {
		if (mhp_snapshot_get_flags(mhp_monitor_get_snapshot(monitor)) &
		    MHP_SNAPSHOT_FOR_PLANS)
			fail("mhp_monitor_new", "not the defaults");
		mhp_monitor_free(monitor);
	}
}

static void try_wait(struct mhp_ctx *ctx)
{
	struct mhp_request *offline = make_request(MHP_OFFLINE);
	struct mhp_snapshot *snap;
	OPTS(mhp_wait_opts, opts, snapshot_flags);

	if (answered("mhp_wait_region",
		     mhp_wait_region(ctx, REGION, MHP_WAIT_PRESENT, opts, &snap)))
		mhp_snapshot_unref(snap);
	if (answered("mhp_wait_request", mhp_wait_request(ctx, offline, opts, &snap)))
		mhp_snapshot_unref(snap);
	mhp_request_free(offline);
}

static void try_capture(struct mhp_ctx *ctx)
{
	char *plain, *text;
	OPTS(mhp_capture_opts, opts, flags);

	need("capture", mhp_ctx_copy_capture(ctx, NULL, &plain));
	if (answered("mhp_ctx_copy_capture", mhp_ctx_copy_capture(ctx, opts, &text))) {
		if (strcmp(text, plain))
			fail("mhp_ctx_copy_capture", "not the defaults");
		free(text);
	}
	free(plain);
}

/* ---- libmhp-policy ---- */

static void try_agenda(struct mhp_ctx *ctx)
{
	static const char rule[] = "[all]\nkind = dax\ntype = online_movable\n";
	struct mhp_snapshot_opts look = { .size = sizeof(look) };
	struct mhp_snapshot *snap;
	struct mhp_standing *standing;
	struct mhp_agenda *agenda;
	struct mhp_agenda_report *report;
	OPTS(mhp_agenda_opts, opts, rules);
	OPTS(mhp_apply_opts, apply_opts, flags);

	need("snapshot", mhp_snapshot_new(ctx, &look, &snap));
	need("standing", mhp_standing_new_from_text("all.conf", rule, strlen(rule), &standing));
	if (answered("mhp_agenda_new", mhp_agenda_new(snap, standing, opts, &agenda)))
		mhp_agenda_unref(agenda);
	need("agenda", mhp_agenda_new(snap, standing, NULL, &agenda));
	if (answered("mhp_agenda_apply", mhp_agenda_apply(ctx, agenda, apply_opts, &report)))
		mhp_agenda_report_free(report);
	mhp_agenda_unref(agenda);
	mhp_standing_unref(standing);
	mhp_snapshot_unref(snap);
}

int main(int argc, char **argv)
{
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;
	struct mhp_ctx *ctx;

	if (argc != 3)
		fail(argv[0], "wrong usage");
	grown = strcmp(argv[2], "1") == 0;
	flag = strcmp(argv[2], "flag") == 0 ? NEW_FLAG : 0;
	wanted = grown || flag ? -E2BIG : 0;

	builder = make_builder();
	need("machine", mhp_sim_new_from_builder(builder, NULL, &sim));
	need("context", mhp_sim_new_ctx(sim, &ctx));
	try_sim(argv[1]);
	try_snapshot(ctx);
	try_apply(ctx);
	try_monitor(ctx);
	try_wait(ctx);
	try_capture(ctx);
	try_agenda(ctx);
	mhp_ctx_unref(ctx);
	mhp_sim_unref(sim);
	mhp_sim_builder_free(builder);
	return 0;
}
