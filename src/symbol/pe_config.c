/* SPDX-License-Identifier: MIT */
/*
 * Load configuration and TLS directory of a PE image.
 *
 * Layout: IMAGE_LOAD_CONFIG_DIRECTORY32/64 and IMAGE_TLS_DIRECTORY32/64 of
 * winnt.h. The load configuration has grown with each Windows; its first
 * field says how much of it there is, what is beyond reads as zero.
 */
#include "symbol/pe_impl.h"

enum { MAX_LOAD_CONFIG = 512 };

static void add_slot(struct pe_load_config *lc, uint64_t va)
{
	if (va && lc->n_loader_slots < ARRAY_SIZE(lc->loader_slots))
		lc->loader_slots[lc->n_loader_slots++] = va;
}

/* From the guard tables on. */
static void parse_late(struct cursor *c, unsigned word, struct pe_load_config *lc)
{
	uint64_t dynamic;

	cursor_skip(c, 12 + 4 * word); /* code integrity; IAT and longjmp tables */
	dynamic = cursor_uint(c, word);
	cursor_skip(c, 2 * word); /* CHPE metadata, return flow failure routine */
	add_slot(lc, cursor_uint(c, word));
	dynamic |= cursor_u32(c);
	cursor_skip(c, 4);
	add_slot(lc, cursor_uint(c, word));
	cursor_skip(c, 8 + 4 * word); /* hot patch, enclave, volatile, EH continuations */
	for (int i = 0; i < 3; i++)
		add_slot(lc, cursor_uint(c, word)); /* XFG check and dispatch */
	cursor_skip(c, word);
	add_slot(lc, cursor_uint(c, word)); /* guarded memcpy */
	lc->has_dynamic_relocs = dynamic;
}

static void parse_load_config(struct cursor *c, bool is_64, struct pe_load_config *lc)
{
	unsigned word = is_64 ? 8 : 4;

	cursor_skip(c, 20 + 5 * word); /* time stamp ... VirtualMemoryThreshold */
	cursor_skip(c, 4 + word + 4 + word); /* heap flags, affinity, versions, edit list */
	lc->security_cookie = cursor_uint(c, word);
	lc->se_handler_table = cursor_uint(c, word);
	lc->se_handler_count = cursor_uint(c, word);
	add_slot(lc, cursor_uint(c, word));
	add_slot(lc, cursor_uint(c, word));
	lc->guard_function_table = cursor_uint(c, word);
	lc->guard_function_count = cursor_uint(c, word);
	lc->guard_flags = cursor_u32(c);
	parse_late(c, word, lc);
}

struct err *pe_load_config(struct pe *pe, struct pe_load_config *ret)
{
	struct pe_directory d = pe_directory(pe, PE_DIR_LOAD_CONFIG);
	struct pe_load_config lc = { 0 };
	uint8_t bytes[MAX_LOAD_CONFIG] = { 0 };
	struct cursor c = cursor_init(pe->src->name, bytes, sizeof(bytes), d.rva);

	if (!d.rva)
		return err_new(ERR_NOTFOUND, "%s: no load configuration", pe->src->name);
	TRY(err_prefix(pe_read(pe, d.rva, bytes, 4), "load configuration"));
	lc.size = cursor_u32(&c);
	c.size = lc.size < MAX_LOAD_CONFIG ? lc.size : MAX_LOAD_CONFIG;
	if (c.size < 4)
		return cursor_corrupt(&c, "load configuration of %u bytes", lc.size);
	TRY(err_prefix(pe_read(pe, d.rva, bytes, (size_t)c.size), "load configuration"));
	parse_load_config(&c, pe->h.is_64, &lc);
	*ret = lc;
	return NULL;
}

struct err *pe_tls(struct pe *pe, struct pe_tls *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	unsigned word = pe->h.is_64 ? 8 : 4;
	struct pe_directory d = pe_directory(pe, PE_DIR_TLS);
	struct cursor c;

	if (!d.rva)
		return err_new(ERR_NOTFOUND, "%s: no TLS directory", pe->src->name);
	TRY(err_prefix(pe_cursor(pe, d.rva, 8 + 4 * word, &view, &c), "TLS directory"));
	ret->start = cursor_uint(&c, word);
	ret->end = cursor_uint(&c, word);
	ret->index = cursor_uint(&c, word);
	ret->callbacks = cursor_uint(&c, word);
	ret->zero_fill = cursor_u32(&c);
	ret->characteristics = cursor_u32(&c);
	return NULL;
}
