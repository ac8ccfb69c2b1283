/* SPDX-License-Identifier: MIT */
/*
 * !heap: glibc's malloc of a Linux process. The facts are those of
 * os/linux/malloc.h; each option is a view of them. Windows: heap_windows.c.
 */
#include "command/heap_windows.h"

#include "base/cancel.h"
#include "os/linux/malloc.h"

#include <stdlib.h>
#include <string.h>

static const struct field heap_fields[] = {
	{ "known_by", FIELD_STR, "how the structures of malloc are known" },
	{ "links", FIELD_STR, "how free lists hold pointers: plain, safe-linked, or not seen" },
	{ "arenas", FIELD_UINT, "how many there are" },
	{ "chunks", FIELD_UINT, "of all arenas, and those mapped on their own" },
	{ "tcaches", FIELD_UINT, "threads' caches that were found" },
	{ "mapped", FIELD_UINT, "chunks in mappings of their own" },
	{ "mapped_bytes", FIELD_SIZE, "their sizes" },
	{ "mapped_counted", FIELD_UINT, "how many malloc itself counts" },
	{ "damages", FIELD_UINT, "damages found; -v lists them" },
	{ NULL },
};
static const struct record heap_record = {
	.kind = "heap",
	.help = "the heap as a whole",
	.fields = heap_fields,
	.text = "glibc malloc, known by {known_by}; free lists: {links}\n"
		"{arenas} arenas, {chunks} chunks, {tcaches} tcaches; {mapped} mapped chunks, {mapped_bytes:S}"
		"[ (malloc counts {mapped_counted})]\n[{damages} damages: !heap -v\n]",
};

static const struct field doubt_fields[] = {
	{ "doubt", FIELD_STR, "what is not certain" },
	{ NULL },
};
static const struct record doubt_record = {
	.kind = "heap_doubt", .help = "what is not certain", .fields = doubt_fields, .text = "*** {doubt}\n",
};

static const struct field arena_fields[] = {
	{ "arena", FIELD_UINT, "number of the arena, 0 the main one" },
	{ "address", FIELD_ADDR, "of its struct malloc_state" },
	{ "system", FIELD_SIZE, "bytes it has from the system, as malloc counts" },
	{ "in_use", FIELD_SIZE, "bytes of chunks in use, headers included" },
	{ "chunks_in_use", FIELD_UINT, "their number" },
	{ "tcache", FIELD_SIZE, "bytes of free chunks in threads' caches" },
	{ "fast", FIELD_SIZE, "bytes of free chunks in fastbins" },
	{ "bins", FIELD_SIZE, "bytes of free chunks in the unsorted, small and large bins" },
	{ "chunks_free", FIELD_UINT, "number of all free chunks but top" },
	{ "top", FIELD_SIZE, "bytes of the top chunk" },
	{ "unknown", FIELD_SIZE, "bytes of chunks whose header is broken" },
	{ "locked", FIELD_BOOL, "a thread was at work in it: lists may be half changed" },
	{ NULL },
};
static const struct record arena_record = {
	.kind = "heap_arena",
	.help = "an arena",
	.fields = arena_fields,
	.text = "{arena:3} {address} {system:9} {in_use:9} {chunks_in_use:8} {tcache:8} {fast:8} {bins:8} "
		"{chunks_free:7} {top:8}[ locked {locked}][ broken {unknown}]\n",
};

static const struct field class_fields[] = {
	{ "size", FIELD_SIZE, "of the chunks, headers included" },
	{ "n", FIELD_UINT, "how many are in use" },
	{ "bytes", FIELD_SIZE, "their sum" },
	{ "percent", FIELD_FLOAT, "of all bytes in use" },
	{ "free", FIELD_UINT, "how many are free" },
	{ "free_bytes", FIELD_SIZE, "their sum" },
	{ NULL },
};
static const struct record class_record = {
	.kind = "heap_class",
	.help = "chunks of one size",
	.fields = class_fields,
	.text = "{size:10} {n:10} {bytes:12} {percent:7.5} {free:10} {free_bytes:12}\n",
};

