/* SPDX-License-Identifier: MIT */
/* Mappings: from text, and of live children that have one of each kind. */
#include "base/cleanup.h"
#include "base/str.h"
#include "capture/vma.h"
#include "child.h"
#include "format/dump.h"
#include "test.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct err *parse(const char *text, struct vma_list *ret)
{
	return vma_list_parse("maps", text, strlen(text), ret);
}

TEST(reads_maps)
{
	CLEANUP(vma_list_deinit) struct vma_list l = VMA_LIST_INIT;

	EXPECT_OK(parse("00400000-00452000 r-xp 00001000 08:02 173521      /usr/bin/dbus daemon\n"
			"00e03000-00e24000 rw-p 00000000 00:00 0           [heap]\n"
			"7f0000000000-7f0000001000 ---p 00000000 00:00 0 \n"
			"7f0000001000-7f0000002000 rw-s 00000000 fd:1f 12 /dev/shm/a\\012b (deleted)\n"
			"7f0000002000-7f0000003000 rw-s 00001000 fd:1f 12 /dev/shm/a\\012b (deleted)\n"
			"7f0000003000-7f0000004000 rw-p 00000000 00:00 0 [anon:a pool]\n"
			"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n",
			&l));
	EXPECT_EQ(l.vmas.n, 7);
	EXPECT_EQ(l.vmas.v[0].start, 0x400000);
	EXPECT_EQ(l.vmas.v[0].end, 0x452000);
	EXPECT_EQ(l.vmas.v[0].offset, 0x1000);
	EXPECT_EQ(l.vmas.v[0].dev_major, 8);
	EXPECT_EQ(l.vmas.v[0].dev_minor, 2);
	EXPECT_EQ(l.vmas.v[0].inode, 173521);
	EXPECT_EQ(l.vmas.v[0].prot, DUMP_PROT_R | DUMP_PROT_X);
	EXPECT_EQ(l.vmas.v[0].flags, 0);
	EXPECT_EQ(l.vmas.v[0].page_size, 4096);
	EXPECT_STR(l.vmas.v[0].path, "/usr/bin/dbus daemon");
	EXPECT_STR(l.vmas.v[1].path, "[heap]");
	EXPECT_STR(l.vmas.v[2].path, "");
	EXPECT_EQ(l.vmas.v[2].prot, 0);
	EXPECT_STR(l.vmas.v[3].path, "/dev/shm/a\nb");
	EXPECT_EQ(l.vmas.v[3].flags, VMA_SHARED | VMA_DELETED);
	EXPECT_EQ(l.vmas.v[3].dev_minor, 0x1f);
	EXPECT_STR(l.vmas.v[4].path, "/dev/shm/a\nb");
	EXPECT_STR(l.vmas.v[5].path, "[anon:a pool]");
	EXPECT_EQ(l.vmas.v[6].end, UINT64_C(0xffffffffff601000));
	EXPECT(vma_find(&l, 0x400000) == &l.vmas.v[0]);
	EXPECT(vma_find(&l, 0x451fff) == &l.vmas.v[0]);
	EXPECT(!vma_find(&l, 0x452000));
	EXPECT(!vma_find(&l, 0));
	EXPECT(vma_find(&l, UINT64_C(0xffffffffff600fff)) == &l.vmas.v[6]);
	EXPECT(!vma_find(&l, UINT64_MAX));
}

