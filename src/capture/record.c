/* SPDX-License-Identifier: MIT */
/* Puts the records together; see record.h and docs/formats/osmosis-note.md. */
#include "capture/record_impl.h"

#include <string.h>

static const uint64_t SECOND = 1000000000;

void record_write_tool(struct json_write *j)
{
	json_open(j, "tool", '{');
	json_str(j, "name", "osmodump");
	json_str(j, "version", OSM_VERSION);
	json_close(j, '}');
}

void record_write_consistency(enum consistency level, const char *why, struct json_write *j)
{
	json_open(j, "consistency", '{');
	json_str(j, "level", consistency_name(level));
	json_str(j, "why", why);
	json_close(j, '}');
}

void record_write_start(uint64_t ns, struct json_write *j)
{
	json_open(j, "start", '{');
	json_uint(j, "seconds", ns / SECOND);
	json_uint(j, "nanoseconds", ns % SECOND);
	json_close(j, '}');
}

static void write_pause(const struct record *r, struct json_write *j)
{
	const struct snapshot_pause *p = &r->pause;

	if (!r->paused)
		return;
	json_open(j, "pause", '{');
	json_uint(j, "total_ns", p->total);
	json_uint(j, "interrupt_ns", p->interrupt);
	json_uint(j, "registers_ns", p->registers);
	json_uint(j, "clone_ns", p->clone);
	json_uint(j, "copy_ns", p->copy);
	json_uint(j, "release_ns", p->release);
	json_close(j, '}');
}

static void write_set(const struct record *r, struct json_write *j)
{
	if (!r->n_set)
		return;
	json_open(j, "set", '{');
	json_open(j, "pids", '[');
	for (size_t i = 0; i < r->n_set; i++)
		json_int(j, NULL, r->set[i]);
	json_close(j, ']');
	json_uint(j, "skew_ns", r->set_skew_ns);
	json_close(j, '}');
}

static void write_head(const struct record *r, struct json_write *j)
{
	json_uint(j, "format", OSMOSIS_NOTE_FORMAT);
	record_write_tool(j);
	json_open(j, "engine", '{');
	json_str(j, "name", r->engine);
	json_str(j, "why", r->engine_why);
	json_close(j, '}');
	record_write_consistency(r->consistency, r->consistency_why, j);
	record_write_start(r->start_ns, j);
	json_str(j, "trigger", r->trigger);
	json_str(j, "comment", r->comment);
	write_pause(r, j);
	write_set(r, j);
}

static struct err *write_memory(const struct record *r, struct json_write *j)
{
	struct range_groups g;

	TRY(range_groups_init(&g, r->ranges, r->n_ranges, r->default_class));
	json_open(j, "memory", '{');
	json_uint(j, "page_size", r->page_size ? r->page_size : 4096);
	json_str(j, "default", range_class_name(r->default_class));
	range_groups_write(&g, SIZE_MAX, j);
	json_close(j, '}');
	range_groups_deinit(&g);
	return NULL;
}

static struct err *write_record(const struct record *r, struct json_write *j)
{
	json_open(j, NULL, '{');
	write_head(r, j);
	TRY(write_memory(r, j));
	if (r->facts)
		record_write_facts(r->facts, j);
	if (r->more)
		r->more(r->more_arg, j);
	json_close(j, '}');
	return strbuf_check(&j->sb);
}

static struct err *write_lists(const struct record *r, struct json_write *j)
{
	json_open(j, NULL, '{');
	json_uint(j, "format", OSMOSIS_NOTE_FORMAT);
	record_write_threads(r, j);
	if (r->facts)
		record_write_lists(r->facts, j);
	json_close(j, '}');
	return strbuf_check(&j->sb);
}

typedef struct err *write_fn(const struct record *r, struct json_write *j);

static struct err *build(const struct record *r, write_fn *write, struct arena *a, const void **ret, size_t *ret_size)
{
	struct json_write j = { .sb = STRBUF_INIT };
	struct err *e = write(r, &j);
	const void *copy = e ? NULL : arena_memdup(a, j.sb.s, j.sb.len);

	if (copy) {
		*ret = copy;
		*ret_size = j.sb.len;
	} else if (!e) {
		e = err_nomem();
	}
	strbuf_deinit(&j.sb);
	return e;
}

struct err *record_build(const struct record *r, struct arena *a, const void **ret, size_t *ret_size)
{
	return build(r, write_record, a, ret, ret_size);
}

struct err *record_lists_build(const struct record *r, struct arena *a, const void **ret, size_t *ret_size)
{
	return build(r, write_lists, a, ret, ret_size);
}

/* How much of it is written. */
struct closing_limits {
	size_t ranges, why;
};

static void write_closing(const struct record_closing *c, const struct range_groups *g, struct closing_limits limit,
			  struct json_write *j)
{
	strbuf_reset(&j->sb);
	j->comma = false;
	json_open(j, NULL, '{');
	json_uint(j, "format", OSMOSIS_NOTE_FORMAT);
	json_bool(j, "complete", c->complete);
	if (limit.why)
		json_strn(j, "incomplete_why", c->incomplete_why, limit.why);
	json_uint(j, "written_bytes", c->written);
	json_uint(j, "zero_bytes", c->zero);
	json_uint(j, "writing_ns", c->writing_ns);
	json_open(j, "memory", '{');
	range_groups_write(g, limit.ranges, j);
	json_uint(j, "not_listed", g->ranges.n - limit.ranges);
	json_close(j, '}');
	json_close(j, '}');
}

/* As many ranges as the room allows: fewer in proportion until they fit; then the text gives way. */
static struct err *fit_closing(const struct record_closing *c, const struct range_groups *g, size_t size,
			       struct json_write *j)
{
	struct closing_limits limit = { g->ranges.n, c->incomplete_why ? strlen(c->incomplete_why) : 0 };

	for (;;) {
		write_closing(c, g, limit, j);
		TRY(strbuf_check(&j->sb));
		if (j->sb.len <= size)
			break;
		if (limit.ranges)
			limit.ranges = (size_t)((__uint128_t)(limit.ranges - 1) * size / j->sb.len);
		else if (limit.why)
			limit.why /= 2;
		else
			return err_new(ERR_USAGE, "a closing record of %zu bytes in room for %zu", j->sb.len, size);
	}
	strbuf_pad(&j->sb, ' ', size - j->sb.len);
	return strbuf_check(&j->sb);
}

struct err *record_closing_build(const struct record_closing *c, size_t size, struct arena *a, const void **ret)
{
	struct json_write j = { .sb = STRBUF_INIT };
	struct range_groups g;
	struct err *e;

	if (size < RECORD_CLOSING_LEAST)
		return err_new(ERR_USAGE, "room of %zu bytes for the closing record, at least %d are needed", size,
			       RECORD_CLOSING_LEAST);
	TRY(range_groups_init(&g, c->ranges, c->n_ranges, N_RANGE_CLASSES));
	e = fit_closing(c, &g, size, &j);
	if (!e) {
		const void *copy = arena_memdup(a, j.sb.s, size);

		if (copy)
			*ret = copy;
		else
			e = err_nomem();
	}
	range_groups_deinit(&g);
	strbuf_deinit(&j.sb);
	return e;
}
