// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Uevents: what the kernel tells of what changed, and those who listen. The text is
 * made only if somebody does. See the kernel's lib/kobject_uevent.c for the
 * messages, net/netlink/af_netlink.c for how they get lost.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "parse.h"
#include "sim.h"

/* A small message takes 1 KiB of a socket's buffer, which has 208 KiB by default. */
#define MESSAGE_BYTES 1024
#define DEFAULT_ROOM 208

struct message {
	struct message *next;
	char *text;
};

struct mhp_sim_listener {
	struct mhp_sim_listener *next;
	struct mhp_sim *sim;	/* with a reference */
	struct message *first, **end;
	size_t count, room;
	bool lost_some;		/* has yet to be told */
	bool congested;		/* was full, and is not empty again */
	int fd;			/* -1: never asked for */
	bool fd_is_readable;
};

/* ---- listeners ---- */

/* The descriptor says what there is; a thread cannot be ended in the middle of that. */
static void update_fd(struct mhp_sim_listener *listener)
{
	bool wanted = listener->lost_some || listener->first;
	int before, r;

	if (listener->fd < 0 || listener->fd_is_readable == wanted)
		return;
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before);
	if (wanted) {
		r = eventfd_write(listener->fd, 1);
	} else {
		eventfd_t value;

		r = eventfd_read(listener->fd, &value);
	}
	pthread_setcancelstate(before, NULL);
	/* it cannot fail but for a descriptor that others closed */
	if (r == 0)
		listener->fd_is_readable = wanted;
}

static int add_message(struct mhp_sim_listener *listener, const char *text)
{
	struct message *message = malloc(sizeof(*message));
	char *copy = strdup(text);

	if (!message || !copy) {
		free(message);
		free(copy);
		return -ENOMEM;
	}
	*message = (struct message){ .text = copy };
	*listener->end = message;
	listener->end = &message->next;
	listener->count++;
	return 0;
}

/*
 * netlink_broadcast_deliver(): once it has lost one, a socket takes no more until it
 * has been emptied, and tells so only the first time.
 */
static void deliver(struct mhp_sim_listener *listener, const char *text)
{
	if (listener->congested)
		return;
	if (!text || listener->count >= listener->room || add_message(listener, text) < 0) {
		listener->congested = true;
		listener->lost_some = true;
	}
	update_fd(listener);
}

static struct message *take_first(struct mhp_sim_listener *listener)
{
	struct message *message = listener->first;

	if (!message)
		return NULL;
	listener->first = message->next;
	if (!listener->first)
		listener->end = &listener->first;
	listener->count--;
	return message;
}

MHP_EXPORT int mhp_sim_listener_new(struct mhp_sim *sim, size_t room,
				    struct mhp_sim_listener **ret_listener)
{
	struct mhp_sim_listener *listener;

	if (!ret_listener)
		return -EINVAL;
	listener = calloc(1, sizeof(*listener));
	if (!listener)
		return -ENOMEM;
	listener->sim = mhp_sim_ref(sim);
	listener->end = &listener->first;
	listener->room = room ? room : DEFAULT_ROOM;
	listener->fd = -1;
	sim_lock(sim);
	listener->next = sim->listeners;
	sim->listeners = listener;
	sim_unlock(sim);
	*ret_listener = listener;
	return 0;
}

/* -ENOBUFS; *ret_message NULL: none waits */
static int receive(struct mhp_sim_listener *listener, struct message **ret_message)
{
	struct message *message = NULL;
	int r = 0;

	sim_lock(listener->sim);
	if (listener->lost_some) {
		listener->lost_some = false;
		r = -ENOBUFS;
	} else {
		message = take_first(listener);
	}
	if (!listener->first)
		listener->congested = false;
	update_fd(listener);
	sim_unlock(listener->sim);
	*ret_message = message;
	return r;
}

MHP_EXPORT int mhp_sim_listener_receive(struct mhp_sim_listener *listener, char **ret_text)
{
	struct message *message;
	int r;

	if (!ret_text)
		return -EINVAL;
	r = receive(listener, &message);
	if (r < 0)
		return r;
	*ret_text = message ? message->text : NULL;
	free(message);
	return 0;
}

