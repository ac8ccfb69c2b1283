/* SPDX-License-Identifier: MIT */
/*
 * Without the module: /proc/kcore, an ELF view of the kernel's memory as it
 * runs. A hash of each page is kept from the first reading; when all is written
 * all is read once more, and what differs is listed. Pages that changed and
 * changed back are not noticed.
 *
 * Segments with a physical address are memory: those of the direct map, and
 * one of the kernel's image (Linux 4.19 and later). The rest (vmalloc, ...)
 * consists of the same pages. VMCOREINFO is among its notes.
 *
 * Before Linux 6.4 all readers of one open file share one buffer in the kernel,
 * unlocked: readings at the same time get each other's pages. So only one thread
 * reads at a time.
 */
#include "base/cancel.h"
#include "capture/kernel_impl.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char path[] = "/proc/kcore";
static const uint64_t image_map = 0xffffffff80000000; /* __START_KERNEL_map of x86-64 */
enum { MAX_HEAD = 1 << 20 };

struct piece {
	uint64_t physical, size, offset;
	size_t first;	/* number of its first page */
};

struct kcore {
	pthread_mutex_t reading;
	VEC(struct piece) pieces;
	uint64_t *hashes;
	size_t n;
};

static struct err *open_kcore(int *ret)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		*ret = fd;
		return NULL;
	}
	if (errno == ENOENT)
		return err_new(ERR_UNSUPPORTED, "this kernel has no %s, and osmosis.ko is not loaded", path);
	if (errno == EPERM || errno == EACCES)
		return err_new(ERR_UNSUPPORTED,
			       "%s: reading the kernel's memory needs CAP_SYS_RAWIO, and no kernel_lockdown(7) in mode confidentiality", path);
	return err_os(errno, "%s", path);
}

static const struct piece *piece_of(const struct kcore *k, uint64_t physical)
{
	for (size_t i = 0; i < k->pieces.n; i++)
		if (physical - k->pieces.v[i].physical < k->pieces.v[i].size)
			return &k->pieces.v[i];
	return NULL;
}

/* Never 0, which stands for "not read". */
static uint64_t hash_page(const uint8_t *page)
{
	uint64_t h = 0x9e3779b97f4a7c15, word;

	for (size_t i = 0; i < KERNEL_PAGE; i += sizeof(word)) {
		memcpy(&word, page + i, sizeof(word));
		h = (h ^ word) * 0xff51afd7ed558ccd;
		h ^= h >> 32;
	}
	return h ? h : 1;
}

