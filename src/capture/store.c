/* SPDX-License-Identifier: MIT */
#include "capture/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SPARE_REFUSED = 4096 };

static int make_file(const char *folder)
{
	char path[4096];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
		return fd;
	(void)snprintf(path, sizeof(path), "%s/osmosis-XXXXXX", folder);
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		(void)unlink(path);
	return fd;
}

struct err *store_open(const char *folder, struct store *ret)
{
	const char *tmp = getenv("TMPDIR");
	struct store s = { .fd = -1 };

	folder = folder ? folder : tmp && *tmp ? tmp : "/var/tmp";
	s.fd = make_file(folder);
	if (s.fd < 0)
		return err_os(errno, "%s: a temporary file", folder);
	s.buffer = aligned_alloc(DIRECT_ALIGNED, STORE_STEP);
	s.direct = malloc(sizeof(*s.direct));
	if (!s.buffer || !s.direct) {
		store_close(&s);
		return err_nomem();
	}
	direct_open(s.direct, s.fd, O_RDWR);
	*ret = s;
	return NULL;
}

void store_close(struct store *s)
{
	if (s->fd >= 0)
		(void)close(s->fd);
	if (s->direct)
		direct_close(s->direct);
	free(s->direct);
	free(s->buffer);
	remote_detach(&s->from);
	vec_deinit(&s->regions);
	vec_deinit(&s->unreadable);
	vec_deinit(&s->touched);
	*s = (struct store){ .fd = -1 };
}

