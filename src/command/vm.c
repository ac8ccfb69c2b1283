/* SPDX-License-Identifier: MIT */
/* !vm: the memory of the system: figures, zones, counters, who uses it. */
#include "command/kernel.h"
#include "command/slab.h"

#include "os/linux/kernel/cgroup.h"
#include "os/linux/kernel/counters.h"
#include "os/linux/kernel/meminfo.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { SHOW_FIGURES = 1, SHOW_ZONES = 2, SHOW_COUNTERS = 4, SHOW_USERS = 8, SHOW_GROUPS = 16, DEFAULT_USERS = 10 };

static const struct field figure_fields[] = {
	{ "name", FIELD_STR, "as in /proc/meminfo" },
	{ "kilobytes", FIELD_UINT, "its value" },
	{ NULL },
};
static const struct record figure_record = {
	.kind = "memory_figure",
	.help = "a line of /proc/meminfo",
	.fields = figure_fields,
	.text = "{name:-16} {kilobytes:12|?} kB\n",
};

static const struct field zone_fields[] = {
	{ "address", FIELD_ADDR, "of its struct zone" },
	{ "node", FIELD_UINT, "node of memory" },
	{ "name", FIELD_STR, "DMA, DMA32, Normal, Movable ..." },
	{ "start", FIELD_ADDR, "physical address of its first page" },
	{ "spanned", FIELD_UINT, "pages from its first to its last" },
	{ "present", FIELD_UINT, "pages that there are" },
	{ "managed", FIELD_UINT, "pages that can be allocated" },
	{ "free", FIELD_INT, "free pages, as /proc/zoneinfo has them" },
	{ "free_pending", FIELD_INT, "what processors have not added to that yet" },
	{ "on_cpus", FIELD_UINT, "free pages on lists of processors; they do not count as free" },
	{ "min", FIELD_UINT, "watermark: below it only the kernel's own needs are served" },
	{ "low", FIELD_UINT, "watermark: below it pages are reclaimed" },
	{ "high", FIELD_UINT, "watermark: above it reclaim stops" },
	{ "boost", FIELD_UINT, "what was added to the watermarks for a while" },
	{ "anon", FIELD_INT, "pages of processes that could be swapped out" },
	{ "file", FIELD_INT, "pages of files that could be dropped" },
	{ "below", FIELD_STR, "the lowest watermark that free pages are below" },
	{ NULL },
};
static const struct record zone_record = {
	.kind = "memory_zone",
	.help = "a zone of memory, in pages",
	.fields = zone_fields,
	.text = "{address}  {node:4} {name:-8} {managed:9} {free:9} {on_cpus:7} {min:8} {low:8} {high:8} {anon:9} {file:9}"
		"[  below {below}]\n",
};

static const struct field counter_fields[] = {
	{ "set", FIELD_STR, "zone, node or event" },
	{ "name", FIELD_STR, "name of the counter" },
	{ "value", FIELD_INT, "as /proc/vmstat has it (events: exact)" },
	{ "pending", FIELD_INT, "what processors have not added to that yet" },
	{ NULL },
};
static const struct record counter_record = {
	.kind = "memory_counter",
	.help = "a counter of the kernel's memory management",
	.fields = counter_fields,
	.text = "{set:-6} {name:-34} {value:16}[ {pending:8}]\n",
};

static const struct field user_fields[] = {
	{ "task", FIELD_ADDR, "task_struct of its first thread" },
	{ "pid", FIELD_UINT, "process" },
	{ "name", FIELD_STR, "name" },
	{ "mm", FIELD_ADDR, "its mm_struct" },
	{ "total_kb", FIELD_UINT, "kilobytes of its address space" },
	{ "resident_kb", FIELD_UINT, "of them in memory" },
	{ "anon_kb", FIELD_UINT, "of these its own" },
	{ "file_kb", FIELD_UINT, "of these of files" },
	{ "shmem_kb", FIELD_UINT, "of these shared memory" },
	{ "swap_kb", FIELD_UINT, "swapped out" },
	{ "oom_score_adj", FIELD_INT, "how much it is spared (-) or offered (+) when memory runs out" },
	{ NULL },
};
static const struct record user_record = {
	.kind = "memory_user",
	.help = "a process by the memory it uses",
	.fields = user_fields,
	.text = "{task}  {pid:7} {name:-16} {resident_kb:12} {anon_kb:12} {file_kb:12} {shmem_kb:12} {swap_kb:10} {total_kb:12}"
		"[ {oom_score_adj:6}]\n",
};

