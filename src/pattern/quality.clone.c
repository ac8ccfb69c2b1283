/* SPDX-License-Identifier: MIT */
/* Clone: the dump is of a copy of the process, which never ran. */
#include "os/windows/peb.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <string.h>

/* Windows: a clone's threads keep the TEBs of the process that it is a copy of. */
struct owners {
	size_t looked, foreign;
	uint64_t pid;			/* of the original */
	const struct thread *first;
};

static void look(struct pattern_run *run, struct thread *th, struct owners *o)
{
	uint32_t own = target_pid(run->target);
	struct teb_info teb = { 0 };

	if (!th->record || !(th->record->has & THREAD_HAS_TEB) || err_ignore(teb_read(run->target, HALF_NATIVE, th->record->teb, &teb)) ||
	    !peb_has(&teb, pid) || !teb.pid)
		return;
	o->looked++;
	if (teb.pid == own)
		return;
	o->foreign++;
	if (!o->first) {
		o->first = th;
		o->pid = teb.pid;
	}
}

static struct err *match_tebs(struct pattern_run *run)
{
	struct owners o = { 0 };
	struct thread *v;
	size_t n = target_threads(run->target, &v);
	struct finding *f;
	const char *show;

	if (!target_is_windows(run->target) || !(target_facts(run->target)->has & FACT_PID))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		TRY(run_check(run));
		look(run, &v[i], &o);
	}
	if (!o.foreign || o.foreign != o.looked)
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, 85, "The dump is of a clone: its process is 0x%" PRIx32 ", and its threads say that theirs is 0x%" PRIx64 ".",
			target_pid(run->target), o.pid);
	show = run_text(run, "!teb 0x%" PRIx64, o.first->record->teb);
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = o.first->record->teb, .has_value = true, .value = o.pid, .size = 8,
					   .command = show, .windbg = show },
		       "ClientId of the TEB of %s", run_thread_text(run, o.first));
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_snapshot *s = NULL;
	struct finding *f;

	if (err_ignore(dump_snapshot(target_dump(run->target), &s)) || !s)
		return match_tebs(run);
	if (strcmp(s->engine, "clone") != 0)
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, 97, "The memory is that of a clone of the process, which was made while it stood still and never ran.");
	evidence_other(run, f, &(struct evidence){ .command = "vertarget" }, "the dump's own record: engine %s%s%s", s->engine,
		       *s->engine_why ? ": " : "", s->engine_why);
	return NULL;
}

const struct pattern pattern_clone = {
	.id = "quality.clone",
	.title = "Clone dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump was made of a copy of the process, so that the process itself could go on.",
	.context = "Snapshots by osmodump, PssCaptureSnapshot, procdump -r, programs that fork to write their own state.",
	.criterion = "The snapshot's record names the engine; or, on Windows, no thread's TEB has the number of the dump's process.",
	.false_positives = "A program that forks by RtlCloneUserProcess and lives on as its child.",
	.recommendation = "Memory is of one instant, and can be trusted. Threads and handles are those of the original as far as the tool kept "
			  "them: a dump of the clone alone has neither its other threads nor their waits.",
	.match = match,
};
