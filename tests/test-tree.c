// SPDX-License-Identifier: LGPL-2.1-or-later
/* The file tree: order of children, and directories that are alike. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../sim/tree.h"

static struct node *new_dir(const char *name)
{
	struct node *dir = node_new(NODE_DIR, name, strlen(name), NULL);

	assert_non_null(dir);
	return dir;
}

static struct node *add(struct node *dir, enum node_type type, const char *name, const char *text)
{
	struct node *node;

	assert_int_equal(tree_add_new(dir, type, name, text, &node), 0);
	return node;
}

/* "a b c" */
static void check_names(struct node *dir, const char *wanted)
{
	struct node **children;
	char names[256] = "";
	size_t count;

	assert_int_equal(tree_copy_children(dir, &children, &count), 0);
	for (size_t i = 0; i < count; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			 i ? " " : "", children[i]->name);
	tree_free_children(children, count);
	assert_string_equal(names, wanted);
}

/* ---- order ---- */

static void test_names(void **state)
{
	/* in order */
	static const char *const names[] = {
		"", "01", "1", "1a", "2", "10", "10a", "a", "a-", "a01", "a1", "a1b01", "a1b1",
		"a1b2", "a01bc", "a1bc", "a1bd", "a02", "a2", "a10", "a10b", "a99999999999999999998",
		"a99999999999999999999", "a100000000000000000000", "ab", "b",
	};
	const size_t count = sizeof(names) / sizeof(names[0]);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++) {
			int r = compare_names(names[i], names[j]);

			if ((i < j && r >= 0) || (i == j && r) || (i > j && r <= 0))
				fail_msg("%s, %s: %d", names[i], names[j], r);
		}
}

static void test_children(void **state)
{
	struct node *root = new_dir(""), *node;

	(void)state;
	add(root, NODE_FILE, "memory10", "");
	add(root, NODE_FILE, "memory9", "");
	node = add(root, NODE_DIR, "memory100", NULL);
	add(root, NODE_FILE, "a", "");
	check_names(root, "a memory9 memory10 memory100");
	assert_int_equal(tree_add_new(root, NODE_FILE, "memory9", "", NULL), -EEXIST);
	tree_remove(tree_child(root, "memory10"));
	check_names(root, "a memory9 memory100");
	assert_null(tree_child(root, "memory10"));
	/* what is held stays, and is out of it */
	add(node, NODE_FILE, "x", "");
	node_ref(node);
	tree_remove(node);
	assert_false(tree_has_children(node));
	assert_false(node_is_alive(node, root));
	node_unref(node);
	node_unref(root);
}

/* Thousands, not in order: they are found, go, and are told in order. */
static void test_many_children(void **state)
{
	enum { MANY = 5003, STEP = 1009 };	/* primes */
	struct node *root = new_dir(""), **children;
	char name[32];
	size_t count;

	(void)state;
	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%u", i * STEP % MANY);
		assert_null(tree_child(root, name));
		add(root, NODE_FILE, name, "");
		assert_string_equal(tree_child(root, name)->name, name);
		assert_int_equal(tree_add_new(root, NODE_FILE, name, "", NULL), -EEXIST);
		if (i % 3 == 2)
			tree_remove(tree_child(root, name));
	}
	for (unsigned int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "n%u", i * STEP % MANY);
		if ((tree_child(root, name) == NULL) != (i % 3 == 2))
			fail_msg("%s, %u", name, i);
	}
	assert_int_equal(tree_copy_children(root, &children, &count), 0);
	assert_int_equal(count, MANY - MANY / 3);
	for (size_t i = 1; i < count; i++)
		assert_true(compare_names(children[i - 1]->name, children[i]->name) < 0);
	tree_free_children(children, count);
	node_unref(root);
}

/* ---- alike ---- */

static const struct attr some_attr;

/* like has state (an attribute), subsystem, uevent. */
static struct node *new_like(void)
{
	struct node *like = new_dir("like");

	add(like, NODE_FILE, "state", NULL)->attr = &some_attr;
	add(like, NODE_LINK, "subsystem", "../bus");
	add(like, NODE_FILE, "uevent", "");
	return like;
}

static struct node *new_alike(struct node *root, struct node *like, void *owner)
{
	struct node *dir = add(root, NODE_DIR, "memory1", NULL);

	dir->owner = owner;
	tree_begin_like(dir, like);
	return dir;
}