static const struct field chunk_fields[] = {
	{ "address", FIELD_ADDR, "of the chunk's header" },
	{ "user", FIELD_ADDR, "the pointer that malloc returned" },
	{ "size", FIELD_SIZE, "header included" },
	{ "state", FIELD_STR, "in use, or in which kind of free list" },
	{ "bin", FIELD_UINT, "number of the list" },
	{ "arena", FIELD_UINT, "number of the arena; absent: a mapping of its own" },
	{ "last_remainder", FIELD_BOOL, "what was left when a chunk was split for the last small request" },
	{ "offset", FIELD_HEX, "of the address asked for in the user's memory" },
	{ NULL },
};
static const struct record chunk_record = {
	.kind = "heap_chunk",
	.help = "a chunk",
	.fields = chunk_fields,
	.text = "{address} {user} {size:10} [{arena:5}] {state}[ {bin}][ last remainder {last_remainder}]"
		"[ (address is at +0x{offset})]\n",
};
static const char mapped_layout[] = "{address} {user} {size:10}       {state}[ (address is at +0x{offset})]\n";

static const struct field damage_fields[] = {
	{ "damage", FIELD_STR, "kind of damage" },
	{ "chunk", FIELD_ADDR, "header of the chunk concerned" },
	{ "place", FIELD_ADDR, "where the wrong value is" },
	{ "found", FIELD_ADDR, "the value" },
	{ "bytes", FIELD_BYTES, "the value as it lies in memory" },
	{ "expected", FIELD_ADDR, "what should be there" },
	{ "leads_to", FIELD_ADDR, "the chunk that a link means, where there is none" },
	{ "list", FIELD_STR, "kind of the free list" },
	{ "bin", FIELD_UINT, "number of the list" },
	{ "arena", FIELD_UINT, "number of the arena" },
	{ "tcache", FIELD_ADDR, "of the thread's cache" },
	{ "culprit", FIELD_ADDR, "user's pointer of the chunk in front, whose user may have written on" },
	{ "passing", FIELD_BOOL, "a thread was at work there: it may be no damage" },
	{ "meaning", FIELD_STR, "in words" },
	{ NULL },
};
static const struct record damage_record = {
	.kind = "heap_damage",
	.help = "a place where the structures of malloc contradict themselves",
	.fields = damage_fields,
	.text = "{damage}:[ chunk {chunk}][ in {list} {bin}][ of tcache {tcache}]\n"
		"  at {place} found {found}[  \"{bytes:A}\"][, expected {expected}][, leads to {leads_to}]\n"
		"[  written on from the block at {culprit}?\n]  {meaning}"
		"[\n  a thread was at work there, this may be passing: {passing}]\n",
};

static const struct field leak_fields[] = {
	{ "state", FIELD_STR, "lost: nothing points to them; indirectly: only lost blocks do" },
	{ "size", FIELD_SIZE, "of each chunk, header included" },
	{ "n", FIELD_UINT, "how many" },
	{ "bytes", FIELD_SIZE, "their sum" },
	{ "example", FIELD_ADDR, "user's pointer of the first of them" },
	{ "object", FIELD_SYM, "what their first word points to in a module: a vtable" },
	{ NULL },
};
static const struct record leak_record = {
	.kind = "heap_leak",
	.help = "blocks of one size that nothing in the process reaches",
	.fields = leak_fields,
	.text = "{state:-11} {n:8} x {size:8} = {bytes:10}  {example}[  {object}]\n",
};

