/* SPDX-License-Identifier: MIT */
/*
 * Mark and sweep: see reach.h.
 *
 * Nearly every word of memory is no pointer into a heap: a comparison with the
 * lowest and highest address and one bit of a table that stays in the cache
 * reject it. For the others the blocks are in clusters, each with a bit for each
 * place where a block can begin and for each word of these the number of blocks below
 * it: the number of bits up to a place tells its block without a look at the blocks.
 *
 * What passes waits until there is a round of them, as the tables of a large heap are
 * in no cache either.
 *
 * Each word is scanned once in marking: a block that is reached by its inside
 * alone is put aside, and only when all that is surely reached is known do the
 * blocks that are still aside pass on what they point to.
 */
#include "target/reach.h"

#include "base/cancel.h"
#include "base/vec.h"
#include "memory/window.h"

enum {
	PAGE_SHIFT = 12,
	MIN_UNIT_SHIFT = 3,	/* of the distance of places where blocks can begin */
	MAX_UNIT_SHIFT = 4,
	WORD_BITS = 64,
	GRANULE_SHIFT = 20,
	FILTER_BITS = 1 << 20,
	CLUSTER_GAP = 1 << 20,
	PAGE_BYTES = 96,	/* of a cluster's tables for a page, with the least distance */
	SCAN_STEP = 1 << 20,	/* bytes between two looks at cancellation */
	BLOCKS_BETWEEN_LOOKS = 4096,
	ASIDE = 1,		/* while marking: reached by the inside alone, not scanned yet */
};

struct cluster {
	uint64_t start, end;	/* start: of a page */
	uint32_t first;		/* of its blocks */
	uint64_t *starts;	/* a bit for each unit: a block begins there */
	uint32_t *below;	/* for each word of them: blocks that begin below its first bit */
};

/* A word that may be a pointer, and what it turns out to point to. */
struct pending {
	uint64_t v;
	const struct cluster *cluster;
	uint32_t block;
	bool start;
};

struct marker {
	const struct reach_input *in;
	struct reach_result result;
	uint64_t *filter;
	uint64_t low, high;
	unsigned unit_shift;	/* 8 or 16 bytes: what all blocks are multiples of */
	uint64_t table_bytes;	/* of clusters */
	VEC(struct cluster) clusters;
	VEC(uint32_t) stack;	/* reached, not scanned yet */
	struct pending pending[64];
	unsigned n_pending;
	struct window window;
	uint8_t found_start, found_inside; /* state given to what a word points to */
	bool failed;			   /* memory is out */
};

static void marker_deinit(struct marker *m)
{
	for (size_t i = 0; i < m->clusters.n; i++) {
		free(m->clusters.v[i].below);
		free(m->clusters.v[i].starts);
	}
	vec_deinit(&m->clusters);
	vec_deinit(&m->stack);
	window_deinit(&m->window);
	free(m->filter);
	reach_deinit(&m->result);
}

void reach_deinit(struct reach_result *r)
{
	free(r->states);
	r->states = NULL;
}

static void add_to_filter(struct marker *m, uint64_t start, uint64_t end)
{
	uint64_t first = start >> GRANULE_SHIFT, n = ((end - 1) >> GRANULE_SHIFT) - first + 1;

	for (uint64_t i = 0; i < n && i < FILTER_BITS; i++)
		m->filter[(first + i) % FILTER_BITS / 64] |= (uint64_t)1 << (first + i) % 64;
}

static bool fill_cluster(const struct reach_block *b, unsigned shift, size_t first, size_t last, struct cluster *c)
{
	size_t n = (size_t)((c->end - 1 - c->start) >> shift) / WORD_BITS + 1, word = 0;

	c->below = calloc(n, sizeof(*c->below));
	c->starts = calloc(n, sizeof(*c->starts));
	if (!c->below || !c->starts)
		return false;
	for (size_t i = first; i <= last; i++) {
		uint64_t unit = (b[i].address - c->start) >> shift;

		while (word < unit / WORD_BITS)
			c->below[++word] = (uint32_t)(i - first);
		c->starts[word] |= (uint64_t)1 << unit % WORD_BITS;
	}
	while (++word < n)
		c->below[word] = (uint32_t)(last - first + 1);
	return true;
}

static struct err *add_cluster(struct marker *m, size_t first, size_t last)
{
	const struct reach_block *b = m->in->blocks;
	struct cluster c = { .start = b[first].address >> PAGE_SHIFT << PAGE_SHIFT,
			     .end = b[last].address + b[last].size, .first = (uint32_t)first };

	m->table_bytes += (((c.end - c.start) >> PAGE_SHIFT) + 1) * PAGE_BYTES >> (m->unit_shift - MIN_UNIT_SHIFT);
	TRY(budget_memory(m->in->budget, m->table_bytes + m->in->n_blocks * REACH_BLOCK_BYTES));
	if (fill_cluster(b, m->unit_shift, first, last, &c) && vec_push(&m->clusters, c)) {
		add_to_filter(m, c.start, c.end);
		return NULL;
	}
	free(c.below);
	free(c.starts);
	return err_nomem();
}

