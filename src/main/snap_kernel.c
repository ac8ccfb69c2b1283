/* SPDX-License-Identifier: MIT */
/* osmodump snap --kernel: the kernel, by osmosis.ko or from /proc/kcore. */
#include "base/cancel.h"
#include "capture/kernel.h"
#include "main/convert.h"
#include "main/snap.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

static const struct field kernel_fields[] = {
	{ "release", FIELD_STR, "of the kernel" },
	{ "engine", FIELD_STR, "kernel-module or kcore" },
	{ "engine_reason", FIELD_STR, "why so" },
	{ "consistency", FIELD_STR, "instantaneous or smeared" },
	{ "consistency_reason", FIELD_STR, "why not better" },
	{ "partial", FIELD_STR, "why not all that was wanted was captured" },
	{ "pause_ms", FIELD_FLOAT, "from the first task displaced to the last CPU done" },
	{ "predicted_ms", FIELD_FLOAT, "what the pause was expected to be" },
	{ "first_pass_ms", FIELD_FLOAT, "copying while the system ran" },
	{ "pages", FIELD_UINT, "that were compared in the pause" },
	{ "changed_pages", FIELD_UINT, "that had changed since they were copied" },
	{ "changed_bytes", FIELD_SIZE, "of them, copied in the pause" },
	{ "fresh_pages", FIELD_UINT, "that were given out between the passes" },
	{ "reserved", FIELD_SIZE, "set aside" },
	{ "time", FIELD_TIME, "of the pause, or when reading began" },
	{ NULL },
};
const struct record snap_kernel_record = {
	.kind = "kernel_snapshot",
	.help = "What was reached",
	.fields = kernel_fields,
	.text = "Kernel:       {release}\n"
		"Engine:       {engine} ({engine_reason})\n"
		"Consistency:  {consistency}[: {consistency_reason}]\n"
		"[Partial:      {partial}\n]"
		"[Pause:        {pause_ms} ms, predicted {predicted_ms} (first pass {first_pass_ms} ms while the system ran)\n]"
		"[Second pass:  {pages} pages compared, {changed_pages} changed ({changed_bytes:S} copied), {fresh_pages} new\n]"
		"[Set aside:    {reserved:S}\n]",
};

static const struct field class_fields[] = {
	{ "class", FIELD_STR, "of pages" },
	{ "pages", FIELD_UINT, "at the instant" },
	{ "captured", FIELD_UINT, "of them" },
	{ "live", FIELD_UINT, "of these, not of the instant" },
	{ "changed_bytes", FIELD_UINT, "copied in the pause" },
	{ "whole", FIELD_BOOL, "all of it is there, of the instant" },
	{ NULL },
};
const struct record snap_kernel_class_record = {
	.kind = "kernel_class",
	.help = "A class of pages",
	.fields = class_fields,
	.text = "  {class:-10} {pages:10} pages {captured:10} captured {live:8} live {changed_bytes:10} bytes changed  whole: {whole}\n",
};

static const struct field process_fields[] = {
	{ "pid", FIELD_UINT, "process" },
	{ "name", FIELD_STR, "its name" },
	{ "resident", FIELD_UINT, "pages of its anonymous and shared memory that were in memory" },
	{ "swapped", FIELD_UINT, "that were swapped out" },
	{ "captured", FIELD_UINT, "of the resident ones" },
	{ NULL },
};
const struct record snap_kernel_process_record = {
	.kind = "kernel_process",
	.help = "A process whose memory was to be captured",
	.fields = process_fields,
	.text = "Process:      {pid} ({name}): {captured} of {resident} resident pages captured, {swapped} swapped out\n",
};

