/* SPDX-License-Identifier: MIT */
/* Pages of live children: each kind, and that both ways of asking agree. */
#include "base/cleanup.h"
#include "base/vec.h"
#include "capture/pagemap.h"
#include "capture/vma.h"
#include "child.h"
#include "test.h"

#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

enum { PAGE = 4096, OSM_MADV_GUARD_INSTALL = 102 };
enum { HOLES, ZEROS, SHARED, GUARDED, HAS_GUARD, THP, HUGETLB, FILE_MAPPED, UNTOUCHED, DONTFORK, WIPE };

struct runs {
	VEC(struct page_run) v;
};

static void runs_deinit(struct runs *r)
{
	vec_deinit(&r->v);
}

static struct err *collect(void *arg, const struct page_run *run)
{
	struct runs *r = arg;

	return vec_push(&r->v, *run) ? NULL : err_nomem();
}

static char *map(size_t size, int flags)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static volatile char sink;

static void make_pages(volatile uint64_t *said)
{
	char *p, name[] = "/tmp/osm-pages-XXXXXX";
	int fd;

	p = map(64 * PAGE, MAP_PRIVATE); /* pages 3, 4, 10 */
	p[3 * PAGE] = p[4 * PAGE] = p[10 * PAGE] = 1;
	said[HOLES] = (uintptr_t)p;
	p = map(8 * PAGE, MAP_PRIVATE);
	sink = p[2 * PAGE];
	said[ZEROS] = (uintptr_t)p;
	p = map(8 * PAGE, MAP_SHARED);
	p[PAGE] = 1;
	said[SHARED] = (uintptr_t)p;
	p = map(8 * PAGE, MAP_PRIVATE);
	p[0] = p[7 * PAGE] = 1;
	said[HAS_GUARD] = !madvise(p, 2 * PAGE, OSM_MADV_GUARD_INSTALL);
	said[GUARDED] = (uintptr_t)p;
	p = map(4 << 20, MAP_PRIVATE);
	p = (char *)(((uintptr_t)p + (2 << 20) - 1) & ~(uintptr_t)((2 << 20) - 1));
	(void)madvise(p, 2 << 20, MADV_HUGEPAGE);
	p[5] = 1;
	said[THP] = (uintptr_t)p;
	p = map(4 << 20, MAP_PRIVATE | MAP_HUGETLB);
	if (p)
		p[1] = 1;
	said[HUGETLB] = (uintptr_t)p;
	fd = mkstemp(name);
	(void)!ftruncate(fd, 4 * PAGE);
	p = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	sink = p[0];
	p[PAGE] = 1; /* becomes anonymous */
	(void)unlink(name);
	said[FILE_MAPPED] = (uintptr_t)p;
	said[UNTOUCHED] = (uintptr_t)map(64 << 20, MAP_PRIVATE);
	p = map(2 * PAGE, MAP_PRIVATE);
	(void)madvise(p, 2 * PAGE, MADV_DONTFORK);
	p[PAGE] = 1;
	said[DONTFORK] = (uintptr_t)p;
	p = map(2 * PAGE, MAP_PRIVATE);
	(void)madvise(p, 2 * PAGE, MADV_WIPEONFORK);
	p[0] = 1;
	said[WIPE] = (uintptr_t)p;
}

static struct child c;

typedef struct err *ask_fn(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg);

/* Runs from `base` on as text: "3+2:t 10+1:t"; t touched, f file, s swapped, z zero, g guard, h huge, w written. */
static const char *runs_by(ask_fn *ask, struct pagemap *p, uint64_t base, size_t pages)
{
	static char text[4096];
	CLEANUP(runs_deinit) struct runs r = { 0 };
	size_t n = 0;

	if (err_ignore(ask(p, base, base + pages * PAGE, collect, &r)))
		return "(error)";
	text[0] = '\0';
	for (size_t i = 0; i < r.v.n && n < sizeof(text) - 80; i++) {
		const struct page_run *run = &r.v.v[i];

		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%" PRIu64 "+%" PRIu64 ":%s%s%s%s%s%s%s", i ? " " : "",
				      (run->start - base) / PAGE, (run->end - run->start) / PAGE,
				      run->kind & PAGE_TOUCHED ? "t" : "", run->kind & PAGE_FILE ? "f" : "",
				      run->kind & PAGE_SWAPPED ? "s" : "", run->kind & PAGE_ZERO ? "z" : "",
				      run->kind & PAGE_GUARD ? "g" : "", run->kind & PAGE_HUGE ? "h" : "",
				      run->kind & PAGE_WRITTEN ? "w" : "");
	}
	return text;
}

