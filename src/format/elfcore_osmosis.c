/* SPDX-License-Identifier: MIT */
/*
 * The record of an Osmosis snapshot: notes of the owner OSMOSIS, JSON, as
 * docs/formats/osmosis-note.md has it. This file finds and parses them and
 * reads what they say of the dump as a whole; elfcore_osmosis_ranges.c has the
 * memory, elfcore_osmosis_lists.c threads, files and the rest.
 *
 * Anything may be missing, of the wrong type or contradict itself: what is
 * understood counts, the rest is as if it were not there. Only JSON that is
 * none is a defect.
 */
#include "format/elfcore_osmosis.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_NOTE = 64 << 20 };

struct err *elfcore_osmosis_parse(struct elfcore *c, const struct elf_note *note, struct jdoc **ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	CLEANUP(jdoc_freep) struct jdoc *doc = NULL;
	struct cursor cur;
	size_t n = note->size;

	if (n > MAX_NOTE)
		return err_new(ERR_UNSUPPORTED, "%s: the record at offset 0x%" PRIx64 " has %zu bytes, %d are read",
			       c->d.src->name, note->desc, n, MAX_NOTE);
	TRY(elfcore_note_cursor(c, note, &view, &cur));
	while (n && (cur.data[n - 1] == ' ' || !cur.data[n - 1])) /* its room may be larger */
		n--;
	if (!n)
		return err_new(ERR_TRUNCATED,
			       "%s: the record at offset 0x%" PRIx64 " is empty: writing the dump did not end",
			       c->d.src->name, note->desc);
	TRY(jdoc_parse(c->d.src->name, cur.data, n, note->desc, &doc));
	if (!jval_is_object(jdoc_root(doc)))
		return err_new(ERR_CORRUPT, "%s: the record at offset 0x%" PRIx64 " is no JSON object", c->d.src->name,
			       note->desc);
	*ret = TAKE_PTR(doc);
	return NULL;
}

/* Soft: what is wrong with a note becomes a defect. */
static struct err *load_note(struct elfcore *c, uint32_t type, struct jdoc **ret)
{
	const struct elf_note *note = elfcore_find(c, OWNER_OSMOSIS, type);
	struct err *e = note ? elfcore_osmosis_parse(c, note, ret) : NULL;

	if (e && err_code(e) == ERR_NOMEM)
		return e;
	dump_add_defect(&c->d, e);
	return NULL;
}

/* Of a vmcore: no program header tells of it, but the record does. */
static struct err *load_unlisted(struct elfcore *c)
{
	const struct jval *closing = jval_get(jdoc_root(c->record), "closing");
	const char *at = jval_text(jval_get(closing, "at"));
	uint64_t size = 0, offset = str_starts(at, "0x") ? strtoull(at, NULL, 16) : 0;
	struct err *e;

	if (c->closing || !offset || !jval_u64(jval_get(closing, "size"), &size) || size > MAX_NOTE)
		return NULL;
	e = elfcore_osmosis_parse(c, &(struct elf_note){ .owner = OWNER_OSMOSIS, .type = OSMOSIS_NOTE_CLOSING, .desc = offset,
							 .size = (uint32_t)size }, &c->closing);
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	dump_add_defect(&c->d, e);
	return NULL;
}

struct err *elfcore_osmosis_list(struct elfcore *c, const char *name, const struct jval **ret)
{
	if (c->owners[OWNER_OSMOSIS] && !c->lists_tried)
		TRY(load_note(c, OSMOSIS_NOTE_LISTS, &c->lists));
	c->lists_tried = true;
	*ret = jval_get(jdoc_root(c->lists), name);
	return NULL;
}

static void check_format(struct elfcore *c)
{
	uint64_t format = 0;

	(void)jval_u64(jval_get(jdoc_root(c->record), "format"), &format);
	if (format > OSMOSIS_NOTE_FORMAT)
		dump_add_defect(&c->d, err_new(ERR_UNSUPPORTED,
					       "%s: the record has format %" PRIu64
					       ", %d is known here: what is new in it is not shown",
					       c->d.src->name, format, OSMOSIS_NOTE_FORMAT));
}

static void check_closing(struct elfcore *c)
{
	uint64_t n = 0;

	if (c->record && !c->closing && !elfcore_find(c, OWNER_OSMOSIS, OSMOSIS_NOTE_CLOSING) &&
	    !jval_get(jdoc_root(c->record), "closing"))
		dump_add_defect(&c->d, err_new(ERR_TRUNCATED,
					       "%s: the closing record at the end of the file is missing: what could "
					       "not be read is not known",
					       c->d.src->name));
	(void)jval_u64(jval_get(jval_get(jdoc_root(c->closing), "memory"), "not_listed"), &n);
	if (n)
		dump_add_defect(&c->d, err_new(ERR_TRUNCATED,
					       "%s: the closing record had no room for %" PRIu64
					       " ranges that could not be read: zeros may be such",
					       c->d.src->name, n));
}

