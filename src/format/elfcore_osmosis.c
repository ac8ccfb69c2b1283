/* SPDX-License-Identifier: MIT */
/*
 * The record of an Osmosis snapshot in a core: notes of the owner OSMOSIS. This
 * file finds them; osmosis_record.c reads what they say of the dump as a whole,
 * osmosis_ranges.c of the memory, elfcore_osmosis_lists.c of threads, files and the rest.
 */
#include "format/elfcore_osmosis.h"

#include <inttypes.h>
#include <string.h>

static struct err *load_note(struct elfcore *c, uint32_t type, struct jdoc **ret)
{
	const struct elf_note *note = elfcore_find(c, OWNER_OSMOSIS, type);

	return note ? osmosis_load(&c->d, elfcore_piece(note), ret) : NULL;
}

/* Of a vmcore: no program header tells of it, but the record does. size 0: it does not. */
struct dump_piece elfcore_osmosis_unlisted(const struct elfcore *c)
{
	const struct jval *closing = jval_get(jdoc_root(c->osmosis.record), "closing");
	const char *at = jval_text(jval_get(closing, "at"));
	struct dump_piece p = { .offset = str_starts(at, "0x") ? strtoull(at, NULL, 16) : 0 };

	if (elfcore_find(c, OWNER_OSMOSIS, OSMOSIS_NOTE_CLOSING) || !p.offset || !jval_u64(jval_get(closing, "size"), &p.size))
		return (struct dump_piece){ 0 };
	return p;
}

static struct err *load_closing(struct elfcore *c)
{
	struct dump_piece unlisted = elfcore_osmosis_unlisted(c);

	return unlisted.size ? osmosis_load(&c->d, unlisted, &c->osmosis.closing) : load_note(c, OSMOSIS_NOTE_CLOSING, &c->osmosis.closing);
}

struct err *elfcore_osmosis_list(struct elfcore *c, const char *name, const struct jval **ret)
{
	if (c->owners[OWNER_OSMOSIS] && !c->lists_tried)
		TRY(load_note(c, OSMOSIS_NOTE_LISTS, &c->lists));
	c->lists_tried = true;
	*ret = jval_get(jdoc_root(c->lists), name);
	return NULL;
}

static struct err *read_stripped(struct elfcore *c)
{
	TRY(load_note(c, OSMOSIS_NOTE_STRIPPED, &c->stripped));
	if (c->stripped)
		c->d.facts.stripped = jval_text(jval_get(jdoc_root(c->stripped), "tool"));
	return NULL;
}

struct err *elfcore_osmosis_facts(struct elfcore *c)
{
	bool closing_there;

	if (!c->owners[OWNER_OSMOSIS])
		return NULL;
	TRY(read_stripped(c));
	TRY(load_note(c, OSMOSIS_NOTE_RECORD, &c->osmosis.record));
	TRY(load_closing(c));
	closing_there = elfcore_find(c, OWNER_OSMOSIS, OSMOSIS_NOTE_CLOSING) || jval_get(jdoc_root(c->osmosis.record), "closing");
	return osmosis_facts(&c->d, &c->osmosis, closing_there);
}

struct err *elfcore_osmosis_snapshot(struct dump *d, struct dump_snapshot **ret)
{
	return osmosis_snapshot(d, &elfcore_of(d)->osmosis, ret);
}
