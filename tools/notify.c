// SPDX-License-Identifier: LGPL-2.1-or-later
/* What mhp agent tells systemd. That nobody is there to be told is no failure. */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>
#endif

#include "agent.h"
#include "tool.h"

static void tell(const char *state)
{
#ifdef HAVE_LIBSYSTEMD
	(void)sd_notify(0, state);
#else
	(void)state;
#endif
}

static void tell_status(const char *before, const char *status)
{
	char *escaped = text_copy(status), *state = text_format("%sSTATUS=%s", before, escaped);

	tell(state);
	free(state);
	free(escaped);
}

void notify_ready(const char *status)
{
	tell_status("READY=1\n", status);
}

/* Takes no memory of ours. */
void notify_ready_at_work(void)
{
	tell("READY=1\nSTATUS=changing memory");
}

void notify_status(const char *status)
{
	tell_status("", status);
}

/* Until notify_ready(). The time is for Type=notify-reload of systemd 253 and later. */
void notify_reloading(void)
{
	struct timespec now;
	char *state;

	clock_gettime(CLOCK_MONOTONIC, &now);
	state = text_format("RELOADING=1\nMONOTONIC_USEC=%" PRId64,
			    now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000);
	tell(state);
	free(state);
}

void notify_stopping(void)
{
	tell("STOPPING=1");
}