static void set_system(struct dump_facts *f, const struct jval *host, const struct jval *start)
{
	uint64_t n;

	if (*jval_text(jval_get(host, "kernel")))
		f->os_text = jval_text(jval_get(host, "kernel"));
	if (jval_u64(jval_get(host, "cpus"), &n) && n && n <= UINT32_MAX) {
		f->has |= FACT_CPUS;
		f->cpu_count = (uint32_t)n;
	}
	if (jval_u64(jval_get(host, "uptime_ns"), &n)) {
		f->has |= FACT_UPTIME;
		f->uptime = n / 100;
	}
	if (jval_u64(jval_get(start, "seconds"), &n)) {
		f->has |= FACT_DUMP_TIME;
		f->dump_time = n;
	}
}

/* Ticks to 100 ns; false when absent or out of any sane range. */
static bool ticks(const struct jval *object, const char *key, uint64_t per_second, uint64_t *ret)
{
	return jval_u64(jval_get(object, key), ret) && *ret < UINT64_C(1) << 56 &&
	       !__builtin_mul_overflow(*ret, UINT64_C(10000000) / per_second, ret);
}

static void set_times(struct dump_facts *f, const struct jval *process, const struct jval *host)
{
	uint64_t per_second = 0, boot, start, user, kernel;

	if (!jval_u64(jval_get(host, "ticks_per_second"), &per_second) || !per_second || per_second > 10000000 ||
	    !jval_u64(jval_get(host, "boot_time"), &boot) || boot > UINT64_C(1) << 40 ||
	    !ticks(process, "start_ticks", per_second, &start) || !ticks(process, "user_ticks", per_second, &user) ||
	    !ticks(process, "system_ticks", per_second, &kernel))
		return;
	f->has |= FACT_PROCESS_TIMES;
	f->process_create_time = boot + start / 10000000;
	f->process_user_time = user;
	f->process_kernel_time = kernel;
}

/* PRPSINFO cuts the command line at 79 bytes, and a core need not have one. */
static void set_process(struct dump_facts *f, const struct jval *process)
{
	uint64_t n;

	if (*jval_text(jval_get(process, "command_line")))
		f->command_line = jval_text(jval_get(process, "command_line"));
	if (!*f->process_name)
		f->process_name = jval_text(jval_get(process, "name"));
	if (!(f->has & FACT_PID) && jval_u64(jval_get(process, "pid"), &n) && n <= UINT32_MAX) {
		f->has |= FACT_PID;
		f->pid = (uint32_t)n;
	}
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
	const struct jval *root, *tool;
	struct dump_facts *f = &c->d.facts;
	const char *how;

	if (!c->owners[OWNER_OSMOSIS])
		return NULL;
	TRY(read_stripped(c));
	TRY(load_note(c, OSMOSIS_NOTE_RECORD, &c->record));
	TRY(load_note(c, OSMOSIS_NOTE_CLOSING, &c->closing));
	TRY(load_unlisted(c));
	check_closing(c);
	if (!c->record)
		return NULL;
	check_format(c);
	root = jdoc_root(c->record);
	tool = jval_get(root, "tool");
	how = strcmp(jval_text(jval_get(jval_get(root, "engine"), "name")), "extract") == 0 ? "extract" : "snap";
	f->writer = arena_printf(&c->d.arena, "%s %s %s", jval_text(jval_get(tool, "name")), how,
				 jval_text(jval_get(tool, "version")));
	set_system(f, jval_get(root, "host"), jval_get(root, "start"));
	set_process(f, jval_get(root, "process"));
	set_times(f, jval_get(root, "process"), jval_get(root, "host"));
	return f->writer ? NULL : err_nomem();
}

static void read_counts(const struct jval *memory, struct snapshot_count *ret)
{
	const struct jval *classes = jval_get(memory, "classes");

	for (size_t i = 0; i < jval_count(classes); i++) {
		const struct jval *one = jval_at(classes, i);
		enum range_class class;

		if (!range_class_named(jval_text(jval_get(one, "class")), &class))
			continue;
		(void)jval_u64(jval_get(one, "ranges"), &ret[class].ranges);
		(void)jval_u64(jval_get(one, "bytes"), &ret[class].bytes);
	}
}

/* The closing record knows of files that were written to before they were read. */
static bool closed_smeared(const struct elfcore *c)
{
	struct snapshot_count late[N_RANGE_CLASSES] = { 0 };

	if (c->closing)
		read_counts(jval_get(jdoc_root(c->closing), "memory"), late);
	return late[RANGE_LIVE].ranges;
}

