/* SPDX-License-Identifier: MIT */
/*
 * Both ways to ask which pages hold anything.
 *
 * PAGEMAP_SCAN, an ioctl on /proc/PID/pagemap, returns regions of pages of
 * equal categories; 6.15 added the category of guard regions, which older
 * kernels refuse in the mask. The plain file has 8 bytes a page: bit 63
 * present, 62 swapped, 61 file or shared memory, 58 guard region (6.15). It
 * tells neither the zero page nor huge pages.
 *
 * To both a guard page looks swapped out; so it does where the kernel cannot
 * tell it apart. Areas that the kernel manages itself (VM_PFNMAP) have no runs.
 *
 * What a scan costs (6.18, 4 KiB pages): 1 ms a GB to pass pages by, 4 to report
 * them, 16 when it has to look at each page's own structure, as PM_FILE does.
 * A scan holds the lock that the process's own mmap() and munmap() wait for, so
 * it goes in steps; they end between huge pages, which the kernel would split.
 *
 * Soft-dirty (Documentation/admin-guide/mm/soft-dirty.rst): bit 55 says that a
 * page was written since "4" went into clear_refs; all pages of a mapping that
 * is newer have it, those without contents too. Neither a page that was given
 * back and is read again (the zero page) nor page tables that mremap() moves
 * whole are marked; so the number of the page frame is compared as well (bits 0
 * to 54, for root; in swap its place there).
 *
 * The structures below are those of the uapi header <linux/fs.h> of Linux 6.7
 * (6.15 for PAGE_IS_GUARD), as documented in
 * Documentation/admin-guide/mm/pagemap.rst.
 */
#include "capture/pagemap.h"
#include "capture/proc_impl.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

struct pm_page_region {
	uint64_t start, end, categories;
};

struct pm_scan {
	uint64_t size, flags;
	uint64_t start, end;
	uint64_t walk_end;
	uint64_t vec, vec_len;
	uint64_t max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define PM_SCAN_IOCTL _IOWR('f', 16, struct pm_scan)

enum {
	PM_WRITTEN = 1 << 1,
	PM_FILE = 1 << 2,
	PM_PRESENT = 1 << 3,
	PM_SWAPPED = 1 << 4,
	PM_ZERO = 1 << 5,
	PM_HUGE = 1 << 6,
	PM_GUARD = 1 << 8,
};
enum { SCAN_PROTECT = 1 << 0, SCAN_CHECK = 1 << 1 }; /* PM_SCAN_WP_MATCHING, PM_SCAN_CHECK_WPASYNC */

static const uint64_t ENTRY_PRESENT = UINT64_C(1) << 63, ENTRY_SWAPPED = UINT64_C(1) << 62,
		      ENTRY_FILE = UINT64_C(1) << 61, ENTRY_PROTECTED = UINT64_C(1) << 57, ENTRY_GUARD = UINT64_C(1) << 58,
		      ENTRY_SOFT_DIRTY = UINT64_C(1) << 55, ENTRY_FRAME = (UINT64_C(1) << 55) - 1;

enum { REGIONS = 512, ENTRIES = 2048, STEP = 128 << 20, HUGE_PAGE = 2 << 20 };

struct pagemap {
	int fd;
	pid_t pid;
	bool scan;
	uint64_t guard;		/* PM_GUARD where the kernel knows it */
	uint64_t page_size;
	uint64_t top;		/* of what may be asked for; behind it are no pages of a process */
};

static int scan(const struct pagemap *p, struct pm_scan *arg)
{
	int n;

	do
		n = ioctl(p->fd, PM_SCAN_IOCTL, arg);
	while (n < 0 && errno == EINTR);
	return n;
}

static struct pm_scan scan_arg(const struct pagemap *p, uint64_t start, uint64_t end)
{
	return (struct pm_scan){
		.size = sizeof(struct pm_scan),
		.start = start,
		.end = end,
		.category_anyof_mask = PM_PRESENT | PM_SWAPPED | p->guard,
		.return_mask = PM_FILE | PM_PRESENT | PM_SWAPPED | PM_ZERO | PM_HUGE | p->guard,
	};
}

static bool accepts(const struct pagemap *p, uint64_t page)
{
	struct pm_page_region region;
	struct pm_scan arg = scan_arg(p, page, page + p->page_size);

	arg.vec = (uintptr_t)&region;
	arg.vec_len = 1;
	return scan(p, &arg) >= 0;
}

/* What this kernel can do, found by asking for single pages. */
static void probe(struct pagemap *p)
{
	p->top = UINT64_C(1) << 63;
	p->guard = PM_GUARD;
	p->scan = accepts(p, 0);
	if (!p->scan) {
		p->guard = 0;
		p->scan = accepts(p, 0);
	}
	/* EFAULT from the end of the user's address space on, 2^47 or more on x86-64, less a page. */
	for (unsigned bits = 57; p->scan && bits > 30; bits--) {
		p->top = (UINT64_C(1) << bits) - p->page_size;
		if (accepts(p, p->top - p->page_size))
			return;
	}
}

struct err *pagemap_open(pid_t pid, struct pagemap **ret)
{
	struct pagemap *p = calloc(1, sizeof(*p));
	char path[PROC_PATH];
	struct err *e;

