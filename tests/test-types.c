// SPDX-License-Identifier: LGPL-2.1-or-later
/* Words of the kernel and their values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "internal.h"

static const char *online_word_of(int value)
{
	return mhp_online_type_to_str((enum mhp_online_type)value);
}

static const char *state_word_of(int value)
{
	return mhp_state_to_str((enum mhp_state)value);
}

static const char *zone_word_of(int value)
{
	return mhp_zone_to_str((enum mhp_zone)value);
}

static const char *device_state_word_of(int value)
{
	return mhp_device_state_to_str((enum mhp_device_state)value);
}

static const char *region_kind_word_of(int value)
{
	return mhp_region_kind_to_str((enum mhp_region_kind)value);
}

static const char *node_kind_word_of(int value)
{
	return mhp_node_kind_to_str((enum mhp_node_kind)value);
}

/* The numbers are ABI, so they stand here as numbers. */
static const struct {
	const char *(*word_of)(int value);
	const char *words[16];		/* by value; what lies outside is unknown */
	const char *unknown;
} enumerations[] = {
	{ online_word_of, { "offline", "online", "online_kernel", "online_movable" }, NULL },
	{ state_word_of, { "unknown", "absent", "offline", "online", "going-offline", "mixed" },
	  "unknown" },
	{ zone_word_of, { "unknown", "none", "DMA", "DMA32", "Normal", "HighMem", "Movable",
			  "Device", "mixed" }, "unknown" },
	{ device_state_word_of, { "unknown", "unplugged", "offline", "online", "online_kernel",
				  "online_movable" }, "unknown" },
	{ region_kind_word_of, { "unknown", "dax", "cxl", "virtio-mem", "dimm", "s390-standby",
				 "ppc64-lmb", "managed", "boot" }, "unknown" },
	{ node_kind_word_of, { "unknown", "cpu", "cpu-less" }, "unknown" },
};

static void value_to_word(void **state)
{
	static const int outside[] = { -1, INT32_MIN, INT32_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(enumerations); i++) {
		for (int v = 0; v < (int)ARRAY_SIZE(enumerations[i].words); v++) {
			const char *want = enumerations[i].words[v] ?: enumerations[i].unknown;
			const char *word = enumerations[i].word_of(v);

			if (want)
				assert_string_equal(word, want);
			else
				assert_null(word);
		}
		for (size_t j = 0; j < ARRAY_SIZE(outside); j++) {
			const char *word = enumerations[i].word_of(outside[j]);

			if (enumerations[i].unknown)
				assert_string_equal(word, "unknown");
			else
				assert_null(word);
		}
	}
}

static void online_type_from_word(void **state)
{
	static const char *const good[] = {
		"offline", "online", "online_kernel", "online_movable",
		"offline\n", "online\n", "online_kernel\n", "online_movable\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		enum mhp_online_type type = (enum mhp_online_type)-1;

		assert_int_equal(mhp_online_type_from_str(good[i], &type), 0);
		assert_int_equal(type, i % 4);
	}
}

static void online_type_refuses(void **state)
{
	static const char *const bad[] = {
		"", "\n", "Online", "ONLINE", " online", "online ", "  online", "online\t",
		"online\n\n", "\nonline", "online\njunk", "online\r\n", "onlin", "onlinee",
		"online_", "online_movabl", "online_movable2", "online-movable", "unplugged",
		"going-offline", "unknown", "1", "0", "on",
	};
	enum mhp_online_type type = (enum mhp_online_type)77;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(mhp_online_type_from_str(bad[i], &type), -EINVAL);
	assert_int_equal(mhp_online_type_from_str(NULL, &type), -EINVAL);
	assert_int_equal(type, 77);
}

/* Every value's word leads back to it; but not the words that are only ours. */
static void words_lead_back(void **state)
{
	(void)state;
	for (int v = 0; v <= MHP_STATE_MIXED; v++) {
		const char *word = state_word_of(v);
		bool ours = v == MHP_STATE_ABSENT || v == MHP_STATE_MIXED;

		assert_int_equal(parse_state_word(word, strlen(word)), ours ? 0 : v);
	}
	for (int v = 0; v <= MHP_ZONE_MIXED; v++) {
		const char *word = zone_word_of(v);

		assert_int_equal(parse_zone_word(word, strlen(word)),
				 v == MHP_ZONE_MIXED ? 0 : v);
	}
	for (int v = 0; v <= MHP_DEVICE_STATE_ONLINE_MOVABLE; v++) {
		const char *word = device_state_word_of(v);

		assert_int_equal(parse_device_state_word(word, strlen(word)), v);
	}
	for (int v = 0; v <= MHP_ONLINE_MOVABLE; v++) {
		enum mhp_online_type type = (enum mhp_online_type)-1;

		assert_int_equal(mhp_online_type_from_str(online_word_of(v), &type), 0);
		assert_int_equal(type, v);
	}
}

static void region_kind_from_word(void **state)
{
	static const char *const bad[] = { "", "unknown", "DAX", "dax\n", "da", "daxx", " dax" };
	enum mhp_region_kind kind = MHP_REGION_UNKNOWN;

	(void)state;
	for (int i = MHP_REGION_DAX; i <= MHP_REGION_BOOT; i++) {
		assert_int_equal(mhp_region_kind_from_str(region_kind_word_of(i), &kind), 0);
		assert_int_equal(kind, i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(mhp_region_kind_from_str(bad[i], &kind), -EINVAL);
	assert_int_equal(mhp_region_kind_from_str(NULL, &kind), -EINVAL);
	assert_int_equal(kind, MHP_REGION_BOOT);
}

static void word_ends_at_its_length(void **state)
{
	(void)state;
	assert_int_equal(parse_zone_word("DMA32", 5), MHP_ZONE_DMA32);
	assert_int_equal(parse_zone_word("DMA32", 3), MHP_ZONE_DMA);
	assert_int_equal(parse_zone_word("DMA32", 4), MHP_ZONE_UNKNOWN);
	assert_int_equal(parse_zone_word("DMA32", 0), MHP_ZONE_UNKNOWN);
	assert_int_equal(parse_zone_word("DMA\0", 4), MHP_ZONE_UNKNOWN);
	assert_int_equal(parse_zone_word("None", 4), MHP_ZONE_UNKNOWN);
	assert_int_equal(parse_state_word("online_movable", 6), MHP_STATE_ONLINE);
	assert_int_equal(parse_state_word("online_movable", 14), MHP_STATE_UNKNOWN);
	assert_int_equal(parse_device_state_word("online_kernel", 13),
			 MHP_DEVICE_STATE_ONLINE_KERNEL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_to_word),
		cmocka_unit_test(online_type_from_word),
		cmocka_unit_test(online_type_refuses),
		cmocka_unit_test(words_lead_back),
		cmocka_unit_test(region_kind_from_word),
		cmocka_unit_test(word_ends_at_its_length),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