TEST(reads_smaps)
{
	CLEANUP(vma_list_deinit) struct vma_list l = VMA_LIST_INIT;

	EXPECT_OK(parse("1000-5000 rw-p 00000000 00:00 0 \nSize:                 16 kB\nKernelPageSize:        4 kB\n"
			"Rss:                  12 kB\nPss:                   1 kB\nShared_Dirty:          8 kB\n"
			"Private_Dirty:         4 kB\nAnonymous:            12 kB\nAnonHugePages:      2048 kB\n"
			"ShmemPmdMapped:     2048 kB\nSwap:                  4 kB\nSwapPss:               0 kB\n"
			"VmFlags: rd wr mr mw me dc wf dd \n"
			"600000-800000 rw-s 00000000 00:0f 17 /dev/hugepages/x\nKernelPageSize:     2048 kB\n"
			"Rss:                   0 kB\nShared_Hugetlb:     2048 kB\nVmFlags: rd wr sh ht lo ui io pf gd ss zz\n",
			&l));
	EXPECT_EQ(l.vmas.n, 2);
	EXPECT_EQ(l.vmas.v[0].rss, 12 << 10);
	EXPECT_EQ(l.vmas.v[0].anonymous, 12 << 10);
	EXPECT_EQ(l.vmas.v[0].shared_dirty, 8 << 10);
	EXPECT_EQ(l.vmas.v[0].private_dirty, 4 << 10);
	EXPECT_EQ(l.vmas.v[0].swap, 4 << 10);
	EXPECT_EQ(l.vmas.v[0].huge, 4 << 20);
	EXPECT_EQ(l.vmas.v[0].flags, VMA_DETAILED | VMA_DONTFORK | VMA_WIPEONFORK | VMA_DONTDUMP);
	EXPECT_EQ(l.vmas.v[1].page_size, 2 << 20);
	EXPECT_EQ(l.vmas.v[1].rss, 2 << 20);
	EXPECT_EQ(l.vmas.v[1].flags, VMA_DETAILED | VMA_SHARED | VMA_HUGETLB | VMA_LOCKED | VMA_UFFD | VMA_IO |
					     VMA_PFNMAP | VMA_GROWSDOWN | VMA_SHADOW_STACK);
}

TEST(cuts_what_was_seen_already)
{
	CLEANUP(vma_list_deinit) struct vma_list l = VMA_LIST_INIT;

	EXPECT_OK(parse("1000-3000 rw-p 00000000 00:00 0 \n2000-5000 rw-p 00000000 08:01 7 /f\n"
			"2000-4000 rw-p 00000000 00:00 0 \nRss: 4 kB\n",
			&l));
	EXPECT_EQ(l.vmas.n, 2);
	EXPECT_EQ(l.vmas.v[1].start, 0x3000);
	EXPECT_EQ(l.vmas.v[1].offset, 0x1000);
	EXPECT_EQ(l.vmas.v[1].rss, 0);
}

TEST(refuses_what_is_no_mapping)
{
	struct vma_list l = VMA_LIST_INIT;

	EXPECT_ERR(parse("hello\n", &l), ERR_CORRUPT);
	EXPECT_ERR(parse("1000-1000 rw-p 00000000 00:00 0 \n", &l), ERR_CORRUPT);
	EXPECT_ERR(parse("2000-1000 rw-p 00000000 00:00 0 \n", &l), ERR_CORRUPT);
	EXPECT_ERR(parse("11111111111111111-2 rw-p 00000000 00:00 0 \n", &l), ERR_CORRUPT);
	EXPECT_ERR(parse("1000-2000 rw", &l), ERR_CORRUPT);
	EXPECT_ERR(parse("1000-2000 rw-p 00000000 00:00", &l), ERR_CORRUPT);
	EXPECT_OK(parse("Rss: 4 kB\n\n", &l));
	EXPECT_EQ(l.vmas.n, 0);
	EXPECT_OK(parse("", &l));
	vma_list_deinit(&l);
}

enum { SHARED, DONTFORK, WIPE, DONTDUMP, NAMED, LOCKED, FILE_MAPPED, HUGETLB, N_AREAS };

static uint64_t area(int flags, int advice)
{
	char *p = mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (p == MAP_FAILED)
		return 0;
	p[0] = 1;
	if (advice)
		(void)madvise(p, 64 << 10, advice);
	return (uintptr_t)p;
}

static void map_zoo(volatile uint64_t *said)
{
	char name[] = "/tmp/osm a\nb (x) XXXXXX";
	int fd = mkstemp(name);
	void *huge;

	said[SHARED] = area(MAP_SHARED | MAP_ANONYMOUS, 0);
	said[DONTFORK] = area(MAP_PRIVATE | MAP_ANONYMOUS, MADV_DONTFORK);
	said[WIPE] = area(MAP_PRIVATE | MAP_ANONYMOUS, MADV_WIPEONFORK);
	said[DONTDUMP] = area(MAP_PRIVATE | MAP_ANONYMOUS, MADV_DONTDUMP);
	said[LOCKED] = area(MAP_PRIVATE | MAP_ANONYMOUS, 0);
	(void)syscall(SYS_mlock, said[LOCKED], 4096); /* ASan's mlock does nothing */
	(void)!ftruncate(fd, 8192);
	said[FILE_MAPPED] = (uintptr_t)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 4096);
	(void)unlink(name);
	huge = mmap(NULL, 2 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	said[HUGETLB] = huge == MAP_FAILED ? 0 : (uintptr_t)huge;
}

