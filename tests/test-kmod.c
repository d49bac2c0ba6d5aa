// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Modules by name, with an index and a configuration of our own; nothing here is a
 * module that a kernel would take.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/fakesys.h"

#define A "a_mhp_test"		/* needs B */
#define B "b_mhp_test"

static int need_libkmod(void **state)
{
	(void)state;
#ifdef HAVE_LIBKMOD
	return 0;
#else
	fprintf(stderr, "without libkmod there is nothing to test\n");
	_exit(77);
#endif
}

/* ---- modules.dep.bin, as libkmod/libkmod-index.c of kmod describes it ---- */

struct index {
	unsigned char bytes[256];
	size_t length;
};

static void add_number(struct index *index, uint32_t number)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		index->bytes[index->length++] = (unsigned char)(number >> shift);
}

static void add_string(struct index *index, const char *str)
{
	memcpy(index->bytes + index->length, str, strlen(str) + 1);
	index->length += strlen(str) + 1;
}

/* A leaf: the name but for its first letter, and one value. */
static uint32_t add_module(struct index *index, const char *name, const char *line)
{
	uint32_t offset = (uint32_t)index->length;

	add_string(index, name + 1);
	add_number(index, 1);
	add_number(index, 0);
	add_string(index, line);
	return offset | 0x80000000 | 0x40000000;
}

static void add_index(struct fakesys *fs)
{
	struct index index = { .length = 12 };
	uint32_t a = add_module(&index, A, "a_mhp_test.ko: b_mhp_test.ko");
	uint32_t b = add_module(&index, B, "b_mhp_test.ko:");
	uint32_t root = (uint32_t)index.length | 0x20000000;
	size_t length;

	index.bytes[index.length++] = 'a';
	index.bytes[index.length++] = 'b';
	add_number(&index, a);
	add_number(&index, b);
	length = index.length;
	index.length = 0;
	add_number(&index, 0xb007f457);
	add_number(&index, 0x00020001);
	add_number(&index, root);
	fakesys_set(fs, FAKESYS_FILE, "/modules/modules.dep.bin", index.bytes, length);
}

/* ---- what it answers ---- */

/* COMMAND in the configuration would leave a file behind. */
static int load_with(const char *name, const char *config, bool with_files)
{
	struct fakesys *fs = fakesys_new();
	char modules[512], dir[512], ran[512], text[2048];
	const char *configs[] = { dir, NULL };
	const char *command = strstr(config, "COMMAND");
	int r;

	add_index(fs);
	if (with_files) {
		fakesys_file(fs, "/modules/a_mhp_test.ko", "no module");
		fakesys_file(fs, "/modules/b_mhp_test.ko", "no module");
	}
	fakesys_dir(fs, "/config");
	/* beside it, so that its name is known before it is written */
	snprintf(ran, sizeof(ran), "%s.ran", fakesys_root(fs));
	if (command)
		snprintf(text, sizeof(text), "%.*stouch %s%s", (int)(command - config), config,
			 ran, command + strlen("COMMAND"));
	else
		snprintf(text, sizeof(text), "%s", config);
	snprintf(modules, sizeof(modules), "%s/modules", fakesys_root(fs));
	snprintf(dir, sizeof(dir), "%s/config", fakesys_root(fs));
	if (*text) {
		char path[600];
		FILE *file;

		snprintf(path, sizeof(path), "%s/test.conf", dir);
		file = fopen(path, "w");
		assert_non_null(file);
		fprintf(file, "%s\n", text);
		fclose(file);
	}
	r = kmod_load_from(modules, configs, name);
	assert_int_equal(access(ran, F_OK), -1);
	return r;
}

/* Without the files, so that the kernel is not even asked. */
static int load(const char *name, const char *config)
{
	return load_with(name, config, false);
}

static void not_there(void **state)
{
	(void)state;
	assert_int_equal(load("c_mhp_test", ""), -ENOENT);
	/* in the index, and no file */
	assert_int_equal(load(A, ""), -ENOENT);
	assert_int_equal(load(B, ""), -ENOENT);
	assert_int_equal(load("../../" B, ""), -ENOENT);
	assert_int_equal(kmod_load_from("/nonexistent", NULL, B), -ENOENT);
	assert_int_equal(kmod_load("c_mhp_test"), -ENOENT);
}

/* Of the name itself: what a blacklist stops is an alias. */
static void blacklist(void **state)
{
	(void)state;
	assert_int_equal(load(B, "blacklist " B), -ENOENT);
	assert_int_equal(load(A, "blacklist " A "\nblacklist " B), -ENOENT);
}

static void install_command(void **state)
{
	(void)state;
	assert_int_equal(load(B, "install " B " COMMAND"), -EPERM);
	assert_int_equal(load(B, "blacklist " B "\ninstall " B " COMMAND"), -EPERM);
	/* names are the same with either */
	assert_int_equal(load("b-mhp-test", "install b-mhp-test COMMAND"), -EPERM);
	/* of what it needs */
	assert_int_equal(load_with(A, "install " B " COMMAND", true), -EPERM);
	/* libkmod itself would pass over this one */
	assert_int_equal(load(A, "softdep " A " pre: c_mhp_test\n"
			      "install " A " COMMAND"), -EPERM);
	/* of what is only nice to have: not run, and no obstacle */
	assert_int_equal(load(B, "softdep " B " pre: " A "\ninstall " A " COMMAND"), -ENOENT);
	/* somebody else's */
	assert_int_equal(load(B, "install " A " COMMAND"), -ENOENT);
	assert_int_equal(load(B, "remove " B " COMMAND"), -ENOENT);
}

static void alias(void **state)
{
	(void)state;
	assert_int_equal(load(B, "alias " B " off"), -EPERM);
	assert_int_equal(load(B, "alias dax:t0* off\nalias " A " " B), -ENOENT);
	assert_int_equal(load(B, "alias " B " " B), -ENOENT);
}

/* As somebody who may load none, and with a file that is no module. */
static void not_allowed(void **state)
{
	struct fakesys *fs = fakesys_new();
	char modules[512], config[512];
	const char *configs[] = { config, NULL };
	int status;
	pid_t pid;

	(void)state;
	add_index(fs);
	fakesys_dir(fs, "/config");
	fakesys_file(fs, "/modules/b_mhp_test.ko", "no module");
	snprintf(modules, sizeof(modules), "%s/modules", fakesys_root(fs));
	snprintf(config, sizeof(config), "%s/config", fakesys_root(fs));
	chmod(fakesys_root(fs), 0755);
	pid = fork();
	if (pid == 0) {
		if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
			_exit(99);
		_exit(-kmod_load_from(modules, configs, B));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == ENOENT)
		skip();		/* a kernel without modules */
	assert_int_equal(WEXITSTATUS(status), EACCES);
}

/* What this machine has already is asked for once more. */
static void there_already(void **state)
{
	FILE *file = fopen("/proc/modules", "r");
	char name[64] = "";
	int n = 0;

	(void)state;
	if (file) {
		n = fscanf(file, "%63s %*u %*u %*s Live", name);
		fclose(file);
	}
	if (n != 1)
		skip();
	assert_int_equal(kmod_load(name), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(not_there, fakesys_free_all),
		cmocka_unit_test_teardown(blacklist, fakesys_free_all),
		cmocka_unit_test_teardown(install_command, fakesys_free_all),
		cmocka_unit_test_teardown(alias, fakesys_free_all),
		cmocka_unit_test_teardown(not_allowed, fakesys_free_all),
		cmocka_unit_test_teardown(there_already, fakesys_free_all),
	};

	return cmocka_run_group_tests(tests, need_libkmod, NULL);
}
