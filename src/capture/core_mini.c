/* SPDX-License-Identifier: MIT */
/*
 * The small dump: stacks, the memory that registers and stacks point to, each
 * thread's control block, ELF headers, and the list of the dynamic loader, by
 * which debuggers find the modules (System V ABI, <link.h>: DT_DEBUG, r_debug,
 * link_map). Whole pages; every walk is bounded.
 */
#include "capture/core_impl.h"
#include "format/dump.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/user.h>

enum {
	STACK_MOST = 1 << 20,	/* of one thread */
	POINTED_WORDS = 8192,	/* of one stack are followed */
	POINTED_PAGES = 8192,	/* in all */
	BEFORE = 256, BEHIND = 1024,
	RED_ZONE = 128,
	CONTROL_BLOCK = 4096,
	MODULES_MOST = 4096,
};

struct wanted {
	uint64_t start, end;
};

struct mini {
	struct core *c;
	VEC(struct wanted) ranges;
	size_t pointed;
	unsigned word;
};

static uint64_t page_of(uint64_t a) { return a & ~(uint64_t)(CORE_PAGE - 1); }

/* Whole pages of [start, end), as far as the mapping there goes. Neighbours in time are often neighbours in space. */
static struct err *want(struct mini *m, uint64_t start, uint64_t end)
{
	const struct vma *v = vma_find(&m->c->s->vmas, start);
	struct wanted w = { page_of(start), page_of(end + CORE_PAGE - 1) };
	struct wanted *last = m->ranges.n ? &m->ranges.v[m->ranges.n - 1] : NULL;

	if (!v || !(v->prot & DUMP_PROT_R) || content_refused(v, &m->c->s->options.content))
		return NULL;
	if (w.start < v->start)
		w.start = v->start;
	if (w.end > v->end)
		w.end = v->end;
	if (last && w.start >= last->start && w.end <= last->end)
		return NULL;
	return vec_push(&m->ranges, w) ? NULL : err_nomem();
}

/* The address's own mapping counts, also where what is before it reaches into another. */
static struct err *want_around(struct mini *m, uint64_t address, uint64_t before, uint64_t behind)
{
	const struct vma *v = vma_find(&m->c->s->vmas, address);

	if (!v)
		return NULL;
	return want(m, address - v->start < before ? v->start : address - before, address + behind);
}

/* What a word may point to: writable memory that is not only a stack's own. */
static struct err *want_pointed(struct mini *m, uint64_t value)
{
	const struct vma *v = value >= CORE_PAGE ? vma_find(&m->c->s->vmas, value) : NULL;

	if (!v || m->pointed >= POINTED_PAGES || !(v->prot & DUMP_PROT_W))
		return NULL;
	m->pointed++;
	return want_around(m, value, BEFORE, BEHIND);
}

/* --- threads -------------------------------------------------------------------------------------- */

static uint64_t word_at(const struct mini *m, const uint8_t *p)
{
	uint64_t v = 0;

	memcpy(&v, p, m->word);
	return v;
}

static struct err *want_words(struct mini *m, uint64_t start, uint64_t end)
{
	CLEANUP(freep) uint8_t *buf = malloc((size_t)POINTED_WORDS * m->word);
	size_t size = (size_t)POINTED_WORDS * m->word, n;

	if (!buf)
		return err_nomem();
	n = snapshot_read(m->c->s, start, buf, end - start < size ? (size_t)(end - start) : size);
	for (size_t i = 0; i + m->word <= n; i += m->word) {
		uint64_t value = word_at(m, buf + i);

		if (value < start || value >= end)
			TRY(want_pointed(m, value));
	}
	return NULL;
}

static struct err *want_thread(struct mini *m, const struct task *task)
{
	const struct user_regs_struct *r = &task->regs;
	const struct vma *v = vma_find(&m->c->s->vmas, r->rsp);
	const uint64_t general[] = { r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp, r->r8,
				     r->r9,  r->r10, r->r11, r->r12, r->r13, r->r14, r->r15 };
	uint64_t tls = task_tls(task), end;

	if (v) {
		uint64_t start = r->rsp - RED_ZONE < v->start ? v->start : r->rsp - RED_ZONE;

		end = v->end - start > STACK_MOST ? start + STACK_MOST : v->end;
		TRY(want(m, start, end));
		TRY(want_words(m, r->rsp & ~(uint64_t)(m->word - 1), end));
	}
	if (tls) { /* libthread_db goes from block to block, and to the heads of their lists */
		TRY(want_around(m, tls, BEHIND, CONTROL_BLOCK));
		TRY(want_words(m, tls, tls + CONTROL_BLOCK));
	}
	TRY(want_around(m, r->rip, BEFORE, BEFORE));
	for (size_t i = 0; i < ARRAY_SIZE(general); i++)
		TRY(want_pointed(m, general[i]));
	return NULL;
}

/* --- modules --------------------------------------------------------------------------------------- */

static bool read_words(const struct mini *m, uint64_t address, uint64_t *ret, size_t n)
{
	uint8_t buf[64];

	if (snapshot_read(m->c->s, address, buf, n * m->word) != n * m->word)
		return false;
	for (size_t i = 0; i < n; i++)
		ret[i] = word_at(m, buf + i * m->word);
	return true;
}

