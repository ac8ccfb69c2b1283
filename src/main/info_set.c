/* SPDX-License-Identifier: MIT */
/* info on the manifest of a set: what it states of the set and of its members, and whether their dumps are there. */
#include "main/info.h"

#include <string.h>
#include <sys/stat.h>

static const struct field set_fields[] = {
	{ "path", FIELD_STR, "the manifest" },
	{ "tool", FIELD_STR, "what wrote it" },
	{ "set", FIELD_STR, "tree, cgroup or list" },
	{ "root", FIELD_UINT, "of a tree: its process" },
	{ "cgroup", FIELD_STR, "its folder" },
	{ "members", FIELD_UINT, "processes" },
	{ "late", FIELD_UINT, "of them: appeared while the others were being stopped" },
	{ "consistency", FIELD_STR, "of the weakest" },
	{ "start", FIELD_TIME, "when the first thread was stopped" },
	{ "start_nanoseconds", FIELD_UINT, "of the second" },
	{ "pause_ms", FIELD_FLOAT, "from the first thread stopped to the last resumed, of all" },
	{ "skew_ms", FIELD_FLOAT, "from the first thread stopped to the last stopped, of all" },
	{ NULL },
};
const struct record info_set_record = {
	.kind = "set",
	.help = "The manifest of processes that were taken together",
	.fields = set_fields,
	.text = "Path:            {path}\n"
		"Set:             {set|of unknown kind}[ of process {root}][ {cgroup}], {members} processes[, {late} of them forked "
		"meanwhile]\n"
		"[Written by:      {tool}\n]"
		"Consistency:     {consistency|unknown}\n"
		"[Taken:           {start}\n]"
		"[Pause:           {pause_ms} ms\n]"
		"Skew:            {skew_ms} ms between the first stop and the last\n"
		"\nProcesses:\n",
};

static const struct field member_fields[] = {
	{ "index", FIELD_UINT, "the debugger's number, as in |N" },
	{ "pid", FIELD_UINT, "process id" },
	{ "ppid", FIELD_UINT, "parent's process id" },
	{ "name", FIELD_STR, "of the process" },
	{ "engine", FIELD_STR, "way in which it was taken" },
	{ "consistency", FIELD_STR, "instantaneous, quasi-instantaneous or smeared" },
	{ "consistency_why", FIELD_STR, "what made it so" },
	{ "pause_ms", FIELD_FLOAT, "of this process" },
	{ "file", FIELD_STR, "its dump, beside the manifest" },
	{ "mini", FIELD_STR, "its mini dump, if there is one beside that" },
	{ "size", FIELD_SIZE, "of the dump" },
	{ "missing", FIELD_BOOL, "the dump is not there" },
	{ NULL },
};
const struct record info_member_record = {
	.kind = "set_member",
	.help = "A process of a set",
	.fields = member_fields,
	.text = "{index:3}  {pid:7}  {name:-15}  {consistency|unknown}[: {consistency_why}][ (pause {pause_ms} ms)]\n"
		"              {file}[, {mini}][ {size:S}][ missing: {missing:Y}]\n",
};

static double ms(uint64_t ns)
{
	return (double)(ns / 1000) / 1000;
}

static struct err *emit_head(const struct manifest *m, const char *path, struct out *o)
{
	out_begin(o, &info_set_record);
	out_str(o, "path", path);
	out_name(o, "tool", m->tool);
	out_name(o, "set", m->kind);
	if (m->root)
		out_uint(o, "root", (uint64_t)m->root);
	out_name(o, "cgroup", m->cgroup);
	out_uint(o, "members", m->n_members);
	if (m->late)
		out_uint(o, "late", m->late);
	out_name(o, "consistency", m->consistency);
	if (m->start_seconds) {
		out_time(o, "start", m->start_seconds);
		out_uint(o, "start_nanoseconds", m->start_nanoseconds);
	}
	if (m->pause_ns)
		out_float(o, "pause_ms", ms(m->pause_ns));
	out_float(o, "skew_ms", ms(m->skew_ns));
	return out_end(o);
}

static struct err *emit_member(const struct system *y, size_t i, struct out *o)
{
	const struct manifest_member *m = &system_manifest(y)->members[i];
	CLEANUP(freep) char *path = NULL;
	struct stat st;

	TRY(system_path(y, m->file, &path));
	out_begin(o, &info_member_record);
	out_uint(o, "index", i);
	out_uint(o, "pid", (uint64_t)m->pid);
	if (m->ppid)
		out_uint(o, "ppid", (uint64_t)m->ppid);
	out_name(o, "name", m->name);
	out_name(o, "engine", m->engine);
	out_name(o, "consistency", m->consistency);
	out_name(o, "consistency_why", m->consistency_why);
	if (m->pause_ns)
		out_float(o, "pause_ms", ms(m->pause_ns));
	out_str(o, "file", m->file);
	out_name(o, "mini", m->mini);
	if (stat(path, &st) == 0)
		out_uint(o, "size", (uint64_t)st.st_size);
	else
		out_bool(o, "missing", true);
	return out_end(o);
}

struct err *info_emit_set(const struct system *y, const char *path, struct out *o)
{
	const struct manifest *m = system_manifest(y);

	TRY(emit_head(m, path, o));
	for (size_t i = 0; i < m->n_members; i++)
		TRY(emit_member(y, i, o));
	return NULL;
}
