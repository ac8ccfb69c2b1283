/* SPDX-License-Identifier: MIT */
/*
 * !heap of a Windows dump: the heaps of ntdll (os/windows/heap.h), of the half of the
 * process that commands work in. The layouts are WinDbg's where it has the view.
 */
#include "command/heap_windows.h"

#include "base/cancel.h"
#include "os/windows/heap.h"

#include <stdlib.h>
#include <string.h>

static const struct field heap_fields[] = {
	{ "index", FIELD_UINT, "number of the heap in the process's list, from 1" },
	{ "address", FIELD_ADDR, "of its _HEAP" },
	{ "type", FIELD_STR, "NT Heap, Segment Heap" },
	{ "flags", FIELD_HEX, "HEAP_* flags" },
	{ "reserved", FIELD_SIZE, "address space of its segments and large blocks" },
	{ "committed", FIELD_SIZE, "of that" },
	{ "busy", FIELD_SIZE, "bytes of blocks in use, headers included" },
	{ "busy_blocks", FIELD_UINT, "their number" },
	{ "locked", FIELD_BOOL, "a thread was at work in it: what looks broken may be half done" },
	{ "unread", FIELD_SIZE, "bytes that were not walked: not in the dump" },
	{ "trouble", FIELD_STR, "why it was not walked" },
	{ NULL },
};
const struct record nt_heap_record = {
	.kind = "nt_heap",
	.help = "a heap of Windows",
	.fields = heap_fields,
	.text = "{index:3} {address} {type:-12}[ {flags:08}][ {reserved:9} {committed:9} {busy:9} {busy_blocks:8}]"
		"[ locked {locked}][ unread {unread}][ {trouble}]\n",
};

static const struct field sum_fields[] = {
	{ "address", FIELD_ADDR, "of the heap" },
	{ "flags", FIELD_HEX, "HEAP_* flags" },
	{ "reserved", FIELD_UINT, "kB of address space of its segments" },
	{ "committed", FIELD_UINT, "kB of that" },
	{ "free", FIELD_UINT, "kB of free blocks" },
	{ "list_length", FIELD_UINT, "entries of its list of free blocks" },
	{ "uncommitted_ranges", FIELD_UINT, "stretches of its segments that are not committed" },
	{ "virtual_blocks", FIELD_UINT, "blocks in mappings of their own" },
	{ "virtual_size", FIELD_UINT, "kB of them" },
	{ "front_end", FIELD_STR, "LFH, where blocks of it were met" },
	{ "trouble", FIELD_STR, "why it was not walked" },
	{ NULL },
};
const struct record nt_heap_sum_record = {
	.kind = "nt_heap_summary",
	.help = "a heap of Windows in kilobytes",
	.fields = sum_fields,
	.text = "{address}[ {flags:08} {reserved:7} {committed:7} {virtual_size:7} {free:6} {list_length:6} {uncommitted_ranges:5} "
		"{virtual_blocks:6}][   {front_end}][ {trouble}]\n",
};

static const struct field segment_fields[] = {
	{ "heap", FIELD_ADDR, "the segment's heap" },
	{ "segment", FIELD_UINT, "number of the segment in the heap, by address" },
	{ "start", FIELD_ADDR, "of the segment" },
	{ "end", FIELD_ADDR, "of it" },
	{ "committed", FIELD_SIZE, "bytes" },
	{ "virtual", FIELD_BOOL, "a large block, which is no segment" },
	{ "unread", FIELD_SIZE, "bytes that were not walked: not in the dump" },
	{ NULL },
};
const struct record nt_heap_segment_record = {
	.kind = "nt_heap_segment",
	.help = "a stretch of address space of a heap",
	.fields = segment_fields,
	.text = "    Segment{segment:02} at {start:w} to {end:w} ({committed:08} bytes committed)[, {unread:x} bytes not in the dump]"
		"[, one large block: {virtual}]\n",
};

static const struct field entry_fields[] = {
	{ "address", FIELD_ADDR, "of the block's header" },
	{ "previous", FIELD_SIZE, "of the block in front" },
	{ "size", FIELD_SIZE, "header included" },
	{ "flags", FIELD_HEX, "1 busy, 2 extra words, 4 filled, 8 large" },
	{ "state", FIELD_STR, "busy, free, LFH busy, LFH free, virtual, internal, uncommitted, broken" },
	{ "requested", FIELD_SIZE, "what the program asked for" },
	{ NULL },
};
const struct record nt_heap_entry_record = {
	.kind = "nt_heap_entry",
	.help = "a block of a heap",
	.fields = entry_fields,
	.text = "        {address:w}: [{previous:05} . {size:05} \\[{flags:02}\\]][ - {state}][ ({requested})]\n",
};
static const char uncommitted_layout[] = "        {address:w}:      {size:08}      - {state} bytes.\n";