static const struct vma *at(const struct vma_list *l, const struct child *c, int what)
{
	static const struct vma none = { .path = "(none)" };
	const struct vma *v = vma_find(l, c->said[what]);

	return v ? v : &none;
}

TEST(reads_a_live_process)
{
	CLEANUP(child_kill) struct child c = child_start(map_zoo);
	CLEANUP(vma_list_deinit) struct vma_list l = VMA_LIST_INIT, m = VMA_LIST_INIT;
	const struct vma *v;

	EXPECT_OK(vma_list_read(c.pid, true, &l));
	EXPECT(at(&l, &c, SHARED)->flags & VMA_SHARED);
	EXPECT(at(&l, &c, SHARED)->flags & VMA_DELETED); /* "/dev/zero (deleted)" */
	EXPECT(at(&l, &c, DONTFORK)->flags & VMA_DONTFORK);
	EXPECT(at(&l, &c, WIPE)->flags & VMA_WIPEONFORK);
	EXPECT(at(&l, &c, DONTDUMP)->flags & VMA_DONTDUMP);
	EXPECT(at(&l, &c, DONTDUMP)->flags & VMA_DETAILED);
	EXPECT_EQ(at(&l, &c, DONTDUMP)->rss, 4096);
	EXPECT(at(&l, &c, LOCKED)->flags & VMA_LOCKED);
	v = at(&l, &c, FILE_MAPPED);
	EXPECT(v->flags & VMA_DELETED);
	EXPECT_EQ(v->offset, 4096);
	EXPECT(v->inode != 0);
	EXPECT(str_starts(v->path, "/tmp/osm a\nb (x) "));
	if (c.said[HUGETLB])
		EXPECT(at(&l, &c, HUGETLB)->flags & VMA_HUGETLB);
	EXPECT_OK(vma_list_read(c.pid, false, &m));
	EXPECT_EQ(m.vmas.n, l.vmas.n);
	for (size_t i = 0; i < m.vmas.n; i++) {
		EXPECT_EQ(m.vmas.v[i].start, l.vmas.v[i].start);
		EXPECT_EQ(m.vmas.v[i].flags, l.vmas.v[i].flags & (VMA_SHARED | VMA_DELETED));
		EXPECT_STR(m.vmas.v[i].path, l.vmas.v[i].path);
	}
	vma_list_deinit(&m);
}

static void map_many(volatile uint64_t *said)
{
	size_t n = 30000, page = 4096;
	char *p = mmap(NULL, 2 * n * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	/* Every other page of another protection: two mappings a step. */
	for (size_t i = 0; i < n; i++)
		(void)mprotect(p + 2 * i * page, page, PROT_READ | PROT_WRITE);
	said[0] = (uintptr_t)p;
}

static double ms(const struct timeval *t)
{
	return 1e3 * (double)t->tv_sec + 1e-3 * (double)t->tv_usec;
}

TEST(reads_many_mappings)
{
	CLEANUP(child_kill) struct child c = child_start(map_many);
	CLEANUP(vma_list_deinit) struct vma_list l = VMA_LIST_INIT;
	struct rusage before, after;

	(void)getrusage(RUSAGE_SELF, &before);
	EXPECT_OK(vma_list_read(c.pid, false, &l));
	(void)getrusage(RUSAGE_SELF, &after);
	(void)fprintf(stderr, "%zu mappings: %.1f ms of ours, %.1f ms of the kernel's\n", l.vmas.n,
		      ms(&after.ru_utime) - ms(&before.ru_utime), ms(&after.ru_stime) - ms(&before.ru_stime));
	EXPECT(l.vmas.n > 60000);
	EXPECT(vma_find(&l, c.said[0] + 4096 * 1001)->start == c.said[0] + 4096 * 1001);
}

static void nothing(volatile uint64_t *said)
{
	said[0] = 0;
}

TEST(a_process_that_is_gone)
{
	struct child c = child_start(nothing);
	struct vma_list l = VMA_LIST_INIT;
	pid_t pid = c.pid;

	child_kill(&c);
	EXPECT_ERR(vma_list_read(pid, false, &l), ERR_NOTFOUND);
	EXPECT_ERR(vma_list_read(pid, true, &l), ERR_NOTFOUND);
}

TESTS(reads_maps, reads_smaps, cuts_what_was_seen_already, refuses_what_is_no_mapping, reads_a_live_process,
      reads_many_mappings, a_process_that_is_gone)
