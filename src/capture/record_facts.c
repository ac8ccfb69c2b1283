/* SPDX-License-Identifier: MIT */
/* Threads, process, files and host in the record: what proc.h found, under the same names. */
#include "capture/record_impl.h"
#include "capture/lines.h"
#include "base/cleanup.h"

#include <string.h>
#include <unistd.h>

/* SCHED_* of <linux/sched.h>. */
static const char *policy_name(int32_t policy)
{
	static const char *const names[] = { "other", "fifo", "rr", "batch", "", "idle", "deadline", "ext" };

	return policy >= 0 && (size_t)policy < ARRAY_SIZE(names) ? names[policy] : "";
}

static void write_lines(struct json_write *j, const char *key, const char *text)
{
	if (!text || !*text)
		return;
	json_open(j, key, '[');
	while (*text) {
		size_t n = strcspn(text, "\n");

		json_strn(j, NULL, text, n);
		text += n;
		text += *text == '\n';
	}
	json_close(j, ']');
}

static uint64_t scan_0x(struct scan *s)
{
	scan_blanks(s);
	(void)scan_prefix(s, "0x");
	return scan_hex(s);
}

/* "running", "-1 sp pc" (waits outside of a call) or "number six-arguments sp pc", all but the number in hex. */
static void write_syscall(struct json_write *j, const char *text)
{
	struct scan s = scan_init(text, text ? strlen(text) : 0);
	uint64_t v[8];
	int64_t number;
	size_t n;

	if (!text || !*text || scan_prefix(&s, "running"))
		return;
	number = scan_s64(&s);
	n = number < 0 ? 2 : 8;
	for (size_t i = 0; i < n; i++)
		v[i] = scan_0x(&s);
	if (s.failed)
		return;
	json_open(j, "syscall", '{');
	json_int(j, "number", number);
	if (n == 8) {
		json_open(j, "args", '[');
		for (size_t i = 0; i < 6; i++)
			json_hex(j, NULL, v[i]);
		json_close(j, ']');
	}
	json_hex(j, "sp", v[n - 2]);
	json_hex(j, "pc", v[n - 1]);
	json_close(j, '}');
}

static void write_state(struct json_write *j, char state)
{
	if (state)
		json_strn(j, "state", &state, 1);
}

static void write_stat(struct json_write *j, const struct proc_stat *st)
{
	json_str(j, "policy", policy_name(st->policy));
	json_int(j, "priority", st->priority);
	json_int(j, "nice", st->nice);
	json_uint(j, "cpu", st->cpu);
	json_uint(j, "voluntary_switches", st->voluntary_switches);
	json_uint(j, "involuntary_switches", st->involuntary_switches);
	json_uint(j, "user_ticks", st->user_ticks);
	json_uint(j, "system_ticks", st->system_ticks);
	json_uint(j, "start_ticks", st->start_ticks);
}

static void write_signals(struct json_write *j, const struct proc_stat *st)
{
	json_hex(j, "signals_pending", st->sigpend);
	json_hex(j, "signals_blocked", st->sigblk);
}

static void write_thread(struct json_write *j, const struct record_thread *t)
{
	const struct proc_stat *st = &t->proc.stat;

	json_open(j, NULL, '{');
	json_int(j, "tid", st->tid);
	json_str(j, "name", st->comm);
	write_state(j, st->state);
	json_str(j, "wchan", t->proc.wchan);
	write_stat(j, st);
	write_signals(j, st);
	write_syscall(j, t->proc.syscall);
	write_lines(j, "kernel_stack", t->proc.stack);
	json_str(j, "registers", registers_from_name(t->registers));
	json_close(j, '}');
}

void record_write_threads(const struct record *r, struct json_write *j)
{
	json_open(j, "threads", '[');
	for (size_t i = 0; i < r->n_threads; i++)
		write_thread(j, &r->threads[i]);
	json_close(j, ']');
}

static void write_ids(struct json_write *j, const struct proc_stat *st)
{
	json_int(j, "pid", st->tid);
	json_int(j, "ns_pid", st->ns_pid);
	json_int(j, "ppid", st->ppid);
	json_int(j, "pgrp", st->pgrp);
	json_int(j, "sid", st->sid);
	json_int(j, "tracer", st->tracer);
	json_uint(j, "uid", st->uid);
	json_uint(j, "euid", st->euid);
	json_uint(j, "gid", st->gid);
	json_uint(j, "egid", st->egid);
}