static const struct field file_fields[] = {
	{ "path", FIELD_STR, "the dump; - is standard output" },
	{ "size", FIELD_SIZE, "of the file" },
	{ "written", FIELD_SIZE, "bytes that reached it" },
	{ "seconds", FIELD_FLOAT, "spent writing" },
	{ "pages", FIELD_UINT, "kdump: pages in it" },
	{ "zero_pages", FIELD_UINT, "kdump: of them, zero: one for all is in the file" },
	{ "unreadable", FIELD_UINT, "pages that could not be read: they are listed in the dump" },
	{ "changed", FIELD_UINT, "kcore: pages that had changed when they were read once more" },
	{ "changed_ranges", FIELD_UINT, "in so many ranges: listed in the dump" },
	{ "partial", FIELD_BOOL, "writing was broken off" },
	{ NULL },
};
const struct record snap_kernel_file_record = {
	.kind = "kernel_dump_file",
	.help = "The file that was written",
	.fields = file_fields,
	.text = "[Changed:      {changed} pages in {changed_ranges} ranges between two readings\n]"
		"[Unreadable:   {unreadable} pages, listed in the dump\n]"
		"Written:      {path}: {written:S} in {seconds} s[ ({pages:d} pages, {zero_pages:d} of them zero)]\n"
		"[Partial:      {partial:Y}\n]",
};

static const struct field need_fields[] = {
	{ "class", FIELD_STR, "of pages" },
	{ "pages", FIELD_UINT, "now" },
	{ "size", FIELD_SIZE, "of them" },
	{ "with_those_before", FIELD_SIZE, "to be set aside for this class and all before it, with room for what is given out meanwhile" },
	{ "available", FIELD_SIZE, "free now, or set aside already" },
	{ "fits", FIELD_BOOL, "into what is available" },
	{ NULL },
};
const struct record snap_kernel_need_record = {
	.kind = "kernel_need",
	.help = "What capturing a class would need",
	.fields = need_fields,
	.text = "  {class:-10} {pages:10} pages {size:10S}  needs {with_those_before:10S} of {available:10S}  fits: {fits}\n",
};

static double ms(uint64_t ns)
{
	return (double)(ns / 1000) / 1000;
}

/* --- the command line ------------------------------------------------------------------------------- */

enum { MAX_PROCESSES = 16, STALE = 4 };

struct wish {
	struct kernel_options options;
	pid_t pids[MAX_PROCESSES];
};

static struct err *add_pid(struct wish *w, pid_t pid)
{
	for (size_t i = 0; i < w->options.n_processes; i++)
		if (w->pids[i] == pid)
			return NULL;
	if (w->options.n_processes == MAX_PROCESSES)
		return err_new(ERR_USAGE, "--with-process: at most %d processes", MAX_PROCESSES);
	w->pids[w->options.n_processes++] = pid;
	return NULL;
}

static struct err *add_stale(struct wish *w)
{
	struct kernel_process found[STALE];
	size_t n = 0;

	TRY(kernel_stale(STALE, found, &n));
	if (!n)
		notice("--with-process stale: no process has memory in swap");
	for (size_t i = 0; i < n; i++)
		TRY(add_pid(w, found[i].pid));
	return NULL;
}

static struct err *read_processes(const char *text, struct wish *w)
{
	char word[64];
	pid_t pid;

	for (const char *p = text;; p++) {
		size_t n = strcspn(p, ",");

		if (!n || n >= sizeof(word))
			return err_new(ERR_USAGE, "--with-process: '%.*s' is no process", (int)n, p);
		memcpy(word, p, n);
		word[n] = '\0';
		if (strcmp(word, "stale") == 0) {
			TRY(add_stale(w));
		} else {
			TRY(snap_find_process(word, &pid));
			TRY(add_pid(w, pid));
		}
		p += n;
		if (!*p)
			return NULL;
	}
}

static struct err *read_wish(const struct settings *s, struct wish *w)
{
	enum { MOST_MS = 8000, NS_PER_MS = 1000000 };
	uint64_t pause = 0;

	*w = (struct wish){ .options.no_module = s->no_module };
	w->options.hold = getenv("OSMOSIS_KERNEL_HOLD"); /* tests compare with what the hypervisor sees meanwhile */
	w->options.processes = w->pids;
	if (s->words.n)
		return err_new(ERR_USAGE, "--kernel: '%s' is too much", s->words.v[0]);
	if (s->classes && s->all_classes)
		return err_new(ERR_USAGE, "--classes or --all, not both");
	if (s->classes || s->all_classes)
		TRY(kernel_read_classes(s->all_classes ? "all" : s->classes, &w->options.classes));
	if (s->pause_max && (!parse_decimal(s->pause_max, MOST_MS, &pause) || !pause))
		return err_new(ERR_USAGE, "--pause-max: '%s' is no number of milliseconds from 1 to %d", s->pause_max, MOST_MS);
	w->options.pause_max_ns = pause * NS_PER_MS;
	return s->with_process ? read_processes(s->with_process, w) : NULL;
}

