/* SPDX-License-Identifier: MIT */
/* Memory of another process: what is read, where it ends, and that reading costs that process nothing. */
#include "capture/remote.h"
#include "unit/child.h"
#include "unit/test.h"

#include <stdio.h>
#include <string.h>

enum { PAGE = 4096, PAGES = 2048 };

static char *shared_by_fork;

/* [said[0]]: a page of 'a', one of 'b' that nobody may read, a hole. */
static void three_pages(volatile uint64_t *said)
{
	char *p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(p, 'a', PAGE);
	memset(p + PAGE, 'b', PAGE);
	(void)mprotect(p + PAGE, PAGE, PROT_NONE);
	(void)munmap(p + 2 * (size_t)PAGE, PAGE);
	said[0] = (uint64_t)(uintptr_t)p;
}

static void nothing(volatile uint64_t *said)
{
	said[0] = 0;
}

static long private_kb(pid_t pid)
{
	char path[64], line[256];
	long kb, all = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	if (!f)
		return -1;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Private_Clean: %ld", &kb) == 1 || sscanf(line, "Private_Dirty: %ld", &kb) == 1)
			all += kb;
	(void)fclose(f);
	return all;
}

TEST(reads_until_the_hole)
{
	struct child c = child_start(three_pages);
	struct remote r = { 0 };
	static char buf[4 * PAGE];

	EXPECT_EQ(remote_pull(&r, c.said[0], buf, PAGE), 0);
	remote_attach(&r, c.pid);
	EXPECT_EQ(remote_pull(&r, c.said[0] + 8, buf, sizeof(buf)), 2 * PAGE - 8);
	EXPECT(buf[0] == 'a' && buf[PAGE - 9] == 'a' && buf[PAGE - 8] == 'b' && buf[2 * PAGE - 9] == 'b');
	EXPECT_EQ(remote_pull(&r, c.said[0] + 2 * PAGE, buf, 1), 0);
	EXPECT_EQ(remote_read(c.pid, c.said[0], buf, 2), 2);
	child_kill(&c);
	remote_detach(&r);
}

/* Pages that a fork shares stay shared. */
TEST(reading_copies_nothing)
{
	static char buf[16 * PAGE];
	struct remote r = { 0 };
	struct child c;
	long before;

	shared_by_fork = mmap(NULL, PAGES * (size_t)PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	memset(shared_by_fork, 'c', PAGES * (size_t)PAGE);
	c = child_start(nothing);
	before = private_kb(c.pid);
	remote_attach(&r, c.pid);
	for (size_t i = 0; i < PAGES * (size_t)PAGE; i += sizeof(buf))
		EXPECT_EQ(remote_pull(&r, (uintptr_t)shared_by_fork + i, buf, sizeof(buf)), sizeof(buf));
	EXPECT(before > 0 && private_kb(c.pid) - before < PAGES * 4 / 16);
	remote_detach(&r);
	child_kill(&c);
	(void)munmap(shared_by_fork, PAGES * (size_t)PAGE);
}

/* Who has ended has no memory, nor has one that comes after it under the same number. */
TEST(an_ended_process_has_no_memory)
{
	struct child c = child_start(three_pages);
	uint64_t at = c.said[0];
	struct remote r = { 0 };
	char byte;

	remote_attach(&r, c.pid);
	EXPECT_EQ(remote_pull(&r, at, &byte, 1), 1);
	child_kill(&c);
	EXPECT_EQ(remote_pull(&r, at, &byte, 1), 0);
	remote_detach(&r);
	EXPECT_EQ(remote_pull(&r, at, &byte, 1), 0);
}

TESTS(reads_until_the_hole, reading_copies_nothing, an_ended_process_has_no_memory)
