/* SPDX-License-Identifier: MIT */
/* What the record says of the dump as a whole: see format/osmosis_record.h. */
#include "format/osmosis_record.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_NOTE = 64 << 20 };

void osmosis_record_deinit(struct osmosis_record *r)
{
	jdoc_free(r->record);
	jdoc_free(r->closing);
}

struct err *osmosis_parse(struct dump *d, struct dump_piece piece, struct jdoc **ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	CLEANUP(jdoc_freep) struct jdoc *doc = NULL;
	size_t n = (size_t)piece.size;

	if (piece.size > MAX_NOTE)
		return err_new(ERR_UNSUPPORTED, "%s: the record at offset 0x%" PRIx64 " has %" PRIu64 " bytes, %d are read",
			       d->src->name, piece.offset, piece.size, MAX_NOTE);
	TRY(source_view(d->src, piece.offset, piece.size, &view));
	while (n && (view.data[n - 1] == ' ' || !view.data[n - 1])) /* its room may be larger */
		n--;
	if (!n)
		return err_new(ERR_TRUNCATED,
			       "%s: the record at offset 0x%" PRIx64 " is empty: writing the dump did not end",
			       d->src->name, piece.offset);
	TRY(jdoc_parse(d->src->name, view.data, n, piece.offset, &doc));
	if (!jval_is_object(jdoc_root(doc)))
		return err_new(ERR_CORRUPT, "%s: the record at offset 0x%" PRIx64 " is no JSON object", d->src->name,
			       piece.offset);
	*ret = TAKE_PTR(doc);
	return NULL;
}

struct err *osmosis_load(struct dump *d, struct dump_piece piece, struct jdoc **ret)
{
	struct err *e = osmosis_parse(d, piece, ret);

	if (e && err_code(e) == ERR_NOMEM)
		return e;
	dump_add_defect(d, e);
	return NULL;
}

static void check_format(struct dump *d, const struct osmosis_record *r)
{
	uint64_t format = 0;

	(void)jval_u64(jval_get(jdoc_root(r->record), "format"), &format);
	if (format > OSMOSIS_NOTE_FORMAT)
		dump_add_defect(d, err_new(ERR_UNSUPPORTED,
					   "%s: the record has format %" PRIu64
					   ", %d is known here: what is new in it is not shown",
					   d->src->name, format, OSMOSIS_NOTE_FORMAT));
}

static void check_closing(struct dump *d, const struct osmosis_record *r, bool closing_there)
{
	uint64_t n = 0;

	if (r->record && !r->closing && !closing_there)
		dump_add_defect(d, err_new(ERR_TRUNCATED,
					   "%s: the closing record at the end of the file is missing: what could "
					   "not be read is not known",
					   d->src->name));
	(void)jval_u64(jval_get(jval_get(jdoc_root(r->closing), "memory"), "not_listed"), &n);
	if (n)
		dump_add_defect(d, err_new(ERR_TRUNCATED,
					   "%s: the closing record had no room for %" PRIu64
					   " ranges that could not be read: zeros may be such",
					   d->src->name, n));
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

struct err *osmosis_facts(struct dump *d, const struct osmosis_record *r, bool closing_there)
{
	const struct jval *root, *tool;
	struct dump_facts *f = &d->facts;
	const char *how;

	check_closing(d, r, closing_there);
	if (!r->record)
		return NULL;
	check_format(d, r);
	root = jdoc_root(r->record);
	tool = jval_get(root, "tool");
	how = strcmp(jval_text(jval_get(jval_get(root, "engine"), "name")), "extract") == 0 ? "extract" : "snap";
	f->writer = arena_printf(&d->arena, "%s %s %s", jval_text(jval_get(tool, "name")), how,
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
static bool closed_smeared(const struct osmosis_record *r)
{
	struct snapshot_count late[N_RANGE_CLASSES] = { 0 };

	if (r->closing)
		read_counts(jval_get(jdoc_root(r->closing), "memory"), late);
	return late[RANGE_LIVE].ranges;
}

const char *osmosis_title(struct dump *d, const struct osmosis_record *r)
{
	const char *level;

	if (!r->record)
		return NULL;
	level = closed_smeared(r) ? consistency_name(CONSISTENCY_SMEARED)
				  : jval_text(jval_get(jval_get(jdoc_root(r->record), "consistency"), "level"));
	return *level ? arena_printf(&d->arena, "%s snapshot", level) : "snapshot";
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

struct err *osmosis_snapshot(struct dump *d, const struct osmosis_record *r, struct dump_snapshot **ret)
{
	struct dump_snapshot *s;
	struct snapshot_range *ranges = NULL;
	const struct jval *root;

	if (!r->record && !r->closing) /* either says of memory what it is */
		return NULL;
	s = ARENA_NEW(&d->arena, struct dump_snapshot);
	if (!s)
		return err_nomem();
	root = jdoc_root(r->record);
	s->tool = d->facts.writer;
	s->incomplete_why = "";
	read_head(root, s);
	read_pause(jval_get(root, "pause"), s);
	s->default_class = osmosis_default(r);
	read_counts(jval_get(root, "memory"), s->counts);
	if (r->closing)
		read_closing(jdoc_root(r->closing), s);
	if (closed_smeared(r) && s->consistency != CONSISTENCY_SMEARED) {
		s->consistency = CONSISTENCY_SMEARED;
		s->consistency_text = consistency_name(s->consistency);
		s->consistency_why = SNAPSHOT_CHANGED;
	}
	TRY(osmosis_ranges(d, r, &ranges, &s->n_ranges));
	s->ranges = ranges;
	TRY(osmosis_kernel(d, r, &s->kernel));
	*ret = s;
	return NULL;
}