static const struct field leaks_fields[] = {
	{ "reached", FIELD_UINT, "blocks that a chain of pointers to starts of blocks leads to" },
	{ "reached_bytes", FIELD_SIZE, "their sizes" },
	{ "possibly", FIELD_UINT, "blocks reached only by way of pointers to the inside" },
	{ "possibly_bytes", FIELD_SIZE, "their sizes" },
	{ "lost", FIELD_UINT, "blocks that nothing points to" },
	{ "lost_bytes", FIELD_SIZE, "their sizes" },
	{ "indirectly", FIELD_UINT, "blocks that only lost blocks point to" },
	{ "indirectly_bytes", FIELD_SIZE, "their sizes" },
	{ "scanned", FIELD_SIZE, "bytes of roots and blocks that were looked through" },
	{ "absent", FIELD_SIZE, "bytes of them that are not in the dump: more may be reached from there" },
	{ NULL },
};
static const struct record leaks_record = {
	.kind = "heap_leaks",
	.help = "sums of the search for lost blocks",
	.fields = leaks_fields,
	.text = "reached {reached} blocks, {reached_bytes:S}; by inside pointers only {possibly}, {possibly_bytes:S}\n"
		"lost {lost} blocks, {lost_bytes:S}; indirectly {indirectly}, {indirectly_bytes:S}\n"
		"[*** {absent:S} that may hold pointers are not in the dump: what is lost is not certain\n]",
};

struct heap_view {
	struct session *s;
	const struct malloc_heap *h;
	struct out *o;
};

/* --- summary --------------------------------------------------------------------- */

static uint64_t sum_of(const uint64_t *of, bool (*wanted)(enum malloc_chunk_state))
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < N_CHUNK_STATES; i++)
		if (wanted((enum malloc_chunk_state)i))
			sum += of[i];
	return sum;
}

static bool is_used(enum malloc_chunk_state s)
{
	return s == CHUNK_IN_USE || s == CHUNK_OWN;
}

static bool is_binned(enum malloc_chunk_state s)
{
	return malloc_state_is_free(s) && s != CHUNK_TCACHE && s != CHUNK_FAST;
}

static struct err *emit_arena(const struct heap_view *v, size_t i)
{
	const struct malloc_arena *a = &v->h->arenas[i];

	out_begin(v->o, &arena_record);
	out_uint(v->o, "arena", i);
	out_addr(v->o, "address", a->address);
	out_uint(v->o, "system", a->system);
	out_uint(v->o, "in_use", sum_of(a->bytes, is_used));
	out_uint(v->o, "chunks_in_use", sum_of(a->chunks, is_used));
	out_uint(v->o, "tcache", a->bytes[CHUNK_TCACHE]);
	out_uint(v->o, "fast", a->bytes[CHUNK_FAST]);
	out_uint(v->o, "bins", sum_of(a->bytes, is_binned));
	out_uint(v->o, "chunks_free", sum_of(a->chunks, malloc_state_is_free));
	out_uint(v->o, "top", a->bytes[CHUNK_TOP]);
	if (a->bytes[CHUNK_UNKNOWN])
		out_uint(v->o, "unknown", a->bytes[CHUNK_UNKNOWN]);
	if (a->locked)
		out_bool(v->o, "locked", true);
	return out_end(v->o);
}

static struct err *emit_doubts(const struct heap_view *v)
{
	for (size_t i = 0; i < v->h->n_doubts; i++) {
		out_begin(v->o, &doubt_record);
		out_str(v->o, "doubt", v->h->doubts[i]);
		TRY(out_end(v->o));
	}
	return NULL;
}

static struct err *emit_heap(const struct heap_view *v)
{
	static const char *const links[] = { "none seen", "plain", "safe-linked" };
	uint64_t mapped = 0, bytes = 0;

	for (size_t i = 0; i < v->h->n_segments; i++)
		if (v->h->segments[i].arena == MALLOC_NO_ARENA) {
			mapped++;
			bytes += v->h->segments[i].end - v->h->segments[i].base;
		}
	out_begin(v->o, &heap_record);
	out_str(v->o, "known_by", v->h->known_by);
	out_str(v->o, "links", links[v->h->links]);
	out_uint(v->o, "arenas", v->h->n_arenas);
	out_uint(v->o, "chunks", v->h->n_chunks);
	out_uint(v->o, "tcaches", v->h->n_tcaches);
	out_uint(v->o, "mapped", mapped);
	out_uint(v->o, "mapped_bytes", bytes);
	if (v->h->has_mmap_count)
		out_uint(v->o, "mapped_counted", v->h->mmap_count);
	if (v->h->damages_seen)
		out_uint(v->o, "damages", v->h->damages_seen);
	return out_end(v->o);
}

