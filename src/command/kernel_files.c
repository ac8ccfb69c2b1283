/* SPDX-License-Identifier: MIT */
/* Open files of a process of a kernel: !handle and files on dumps of machines. */
#include "command/kernel_tasks.h"
#include "os/linux/kernel/file.h"

#include "base/cancel.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct field file_fields[] = {
	{ "fd", FIELD_UINT, "file descriptor" },
	{ "type", FIELD_STR, "file, directory, device, memfd, socket, pipe, eventpoll, eventfd, timerfd ..." },
	{ "target", FIELD_STR, "the file, as /proc/PID/fd has it" },
	{ "detail", FIELD_STR, "what a socket is connected to, an epoll set watches, an eventfd counts ..." },
	{ "peer", FIELD_UINT, "inode of the socket that it is connected with" },
	{ "file_addr", FIELD_ADDR, "struct file" },
	{ "inode", FIELD_UINT, "number of its inode" },
	{ "position", FIELD_SIZE, "where the next read or write begins" },
	{ "flags", FIELD_HEX, "O_ flags of open(2)" },
	{ "references", FIELD_UINT, "to the struct file" },
	{ NULL },
};
const struct record kernel_file_record = {
	.kind = "kernel_file",
	.help = "an open file of a process of a kernel",
	.fields = file_fields,
	.text = "{fd:5}  {type:-10}  {file_addr}  {target}[  {detail}][  peer {peer}][  inode {inode}][  position 0x{position}]"
		"[  flags 0x{flags}][  references {references}]\n",
};

struct showing {
	struct out *o;
	uint64_t fd;
	bool one, in_full;
	const char *type;	/* NULL: all */
	size_t n;
	struct err *e;
};

static struct err *emit(const struct showing *w, const struct kernel_file *f)
{
	out_begin(w->o, &kernel_file_record);
	out_uint(w->o, "fd", f->fd);
	out_str(w->o, "type", f->type);
	out_str(w->o, "target", f->path);
	out_name(w->o, "detail", f->detail);
	if (f->peer)
		out_uint(w->o, "peer", f->peer);
	out_addr(w->o, "file_addr", f->address);
	if (w->in_full) {
		if (f->inode)
			out_uint(w->o, "inode", f->inode);
		out_uint(w->o, "position", f->position);
		out_uint(w->o, "flags", f->flags);
		if (f->references)
			out_uint(w->o, "references", f->references);
	}
	return out_end(w->o);
}

static bool on_file(void *arg, const struct kernel_file *f)
{
	struct showing *w = arg;

	if ((w->one && f->fd != w->fd) || (w->type && strcasecmp(w->type, f->type) != 0))
		return true;
	w->n++;
	w->e = cancel_check();
	if (!w->e)
		w->e = emit(w, f);
	return !w->e && !w->one;
}

struct err *kernel_files_show(struct session *s, const struct args *args, const struct kernel_task *task,
			      const struct kernel_files_wish *wish, struct out *o)
{
	struct showing w = { .o = o, .fd = wish->fd, .one = wish->one, .in_full = wish->in_full, .type = wish->type };
	struct err *e;

	if (!task->files)
		return err_new(ERR_NOTFOUND, "process %u has no open files: it has ended", task->tgid);
	e = kernel_files_each(session_target(s), task->files, args->arena, on_file, &w);
	if (w.e) {
		err_free(e);
		return w.e;
	}
	TRY(e);
	if (wish->one && !w.n)
		return err_new(ERR_NOTFOUND, "process %u has no descriptor %llu", task->tgid, (unsigned long long)wish->fd);
	return wish->one ? NULL : out_heading(o, "%zu descriptors of process %u (%s)\n", w.n, task->tgid, task->comm);
}

/* !handle [handle [flags [process [type]]]], where the handle is a descriptor. */
static struct err *run_handle(struct session *s, const struct args *args, struct out *o)
{
	struct kernel_files_wish wish = { 0 };
	struct kernel_task task;
	const char *p = args->tail;
	uint64_t flags = 0;
	char *type = NULL;
	bool given = false;

	if (*p) {
		TRY(expr_parse(s, &p, &wish.fd));
		wish.one = (uint32_t)wish.fd != UINT32_MAX;
	}
	if (expr_ahead(p))
		TRY(expr_parse(s, &p, &flags));
	wish.in_full = flags & 2;
	if (*p >= '0' && *p <= '9') {
		TRY(task_parse(s, &p, false, &task));
		given = true;
	}
	TRY(word_parse(args->arena, &p, &type));
	wish.type = type;
	TRY(end_parse(args, p));
	if (!given)
		TRY(task_current(s, &task));
	return kernel_files_show(s, args, &task, &wish, o);
}

/* files [PID ...], as in crash. */
static struct err *run_files(struct session *s, const struct args *args, struct out *o)
{
	struct kernel_files_wish wish = { 0 };
	struct kernel_task task;
	const char *p = args->tail;
	unsigned bits;

	TRY(options_parse(&p, "v", &bits));
	wish.in_full = bits;
	if (!*p) {
		TRY(task_current(s, &task));
		return kernel_files_show(s, args, &task, &wish, o);
	}
	while (*p) {
		TRY(task_parse(s, &p, true, &task));
		TRY(kernel_files_show(s, args, &task, &wish, o));
	}
	return NULL;
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	return strcmp(args->name, "files") == 0 ? run_files(s, args, o) : run_handle(s, args, o);
}

struct err *kernel_handle_run(struct session *s, const struct args *args, struct out *o)
{
	return run_on_kernel(s, args, o, run);
}