static const char *runs(struct pagemap *p, int area, size_t pages)
{
	return runs_by(pagemap_runs, p, c.said[area], pages);
}

TEST(each_kind_by_scan)
{
	CLEANUP(pagemap_closep) struct pagemap *p = NULL;

	EXPECT_OK(pagemap_open(c.pid, &p));
	if (!pagemap_can_scan(p)) {
		(void)fprintf(stderr, "skip: no PAGEMAP_SCAN here\n");
		return;
	}
	EXPECT_STR(runs(p, HOLES, 64), "3+2:t 10+1:t");
	EXPECT_STR(runs(p, HOLES, 4), "3+1:t");
	EXPECT_STR(runs(p, ZEROS, 8), "2+1:tz");
	EXPECT_STR(runs(p, SHARED, 8), "1+1:tf");
	if (c.said[HAS_GUARD])
		EXPECT_STR(runs(p, GUARDED, 8), "0+2:g 7+1:t");
	EXPECT(!strncmp(runs(p, FILE_MAPPED, 4), "0+1:tf 1+1:t", 12)); /* 2 and 3 as the kernel likes */
	EXPECT_STR(runs(p, UNTOUCHED, 16384), "");
	EXPECT_STR(runs(p, DONTFORK, 2), "1+1:t");
	EXPECT_STR(runs(p, WIPE, 2), "0+1:t");
	EXPECT(!strncmp(runs(p, THP, 512), "0+", 2));
	if (c.said[HUGETLB])
		EXPECT_STR(runs(p, HUGETLB, 1024), "0+512:th");
}

TEST(each_kind_by_the_plain_file)
{
	CLEANUP(pagemap_closep) struct pagemap *p = NULL;

	EXPECT_OK(pagemap_open(c.pid, &p));
	pagemap_force_plain(p);
	EXPECT(!pagemap_can_scan(p));
	EXPECT_STR(runs(p, HOLES, 64), "3+2:t 10+1:t");
	EXPECT_STR(runs(p, ZEROS, 8), "2+1:t");
	EXPECT_STR(runs(p, SHARED, 8), "1+1:tf");
	if (c.said[HAS_GUARD])
		EXPECT_STR(runs(p, GUARDED, 8), "0+2:g 7+1:t");
	EXPECT(!strncmp(runs(p, FILE_MAPPED, 4), "0+1:tf 1+1:t", 12)); /* 2 and 3 as the kernel likes */
	EXPECT_STR(runs(p, UNTOUCHED, 16384), "");
}

/* What the plain file cannot tell, and joins that become possible without it. */
static void flatten(struct runs *r)
{
	size_t to = 0;

	for (size_t i = 0; i < r->v.n; i++) {
		struct page_run run = r->v.v[i];

		run.kind &= ~(uint32_t)(PAGE_ZERO | PAGE_HUGE);
		if (to && r->v.v[to - 1].end == run.start && r->v.v[to - 1].kind == run.kind)
			r->v.v[to - 1].end = run.end;
		else
			r->v.v[to++] = run;
	}
	r->v.n = to;
}

/* The whole address space of the child, mapping by mapping. */
TEST(both_ways_agree)
{
	CLEANUP(pagemap_closep) struct pagemap *scan = NULL, *plain = NULL;
	CLEANUP(vma_list_deinit) struct vma_list l = VMA_LIST_INIT;
	size_t n = 0;

	EXPECT_OK(pagemap_open(c.pid, &scan));
	EXPECT_OK(pagemap_open(c.pid, &plain));
	pagemap_force_plain(plain);
	EXPECT_OK(vma_list_read(c.pid, false, &l));
	for (size_t i = 0; i < l.vmas.n; i++) {
		CLEANUP(runs_deinit) struct runs a = { 0 }, b = { 0 };
		const struct vma *v = &l.vmas.v[i];

		if (v->end - v->start > UINT64_C(1) << 32) /* ASan's shadow: the plain way takes minutes */
			continue;
		EXPECT_OK(pagemap_runs(scan, v->start, v->end, collect, &a));
		EXPECT_OK(pagemap_runs(plain, v->start, v->end, collect, &b));
		flatten(&a);
		EXPECT_EQ(a.v.n, b.v.n);
		for (size_t j = 0; j < a.v.n; j++) {
			EXPECT_EQ(a.v.v[j].start, b.v.v[j].start);
			EXPECT_EQ(a.v.v[j].end, b.v.v[j].end);
			EXPECT_EQ(a.v.v[j].kind, b.v.v[j].kind);
		}
		n += a.v.n;
	}
	EXPECT(n > 10);
}