static struct err *show_summary(const struct heap_view *v)
{
	TRY(emit_heap(v));
	TRY(emit_doubts(v));
	TRY(out_heading(v->o, "\n  # %-*s    system    in use   blocks   tcache     fast     bins    free      top\n",
			out_pointer_width(v->o), "arena"));
	for (size_t i = 0; i < v->h->n_arenas; i++)
		TRY(emit_arena(v, i));
	return NULL;
}

/* --- chunks ---------------------------------------------------------------------- */

static bool has_bin(enum malloc_chunk_state s)
{
	return malloc_state_is_free(s) && s != CHUNK_UNLISTED;
}

static struct err *emit_chunk(const struct heap_view *v, const struct malloc_segment *seg,
			      const struct malloc_chunk *c, const uint64_t *asked)
{
	enum malloc_chunk_state state = (enum malloc_chunk_state)c->state;
	bool mapped = seg->arena == MALLOC_NO_ARENA;

	out_begin_as(v->o, &chunk_record, mapped ? mapped_layout : chunk_record.text);
	out_addr(v->o, "address", c->address);
	out_addr(v->o, "user", malloc_user(v->h, c));
	out_uint(v->o, "size", c->size);
	out_str(v->o, "state", malloc_state_name(state));
	if (has_bin(state))
		out_uint(v->o, "bin", c->bin);
	if (!mapped) {
		out_uint(v->o, "arena", seg->arena);
		if (v->h->arenas[seg->arena].last_remainder == c->address && is_binned(state))
			out_bool(v->o, "last_remainder", true);
	}
	if (asked && *asked >= malloc_user(v->h, c))
		out_uint(v->o, "offset", *asked - malloc_user(v->h, c));
	return out_end(v->o);
}

static struct err *chunk_heading(const struct heap_view *v)
{
	int width = out_pointer_width(v->o);

	return out_heading(v->o, "%-*s %-*s       size  arena  state\n", width, "chunk", width, "user");
}

static struct err *show_chunk(const struct heap_view *v, uint64_t address)
{
	const struct malloc_segment *seg = malloc_segment_at(v->h, address);
	const struct malloc_chunk *c = malloc_chunk_at(v->h, address);

	if (!seg || !c)
		return err_new(ERR_NOTFOUND, "0x%llx is in no chunk of malloc", (unsigned long long)address);
	TRY(chunk_heading(v));
	return emit_chunk(v, seg, c, &address);
}

/* By number, or by an address in it: of its struct or of one of its chunks. */
static struct err *find_arena(const struct heap_view *v, uint64_t which, size_t *ret)
{
	const struct malloc_segment *seg = malloc_segment_at(v->h, which);

	if (seg && seg->arena != MALLOC_NO_ARENA)
		*ret = seg->arena;
	else if (which < v->h->n_arenas)
		*ret = which;
	else
		for (size_t i = 0;; i++) {
			if (i == v->h->n_arenas)
				return err_new(ERR_NOTFOUND, "no arena 0x%llx: there are %zu",
					       (unsigned long long)which, v->h->n_arenas);
			if (v->h->arenas[i].address == which) {
				*ret = i;
				break;
			}
		}
	return NULL;
}

static struct err *show_arena(const struct heap_view *v, uint64_t which)
{
	size_t arena = 0;

	TRY(find_arena(v, which, &arena));
	TRY(chunk_heading(v));
	for (size_t i = 0; i < v->h->n_segments; i++) {
		const struct malloc_segment *seg = &v->h->segments[i];

		if (seg->arena != arena)
			continue;
		for (size_t k = 0; k < seg->n_chunks; k++) {
			TRY(cancel_check());
			TRY(emit_chunk(v, seg, &v->h->chunks[seg->first_chunk + k], NULL));
		}
	}
	return NULL;
}

/* --- size classes ------------------------------------------------------------------ */

struct size_class {
	uint64_t size, n, bytes, free, free_bytes;
};

