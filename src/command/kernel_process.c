/* SPDX-License-Identifier: MIT */
/* !process, ps: the processes of a kernel. */
#include "command/kernel_tasks.h"

#include "base/cancel.h"
#include "base/map.h"
#include "os/linux/kernel/file.h"
#include "os/linux/kernel/meminfo.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
	SHOW_DETAILS = 1,
	SHOW_THREADS = 2,	/* in full */
	SHOW_LINES = 4,		/* threads, a line each; with SHOW_THREADS: with stacks */
	DEFAULT_FLAGS = 3,
	MAX_PIDS = 33,
	MAX_DEPTH = 256,
	INDENT = 2,
	PAGE = 4096,
};

static const struct field process_fields[] = {
	{ "task_addr", FIELD_ADDR, "task_struct of its leader" },
	{ "pid", FIELD_UINT, "process id" },
	{ "ppid", FIELD_UINT, "process id of the parent" },
	{ "name", FIELD_STR, "comm: name of the program, cut to 15 bytes, or what it was set to; of kernel threads not cut" },
	{ "state", FIELD_STR, "R S D T t X Z P I, as ps has them" },
	{ "threads", FIELD_UINT, "how many threads it has" },
	{ "cpu", FIELD_UINT, "the leader runs, or last ran, on" },
	{ "mm_addr", FIELD_ADDR, "mm_struct; absent: a kernel thread, or it has ended" },
	{ "page_table_addr", FIELD_ADDR, "its highest page table, a virtual address (pgd)" },
	{ "vm_size", FIELD_SIZE, "bytes that are mapped" },
	{ "rss", FIELD_SIZE, "bytes that are resident, of files, anonymous and shared memory" },
	{ "swap", FIELD_SIZE, "bytes that are swapped out" },
	{ "uid", FIELD_UINT, "real user id" },
	{ "gid", FIELD_UINT, "real group id" },
	{ "namespace_pids", FIELD_STR, "its ids in PID namespaces, from the first to its own" },
	{ "program", FIELD_STR, "path of the program" },
	{ "command_line", FIELD_STR, "its arguments" },
	{ "cgroup", FIELD_STR, "control group (version 2)" },
	{ "files", FIELD_UINT, "open descriptors" },
	{ "started", FIELD_DURATION, "after boot" },
	{ "user_time", FIELD_DURATION, "of all its threads that live" },
	{ "kernel_time", FIELD_DURATION, "of all its threads that live" },
	{ "exit_code", FIELD_HEX, "of one that has ended: status << 8, or signal" },
	{ "depth", FIELD_UINT, "with -t: generations below the first" },
	{ "indent", FIELD_STR, "with -t: blanks before the line" },
	{ NULL },
};
static const struct record process_record = {
	.kind = "kernel_process",
	.help = "a process of a kernel",
	.fields = process_fields,
	.text = "PROCESS {task_addr}\n    Pid: {pid}  ParentPid: {ppid}  State: {state}  Threads: {threads}  Cpu: {cpu}\n"
		"[    Mm: {mm_addr}  DirBase: {page_table_addr}  VmSize: {vm_size:S}[  Rss: {rss:S}][  Swap: {swap:S}]\n]"
		"    Image: {name}\n"
		"[    Program:        {program}\n][    CommandLine:    {command_line}\n]"
		"[    User:           {uid}  Group: {gid}\n][    NamespacePids:  {namespace_pids}\n]"
		"[    Cgroup:         {cgroup}\n][    Files:          {files}\n][    Started:        {started} after boot\n]"
		"[    UserTime:       {user_time}\n][    KernelTime:     {kernel_time}\n][    ExitCode:       0x{exit_code}\n]\n",
};
static const char line_layout[] = "{pid:7} {ppid:7} {cpu:3} {task_addr} {state:2} {threads:5} {vm_size:10S|         -} "
				  "{rss:10S|         -}  {name}\n";
static const char tree_layout[] = "{indent}{name}({pid})[  {command_line}]\n";
static const struct record *const process_records[] = { &process_record, &kernel_thread_record, NULL };

struct request {
	struct args args;
	uint64_t flags;
	bool is_ps, tree;
	const char *name;	/* pattern; NULL: all */
	struct u64map *users;	/* struct memory_user of each address space; empty: not known */
};

