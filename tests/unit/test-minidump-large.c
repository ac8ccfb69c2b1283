/* SPDX-License-Identifier: MIT */
/* Cost: a 2 GB file with 100,000 ranges opens and lists in milliseconds. */
#include "test.h"

#include "format/dump.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { RANGES = 100000, RANGE_SIZE = 0x5000 };

static void put(uint8_t *at, uint64_t value, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Header, one stream, and then a hole of 2 GB that stands for the memory. */
static bool write_dump(int fd)
{
	size_t list = 16 + (size_t)16 * RANGES, head = 32 + 12;
	uint8_t *b = calloc(1, head + list);
	bool ok;

	if (!b)
		return false;
	memcpy(b, "MDMP", 4);
	put(b + 4, 0xa793, 4);
	put(b + 8, 1, 4);
	put(b + 12, 32, 4);
	put(b + 32, 9, 4);
	put(b + 36, list, 4);
	put(b + 40, head, 4);
	put(b + head, RANGES, 8);
	put(b + head + 8, head + list, 8);
	for (uint64_t i = 0; i < RANGES; i++) {
		put(b + head + 16 + 16 * i, 0x10000 + i * 0x10000, 8);
		put(b + head + 24 + 16 * i, RANGE_SIZE, 8);
	}
	ok = write(fd, b, head + list) == (ssize_t)(head + list) &&
	     ftruncate(fd, (off_t)(head + list) + (off_t)RANGES * RANGE_SIZE) == 0;
	free(b);
	return ok;
}

static double cpu_seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

TEST(two_gigabytes)
{
	char path[] = "/tmp/osm-large-XXXXXX";
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	const struct dump_segment *s;
	double start, opened, listed;
	int fd = mkstemp(path);
	size_t n;
	bool ok;

	EXPECT(fd >= 0);
	ok = write_dump(fd);
	(void)close(fd);
	start = cpu_seconds();
	ok = ok && !err_ignore(dump_open(path, NULL, &d));
	opened = cpu_seconds();
	(void)unlink(path);
	EXPECT(ok);
	EXPECT_OK(dump_segments(d, &s, &n));
	listed = cpu_seconds();
	EXPECT_EQ(n, RANGES);
	EXPECT_EQ(s[RANGES - 1].offset + RANGE_SIZE, dump_source(d)->size);
	EXPECT_EQ(s[RANGES - 1].file_size, RANGE_SIZE);
	(void)printf("opened in %.3f ms, listed in %.3f ms\n", (opened - start) * 1e3,
		     (listed - opened) * 1e3);
	/* far above what it takes, even under sanitizers on a loaded machine */
	EXPECT(opened - start < 0.25);
	EXPECT(listed - opened < 1.0);
}

TESTS(two_gigabytes)
