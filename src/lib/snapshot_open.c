/* SPDX-License-Identifier: MIT */
/*
 * A snapshot as a dump without a file: a source whose bytes are those that the
 * core would have. Memory that cannot be read is missing here, where a file
 * can only hold zeros and a list of them.
 */
#include "lib/lib_impl.h"

#include "base/source.h"
#include "capture/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct snapshot_source {
	struct source src;
	struct osm_snapshot *snapshot;
	struct core *core;
	struct sink_image image;
};

static uint64_t unreadable(const struct snapshot_source *s)
{
	struct core_totals totals;

	core_totals(s->core, &totals);
	return totals.unreadable;
}

static struct err *read_core(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct snapshot_source *s = (struct snapshot_source *)src;
	uint64_t before = unreadable(s);
	bool zero = false;

	TRY(s->image.fill(s->image.arg, offset, buf, len, &zero));
	if (zero)
		memset(buf, 0, len);
	if (unreadable(s) != before)
		return err_new(ERR_TRUNCATED, "%s: memory at offset 0x%llx cannot be read", src->name, (unsigned long long)offset);
	return NULL;
}

static void destroy(struct source *src)
{
	struct snapshot_source *s = (struct snapshot_source *)src;

	core_destroy(s->core);
	osm_snapshot_unref(s->snapshot);
	free(src->name);
	free(s);
}

static const struct source_ops core_ops = { read_core, destroy };

static struct err *name_source(struct snapshot_source *s)
{
	const struct snapshot *n = s->snapshot->s;

	if (asprintf(&s->src.name, "snapshot of process %d (%s)", (int)n->pid, n->facts.stat.comm) >= 0)
		return NULL;
	s->src.name = NULL;
	return err_nomem();
}

static struct err *make_source(struct osm_snapshot *snapshot, struct source **ret)
{
	const struct core_options options = { .trigger = "library" };
	struct snapshot_source *s = calloc(1, sizeof(*s));
	struct err *e;

	if (!s)
		return err_nomem();
	osm_snapshot_ref(snapshot);
	s->snapshot = snapshot;
	e = name_source(s);
	if (!e)
		e = core_create(snapshot->s, &options, &s->core);
	if (e) {
		destroy(&s->src);
		return e;
	}
	s->image = core_image(s->core);
	s->src.ops = &core_ops;
	s->src.size = s->image.size;
	*ret = &s->src;
	return NULL;
}

static struct err *open_dump(struct osm_snapshot *s, struct dump **ret)
{
	struct source *src = NULL;

	TRY(make_source(s, &src));
	return dump_open_source(src, ret);
}

struct osm_error *osm_snapshot_open(struct osm_snapshot *s, const struct osm_options *options, struct osm_dump **ret)
{
	struct dump *dump = NULL;
	struct err *e;

	if (!s || !ret)
		return pub(s ? err_new(ERR_USAGE, "no place for the dump was given (NULL)") : no_snapshot());
	e = open_dump(s, &dump);
	return e ? pub(e) : open_over(dump, options, ret);
}