static bool read_alone(int fd, uint64_t offset, uint8_t *buf, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pread(fd, buf + done, len - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR && !cancel_requested())
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool read_at(const struct kernel_snapshot *s, uint64_t offset, uint8_t *buf, size_t len)
{
	struct kcore *k = s->state;
	bool good;

	(void)pthread_mutex_lock(&k->reading);
	good = read_alone(s->fd, offset, buf, len);
	(void)pthread_mutex_unlock(&k->reading);
	return good;
}

/* Pages of the image are in the file twice: what is compared is the reading that came last. */
static bool kcore_read(struct kernel_snapshot *s, uint64_t physical, uint8_t *buf, size_t len)
{
	struct kcore *k = s->state;
	const struct piece *p = piece_of(k, physical);

	if (!p || len > p->size - (physical - p->physical) || !read_at(s, p->offset + (physical - p->physical), buf, len))
		return false;
	if (physical % KERNEL_PAGE || len % KERNEL_PAGE)
		return true; /* pieces of pages are not compared: segments and chunks begin on pages */
	for (size_t i = 0; i < len / KERNEL_PAGE; i++)
		__atomic_store_n(&k->hashes[p->first + (physical - p->physical) / KERNEL_PAGE + i], hash_page(buf + i * KERNEL_PAGE),
				 __ATOMIC_RELAXED);
	return true;
}

/* --- the second reading ---------------------------------------------------------------------------- */

struct changes {
	VEC(struct kernel_range) v;
};

static struct err *add_change(struct changes *c, uint64_t at)
{
	if (c->v.n && c->v.v[c->v.n - 1].end == at) {
		c->v.v[c->v.n - 1].end = at + KERNEL_PAGE;
		return NULL;
	}
	return vec_push(&c->v, ((struct kernel_range){ at, at + KERNEL_PAGE, true })) ? NULL : err_nomem();
}

static struct err *compare_piece(const struct kernel_snapshot *s, const struct piece *p, uint8_t *buf, size_t size, struct changes *c)
{
	const struct kcore *k = s->state;

	for (uint64_t done = 0, n; done < p->size; done += n) {
		bool there;

		TRY(cancel_check());
		progress_report("reading once more", (p->first + done / KERNEL_PAGE) * KERNEL_PAGE, (uint64_t)k->n * KERNEL_PAGE);
		n = p->size - done < size ? p->size - done : size;
		there = read_at(s, p->offset + done, buf, (size_t)n);
		for (uint64_t at = 0; at < n; at += KERNEL_PAGE) {
			uint64_t before = k->hashes[p->first + (done + at) / KERNEL_PAGE];

			if (before && (!there || before != hash_page(buf + at)))
				TRY(add_change(c, p->physical + done + at));
		}
	}
	return NULL;
}

static struct err *kcore_again(struct kernel_snapshot *s, struct arena *a, struct kernel_range **ret, size_t *ret_n)
{
	enum { SIZE = 1 << 20 };
	const struct kcore *k = s->state;
	CLEANUP(freep) uint8_t *buf = malloc(SIZE);
	struct changes c = { 0 };
	struct err *e = buf ? NULL : err_nomem();

	for (size_t i = 0; !e && i < k->pieces.n; i++)
		e = compare_piece(s, &k->pieces.v[i], buf, SIZE, &c);
	if (!e && c.v.n) {
		*ret = arena_memdup(a, c.v.v, c.v.n * sizeof(*c.v.v));
		*ret_n = c.v.n;
		e = *ret ? NULL : err_nomem();
	}
	vec_deinit(&c.v);
	return e;
}

static void kcore_close(struct kernel_snapshot *s)
{
	struct kcore *k = s->state;

	if (!k)
		return;
	(void)pthread_mutex_destroy(&k->reading);
	vec_deinit(&k->pieces);
	free(k->hashes);
	free(k);
}

static const struct kernel_source source = { kcore_read, kcore_again, kcore_close };

/* --- opening ------------------------------------------------------------------------------------------ */

static struct err *add_piece(struct kernel_snapshot *s, const Elf64_Phdr *h)
{
	struct kcore *k = s->state;
	struct piece p = { h->p_paddr, h->p_memsz & ~(uint64_t)(KERNEL_PAGE - 1), h->p_offset, k->n };

	if (h->p_vaddr >= image_map) {
		s->image_start = h->p_vaddr;
		s->image_size = h->p_memsz;
		s->image_physical = h->p_paddr;
		return NULL;
	}
	s->page_offset = h->p_vaddr - h->p_paddr;
	k->n += (size_t)(p.size / KERNEL_PAGE);
	if (!vec_push(&k->pieces, p))
		return err_nomem();
	return kernel_add_range(s, p.physical, p.physical + p.size, true);
}

static void find_vmcoreinfo(struct kernel_snapshot *s, const uint8_t *head, size_t size, const Elf64_Phdr *h)
{
	for (size_t n = (size_t)h->p_offset; n + 12 < size && n < h->p_offset + h->p_filesz && !s->vmcoreinfo; n += 4)
		s->vmcoreinfo = kernel_vmcoreinfo(head + n, size - n, &s->vmcoreinfo_size);
}

/* Memory is of interest to the source kcore only. */
static struct err *read_segments(struct kernel_snapshot *s, const uint8_t *head, size_t size, const Elf64_Ehdr *e)
{
	const struct kcore *k = s->state;
	Elf64_Phdr h;

	for (size_t i = 0; i < e->e_phnum; i++) {
		size_t at = (size_t)e->e_phoff + i * sizeof(h);

		if (at > size - sizeof(h))
			return err_new(ERR_TRUNCATED, "%s: program headers end early", path);
		memcpy(&h, head + at, sizeof(h));
		if (h.p_type == PT_LOAD && k && h.p_paddr != UINT64_MAX && h.p_memsz >= KERNEL_PAGE && h.p_paddr % KERNEL_PAGE == 0)
			TRY(add_piece(s, &h));
		if (h.p_type == PT_NOTE && h.p_offset <= size)
			find_vmcoreinfo(s, head, size, &h);
	}
	return NULL;
}

static struct err *read_head(struct kernel_snapshot *s, int fd)
{
	uint8_t *head = arena_alloc(&s->arena, MAX_HEAD);
	Elf64_Ehdr e;
	ssize_t n;

	if (!head)
		return err_nomem();
	n = pread(fd, head, MAX_HEAD, 0);
	if (n < 0)
		return err_os(errno, "%s", path);
	if ((size_t)n < sizeof(e))
		return err_new(ERR_TRUNCATED, "%s: %zd bytes of the ELF header", path, n);
	memcpy(&e, head, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) != 0 || e.e_machine != EM_X86_64 || e.e_phentsize != sizeof(Elf64_Phdr) ||
	    e.e_phoff > (uint64_t)n)
		return err_new(ERR_UNSUPPORTED, "%s is not of x86-64", path);
	return read_segments(s, head, (size_t)n, &e);
}

struct err *kernel_kcore_open(struct kernel_snapshot *s)
{
	struct kcore *k = calloc(1, sizeof(*k));
	struct timespec t;

	if (!k)
		return err_nomem();
	(void)pthread_mutex_init(&k->reading, NULL);
	s->state = k;
	s->source = &source;
	s->engine = "kcore";
	s->consistency = CONSISTENCY_SMEARED;
	s->consistency_why = "read from /proc/kcore while the system ran";
	(void)clock_gettime(CLOCK_REALTIME, &t);
	s->time_ns = (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
	TRY(open_kcore(&s->fd));
	TRY(read_head(s, s->fd));
	if (!k->n)
		return err_new(ERR_UNSUPPORTED, "%s does not say which memory is where (Linux before 4.19)", path);
	k->hashes = calloc(k->n, sizeof(*k->hashes));
	return k->hashes ? NULL : err_nomem();
}

void kernel_kcore_vmcoreinfo(struct kernel_snapshot *s)
{
	int fd;

	if (err_ignore(open_kcore(&fd)))
		return;
	(void)err_ignore(read_head(s, fd));
	(void)close(fd);
}
