// SPDX-License-Identifier: LGPL-2.1-or-later
/* What is so, from sysfs and proc. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "soak.h"

struct region regions[MAX_REGIONS];
size_t region_count;
uint64_t block_size;
const struct ids everything = { .has = { [0 ... MAX_ID - 1] = true } };

void pause_ms(unsigned int ms)
{
	struct timespec pause = {
		.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000L,
	};

	nanosleep(&pause, NULL);
}

bool read_word(char *word, size_t size, const char *format, ...)
{
	char path[PATH_MAX];
	ssize_t n;
	va_list args;
	int fd;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, word, size - 1);
	if (fd >= 0)
		close(fd);
	word[n > 0 ? n : 0] = '\0';
	word[strcspn(word, "\n")] = '\0';
	return n > 0;
}

int write_word(const char *word, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	int fd, r = 0;

	va_start(args, format);
	vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, word, strlen(word)) < 0)
		r = -errno;
	close(fd);
	return r;
}

/* A number, or FIRST-LAST, of several separated by commas. */
void add_region(const char *name, const char *blocks)
{
	struct region *region = &regions[region_count];
	char *end;

	if (region_count == MAX_REGIONS)
		fail("too many regions");
	snprintf(region->name, sizeof(region->name), "%s", name);
	while (*blocks) {
		uint64_t first = strtoull(blocks, &end, 10), last = first;

		if (end != blocks && *end == '-')
			last = strtoull(end + 1, &end, 10);
		if (end == blocks || (*end && *end != ',') || last < first || last >= MAX_ID)
			fail("%s: these are no blocks: %s", name, blocks);
		for (uint64_t id = first; id <= last; id++) {
			region->id[region->count++] = id;
			region->ids.has[id] = true;
		}
		blocks = *end ? end + 1 : end;
	}
	region_count++;
}

const struct region *any_region(struct chance *chance, unsigned int mask)
{
	unsigned int i;

	do
		i = below(chance, (unsigned int)region_count);
	while (!(mask >> i & 1));
	return &regions[i];
}

void add_ids(struct ids *to, const struct ids *from)
{
	for (size_t i = 0; i < MAX_ID; i++)
		to->has[i] |= from->has[i];
}

static void read_place(uint64_t id, struct place *place)
{
	char word[WORD_SIZE];

	*place = (struct place){ MHP_STATE_ABSENT, MHP_ZONE_UNKNOWN };
	if (!read_word(word, sizeof(word), MEMORY "/memory%" PRIu64 "/state", id))
		return;
	if (strcmp(word, "offline") == 0)
		place->state = MHP_STATE_OFFLINE;
	else if (strcmp(word, "online") == 0)
		place->state = MHP_STATE_ONLINE;
	else if (strcmp(word, "going-offline") == 0)
		place->state = MHP_STATE_GOING_OFFLINE;
	else
		place->state = MHP_STATE_UNKNOWN;
	if (place->state != MHP_STATE_ONLINE)
		return;
	if (!read_word(word, sizeof(word), MEMORY "/memory%" PRIu64 "/valid_zones", id))
		return;
	for (enum mhp_zone zone = MHP_ZONE_NONE; zone <= MHP_ZONE_DEVICE; zone++)
		if (strcmp(word, mhp_zone_to_str(zone)) == 0)
			place->zone = zone;
}

void read_picture(struct picture *picture)
{
	for (uint64_t id = 0; id < MAX_ID; id++)
		read_place(id, &picture->at[id]);
}

bool same_place(const struct place *a, const struct place *b)
{
	return a->state == b->state && a->zone == b->zone;
}

const char *place_text(uint64_t id, const struct place *place)
{
	static char texts[4][80];
	static unsigned int next;
	char *text = texts[next++ % 4];

	snprintf(text, sizeof(texts[0]), "%" PRIu64 ":%s:%s", id, mhp_state_to_str(place->state),
		 place->state == MHP_STATE_ONLINE ? mhp_zone_to_str(place->zone) : "-");
	return text;
}

void read_settings(char *policy, char *autoprobe)
{
	read_word(policy, WORD_SIZE, POLICY);
	read_word(autoprobe, WORD_SIZE, AUTOPROBE);
}

void read_driver(const struct region *region, char *driver)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), DAX "/devices/%s/driver", region->name);
	n = readlink(path, link, sizeof(link) - 1);
	link[n > 0 ? n : 0] = '\0';
	snprintf(driver, WORD_SIZE, "%.40s", n > 0 ? strrchr(link, '/') + 1 : "-");
}

int count_entries(pid_t pid, const char *name)
{
	char path[64];
	DIR *dir;
	int n = 0;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	dir = opendir(path);
	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

unsigned long read_status(pid_t pid, const char *key)
{
	char path[64], line[256];
	unsigned long value = 0;
	size_t length = strlen(key);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (strncmp(line, key, length) == 0 && line[length] == ':')
			value = strtoul(line + length + 1, NULL,
					strcmp(key, "ShdPnd") && strcmp(key, "SigBlk") ? 10 : 16);
	fclose(f);
	return value;
}

bool is_pending(void)
{
	return access(RUN "/journal", F_OK) == 0;
}

int try_lock(void)
{
	struct flock want = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int fd = open(RUN "/lock", O_RDWR | O_CLOEXEC);

	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &want) < 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

uint64_t lock_time(void)
{
	struct stat st;

	if (stat(RUN "/lock", &st) < 0)
		return 0;
	return (uint64_t)st.st_mtim.tv_sec * 1000000000U + (uint64_t)st.st_mtim.tv_nsec;
}
