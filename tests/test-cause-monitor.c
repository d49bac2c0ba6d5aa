// SPDX-License-Identifier: LGPL-2.1-or-later
/* Who has done what a monitor tells: each cause as it comes about on a machine. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mhp/sim-builder.h>

#include "monitor.h"
#include "support/bench.h"

#define BLOCK UINT64_C(0x8000000)
#define HMEM "/sys/devices/platform/hmem_platform.0/hmem.0"
#define RULE "SUBSYSTEM==\"memory\", ACTION==\"add\", ATTR{state}==\"offline\", " \
	     "ATTR{state}=\"online_movable\"\n"
#define RULE_TEXT "probably the udev rule /etc/udev/rules.d/40-memory.rules:2, which onlines as " \
		  "online_movable"

struct watch {
	struct bench bench;
	struct mhp_monitor *monitor;
};

/* dax0.0 on memory32 to memory35, without a driver; virtio0; a udev rule; policy: offline */
static struct mhp_sim *new_machine(enum mhp_sim_kernel kernel, bool counts)
{
	struct mhp_sim_builder *builder;
	struct mhp_sim *sim;

	assert_int_equal(mhp_sim_builder_new(kernel, &builder), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 0, 1), 0);
	assert_int_equal(mhp_sim_builder_add_node(builder, 1, 0), 0);
	assert_int_equal(mhp_sim_builder_add_memory(builder, 0, 0, 16 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_dax(builder, "dax0.0", 1, 32 * BLOCK, 4 * BLOCK), 0);
	assert_int_equal(mhp_sim_builder_add_virtio_mem(builder, "virtio0", 0, 64 * BLOCK,
							8 * BLOCK, 2 << 20), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "auto_online_blocks", "offline"), 0);
	assert_int_equal(mhp_sim_builder_set(builder, "/etc/udev/rules.d/40-memory.rules",
					     "# all\n" RULE), 0);
	assert_int_equal(mhp_sim_new_from_builder(builder, NULL, &sim), 0);
	if (!counts)
		mhp_sim_fail_read(sim, "/sys/kernel/uevent_seqnum", -ENOENT, 1000);
	mhp_sim_builder_free(builder);
	return sim;
}

static void begin(struct watch *watch, enum mhp_sim_kernel kernel, bool counts)
{
	struct mhp_monitor_opts opts = { .size = sizeof(opts), .flags = MHP_MONITOR_CAUSES };

	memset(watch, 0, sizeof(*watch));
	watch->bench.sim = new_machine(kernel, counts);
	assert_int_equal(mhp_sim_new_ctx(watch->bench.sim, &watch->bench.ctx), 0);
	if (kernel == MHP_SIM_KERNEL_7_3)
		put(&watch->bench, POLICY_PATH, "offline");
	/* loading it binds what has no driver */
	assert_int_equal(mhp_sim_write(watch->bench.sim, DAX_AUTOPROBE_PATH, "0"), 0);
	assert_int_equal(watch->bench.ctx->be->ops->load_module(watch->bench.ctx->be, "kmem"), 0);
	assert_int_equal(mhp_monitor_new(watch->bench.ctx, &opts, &watch->monitor), 0);
}

static void end(struct watch *watch)
{
	mhp_monitor_free(watch->monitor);
	tear_down(&watch->bench);
}

/* All that waits about what has this name; the last one's cause counts. */
static void check(struct watch *watch, const char *what, enum mhp_event_kind kind,
		  const char *word, const char *expected)
{
	const struct mhp_event *event;
	size_t found = 0;

	for (;;) {
		const char *text;

		assert_int_equal(mhp_monitor_next(watch->monitor, &event), 0);
		if (!event)
			break;
		text = mhp_event_get_cause_text(event);
		if (strcmp(mhp_event_get_name(event), what) || mhp_event_get_kind(event) != kind)
			continue;
		found++;
		assert_non_null(text);
		if (strcmp(mhp_cause_kind_to_str(mhp_event_get_cause(event)), word) ||
		    strcmp(text, expected))
			fail_msg("%s: %s: %s", what,
				 mhp_cause_kind_to_str(mhp_event_get_cause(event)), text);
	}
	assert_int_equal(found, 1);
}

static void flush(struct watch *watch)
{
	const struct mhp_event *event;

	do
		assert_int_equal(mhp_monitor_next(watch->monitor, &event), 0);
	while (event);
}

/* ---- others ---- */