static void test_made_upon_demand(void **state)
{
	struct node *root = new_dir(""), *like = new_like(), *dir, *node;
	int owner;

	(void)state;
	dir = new_alike(root, like, &owner);
	assert_true(tree_has_children(dir));
	assert_int_equal(dir->n_children, 0);
	node = tree_child(dir, "state");
	assert_non_null(node);
	assert_ptr_equal(node->attr, &some_attr);
	assert_ptr_equal(node->owner, &owner);
	assert_ptr_equal(node->parent, dir);
	assert_int_equal(dir->n_children, 1);
	assert_null(tree_child(dir, "none"));
	assert_int_equal(tree_walk(root, root, "memory1/subsystem", false, &node), 0);
	assert_string_equal(node->text, "../bus");
	assert_int_equal(tree_walk(root, root, "memory1/none", false, &node), -ENOENT);
	check_names(dir, "state subsystem uevent");
	tree_forget(dir);
	assert_int_equal(dir->n_children, 0);
	check_names(dir, "state subsystem uevent");
	/* any node may be told to forget */
	tree_forget(tree_child(dir, "state"));
	tree_forget(root);
	tree_forget(NULL);
	node_unref(root);
	node_unref(like);
}

static void test_own_beside(void **state)
{
	struct node *root = new_dir(""), *like = new_like(), *dir;

	(void)state;
	dir = new_alike(root, like, NULL);
	add(dir, NODE_LINK, "firmware_node", "x");
	assert_int_equal(tree_add_new(dir, NODE_FILE, "state", "", NULL), -EEXIST);
	node_set_text(tree_child(dir, "uevent"), strdup("A=1\n"));
	tree_forget(dir);
	assert_int_equal(dir->n_children, 2);
	assert_string_equal(tree_child(dir, "uevent")->text, "A=1\n");
	assert_string_equal(tree_child(like, "uevent")->text, "");
	check_names(dir, "firmware_node state subsystem uevent");
	tree_remove(tree_child(dir, "firmware_node"));
	check_names(dir, "state subsystem uevent");
	node_unref(root);
	node_unref(like);
}

static void test_held_is_kept(void **state)
{
	struct node *root = new_dir(""), *like = new_like(), *dir, *node;

	(void)state;
	dir = new_alike(root, like, NULL);
	node = node_ref(tree_child(dir, "subsystem"));
	tree_forget(dir);
	assert_ptr_equal(tree_child(dir, "subsystem"), node);
	assert_true(node_is_alive(node, root));
	/* it outlives its directory, and what it was made from */
	tree_remove(dir);
	node_unref(like);
	assert_false(node_is_alive(node, root));
	assert_string_equal(node->name, "subsystem");
	assert_string_equal(node->text, "../bus");
	node_unref(node);
	node_unref(root);
}

static void test_become(void **state)
{
	struct node *root = new_dir(""), *like = new_like(), *dir, *other;

	(void)state;
	dir = add(root, NODE_DIR, "memory1", NULL);
	add(dir, NODE_FILE, "uevent", "");
	tree_become_like(dir, like);
	assert_null(dir->like);
	add(dir, NODE_FILE, "state", "online\n");
	add(dir, NODE_LINK, "subsystem", "../bus");
	tree_become_like(dir, like);
	assert_ptr_equal(dir->like, like);
	/* its state is its own */
	assert_int_equal(dir->n_children, 1);
	assert_string_equal(tree_child(dir, "state")->text, "online\n");
	check_names(dir, "state subsystem uevent");
	assert_int_equal(tree_become_own(dir), 0);
	assert_null(dir->like);
	assert_int_equal(dir->n_children, 3);
	/* a copy is no longer like anything */
	tree_become_like(dir, like);
	other = tree_clone(dir, "memory2");
	assert_non_null(other);
	assert_null(other->like);
	check_names(other, "state subsystem uevent");
	node_unref(other);
	node_unref(root);
	node_unref(like);
}

/* A directory in it, or a file for another part of the capture: it stays as it is. */
static void test_become_refused(void **state)
{
	struct node *root = new_dir(""), *like = new_like(), *dir, *file;

	(void)state;
	dir = tree_clone(like, "memory1");
	assert_int_equal(tree_add(root, dir), 0);
	file = add(dir, NODE_FILE, "late", "");
	file->group = 1;
	tree_become_like(dir, like);
	assert_null(dir->like);
	tree_remove(file);
	add(dir, NODE_DIR, "power", NULL);
	tree_become_like(dir, like);
	assert_null(dir->like);
	node_unref(root);
	node_unref(like);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_children),
		cmocka_unit_test(test_many_children),
		cmocka_unit_test(test_made_upon_demand),
		cmocka_unit_test(test_own_beside),
		cmocka_unit_test(test_held_is_kept),
		cmocka_unit_test(test_become),
		cmocka_unit_test(test_become_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