static uint64_t auxv_value(const struct mini *m, uint64_t type)
{
	const uint8_t *p = m->c->s->facts.auxv;
	size_t n = m->c->s->facts.auxv_size / (2 * m->word);

	for (size_t i = 0; i < n; i++, p += 2 * m->word)
		if (word_at(m, p) == type)
			return word_at(m, p + m->word);
	return 0;
}

/* Address of the dynamic section of the program, and its size, by its program headers. */
static bool find_dynamic(const struct mini *m, uint64_t *ret, uint64_t *ret_size)
{
	uint64_t at = auxv_value(m, AT_PHDR), n = auxv_value(m, AT_PHNUM), bias = 0, dynamic = 0;

	for (uint64_t i = 0; at && i < n && i < 64; i++) {
		Elf64_Phdr p64;
		Elf32_Phdr p32;
		bool big = m->word == 8;
		size_t size = big ? sizeof(p64) : sizeof(p32);
		uint64_t type, vaddr, memsz;

		if (snapshot_read(m->c->s, at + i * size, big ? (void *)&p64 : &p32, size) != size)
			return false;
		type = big ? p64.p_type : p32.p_type;
		vaddr = big ? p64.p_vaddr : p32.p_vaddr;
		memsz = big ? p64.p_memsz : p32.p_memsz;
		if (type == PT_PHDR)
			bias = at - vaddr;
		if (type == PT_DYNAMIC) {
			dynamic = vaddr;
			*ret_size = memsz;
		}
	}
	*ret = dynamic + bias;
	return dynamic;
}

static uint64_t find_debug(const struct mini *m, uint64_t dynamic, uint64_t size)
{
	for (uint64_t at = dynamic; at < dynamic + size && at < dynamic + 65536; at += 2 * m->word) {
		uint64_t entry[2];

		if (!read_words(m, at, entry, 2) || entry[0] == DT_NULL)
			break;
		if (entry[0] == DT_DEBUG)
			return entry[1];
	}
	return 0;
}

/* link_map: address, name, dynamic section, next */
static struct err *want_modules(struct mini *m)
{
	uint64_t dynamic, size, debug, map[5], next;

	if (!find_dynamic(m, &dynamic, &size))
		return NULL;
	TRY(want(m, dynamic, dynamic + size));
	debug = find_debug(m, dynamic, size);
	if (!debug || !read_words(m, debug, map, 5))
		return NULL;
	TRY(want(m, debug, debug + 5 * m->word));
	next = map[1];
	for (unsigned i = 0; next && i < MODULES_MOST && read_words(m, next, map, 4); i++) {
		TRY(want(m, next, next + 6 * m->word));
		TRY(want(m, map[1], map[1] + BEHIND));
		TRY(want(m, map[2], map[2] + BEHIND));
		next = map[3];
	}
	return NULL;
}

static struct err *want_headers(struct mini *m)
{
	const struct vma_list *l = &m->c->s->vmas;

	for (size_t i = 0; i < l->vmas.n; i++) {
		const struct vma *v = &l->vmas.v[i];

		if (strcmp(v->path, "[vdso]") == 0)
			TRY(want(m, v->start, v->end));
		else if (v->inode && !v->offset && !(v->flags & VMA_SHARED))
			TRY(want(m, v->start, v->start + CORE_PAGE));
	}
	return NULL;
}

/* With --include. */
static struct err *want_asked_for(struct mini *m)
{
	const struct vma_list *l = &m->c->s->vmas;

	for (size_t i = 0; i < l->vmas.n; i++)
		if (content_asked_for(&l->vmas.v[i], &m->c->s->options.content))
			TRY(want(m, l->vmas.v[i].start, l->vmas.v[i].end));
	return NULL;
}

/* --- from ranges to segments ------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	return x->start < y->start ? -1 : x->start > y->start;
}

static struct err *add_ranges(struct mini *m)
{
	struct wanted now = { 0 };

	if (m->ranges.n)
		qsort(m->ranges.v, m->ranges.n, sizeof(*m->ranges.v), by_start);
	for (size_t i = 0; i <= m->ranges.n; i++) {
		const struct wanted *w = i < m->ranges.n ? &m->ranges.v[i] : NULL;
		const struct vma *v = now.end ? vma_find(&m->c->s->vmas, now.start) : NULL;

		if (w && v && w->start <= now.end && w->start < v->end) {
			now.end = w->end > now.end ? w->end : now.end;
			continue;
		}
		if (v)
			TRY(core_add_segment(m->c, v, now.start, now.end, now.end - now.start, snapshot_class(m->c->s, v)));
		now = w ? *w : now;
	}
	return NULL;
}

static struct err *collect(struct mini *m)
{
	struct tasks *t = &m->c->s->tasks;

	TRY(want_headers(m));
	TRY(want_modules(m));
	TRY(want_asked_for(m));
	for (size_t i = 0; i < t->v.n; i++)
		if (t->v.v[i].captured)
			TRY(want_thread(m, &t->v.v[i]));
	return add_ranges(m);
}

struct err *core_add_mini(struct core *c)
{
	struct mini m = { .c = c, .word = c->s->compat ? 4 : 8 };
	struct err *e = collect(&m);

	vec_deinit(&m.ranges);
	return e;
}