static void policy(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	put(&watch.bench, POLICY_PATH, "online_kernel");
	put(&watch.bench, KMEM "/bind", "dax0.0");
	check(&watch, "memory33", MHP_EVENT_BLOCK_ONLINE, "system-policy",
	      "probably auto_online_blocks=online_kernel");
	/* later nothing but a program does that */
	put_blocks(&watch.bench, 33, 33, "offline");
	check(&watch, "memory33", MHP_EVENT_BLOCK_OFFLINE, "unknown",
	      "another program, which took it offline");
	put_blocks(&watch.bench, 33, 33, "online_kernel");
	check(&watch, "memory33", MHP_EVENT_BLOCK_ONLINE, "unknown",
	      "another program: it was there before, offline");
	put_blocks(&watch.bench, 32, 35, "offline");
	put(&watch.bench, UNBIND, "dax0.0");
	check(&watch, "memory33", MHP_EVENT_BLOCK_REMOVED, "device",
	      "probably whoever unbound dax0.0, or removed the driver");
	/* and it is new again */
	put(&watch.bench, KMEM "/bind", "dax0.0");
	check(&watch, "memory33", MHP_EVENT_BLOCK_ONLINE, "system-policy",
	      "probably auto_online_blocks=online_kernel");
	put(&watch.bench, POLICY_PATH, "online");
	assert_int_equal(mhp_monitor_check(watch.monitor), 0);
	check(&watch, "auto_online_blocks", MHP_EVENT_POLICY_CHANGED, "unknown",
	      "another program");
	end(&watch);
}

static void udev_rule(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	assert_int_equal(mhp_sim_set_udev_rule(watch.bench.sim, "online_movable"), 0);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	check(&watch, "memory35", MHP_EVENT_BLOCK_ONLINE, "udev-rule", RULE_TEXT);
	end(&watch);

	/* the file's rule cannot have done this */
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	assert_int_equal(mhp_sim_set_udev_rule(watch.bench.sim, "online_kernel"), 0);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	check(&watch, "memory35", MHP_EVENT_BLOCK_ONLINE, "unknown", "another program: neither "
	      "auto_online_blocks nor a udev rule that is known onlines it so");
	end(&watch);
}

static void device(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_7_3, true);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	check(&watch, "dax0.0", MHP_EVENT_DEVICE_BOUND, "device",
	      "probably whoever bound it, or loaded the driver kmem");
	put(&watch.bench, DEVICE, "unplugged");
	check(&watch, "memory32", MHP_EVENT_BLOCK_REMOVED, "device",
	      "probably whoever wrote to the state file or unbound dax0.0, or removed the driver");
	put(&watch.bench, DEVICE, "online_movable");
	check(&watch, "memory32", MHP_EVENT_BLOCK_ONLINE, "device",
	      "probably whoever wrote online_movable to the state file of dax0.0, or "
	      "auto_online_blocks when it was bound");
	put(&watch.bench, DEVICE, "unplugged");
	check(&watch, "memory34", MHP_EVENT_BLOCK_OFFLINE, "device",
	      "probably whoever wrote unplugged to the state file of dax0.0");
	end(&watch);
}

/* What dax0.0 had before is not its doing: dax0.1 has that now. */
static void of_a_new_device(void **state)
{
	struct watch watch;

	(void)state;
	memset(&watch, 0, sizeof(watch));
	set_up(&watch.bench, HMEM_7_3);
	assert_int_equal(mhp_monitor_new(watch.bench.ctx, &(struct mhp_monitor_opts){
		.size = sizeof(struct mhp_monitor_opts), .flags = MHP_MONITOR_CAUSES,
	}, &watch.monitor), 0);
	put(&watch.bench, DEVICE, "unplugged");
	put(&watch.bench, UNBIND, "dax0.0");
	put(&watch.bench, DAX "/size", "268435456");
	put(&watch.bench, HMEM "/dax_region/create", "1");
	put(&watch.bench, HMEM "/dax0.1/size", "268435456");
	put(&watch.bench, KMEM "/new_id", "dax0.1");
	check(&watch, "memory34", MHP_EVENT_BLOCK_ADDED, "device", "probably whoever wrote to the "
	      "state file or bound dax0.1, or loaded the driver");
	put(&watch.bench, HMEM "/dax0.1/state", "unplugged");
	put(&watch.bench, HMEM "/dax0.1/state", "online_movable");
	check(&watch, "memory34", MHP_EVENT_BLOCK_ONLINE, "device", "probably whoever wrote "
	      "online_movable to the state file of dax0.1, or auto_online_blocks when it was "
	      "bound");
	end(&watch);
}