const char *elfcore_osmosis_title(struct elfcore *c)
{
	const char *level;

	if (!c->record)
		return NULL;
	level = closed_smeared(c) ? consistency_name(CONSISTENCY_SMEARED)
				  : jval_text(jval_get(jval_get(jdoc_root(c->record), "consistency"), "level"));
	return *level ? arena_printf(&c->d.arena, "%s snapshot", level) : "snapshot";
}

static void read_head(const struct jval *root, struct dump_snapshot *s)
{
	const struct jval *engine = jval_get(root, "engine"), *start = jval_get(root, "start");
	const struct jval *consistency = jval_get(root, "consistency"), *set = jval_get(root, "set");
	uint64_t n;

	s->engine = jval_text(jval_get(engine, "name"));
	s->engine_why = jval_text(jval_get(engine, "why"));
	s->consistency_text = jval_text(jval_get(consistency, "level"));
	s->consistency_why = jval_text(jval_get(consistency, "why"));
	s->consistency = consistency_named(s->consistency_text);
	s->trigger = jval_text(jval_get(root, "trigger"));
	s->comment = jval_text(jval_get(root, "comment"));
	s->set_size = jval_count(jval_get(set, "pids"));
	(void)jval_u64(jval_get(set, "skew_ns"), &s->set_skew_ns);
	(void)jval_u64(jval_get(start, "seconds"), &s->start_seconds);
	if (jval_u64(jval_get(start, "nanoseconds"), &n) && n < 1000000000)
		s->start_nanoseconds = (uint32_t)n;
}

static void read_pause(const struct jval *pause, struct dump_snapshot *s)
{
	s->has_pause = jval_u64(jval_get(pause, "total_ns"), &s->pause.total);
	(void)jval_u64(jval_get(pause, "interrupt_ns"), &s->pause.interrupt);
	(void)jval_u64(jval_get(pause, "registers_ns"), &s->pause.registers);
	(void)jval_u64(jval_get(pause, "clone_ns"), &s->pause.clone);
	(void)jval_u64(jval_get(pause, "copy_ns"), &s->pause.copy);
	(void)jval_u64(jval_get(pause, "release_ns"), &s->pause.release);
}

/* What the closing record names was of the default class before. */
static void add_counts(const struct snapshot_count *more, struct dump_snapshot *s)
{
	struct snapshot_count *rest = &s->counts[s->default_class];

	for (unsigned i = 0; i < N_RANGE_CLASSES; i++) {
		if (i == s->default_class || !more[i].ranges)
			continue;
		s->counts[i].ranges += more[i].ranges;
		s->counts[i].bytes += more[i].bytes;
		rest->bytes -= more[i].bytes < rest->bytes ? more[i].bytes : rest->bytes;
	}
}

static void read_closing(const struct jval *root, struct dump_snapshot *s)
{
	struct snapshot_count more[N_RANGE_CLASSES] = { 0 };

	s->has_closing = true;
	s->complete = jval_true(jval_get(root, "complete"));
	s->incomplete_why = jval_text(jval_get(root, "incomplete_why"));
	(void)jval_u64(jval_get(root, "written_bytes"), &s->written);
	(void)jval_u64(jval_get(root, "writing_ns"), &s->writing_ns);
	(void)jval_u64(jval_get(jval_get(root, "memory"), "not_listed"), &s->not_listed);
	read_counts(jval_get(root, "memory"), more);
	add_counts(more, s);
}

struct err *elfcore_osmosis_snapshot(struct dump *d, struct dump_snapshot **ret)
{
	struct elfcore *c = elfcore_of(d);
	struct dump_snapshot *s;
	struct snapshot_range *ranges = NULL;
	const struct jval *root;

	if (!c->record && !c->closing) /* either says of memory what it is */
		return NULL;
	s = ARENA_NEW(&d->arena, struct dump_snapshot);
	if (!s)
		return err_nomem();
	root = jdoc_root(c->record);
	s->tool = d->facts.writer;
	s->incomplete_why = "";
	read_head(root, s);
	read_pause(jval_get(root, "pause"), s);
	s->default_class = elfcore_osmosis_default(c);
	read_counts(jval_get(root, "memory"), s->counts);
	if (c->closing)
		read_closing(jdoc_root(c->closing), s);
	if (closed_smeared(c) && s->consistency != CONSISTENCY_SMEARED) {
		s->consistency = CONSISTENCY_SMEARED;
		s->consistency_text = consistency_name(s->consistency);
		s->consistency_why = SNAPSHOT_CHANGED;
	}
	TRY(elfcore_osmosis_ranges(c, &ranges, &s->n_ranges));
	s->ranges = ranges;
	TRY(elfcore_osmosis_kernel(c, &s->kernel));
	*ret = s;
	return NULL;
}
