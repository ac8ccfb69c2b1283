/* SPDX-License-Identifier: MIT */
/* osmodump snap --dry-run: the plan of capture/plan.h as records. */
#include "base/cancel.h"
#include "capture/plan.h"
#include "main/snap.h"

#include <sys/statvfs.h>

static const struct field plan_fields[] = {
	{ "pid", FIELD_UINT, "process" },
	{ "name", FIELD_STR, "its name" },
	{ "threads", FIELD_UINT, "of the process" },
	{ "resident", FIELD_SIZE, "bytes in memory" },
	{ "huge", FIELD_SIZE, "of them on huge pages" },
	{ "to_copy", FIELD_SIZE, "shared or unforkable bytes that are copied in the pause" },
	{ "expected_size", FIELD_SIZE, "of the dump, uncompressed" },
	{ "free", FIELD_SIZE, "on the disk of the present folder" },
	{ "cgroup_headroom", FIELD_SIZE, "left in the memory cgroup; absent: no limit" },
	{ "engine", FIELD_STR, "that would be taken" },
	{ "engine_reason", FIELD_STR, "why" },
	{ NULL },
};
const struct record snap_plan_record = {
	.kind = "plan",
	.help = "With --dry-run: what is to be expected",
	.fields = plan_fields,
	.text = "Process:      {pid} ({name}), {threads} threads\n"
		"Memory:       {resident:S} resident, {huge:S} of it on huge pages; {to_copy:S} to copy in the pause\n"
		"Dump:         about {expected_size:S} uncompressed[; {free:S} free here]\n"
		"[Cgroup:       {cgroup_headroom:S} left\n]"
		"Engine:       {engine|none} ({engine_reason})\n",
};

static const struct field engine_fields[] = {
	{ "name", FIELD_STR, "engine" },
	{ "serves", FIELD_BOOL, "can be used" },
	{ "pause_ms", FIELD_FLOAT, "expected, roughly" },
	{ "reason", FIELD_STR, "why not, or what comes on top" },
	{ NULL },
};
const struct record snap_engine_record = {
	.kind = "plan_engine",
	.help = "With --dry-run: what each engine would cost",
	.fields = engine_fields,
	.text = "  {name:-10} [pause about {pause_ms} ms][ {reason}]\n",
};

static const struct field obstacle_fields[] = {
	{ "text", FIELD_STR, "what is in the way, or will be seen in the dump" },
	{ NULL },
};
const struct record snap_obstacle_record = {
	.kind = "plan_obstacle",
	.help = "With --dry-run: what to know before",
	.fields = obstacle_fields,
	.text = "Note:         {text}\n",
};

static struct err *emit_plan(const struct proc_facts *f, const struct plan *p, struct out *o)
{
	struct statvfs here;

	out_begin(o, &snap_plan_record);
	out_uint(o, "pid", (uint64_t)f->stat.tgid);
	out_str(o, "name", f->stat.comm);
	out_uint(o, "threads", p->threads);
	out_uint(o, "resident", p->resident);
	out_uint(o, "huge", p->huge);
	out_uint(o, "to_copy", p->to_copy);
	out_uint(o, "expected_size", p->expected_size);
	if (statvfs(".", &here) == 0)
		out_uint(o, "free", (uint64_t)here.f_bavail * here.f_frsize);
	if (p->headroom != UINT64_MAX)
		out_uint(o, "cgroup_headroom", p->headroom);
	out_name(o, "engine", p->choice);
	out_str(o, "engine_reason", p->choice ? p->choice_why : "none serves");
	return out_end(o);
}

static struct err *emit_engine(const struct plan_engine *e, struct out *o)
{
	out_begin(o, &snap_engine_record);
	out_str(o, "name", e->name);
	out_bool(o, "serves", e->serves);
	if (e->serves)
		out_float(o, "pause_ms", (double)(e->pause_ns / 100000) / 10);
	out_name(o, "reason", e->why);
	return out_end(o);
}

static struct err *emit_all(const struct proc_facts *f, const struct plan *p, struct out *o)
{
	TRY(emit_plan(f, p, o));
	for (size_t i = 0; i < p->n_engines; i++)
		TRY(emit_engine(&p->engines[i], o));
	for (size_t i = 0; i < p->n_obstacles; i++) {
		out_begin(o, &snap_obstacle_record);
		out_str(o, "text", p->obstacles[i]);
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *forecast(pid_t pid, const struct snapshot_options *options, struct out *o)
{
	struct plan_wish wish = { .budget_ns = options->budget_ns, .content = options->content };
	struct vma_list vmas = VMA_LIST_INIT;
	struct proc_facts facts = { 0 };
	struct plan plan;
	struct err *e = proc_facts_read(pid, 0, &facts);

	if (!e)
		e = vma_list_read(pid, true, &vmas);
	if (!e && wish.content.filter == UINT32_MAX)
		wish.content.filter = facts.coredump_filter;
	if (!e)
		e = plan_make(&facts, &vmas, &wish, &facts.arena, &plan);
	if (!e)
		e = emit_all(&facts, &plan, o);
	vma_list_deinit(&vmas);
	proc_facts_deinit(&facts);
	return e;
}

struct err *snap_forecast(pid_t pid, const struct snapshot_options *options, struct out *o)
{
	return forecast(pid, options, o);
}

struct err *snap_forecast_set(const struct pid_list *pids, const struct snapshot_options *options, struct out *o)
{
	for (size_t i = 0; i < pids->pids.n; i++) {
		TRY(cancel_check());
		TRY(forecast(pids->pids.v[i], options, o));
		TRY(out_heading(o, "\n"));
	}
	out_begin(o, &snap_obstacle_record);
	out_strf(o, "text", "the %zu processes of the set stand still together, for about the sum of their pauses",
		 pids->pids.n);
	return out_end(o);
}