static void host(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	put(&watch.bench, POLICY_PATH, "online_movable");
	assert_int_equal(mhp_sim_resize_virtio_mem(watch.bench.sim, "virtio0", 2 * BLOCK), 0);
	check(&watch, "memory64", MHP_EVENT_BLOCK_ADDED, "host",
	      "probably the host, by virtio_mem");
	assert_int_equal(mhp_monitor_refresh(watch.monitor), 0);
	flush(&watch);
	assert_int_equal(mhp_sim_resize_virtio_mem(watch.bench.sim, "virtio0", 4 * BLOCK), 0);
	check(&watch, "memory66", MHP_EVENT_BLOCK_ONLINE, "system-policy",
	      "probably auto_online_blocks=online_movable");
	assert_int_equal(mhp_sim_resize_virtio_mem(watch.bench.sim, "virtio0", 0), 0);
	check(&watch, "memory64", MHP_EVENT_BLOCK_REMOVED, "host",
	      "probably the host, by virtio_mem");
	end(&watch);
}

/* Of no device that is known: a guess, by what the machine has. */
static void of_nobody_known(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	assert_int_equal(mhp_sim_plug_dimm(watch.bench.sim, 0, 0, 96 * BLOCK, 2 * BLOCK), 0);
	check(&watch, "memory96", MHP_EVENT_BLOCK_ADDED, "host",
	      "perhaps the host, by virtio_mem");
	end(&watch);
}

/* Long after it came, that it comes online is another thing. */
static void long_after(void **state)
{
	struct tracked_block *block;
	struct watch watch;

	(void)state;
	for (unsigned int seconds = 0; seconds <= 120; seconds += 120) {
		begin(&watch, MHP_SIM_KERNEL_6_12, true);
		put(&watch.bench, KMEM "/bind", "dax0.0");
		flush(&watch);
		block = (struct tracked_block *)tracked_find(&watch.monitor->tracked, 34);
		assert_non_null(block);
		block->added_s -= seconds;
		put_blocks(&watch.bench, 34, 34, "online_movable");
		check(&watch, "memory34", MHP_EVENT_BLOCK_ONLINE,
		      seconds ? "unknown" : "udev-rule", seconds ?
		      "another program: it was there before, offline" : RULE_TEXT);
		end(&watch);
	}
}

/* ---- users of libmhp ---- */

/* "probably WHO" in the latest act of the file */
static const char *by(struct watch *watch, const char *before, const char *behind)
{
	static char text[512];
	struct acts acts;
	char *file, *boot;
	unsigned int line;

	assert_int_equal(mhp_sim_read(watch->bench.sim, RUN_PATH "/" ACTS_NAME, &file), 0);
	assert_int_equal(acts_parse(file, strlen(file), &acts, &boot, &line), 0);
	snprintf(text, sizeof(text), "%s%s%s", before, acts.list[acts.count - 1].who, behind);
	free(boot);
	free(file);
	return text;
}

/* Done by another context of this machine. */
static void fulfil_elsewhere(struct watch *watch, const char *wish, size_t kill_after)
{
	struct bench other = { .sim = watch->bench.sim };
	struct mhp_plan *plan;

	assert_int_equal(mhp_sim_new_ctx(other.sim, &other.ctx), 0);
	plan = plan_of(&other, wish);
	if (kill_after)
		mhp_sim_kill_after(other.sim, kill_after);
	assert_int_equal(mhp_apply(other.ctx, plan, NULL, &other.report), 0);
	mhp_report_free(other.report);
	mhp_plan_unref(plan);
	mhp_ctx_unref(other.ctx);
}

static void by_this_context(void **state)
{
	static const bool counts[] = { true, false };
	struct watch watch;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		const char *word = counts[i] ? "probably this program itself, " :
					       "perhaps this program itself, ";

		begin(&watch, MHP_SIM_KERNEL_6_12, counts[i]);
		put(&watch.bench, KMEM "/bind", "dax0.0");
		flush(&watch);
		assert_int_equal(fulfil(&watch.bench, "blocks:33-34 online online_movable", NULL),
				 MHP_OUTCOME_DONE);
		check(&watch, "memory34", MHP_EVENT_BLOCK_ONLINE, "self", by(&watch, word, ""));
		/* not ours: another block; and where it can be told, the same one later */
		put_blocks(&watch.bench, 35, 35, "online_kernel");
		check(&watch, "memory35", MHP_EVENT_BLOCK_ONLINE, "unknown", "another program: "
		      "neither auto_online_blocks nor a udev rule that is known onlines it so");
		if (counts[i]) {
			put_blocks(&watch.bench, 34, 34, "offline");
			check(&watch, "memory34", MHP_EVENT_BLOCK_OFFLINE, "unknown",
			      "another program, which took it offline");
		}
		end(&watch);
	}
}

