/* SPDX-License-Identifier: MIT */
/* File leak: a process of a kernel that has about as many files open as it may have, or very many. */
#include "os/linux/kernel/file.h"
#include "os/linux/kernel/task.h"
#include "pattern/family.h"
#include "target/bind.h"

#include <inttypes.h>
#include <string.h>

enum { RLIMIT_NOFILE_ = 7, LIMIT_SIZE = 16, MAX_TYPES = 32, LEAST = 8 };

static const struct threshold thresholds[] = {
	{ "files.limit", 90, "percent", "of the limit of open files must be open" },
	{ "files.count", 10000, "descriptors", "as many are a leak whatever the limit" },
	{ NULL },
};

struct limit_facts {
	uint64_t has;
	uint64_t limits;
};
static const struct bind_member limit_members[] = {
	{ "rlim", offsetof(struct limit_facts, limits), BIND_ADDRESS_OF, false }, { NULL }
};
static const struct binding limit_binding = { "vmlinux", "signal_struct", limit_members };

/* The soft limit: the first word of a struct rlimit (getrlimit(2)). */
static bool read_limit(struct target *t, const struct kernel_task *p, uint64_t *ret_at, uint64_t *ret)
{
	struct limit_facts f = { 0 };

	if (!p->signal || err_ignore(bind_read(t, HALF_NATIVE, &limit_binding, p->signal, &f)))
		return false;
	*ret_at = f.limits + RLIMIT_NOFILE_ * LIMIT_SIZE;
	return arch_read_uint(target_memory(t), *ret_at, 8, ret);
}

struct type_count {
	char name[16];
	size_t n;
};

struct counting {
	struct type_count v[MAX_TYPES];
	size_t n;
};

static bool on_file(void *arg, const struct kernel_file *f)
{
	struct counting *c = arg;
	size_t i = 0, len = strnlen(f->type, sizeof(c->v[0].name) - 1);

	while (i < c->n && strncmp(c->v[i].name, f->type, len + 1) != 0)
		i++;
	if (i == MAX_TYPES)
		return true;
	if (i == c->n) {
		memcpy(c->v[c->n].name, f->type, len);
		c->n++;
	}
	c->v[i].n++;
	return true;
}

static void tell(struct pattern_run *run, const struct kernel_task *p, uint64_t n, uint64_t limit_at, uint64_t limit)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct counting c = { .n = 0 };
	const struct type_count *most;
	struct finding *f;

	err_free(kernel_files_each(run->target, p->files, &a, on_file, &c)); /* what can be read counts */
	most = &c.v[0];
	for (size_t i = 1; i < c.n; i++)
		if (c.v[i].n > most->n)
			most = &c.v[i];
	f = finding_add(run, SEVERITY_WARNING, n >= limit ? 95 : 85,
			"File leak: process %u (%s) has %" PRIu64 " descriptors open, %zu of them of type %s%s.", p->pid, p->comm, n, most->n,
			c.n ? most->name : "?", limit_at ? run_text(run, "; it may have %" PRIu64, limit) : "");
	family_show(run, f, p, "the process");
	evidence_other(run, f, &(struct evidence){ .command = run_text(run, "!handle -1 0 0n%u", p->pid) }, "its descriptors");
	if (limit_at)
		evidence_memory(run, f, limit_at, 8, "signal_struct.rlim[RLIMIT_NOFILE]: the limit");
}

static struct err *match(struct pattern_run *run)
{
	CLEANUP(family_deinit) struct family f = { 0 };

	TRY(family_read(run, &f));
	for (size_t i = 0; i < f.tasks.n; i++) {
		const struct kernel_task *p = &f.tasks.v[i];
		uint64_t n, limit = 0, at = 0;

		TRY(run_check(run));
		if (!p->mm || !kernel_files_count(run->target, p->files, &n) || n < LEAST)
			continue;
		if (!read_limit(run->target, p, &at, &limit))
			at = 0;
		if (n >= run_threshold(run, "files.count") ||
		    (at && limit && (double)n * 100 >= (double)limit * (double)run_threshold(run, "files.limit")))
			tell(run, p, n, at, limit);
	}
	return NULL;
}

const struct pattern pattern_file_leak = {
	.id = "resource.file-leak",
	.title = "File leak",
	.category = CATEGORY_RESOURCE,
	.definition = "A process has about as many files, sockets or pipes open as it may have, or very many: they are opened and not closed.",
	.context = "A way out of a function that does not close; connections that the other side has left; descriptors that children inherit.",
	.criterion = "As many descriptors are open as files.limit of the soft limit RLIMIT_NOFILE, and at least 8; or files.count.",
	.false_positives = "Servers with as many clients, data bases with as many files; a process with a low limit of its own.",
	.recommendation = "See which they are (!handle -1 0 PID). Compare with a later dump: what grows leaks. What is open too often names the code that "
			  "opens it; when the limit is reached open(), socket() and accept() fail with EMFILE.",
	.bucket = "FILE_LEAK",
	.thresholds = thresholds,
	.needs = NEEDS_KERNEL | NEEDS_THREADS,
	.match = match,
};
