/* SPDX-License-Identifier: MIT */
/* Animals with unusual memory. */
#define _GNU_SOURCE
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

enum { PAGE = 4096, REGION = 4 << 20, GUARD_INSTALL = 102, WP_UNPOPULATED = 1 << 13, WP_ASYNC = 1 << 15 };

static char *region(size_t size, int flags, int fd)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		CANNOT("mmap: %s", strerror(errno));
	return p;
}

static char *anonymous(size_t size)
{
	return region(size, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void mark_ends(const char *name, char *p, size_t size, const char *expected)
{
	mark(name, p, expected);
	mark(name, p + size - 8, expected);
}

static void make_advised(int advice, const char *name, const char *expected)
{
	char *p = anonymous(REGION);

	mark_ends(name, p, REGION, expected);
	if (madvise(p, REGION, advice) != 0)
		CANNOT("madvise: %s", strerror(errno));
}

static void make_dontfork(void) { make_advised(MADV_DONTFORK, "dontfork", "present"); }
static void make_wipeonfork(void) { make_advised(MADV_WIPEONFORK, "wipeonfork", "present"); }
static void make_dontdump(void) { make_advised(MADV_DONTDUMP, "dontdump", "all"); }

/* Beside each guard page stand pages that must not be lost with it. */
static void make_guards(void)
{
	char *p = anonymous(16 * PAGE), *at_start = anonymous(16 * PAGE), *hidden = anonymous(16 * PAGE);

	mark("before-none", p + 3 * PAGE, "present");
	mark("after-none", p + 5 * PAGE, "present");
	tell("none", p + 4 * PAGE, "zero");
	mprotect(p + 4 * PAGE, PAGE, PROT_NONE);
	mark("after-guard", at_start + PAGE, "present");
	mark("before-guard", at_start + 6 * PAGE, "present");
	mark("last", at_start + 15 * PAGE, "present");
	/* Written before it was made inaccessible: still memory, and in the kernel's cores too. */
	*(uint64_t *)hidden = word_for(hidden);
	tell("hidden", hidden, "present");
	mprotect(hidden, 16 * PAGE, PROT_NONE);
	if (madvise(at_start, PAGE, GUARD_INSTALL) != 0 || madvise(at_start + 7 * PAGE, 2 * PAGE, GUARD_INSTALL) != 0)
		CANNOT("MADV_GUARD_INSTALL: %s", strerror(errno));
	tell("guard", at_start, "unreadable");
	tell("guard", at_start + 8 * PAGE, "unreadable");
}

static void make_shared(void)
{
	size_t sparse_size = sizeof(void *) == 8 ? 1ul << 30 : 64ul << 20;
	int file = open(getenv("ZOO_FILE"), O_RDWR | O_CREAT, 0600), sparse = memfd_create("sparse", 0);
	char *p;

	if (file < 0 || ftruncate(file, REGION) != 0 || sparse < 0 || ftruncate(sparse, (off_t)sparse_size) != 0)
		FAIL("files: %s", strerror(errno));
	mark_ends("shared", region(REGION, MAP_SHARED | MAP_ANONYMOUS, -1), REGION, "present");
	mark_ends("file", region(REGION, MAP_SHARED, file), REGION, "all");
	p = region(sparse_size, MAP_SHARED, sparse);
	mark("sparse", p + (1 << 20), "present");
	mark("sparse-end", p + sparse_size - 8, "present");
	tell("hole", p + sparse_size / 2, "zero");
	printf("sparse %d\n", sparse);
}

/* Another process writes to the memory as well. */
static void make_sharer(void)
{
	char *p = region(REGION, MAP_SHARED | MAP_ANONYMOUS, -1);
	pid_t child;

	mark("shared", p + REGION - 8, "present");
	fflush(stdout);
	child = fork();
	if (child != 0)
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (volatile uint64_t *count = (void *)p;;)
		++*count;
}

static void make_hugetlb(void)
{
	mark_ends("hugetlb", region(2 << 20, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1), 2 << 20, "present");
}

static void make_secret(void)
{
	int fd = (int)syscall(447 /* memfd_secret */, 0);

	if (fd < 0 || ftruncate(fd, PAGE) != 0)
		CANNOT("memfd_secret: %s", strerror(errno));
	mark("secret", region(PAGE, MAP_SHARED, fd), "secret");
}

static void make_uring(void)
{
	struct io_uring_params params = { 0 };
	int fd = (int)syscall(425 /* io_uring_setup */, 64, &params);

	if (fd < 0)
		CANNOT("io_uring_setup: %s", strerror(errno));
	if (mmap(NULL, params.sq_off.array + params.sq_entries * 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd,
		 IORING_OFF_SQ_RING) == MAP_FAILED)
		CANNOT("rings: %s", strerror(errno));
	(void)mmap(NULL, params.sq_entries * 64, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, IORING_OFF_SQES);
}

static void make_aio(void)
{
	unsigned long context = 0;

	if (syscall(SYS_io_setup, 128, &context) != 0)
		CANNOT("io_setup: %s", strerror(errno));
}

/* --- a process with faults of its own ---------------------------------------------------------------- */

static char *lazy;
static int lazy_fd;
static volatile int served;
enum { LAZY_PAGES = 16 };

static void *serve_faults(void *arg)
{
	static char page[PAGE] __attribute__((aligned(4096)));
	struct uffd_msg m;

	while (read(lazy_fd, &m, sizeof(m)) == sizeof(m)) {
		struct uffdio_copy copy = { .src = (uintptr_t)page, .len = PAGE };

		if (m.event != UFFD_EVENT_PAGEFAULT)
			FAIL("event %d", m.event);
		copy.dst = m.arg.pagefault.address & ~(uint64_t)(PAGE - 1);
		*(uint64_t *)page = word_for((void *)(uintptr_t)copy.dst);
		served++;
		if (ioctl(lazy_fd, UFFDIO_COPY, &copy) != 0)
			FAIL("UFFDIO_COPY: %s", strerror(errno));
	}
	return NULL;
}

static void start_lazy(uint64_t features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register wish = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	pthread_t t;

	lazy = anonymous(LAZY_PAGES * PAGE);
	wish.range.start = (uintptr_t)lazy;
	wish.range.len = LAZY_PAGES * PAGE;
	lazy_fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (lazy_fd < 0 || ioctl(lazy_fd, UFFDIO_API, &api) != 0 || ioctl(lazy_fd, UFFDIO_REGISTER, &wish) != 0)
		CANNOT("userfaultfd: %s", strerror(errno));
	if (pthread_create(&t, NULL, serve_faults, NULL) != 0)
		FAIL("pthread_create");
	for (unsigned i = 0; i < LAZY_PAGES / 2; i++)
		if (*(volatile uint64_t *)(lazy + i * PAGE) != word_for(lazy + i * PAGE))
			FAIL("page %u", i);
	tell("served", lazy + 3 * PAGE, "present");
	tell("unserved", lazy + 12 * PAGE, "zero");
}

static void make_lazy(void) { start_lazy(0); }
static void make_lazy_fork(void) { start_lazy(UFFD_FEATURE_EVENT_FORK); }

/* Nobody but us made faults, and all of them are still served. */
static void run_lazy(void)
{
	wait_for_byte();
	if (served != LAZY_PAGES / 2)
		FAIL("%d faults instead of %d", served, LAZY_PAGES / 2);
	for (unsigned i = 0; i < LAZY_PAGES; i++)
		if (*(volatile uint64_t *)(lazy + i * PAGE) != word_for(lazy + i * PAGE))
			FAIL("page %u", i);
}

/*
 * Pages that are marked as write-protected by a userfaultfd that is gone: an mremap() that makes an empty mapping one
 * with its new neighbour takes the userfaultfd from both, and leaves the marks. Writing does not take them away.
 */
static void make_protected(void)
{
	struct uffdio_api api = { .api = UFFD_API, .features = WP_ASYNC | WP_UNPOPULATED };
	char *start = anonymous(4 * REGION), *empty = start + 2 * REGION;
	struct uffdio_writeprotect on = { .range = { (uintptr_t)start, REGION }, .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	struct uffdio_register wish = { .range = { (uintptr_t)start, REGION }, .mode = UFFDIO_REGISTER_MODE_WP };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);

	madvise(start, 4 * REGION, MADV_NOHUGEPAGE);
	munmap(start + REGION, REGION);
	munmap(start + 3 * REGION, REGION);
	memset(start, 1, REGION);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) != 0 || ioctl(fd, UFFDIO_REGISTER, &wish) != 0 ||
	    ioctl(fd, UFFDIO_WRITEPROTECT, &on) != 0)
		CANNOT("userfaultfd that protects: %s", strerror(errno));
	wish.range.start = (uintptr_t)empty;
	if (ioctl(fd, UFFDIO_REGISTER, &wish) != 0 ||
	    mremap(empty, REGION, REGION, MREMAP_MAYMOVE | MREMAP_FIXED, start + REGION) == MAP_FAILED)
		FAIL("mremap: %s", strerror(errno));
	close(fd);
	mark_ends("protected", start, REGION, "present");
}