/* Index of the first region that ends behind the address. */
static size_t region_from(const struct store *s, uint64_t address)
{
	size_t lo = 0, hi = s->regions.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->regions.v[mid].end <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct err *insert(struct store *s, size_t i, uint64_t start, uint64_t end)
{
	if (!vec_reserve(&s->regions, s->regions.n + 1))
		return err_nomem();
	memmove(&s->regions.v[i + 1], &s->regions.v[i], (s->regions.n - i) * sizeof(*s->regions.v));
	s->regions.v[i] = (struct store_region){ start, end, s->size };
	s->regions.n++;
	s->size += end - start;
	return NULL;
}

struct err *store_reserve(struct store *s, uint64_t start, uint64_t end)
{
	for (size_t i = region_from(s, start); start < end; i++) {
		uint64_t next = i < s->regions.n && s->regions.v[i].start < end ? s->regions.v[i].start : end;

		if (next > start) {
			TRY(insert(s, i, start, next));
			i++;
		}
		start = i < s->regions.n ? s->regions.v[i].end : end;
	}
	return NULL;
}

/* Where the address is in the file, and how many bytes go on from there; 0: it has no place. */
static size_t place(const struct store *s, uint64_t address, size_t size, uint64_t *ret)
{
	size_t i = region_from(s, address);
	const struct store_region *r = i < s->regions.n ? &s->regions.v[i] : NULL;

	if (!r || r->start > address)
		return 0;
	*ret = r->at + (address - r->start);
	return r->end - address < size ? (size_t)(r->end - address) : size;
}

struct err *store_put(struct store *s, uint64_t address, const uint8_t *buf, size_t size)
{
	while (size) {
		uint64_t at;
		size_t n = place(s, address, size, &at);
		ssize_t written;

		if (!n)
			return err_new(ERR_NOTFOUND, "memory at 0x%llx appeared in the pause", (unsigned long long)address);
		if (s->in_pause)
			written = pwrite(s->fd, buf, n, (off_t)at);
		else
			written = direct_pwrite(s->direct, s->fd, buf, n, at);
		if (written != (ssize_t)n) /* a short one is the last that fits */
			return err_os(written < 0 ? errno : ENOSPC, "temporary file of the copies ($TMPDIR)");
		address += n;
		buf += n;
		size -= n;
	}
	return NULL;
}

/* It could not be read before. */
static void accept(struct store *s, uint64_t start, uint64_t end)
{
	for (size_t i = 0; i < s->unreadable.n; i++) {
		struct store_run *r = &s->unreadable.v[i];

		if (r->end <= start || r->start >= end)
			continue;
		if (r->start < start)
			r->end = start;
		else
			r->start = r->end < end ? r->end : end;
	}
}

bool store_refuse(struct store *s, uint64_t start, uint64_t end)
{
	struct store_run *last = s->unreadable.n ? &s->unreadable.v[s->unreadable.n - 1] : NULL;

	if (last && last->end == start) {
		last->end = end;
		return true;
	}
	return s->unreadable.n < s->unreadable.cap && vec_push(&s->unreadable, ((struct store_run){ start, end }));
}

struct err *store_copy(struct store *s, pid_t pid, uint64_t start, uint64_t end, uint64_t *ret_bytes)
{
	enum { PAGE = 4096 };

	remote_attach(&s->from, pid);
	while (start < end) {
		size_t want = end - start < STORE_STEP ? (size_t)(end - start) : STORE_STEP;
		size_t n = remote_pull(&s->from, start, s->buffer, want);

		TRY(store_put(s, start, s->buffer, n));
		*ret_bytes += n;
		accept(s, start, start + n);
		if (!n && !store_refuse(s, start, start + PAGE) &&
		    !(vec_reserve(&s->unreadable, 2 * s->unreadable.n + SPARE_REFUSED) && store_refuse(s, start, start + PAGE)))
			return err_nomem();
		start += n ? n : PAGE;
	}
	return NULL;
}

struct err *store_expect(struct store *s, size_t runs)
{
	bool ok = vec_reserve(&s->touched, runs) && vec_reserve(&s->unreadable, s->unreadable.n + SPARE_REFUSED);

	return ok ? NULL : err_nomem();
}

void store_begin_pause(struct store *s)
{
	s->in_pause = true;
}

bool store_touch(struct store *s, uint64_t start, uint64_t end)
{
	struct store_run *last = s->touched.n ? &s->touched.v[s->touched.n - 1] : NULL;

	if (last && last->end == start) {
		last->end = end;
		return true;
	}
	return s->touched.n < s->touched.cap && vec_push(&s->touched, ((struct store_run){ start, end }));
}

static int by_start(const void *a, const void *b)
{
	const struct store_run *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

size_t store_join(struct store_run *v, size_t n)
{
	size_t left = 0;

	if (n)
		qsort(v, n, sizeof(*v), by_start);
	for (size_t i = 0; i < n; i++) {
		struct store_run *last = left ? &v[left - 1] : NULL, run = v[i];

		if (!last || run.start > last->end)
			v[left++] = run;
		else if (run.end > last->end)
			last->end = run.end;
	}
	return left;
}

void store_order(struct store *s)
{
	s->touched.n = store_join(s->touched.v, s->touched.n);
}

static const struct store_run *run_from(const struct store *s, uint64_t address)
{
	size_t lo = 0, hi = s->touched.n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->touched.v[mid].end <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->touched.n ? &s->touched.v[lo] : NULL;
}

struct err *store_runs(const struct store *s, uint64_t start, uint64_t end, store_run_fn *each, void *arg)
{
	const struct store_run *run = run_from(s, start), *last = s->touched.v + s->touched.n;

	for (; run && run < last && run->start < end; run++)
		TRY(each(arg, run->start > start ? run->start : start, run->end < end ? run->end : end));
	return NULL;
}

/* How much from the address on is of one kind: unreadable or not. */
static size_t until_change(const struct store *s, uint64_t address, size_t size, bool *ret_unreadable)
{
	*ret_unreadable = false;
	for (size_t i = 0; i < s->unreadable.n; i++) {
		const struct store_run *r = &s->unreadable.v[i];

		if (r->start <= address && address < r->end)
			*ret_unreadable = true;
		else if (r->start > address && r->start < r->end && r->start - address < size)
			size = (size_t)(r->start - address);
	}
	return size;
}

size_t store_read(const struct store *s, uint64_t address, void *buf, size_t size)
{
	const struct store_run *run = run_from(s, address);
	bool unreadable;
	uint64_t at;
	ssize_t n;

	size = until_change(s, address, size, &unreadable);
	if (unreadable)
		return 0;
	if (!run || run->start > address) {
		if (run && run->start - address < size)
			size = (size_t)(run->start - address);
		memset(buf, 0, size);
		return size;
	}
	if (run->end - address < size)
		size = (size_t)(run->end - address);
	size = place(s, address, size, &at);
	n = size ? direct_pread(s->direct, s->fd, buf, size, at) : 0;
	if (n < 0 || (size && !n)) { /* behind the file's end: reserved, never written */
		memset(buf, 0, size);
		return n < 0 ? 0 : size;
	}
	return (size_t)n;
}