/* --- one process ---------------------------------------------------------------------- */

static void emit_times(struct target *t, const struct kernel_task *p, struct out *o)
{
	CLEANUP(kernel_tasks_deinit) struct kernel_tasks threads = { 0 };
	uint64_t user = 0, kernel = 0;

	if (err_ignore(kernel_threads(t, p, &threads)))
		return;
	for (size_t i = 0; i < threads.n; i++) {
		user += threads.v[i].utime;
		kernel += threads.v[i].stime;
	}
	out_duration(o, "user_time", user / 100);
	out_duration(o, "kernel_time", kernel / 100);
}

static void emit_pids(struct target *t, const struct kernel_task *p, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	uint32_t pids[MAX_PIDS];
	size_t n = kernel_task_pids(t, p, pids, MAX_PIDS);

	for (size_t i = 0; n > 1 && i < n; i++)
		strbuf_addf(&sb, "%s%u", i ? " " : "", pids[i]);
	out_name(o, "namespace_pids", sb.s);
}

static void emit_details(struct target *t, const struct kernel_task *p, struct arena *a, struct out *o)
{
	uint32_t uid, gid;
	uint64_t files;

	out_name(o, "program", kernel_task_program(t, p, a));
	out_name(o, "command_line", kernel_task_arguments(t, p, a));
	if (kernel_task_ids(t, p, &uid, &gid)) {
		out_uint(o, "uid", uid);
		out_uint(o, "gid", gid);
	}
	emit_pids(t, p, o);
	out_name(o, "cgroup", kernel_task_cgroup(t, p, a));
	if (p->mm && kernel_files_count(t, p->files, &files))
		out_uint(o, "files", files);
	out_duration(o, "started", p->start_boottime / 100);
	emit_times(t, p, o);
	if (p->exit_state)
		out_uint(o, "exit_code", (uint32_t)p->exit_code);
}

static void emit_memory(struct target *t, const struct request *r, const struct kernel_task *p, struct out *o)
{
	const struct memory_user *user = u64map_get(r->users, p->mm);
	struct kernel_memory_use u = { 0 };

	if (err_ignore(kernel_memory_of(t, p, &u)))
		return;
	out_addr(o, "mm_addr", u.mm);
	out_addr(o, "page_table_addr", u.pgd);
	out_uint(o, "vm_size", u.total_vm);
	if (user && user->has_rss)
		out_uint(o, "rss", memory_resident(user) * PAGE);
	if (user && user->has_rss && user->swap)
		out_uint(o, "swap", user->swap * PAGE);
}

static struct err *emit_process(struct target *t, const struct request *r, const struct kernel_task *p, unsigned depth,
				struct out *o)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	const char letter[2] = { p->letter, '\0' };

	out_begin_as(o, &process_record, r->tree ? tree_layout : r->is_ps ? line_layout : process_record.text);
	out_addr(o, "task_addr", p->address);
	out_uint(o, "pid", p->pid);
	out_uint(o, "ppid", p->ppid);
	out_str(o, "name", kernel_task_name(t, p, &a));
	out_str(o, "state", letter);
	out_uint(o, "threads", p->n_threads);
	out_uint(o, "cpu", p->cpu);
	emit_memory(t, r, p, o);
	if (r->flags & SHOW_DETAILS)
		emit_details(t, p, &a, o);
	if (r->tree) {
		out_uint(o, "depth", depth);
		out_strf(o, "indent", "%*s", (int)(depth * INDENT), "");
	}
	return out_end(o);
}

static struct err *show_threads(struct session *s, const struct request *r, const struct kernel_task *p, struct out *o)
{
	CLEANUP(kernel_tasks_deinit) struct kernel_tasks threads = { 0 };

	TRY(kernel_threads(session_target(s), p, &threads));
	for (size_t i = 0; i < threads.n; i++) {
		CLEANUP(arena_deinit) struct arena a = ARENA_INIT;

		TRY(cancel_check());
		TRY(r->flags & SHOW_THREADS ? thread_details(s, &a, &threads.v[i], r->flags & SHOW_LINES, o)
					    : thread_line(s, &a, &threads.v[i], o));
	}
	session_report(s, TAKE_PTR(threads.trouble));
	return NULL;
}