static unsigned unit_shift_of(const struct reach_input *in)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < in->n_blocks; i++)
		bits |= in->blocks[i].address;
	return bits % (1 << MAX_UNIT_SHIFT) ? MIN_UNIT_SHIFT : MAX_UNIT_SHIFT;
}

static struct err *index_blocks(struct marker *m)
{
	const struct reach_block *b = m->in->blocks;
	size_t n = m->in->n_blocks, first = 0;

	m->unit_shift = unit_shift_of(m->in);
	for (size_t i = 0; i < n; i++) {
		if (!b[i].size || b[i].address + b[i].size < b[i].address ||
		    b[i].address % (1 << MIN_UNIT_SHIFT) || (i && b[i - 1].address + b[i - 1].size > b[i].address))
			return err_new(ERR_CORRUPT, "blocks to mark are not in order or place at 0x%llx",
				       (unsigned long long)b[i].address);
		if (i + 1 < n && b[i + 1].address - b[i].address - b[i].size < CLUSTER_GAP)
			continue;
		TRY(add_cluster(m, first, i));
		first = i + 1;
	}
	m->low = n ? b[0].address : 0;
	m->high = n ? b[n - 1].address + b[n - 1].size : 0;
	return NULL;
}

static const struct cluster *cluster_at(const struct marker *m, uint64_t v)
{
	size_t low = 0, high = m->clusters.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (m->clusters.v[mid].end <= v)
			low = mid + 1;
		else
			high = mid;
	}
	return low < m->clusters.n && m->clusters.v[low].start <= v ? &m->clusters.v[low] : NULL;
}

/* The usual sum in parallel: the baseline of x64 has no instruction for it, and this is
 * the innermost loop. */
static inline uint32_t count_bits(uint64_t v)
{
	const uint64_t ones = UINT64_MAX / 255;

	v -= v >> 1 & ones * 0x55;
	v = (v & ones * 0x33) + (v >> 2 & ones * 0x33);
	v = (v + (v >> 4)) & ones * 0x0f;
	return (uint32_t)(v * ones >> 56);
}

/* The block of the cluster that v lies in, and whether it begins there; false: in none. */
static bool block_at(const struct marker *m, const struct cluster *c, uint64_t v, uint32_t *ret,
		     bool *ret_start)
{
	const struct reach_block *b;
	uint64_t unit, up_to;
	uint32_t n;

	unit = (v - c->start) >> m->unit_shift;
	up_to = c->starts[unit / WORD_BITS] & UINT64_MAX >> (WORD_BITS - 1 - unit % WORD_BITS);
	n = c->below[unit / WORD_BITS] + count_bits(up_to);
	if (!n)
		return false;
	*ret = c->first + n - 1;
	*ret_start = up_to >> unit % WORD_BITS && v % ((uint64_t)1 << m->unit_shift) == 0;
	b = &m->in->blocks[*ret];
	return *ret_start || v - b->address < b->size;
}

static void found(struct marker *m, uint32_t i, bool start)
{
	uint8_t *state = &m->result.states[i];

	if (start && *state < m->found_start) {
		*state = m->found_start;
		__builtin_prefetch(&m->in->blocks[i]);
		if (!vec_push(&m->stack, i))
			m->failed = true;
	} else if (*state < m->found_inside) {
		*state = m->found_inside;
		if (m->found_inside != ASIDE && !vec_push(&m->stack, i))
			m->failed = true;
	}
}

/* In rounds over all that wait, so that memory is fetched for many at once: each
 * pointer leads to another place, which is in no cache. */
static void flush(struct marker *m)
{
	struct pending *p = m->pending;
	unsigned n = m->n_pending, kept = 0;

	m->n_pending = 0;
	for (unsigned i = 0; i < n; i++) {
		uint64_t word = (p[i].v - p[i].cluster->start) >> m->unit_shift;

		__builtin_prefetch(&p[i].cluster->starts[word / WORD_BITS]);
		__builtin_prefetch(&p[i].cluster->below[word / WORD_BITS]);
	}
	for (unsigned i = 0; i < n; i++)
		if (block_at(m, p[i].cluster, p[i].v, &p[kept].block, &p[kept].start))
			__builtin_prefetch(&m->result.states[p[kept++].block]);
	for (unsigned i = 0; i < kept; i++)
		found(m, p[i].block, p[i].start);
}

static void keep(struct marker *m, uint64_t v)
{
	const struct cluster *c = cluster_at(m, v);

	if (!c)
		return;
	m->pending[m->n_pending++] = (struct pending){ .v = v, .cluster = c };
	if (m->n_pending == ARRAY_SIZE(m->pending))
		flush(m);
}

static inline void look_at(struct marker *m, uint64_t v)
{
	uint64_t g = v >> GRANULE_SHIFT;

	if (v - m->low < m->high - m->low && m->filter[g % FILTER_BITS / 64] >> g % 64 & 1)
		keep(m, v);
}