static void by_another_one(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	fulfil_elsewhere(&watch, "dax0.0 plugged online_movable borrow", 0);
	check(&watch, "memory33", MHP_EVENT_BLOCK_ADDED, "libmhp", by(&watch, "probably ", ""));
	fulfil_elsewhere(&watch, "dax0.0 offline", 0);
	check(&watch, "memory33", MHP_EVENT_BLOCK_OFFLINE, "libmhp", by(&watch, "probably ", ""));
	/* among many others */
	for (int i = 0; i < 2 * MAX_ACTS; i++)
		fulfil_elsewhere(&watch, i % 2 ? "blocks:32 offline" :
				 "blocks:32 online online_movable", 0);
	flush(&watch);
	fulfil_elsewhere(&watch, "blocks:33 online online_movable", 0);
	check(&watch, "memory33", MHP_EVENT_BLOCK_ONLINE, "libmhp", by(&watch, "probably ", ""));
	end(&watch);
}

/* The latest act loses its end, as if its user had been killed before that. */
static void forget_end(struct watch *watch)
{
	struct mhp_ctx *ctx;
	struct sysfs_dir run;
	struct acts acts;
	unsigned int line;
	char *text, *boot;

	assert_int_equal(mhp_sim_read(watch->bench.sim, RUN_PATH "/" ACTS_NAME, &text), 0);
	assert_int_equal(acts_parse(text, strlen(text), &acts, &boot, &line), 0);
	free(text);
	acts.list[acts.count - 1].ended = false;
	assert_int_equal(acts_render(&acts, boot, &text), 0);
	assert_int_equal(mhp_sim_new_ctx(watch->bench.sim, &ctx), 0);
	assert_int_equal(sysfs_open(ctx, RUN_PATH, &run), 0);
	assert_int_equal(ctx->be->ops->replace(ctx->be, run.dir, ACTS_NAME, text), 0);
	sysfs_close(&run);
	mhp_ctx_unref(ctx);
	free(boot);
	free(text);
}

static void by_one_that_was_killed(void **state)
{
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	flush(&watch);
	fulfil_elsewhere(&watch, "dax0.0 online online_movable", 0);
	forget_end(&watch);
	check(&watch, "memory34", MHP_EVENT_BLOCK_ONLINE, "libmhp",
	      by(&watch, "perhaps ", ", which was killed"));
	/* it was seen to be dead: what happens now is somebody else's doing */
	for (int i = 0; i < 2; i++) {
		put_blocks(&watch.bench, 34, 34, i ? "online_movable" : "offline");
		check(&watch, "memory34", i ? MHP_EVENT_BLOCK_ONLINE : MHP_EVENT_BLOCK_OFFLINE,
		      "unknown", i ? "another program: it was there before, offline" :
		      "another program, which took it offline");
	}
	end(&watch);
}

static const struct mhp_backend_ops *real_ops;
static char *whole;

/* Between two looks the act comes to its end, notes it, and lets go of the lock. */
static int end_and_unlock(struct mhp_backend *be, struct mhp_dir *dir, const char *name)
{
	(void)name;
	assert_int_equal(real_ops->replace(be, dir, ACTS_NAME, whole), 0);
	return 0;
}

static void by_one_that_ends_now(void **state)
{
	struct mhp_backend_ops ops;
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	flush(&watch);
	fulfil_elsewhere(&watch, "dax0.0 online online_movable", 0);
	assert_int_equal(mhp_sim_read(watch.bench.sim, RUN_PATH "/" ACTS_NAME, &whole), 0);
	forget_end(&watch);
	real_ops = watch.bench.ctx->be->ops;
	ops = *real_ops;
	ops.is_locked = end_and_unlock;
	watch.bench.ctx->be->ops = &ops;
	check(&watch, "memory34", MHP_EVENT_BLOCK_ONLINE, "libmhp", by(&watch, "probably ", ""));
	watch.bench.ctx->be->ops = real_ops;
	free(whole);
	end(&watch);
}