/* --- telling ---------------------------------------------------------------------------------------------- */

static struct err *emit_class(const struct kernel_figures *f, const char *name, struct out *o)
{
	out_begin(o, &snap_kernel_class_record);
	out_str(o, "class", name);
	out_uint(o, "pages", f->pages);
	out_uint(o, "captured", f->captured);
	out_uint(o, "live", f->live);
	out_uint(o, "changed_bytes", f->changed);
	out_bool(o, "whole", f->whole);
	return out_end(o);
}

static struct err *emit_process(const struct kernel_process *p, struct out *o)
{
	out_begin(o, &snap_kernel_process_record);
	out_uint(o, "pid", (uint64_t)p->pid);
	out_str(o, "name", p->name);
	out_uint(o, "resident", p->resident);
	out_uint(o, "swapped", p->swapped);
	out_uint(o, "captured", p->captured);
	return out_end(o);
}

static void emit_pause(const struct kernel_snapshot *s, struct out *o)
{
	if (!s->paused)
		return;
	out_float(o, "pause_ms", ms(s->pause_ns));
	out_float(o, "predicted_ms", ms(s->predicted_ns));
	out_float(o, "first_pass_ms", ms(s->first_pass_ns));
	out_uint(o, "pages", s->compared);
	out_uint(o, "changed_pages", s->changed_pages);
	out_uint(o, "changed_bytes", s->changed_bytes);
	out_uint(o, "fresh_pages", s->fresh_pages);
	out_uint(o, "reserved", s->reserved * KERNEL_PAGE);
}

static struct err *emit_snapshot(const struct kernel_snapshot *s, const char *release, struct out *o)
{
	out_begin(o, &snap_kernel_record);
	out_str(o, "release", release);
	out_str(o, "engine", s->engine);
	out_str(o, "engine_reason", s->why);
	out_str(o, "consistency", consistency_name(s->consistency));
	out_name(o, "consistency_reason", s->consistency_why);
	out_name(o, "partial", s->partial);
	emit_pause(s, o);
	out_time(o, "time", s->time_ns / 1000000000);
	TRY(out_end(o));
	for (unsigned i = 0; i < s->classes.n; i++)
		if (s->classes.v[i].wanted)
			TRY(emit_class(&s->classes.v[i], kernel_class_name(i), o));
	for (size_t i = 0; i < s->processes.n; i++)
		TRY(emit_process(&s->processes.v[i], o));
	return NULL;
}

/* pages: of a kdump; NULL */
static struct err *emit_file(const struct kernel_image *image, const struct sink_result *r, const struct kdump_written *pages, bool kcore,
			     struct out *o)
{
	uint64_t unreadable, changed, ranges;

	kernel_image_totals(image, &unreadable, &changed, &ranges);
	out_begin(o, &snap_kernel_file_record);
	out_str(o, "path", r->path ? r->path : "-");
	out_uint(o, "size", r->size);
	out_uint(o, "written", r->written);
	out_float(o, "seconds", ms(r->nanoseconds) / 1000);
	if (pages) {
		out_uint(o, "pages", pages->pages);
		out_uint(o, "zero_pages", pages->zero_pages);
	}
	if (unreadable)
		out_uint(o, "unreadable", unreadable);
	if (kcore) {
		out_uint(o, "changed", changed);
		out_uint(o, "changed_ranges", ranges);
	}
	if (r->partial)
		out_bool(o, "partial", true);
	return out_end(o);
}

/* --- doing ------------------------------------------------------------------------------------------------- */

static struct err *calibrate(struct out *o)
{
	CLEANUP(kernel_need_deinit) struct kernel_need need = { 0 };
	uint32_t all;
	uint64_t sum = 0;