	if (!p)
		return err_nomem();
	(void)snprintf(path, sizeof(path), "/proc/%d/pagemap", (int)pid);
	e = proc_open(path, &p->fd);
	if (e) {
		free(p);
		return e;
	}
	p->pid = pid;
	p->page_size = (uint64_t)sysconf(_SC_PAGESIZE);
	probe(p);
	*ret = p;
	return NULL;
}

void pagemap_close(struct pagemap *p)
{
	if (!p)
		return;
	(void)close(p->fd);
	free(p);
}

bool pagemap_can_scan(const struct pagemap *p)
{
	return p->scan;
}

void pagemap_force_plain(struct pagemap *p)
{
	p->scan = false;
}

/* Joins neighbours of equal kind before they are handed on. */
struct joiner {
	struct page_run run;	/* empty: none yet */
	page_run_fn *each;
	void *arg;
};

static struct err *flush(struct joiner *j)
{
	if (j->run.start == j->run.end)
		return NULL;
	return j->each(j->arg, &j->run);
}

static struct err *join(struct joiner *j, uint64_t start, uint64_t end, uint32_t kind)
{
	if (j->run.end == start && j->run.kind == kind && j->run.start != j->run.end) {
		j->run.end = end;
		return NULL;
	}
	TRY(flush(j));
	j->run = (struct page_run){ .start = start, .end = end, .kind = kind };
	return NULL;
}

static uint32_t kind_of_region(uint64_t c)
{
	if (c & PM_GUARD)
		return PAGE_GUARD;
	if (!(c & (PM_PRESENT | PM_SWAPPED)))
		return 0;
	return PAGE_TOUCHED | (c & PM_FILE ? PAGE_FILE : 0u) | (c & PM_SWAPPED ? PAGE_SWAPPED : 0u) |
	       (c & PM_ZERO ? PAGE_ZERO : 0u) | (c & PM_HUGE ? PAGE_HUGE : 0u) |
	       (c & PM_WRITTEN ? PAGE_WRITTEN : 0u);
}

/* In the pause nobody waits for the lock: all at once. */
static uint64_t step_end(const struct pm_scan *like, uint64_t start, uint64_t end)
{
	uint64_t step = (start + STEP) & ~(uint64_t)(HUGE_PAGE - 1);

	return like->flags == SCAN_CHECK || end <= step ? end : step;
}

/* `like` says what is asked for; its range is replaced. */
static struct err *scan_runs(struct pagemap *p, struct pm_scan like, uint64_t start, uint64_t end, struct joiner *j)
{
	struct pm_page_region v[REGIONS];