static const struct field found_fields[] = {
	{ "entry", FIELD_ADDR, "the block's header" },
	{ "user", FIELD_ADDR, "the pointer that the program has" },
	{ "heap", FIELD_ADDR, "its heap" },
	{ "segment", FIELD_ADDR, "where the segment begins" },
	{ "size", FIELD_SIZE, "header included" },
	{ "previous", FIELD_SIZE, "of the block in front" },
	{ "unused", FIELD_SIZE, "bytes that were not asked for, header included" },
	{ "flags", FIELD_STR, "its state" },
	{ "offset", FIELD_HEX, "of the address asked for, in the user's memory" },
	{ NULL },
};
const struct record nt_heap_found_record = {
	.kind = "nt_heap_found",
	.help = "the block that holds an address",
	.fields = found_fields,
	.text = "{entry}  {user}  {heap}  {segment}  {size:8}  {previous:8}  {unused:8}  {flags}[ (address is at +0x{offset})]\n",
};

static const struct field class_fields[] = {
	{ "heap", FIELD_ADDR, "the heap" },
	{ "size", FIELD_SIZE, "of the blocks, as asked for" },
	{ "n", FIELD_UINT, "how many are busy" },
	{ "bytes", FIELD_SIZE, "their sum" },
	{ "percent", FIELD_FLOAT, "of all busy bytes of the heap" },
	{ NULL },
};
const struct record nt_heap_class_record = {
	.kind = "nt_heap_class",
	.help = "busy blocks of one size",
	.fields = class_fields,
	.text = "    {size:x} {n:x} - {bytes:x}  ({percent:.5})\n",
};

static const struct field damage_fields[] = {
	{ "damage", FIELD_STR, "kind of damage" },
	{ "heap", FIELD_ADDR, "the heap" },
	{ "block", FIELD_ADDR, "header of the block concerned" },
	{ "place", FIELD_ADDR, "where the wrong bytes are" },
	{ "found", FIELD_HEX, "their value as stored" },
	{ "bytes", FIELD_BYTES, "they as text, where they are text" },
	{ "expected", FIELD_HEX, "what should be there" },
	{ "culprit", FIELD_ADDR, "user's pointer of the block whose user may have written on" },
	{ "passing", FIELD_BOOL, "a thread was at work in the heap: it may be no damage" },
	{ "meaning", FIELD_STR, "in words" },
	{ NULL },
};
const struct record nt_heap_damage_record = {
	.kind = "nt_heap_damage",
	.help = "a place where a heap contradicts itself",
	.fields = damage_fields,
	.text = "{damage}: heap {heap}[ block {block}]\n"
		"  at {place} found {found}[  \"{bytes:A}\"][, expected {expected}]\n"
		"[  written on from the block at {culprit}?\n]  {meaning}"
		"[\n  a thread was at work there, this may be passing: {passing}]\n",
};

struct nt_view {
	const struct nt_heaps *h;
	struct out *o;
};

enum { KB = 1024 };

/* --- lists of heaps ------------------------------------------------------------------ */

static uint64_t busy_of(const uint64_t *of)
{
	return of[NT_BLOCK_BUSY] + of[NT_BLOCK_LFH_BUSY] + of[NT_BLOCK_VIRTUAL];
}

static struct err *emit_heap(const struct nt_view *v, const struct nt_heap *h)
{
	out_begin(v->o, &nt_heap_record);
	out_uint(v->o, "index", h->index + 1);
	out_addr(v->o, "address", h->address);
	out_str(v->o, "type", nt_heap_kind_name(h->kind));
	if (h->trouble) {
		out_str(v->o, "trouble", h->trouble);
		return out_end(v->o);
	}
	out_uint(v->o, "flags", h->flags);
	out_uint(v->o, "reserved", h->reserved);
	out_uint(v->o, "committed", h->committed);
	out_uint(v->o, "busy", busy_of(h->bytes));
	out_uint(v->o, "busy_blocks", busy_of(h->blocks));
	if (h->locked)
		out_bool(v->o, "locked", true);
	if (h->unread)
		out_uint(v->o, "unread", h->unread);
	return out_end(v->o);
}

static struct err *tell_broken(const struct nt_view *v)
{
	return v->h->broken ? out_line(v->o, "*** %s", v->h->broken) : NULL;
}