static void scan_bytes(struct marker *m, const uint8_t *p, size_t n)
{
	if (m->in->pointer_size == 8)
		for (size_t i = 0; i + 8 <= n; i += 8)
			look_at(m, window_word(p + i, 8));
	else
		for (size_t i = 0; i + 4 <= n; i += 4)
			look_at(m, window_word(p + i, 4));
}

/* Scans what of [start, end) is there. */
static struct err *scan(struct marker *m, uint64_t start, uint64_t end, uint64_t *scanned)
{
	uint64_t word = m->in->pointer_size, at = (start + word - 1) & ~(word - 1), next;

	while (at < end && end - at >= word) {
		size_t n;
		const uint8_t *p = window_at(&m->window, at, &n);

		if (p && n >= word) {
			n = n < SCAN_STEP ? n : SCAN_STEP;
			n = n < end - at ? n : (size_t)(end - at);
			if (!window_is_zero(&m->window))
				scan_bytes(m, p, n);
			*scanned += n;
			at += n & ~(size_t)(word - 1);
		} else {
			if (!window_next(&m->window, at + word, &next) || next > end)
				next = end;
			next = (next + word - 1) & ~(word - 1);
			m->result.absent_bytes += next - at;
			at = next;
		}
		if (end - start > SCAN_STEP)
			TRY(budget_check(m->in->budget));
	}
	return m->failed ? err_nomem() : NULL;
}

/* Fetches the start of a block whose turn comes soon. */
static void fetch_ahead(const struct marker *m)
{
	enum { AHEAD = 8 };
	const struct reach_block *b;

	if (m->stack.n <= AHEAD)
		return;
	b = &m->in->blocks[m->stack.v[m->stack.n - AHEAD]];
	if (b->address - m->window.base < m->window.size)
		__builtin_prefetch(m->window.data + (b->address - m->window.base));
}

/* Until nothing waits: neither words nor blocks. */
static struct err *drain(struct marker *m)
{
	unsigned turns = 0;

	for (;;) {
		const struct reach_block *b;

		if (!m->stack.n)
			flush(m);
		if (!m->stack.n)
			return m->failed ? err_nomem() : NULL;
		fetch_ahead(m);
		b = &m->in->blocks[m->stack.v[--m->stack.n]];
		TRY(scan(m, b->address, b->address + b->size, &m->result.block_bytes));
		if (++turns % BLOCKS_BETWEEN_LOOKS == 0)
			TRY(budget_check(m->in->budget));
	}
}

static struct err *mark_reached(struct marker *m)
{
	const struct reach_input *in = m->in;

	m->found_start = REACH_REACHED;
	m->found_inside = ASIDE;
	for (size_t i = 0; i < in->n_words; i++)
		look_at(m, in->words[i]);
	for (size_t i = 0; i < in->n_roots; i++) {
		TRY(scan(m, in->roots[i].start, in->roots[i].end, &m->result.root_bytes));
		progress_report("marking", i + 1, in->n_roots);
	}
	return drain(m);
}

static struct err *mark_possible(struct marker *m)
{
	m->found_start = m->found_inside = REACH_POSSIBLE;
	for (size_t i = 0; i < m->in->n_blocks; i++)
		if (m->result.states[i] == ASIDE) {
			m->result.states[i] = REACH_POSSIBLE;
			if (!vec_push(&m->stack, (uint32_t)i))
				return err_nomem();
		}
	return drain(m);
}

/*
 * Of the lost ones: what another lost block points to is lost with it. A block
 * that is still "lost" when its turn comes passes on; of a ring that nothing
 * points to its first block stands for all, as no other can.
 */
static struct err *sort_lost(struct marker *m)
{
	uint8_t *s = m->result.states;

	m->found_start = m->found_inside = REACH_LOST_INDIRECT;
	for (size_t i = 0; i < m->in->n_blocks; i++) {
		const struct reach_block *b = &m->in->blocks[i];

		if (i % BLOCKS_BETWEEN_LOOKS == 0)
			TRY(budget_check(m->in->budget));
		if (s[i] != REACH_LOST)
			continue;
		/* not found by a pointer to itself */
		s[i] = REACH_REACHED;
		TRY(scan(m, b->address, b->address + b->size, &m->result.block_bytes));
		TRY(drain(m));
		s[i] = REACH_LOST;
	}
	return NULL;
}

static struct err *mark(struct marker *m)
{
	TRY(index_blocks(m));
	TRY(mark_reached(m));
	TRY(mark_possible(m));
	return sort_lost(m);
}

struct err *reach_mark(const struct reach_input *in, struct reach_result *ret)
{
	struct marker m = { .in = in };
	struct err *e;

	if (in->n_blocks >= UINT32_MAX)
		return err_new(ERR_UNSUPPORTED, "%zu blocks are too many to mark", in->n_blocks);
	m.filter = calloc(FILTER_BITS / 64, sizeof(*m.filter));
	m.result.states = calloc(in->n_blocks + 1, 1);
	window_init(&m.window, in->space);
	e = m.filter && m.result.states ? mark(&m) : err_nomem();
	if (!e) {
		*ret = m.result;
		m.result.states = NULL;
	}
	marker_deinit(&m);
	return e;
}
