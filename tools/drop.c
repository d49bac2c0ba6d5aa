// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * mhp agent lets go of what it does not need, for good: it reads what a hypervisor, hardware
 * and others write, and runs as long as the machine.
 *
 * By the kernel's own calls: it is one capset(2) and a few of prctl(2), and whether the agent is
 * confined must not depend on which libraries configure has found.
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "agent.h"
#include "tool.h"

#define BIT(cap) (UINT64_C(1) << (cap))

/* systemd/mhp-agent.service.in tells what for. */
static const struct {
	int cap;
	const char *name;
} needed[] = {
	{ CAP_NET_ADMIN, "CAP_NET_ADMIN" },
	{ CAP_SYS_MODULE, "CAP_SYS_MODULE" },
	{ CAP_SYS_ADMIN, "CAP_SYS_ADMIN" },
	{ CAP_DAC_OVERRIDE, "CAP_DAC_OVERRIDE" },
};

/* Files of sysfs are root's own; anybody else can write to them with this one only. */
static bool is_needed(int cap)
{
	return cap != CAP_DAC_OVERRIDE || geteuid() != 0;
}

static uint64_t needed_caps(void)
{
	uint64_t caps = 0;

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (is_needed(needed[i].cap))
			caps |= BIT(needed[i].cap);
	return caps;
}

static bool cap_call(long number, struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(number, &head, data) == 0;
}

static uint64_t join(uint32_t low, uint32_t high)
{
	return low | (uint64_t)high << 32;
}

/* Without CAP_SETPCAP it stays; what is not permitted comes back by exec only, of which there is none. */
static void drop_bounding(uint64_t keep)
{
	for (int cap = 0; cap < 64 && prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		if (!(keep & BIT(cap)))
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

static void drop_caps(uint64_t keep)
{
	struct __user_cap_data_struct data[2];

	drop_bounding(keep);
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	if (!cap_call(SYS_capget, data))
		return;
	for (int i = 0; i < 2; i++) {
		data[i].permitted &= (uint32_t)(keep >> 32 * i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	(void)cap_call(SYS_capset, data);
}

/* What we have, as the kernel tells it; the caller frees it. *ret_more: more than is needed. */
static char *copy_left(bool *ret_more)
{
	struct __user_cap_data_struct data[2];
	char *text = text_format("%s", ""), *more;
	uint64_t caps;

	*ret_more = true;
	if (!cap_call(SYS_capget, data)) {
		free(text);
		return text_format("unknown");
	}
	caps = join(data[0].permitted, data[1].permitted);
	*ret_more = caps & ~needed_caps() || join(data[0].inheritable, data[1].inheritable) ||
		    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1;
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!(caps & BIT(needed[i].cap)))
			continue;
		more = text_format("%s%s%s", text, *text ? ", " : "", needed[i].name);
		free(text);
		text = more;
	}
	return text;
}

char *drop_privileges(bool *ret_more)
{
	drop_caps(needed_caps());
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	umask(0077);
	return copy_left(ret_more);
}