static const struct field group_fields[] = {
	{ "address", FIELD_ADDR, "of its struct mem_cgroup" },
	{ "path", FIELD_STR, "its folder below the control groups' root" },
	{ "usage_kb", FIELD_UINT, "kilobytes in use, those of groups in it included" },
	{ "peak_kb", FIELD_UINT, "most that it used" },
	{ "swap_kb", FIELD_UINT, "swapped out" },
	{ "high_kb", FIELD_UINT, "above this it is slowed down; absent: no such limit" },
	{ "max_kb", FIELD_UINT, "more it cannot have; absent: no limit" },
	{ "failures", FIELD_UINT, "how often max was reached" },
	{ NULL },
};
static const struct record group_record = {
	.kind = "memory_group",
	.help = "a control group by the memory it uses",
	.fields = group_fields,
	.text = "{address}  {usage_kb:12} {peak_kb:12} {swap_kb:10} {high_kb:12|none} {max_kb:12|none} {failures:9}  {path}\n",
};
static const struct record *const vm_records[] = { &figure_record, &zone_record, &counter_record, &user_record, &group_record,
						   NULL };

/* --- parts ------------------------------------------------------------------------------------ */

static struct err *show_figures(struct target *t, struct out *o)
{
	struct meminfo m;

	TRY(kernel_meminfo(t, &m));
	for (size_t i = 0; i < MEM_N_ITEMS; i++) {
		out_begin(o, &figure_record);
		out_str(o, "name", meminfo_names[i]);
		if (m.known[i])
			out_uint(o, "kilobytes", m.kb[i]);
		TRY(out_end(o));
	}
	return NULL;
}

static const char *below(const struct kernel_zone *z)
{
	uint64_t free = z->free > 0 ? (uint64_t)z->free : 0;

	if (!z->managed)
		return NULL;
	return free < z->min ? "min" : free < z->low ? "low" : NULL;
}

static struct err *show_zone(struct out *o, const struct kernel_zone *z)
{
	out_begin(o, &zone_record);
	out_addr(o, "address", z->address);
	out_uint(o, "node", z->node);
	out_str(o, "name", z->name);
	out_addr(o, "start", z->start << 12);
	out_uint(o, "spanned", z->spanned);
	out_uint(o, "present", z->present);
	out_uint(o, "managed", z->managed);
	out_int(o, "free", z->free);
	out_int(o, "free_pending", z->free_pending);
	out_uint(o, "on_cpus", z->on_cpus);
	out_uint(o, "min", z->min);
	out_uint(o, "low", z->low);
	out_uint(o, "high", z->high);
	out_uint(o, "boost", z->boost);
	out_int(o, "anon", z->anon);
	out_int(o, "file", z->file);
	out_str(o, "below", below(z));
	return out_end(o);
}

static struct err *show_zones(struct target *t, struct arena *a, struct out *o)
{
	struct kernel_zone *v;
	size_t n;

	TRY(kernel_zones(t, a, &v, &n));
	TRY(out_heading(o, "\n%-*s  %4s %-8s %9s %9s %7s %8s %8s %8s %9s %9s   (pages)\n", out_pointer_width(o), "Zone", "Node",
			"Name", "Managed", "Free", "On CPUs", "Min", "Low", "High", "Anon", "File"));
	for (size_t i = 0; i < n; i++)
		TRY(show_zone(o, &v[i]));
	return NULL;
}

/* "NR_SLAB_RECLAIMABLE_B" is nr_slab_reclaimable in /proc/vmstat. */
static void add_counter_name(const char *name, struct strbuf *sb)
{
	size_t n = strlen(name);

	if (n > 2 && strcmp(name + n - 2, "_B") == 0)
		n -= 2;
	for (size_t i = 0; i < n; i++)
		strbuf_addc(sb, (char)tolower((unsigned char)name[i]));
}