	while (start < end) {
		struct pm_scan arg = like;
		int n;

		arg.start = start;
		arg.end = step_end(&like, start, end);
		arg.vec = (uintptr_t)v;
		arg.vec_len = REGIONS;
		n = scan(p, &arg);
		if (n < 0 && errno == EPERM && like.flags)
			return err_new(ERR_UNSUPPORTED, "writes to 0x%" PRIx64 "-0x%" PRIx64 " are not tracked", start, end);
		if (n < 0)
			return proc_gone(err_os(errno, "cannot scan 0x%" PRIx64 "-0x%" PRIx64, start, end), "pagemap");
		for (int i = 0; i < n; i++)
			TRY(join(j, v[i].start, v[i].end, kind_of_region(v[i].categories)));
		if (arg.walk_end <= start)
			return err_new(ERR_OS, "/proc/%d/pagemap: the scan stays at 0x%" PRIx64, (int)p->pid, start);
		start = arg.walk_end;
	}
	return NULL;
}

static uint32_t kind_of_entry(uint64_t e)
{
	if (e & ENTRY_GUARD)
		return PAGE_GUARD;
	if (!(e & (ENTRY_PRESENT | ENTRY_SWAPPED)))
		return 0;
	return PAGE_TOUCHED | (e & ENTRY_FILE ? PAGE_FILE : 0u) | (e & ENTRY_PRESENT ? 0u : PAGE_SWAPPED);
}

/* Whole entries at `page`; 0 when the process has ended. */
static struct err *read_entries(const struct pagemap *p, uint64_t page, uint64_t *v, size_t n, size_t *ret_n)
{
	ssize_t got;

	do
		got = pread(p->fd, v, n * sizeof(*v), (off_t)(page * sizeof(*v)));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return proc_gone(err_os(errno, "cannot read"), "pagemap");
	*ret_n = (size_t)got / sizeof(*v);
	return NULL;
}

static struct err *plain_runs(struct pagemap *p, uint64_t start, uint64_t end, struct joiner *j)
{
	uint64_t v[ENTRIES], page = start / p->page_size, last = end / p->page_size;
	size_t n = 0;

	for (; page < last; page += n) {
		TRY(read_entries(p, page, v, last - page < ENTRIES ? last - page : ENTRIES, &n));
		if (!n) /* beyond the address space, or ended: the caller asks */
			return NULL;
		for (size_t i = 0; i < n; i++) {
			uint32_t kind = kind_of_entry(v[i]);

			if (kind)
				TRY(join(j, (page + i) * p->page_size, (page + i + 1) * p->page_size, kind));
		}
	}
	return NULL;
}

/* Nothing found may mean that the process has ended: then page 0 has no entry. */
struct err *pagemap_check(const struct pagemap *p)
{
	uint64_t entry;
	size_t n = 0;

	TRY(read_entries(p, 0, &entry, 1, &n));
	return n ? NULL : err_new(ERR_NOTFOUND, "/proc/%d/pagemap: the process has ended", (int)p->pid);
}

/* Whole pages within what may be asked for; false: nothing is left. */
static bool clip(const struct pagemap *p, uint64_t *start, uint64_t *end)
{
	if (*end > p->top)
		*end = p->top;
	if (*start >= *end)
		return false;
	*start &= ~(p->page_size - 1);
	*end = (*end + p->page_size - 1) & ~(p->page_size - 1);
	return true;
}

struct err *pagemap_runs(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	struct joiner j = { .each = each, .arg = arg };

	if (!clip(p, &start, &end))
		return NULL;
	TRY(p->scan ? scan_runs(p, scan_arg(p, start, end), start, end, &j) : plain_runs(p, start, end, &j));
	if (j.run.start == j.run.end)
		return pagemap_check(p);
	return flush(&j);
}

struct err *pagemap_present(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	struct joiner j = { .each = each, .arg = arg };
	struct pm_scan like = scan_arg(p, start, end);

	if (!p->scan)
		return pagemap_runs(p, start, end, each, arg);
	if (!clip(p, &start, &end))
		return NULL;
	like.return_mask = PM_PRESENT | PM_SWAPPED | p->guard;
	TRY(scan_runs(p, like, start, end, &j));
	return flush(&j);
}

struct err *pagemap_protected(struct pagemap *p, uint64_t start, uint64_t end, bool *ret)
{
	uint64_t v[ENTRIES], page = start / p->page_size, last = end / p->page_size;
	size_t n = 0;

	for (; page < last; page += n, ret += n) {
		TRY(read_entries(p, page, v, last - page < ENTRIES ? last - page : ENTRIES, &n));
		if (!n)
			return err_new(ERR_NOTFOUND, "/proc/%d/pagemap: the process has ended", (int)p->pid);
		for (size_t i = 0; i < n; i++)
			ret[i] = v[i] & ENTRY_PROTECTED;
	}
	return NULL;
}

static struct err *tracked_runs(struct pagemap *p, struct pm_scan like, uint64_t start, uint64_t end, page_run_fn *each,
				void *arg)
{
	struct joiner j = { .each = each, .arg = arg };

	if (!p->scan)
		return err_new(ERR_UNSUPPORTED, "this kernel cannot tell which pages were written (PAGEMAP_SCAN, Linux 6.7)");
	if (!clip(p, &start, &end))
		return NULL;
	like.return_mask |= PM_WRITTEN;
	TRY(scan_runs(p, like, start, end, &j));
	return flush(&j);
}

struct err *pagemap_written(struct pagemap *p, uint64_t start, uint64_t end, bool all, page_run_fn *each, void *arg)
{
	struct pm_scan like = scan_arg(p, start, end);

