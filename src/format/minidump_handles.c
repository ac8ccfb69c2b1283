/* SPDX-License-Identifier: MIT */
/*
 * Minidump: handles, with their chains of object information.
 *
 * Spec: MINIDUMP_HANDLE_DATA_STREAM, MINIDUMP_HANDLE_DESCRIPTOR (32 bytes) and
 * _2 (40: with the rva of the first MINIDUMP_HANDLE_OBJECT_INFORMATION) of
 * minidumpapiset.h. An information is {u32 rva of the next, u32 type, u32
 * size} and its data. Chains are bounded in length and, over all handles, by
 * the number that a file of this size can hold.
 */
#include "base/cancel.h"
#include "format/minidump.h"

enum {
	DESCRIPTOR_SIZE = 32,
	DESCRIPTOR_2_SIZE = 40,
	INFO_SIZE = 12,
	MAX_CHAIN = 32, /* a dump has one of each of 8 types */
};

struct state {
	struct minidump *md;
	uint64_t infos_left;
};

/* Reads one link; *next is 0 at the end of the chain. */
static struct err *read_info(struct minidump *md, uint32_t rva, struct dump_handle_info *ret,
			     uint32_t *ret_next)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	uint32_t next, type, size;

	TRY(md_open(md, (struct dump_piece){ rva, INFO_SIZE }, "handle object information", &in));
	next = cursor_u32(&in.c);
	type = cursor_u32(&in.c);
	size = cursor_u32(&in.c);
	TRY(cursor_check(&in.c, "handle object information"));
	ret->type = type;
	ret->data = md_clip(md, (uint64_t)rva + INFO_SIZE, size);
	*ret_next = next;
	return NULL;
}

static bool seen(const uint32_t *rvas, size_t n, uint32_t rva)
{
	for (size_t i = 0; i < n; i++)
		if (rvas[i] == rva)
			return true;
	return false;
}

static struct err *read_chain(struct state *s, uint32_t rva, struct dump_handle *h)
{
	struct dump_handle_info infos[MAX_CHAIN];
	uint32_t rvas[MAX_CHAIN];
	struct err *e = NULL;
	size_t n = 0;

	while (rva && n < MAX_CHAIN && s->infos_left && !seen(rvas, n, rva)) {
		uint32_t next;

		e = read_info(s->md, rva, &infos[n], &next);
		if (e)
			break;
		rvas[n++] = rva;
		rva = next;
		s->infos_left--;
	}
	if (!e && rva)
		e = err_new(ERR_CORRUPT,
			    "%s: chain of handle object information at offset 0x%" PRIx32
			    ": no end after %zu links",
			    s->md->d.src->name, rva, n);
	if (e)
		dump_add_defect(&s->md->d, err_prefix(e, "handle 0x%" PRIx64, h->handle));
	if (!n)
		return NULL;
	h->info = arena_memdup(&s->md->d.arena, infos, n * sizeof(infos[0]));
	h->n_info = h->info ? n : 0;
	return h->info ? NULL : err_nomem();
}

static struct err *read_handle(struct state *s, struct cursor *c, struct dump_handle *h)
{
	struct minidump *md = s->md;
	uint32_t type, name;

	h->handle = cursor_u64(c);
	type = cursor_u32(c);
	name = cursor_u32(c);
	h->attributes = cursor_u32(c);
	h->granted_access = cursor_u32(c);
	h->handle_count = cursor_u32(c);
	h->pointer_count = cursor_u32(c);
	h->type = md_string(md, type, "handle type");
	h->name = md_string(md, name, "handle name");
	if (!h->type || !h->name)
		return err_nomem();
	return c->size < DESCRIPTOR_2_SIZE ? NULL : read_chain(s, cursor_u32(c), h);
}

struct err *md_handles(struct dump *d, struct dump_handle **ret, size_t *ret_n)
{
	CLEANUP(md_in_deinit) struct md_in in = MD_IN_INIT;
	struct state s = { md_of(d), d->src->size / INFO_SIZE };
	struct dump_handle *v;
	struct md_array a;
	bool found;

	TRY(md_open_stream(s.md, MD_HANDLE_DATA, &in, &found));
	if (!found)
		return NULL;
	TRY(md_headed(s.md, &in, "handle data", DESCRIPTOR_SIZE, false, &a));
	v = ARENA_NEW_N(&d->arena, struct dump_handle, a.count);
	if (!v)
		return err_nomem();
	for (uint64_t i = 0; i < a.count; i++) {
		struct cursor c = md_item(&in, &a, i);

		if (!(i & 0xff))
			TRY(cancel_check());
		TRY(read_handle(&s, &c, &v[i]));
	}
	*ret = v;
	*ret_n = a.count;
	return NULL;
}