static struct err *show(struct session *s, const struct request *r, const struct kernel_task *p, struct out *o)
{
	TRY(cancel_check());
	TRY(emit_process(session_target(s), r, p, 0, o));
	return r->flags & (SHOW_THREADS | SHOW_LINES) ? show_threads(s, r, p, o) : NULL;
}

/* --- all of them ------------------------------------------------------------------------- */

static bool is_wanted(const struct request *r, const struct kernel_task *p)
{
	return !r->name || str_match(r->name, p->comm, true);
}

static struct err *heading(const struct request *r, struct out *o)
{
	if (!r->is_ps || r->tree)
		return NULL;
	return out_heading(o, "%7s %7s %3s %-*s %2s %5s %10s %10s  %s\n", "PID", "PPID", "CPU", out_pointer_width(o), "TASK",
			   "ST", "THR", "VSZ", "RSS", "COMM");
}

static struct err *show_list(struct session *s, const struct request *r, const struct kernel_tasks *all, struct out *o)
{
	size_t n = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (!is_wanted(r, &all->v[i]))
			continue;
		n++;
		TRY(show(s, r, &all->v[i], o));
	}
	return n || !r->name ? NULL : err_new(ERR_NOTFOUND, "no process has the name '%s'", r->name);
}

struct tree {
	struct session *s;
	const struct request *r;
	const struct kernel_tasks *all;
	size_t *first, *next;	/* of each process: its first child, the next child of its parent; n: none */
	bool *shown;
	struct out *o;
};

static size_t find_pid(const struct kernel_tasks *all, uint32_t pid)
{
	size_t lo = 0, hi = all->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (all->v[mid].pid < pid)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < all->n && all->v[lo].pid == pid ? lo : all->n;
}

/* Damage may have made a ring of parents: each is shown once. */
static struct err *show_branch(struct tree *t, size_t i, unsigned depth)
{
	if (t->shown[i] || depth > MAX_DEPTH)
		return NULL;
	t->shown[i] = true;
	TRY(cancel_check());
	TRY(emit_process(session_target(t->s), t->r, &t->all->v[i], depth, t->o));
	for (size_t k = t->first[i]; k < t->all->n; k = t->next[k])
		TRY(show_branch(t, k, depth + 1));
	return NULL;
}

static struct err *show_tree(struct session *s, const struct request *r, const struct kernel_tasks *all, struct out *o)
{
	struct tree t = { .s = s, .r = r, .all = all, .o = o };

	t.first = ARENA_NEW_N(r->args.arena, size_t, all->n + 1);
	t.next = ARENA_NEW_N(r->args.arena, size_t, all->n + 1);
	t.shown = ARENA_NEW_N(r->args.arena, bool, all->n + 1);
	if (!t.first || !t.next || !t.shown)
		return err_nomem();
	for (size_t i = 0; i < all->n; i++)
		t.first[i] = t.next[i] = all->n;
	for (size_t i = all->n; i-- > 0;) { /* backwards: the lowest PID comes first */
		size_t parent = find_pid(all, all->v[i].ppid);

		if (parent == all->n || parent == i)
			continue;
		t.next[i] = t.first[parent];
		t.first[parent] = i;
	}
	for (size_t i = 0; i < all->n; i++)
		if (find_pid(all, all->v[i].ppid) == all->n)
			TRY(show_branch(&t, i, 0));
	for (size_t i = 0; i < all->n; i++)
		TRY(show_branch(&t, i, 0));
	return NULL;
}

static struct err *show_all(struct session *s, const struct request *r, struct out *o)
{
	CLEANUP(kernel_tasks_deinit) struct kernel_tasks all = { 0 };

	TRY(kernel_processes(session_target(s), &all));
	TRY(heading(r, o));
	TRY(r->tree ? show_tree(s, r, &all, o) : show_list(s, r, &all, o));
	session_report(s, TAKE_PTR(all.trouble));
	return NULL;
}

static struct err *show_one(struct session *s, const struct request *r, const struct kernel_task *task, struct out *o)
{
	struct kernel_task leader = task_leader(session_target(s), task);

	TRY(heading(r, o));
	return show(s, r, &leader, o);
}

/* --- words -------------------------------------------------------------------------------- */

/* ps: PIDs in decimal, addresses in hex, and names. */
static struct err *run_ps(struct session *s, struct request *r, const char *p, struct out *o)
{
	struct kernel_task task;
	char *word = NULL;