static struct err *show_list(const struct nt_view *v)
{
	TRY(tell_broken(v));
	TRY(out_heading(v->o, "  # %-*s type         flags     reserved committed      busy   blocks\n",
			out_pointer_width(v->o), "heap"));
	for (size_t i = 0; i < v->h->n_heaps; i++)
		TRY(emit_heap(v, &v->h->heaps[i]));
	return NULL;
}

static struct err *emit_sum(const struct nt_view *v, const struct nt_heap *h)
{
	uint64_t large = h->bytes[NT_BLOCK_VIRTUAL];

	out_begin(v->o, &nt_heap_sum_record);
	out_addr(v->o, "address", h->address);
	if (h->trouble) {
		out_str(v->o, "trouble", h->trouble);
		return out_end(v->o);
	}
	out_uint(v->o, "flags", h->flags);
	out_uint(v->o, "reserved", h->reserved / KB);
	out_uint(v->o, "committed", h->committed / KB);
	out_uint(v->o, "virtual_size", large / KB);
	out_uint(v->o, "free", (h->bytes[NT_BLOCK_FREE] + h->bytes[NT_BLOCK_LFH_FREE]) / KB);
	out_uint(v->o, "list_length", h->listed);
	out_uint(v->o, "uncommitted_ranges", h->n_uncommitted);
	out_uint(v->o, "virtual_blocks", h->n_virtual);
	if (h->has_lfh)
		out_str(v->o, "front_end", "LFH");
	return out_end(v->o);
}

static struct err *show_sums(const struct nt_view *v)
{
	int width = out_pointer_width(v->o);

	TRY(tell_broken(v));
	TRY(out_heading(v->o, "%*s     Flags  Reserv  Commit   Large   Free   List   UCR  Large  Fast\n", width - 4, "Heap"));
	TRY(out_heading(v->o, "%*s              (k)     (k)     (k)    (k) length       blocks  heap\n", width, ""));
	TRY(out_heading(v->o, "%.*s\n", width + 64,
			"----------------------------------------------------------------------------------------"));
	for (size_t i = 0; i < v->h->n_heaps; i++)
		TRY(emit_sum(v, &v->h->heaps[i]));
	return NULL;
}

/* --- blocks -------------------------------------------------------------------------- */

/* Size of the block in front in the same segment; 0: it is the first. */
static uint64_t previous_size(const struct nt_segment *s, const struct nt_heaps *h, const struct nt_block *b)
{
	return b > h->blocks + s->first_block ? b[-1].size : 0;
}

static struct err *emit_entry(const struct nt_view *v, const struct nt_segment *s, const struct nt_block *b)
{
	bool uncommitted = b->state == NT_BLOCK_UNCOMMITTED;

	out_begin_as(v->o, &nt_heap_entry_record, uncommitted ? uncommitted_layout : nt_heap_entry_record.text);
	out_addr(v->o, "address", b->address);
	if (!uncommitted)
		out_uint(v->o, "previous", previous_size(s, v->h, b));
	out_uint(v->o, "size", b->size);
	if (!uncommitted)
		out_uint(v->o, "flags", b->flags);
	out_str(v->o, "state", nt_block_state_name((enum nt_block_state)b->state));
	if (nt_block_is_busy(b))
		out_uint(v->o, "requested", nt_block_requested(v->h, b));
	return out_end(v->o);
}

static struct err *emit_segment(const struct nt_view *v, const struct nt_segment *s, size_t number)
{
	out_begin(v->o, &nt_heap_segment_record);
	out_addr(v->o, "heap", v->h->heaps[s->heap].address);
	out_uint(v->o, "segment", number);
	out_addr(v->o, "start", s->start);
	out_addr(v->o, "end", s->end);
	out_uint(v->o, "committed", s->committed);
	if (s->is_virtual)
		out_bool(v->o, "virtual", true);
	if (s->unread)
		out_uint(v->o, "unread", s->unread);
	return out_end(v->o);
}

static struct err *show_entries_of(const struct nt_view *v, size_t heap)
{
	size_t number = 0;

	TRY(emit_heap(v, &v->h->heaps[heap]));
	for (size_t i = 0; i < v->h->n_segments; i++) {
		const struct nt_segment *s = &v->h->segments[i];

		if (s->heap != heap)
			continue;
		TRY(emit_segment(v, s, number++));
		TRY(out_heading(v->o, "         address: psize . size  flags   state (requested size)\n"));
		for (size_t k = 0; k < s->n_blocks; k++) {
			TRY(cancel_check());
			TRY(emit_entry(v, s, &v->h->blocks[s->first_block + k]));
		}
	}
	return NULL;
}

