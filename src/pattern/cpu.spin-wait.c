/* SPDX-License-Identifier: MIT */
/*
 * Spin wait: threads that run in a loop of a few instructions which tries a word
 * of memory again and again: it has `pause` (`yield` on ARM) in it, or compares and
 * exchanges. The loop is found by its instructions, from the innermost frame's
 * on to a jump back to before it.
 */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_INSNS = 24, MAX_LOOP = 128, MAX_INSN = 16 };

static const struct threshold thresholds[] = {
	{ "spin.threads", 2, "threads", "as many at one place make it a warning instead of a note" },
	{ NULL },
};

struct spin {
	uint64_t start, end;	/* of the loop: first instruction, and behind the last */
	bool waits;		/* it has an instruction of those that wait actively */
	bool has_word;
	uint64_t word;		/* what it tries */
	unsigned word_size;
};

static bool decode(struct target *t, const struct regs *r, uint64_t at, struct insn *ret)
{
	const struct arch_memory *m = target_memory(t);
	uint8_t bytes[MAX_INSN];
	size_t n = m->read(m->arg, at, bytes, sizeof(bytes));

	if (!n || !r->arch->disassemble)
		return false;
	r->arch->disassemble(bytes, n, at, NULL, NULL, ret);
	return ret->length && !(ret->flags & INSN_INVALID);
}

static bool waits_actively(const struct insn *i)
{
	return strcmp(i->mnemonic, "pause") == 0 || strcmp(i->mnemonic, "yield") == 0 ||
	       strstr(i->mnemonic, "cmpxchg") || strcmp(i->mnemonic, "xchg") == 0 || strncmp(i->mnemonic, "ldaxr", 5) == 0;
}

/* A loop that calls or stores does something: it is no wait. */
static bool look_through(struct target *t, const struct regs *r, struct spin *s)
{
	struct insn i;

	for (uint64_t at = s->start; at < s->end; at += i.length) {
		if (!decode(t, r, at, &i) || (i.flags & (INSN_CALL | INSN_RET | INSN_INTERRUPT)))
			return false;
		s->waits |= waits_actively(&i);
		if ((i.flags & INSN_WRITES_MEMORY) && !waits_actively(&i))
			return false;
		if (!s->has_word && (i.flags & INSN_HAS_MEMORY) && (i.flags & INSN_READS_MEMORY) &&
		    insn_effective_address(&i, r, &s->word)) {
			s->has_word = true;
			s->word_size = i.mem_size;
		}
	}
	return s->waits;
}

static bool is_jump_back(const struct insn *i, uint64_t ip)
{
	return (i->flags & INSN_JUMP) && (i->flags & INSN_HAS_TARGET) && i->target <= ip && ip - i->target < MAX_LOOP;
}

/* From the instruction pointer on to a jump back that closes a small loop around it.
 * A conditional jump may lead to where a longer way begins: then the next is tried. */
static bool find_loop(struct target *t, const struct regs *r, struct spin *ret)
{
	uint64_t ip = regs_ip(r), at = ip;
	struct insn i;

	for (unsigned n = 0; n < MAX_INSNS; n++, at += i.length) {
		if (!decode(t, r, at, &i) || (i.flags & (INSN_RET | INSN_TRAP | INSN_CALL | INSN_INTERRUPT)))
			return false;
		if (is_jump_back(&i, ip)) {
			*ret = (struct spin){ .start = i.target, .end = at + i.length };
			if (look_through(t, r, ret))
				return true;
		}
		if ((i.flags & INSN_JUMP) && !(i.flags & INSN_CONDITIONAL))
			return false;
	}
	return false;
}

static bool spins(struct target *t, const struct wait_node *n, struct spin *s)
{
	struct regs r;

	if (!n->thread || (n->activity != ACTIVITY_RUNS && n->activity != ACTIVITY_UNKNOWN) ||
	    err_ignore(thread_regs(t, n->thread, HALF_NATIVE, &r)) || !regs_has(&r, r.arch->ip))
		return false;
	return find_loop(t, &r, s);
}

struct place {
	uint64_t start;
	size_t n;
	size_t first;	/* thread */
};

static void show(struct pattern_run *run, struct finding *f, const struct wait_node *n, const struct spin *s)
{
	const char *command = run_text(run, "u 0x%" PRIx64, s->start);

	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = s->start, .command = command, .windbg = command,
					   .gdb = run_text(run, "x/8i 0x%" PRIx64, s->start) },
		       "the loop of %" PRIu64 " bytes", s->end - s->start);
	if (s->has_word && (s->word_size == 4 || s->word_size == 8 || s->word_size == 1))
		evidence_memory(run, f, s->word, s->word_size, "the word that %s tries", run_thread_text(run, n->thread));
}

static void tell(struct pattern_run *run, const struct wait_graph *g, const struct place *p)
{
	const struct wait_node *first = &g->nodes[p->first];
	struct finding *f;
	struct spin s;

	f = finding_add(run, p->n >= run_threshold(run, "spin.threads") ? SEVERITY_WARNING : SEVERITY_NOTE, first->activity == ACTIVITY_RUNS ? 75 : 60,
			"Spin wait: %zu thread%s in a loop that waits actively, at %s.", p->n,
			p->n == 1 ? " runs" : "s run", run_symbol_text(run, p->start));
	f->confidence_why = "a wait of this kind may be over in a moment";
	if (spins(run->target, first, &s))
		show(run, f, first, &s);
	for (size_t i = p->first; i < g->n_threads && f->n_evidence < 16; i++)
		if (spins(run->target, &g->nodes[i], &s) && s.start == p->start) {
			finding_thread(run, f, g->nodes[i].thread);
			evidence_stack(run, f, g->nodes[i].thread, "%s spins", run_thread_text(run, g->nodes[i].thread));
		}
}

static struct err *match(struct pattern_run *run)
{
	const struct wait_graph *g = NULL;
	struct place places[16];
	size_t n = 0, k;
	struct spin s;

	TRY(facts_wait_graph(run->facts, &g));
	for (size_t i = 0; i < g->n_threads; i++) {
		TRY(run_check(run));
		if (!spins(run->target, &g->nodes[i], &s))
			continue;
		for (k = 0; k < n && places[k].start != s.start;)
			k++;
		if (k == n && n < ARRAY_SIZE(places))
			places[n++] = (struct place){ .start = s.start, .first = i };
		if (k < n)
			places[k].n++;
	}
	for (k = 0; k < n; k++)
		tell(run, g, &places[k]);
	return NULL;
}

static const char *const explains[] = { "cpu.spiking-thread", NULL };

const struct pattern pattern_spin_wait = {
	.id = "cpu.spin-wait",
	.title = "Spin wait (livelock)",
	.category = CATEGORY_CPU,
	.definition = "Threads run in a small loop that tries a word of memory until another thread changes it: they use a "
		      "processor to wait.",
	.context = "Spin locks whose owner does not run, is blocked or ended without releasing it; flags that are polled "
		   "instead of waited for; more spinning threads than processors.",
	.criterion = "A thread that is not seen to wait is inside of a loop of at most 128 bytes that calls nothing, stores "
		     "nothing else, and has pause or yield in it or compares and exchanges. From spin.threads at one "
		     "place on it is a warning.",
	.false_positives = "Mutexes spin for a moment before they sleep. Programs that poll on purpose, as packet processing "
			   "does.",
	.recommendation = "Find who should change the word, and what that thread does: it may wait for the processor that the "
			  "loop uses. Use a lock that sleeps, or yield in the loop.",
	.bucket = "SPIN_WAIT",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