	like.flags = SCAN_PROTECT | SCAN_CHECK;
	like.category_mask = all ? 0 : PM_WRITTEN;
	like.category_anyof_mask = all ? 0 : like.category_anyof_mask;
	like.return_mask = PM_PRESENT | PM_SWAPPED | p->guard | (all ? PM_FILE : 0u);
	return tracked_runs(p, like, start, end, each, arg);
}

struct err *pagemap_state(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	struct pm_scan like = scan_arg(p, start, end);

	like.flags = SCAN_CHECK;
	like.category_anyof_mask = 0;
	return tracked_runs(p, like, start, end, each, arg);
}

/* For page tables that went away as a whole the kernel reports that no page is present. */
struct err *pagemap_changes(struct pagemap *p, uint64_t start, uint64_t end, page_run_fn *each, void *arg)
{
	struct pm_scan like = scan_arg(p, start, end);

	like.flags = SCAN_CHECK;
	like.category_inverted = PM_PRESENT;
	like.category_anyof_mask = PM_WRITTEN | PM_PRESENT;
	like.return_mask = PM_PRESENT | PM_SWAPPED | p->guard;
	return tracked_runs(p, like, start, end, each, arg);
}

/* --- soft-dirty ---------------------------------------------------------------------------------- */

static uint64_t mark_of(uint64_t entry)
{
	return entry & (ENTRY_PRESENT | ENTRY_SWAPPED) ? entry & (ENTRY_PRESENT | ENTRY_SWAPPED | ENTRY_FRAME) : 0;
}

struct err *pagemap_soft_marks(struct pagemap *p, uint64_t start, uint64_t end, uint64_t *marks)
{
	uint64_t v[ENTRIES], page = start / p->page_size, last = end / p->page_size;
	size_t n = 0;

	for (; page < last; page += n, marks += n) {
		TRY(read_entries(p, page, v, last - page < ENTRIES ? last - page : ENTRIES, &n));
		if (!n)
			return NULL;
		for (size_t i = 0; i < n; i++)
			if (mark_of(v[i])) /* what is zero anyway stays untouched memory */
				marks[i] = mark_of(v[i]);
	}
	return NULL;
}

static uint32_t kind_of_soft_entry(uint64_t e, uint64_t mark)
{
	uint32_t kind = kind_of_entry(e);

	return e & ENTRY_SOFT_DIRTY || (kind & PAGE_TOUCHED && mark_of(e) != mark) ? kind | PAGE_WRITTEN : kind;
}

struct err *pagemap_soft_changes(struct pagemap *p, uint64_t start, uint64_t end, const uint64_t *marks,
				 page_run_fn *each, void *arg)
{
	struct joiner j = { .each = each, .arg = arg };
	uint64_t v[ENTRIES], page = start / p->page_size, first = page, last = end / p->page_size;
	size_t n = 0;

	for (; page < last; page += n) {
		TRY(read_entries(p, page, v, last - page < ENTRIES ? last - page : ENTRIES, &n));
		if (!n)
			return err_new(ERR_NOTFOUND, "/proc/%d/pagemap: the process has ended", (int)p->pid);
		for (size_t i = 0; i < n; i++)
			TRY(join(&j, (page + i) * p->page_size, (page + i + 1) * p->page_size,
				 kind_of_soft_entry(v[i], marks ? marks[page + i - first] : 0)));
	}
	return flush(&j);
}

bool pagemap_has_soft_marks(const struct pagemap *p, uint64_t address)
{
	uint64_t entry;
	size_t n = 0;

	return !err_ignore(read_entries(p, address / p->page_size, &entry, 1, &n)) && n && entry & ENTRY_SOFT_DIRTY &&
	       entry & ENTRY_FRAME;
}