static void many_runs(volatile uint64_t *said)
{
	char *p = map(4000 * PAGE, MAP_PRIVATE);

	for (size_t i = 0; i < 4000; i += 2)
		p[i * PAGE] = 1;
	said[HOLES] = (uintptr_t)p;
}

/* More regions than one call returns, and odd bounds. */
TEST(many_runs_and_odd_bounds)
{
	CLEANUP(child_kill) struct child many = child_start(many_runs);
	CLEANUP(pagemap_closep) struct pagemap *p = NULL;
	uint64_t base = many.said[HOLES];

	EXPECT_OK(pagemap_open(many.pid, &p));
	for (int way = 0; way < 2; way++) {
		CLEANUP(runs_deinit) struct runs r = { 0 };

		EXPECT_OK(pagemap_runs(p, base, base + 4000 * PAGE, collect, &r));
		EXPECT_EQ(r.v.n, 2000);
		EXPECT_EQ(r.v.v[1999].start, base + 3998 * PAGE);
		EXPECT_OK(pagemap_runs(p, base + 100, base + 200, collect, &r));
		EXPECT_EQ(r.v.n, 2001);
		EXPECT_EQ(r.v.v[2000].start, base);
		EXPECT_EQ(r.v.v[2000].end, base + PAGE);
		EXPECT_OK(pagemap_runs(p, base, base, collect, &r));
		EXPECT_OK(pagemap_runs(p, UINT64_C(0xffffffffff600000), UINT64_C(0xffffffffff601000), collect, &r));
		EXPECT_OK(pagemap_runs(p, UINT64_C(0x7ffffffff000), UINT64_MAX, collect, &r));
		EXPECT_EQ(r.v.n, 2001);
		pagemap_force_plain(p);
	}
}

/* --- tracked ------------------------------------------------------------------------------------ */

enum { TRACKED = 20, TRACKED_FILE, NOT_TRACKED, TABLE = 512 };

static struct err *ignore(void *arg, const struct page_run *run)
{
	return NULL;
}

/* With a userfaultfd in asynchronous mode; it stays open. */
static bool track(char *start, size_t size)
{
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | 1);
	struct uffdio_api api = { .api = UFFD_API, .features = 1 << 13 | 1 << 15 | UFFD_FEATURE_WP_HUGETLBFS_SHMEM };
	struct uffdio_register r = { .range = { (uintptr_t)start, size }, .mode = UFFDIO_REGISTER_MODE_WP };

	return fd >= 0 && ioctl(fd, UFFDIO_API, &api) == 0 && ioctl(fd, UFFDIO_REGISTER, &r) == 0;
}

static char *file_of(size_t pages)
{
	char name[] = "/tmp/osm-pages-XXXXXX", *p;
	int fd = mkstemp(name);

	(void)unlink(name);
	(void)!ftruncate(fd, (off_t)(pages * PAGE));
	p = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	(void)madvise(p, pages * PAGE, MADV_RANDOM); /* nothing is mapped ahead */
	return p;
}

