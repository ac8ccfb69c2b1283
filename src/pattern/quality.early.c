/* SPDX-License-Identifier: MIT */
/* Early dump: the program's own code had not begun. */
#include "os/windows/peb.h"
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>

enum { AT_BASE_ = 7 };

/* Of the first thread only: new threads pass through LdrInitializeThunk too. */
static const char *const starting[] = { "LdrpInitializeProcess*", "_LdrpInitialize*", "dl_main", "_dl_start*", "_dl_sysdep_start*", NULL };

/* Linux: the dynamic linker runs alone, and nobody called it. */
static bool in_interpreter(struct pattern_run *run, const struct thread_stack *s)
{
	const struct dump_auxv *v = NULL;
	struct module *m = NULL;
	size_t n = 0;

	if (target_is_windows(run->target) || !s->n || err_ignore(dump_auxv(target_dump(run->target), &v, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (v[i].type == AT_BASE_ && v[i].value)
			m = target_module_at(run->target, v[i].value);
	for (size_t i = 0; i < s->n; i++)
		if (!m || s->places[i].module != m)
			return false;
	return true;
}

static struct finding *add(struct pattern_run *run, const struct thread *th, unsigned confidence, const char *why)
{
	struct finding *f;
	struct module **modules;

	f = finding_add(run, SEVERITY_NOTE, confidence, "The process was starting: %s; %zu modules are loaded, and its own code had not begun.", why,
			target_modules(run->target, &modules));
	evidence_stack(run, f, th, "the first thread");
	finding_thread(run, f, (struct thread *)th);
	return f;
}

/* PEB_LDR_DATA.Initialized is set when the loader has set up its lists. */
static bool is_loader_down(struct pattern_run *run, uint64_t *ret_address)
{
	struct peb_info peb = { 0 };
	struct ldr_info ldr = { 0 };
	uint64_t address;

	if (!target_is_windows(run->target) || err_ignore(peb_find(run->target, HALF_NATIVE, &address)) ||
	    err_ignore(peb_read(run->target, HALF_NATIVE, address, &peb)) || !peb_has(&peb, ldr))
		return false;
	*ret_address = address;
	if (!peb.ldr)
		return true;
	return !err_ignore(ldr_read(run->target, HALF_NATIVE, peb.ldr, &ldr)) && peb_has(&ldr, initialized) && !(ldr.initialized & 0xff);
}

static struct err *match(struct pattern_run *run)
{
	const struct stack_place *p;
	const struct stacks *s;
	uint64_t peb = 0;
	struct finding *f;

	TRY(facts_stacks(run->facts, &s));
	if (!s->n)
		return NULL;
	p = stacks_find(&s->v[0], starting);
	if (is_loader_down(run, &peb)) {
		f = add(run, s->v[0].thread, 93, "its loader had not set up its lists");
		evidence_other(run, f, &(struct evidence){ .command = "!peb", .windbg = "!peb" }, "the PEB at 0x%" PRIx64, peb);
	} else if (p) {
		(void)add(run, s->v[0].thread, 85, run_text(run, "%s is in %s", run_thread_text(run, s->v[0].thread), p->function));
	} else if (s->n == 1 && in_interpreter(run, &s->v[0])) {
		(void)add(run, s->v[0].thread, 80, "all that runs is the dynamic linker, which nobody called");
	}
	return NULL;
}

const struct pattern pattern_early = {
	.id = "quality.early",
	.title = "Early dump",
	.category = CATEGORY_QUALITY,
	.definition = "The dump was taken while the process started: libraries were being loaded, and its own code had not begun.",
	.context = "Triggers that fire when a process appears, crashes in the loader and in initialisers, debuggers that stop at the first "
		   "breakpoint.",
	.criterion = "Windows: PEB.Ldr is null or its Initialized is 0, or the first thread is in LdrpInitializeProcess. Linux: a single "
		     "thread, all of whose frames lie in the dynamic linker (AT_BASE), or one in dl_main or _dl_start.",
	.false_positives = "A stack that could not be walked out of the dynamic linker, when it resolves a symbol later on.",
	.recommendation = "What the program does cannot be seen yet. For a hang or crash at start look at which library is being loaded, and at "
			  "initialisers; otherwise take the dump later.",
	.needs = NEEDS_THREADS,
	.match = match,
};