static struct err *show_counter(struct out *o, const char *set, const struct counter *c)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;

	add_counter_name(c->name, &name);
	TRY(strbuf_check(&name));
	out_begin(o, &counter_record);
	out_str(o, "set", set);
	out_str(o, "name", name.s);
	out_int(o, "value", c->value);
	if (c->pending || !out_is_text(o))
		out_int(o, "pending", c->pending);
	return out_end(o);
}

static struct err *show_counters(struct target *t, struct arena *a, struct out *o)
{
	static const char *const names[COUNTERS_N_SETS] = { "zone", "node", "event" };

	TRY(out_heading(o, "\n%-6s %-34s %16s %8s\n", "Set", "Counter", "Value", "Pending"));
	for (unsigned set = 0; set < COUNTERS_N_SETS; set++) {
		struct counter *v;
		size_t n;

		TRY(kernel_counters(t, (enum counter_set)set, a, &v, &n));
		for (size_t i = 0; i < n; i++)
			TRY(show_counter(o, names[set], &v[i]));
	}
	return NULL;
}

static struct err *show_user(struct out *o, const struct memory_user *u)
{
	out_begin(o, &user_record);
	out_addr(o, "task", u->task);
	out_uint(o, "pid", u->pid);
	out_str(o, "name", u->name);
	out_addr(o, "mm", u->mm);
	out_uint(o, "total_kb", u->total * 4);
	out_uint(o, "resident_kb", memory_resident(u) * 4);
	out_uint(o, "anon_kb", u->anon * 4);
	out_uint(o, "file_kb", u->file * 4);
	out_uint(o, "shmem_kb", u->shmem * 4);
	out_uint(o, "swap_kb", u->swap * 4);
	if (u->has_oom_score_adj)
		out_int(o, "oom_score_adj", u->oom_score_adj);
	return out_end(o);
}

static struct err *show_users(struct target *t, struct arena *a, uint64_t limit, struct out *o)
{
	struct memory_user *v;
	size_t n;

	TRY(kernel_memory_users(t, a, &v, &n));
	TRY(out_heading(o, "\n%-*s  %7s %-16s %12s %12s %12s %12s %10s %12s %6s   (kB)\n", out_pointer_width(o), "Task", "Pid",
			"Name", "Resident", "Anon", "File", "Shmem", "Swap", "Total", "OOM"));
	for (size_t i = 0; i < n && i < limit; i++)
		TRY(show_user(o, &v[i]));
	return n > limit ? out_heading(o, "(%zu more: !vm -p -n %zx)\n", n - (size_t)limit, n) : NULL;
}

static struct err *show_group(struct out *o, const struct memory_group *g)
{
	out_begin(o, &group_record);
	out_addr(o, "address", g->address);
	out_str(o, "path", g->path);
	out_uint(o, "usage_kb", g->usage * 4);
	out_uint(o, "peak_kb", g->peak * 4);
	out_uint(o, "swap_kb", g->swap * 4);
	if (g->high != MEMORY_NO_LIMIT)
		out_uint(o, "high_kb", g->high * 4);
	if (g->max != MEMORY_NO_LIMIT)
		out_uint(o, "max_kb", g->max * 4);
	out_uint(o, "failures", g->failures);
	return out_end(o);
}

static struct err *show_groups(struct target *t, struct arena *a, struct out *o)
{
	struct memory_group *v;
	size_t n;

	TRY(kernel_memory_groups(t, a, &v, &n));
	TRY(out_heading(o, "\n%-*s  %12s %12s %10s %12s %12s %9s  %s   (kB)\n", out_pointer_width(o), "Group", "Usage", "Peak",
			"Swap", "High", "Max", "Failures", "Path"));
	for (size_t i = 0; i < n; i++)
		TRY(show_group(o, &v[i]));
	return NULL;
}

/* --- the command --------------------------------------------------------------------------------- */

static struct err *show(struct session *s, struct arena *a, unsigned what, uint64_t users, struct out *o)
{
	struct target *t = session_target(s);