static int by_size(const void *a, const void *b)
{
	const struct size_class *x = a, *y = b;

	return x->size < y->size ? -1 : x->size > y->size;
}

static int by_bytes(const void *a, const void *b)
{
	const struct size_class *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return by_size(a, b);
}

static size_t count_classes(const struct malloc_heap *h, struct size_class *v)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < h->n_chunks; i++) {
		enum malloc_chunk_state s = (enum malloc_chunk_state)h->chunks[i].state;
		uint64_t size = h->chunks[i].size;

		if (malloc_state_is_free(s))
			v[n++] = (struct size_class){ size, 0, 0, 1, size };
		else if (s == CHUNK_IN_USE || s == CHUNK_MMAPPED)
			v[n++] = (struct size_class){ size, 1, size, 0, 0 };
	}
	qsort(v, n, sizeof(*v), by_size);
	for (size_t i = 0; i < n; i++)
		if (kept && v[kept - 1].size == v[i].size) {
			v[kept - 1].n += v[i].n;
			v[kept - 1].bytes += v[i].bytes;
			v[kept - 1].free += v[i].free;
			v[kept - 1].free_bytes += v[i].free_bytes;
		} else {
			v[kept++] = v[i];
		}
	qsort(v, kept, sizeof(*v), by_bytes);
	return kept;
}

static struct err *show_classes(const struct heap_view *v)
{
	CLEANUP(freep) struct size_class *c = calloc(v->h->n_chunks + 1, sizeof(*c));
	uint64_t all = 0;
	size_t n;

	if (!c)
		return err_nomem();
	n = count_classes(v->h, c);
	for (size_t i = 0; i < n; i++)
		all += c[i].bytes;
	TRY(out_heading(v->o, "      size     blocks        bytes percent       free   free bytes\n"));
	for (size_t i = 0; i < n; i++) {
		out_begin(v->o, &class_record);
		out_uint(v->o, "size", c[i].size);
		out_uint(v->o, "n", c[i].n);
		out_uint(v->o, "bytes", c[i].bytes);
		out_float(v->o, "percent", all ? (double)(c[i].bytes * 1000 / all) / 10 : 0);
		out_uint(v->o, "free", c[i].free);
		out_uint(v->o, "free_bytes", c[i].free_bytes);
		TRY(out_end(v->o));
	}
	return NULL;
}

/* --- damage ------------------------------------------------------------------------ */

static const char *meaning(enum malloc_damage_kind k)
{
	static const char *const texts[N_DAMAGE_KINDS] = {
		[DAMAGE_SIZE] = "the size of this chunk was overwritten",
		[DAMAGE_PREV_SIZE] = "the chunk in front is free by this header, but its size is another",
		[DAMAGE_TOP] = "the size of the top chunk was overwritten: it does not end with the heap",
		[DAMAGE_LINK] = "the chunk's neighbour in the list does not point back",
		[DAMAGE_LOOP] = "the list leads back to a chunk it went through: a link was overwritten",
		[DAMAGE_DOUBLE_FREE] = "the chunk is in a free list twice: it was freed while it was free",
		[DAMAGE_WILD] = "the list leads to where no chunk begins: a free chunk was written to, or "
				"something was freed that malloc did not give",
		[DAMAGE_COUNT] = "the number of chunks in the list is not what is counted",
		[DAMAGE_BIN_SIZE] = "the chunk is in the list of another size: its size was overwritten, or the link",
		[DAMAGE_IN_USE] = "the chunk is in a free list, but the next chunk's header says that it is in use",
		[DAMAGE_UNLISTED] = "the chunk is free by the next chunk's header, but in no list: that header "
				    "was overwritten",
	};

	return texts[k];
}

static void emit_value(const struct heap_view *v, const struct malloc_damage *d)
{
	uint8_t bytes[8];
	bool printable = true;

	for (unsigned i = 0; i < v->h->pointer_size; i++) {
		bytes[i] = (uint8_t)(d->found >> 8 * i);
		printable = printable && bytes[i] >= 0x20 && bytes[i] < 0x7f;
	}
	if (printable)
		out_bytes(v->o, "bytes", bytes, v->h->pointer_size);
}

