/* SPDX-License-Identifier: MIT */
/*
 * !handle: the handles of a Windows process from the dump's HandleDataStream;
 * of a Linux snapshot the open descriptors that its record lists; of other
 * Linux cores the files that were mapped, which is all they know of files.
 */
#include "command/handle_info.h"
#include "command/kernel_tasks.h"

#include "base/cancel.h"
#include "base/map.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { SHOW_TYPE = 1, SHOW_BASIC = 2, SHOW_NAME = 4, SHOW_SPECIFIC = 8, SHOW_ALL = 0xf };

static const struct field handle_fields[] = {
	{ "handle", FIELD_HEX, "handle" },
	{ "type", FIELD_STR, "type of the object" },
	{ "attributes", FIELD_HEX, "attributes of the handle" },
	{ "granted_access", FIELD_HEX, "access that was granted" },
	{ "standard_access", FIELD_STR, "rights that all types have, in words" },
	{ "specific_access", FIELD_STR, "rights of the type, in words" },
	{ "handle_count", FIELD_UINT, "handles to the object" },
	{ "pointer_count", FIELD_UINT, "references to the object" },
	{ "name", FIELD_STR, "name of the object" },
	{ "details", FIELD_UINT, "further records that the dump has about it" },
	{ "object", FIELD_STR, "what they say, a line each" },
	{ NULL },
};
static const struct record handle_record = {
	.kind = "handle",
	.help = "a handle of the process",
	.fields = handle_fields,
	.text = "Handle {handle}\n[  Type         \t{type}\n][  Attributes   \t{attributes}\n]"
		"[  GrantedAccess\t0x{granted_access}:\n         {standard_access}\n]"
		"[         {specific_access}\n][  HandleCount  \t{handle_count}\n]"
		"[  PointerCount \t{pointer_count}\n][  Name         \t{name}\n]"
		"[  Object Specific Information\n{object:r}]",
};

static const struct field count_fields[] = {
	{ "type", FIELD_STR, "type of object, or file" },
	{ "count", FIELD_UINT, "how many" },
	{ NULL },
};
static const struct record count_record = {
	.kind = "handle_count",
	.help = "how many handles there are of a type",
	.fields = count_fields,
	.text = "{type:-15}\t{count}\n",
};

static const struct field file_fields[] = {
	{ "path", FIELD_STR, "file that is mapped" },
	{ "start", FIELD_ADDR, "first address" },
	{ "end", FIELD_ADDR, "behind the last" },
	{ "file_offset", FIELD_SIZE, "of the first byte, in the file" },
	{ NULL },
};
static const struct record file_record = {
	.kind = "mapped_file",
	.help = "a file that was mapped into a Linux process",
	.fields = file_fields,
	.text = "{start} {end} {file_offset:8} {path}\n",
};

static const struct field descriptor_fields[] = {
	{ "fd", FIELD_UINT, "file descriptor" },
	{ "type", FIELD_STR, "file, device, memfd, socket, pipe, eventpoll ..." },
	{ "target", FIELD_STR, "the file, as /proc/PID/fd has it" },
	{ "detail", FIELD_STR, "what a socket is connected to" },
	{ "peer", FIELD_UINT, "inode of the socket that it is connected with" },
	{ "locked_by", FIELD_UINT, "process that has a lock on the file" },
	{ "position", FIELD_SIZE, "where the next read or write begins" },
	{ "flags", FIELD_HEX, "O_ flags of open(2)" },
	{ NULL },
};
static const struct record descriptor_record = {
	.kind = "file_descriptor",
	.help = "an open file of a Linux process",
	.fields = descriptor_fields,
	.text = "{fd:5}  {type:-10}  {target}[  {detail}][  peer {peer}][  locked by process {locked_by}][  position 0x{position}][  flags 0x{flags}]\n",
};

struct selection {
	uint64_t handle;	/* 0: all */
	uint64_t flags;
	const char *type;	/* NULL: all */
};

