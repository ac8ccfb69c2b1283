/* SPDX-License-Identifier: MIT */
/* osmodump snap --vm: a virtual machine, through QEMU's monitor. */
#include "base/cancel.h"
#include "capture/vm.h"
#include "format/kdump_write.h"
#include "main/convert.h"
#include "main/snap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct field fields[] = {
	{ "vm", FIELD_STR, "name of the virtual machine" },
	{ "pid", FIELD_UINT, "of its QEMU" },
	{ "engine", FIELD_STR, "background, stop or migrate" },
	{ "engine_reason", FIELD_STR, "why not one with a shorter pause" },
	{ "consistency", FIELD_STR, "instantaneous: all of it is of one instant" },
	{ "pause_ms", FIELD_FLOAT, "between QEMU's events STOP and RESUME" },
	{ "paused", FIELD_BOOL, "it stood still before, and still does" },
	{ "memory", FIELD_SIZE, "of the machine" },
	{ "received", FIELD_SIZE, "bytes that QEMU sent" },
	{ "seconds", FIELD_FLOAT, "spent receiving them" },
	{ "time", FIELD_TIME, "of the pause" },
	{ NULL },
};
const struct record snap_vm_record = {
	.kind = "vm_snapshot",
	.help = "A virtual machine that was captured",
	.fields = fields,
	.text = "Machine:      {vm}[, QEMU's process {pid}]\n"
		"Engine:       {engine}[ ({engine_reason})]\n"
		"Consistency:  {consistency}\n"
		"[Pause:        {pause_ms} ms\n][Pause:        none: it stood still before ({paused:Y})\n]"
		"Received:     {received:S} of {memory:S} in {seconds} s\n",
};

static struct err *tell(struct out *o, const struct vm_snapshot *s)
{
	out_begin(o, &snap_vm_record);
	out_str(o, "vm", s->name);
	if (s->pid)
		out_uint(o, "pid", (uint64_t)s->pid);
	out_str(o, "engine", s->engine);
	if (*s->reason)
		out_str(o, "engine_reason", s->reason);
	out_str(o, "consistency", "instantaneous");
	if (s->pause_ms >= 0)
		out_float(o, "pause_ms", s->pause_ms);
	if (!s->was_running)
		out_bool(o, "paused", true);
	out_uint(o, "memory", s->memory);
	out_uint(o, "received", s->received);
	out_float(o, "seconds", (double)s->nanoseconds / 1e9);
	out_time(o, "time", s->time);
	return out_end(o);
}

static const char *kind_of(const struct settings *s)
{
	return s->to ? s->to : "elf";
}

static bool is_kdump(const struct settings *s)
{
	return strcmp(kind_of(s), "kdump") == 0;
}

struct err *snap_vm_check(const struct settings *s)
{
	static const char *const kinds[] = { "elf", "kdump", "lime", "raw" };
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		known |= !strcmp(kind_of(s), kinds[i]);
	if (!known)
		return err_new(ERR_USAGE, "--to: '%s' is none of elf, kdump, lime, raw", s->to);
	if (s->words.n)
		return err_new(ERR_USAGE, "--vm names what is dumped: '%s' is too much", s->words.v[0]);
	if (s->set || s->mini || s->full || s->dry_run || s->include || s->exclude || s->all_memory || s->budget || s->environment)
		return err_new(ERR_USAGE, "--vm takes all of a machine's memory: only --engine, --to, -o and how the file is written can be chosen");
	return NULL;
}

/* The folder that the dump goes to, where there is room for what comes before it. To be freed. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat st;

	if (!strcmp(path, "-"))
		return strdup(getenv("TMPDIR") ? getenv("TMPDIR") : "/var/tmp");
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return strdup(path);
	if (!slash)
		return strdup(".");
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

static struct err *name_file(const struct settings *s, const struct vm_snapshot *vm, char **ret)
{
	char host[256] = "";
	struct sink_names names = { .name = vm->name, .host = host, .trigger = "demand", .pid = (int)vm->pid, .time = vm->time };

	(void)gethostname(host, sizeof(host) - 1);
	names.kind = strcmp(kind_of(s), "elf") == 0 ? "vmcore" : kind_of(s);
	if (!strcmp(snap_output(s), "-")) {
		*ret = strdup("-");
		return *ret ? NULL : err_nomem();
	}
	return sink_name(snap_output(s), &names, ret);
}

static struct err *write_dump(const struct settings *s, struct dump *d, const struct sink_options *to, uint64_t expected, struct out *o)
{
	struct kdump_written written = { 0 };
	uint64_t lost = 0;

	if (is_kdump(s)) {
		TRY(write_kdump(d, s->compress, to, o, &written));
		lost = written.lost;
	} else {
		TRY(write_memory(d, kind_of(s), to, expected, o, &lost));
	}
	return lost ? err_new(ERR_CORRUPT, "%" PRIu64 " bytes of the machine's memory could not be read: they are zeros in the dump", lost) : NULL;
}

static struct err *convert(const struct settings *s, const struct vm_snapshot *vm, const char *path, struct out *o)
{
	CLEANUP(dump_unrefp) struct dump *d = NULL;
	struct sink_options to = { 0 };
	struct settings plain = *s;
	struct stat st = { 0 };
	char file[64];

	if (is_kdump(s))
		plain.compress = NULL;
	TRY(writing_options(&plain, &to));
	if (is_kdump(s))
		to.path = path;
	else
		writing_path(s, path, &to);
	to.gives_way = true;
	(void)fstat(vm->fd, &st);
	(void)snprintf(file, sizeof(file), "/proc/self/fd/%d", vm->fd);
	TRY(dump_open(file, NULL, &d));
	return write_dump(s, d, &to, (uint64_t)st.st_blocks * 512, o);
}

struct err *snap_vm(const struct settings *s, struct out *o)
{
	CLEANUP(freep) char *folder = folder_of(snap_output(s));
	CLEANUP(freep) char *path = NULL;
	struct vm_options options = { .monitor = s->vm, .engine = s->engine, .folder = folder };
	struct vm_snapshot vm;
	struct err *e;

	if (!folder)
		return err_nomem();
	TRY(vm_take(&options, &vm));
	e = name_file(s, &vm, &path);
	if (!e)
		e = tell(o, &vm);
	if (!e)
		e = convert(s, &vm, path, o);
	vm_snapshot_deinit(&vm);
	return e;
}
