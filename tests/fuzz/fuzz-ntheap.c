/* SPDX-License-Identifier: MIT */
/*
 * Windows heaps in hostile memory: the first byte of the input says 32 or 64 bit, the
 * rest is memory from 0x500000 on, in which there are to be heaps at its start and
 * at its middle. The walk must end, and what it yields be in order and consistent.
 */
#include "os/windows/heap.h"
#include "symbol/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct err *type_of(void *arg, const char *name, struct type_ref *ret)
{
	struct provider *pack = arg;

	return pack->ops->type_named(pack, name, ret);
}

/* Once for each width. */
static const struct nt_heap_layout *layout_for(unsigned pointer_size)
{
	static struct nt_heap_layout layouts[2];
	static bool known[2];
	unsigned i = pointer_size / 8;
	struct provider *pack;

	if (known[i])
		return &layouts[i];
	if (err_ignore(pack_open("pack", pack_windows, pointer_size, &pack)) ||
	    err_ignore(nt_heap_layout_find(type_of, pack, pointer_size, &layouts[i])) || !layouts[i].has_lfh)
		abort();
	provider_unref(pack);
	known[i] = true;
	return &layouts[i];
}

static void check_segment(const struct nt_heaps *h, const struct nt_segment *s)
{
	if (s->start >= s->end || s->first_block + s->n_blocks > h->n_blocks || s->heap >= h->n_heaps)
		abort();
	for (size_t k = 0; k < s->n_blocks; k++) {
		const struct nt_block *b = &h->blocks[s->first_block + k];

		if (!b->size || b->address < s->start || b->address + b->size > s->end || nt_block_at(h, b->address) != b ||
		    nt_block_requested(h, b) > b->size || (k && b[-1].address + b[-1].size != b->address))
			abort();
	}
}

static void check(const struct nt_heaps *h)
{
	for (size_t i = 0; i < h->n_segments; i++) {
		if (i && h->segments[i - 1].end > h->segments[i].start)
			abort();
		check_segment(h, &h->segments[i]);
	}
	for (size_t i = 0; i < h->n_damages; i++)
		if (h->damages[i].heap >= h->n_heaps || !nt_damage_name(h->damages[i].kind) || h->damages[i].size > 8)
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum { BASE = 0x500000 };
	CLEANUP(source_destroyp) struct source *src = NULL;
	CLEANUP(space_destroyp) struct space *s = NULL;
	const uint64_t heaps[] = { BASE, BASE + size / 2 / 16 * 16 };
	struct nt_heap_input in = { .heaps = heaps, .n_heaps = ARRAY_SIZE(heaps) };
	struct nt_heaps *h = NULL;

	if (size < 2)
		return 0;
	in.layout = layout_for(data[0] & 1 ? 8 : 4);
	if (err_ignore(source_from_memory("heap", data + 1, size - 1, &src)) || err_ignore(space_create(&s)))
		return 0;
	if (err_ignore(space_add(s, &(struct space_range){ BASE, size - 1, src, 0, SPACE_DUMP, 0 }, 1)))
		return 0;
	in.space = s;
	if (!err_ignore(nt_heaps_read(&in, &h)))
		check(h);
	nt_heaps_destroy(h);
	return 0;
}