MHP_EXPORT int mhp_sim_listener_get_fd(struct mhp_sim_listener *listener, int *ret_fd)
{
	int r = 0;

	if (!ret_fd)
		return -EINVAL;
	sim_lock(listener->sim);
	if (listener->fd < 0) {
		listener->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (listener->fd < 0)
			r = -errno;
		update_fd(listener);
	}
	if (r == 0)
		*ret_fd = listener->fd;
	sim_unlock(listener->sim);
	return r;
}

MHP_EXPORT void mhp_sim_listener_free(struct mhp_sim_listener *listener)
{
	struct mhp_sim_listener **at;
	struct message *message;

	if (!listener)
		return;
	sim_lock(listener->sim);
	for (at = &listener->sim->listeners; *at != listener; at = &(*at)->next)
		;
	*at = listener->next;
	sim_unlock(listener->sim);
	while ((message = take_first(listener))) {
		free(message->text);
		free(message);
	}
	if (listener->fd >= 0)
		close(listener->fd);
	mhp_sim_unref(listener->sim);
	free(listener);
}

MHP_EXPORT int mhp_sim_lose_events(struct mhp_sim *sim, size_t n)
{
	sim_lock(sim);
	sim->events_to_lose = n;
	sim_unlock(sim);
	return 0;
}

/* ---- contexts that listen ---- */

struct mhp_events {
	struct mhp_sim_listener *listener;
	struct message *last;	/* received, cut into strings in its place */
};

/* Has its user been killed? */
static bool is_over(struct sim_backend *mine)
{
	bool dead;

	sim_lock(mine->sim);
	dead = is_dead(mine);
	sim_unlock(mine->sim);
	return dead;
}

int sim_open_events(struct mhp_backend *be, enum mhp_event_source source, size_t buffer_bytes,
		    enum mhp_event_source *ret_source, struct mhp_events **ret_events,
		    const char **ret_why)
{
	struct sim_backend *mine = to_sim(be);
	struct mhp_events *events;
	size_t room = buffer_bytes / MESSAGE_BYTES;
	int r;

	if (is_over(mine))
		return -EIO;
	if (source == MHP_EVENT_SOURCE_UDEV) {
		*ret_why = "no udevd runs on the simulated machine";
		return -EOPNOTSUPP;
	}
	events = calloc(1, sizeof(*events));
	if (!events)
		return -ENOMEM;
	r = mhp_sim_listener_new(mine->sim, room ? room : 1, &events->listener);
	if (r < 0) {
		free(events);
		return r;
	}
	*ret_source = MHP_EVENT_SOURCE_KERNEL;
	*ret_events = events;
	return 0;
}

int sim_get_events_fd(struct mhp_backend *be, struct mhp_events *events, int *ret_fd)
{
	(void)be;
	return mhp_sim_listener_get_fd(events->listener, ret_fd);
}

static void message_free(struct message *message)
{
	if (message)
		free(message->text);
	free(message);
}

/* Cuts the text into strings; only keys that are asked for are kept. */
static void cut(char *text, struct mhp_message *ret)
{
	struct mhp_message message = { 0 };
	struct {
		const char *key;
		const char **value;
	} keys[] = {
		{ "ACTION=", &message.action },
		{ "DEVPATH=", &message.devpath },
		{ "SUBSYSTEM=", &message.subsystem },
		{ "DRIVER=", &message.driver },
		{ "MODALIAS=", &message.modalias },
		{ "SYNTH_UUID=", &message.synth_uuid },
	};

	for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
			if (!strncmp(line, keys[i].key, strlen(keys[i].key)))
				*keys[i].value = line + strlen(keys[i].key);
		if (!strncmp(line, "SEQNUM=", strlen("SEQNUM=")) &&
		    parse_dec(line + strlen("SEQNUM="), &message.seqnum) < 0)
			message.seqnum = 0;
	}
	*ret = message;
}