static struct err *emit_damage(const struct heap_view *v, const struct malloc_damage *d)
{
	out_begin(v->o, &damage_record);
	out_str(v->o, "damage", malloc_damage_name(d->kind));
	if (d->chunk)
		out_addr(v->o, "chunk", d->chunk);
	out_addr(v->o, "place", d->place);
	out_addr(v->o, "found", d->found);
	emit_value(v, d);
	if (d->has_expected)
		out_addr(v->o, "expected", d->expected);
	if (d->kind == DAMAGE_WILD)
		out_addr(v->o, "leads_to", d->leads_to);
	if (d->list != CHUNK_IN_USE) {
		out_str(v->o, "list", malloc_state_name(d->list));
		out_uint(v->o, "bin", d->bin);
	}
	if (d->arena != MALLOC_NO_ARENA)
		out_uint(v->o, "arena", d->arena);
	if (d->list == CHUNK_TCACHE)
		out_addr(v->o, "tcache", v->h->tcaches[d->tcache].address);
	if (d->culprit)
		out_addr(v->o, "culprit", d->culprit + 2 * v->h->pointer_size);
	if (d->passing)
		out_bool(v->o, "passing", true);
	out_str(v->o, "meaning", meaning(d->kind));
	return out_end(v->o);
}

static struct err *show_damage(const struct heap_view *v)
{
	TRY(emit_heap(v));
	TRY(emit_doubts(v));
	if (!v->h->n_damages)
		return out_heading(v->o, "no damage found\n");
	for (size_t i = 0; i < v->h->n_damages; i++)
		TRY(emit_damage(v, &v->h->damages[i]));
	if (v->h->damages_seen > v->h->n_damages)
		return out_heading(v->o, "the first %zu of %llu\n", v->h->n_damages,
				   (unsigned long long)v->h->damages_seen);
	return NULL;
}

/* --- leaks ------------------------------------------------------------------------- */

static struct err *emit_leak(const struct heap_view *v, const struct malloc_leak_group *g)
{
	struct symbol_hit hit;

	out_begin(v->o, &leak_record);
	out_str(v->o, "state", g->state == REACH_LOST ? "lost" : "indirectly");
	out_uint(v->o, "size", g->size);
	out_uint(v->o, "n", g->n);
	out_uint(v->o, "bytes", g->bytes);
	out_addr(v->o, "example", g->example);
	if (g->first_word) {
		target_symbol_at(session_target(v->s), g->first_word, &hit);
		out_sym(v->o, "object", hit.module ? hit.module->name : NULL, hit.symbol.name, hit.displacement,
			g->first_word);
	}
	return out_end(v->o);
}

static struct err *emit_sums(const struct heap_view *v, const struct malloc_leaks *l)
{
	static const char *const keys[][2] = {
		[REACH_LOST] = { "lost", "lost_bytes" },
		[REACH_LOST_INDIRECT] = { "indirectly", "indirectly_bytes" },
		[REACH_POSSIBLE] = { "possibly", "possibly_bytes" },
		[REACH_REACHED] = { "reached", "reached_bytes" },
	};

	out_begin(v->o, &leaks_record);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		out_uint(v->o, keys[i][0], l->n[i]);
		out_uint(v->o, keys[i][1], l->bytes[i]);
	}
	out_uint(v->o, "scanned", l->marks.root_bytes + l->marks.block_bytes);
	if (l->marks.absent_bytes)
		out_uint(v->o, "absent", l->marks.absent_bytes);
	return out_end(v->o);
}

static struct err *show_leaks(const struct heap_view *v)
{
	CLEANUP(malloc_leaks_destroyp) struct malloc_leaks *l = NULL;

	TRY(malloc_find_leaks(session_target(v->s), v->h, NULL, &l));
	TRY(emit_doubts(v));
	TRY(emit_sums(v, l));
	for (size_t i = 0; i < l->n_groups; i++)
		TRY(emit_leak(v, &l->groups[i]));
	return NULL;
}

/* ------------------------------------------------------------------------------------- */