static bool is_wanted(const struct selection *sel, const struct dump_handle *h)
{
	return (!sel->handle || h->handle == sel->handle) &&
	       (!sel->type || strcasecmp(h->type, sel->type) == 0);
}

static void emit_access(const struct dump_handle *h, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf standard = STRBUF_INIT, specific = STRBUF_INIT;

	out_uint(o, "granted_access", h->granted_access);
	handle_standard_access(h->granted_access, &standard);
	out_name(o, "standard_access", standard.s);
	if (handle_specific_access(h->type, h->granted_access, &specific))
		out_name(o, "specific_access", specific.s);
}

static void emit_object(struct session *s, const struct dump_handle *h, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	struct target *t = session_target(s);

	if (!h->n_info)
		return;
	out_uint(o, "details", h->n_info);
	handle_object_text(target_dump(t), h, target_facts(t)->pointer_size, &text);
	if (text.len)
		out_str(o, "object", text.s);
}

static struct err *emit_handle(struct session *s, const struct selection *sel,
			       const struct dump_handle *h, struct out *o)
{
	out_begin(o, &handle_record);
	out_uint(o, "handle", h->handle);
	if (sel->flags & SHOW_TYPE)
		out_str(o, "type", *h->type ? h->type : "None");
	if (sel->flags & SHOW_BASIC) {
		out_uint(o, "attributes", h->attributes);
		emit_access(h, o);
		out_uint(o, "handle_count", h->handle_count);
		out_uint(o, "pointer_count", h->pointer_count);
	}
	if (sel->flags & SHOW_NAME)
		out_name(o, "name", h->name);
	if (sel->flags & SHOW_SPECIFIC)
		emit_object(s, h, o);
	return out_end(o);
}

static struct err *emit_descriptor(const struct selection *sel, const struct dump_handle *h, struct out *o)
{
	out_begin(o, &descriptor_record);
	out_uint(o, "fd", h->handle);
	out_str(o, "type", h->type);
	out_str(o, "target", h->name);
	out_name(o, "detail", h->detail);
	if (h->locked_by)
		out_uint(o, "locked_by", h->locked_by);
	if (h->peer)
		out_uint(o, "peer", h->peer);
	if (sel->flags & SHOW_BASIC) {
		out_uint(o, "position", h->position);
		out_uint(o, "flags", h->attributes);
	}
	return out_end(o);
}

static int by_type(const void *a, const void *b)
{
	const struct dump_handle *const *x = a, *const *y = b;

	return strcmp((*x)->type, (*y)->type);
}

static struct err *emit_counts(const struct dump_handle *const *v, size_t n, struct out *o)
{
	TRY(out_heading(o, "%zu Handles\nType           \tCount\n", n));
	for (size_t i = 0, end; i < n; i = end) {
		for (end = i + 1; end < n && strcmp(v[i]->type, v[end]->type) == 0;)
			end++;
		out_begin(o, &count_record);
		out_str(o, "type", *v[i]->type ? v[i]->type : "None");
		out_uint(o, "count", end - i);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *show_handles(struct session *s, const struct args *args,
				const struct selection *sel, struct out *o)
{
	const struct dump_handle *v, **shown;
	size_t n, n_shown = 0;

	TRY(dump_handles(target_dump(session_target(s)), &v, &n));
	if (!n)
		return err_new(ERR_NOTFOUND, "the dump has no handle data");
	shown = ARENA_NEW_N(args->arena, const struct dump_handle *, n);
	if (!shown)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		TRY(cancel_check());
		if (!is_wanted(sel, &v[i]))
			continue;
		shown[n_shown++] = &v[i];
		TRY(v[i].is_descriptor ? emit_descriptor(sel, &v[i], o) : emit_handle(s, sel, &v[i], o));
	}
	if (sel->handle)
		return n_shown ? NULL
			       : err_new(ERR_NOTFOUND, "the dump's handle data has no such handle");
	qsort((void *)shown, n_shown, sizeof(*shown), by_type);
	return emit_counts(shown, n_shown, o);
}

static struct err *show_mapped(struct session *s, struct out *o)
{
	const struct dump_file_mapping *v;
	size_t n, files = 0;
	struct strmap seen = STRMAP_INIT;
	struct err *e;

