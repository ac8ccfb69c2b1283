/* SPDX-License-Identifier: MIT */
/* A snapshot as a file. Progress goes to whom the calling thread serves, who may break this one file off. */
#include "lib/lib_impl.h"

#include "base/cancel.h"
#include "capture/core.h"

#include <pthread.h>

struct writing {
	struct osm_write_options options;
	atomic_bool stop;
};

static _Thread_local struct writing *current;

static void on_progress(void *arg, const char *what, uint64_t done, uint64_t total)
{
	struct writing *w = current;

	if (w && w->options.progress && !w->options.progress(w->options.progress_arg, done, total))
		atomic_store(&w->stop, true);
}

static void listen_to_progress(void)
{
	progress_set(on_progress, NULL);
}

static struct err *run_sink(struct writing *w, struct sink *sink, const struct sink_image *image, struct sink_result *ret)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct writing *outer = current;
	struct err *e;

	(void)pthread_once(&once, listen_to_progress);
	current = w;
	e = sink_write(sink, image, ret);
	current = outer;
	return e;
}

struct err *sink_options_of(const struct osm_write_options *o, struct sink_options *ret)
{
	static const enum sink_packing packings[] = { [OSM_PACK_NONE] = SINK_PLAIN, [OSM_PACK_ZSTD] = SINK_ZSTD,
						      [OSM_PACK_LZ4] = SINK_LZ4 };
	enum { KNOWN_FLAGS = OSM_WRITE_MINI | OSM_WRITE_REPLACE | OSM_WRITE_KEEP_PARTIAL };

	if (!o->path || !*o->path)
		return err_new(ERR_USAGE, "osm_write_options: no path");
	if ((unsigned)o->packing >= ARRAY_SIZE(packings))
		return err_new(ERR_USAGE, "osm_write_options: packing %d is not known", (int)o->packing);
	if (o->flags & ~(uint32_t)KNOWN_FLAGS)
		return err_new(ERR_USAGE, "osm_write_options: flags 0x%x: not all of them are known", (unsigned)o->flags);
	*ret = (struct sink_options){
		.path = o->path,
		.packing = packings[o->packing],
		.level = o->level,
		.threads = o->threads,
		.limit_rate = o->limit_rate,
		.keep_free = UINT64_MAX,
		.keep_partial = o->flags & OSM_WRITE_KEEP_PARTIAL,
		.replace = o->flags & OSM_WRITE_REPLACE,
	};
	return NULL;
}

static struct err *write_core(struct osm_snapshot *s, struct writing *w, struct osm_write_result *ret)
{
	struct core_options content = { .mini = w->options.flags & OSM_WRITE_MINI, .trigger = "library",
					.comment = w->options.comment };
	CLEANUP(core_destroyp) struct core *core = NULL;
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_options to;
	struct sink_result result = { 0 };
	struct core_totals totals;
	struct sink_image image;
	struct err *e;

	TRY(sink_options_of(&w->options, &to));
	TRY(core_create(s->s, &content, &core));
	to.cancel = &w->stop;
	image = core_image(core);
	TRY(sink_open(&to, image.expected, &sink));
	e = run_sink(w, sink, &image, &result);
	core_totals(core, &totals);
	*ret = (struct osm_write_result){
		.size = result.size,
		.written = result.written,
		.unreadable = totals.unreadable,
		.nanoseconds = result.nanoseconds,
		.partial = result.partial,
	};
	return e;
}

struct err *take_in_write_options(const struct osm_write_options *from, struct osm_write_options *ret)
{
	if (!from)
		return err_new(ERR_USAGE, "osm_write_options: NULL");
	return take_in("osm_write_options", from, ret, sizeof(*ret), sizeof(*ret));
}

struct err *write_dump(struct osm_snapshot *s, const struct osm_write_options *options, struct osm_write_result *ret)
{
	struct writing w = { .options = *options, .stop = false };

	return write_core(s, &w, ret);
}

struct osm_error *osm_snapshot_write(struct osm_snapshot *s, const struct osm_write_options *options,
				     struct osm_write_result *result)
{
	struct osm_write_options own = { 0 };
	struct osm_write_result out = { 0 };
	struct err *e = s ? NULL : no_snapshot();

	if (!e)
		e = take_in_write_options(options, &own);
	if (!e && result) /* before there is a file */
		e = give_out("osm_write_result", result, &out, sizeof(out), sizeof(out));
	if (e)
		return pub(e);
	e = write_dump(s, &own, &out);
	if (result)
		copy_out(result, &out, sizeof(out));
	return pub(e);
}
