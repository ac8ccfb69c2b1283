/* SPDX-License-Identifier: MIT */
/* Trouble: see trouble.h. Taint: Documentation/admin-guide/tainted-kernels.rst of Linux. */
#include "os/linux/kernel/trouble.h"

#include "os/linux/kernel/printk.h"

#include <string.h>

enum { MAX_EACH = 8, MAX_LINE = 240 };

struct row {
	const char *words;
	bool anywhere;		/* else the line begins with them */
	enum trouble kind;
};

/* The first that fits counts: what is more precise stands before what is less. */
static const struct row rows[] = {
	{ "Kernel panic - not syncing", false, TROUBLE_PANIC },
	{ "BUG: soft lockup", true, TROUBLE_SOFT_LOCKUP },
	{ "detected hard LOCKUP", true, TROUBLE_HARD_LOCKUP },
	{ "self-detected stall on CPU", true, TROUBLE_RCU_STALL },
	{ "detected stalls on CPUs", true, TROUBLE_RCU_STALL },
	{ "detected expedited stalls", true, TROUBLE_RCU_STALL },
	{ "kthread starved for", true, TROUBLE_RCU_STALL },
	{ "Out of memory: Kill", false, TROUBLE_OOM },
	{ "Memory cgroup out of memory: Kill", false, TROUBLE_OOM },
	{ "invoked oom-killer", true, TROUBLE_OOM },
	{ "page allocation failure", true, TROUBLE_ALLOCATION },
	{ "page allocation stalls for", true, TROUBLE_ALLOCATION },
	{ "[Hardware Error]", true, TROUBLE_HARDWARE },
	{ "BUG: kernel NULL pointer dereference", false, TROUBLE_OOPS },
	{ "BUG: unable to handle", false, TROUBLE_OOPS },
	{ "kernel BUG at", false, TROUBLE_OOPS },
	{ "general protection fault", false, TROUBLE_OOPS },
	{ "Oops:", false, TROUBLE_OOPS },
	{ "invalid opcode:", false, TROUBLE_OOPS },
	{ "divide error:", false, TROUBLE_OOPS },
	{ "stack segment:", false, TROUBLE_OOPS },
	{ "double fault:", false, TROUBLE_OOPS },
	{ "Oops -", false, TROUBLE_OOPS },
	{ "BUG: ", false, TROUBLE_BUG },
	{ "WARNING: ", false, TROUBLE_WARNING },
};

static bool begins(const char *text, size_t n, const char *words)
{
	size_t m = strlen(words);

	return n >= m && memcmp(text, words, m) == 0;
}

/* "INFO: task name:12 blocked for more than 120 seconds." */
static bool is_hung(const char *text, size_t n)
{
	return begins(text, n, "INFO: task ") && memmem(text, n, " blocked for more than ", 23);
}

enum trouble trouble_of_line(const char *text, size_t n)
{
	if (is_hung(text, n))
		return TROUBLE_HUNG_TASK;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].anywhere ? memmem(text, n, rows[i].words, strlen(rows[i].words)) != NULL : begins(text, n, rows[i].words))
			return rows[i].kind;
	return TROUBLE_NONE;
}

/* --- the log ----------------------------------------------------------------------------------------- */

struct reading {
	struct arena *a;
	struct troubles *to;
	struct trouble_line *open;	/* whose next line is wanted */
	bool no_memory;
};

static const char *copy(struct reading *r, const char *text, size_t n)
{
	const char *s = arena_strndup(r->a, text, n < MAX_LINE ? n : MAX_LINE);

	r->no_memory |= !s;
	return s ? s : "";
}

static void take_line(struct reading *r, const struct printk_record *p, const char *text, size_t n)
{
	enum trouble kind = trouble_of_line(text, n);
	struct troubles *x = r->to;

	if (r->open) {
		r->open->next = copy(r, text, n);
		r->open = NULL;
	}
	if (kind == TROUBLE_NONE)
		return;
	if (x->count[kind]++ >= MAX_EACH || x->n == MAX_TROUBLE_LINES)
		return;
	x->lines[x->n] = (struct trouble_line){ .kind = kind, .seq = p->seq, .ts_ns = p->ts_ns, .text = copy(r, text, n), .next = "" };
	r->open = &x->lines[x->n++];
}

static bool visit(void *arg, const struct printk_record *p)
{
	struct reading *r = arg;
	const char *text = p->text, *end = p->text ? p->text + p->length : NULL;

	/* what user space writes into the log is not the kernel's word */
	while (!p->facility && text && text < end && !r->no_memory) {
		const char *line = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((line ? line : end) - text);

		take_line(r, p, text, n);
		text += n + 1;
	}
	return !r->no_memory;
}

struct err *kernel_troubles(struct target *t, struct arena *a, struct troubles *ret)
{
	struct reading r = { .a = a, .to = ret };
	struct printk_summary sum = { 0 };
	struct err *e;

	*ret = (struct troubles){ .n = 0 };
	e = kernel_printk_each(t, visit, &r, &sum);
	if (r.no_memory) {
		err_free(e);
		return err_nomem();
	}
	if (e && (err_code(e) == ERR_NOMEM || err_code(e) == ERR_CANCELLED))
		return e;
	if (e) {
		ret->why = arena_strdup(a, err_message(e));
		err_free(e);
		return ret->why ? NULL : err_nomem();
	}
	ret->dropped = sum.dropped;
	return NULL;
}

const struct trouble_line *trouble_first(const struct troubles *x, enum trouble kind)
{
	for (size_t i = 0; i < x->n; i++)
		if (x->lines[i].kind == kind)
			return &x->lines[i];
	return NULL;
}

const struct taint *kernel_taint(unsigned bit)
{
	static const struct taint bits[] = {
		{ 'P', "a proprietary module was loaded" },
		{ 'F', "a module was loaded by force" },
		{ 'S', "the processor is out of its specification" },
		{ 'R', "a module was unloaded by force" },
		{ 'M', "the processor reported a machine check" },
		{ 'B', "a bad page was met, or unexpected page flags" },
		{ 'U', "user space asked for the mark" },
		{ 'D', "the kernel died before: an oops or a BUG" },
		{ 'A', "an ACPI table was overridden" },
		{ 'W', "the kernel issued a warning" },
		{ 'C', "a staging driver was loaded" },
		{ 'I', "a defect of the firmware is worked around" },
		{ 'O', "a module from outside of the kernel's sources was loaded" },
		{ 'E', "a module without signature was loaded" },
		{ 'L', "a soft lockup occurred" },
		{ 'K', "the kernel was patched while it ran" },
		{ 'X', "auxiliary mark of the distribution" },
		{ 'T', "the kernel was built with structures in random order" },
		{ 'N', "a test was run inside the kernel" },
	};

	return bit < ARRAY_SIZE(bits) ? &bits[bit] : NULL;
}