int sim_receive_event(struct mhp_backend *be, struct mhp_events *events,
		      struct mhp_message *ret_message, bool *ret_some)
{
	struct message *message;
	int r;

	message_free(events->last);
	events->last = NULL;
	if (is_over(to_sim(be)))
		return -EIO;
	r = receive(events->listener, &message);
	if (r < 0)
		return r;
	events->last = message;
	*ret_some = message;
	if (message)
		cut(message->text, ret_message);
	return 0;
}

void sim_close_events(struct mhp_backend *be, struct mhp_events *events)
{
	(void)be;
	message_free(events->last);
	mhp_sim_listener_free(events->listener);
	free(events);
}

/* ---- messages ---- */

bool event_is_heard(const struct mhp_sim *sim)
{
	return sim->listeners;
}

/* The device's own keys; zap_modalias_env(): not the alias of one that is given up. */
static void add_keys(struct buf *buf, const struct mhp_sim *sim, const char *action,
		     const char *keys)
{
	const char *alias = strcmp(action, "unbind") ? NULL : strstr(keys, "MODALIAS=");

	if (!alias || !holds(&sim->model, RULE_EVENT_UNBIND_NO_ALIAS)) {
		buf_add_str(buf, keys);
		return;
	}
	buf_add_bytes(buf, keys, (size_t)(alias - keys));
	alias += strcspn(alias, "\n");
	buf_add_str(buf, *alias ? alias + 1 : alias);
}

/* NULL upon lack of memory */
static char *format(const struct mhp_sim *sim, const char *action, const char *devpath,
		    const char *subsystem, const char *keys)
{
	struct buf buf = { 0 };
	char *text;

	buf_add(&buf, "%s@%s\nACTION=%s\nDEVPATH=%s\nSUBSYSTEM=%s\n", action, devpath, action,
		devpath, subsystem);
	if (keys)
		add_keys(&buf, sim, action, keys);
	buf_add(&buf, "SEQNUM=%" PRIu64 "\n", sim->seqnum);
	return buf_finish(&buf, &text) < 0 ? NULL : text;
}

/* Nobody gets it; who listens is told that there was something. */
static void lose(struct mhp_sim *sim)
{
	sim->events_to_lose--;
	for (struct mhp_sim_listener *at = sim->listeners; at; at = at->next) {
		at->lost_some = true;
		update_fd(at);
	}
}

void event_send_path(struct mhp_sim *sim, const char *action, const char *devpath,
		     const char *subsystem, const char *keys)
{
	char *text;

	/* counted in any case */
	sim->seqnum++;
	if (sim->events_to_lose) {
		lose(sim);
		return;
	}
	if (!event_is_heard(sim))
		return;
	text = devpath ? format(sim, action, devpath, subsystem, keys) : NULL;
	for (struct mhp_sim_listener *at = sim->listeners; at; at = at->next)
		deliver(at, text);
	free(text);
}

void event_send(struct mhp_sim *sim, const char *action, const struct node *dir,
		const char *subsystem, const char *keys)
{
	static const char sys[] = "/sys";
	char *path;

	if (!dir)
		/* the capture shows no such device */
		return;
	path = event_is_heard(sim) ? tree_path(dir) : NULL;
	event_send_path(sim, action, path && !strncmp(path, sys, strlen(sys)) ?
				     path + strlen(sys) : path, subsystem, keys);
	free(path);
}

/* ---- /sys/kernel/uevent_seqnum ---- */

/* The number of the last one. */
static int seqnum_show(struct mhp_sim *sim, void *owner, struct buf *buf)
{
	(void)owner;
	buf_add(buf, "%" PRIu64 "\n", sim->seqnum);
	return 0;
}

static const struct attr seqnum_attr = { .show = seqnum_show };

int events_load(struct mhp_sim *sim, const struct complaints *complaints)
{
	struct node *file = model_file(sim, "/sys/kernel/uevent_seqnum");

	if (!file || !file->text)
		return 0;
	if (parse_dec(file->text, &sim->seqnum) < 0)
		return model_complain(complaints, file);
	model_set_attr(file, &seqnum_attr, NULL);
	return 0;
}
