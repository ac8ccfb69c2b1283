/* SPDX-License-Identifier: MIT */
/* info on a snapshot: how it was taken, and what of its memory is what. */
#include "main/info.h"

#include <stdlib.h>
#include <string.h>

static const struct field snapshot_fields[] = {
	{ "consistency", FIELD_STR, "instantaneous, quasi-instantaneous or smeared" },
	{ "consistency_why", FIELD_STR, "what made it so" },
	{ "engine", FIELD_STR, "way in which it was taken" },
	{ "engine_why", FIELD_STR, "why this way" },
	{ "trigger", FIELD_STR, "what it was taken for" },
	{ "comment", FIELD_STR, "words of who took it" },
	{ "start", FIELD_TIME, "when the first thread was stopped" },
	{ "start_nanoseconds", FIELD_UINT, "of the second" },
	{ "pause_ms", FIELD_FLOAT, "from the first thread stopped to the last resumed, ms" },
	{ "interrupt_ms", FIELD_FLOAT, "of it: stopping the threads" },
	{ "registers_ms", FIELD_FLOAT, "of it: reading registers" },
	{ "clone_ms", FIELD_FLOAT, "of it: cloning the process" },
	{ "copy_ms", FIELD_FLOAT, "of it: copying what a clone does not have" },
	{ "release_ms", FIELD_FLOAT, "of it: letting the threads go" },
	{ "set_size", FIELD_UINT, "processes that were taken together, this one among them" },
	{ "skew_ms", FIELD_FLOAT, "from the first of them stopped to the last, ms" },
	{ "complete", FIELD_BOOL, "all that was planned was written" },
	{ "incomplete_why", FIELD_STR, "why not" },
	{ "written", FIELD_SIZE, "bytes of memory that were written" },
	{ "writing_ms", FIELD_FLOAT, "from the release of the process to the end of writing, ms" },
	{ "not_listed", FIELD_UINT, "ranges for which the closing record had no room" },
	{ NULL },
};
const struct record info_snapshot_record = {
	.kind = "snapshot",
	.help = "How a snapshot of a living process was taken",
	.fields = snapshot_fields,
	.text = "\nSnapshot:        {consistency|of unknown consistency}[: {consistency_why}]\n"
		"[Engine:          {engine}[: {engine_why}]\n]"
		"[Trigger:         {trigger}\n]"
		"[Comment:         {comment}\n]"
		"[Pause:           {pause_ms} ms: interrupt {interrupt_ms}, registers {registers_ms}, clone {clone_ms}, "
		"copy {copy_ms}, release {release_ms}\n]"
		"[Set:             {set_size} processes, skew {skew_ms} ms\n]"
		"Complete:        {complete|not known: the closing record is missing}[: {incomplete_why}]\n"
		"[Written:         {written:S} of memory[ in {writing_ms} ms]\n]"
		"[Not listed:      {not_listed} ranges\n]",
};

static const struct field class_fields[] = {
	{ "class", FIELD_STR, "snapshot, pause, live, unreadable, left-out, file or untouched" },
	{ "ranges", FIELD_UINT, "number of ranges" },
	{ "size", FIELD_SIZE, "bytes" },
	{ NULL },
};
const struct record info_class_record = {
	.kind = "snapshot_class",
	.help = "How much memory of a snapshot is of a class",
	.fields = class_fields,
	.text = "  {class:-10} {ranges:8}  {size:16d}  {size:10S}\n",
};

static const struct field reason_fields[] = {
	{ "class", FIELD_STR, "unreadable, left-out or another" },
	{ "reason", FIELD_STR, "as the dump gives it" },
	{ "ranges", FIELD_UINT, "number of ranges" },
	{ "size", FIELD_SIZE, "bytes" },
	{ NULL },
};
const struct record info_reason_record = {
	.kind = "snapshot_reason",
	.help = "Why memory of a snapshot is of its class",
	.fields = reason_fields,
	.text = "  {class:-10} {ranges:8}  {size:16d}  {size:10S}  {reason}\n",
};

static void emit_ms(struct out *o, const char *key, uint64_t ns)
{
	out_float(o, key, (double)ns / 1e6);
}

