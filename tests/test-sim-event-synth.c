// SPDX-License-Identifier: LGPL-2.1-or-later
/* Files named uevent of the simulated machine: as recorded on Linux 7.3, 6.12 and 6.1. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/desk.h"

#define UEVENT MEMORY "memory3/uevent"
#define UUID "deadbeef-dead-beef-dead-beefdeadbeef"
#define MEMORY3(action) action "@/devices/system/memory/memory3\nACTION=" action \
	"\nDEVPATH=/devices/system/memory/memory3\nSUBSYSTEM=memory\n"
#define DAX_PATH "/devices/platform/hmem_platform.0/hmem.0/dax0.0"
#define DAX0(action) action "@" DAX_PATH "\nACTION=" action "\nDEVPATH=" DAX_PATH \
	"\nSUBSYSTEM=dax\nSYNTH_UUID=0\nMAJOR=251\nMINOR=0\nDEVNAME=dax0.0\n"

static struct mhp_sim *sim;
static struct mhp_sim_listener *listener;

static int set_up(void **state)
{
	(void)state;
	sim = desk_machine("7.3-hmem-online.txt");
	assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	mhp_sim_listener_free(listener);
	mhp_sim_unref(sim);
	return 0;
}

/* wanted: the event but for its number; NULL: none */
static void check_put(const char *path, const char *word, int code, const char *wanted)
{
	int r = mhp_sim_write(sim, path, word);
	char *text;

	if (r != code)
		fail_msg("put \"%s\" %s: %d and not %d", word, path, r, code);
	assert_int_equal(mhp_sim_listener_receive(listener, &text), 0);
	if (!wanted) {
		if (text)
			fail_msg("put \"%s\" %s: got %s", word, path, text);
		return;
	}
	assert_non_null(text);
	*strstr(text, "SEQNUM=") = '\0';
	assert_string_equal(text, wanted);
	free(text);
}

static void test_actions(void **state)
{
	(void)state;
	check_put(UEVENT, "add", 0, MEMORY3("add") "SYNTH_UUID=0\n");
	check_put(UEVENT, "remove\n", 0, MEMORY3("remove") "SYNTH_UUID=0\n");
	check_put(UEVENT, "change", 0, MEMORY3("change") "SYNTH_UUID=0\n");
	check_put(UEVENT, "move", 0, MEMORY3("move") "SYNTH_UUID=0\n");
	check_put(UEVENT, "online", 0, MEMORY3("online") "SYNTH_UUID=0\n");
	check_put(UEVENT, "offline", 0, MEMORY3("offline") "SYNTH_UUID=0\n");
	check_put(UEVENT, "bind", 0, MEMORY3("bind") "SYNTH_UUID=0\n");
	check_put(UEVENT, "unbind", 0, MEMORY3("unbind") "SYNTH_UUID=0\n");
	/* nothing has happened */
	check_is(sim, 3, "DMA32");
	check_put(UEVENT, "", 0, NULL);
}

static void test_args(void **state)
{
	(void)state;
	check_put(UEVENT, "change " UUID, 0, MEMORY3("change") "SYNTH_UUID=" UUID "\n");
	check_put(UEVENT, "change " UUID " A=1 B2=x\n", 0,
		  MEMORY3("change") "SYNTH_UUID=" UUID "\nSYNTH_ARG_A=1\nSYNTH_ARG_B2=x\n");
}

