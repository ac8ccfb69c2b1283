/* SPDX-License-Identifier: MIT */
/*
 * Import tables of a PE image: normal and delay-loaded.
 *
 * Layout: "PE Format", section .idata and "Delay-Load Import Tables". Names
 * come from the lookup table; an image without one (old linkers) keeps them
 * in the address table, which the loader overwrites: in memory they are gone.
 */
#include "symbol/pe_impl.h"

#include "base/cancel.h"

enum {
	DESCRIPTOR_SIZE = 20,
	DELAY_DESCRIPTOR_SIZE = 32,
	MAX_DLLS = 4096,
	MAX_IMPORTS = 1 << 18,	/* of one image */
};

struct import_walk {
	struct pe *pe;
	bool names;		/* read them */
	pe_import_visitor *v;
	void *arg;
	unsigned budget;	/* imports left: tables may overlap */
	bool stopped;
};

struct import_dll {
	const char *dll;
	uint64_t lookup, slots;	/* RVAs */
	bool delayed, lookup_gone;
};

static void read_name(struct import_walk *w, uint64_t thunk, uint64_t by_ordinal, struct pe_import *ret)
{
	uint8_t hint[2];

	if (thunk & by_ordinal) {
		ret->ordinal = (uint32_t)(thunk & 0xffff);
		return;
	}
	if (!err_ignore(pe_read(w->pe, thunk, hint, 2)))
		ret->ordinal = (uint32_t)(hint[0] | hint[1] << 8);
	if (err_ignore(pe_string(w->pe, thunk + 2, &ret->name)))
		ret->name = NULL;
}

static struct err *read_word(struct pe *pe, uint64_t rva, unsigned size, uint64_t *ret)
{
	uint8_t bytes[8];
	struct cursor c = cursor_init(pe->src->name, bytes, size, rva);

	TRY(pe_read(pe, rva, bytes, size));
	*ret = cursor_uint(&c, size);
	return NULL;
}

static struct err *walk_thunks(struct import_walk *w, const struct import_dll *d)
{
	unsigned word = w->pe->h.is_64 ? 8 : 4;
	uint64_t by_ordinal = (uint64_t)1 << (word * 8 - 1), thunk;

	for (uint64_t i = 0;; i++) {
		struct pe_import import = { .dll = d->dll, .delayed = d->delayed,
					    .slot_rva = (uint32_t)(d->slots + i * word) };

		if (!w->budget--)
			return err_new(ERR_CORRUPT, "%s: more than %d imports", w->pe->src->name, MAX_IMPORTS);
		TRY(read_word(w->pe, d->lookup + i * word, word, &thunk));
		if (!thunk)
			return NULL;
		if (i % 256 == 0)
			TRY(cancel_check());
		if (w->names && !d->lookup_gone)
			read_name(w, thunk, by_ordinal, &import);
		w->stopped = !w->v(w->arg, &import);
		if (w->stopped)
			return NULL;
	}
}

/* A table that cannot be read ends; the others are still told. */
static struct err *walk_dll(struct import_walk *w, const struct import_dll *d)
{
	struct err *e = walk_thunks(w, d);

	if (!e || (err_code(e) != ERR_FAULT && err_code(e) != ERR_CORRUPT))
		return e;
	err_free(e);
	if (w->budget > MAX_IMPORTS)
		w->stopped = true;
	return NULL;
}

static const char *dll_name(struct import_walk *w, uint64_t rva)
{
	const char *name = "";

	if (w->names && err_ignore(pe_string(w->pe, rva, &name)))
		name = "";
	return name;
}

static struct err *walk_normal(struct import_walk *w)
{
	uint64_t at = pe_directory(w->pe, PE_DIR_IMPORT).rva;

	for (unsigned i = 0; at && i < MAX_DLLS && !w->stopped; i++) {
		CLEANUP(view_deinit) struct view view = VIEW_INIT;
		struct cursor c;
		struct import_dll d = { 0 };
		uint32_t lookup, name, slots;

		TRY(pe_cursor(w->pe, at + (uint64_t)i * DESCRIPTOR_SIZE, DESCRIPTOR_SIZE, &view, &c));
		lookup = cursor_u32(&c);
		cursor_skip(&c, 8);
		name = cursor_u32(&c);
		slots = cursor_u32(&c);
		if (!name || !slots)
			return NULL;
		d.dll = dll_name(w, name);
		d.lookup = lookup ? lookup : slots;
		d.slots = slots;
		d.lookup_gone = !lookup && w->pe->layout == PE_MEMORY;
		TRY(walk_dll(w, &d));
	}
	return NULL;
}

/* All zero: the end of the table. */
static struct err *parse_delayed(struct import_walk *w, uint64_t at, struct import_dll *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	uint32_t attributes, name, slots, lookup, bias;
	struct cursor c;

	TRY(pe_cursor(w->pe, at, DELAY_DESCRIPTOR_SIZE, &view, &c));
	attributes = cursor_u32(&c);
	name = cursor_u32(&c);
	cursor_skip(&c, 4);
	slots = cursor_u32(&c);
	lookup = cursor_u32(&c);
	if (!name || !slots || !lookup)
		return NULL;
	/* Without this flag they are addresses: linkers before VC 7, 32-bit only. */
	bias = attributes & 1 ? 0 : (uint32_t)w->pe->h.image_base;
	ret->dll = dll_name(w, name - bias);
	ret->lookup = lookup - bias;
	ret->slots = slots - bias;
	return NULL;
}

static struct err *walk_delayed(struct import_walk *w)
{
	uint64_t at = pe_directory(w->pe, PE_DIR_DELAY_IMPORT).rva;

	for (unsigned i = 0; at && i < MAX_DLLS && !w->stopped; i++) {
		struct import_dll d = { .delayed = true };

		TRY(parse_delayed(w, at + (uint64_t)i * DELAY_DESCRIPTOR_SIZE, &d));
		if (!d.dll)
			return NULL;
		TRY(walk_dll(w, &d));
	}
	return NULL;
}

static struct err *walk(struct pe *pe, bool names, pe_import_visitor *v, void *arg)
{
	struct import_walk w = { .pe = pe, .names = names, .v = v, .arg = arg, .budget = MAX_IMPORTS };

	TRY(err_prefix(walk_normal(&w), "import table"));
	return w.stopped ? NULL : err_prefix(walk_delayed(&w), "delay import table");
}

struct err *pe_imports(struct pe *pe, pe_import_visitor *v, void *arg)
{
	return walk(pe, true, v, arg);
}

struct err *pe_import_slots(struct pe *pe, pe_import_visitor *v, void *arg)
{
	return walk(pe, false, v, arg);
}
