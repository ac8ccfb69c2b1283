/* SPDX-License-Identifier: MIT */
/* Files in pieces: see capture/sink_place.h. */
#include "capture/sink_place.h"
#include "capture/sink_impl.h"

#include <assert.h>
#include <sys/stat.h>

bool sink_wants_order(const struct sink *s)
{
	return sink_is_ordered(s);
}

struct err *sink_place(struct sink *s, uint64_t offset, const void *data, size_t len)
{
	uint64_t zero = 0;

	if (!sink_is_ordered(s))
		return sink_put_sparse(&s->file, data, len, offset, &zero);
	assert(offset == s->file.at);
	return sink_put(&s->file, data, len);
}

static struct err *make(struct sink *s, const struct sink_maker *m)
{
	if (!sink_is_ordered(s))
		return m->make(m->arg, s);
	sink_gather(&s->file);
	TRY(m->make(m->arg, s));
	return sink_flush(&s->file);
}

static void tell(const struct sink *s, uint64_t began, bool partial, struct sink_result *ret)
{
	struct stat st;

	*ret = (struct sink_result){
		.path = s->result_path,
		.written = atomic_load(&s->file.written),
		.size = atomic_load(&s->file.written),
		.nanoseconds = sink_now() - began,
		.partial = partial,
	};
	if (s->file.kind == FILE_NAMED && fstat(s->file.fd, &st) == 0)
		ret->size = (uint64_t)st.st_size;
}

static struct err *finish(struct sink *s, bool partial)
{
	return sink_file_finish(&s->file, partial, &s->result_path);
}

static struct err *make_file(struct sink *s, const struct sink_maker *m, struct sink_result *ret)
{
	uint64_t began = sink_now();
	struct err *e = make(s, m);
	bool partial = false;

	if (!e)
		e = finish(s, false);
	if (e && s->options.keep_partial && s->file.kind == FILE_NAMED && atomic_load(&s->file.written)) {
		atomic_store(&s->stop, false);
		partial = !err_ignore(finish(s, true));
	}
	if (!e || partial)
		tell(s, began, partial, ret);
	sink_file_close(&s->file);
	return e;
}

struct err *sink_make(struct sink *s, const struct sink_maker *m, struct sink_result *ret)
{
	struct sink_guard g = sink_hold_signals();
	struct err *e = make_file(s, m, ret);

	sink_release_signals(&g);
	return e;
}
