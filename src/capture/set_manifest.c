/* SPDX-License-Identifier: MIT */
/* The text is made in memory and goes the way of all files, through the sink: beside its name, synced, renamed. */
#include "capture/set_manifest.h"
#include "capture/engine.h"
#include "capture/record_impl.h"
#include "capture/sink.h"
#include "format/manifest.h"

#include <string.h>

static void write_head(const struct snapshot_set *set, struct json_write *j)
{
	json_str(j, "type", MANIFEST_TYPE);
	json_uint(j, "format", MANIFEST_FORMAT);
	record_write_tool(j);
	json_open(j, "set", '{');
	json_str(j, "kind", set_kind_name(set->wish.kind));
	if (set->wish.kind == SET_TREE)
		json_int(j, "root", set->wish.root);
	if (set->wish.kind == SET_CGROUP)
		json_str(j, "cgroup", set->wish.cgroup);
	json_close(j, '}');
	record_write_consistency(set_consistency(set), "", j);
	record_write_start(set->time, j);
	json_uint(j, "skew_ns", set_skew(set));
	if (set->resumed)
		json_uint(j, "pause_ns", set->resumed - set->first_stop);
	json_uint(j, "late", set->late);
}

static void write_member(const struct snapshot *s, const struct set_files *files, struct json_write *j)
{
	json_open(j, NULL, '{');
	json_int(j, "pid", s->pid);
	json_int(j, "ppid", s->facts.stat.ppid);
	json_str(j, "name", s->facts.stat.comm);
	json_str(j, "file", files->file);
	json_str(j, "mini", files->mini);
	json_str(j, "engine", s->engine->name);
	record_write_consistency(s->consistency, s->consistency_why, j);
	if (!s->stopped)
		json_uint(j, "pause_ns", s->pause.total);
	json_close(j, '}');
}

static struct err *fill(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero)
{
	const struct strbuf *text = arg;

	memcpy(buf, text->s + offset, len);
	*ret_zero = false;
	return NULL;
}

static struct err *write_text(struct strbuf *text, const char *path, bool replace)
{
	struct sink_options to = { .path = path, .keep_free = 0, .replace = replace };
	struct sink_image image = { .size = text->len, .ordered_from = UINT64_MAX, .expected = text->len, .fill = fill, .arg = text };
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	struct sink_result result = { 0 };

	TRY(strbuf_check(text));
	TRY(sink_open(&to, image.expected, &sink));
	return sink_write(sink, &image, &result);
}

struct err *set_manifest_write(const struct snapshot_set *set, const struct set_files *files, const char *path, bool replace)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	struct json_write j = { .sb = STRBUF_INIT };

	json_open(&j, NULL, '{');
	write_head(set, &j);
	json_open(&j, "members", '[');
	for (size_t i = 0; i < set->members.n; i++)
		write_member(set->members.v[i], &files[i], &j);
	json_close(&j, ']');
	json_close(&j, '}');
	strbuf_addc(&j.sb, '\n');
	text = j.sb;
	return write_text(&text, path, replace);
}