/* It protects its own pages, and then changes some. */
static void make_tracked(volatile uint64_t *said)
{
	char *p = map(5 * TABLE * PAGE, MAP_PRIVATE), *f = file_of(16);
	struct pagemap *own = NULL;

	p = (char *)(((uintptr_t)p + TABLE * PAGE - 1) & ~(uintptr_t)(TABLE * PAGE - 1));
	(void)madvise(p, 4 * TABLE * PAGE, MADV_NOHUGEPAGE);
	memset(p, 1, 3 * TABLE * PAGE);
	sink = f[0];
	f[PAGE] = f[2 * PAGE] = f[3 * PAGE] = 1;
	if (!track(p, 4 * TABLE * PAGE) || !track(f, 16 * PAGE) || err_ignore(pagemap_open(getpid(), &own)) ||
	    err_ignore(pagemap_written(own, (uintptr_t)p, (uintptr_t)p + 4 * TABLE * PAGE, false, ignore, NULL)) ||
	    err_ignore(pagemap_written(own, (uintptr_t)f, (uintptr_t)f + 16 * PAGE, true, ignore, NULL)))
		return;
	p[3 * PAGE] = 2;
	(void)madvise(p + 5 * PAGE, 4 * PAGE, MADV_DONTNEED);
	sink = p[7 * PAGE];
	p[8 * PAGE] = 1;
	(void)madvise(p + TABLE * PAGE, TABLE * PAGE, MADV_DONTNEED);
	p[3 * TABLE * PAGE + PAGE] = 1;
	(void)madvise(f + 2 * PAGE, 2 * PAGE, MADV_DONTNEED);
	sink = f[3 * PAGE];
	f[9 * PAGE] = f[10 * PAGE] = 1;
	(void)madvise(f + 10 * PAGE, PAGE, MADV_DONTNEED);
	said[TRACKED] = (uintptr_t)p;
	said[TRACKED_FILE] = (uintptr_t)f;
	said[NOT_TRACKED] = (uintptr_t)map(PAGE, MAP_PRIVATE);
}

/*
 * Given back: 5 and 6; 7 is read again (the zero page), 8 written; 512 to 1023 go with their page table; the last
 * table had nothing but 1537. Of the file 1 is the process's own, 2 and 3 were; 3 is read again, 9 is written,
 * 10 was written and given back.
 */
TEST(what_changed_since_it_was_protected)
{
	CLEANUP(child_kill) struct child tracked = child_start(make_tracked);
	CLEANUP(pagemap_closep) struct pagemap *p = NULL;
	const char *text;

	if (!tracked.said[TRACKED]) {
		(void)fprintf(stderr, "skip: writes cannot be tracked here\n");
		return;
	}
	EXPECT_OK(pagemap_open(tracked.pid, &p));
	for (int twice = 0; twice < 2; twice++)
		EXPECT_STR(runs_by(pagemap_changes, p, tracked.said[TRACKED], 4 * TABLE),
			   "3+1:tw 5+2: 7+2:tw 512+512: 1536+1: 1537+1:tw 1538+510:");
	text = runs_by(pagemap_state, p, tracked.said[TRACKED_FILE], 16);
	EXPECT_STR(text, "0+1:tf 1+1:t 2+1:ts 3+1:tf 4+5:ts 9+1:tw 10+1: 11+5:ts");
	EXPECT_ERR(pagemap_changes(p, tracked.said[NOT_TRACKED], tracked.said[NOT_TRACKED] + PAGE, ignore, NULL),
		   ERR_UNSUPPORTED);
}

static struct err *stop(void *arg, const struct page_run *run)
{
	return err_new(ERR_USAGE, "enough");
}

TEST(a_process_that_ended)
{
	struct child gone = child_start(many_runs);
	CLEANUP(pagemap_closep) struct pagemap *p = NULL, *none = NULL;
	uint64_t base = gone.said[HOLES];
	pid_t pid = gone.pid;

	EXPECT_OK(pagemap_open(pid, &p));
	EXPECT_ERR(pagemap_runs(p, base, base + 8 * PAGE, stop, NULL), ERR_USAGE);
	child_kill(&gone);
	EXPECT_ERR(pagemap_runs(p, base, base + 8 * PAGE, stop, NULL), ERR_NOTFOUND);
	pagemap_force_plain(p);
	EXPECT_ERR(pagemap_runs(p, base, base + 8 * PAGE, stop, NULL), ERR_NOTFOUND);
	EXPECT_ERR(pagemap_open(pid, &none), ERR_NOTFOUND);
}

TEST(start_child)
{
	c = child_start(make_pages);
	EXPECT(c.said[HOLES] != 0);
}

TEST(end_child)
{
	child_kill(&c);
}

TESTS(start_child, each_kind_by_scan, each_kind_by_the_plain_file, both_ways_agree, many_runs_and_odd_bounds,
      what_changed_since_it_was_protected, a_process_that_ended, end_child)