static void write_process(const struct proc_facts *f, struct json_write *j)
{
	const struct proc_stat *st = &f->stat;

	json_open(j, "process", '{');
	write_ids(j, st);
	json_str(j, "name", st->comm);
	json_str(j, "machine", machine_name(f->machine));
	json_str(j, "exe", f->exe);
	json_str(j, "cwd", f->cwd);
	json_str(j, "root", f->root);
	json_str(j, "command_line", f->args);
	write_state(j, st->state);
	json_uint(j, "threads", st->threads);
	json_uint(j, "children", f->children);
	write_stat(j, st);
	json_uint(j, "child_user_ticks", st->child_user_ticks);
	json_uint(j, "child_system_ticks", st->child_system_ticks);
	json_hex(j, "flags", st->flags);
	json_uint(j, "seccomp", st->seccomp);
	write_signals(j, st);
	json_hex(j, "signals_pending_shared", st->shdpend);
	json_hex(j, "signals_ignored", st->sigign);
	json_hex(j, "signals_caught", st->sigcgt);
	json_uint(j, "vm_size", st->vm_size);
	json_uint(j, "vm_rss", st->vm_rss);
	json_uint(j, "vm_swap", st->vm_swap);
	json_uint(j, "vm_locked", st->vm_locked);
	json_uint(j, "vm_hugetlb", st->vm_hugetlb);
	json_hex(j, "coredump_filter", f->coredump_filter);
	json_int(j, "oom_score_adj", f->oom_score_adj);
	json_close(j, '}');
}

/* What is unlimited or not known is left out. */
static void write_limited(struct json_write *j, const char *key, uint64_t v)
{
	if (v != UINT64_MAX)
		json_uint(j, key, v);
}

static void write_surroundings(const struct proc_facts *f, struct json_write *j)
{
	json_open(j, "cgroup", '{');
	json_str(j, "path", f->cgroup);
	write_limited(j, "memory_max", f->memory_max);
	write_limited(j, "memory_current", f->memory_current);
	json_close(j, '}');
	json_open(j, "namespaces", '{');
	json_str(j, "pid", f->pid_ns);
	json_str(j, "user", f->user_ns);
	json_str(j, "mnt", f->mnt_ns);
	json_close(j, '}');
}

static void write_host(const struct proc_facts *f, struct json_write *j)
{
	long ticks = sysconf(_SC_CLK_TCK);

	json_open(j, "host", '{');
	json_str(j, "name", f->host);
	json_str(j, "kernel", f->kernel);
	json_str(j, "kernel_version", f->kernel_version);
	json_uint(j, "cpus", f->cpus);
	json_uint(j, "boot_time", f->boot_time);
	json_uint(j, "uptime_ns", f->uptime_ns);
	json_uint(j, "ticks_per_second", ticks > 0 ? (uint64_t)ticks : 100);
	json_uint(j, "memory_total", f->memory_total);
	json_uint(j, "memory_available", f->memory_available);
	json_uint(j, "swap_free", f->swap_free);
	json_uint(j, "commit_limit", f->commit_limit);
	json_uint(j, "committed", f->committed);
	json_int(j, "overcommit", f->overcommit);
	json_int(j, "ptrace_scope", f->ptrace_scope);
	json_close(j, '}');
}

static void write_limits(const struct proc_facts *f, struct json_write *j)
{
	json_open(j, "limits", '[');
	for (size_t i = 0; i < f->limits.n; i++) {
		json_open(j, NULL, '{');
		json_str(j, "name", f->limits.v[i].name);
		json_str(j, "soft", f->limits.v[i].soft);
		json_str(j, "hard", f->limits.v[i].hard);
		json_str(j, "unit", f->limits.v[i].unit);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_files(const struct proc_facts *f, struct json_write *j)
{
	json_open(j, "files", '[');
	for (size_t i = 0; i < f->fds.n; i++) {
		const struct proc_fd *fd = &f->fds.v[i];

		json_open(j, NULL, '{');
		json_int(j, "fd", fd->fd);
		json_str(j, "target", fd->target);
		json_str(j, "detail", fd->detail);
		if (fd->locked_by)
			json_uint(j, "locked_by", fd->locked_by);
		if (fd->peer)
			json_uint(j, "peer", fd->peer);
		json_uint(j, "position", fd->position);
		json_hex(j, "flags", fd->flags);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void write_environment(const struct proc_facts *f, struct json_write *j)
{
	size_t at = 0;

	if (!f->environment)
		return;
	json_open(j, "environment", '[');
	while (at < f->environment_size) {
		size_t n = strnlen(f->environment + at, f->environment_size - at);

		if (n)
			json_strn(j, NULL, f->environment + at, n);
		at += n + 1;
	}
	json_close(j, ']');
}

void record_write_facts(const struct proc_facts *f, struct json_write *j)
{
	write_process(f, j);
	write_surroundings(f, j);
	write_host(f, j);
	write_limits(f, j);
}

void record_write_lists(const struct proc_facts *f, struct json_write *j)
{
	write_files(f, j);
	write_environment(f, j);
}