/* --- much of it ------------------------------------------------------------------------------------------ */

static void make_maps(void)
{
	enum { MAPS = 70000 };
	char *p = anonymous((size_t)MAPS * PAGE);

	mark("first", p, "present");
	mark("last", p + (size_t)(MAPS - 2) * PAGE, "present");
	for (size_t i = 1; i < MAPS; i += 2)
		if (mprotect(p + i * PAGE, PAGE, PROT_READ) != 0)
			CANNOT("%zu mappings: %s", i, strerror(errno));
}

static char *fat;
static size_t fat_size;

static void make_fat(void)
{
	const char *size = getenv("ZOO_MB");
	uint64_t seed = 88172645463325252ull;

	fat_size = (size_t)(size ? atoi(size) : 200) << 20;
	fat = anonymous(fat_size);
	for (size_t i = 0; i < fat_size; i += 8) {
		seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
		*(uint64_t *)(fat + i) = seed;
	}
	mark_ends("fat", fat, fat_size, "present");
}

/* Mapped, hardly used: but it counts as promised. */
static void make_wide(void)
{
	size_t size = sizeof(void *) == 8 ? 4ul << 30 : 1ul << 30;

	mark_ends("wide", anonymous(size), size, "present");
	printf("size %zu\n", size);
}

/* Writes to all of it all the time: each page costs a copy while a clone lives. */
static void run_busy(void)
{
	while (!ending) {
		sigset_t pending;

		for (size_t i = 64; i < fat_size; i += PAGE)
			++*(volatile uint64_t *)(fat + i);
		sigpending(&pending);
		ending = sigismember(&pending, SIGTERM);
		usleep(1000);
	}
}

const struct animal memory_animals[] = {
	{ "dontfork", make_dontfork, NULL, false },
	{ "wipeonfork", make_wipeonfork, NULL, false },
	{ "dontdump", make_dontdump, NULL, false },
	{ "guards", make_guards, NULL, false },
	{ "shared", make_shared, NULL, false },
	{ "sharer", make_sharer, NULL, true },
	{ "hugetlb", make_hugetlb, NULL, false },
	{ "secret", make_secret, NULL, false },
	{ "io_uring", make_uring, NULL, false },
	{ "aio", make_aio, NULL, false },
	{ "userfaultfd", make_lazy, run_lazy, false },
	{ "userfaultfd-fork", make_lazy_fork, run_lazy, false },
	{ "protected", make_protected, NULL, false },
	{ "maps", make_maps, NULL, false },
	{ "fat", make_fat, NULL, false },
	{ "wide", make_wide, NULL, false },
	{ "busy", make_fat, run_busy, false },
	{ NULL, NULL, NULL, false },
};