	if (what & SHOW_FIGURES)
		TRY(show_figures(t, o));
	if (what & SHOW_ZONES)
		TRY(show_zones(t, a, o));
	if (what & SHOW_COUNTERS)
		TRY(show_counters(t, a, o));
	if (what & SHOW_USERS)
		TRY(show_users(t, a, users, o));
	return what & SHOW_GROUPS ? show_groups(t, a, o) : NULL;
}

/* The letter of an option that stands alone; 0: there is none. */
static char take_letter(const char **p, const char *letters)
{
	const char *q = *p;

	if ((*q != '-' && *q != '/') || !q[1] || !strchr(letters, q[1]) || (q[2] && q[2] != ' '))
		return 0;
	*p = str_skip_space(q + 2);
	return q[1];
}

static struct err *parse_vm(struct session *s, const struct args *args, unsigned *what, uint64_t *users)
{
	const char *p = str_skip_space(args->tail), *before = NULL;
	bool found;

	while (p != before) {
		before = p;
		TRY(option_value(s, &p, 'n', users, &found));
		switch (take_letter(&p, "mzspc")) {
		case 'm': *what |= SHOW_FIGURES; break;
		case 'z': *what |= SHOW_ZONES; break;
		case 's': *what |= SHOW_COUNTERS; break;
		case 'p': *what |= SHOW_USERS; break;
		case 'c': *what |= SHOW_GROUPS; break;
		default: break;
		}
	}
	return end_parse(args, p);
}

static struct err *run_vm(struct session *s, const struct args *args, struct out *o)
{
	uint64_t users = DEFAULT_USERS;
	unsigned what = 0;
	struct kernel *k;

	TRY(parse_vm(s, args, &what, &users));
	TRY(kernel_need(s, args, &k));
	return show(s, args->arena, what ? what : SHOW_FIGURES | SHOW_ZONES | SHOW_USERS, users, o);
}

const struct command command_vm = {
	.name = "!vm",
	.summary = "show the system's memory",
	.usage = "[-m] [-z] [-p] [-s] [-c] [-n count]",
	.help = "The figures of /proc/meminfo (-m); the zones with their free pages and watermarks\n"
		"(-z); the processes that have most in memory (-p; -n how many, 10 else); the counters of\n"
		"/proc/vmstat (-s); the control groups with their limits (-c). Without an option the\n"
		"first three. Counters are shown as the kernel shows them; what its processors have\n"
		"counted and not added yet stands beside them as pending, so that the sum of both is\n"
		"exact. Counters have the kernel's own names, in lower case. What processes have in\n"
		"memory is exact.",
	.records = vm_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_vm,
};

/* --- as users of crash type it --------------------------------------------------------------------- */

static struct err *run_kmem(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	uint64_t address = 0;
	struct kernel *k;
	char *word = NULL;
	unsigned bits;

	TRY(options_parse(&p, "isSVz", &bits));
	if (!bits && *p)
		TRY(expr_parse(s, &p, &address));
	else
		TRY(word_parse(args->arena, &p, &word));
	TRY(end_parse(args, p));
	if (!bits && !address)
		return usage_error(args, "an option or address is missing");
	TRY(kernel_need(s, args, &k));
	if (!bits)
		return slab_show_address(s, args->arena, address, o);
	if (bits & 1)
		TRY(show(s, args->arena, SHOW_FIGURES, 0, o));
	if (bits & 6)
		TRY(slab_show(s, word, true, o));
	if (bits & 8)
		TRY(show(s, args->arena, SHOW_COUNTERS, 0, o));
	return bits & 16 ? show(s, args->arena, SHOW_ZONES, 0, o) : NULL;
}

const struct command command_kmem = {
	.name = "kmem",
	.summary = "show the system's memory, by the options of crash",
	.usage = "-i | -s [name] | -V | -z | address",
	.help = "-i is !vm -m, -s and -S are !slab -l, -V is !vm -s, -z is !vm -z; an\n"
		"address is that of !slab.",
	.records = vm_records,
	.needs = NEEDS_TARGET,
	.whole_word = true,
	.run = run_kmem,
};