/* By number, by its address, or by an address in it. */
static struct err *find_heap(const struct nt_view *v, uint64_t which, size_t *ret)
{
	const struct nt_segment *s = nt_segment_at(v->h, which);

	for (size_t i = 0; i < v->h->n_heaps; i++)
		if (v->h->heaps[i].address == which || v->h->heaps[i].index + 1 == which) {
			*ret = i;
			return NULL;
		}
	if (!s)
		return err_new(ERR_NOTFOUND, "no heap 0x%llx: there are %zu", (unsigned long long)which, v->h->n_heaps);
	*ret = s->heap;
	return NULL;
}

/* For each heap, or for the one that was named. */
static struct err *for_heaps(const struct nt_view *v, const uint64_t *which,
			     struct err *(*show)(const struct nt_view *v, size_t heap))
{
	size_t heap;

	if (which) {
		TRY(find_heap(v, *which, &heap));
		return show(v, heap);
	}
	for (size_t i = 0; i < v->h->n_heaps; i++)
		TRY(show(v, i));
	return NULL;
}

static struct err *show_entries(const struct nt_view *v, const uint64_t *which)
{
	return for_heaps(v, which, show_entries_of);
}

static struct err *show_block(const struct nt_view *v, const uint64_t *which)
{
	const struct nt_segment *s = nt_segment_at(v->h, *which);
	const struct nt_block *b = nt_block_at(v->h, *which);
	int width = out_pointer_width(v->o);

	if (!s || !b)
		return err_new(ERR_NOTFOUND, "0x%llx is in no block of a heap", (unsigned long long)*which);
	TRY(out_heading(v->o, "%-*s  %-*s  %-*s  %-*s      Size  PrevSize    Unused  Flags\n", width, "Entry", width, "User",
			width, "Heap", width, "Segment"));
	out_begin(v->o, &nt_heap_found_record);
	out_addr(v->o, "entry", b->address);
	out_addr(v->o, "user", nt_block_user(v->h, b));
	out_addr(v->o, "heap", v->h->heaps[s->heap].address);
	out_addr(v->o, "segment", s->start);
	out_uint(v->o, "size", b->size);
	out_uint(v->o, "previous", previous_size(s, v->h, b));
	out_uint(v->o, "unused", b->unused);
	out_str(v->o, "flags", nt_block_state_name((enum nt_block_state)b->state));
	if (nt_block_is_busy(b) && *which >= nt_block_user(v->h, b))
		out_uint(v->o, "offset", *which - nt_block_user(v->h, b));
	return out_end(v->o);
}

/* --- sizes --------------------------------------------------------------------------- */

struct size_class {
	uint64_t size, n;
};

static int by_size(const void *a, const void *b)
{
	const struct size_class *x = a, *y = b;

	return x->size < y->size ? -1 : x->size > y->size;
}

static int by_bytes(const void *a, const void *b)
{
	const struct size_class *x = a, *y = b;
	uint64_t p = x->size * x->n, q = y->size * y->n;

	return p != q ? (p > q ? -1 : 1) : by_size(a, b);
}

static size_t collect(const struct nt_view *v, size_t heap, struct size_class *c)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < v->h->n_segments; i++)
		for (size_t k = 0; v->h->segments[i].heap == heap && k < v->h->segments[i].n_blocks; k++) {
			const struct nt_block *b = &v->h->blocks[v->h->segments[i].first_block + k];

			if (nt_block_is_busy(b))
				c[n++] = (struct size_class){ nt_block_requested(v->h, b), 1 };
		}
	qsort(c, n, sizeof(*c), by_size);
	for (size_t i = 0; i < n; i++)
		if (kept && c[kept - 1].size == c[i].size)
			c[kept - 1].n++;
		else
			c[kept++] = c[i];
	qsort(c, kept, sizeof(*c), by_bytes);
	return kept;
}

static struct err *show_classes_of(const struct nt_view *v, size_t heap)
{
	const struct nt_heap *h = &v->h->heaps[heap];
	CLEANUP(freep) struct size_class *c = calloc(busy_of(h->blocks) + 1, sizeof(*c));
	uint64_t total = 0;
	size_t n;