	if (!*p)
		return show_all(s, r, o);
	while (*p) {
		if (isdigit((unsigned char)*p)) {
			TRY(task_parse(s, &p, true, &task));
			TRY(show_one(s, r, &task, o));
			continue;
		}
		TRY(word_parse(r->args.arena, &p, &word));
		r->name = word;
		TRY(show_all(s, r, o));
	}
	return NULL;
}

static struct err *parse_flags(struct session *s, const char **p, struct request *r)
{
	char *word = NULL;

	r->flags = DEFAULT_FLAGS;
	if (expr_ahead(*p) && isdigit((unsigned char)**p))
		TRY(expr_parse(s, p, &r->flags));
	TRY(word_parse(r->args.arena, p, &word));
	r->name = word;
	return NULL;
}

static struct err *run_process_at(struct session *s, struct request *r, const char *p, struct out *o)
{
	const char *start = p;
	struct kernel_task task;
	uint64_t which = 0;

	if (!*p) {
		r->flags = r->tree ? 0 : DEFAULT_FLAGS;
		if (r->tree)
			return show_all(s, r, o);
		TRY(task_current(s, &task));
		return show_one(s, r, &task, o);
	}
	TRY(expr_parse(s, &p, &which));
	if (which) {
		p = start;
		TRY((uint32_t)which == UINT32_MAX ? expr_parse(s, &p, &which) : task_parse(s, &p, false, &task));
		if ((uint32_t)which == UINT32_MAX)
			TRY(task_current(s, &task));
	}
	TRY(parse_flags(s, &p, r));
	TRY(end_parse(&r->args, p));
	return which ? show_one(s, r, &task, o) : show_all(s, r, o);
}

/* Once for all that are shown: the threads of a process may have counted for themselves. */
static struct err *know_users(struct target *t, struct arena *a, struct u64map *users)
{
	struct memory_user *v = NULL;
	size_t n = 0;
	struct err *e = kernel_memory_users(t, a, &v, &n);

	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	err_free(e);
	for (size_t i = 0; i < n; i++)
		if (!u64map_put(users, v[i].mm, &v[i]))
			return err_nomem();
	return NULL;
}

static struct err *run(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(u64map_deinit) struct u64map users = U64MAP_INIT;
	struct request r = { .args = *args, .is_ps = strcmp(args->name, "ps") == 0, .users = &users };
	const char *p = args->tail;
	unsigned bits = 0;

	TRY(options_parse(&p, "tf", &bits));
	TRY(know_users(session_target(s), args->arena, &users));
	r.tree = bits & 1;
	if (bits & 2)
		r.flags = SHOW_DETAILS;
	return r.is_ps ? run_ps(s, &r, p, o) : run_process_at(s, &r, p, o);
}

static struct err *run_process(struct session *s, const struct args *args, struct out *o)
{
	return run_on_kernel(s, args, o, run);
}

static const char *const process_aliases[] = { "ps", NULL };
const struct command command_kernel_process = {
	.name = "!process",
	.aliases = process_aliases,
	.summary = "show processes of a kernel",
	.usage = "[-t] [process [flags] [name]]",
	.help = "Processes of the Linux kernel in the dump of a machine. `process` is the address of a\n"
		"task_struct, or a PID (hex as all numbers are; 0n123 is decimal); 0 means all of them,\n"
		"then `name` may choose by name (* and ?); -1 or nothing the current one.\n"
		"flags: 0 names and memory; 1 also program, arguments, user, control group, namespaces,\n"
		"files and times; 2 threads, each with what it waits for; 4 threads, a line each; 6 threads\n"
		"with stacks; 7 all of it. Without flags 3. -t: a tree of parents and children.\n"
		"rss and swap are the sums of the counters of all CPUs and threads, as in !vm; /proc/PID/status\n"
		"may show a little less or more, /proc/PID/smaps shows the same.\n"
		"The list of processes is walked link by link: where it is torn, what else is known of tasks\n"
		"is shown, and a message names the place.\n"
		"\n"
		"ps shows the same, a line each: `ps`, `ps 1 42` (PIDs in decimal), `ps sh*`, `ps -t`, `ps -f`\n"
		"(details in JSON).",
	.records = process_records,
	.needs = NEEDS_TARGET,
	.run = run_process,
};
