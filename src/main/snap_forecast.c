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

static const struct field set_fields[] = {
	{ "members", FIELD_UINT, "processes" },
	{ "threads", FIELD_UINT, "of all of them" },
	{ "resident", FIELD_SIZE, "bytes in memory; what several share counts once" },
	{ "huge", FIELD_SIZE, "of them on huge pages" },
	{ "shared", FIELD_SIZE, "of them in shared mappings" },
	{ "to_copy", FIELD_SIZE, "shared or unforkable bytes that are copied in the pause, once" },
	{ "expected_size", FIELD_SIZE, "of all dumps, uncompressed; each has what it shares" },
	{ "free", FIELD_SIZE, "on the disk of the present folder" },
	{ "cgroup_headroom", FIELD_SIZE, "left in the narrowest memory cgroup of a member; absent: no limit" },
	{ "engine", FIELD_STR, "that would be taken" },
	{ "engine_reason", FIELD_STR, "why, or why not the one before it" },
	{ NULL },
};
const struct record snap_plan_set_record = {
	.kind = "plan_set",
	.help = "With --dry-run and --set: what is to be expected of all together; its engines and notes follow",
	.fields = set_fields,
	.text = "Set:          {members} processes, {threads} threads\n"
		"Memory:       {resident:S} resident, {huge:S} of it on huge pages, {shared:S} of it shared; {to_copy:S} to copy in "
		"the pause\n"
		"Dumps:        about {expected_size:S} uncompressed[; {free:S} free here]\n"
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

static uint64_t free_here(void)
{
	struct statvfs here;

	return statvfs(".", &here) == 0 ? (uint64_t)here.f_bavail * here.f_frsize : 0;
}

static void put_room_and_choice(const struct plan *p, uint64_t here, struct out *o)
{
	if (here)
		out_uint(o, "free", here);
	if (p->headroom != UINT64_MAX)
		out_uint(o, "cgroup_headroom", p->headroom);
	out_name(o, "engine", p->choice);
	out_str(o, "engine_reason", p->choice ? p->choice_why : "none serves");
}

static struct err *emit_plan(const struct proc_facts *f, const struct plan *p, struct out *o)
{
	uint64_t here = free_here();

	out_begin(o, &snap_plan_record);
	out_uint(o, "pid", (uint64_t)f->stat.tgid);
	out_str(o, "name", f->stat.comm);
	out_uint(o, "threads", p->threads);
	out_uint(o, "resident", p->resident);
	out_uint(o, "huge", p->huge);
	out_uint(o, "to_copy", p->to_copy);
	out_uint(o, "expected_size", p->expected_size);
	put_room_and_choice(p, here, o);
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

static struct err *emit_note(const char *text, struct out *o)
{
	out_begin(o, &snap_obstacle_record);
	out_str(o, "text", text);
	return out_end(o);
}

static struct err *emit_details(const struct plan *p, struct out *o)
{
	for (size_t i = 0; i < p->n_engines; i++)
		TRY(emit_engine(&p->engines[i], o));
	for (size_t i = 0; i < p->n_obstacles; i++)
		TRY(emit_note(p->obstacles[i], o));
	return NULL;
}

/* --- one process ----------------------------------------------------------------------------- */

struct forecast { /* of one process */
	struct proc_facts facts;
	struct vma_list vmas;
	struct plan_wish wish;
	struct plan plan;
};

static void forecast_deinit(struct forecast *f)
{
	vma_list_deinit(&f->vmas);
	proc_facts_deinit(&f->facts);
}

static struct plan_wish wish_of(const struct snapshot_options *options)
{
	return (struct plan_wish){ .budget_ns = options->budget_ns ? options->budget_ns : SNAPSHOT_BUDGET_NS,
				   .content = options->content };
}

/* *f starts as { .vmas = VMA_LIST_INIT }, and is to be freed in any case. */
static struct err *forecast(pid_t pid, const struct snapshot_options *options, struct forecast *f)
{
	f->wish = wish_of(options);
	TRY(proc_facts_read(pid, 0, &f->facts));
	TRY(vma_list_read(pid, true, &f->vmas));
	if (f->wish.content.filter == UINT32_MAX)
		f->wish.content.filter = f->facts.coredump_filter;
	return plan_make(&f->facts, &f->vmas, &f->wish, &f->facts.arena, &f->plan);
}

static struct err *emit_forecast(const struct forecast *f, struct out *o)
{
	TRY(emit_plan(&f->facts, &f->plan, o));
	return emit_details(&f->plan, o);
}

struct err *snap_forecast(pid_t pid, const struct snapshot_options *options, struct out *o)
{
	CLEANUP(forecast_deinit) struct forecast f = { .vmas = VMA_LIST_INIT };

	TRY(forecast(pid, options, &f));
	return emit_forecast(&f, o);
}

/* --- a set ----------------------------------------------------------------------------------- */

struct forecast_set {
	struct plan_set plans;
	struct arena arena;
};

static void forecast_set_deinit(struct forecast_set *f)
{
	plan_set_deinit(&f->plans);
	arena_deinit(&f->arena);
}

static struct err *add_member(pid_t pid, const struct snapshot_options *options, struct forecast_set *set, struct out *o)
{
	CLEANUP(forecast_deinit) struct forecast f = { .vmas = VMA_LIST_INIT };

	TRY(cancel_check());
	TRY(forecast(pid, options, &f));
	TRY(plan_set_add(&set->plans, pid, &f.vmas, &f.wish, &f.plan, &set->arena));
	TRY(emit_forecast(&f, o));
	return out_heading(o, "\n");
}

static struct err *emit_set(const struct plan *p, struct out *o)
{
	uint64_t here = free_here();

	out_begin(o, &snap_plan_set_record);
	out_uint(o, "members", p->processes);
	out_uint(o, "threads", p->threads);
	out_uint(o, "resident", p->resident);
	out_uint(o, "huge", p->huge);
	out_uint(o, "shared", p->shared);
	out_uint(o, "to_copy", p->to_copy);
	out_uint(o, "expected_size", p->expected_size);
	put_room_and_choice(p, here, o);
	TRY(out_end(o));
	TRY(emit_details(p, o));
	return here && p->expected_size > here ? emit_note("the dumps may not fit the disk", o) : NULL;
}

struct err *snap_forecast_set(const struct set_wish *wish, const struct snapshot_options *options, struct out *o)
{
	CLEANUP(forecast_set_deinit) struct forecast_set set = { .arena = ARENA_INIT };
	CLEANUP(pid_list_deinit) struct pid_list pids = { 0 };
	struct plan_wish wanted = wish_of(options);

	TRY(set_wish_list(wish, &pids));
	for (size_t i = 0; i < pids.pids.n; i++) {
		struct err *e = add_member(pids.pids.v[i], options, &set, o);

		if (e && (err_code(e) != ERR_NOTFOUND || wish->kind == SET_LIST))
			return e;
		err_free(e); /* it has ended meanwhile: none of the set */
	}
	TRY(plan_set_end(&set.plans, &wanted, &set.arena));
	return emit_set(&set.plans.total, o);
}