static void test_junk(void **state)
{
	static const char *const words[] = {
		"junk", "addx", "ad", " add", "Add", "\n", "add\n\n", "change ", "change nouuid",
		"change  " UUID, "change " UUID " ", "change " UUID " \n", "change " UUID " A",
		"change " UUID " A=", "change " UUID " =1", "change " UUID " A=1=2",
		"change " UUID "x", "change " UUID " A_B=1", "change " UUID " A=1  B=2",
		"change " UUID "\n\n", "change deadbeef-dead-beef-dead_beefdeadbeef",
		"change deadbeef-dead-beef-dead-beefdeadbee",
		"change Xeadbeef-dead-beef-dead-beefdeadbeef",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		check_put(UEVENT, words[i], -EINVAL, NULL);
}

/* SYNTH_UUID comes before the device's own keys. */
static void test_dax(void **state)
{
	(void)state;
	check_put(DAX "dax0.0/uevent", "add", 0, DAX0("add") "DRIVER=kmem\nMODALIAS=dax:t0\n");
	check_put(DAX "dax0.0/uevent", "unbind", 0, DAX0("unbind") "DRIVER=kmem\n");
	assert_int_equal(mhp_sim_unload_module(sim, "kmem"), 0);
	mhp_sim_listener_free(listener);
	assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
	check_put(DAX "dax0.0/uevent", "change", 0, DAX0("change") "MODALIAS=dax:t0\n");
	check_put(DAX "dax0.0/uevent", "junk", -EINVAL, NULL);
}

/* A device without a bus or class: what is wrong is told, but nobody hears of the rest. */
static void test_mapping(void **state)
{
	static const char uevent[] = DAX "dax0.0/mapping0/uevent";
	char *text;

	(void)state;
	check_put(uevent, "change", 0, NULL);
	check_put(uevent, "", 0, NULL);
	check_put(uevent, "add 01234567-89ab-cdef-0123-456789abcdef A=B", 0, NULL);
	check_put(uevent, "add 0", -EINVAL, NULL);
	check_put(uevent, "junk", -EINVAL, NULL);
	assert_int_equal(mhp_sim_read(sim, uevent, &text), 0);
	assert_string_equal(text, "");
	free(text);
	/* so has one that came since */
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "unplugged"), 0);
	assert_int_equal(mhp_sim_write(sim, KMEM "unbind", "dax0.0"), 0);
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/size", "0"), 0);
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/size", "134217728"), 0);
	mhp_sim_listener_free(listener);
	assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
	check_put(uevent, "change", 0, NULL);
	check_put(uevent, "junk", -EINVAL, NULL);
	sim->rules.is_wrong[RULE_EVENT_SYNTH_SILENT] = true;
	check_put(uevent, "change", 0,
		  "change@/devices/platform/hmem_platform.0/hmem.0/dax0.0/mapping0\n"
		  "ACTION=change\nDEVPATH=/devices/platform/hmem_platform.0/hmem.0/dax0.0/mapping0\n"
		  "SUBSYSTEM=dax\nSYNTH_UUID=0\n");
}

#define SHORT(path, subsystem) "change@" path "\nACTION=change\nDEVPATH=" path \
	"\nSUBSYSTEM=" subsystem "\nSYNTH_UUID=0\n"

static void test_others(void **state)
{
	static const char tier[] = "/sys/devices/virtual/memory_tiering/memory_tier22/uevent";

	(void)state;
	check_put("/sys/devices/system/node/node1/uevent", "change", 0,
		  SHORT("/devices/system/node/node1", "node"));
	check_put(tier, "change", 0,
		  SHORT("/devices/virtual/memory_tiering/memory_tier22", "memory_tiering"));
	check_put(KMEM "uevent", "change", 0, SHORT("/bus/dax/drivers/kmem", "drivers"));
	/* all that has come since has such a file, too */
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "unplugged"), 0);
	assert_int_equal(mhp_sim_write(sim, DAX "dax0.0/state", "online_kernel"), 0);
	mhp_sim_listener_free(listener);
	assert_int_equal(mhp_sim_listener_new(sim, 0, &listener), 0);
	check_put(MEMORY "memory32/uevent", "change", 0,
		  SHORT("/devices/system/memory/memory32", "memory"));
	check_put("/sys/devices/system/node/node1/uevent", "change", 0,
		  SHORT("/devices/system/node/node1", "node"));
	check_put(tier, "change", 0,
		  SHORT("/devices/virtual/memory_tiering/memory_tier22", "memory_tiering"));
}

static void test_wrong_rules(void **state)
{
	(void)state;
	sim->rules.is_wrong[RULE_EVENT_SYNTH_WORDS] = true;
	sim->rules.is_wrong[RULE_EVENT_SYNTH_UUID] = true;
	check_put(UEVENT, "junk", 0, NULL);
	check_put(UEVENT, "change", 0, MEMORY3("change"));
	assert_int_equal(sim->rules.hits[RULE_EVENT_SYNTH_WORDS], 1);
	assert_int_equal(sim->rules.hits[RULE_EVENT_SYNTH_UUID], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_actions, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_args, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_junk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_dax, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mapping, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wrong_rules, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