static void emit_pause(const struct dump_snapshot *s, struct out *o)
{
	if (!s->has_pause)
		return;
	emit_ms(o, "pause_ms", s->pause.total);
	emit_ms(o, "interrupt_ms", s->pause.interrupt);
	emit_ms(o, "registers_ms", s->pause.registers);
	emit_ms(o, "clone_ms", s->pause.clone);
	emit_ms(o, "copy_ms", s->pause.copy);
	emit_ms(o, "release_ms", s->pause.release);
}

static void emit_closing(const struct dump_snapshot *s, struct out *o)
{
	if (!s->has_closing)
		return;
	out_bool(o, "complete", s->complete);
	out_name(o, "incomplete_why", s->incomplete_why);
	out_uint(o, "written", s->written);
	emit_ms(o, "writing_ms", s->writing_ns);
	if (s->not_listed)
		out_uint(o, "not_listed", s->not_listed);
}

static struct err *emit_classes(const struct dump_snapshot *s, struct out *o)
{
	TRY(out_heading(o, "\nMemory of the snapshot:\n  %-10s %8s  %16s\n", "class", "ranges", "bytes"));
	for (unsigned i = 0; i < N_RANGE_CLASSES; i++) {
		if (!s->counts[i].ranges)
			continue;
		out_begin(o, &info_class_record);
		out_str(o, "class", range_class_name((enum range_class)i));
		out_uint(o, "ranges", s->counts[i].ranges);
		out_uint(o, "size", s->counts[i].bytes);
		TRY(out_end(o));
	}
	return NULL;
}

static int by_reason(const void *a, const void *b)
{
	const struct snapshot_range *x = a, *y = b;

	if (x->class != y->class)
		return x->class < y->class ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

static struct err *emit_reason(const struct snapshot_range *v, size_t n, struct out *o)
{
	uint64_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += v[i].end - v[i].start;
	out_begin(o, &info_reason_record);
	out_str(o, "class", range_class_name(v->class));
	out_str(o, "reason", v->reason);
	out_uint(o, "ranges", n);
	out_uint(o, "size", size);
	return out_end(o);
}

/* v: those that have a reason */
static struct err *emit_reasons(struct snapshot_range *v, size_t n, struct out *o)
{
	if (!n)
		return NULL;
	qsort(v, n, sizeof(*v), by_reason);
	TRY(out_heading(o, "\nReasons:\n"));
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && !by_reason(&v[i], &v[end]);)
			end++;
		TRY(emit_reason(&v[i], end - i, o));
	}
	return NULL;
}

static struct err *find_reasons(const struct dump_snapshot *s, struct out *o)
{
	CLEANUP(freep) struct snapshot_range *v = s->n_ranges ? calloc(s->n_ranges, sizeof(*v)) : NULL;
	size_t n = 0;

	if (s->n_ranges && !v)
		return err_nomem();
	for (size_t i = 0; i < s->n_ranges; i++)
		if (*s->ranges[i].reason)
			v[n++] = s->ranges[i];
	return emit_reasons(v, n, o);
}

struct err *info_emit_snapshot(struct dump *d, struct out *o)
{
	const struct dump_snapshot *s;

	TRY(dump_snapshot(d, &s));
	if (!s)
		return NULL;
	out_begin(o, &info_snapshot_record);
	out_name(o, "consistency", s->consistency_text);
	out_name(o, "consistency_why", s->consistency_why);
	out_name(o, "engine", s->engine);
	out_name(o, "engine_why", s->engine_why);
	out_name(o, "trigger", s->trigger);
	out_name(o, "comment", s->comment);
	if (s->start_seconds) {
		out_time(o, "start", s->start_seconds);
		out_uint(o, "start_nanoseconds", s->start_nanoseconds);
	}
	emit_pause(s, o);
	if (s->set_size) {
		out_uint(o, "set_size", s->set_size);
		emit_ms(o, "skew_ms", s->set_skew_ns);
	}
	emit_closing(s, o);
	TRY(out_end(o));
	TRY(emit_classes(s, o));
	if (s->kernel)
		TRY(info_emit_kernel(s->kernel, o));
	return find_reasons(s, o);
}