/* Really, and before the monitor begins: the kernel's numbers go on. */
static void killed_before(void **state)
{
	struct mhp_monitor_opts opts = { .size = sizeof(opts), .flags = MHP_MONITOR_CAUSES };
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	flush(&watch);
	fulfil_elsewhere(&watch, "dax0.0 online online_movable", 5);
	mhp_monitor_free(watch.monitor);
	mhp_ctx_unref(watch.bench.ctx);
	assert_int_equal(mhp_sim_new_ctx(watch.bench.sim, &watch.bench.ctx), 0);
	assert_int_equal(mhp_monitor_new(watch.bench.ctx, &opts, &watch.monitor), 0);
	put_blocks(&watch.bench, 32, 32, "online_movable");
	check(&watch, "memory32", MHP_EVENT_BLOCK_ONLINE, "unknown",
	      "another program: it was there before, offline");
	end(&watch);
}

/* A snapshot may lie where an older one was: what was read for that is not enough for it. */
static void of_a_later_snapshot(void **state)
{
	struct watch watch;

	(void)state;
	/* after how many is for malloc() to say; after one of these, most likely */
	for (int between = 0; between < 4; between++) {
		begin(&watch, MHP_SIM_KERNEL_6_12, true);
		put(&watch.bench, KMEM "/bind", "dax0.0");
		flush(&watch);
		/* with something found, so that the notes are read for it */
		put_blocks(&watch.bench, 32, 32, "online_movable");
		for (int i = 0; i <= between; i++) {
			assert_int_equal(mhp_monitor_refresh(watch.monitor), 0);
			flush(&watch);
		}
		fulfil_elsewhere(&watch, "dax0.0 online online_movable", 0);
		assert_int_equal(mhp_monitor_refresh(watch.monitor), 0);
		check(&watch, "memory34", MHP_EVENT_BLOCK_ONLINE, "libmhp",
		      by(&watch, "perhaps ", ""));
		end(&watch);
	}
}

/* ---- what it takes ---- */

static void little_is_read(void **state)
{
	const struct mhp_event *event;
	struct watch watch;
	size_t before, each;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	put(&watch.bench, POLICY_PATH, "online_movable");
	put(&watch.bench, KMEM "/bind", "dax0.0");
	before = mhp_sim_count(watch.bench.sim, MHP_SIM_ACCESS_READ);
	for (size_t i = 0;; i++) {
		assert_int_equal(mhp_monitor_next(watch.monitor, &event), 0);
		if (!event)
			break;
		each = mhp_sim_count(watch.bench.sim, MHP_SIM_ACCESS_READ) - before;
		/* policy, zone, device; once for all of them the number and the notes */
		if (i > 1 && mhp_event_get_kind(event) != MHP_EVENT_DEVICE_BOUND)
			assert_in_range(each, 0, 4);
		before += each;
	}
	end(&watch);
}

static void without_the_flag(void **state)
{
	struct mhp_monitor *monitor;
	const struct mhp_event *event;
	struct watch watch;

	(void)state;
	begin(&watch, MHP_SIM_KERNEL_6_12, true);
	assert_int_equal(mhp_monitor_new(watch.bench.ctx, NULL, &monitor), 0);
	put(&watch.bench, KMEM "/bind", "dax0.0");
	assert_int_equal(mhp_monitor_next(monitor, &event), 0);
	assert_non_null(event);
	assert_int_equal(mhp_event_get_cause(event), MHP_CAUSE_UNKNOWN);
	assert_null(mhp_event_get_cause_text(event));
	mhp_monitor_free(monitor);
	end(&watch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policy),
		cmocka_unit_test(udev_rule),
		cmocka_unit_test(device),
		cmocka_unit_test(of_a_new_device),
		cmocka_unit_test(of_nobody_known),
		cmocka_unit_test(long_after),
		cmocka_unit_test(host),
		cmocka_unit_test(by_this_context),
		cmocka_unit_test(by_another_one),
		cmocka_unit_test(by_one_that_was_killed),
		cmocka_unit_test(by_one_that_ends_now),
		cmocka_unit_test(killed_before),
		cmocka_unit_test(of_a_later_snapshot),
		cmocka_unit_test(little_is_read),
		cmocka_unit_test(without_the_flag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
