/* SPDX-License-Identifier: MIT */
/* !mount: what is mounted where. */
#include "command/kernel.h"

#include "os/linux/kernel/mount.h"

#include <inttypes.h>

static const struct field mount_fields[] = {
	{ "address", FIELD_ADDR, "of its struct mount" },
	{ "super_block", FIELD_ADDR, "of its file system" },
	{ "id", FIELD_UINT, "number, as in /proc/PID/mountinfo" },
	{ "parent_id", FIELD_UINT, "number of the mount that it lies on" },
	{ "device", FIELD_STR, "major and minor number of the file system" },
	{ "source", FIELD_STR, "device or name that was mounted" },
	{ "type", FIELD_STR, "type of the file system" },
	{ "options", FIELD_STR, "options, as /proc/mounts begins them" },
	{ "path", FIELD_STR, "where it is mounted" },
	{ NULL },
};
static const struct record mount_record = {
	.kind = "mount",
	.help = "a mounted file system",
	.fields = mount_fields,
	.text = "{address}  {super_block|?}  {type:-11|?} {source:-12|?} {path|(path not known)}  ({options})\n",
};
static const struct record *const mount_records[] = { &mount_record, NULL };

static struct err *show_mount(struct out *o, const struct kernel_mount *m)
{
	CLEANUP(strbuf_deinit) struct strbuf options = STRBUF_INIT;

	mount_add_options(m, &options);
	TRY(strbuf_check(&options));
	out_begin(o, &mount_record);
	out_addr(o, "address", m->address);
	if (m->super_block)
		out_addr(o, "super_block", m->super_block);
	out_uint(o, "id", m->id);
	out_uint(o, "parent_id", m->parent_id);
	out_strf(o, "device", "%u:%u", m->major, m->minor);
	out_name(o, "source", m->source);
	out_name(o, "type", m->type);
	out_str(o, "options", options.s);
	out_str(o, "path", m->path);
	return out_end(o);
}

static bool is_wanted(const struct kernel_mount *m, const char *pattern)
{
	return !pattern || (m->path && str_match(pattern, m->path, false)) || str_match(pattern, m->type, true) ||
	       str_match(pattern, m->source, false);
}

static struct err *task_of(struct session *s, uint64_t pid, uint64_t *ret)
{
	struct thread *th = target_thread_by_tid(session_target(s), (uint32_t)pid);

	if (!th || !th->task)
		return err_new(ERR_NOTFOUND, "no process 0n%" PRIu64, pid);
	*ret = th->task;
	return NULL;
}

static struct err *run_mount(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	struct kernel_mount *v = NULL;
	uint64_t task = 0, pid;
	struct kernel *k;
	char *word = NULL;
	size_t n = 0;
	bool found;

	TRY(option_value(s, &p, 'p', &pid, &found));
	TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	TRY(kernel_need(s, args, &k));
	if (found)
		TRY(task_of(s, pid, &task));
	TRY(kernel_mounts(session_target(s), task, args->arena, &v, &n));
	TRY(out_heading(o, "%-*s  %-*s  %-11s %-12s %s\n", out_pointer_width(o), "Mount", out_pointer_width(o),
			"Super block", "Type", "Source", "Path"));
	for (size_t i = 0; i < n; i++)
		if (is_wanted(&v[i], word))
			TRY(show_mount(o, &v[i]));
	return NULL;
}

static const char *const mount_aliases[] = { "mount", NULL };

const struct command command_mount = {
	.name = "!mount",
	.aliases = mount_aliases,
	.summary = "show the mounted file systems",
	.usage = "[-p pid] [path|type|source]",
	.help = "Each mount of the first mount namespace, or of the one that a process is in (-p): its\n"
		"struct mount and super_block, type, source, path from the namespace's root, and options.\n"
		"A word (* and ? may stand for anything) shows those whose path, type or source it is.",
	.records = mount_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_mount,
};