	TRY(dump_file_mappings(target_dump(session_target(s)), &v, &n));
	if (!n)
		return err_new(ERR_NOTFOUND, "the dump lists no mapped files, and cores hold no file "
					     "descriptors");
	e = out_heading(o, "%-*s %-*s   offset file\n", out_pointer_width(o), "start",
			out_pointer_width(o), "end");
	for (size_t i = 0; i < n && !e; i++) {
		if (!strmap_get(&seen, v[i].path)) {
			files++;
			if (!strmap_put(&seen, v[i].path, (void *)(uintptr_t)&v[i]))
				e = err_nomem();
		}
		out_begin(o, &file_record);
		out_str(o, "path", v[i].path);
		out_addr(o, "start", v[i].start);
		out_addr(o, "end", v[i].end);
		out_uint(o, "file_offset", v[i].file_offset);
		if (!e)
			e = out_end(o);
		else
			err_ignore(out_end(o));
	}
	strmap_deinit(&seen);
	TRY(e);
	return out_heading(o, "%zu mappings of %zu files. File descriptors are not in a dump.\n", n, files);
}

static struct err *show_files(struct session *s, const struct args *args, const struct selection *sel,
			      struct out *o)
{
	const struct dump_handle *v;
	size_t n;

	TRY(dump_handles(target_dump(session_target(s)), &v, &n));
	return n ? show_handles(s, args, sel, o) : show_mapped(s, o);
}

static struct err *run_handle(struct session *s, const struct args *args, struct out *o)
{
	struct selection sel = { .flags = SHOW_TYPE };
	const char *p = args->tail;
	char *type = NULL;

	if (session_has_kernel(s) || strcmp(args->name, "files") == 0)
		return kernel_handle_run(s, args, o);
	if (*p) {
		TRY(expr_parse(s, &p, &sel.handle));
		if ((uint32_t)sel.handle == UINT32_MAX)
			sel.handle = 0;
	}
	if (expr_ahead(p))
		TRY(expr_parse(s, &p, &sel.flags));
	TRY(word_parse(args->arena, &p, &type));
	TRY(end_parse(args, p));
	sel.type = type;
	return target_is_windows(session_target(s)) ? show_handles(s, args, &sel, o)
						   : show_files(s, args, &sel, o);
}

static const struct record *const handle_records[] = { &handle_record,	 &count_record, &file_record,
						       &descriptor_record, &kernel_file_record, NULL };
static const char *const handle_aliases[] = { "files", NULL };

const struct command command_handle = {
	.name = "!handle",
	.aliases = handle_aliases,
	.summary = "show the handles of the process",
	.usage = "[handle [flags [process] [type]]]",
	.help = "The handles that the dump lists, and how many there are of each type. A handle of 0\n"
		"or -1 means all. flags: 1 the type (what is shown without flags), 2 attributes,\n"
		"access and counts, 4 the name, 8 what the dump has of the object (event is set,\n"
		"owner of a mutex, ids of a thread), f all; type: only handles of that type.\n"
		"\n"
		"Linux: the open files of a snapshot that osmodump took, and what sockets are\n"
		"connected to; flag 2 shows position and open flags. Other cores do not have file\n"
		"descriptors: then the files that were mapped into the process.\n"
		"\n"
		"Dumps of a Linux kernel: the open files of the current process, or of the one that is given\n"
		"by the address of its task_struct or its PID (hex): what sockets, pipes, epoll sets, eventfds\n"
		"and timers are; -1 means all descriptors. `files` shows the same: `files 1 42` (PIDs in\n"
		"decimal), `files -v` with inode, position and flags.",
	.records = handle_records,
	.needs = NEEDS_TARGET,
	.run = run_handle,
};