	if (!c)
		return err_nomem();
	if (h->trouble)
		return NULL;
	n = collect(v, heap, c);
	for (size_t i = 0; i < n; i++)
		total += c[i].size * c[i].n;
	TRY(out_heading(v->o, " heap @ %llx\ngroup-by: TOTSIZE\n    size     #blocks     total     ( %%) (percent of total busy bytes)\n",
			(unsigned long long)h->address));
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		out_begin(v->o, &nt_heap_class_record);
		out_addr(v->o, "heap", h->address);
		out_uint(v->o, "size", c[i].size);
		out_uint(v->o, "n", c[i].n);
		out_uint(v->o, "bytes", c[i].size * c[i].n);
		out_float(v->o, "percent", total ? 100.0 * (double)(c[i].size * c[i].n) / (double)total : 0);
		TRY(out_end(v->o));
	}
	return NULL;
}

static struct err *show_classes(const struct nt_view *v, const uint64_t *which)
{
	return for_heaps(v, which, show_classes_of);
}

/* --- damage -------------------------------------------------------------------------- */

static void emit_text(const struct nt_view *v, const struct nt_damage *d)
{
	uint8_t bytes[8];
	bool printable = true;

	for (unsigned i = 0; i < d->size; i++) {
		bytes[i] = (uint8_t)(d->found >> 8 * i);
		printable = printable && bytes[i] >= 0x20 && bytes[i] < 0x7f;
	}
	if (printable)
		out_bytes(v->o, "bytes", bytes, d->size);
}

static struct err *emit_damage(const struct nt_view *v, const struct nt_damage *d)
{
	out_begin(v->o, &nt_heap_damage_record);
	out_str(v->o, "damage", nt_damage_name(d->kind));
	out_addr(v->o, "heap", v->h->heaps[d->heap].address);
	if (d->block)
		out_addr(v->o, "block", d->block);
	out_addr(v->o, "place", d->place);
	out_uint(v->o, "found", d->found);
	emit_text(v, d);
	if (d->has_expected)
		out_uint(v->o, "expected", d->expected);
	if (d->culprit)
		out_addr(v->o, "culprit", d->culprit + v->h->header);
	if (d->passing)
		out_bool(v->o, "passing", true);
	out_str(v->o, "meaning", nt_damage_meaning(d->kind));
	return out_end(v->o);
}

static struct err *show_damage(const struct nt_view *v, const uint64_t *which)
{
	size_t heap = 0;
	uint64_t shown = 0;

	if (which)
		TRY(find_heap(v, *which, &heap));
	else
		TRY(show_list(v));
	for (size_t i = 0; i < v->h->n_damages; i++) {
		if (which && v->h->damages[i].heap != heap)
			continue;
		shown++;
		TRY(emit_damage(v, &v->h->damages[i]));
	}
	if (!shown)
		return out_heading(v->o, "no damage found\n");
	if (v->h->damages_seen > v->h->n_damages)
		return out_heading(v->o, "the first %zu of %llu\n", v->h->n_damages, (unsigned long long)v->h->damages_seen);
	return NULL;
}

/* ------------------------------------------------------------------------------------- */

static const struct option {
	const char *word;
	struct err *(*show)(const struct nt_view *v);
	struct err *(*show_at)(const struct nt_view *v, const uint64_t *which);
	bool needs_address;
} options[] = {
	{ "", show_list, NULL, false },	       { "-s", show_sums, NULL, false },    { "-a", NULL, show_entries, false },
	{ "-h", NULL, show_entries, false },   { "-x", NULL, show_block, true },    { "-stat", NULL, show_classes, false },
	{ "-v", NULL, show_damage, false },
};

static struct err *find_option(const struct args *args, const char *word, const struct option **ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (strcmp(options[i].word, word) == 0) {
			*ret = &options[i];
			return NULL;
		}
	return usage_error(args, "no option '%s' for a Windows dump", word);
}

struct err *heap_windows_run(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(nt_heaps_destroyp) struct nt_heaps *h = NULL;
	const struct option *option = NULL;
	const char *p = args->tail;
	struct nt_view v = { .o = o };
	char *word = NULL;
	uint64_t which = 0;
	bool given;

	TRY(word_parse(args->arena, &p, &word));
	TRY(find_option(args, word ? word : "", &option));
	/* !heap -stat -h ADDRESS is how WinDbg has it */
	if (option->show_at == show_classes && str_starts(p, "-h"))
		p = str_skip_space(p + 2);
	given = option->show_at && expr_ahead(p);
	if (given || option->needs_address)
		TRY(expr_parse(s, &p, &which));
	TRY(end_parse(args, p));
	TRY(nt_heaps_of_target(session_target(s), session_half(s), &h));
	v.h = h;
	return option->show ? option->show(&v) : option->show_at(&v, given || option->needs_address ? &which : NULL);
}