static const struct option {
	const char *word;
	struct err *(*show)(const struct heap_view *v);
	struct err *(*show_at)(const struct heap_view *v, uint64_t which);
} options[] = {
	{ "-s", show_summary, NULL }, { "-stat", show_classes, NULL }, { "-v", show_damage, NULL },
	{ "-l", show_leaks, NULL },   { "-x", NULL, show_chunk },      { "-a", NULL, show_arena },
};

static struct err *parse(struct session *s, const struct args *args, const struct option **ret,
			 uint64_t *ret_which)
{
	const char *p = args->tail;
	char *word = NULL;

	*ret = &options[0];
	TRY(word_parse(args->arena, &p, &word));
	for (size_t i = 0; word; i++) {
		if (i == ARRAY_SIZE(options))
			return usage_error(args, "no option '%s'", word);
		if (strcmp(options[i].word, word) == 0) {
			*ret = &options[i];
			break;
		}
	}
	if ((*ret)->show_at)
		TRY(expr_parse(s, &p, ret_which));
	return end_parse(args, p);
}

static struct err *run_heap(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(malloc_heap_destroyp) struct malloc_heap *h = NULL;
	const struct option *option;
	struct heap_view v = { .s = s, .o = o };
	uint64_t which = 0;

	if (target_is_windows(session_target(s)))
		return heap_windows_run(s, args, o);
	TRY(parse(s, args, &option, &which));
	TRY(malloc_of_target(session_target(s), NULL, NULL, &h));
	v.h = h;
	return option->show ? option->show(&v) : option->show_at(&v, which);
}

static const struct record *const heap_records[] = {
	&heap_record, &doubt_record, &arena_record, &class_record, &chunk_record, &damage_record, &leak_record, &leaks_record,
	&nt_heap_record, &nt_heap_sum_record, &nt_heap_segment_record, &nt_heap_entry_record, &nt_heap_found_record,
	&nt_heap_class_record, &nt_heap_damage_record, NULL,
};

const struct command command_heap = {
	.name = "!heap",
	.summary = "show heaps, what is damaged in them and what has leaked",
	.usage = "[-s | -stat | -x ADDRESS | -a HEAP | -v | -l]",
	.help = "Linux: the heap of glibc's malloc (2.26 to 2.41). Without options or with -s the\n"
		"arenas with what is in use and free in them, sizes in hex, headers included.\n\n"
		"-stat  how many chunks there are of each size, most bytes first\n"
		"-x     the chunk that holds an address\n"
		"-a     all chunks of an arena, given by its number or an address in it\n"
		"-v     checks all chunks and free lists and lists what is damaged: sizes that were\n"
		"       overwritten and the block in front, chunks that were freed twice, lists that\n"
		"       lead in a ring or to no chunk; what may be passing, since a thread was at\n"
		"       work there, is marked\n"
		"-l     blocks that nothing in the process points to any more (mark and sweep over\n"
		"       registers, stacks, data of modules, TLS and other writable memory), by size\n"
		"       and by the vtable that they begin with; those that only lost blocks point\n"
		"       to are told apart, and those reached by pointers to their inside counted.\n\n"
		"The structures are known by debug information of libc where there is any, else by\n"
		"their form; what is not certain is said. Other allocators are not understood.\n\n"
		"Windows: the heaps of ntdll. Without options each heap with its flags, reserved,\n"
		"committed and busy bytes in hex, headers included. HEAP is its number or an address\n"
		"in it.\n\n"
		"-s          the same in kilobytes, with its free list and large blocks\n"
		"-a, -h HEAP the blocks of a heap, of all heaps without HEAP\n"
		"-x          the block that holds an address\n"
		"-stat [-h HEAP]  how many busy blocks there are of each size, most bytes first\n"
		"-v [HEAP]   checks blocks and lists and tells what is damaged\n\n"
		"Types of ntdll are not needed for NT heaps of Windows Vista to 11, nor for the heap of\n"
		"Wine 8.0. Segment heaps are not walked, and said to be there.",
	.records = heap_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_heap,
};