	TRY(kernel_read_classes("all", &all));
	TRY(kernel_count(&need));
	for (unsigned i = 0; i < need.pages.n; i++) {
		uint64_t size = need.pages.v[i] * KERNEL_PAGE, needed;

		if (!(all & 1u << i))
			continue;
		sum += need.pages.v[i];
		needed = (sum + sum / 8 + 512) * KERNEL_PAGE + need.tables;
		out_begin(o, &snap_kernel_need_record);
		out_str(o, "class", kernel_class_name(i));
		out_uint(o, "pages", need.pages.v[i]);
		out_uint(o, "size", size);
		out_uint(o, "with_those_before", needed);
		out_uint(o, "available", need.available * KERNEL_PAGE);
		out_bool(o, "fits", needed <= need.available * KERNEL_PAGE);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *file_name(const struct snap_job *j, const struct utsname *u, uint64_t time, char **ret)
{
	static const char *const kinds[] = { [SINK_PLAIN] = "vmcore", [SINK_ZSTD] = "vmcore.zst", [SINK_LZ4] = "vmcore.lz4" };
	struct sink_names names = { .name = "kernel", .host = u->nodename, .trigger = "demand",
				    .kind = j->kdump ? "kdump" : kinds[j->sink.packing], .time = time / 1000000000 };

	return sink_name(snap_output(j->s), &names, ret);
}

static struct err *write_elf(struct kernel_image *image, const struct sink_options *to, struct sink **ret_sink, struct sink_result *ret)
{
	struct sink_image file = kernel_image_sink(image);

	TRY(sink_open(to, file.expected, ret_sink));
	return sink_write(*ret_sink, &file, ret);
}

/* From the dump that the image would be. */
static struct err *write_pages(struct kernel_image *image, struct kdump_write_options *how, const struct sink_options *to, struct sink **ret_sink,
			       struct sink_result *ret, struct kdump_written *ret_written)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct kdump_late_note closing = kernel_image_closing(image);

	how->late = &closing;
	TRY(kernel_image_open(image, &d));
	TRY(sink_open(to, kdump_write_expected(d, how->packing), ret_sink));
	return kdump_make(d, how, *ret_sink, ret_written, ret);
}

static struct err *write_file(const struct snap_job *j, struct kernel_snapshot *s, const struct utsname *u, struct out *o)
{
	CLEANUP(kernel_image_destroyp) struct kernel_image *image = NULL;
	CLEANUP(sink_destroyp) struct sink *sink = NULL;
	CLEANUP(freep) char *path = NULL;
	struct kdump_write_options pages = j->pages;
	struct sink_options to = j->sink;
	struct sink_result result = { 0 };
	struct kdump_written written = { 0 };

	TRY(file_name(j, u, s->time_ns, &path));
	TRY(kernel_image_create(s, j->kdump, &image));
	to.path = path;
	to.gives_way = true;
	if (j->kdump)
		TRY(write_pages(image, &pages, &to, &sink, &result, &written));
	else
		TRY(write_elf(image, &to, &sink, &result));
	TRY(emit_snapshot(s, u->release, o));
	return emit_file(image, &result, j->kdump ? &written : NULL, !s->paused, o);
}

struct err *snap_kernel_check(const struct settings *s, struct snap_job *j)
{
	struct settings plain = *s;

	j->kdump = s->to && strcmp(s->to, "kdump") == 0;
	if (s->to && !j->kdump && strcmp(s->to, "elf") != 0)
		return err_new(ERR_USAGE, "--to: '%s' is none of elf, kdump, which --kernel can write", s->to);
	if (j->kdump) { /* its pages are compressed, not the file */
		TRY(kdump_read_packing(s->compress, &j->pages));
		plain.compress = NULL;
	}
	return writing_options(&plain, &j->sink);
}

struct err *snap_kernel(const struct snap_job *j, struct out *o)
{
	CLEANUP(kernel_snapshot_destroyp) struct kernel_snapshot *s = NULL;
	struct utsname u;
	struct wish w;

	TRY(read_wish(j->s, &w));
	if (j->s->calibrate)
		return calibrate(o);
	if (uname(&u))
		return err_os(errno, "uname");
	TRY(kernel_take(&w.options, &s));
	TRY(cancel_check());
	return write_file(j, s, &u, o);
}
