/* SPDX-License-Identifier: MIT */
/*
 * String fill: a pointer, a return address or the owner of a lock that is text. Where
 * that text stands in memory, and what it is part of, tells who wrote it.
 *
 * Looked for are: the registers that a faulting instruction made its address of, the
 * address that was jumped or returned to, return addresses on the stack of the fault, and
 * the owners of locks that threads wait for.
 */
#include "pattern/access.h"
#include "pattern/facts.h"
#include "pattern/heap.h"
#include "pattern/text.h"
#include "target/regions.h"

#include <inttypes.h>
#include <string.h>

enum {
	NEAR = 512,		/* bytes around what registers point to */
	STACK_ABOVE = 1 << 16,
	PIECE = 1 << 16,
	MAX_SEARCH = 64 << 20,	/* bytes of writable memory */
	MAX_FRAMES_SEEN = 64,
	LONG_RUN = 8,		/* characters that are no chance */
};

/* A word that is text, and where it was met. */
struct suspect {
	uint64_t value;
	unsigned size;
	enum text_kind kind;
	char text[TEXT_WORD];
	const char *what;	/* "the pointer in register rax" */
	unsigned reg;		/* ARCH_NO_REG: none */
	uint64_t at;		/* where the word is; 0: not known */
};

/* --- is it text ------------------------------------------------------------------------ */

static bool is_mapped(struct pattern_run *run, uint64_t v)
{
	struct region r;

	return target_module_at(run->target, v) || (!err_ignore(target_region_at(run->target, v, &r)) && r.usage != USAGE_FREE);
}

static bool take(struct pattern_run *run, struct suspect *s, uint64_t value, unsigned size)
{
	s->kind = text_of_word(value, size, s->text);
	s->value = value;
	s->size = size;
	return s->kind != TEXT_NONE && !is_mapped(run, value);
}

/* --- the fault ---------------------------------------------------------------------------- */

static bool suspect_register(struct pattern_run *run, const struct fault *f, const struct insn *i, struct suspect *s)
{
	const unsigned parts[] = { i->mem_base, i->mem_index };

	for (size_t k = 0; k < ARRAY_SIZE(parts); k++)
		if (regs_has(&f->regs, parts[k]) && take(run, s, f->regs.v[parts[k]], f->regs.arch->pointer_size)) {
			s->reg = parts[k];
			s->what = run_text(run, "the pointer in register %s", f->regs.arch->regs[parts[k]].name);
			return true;
		}
	return false;
}

/* A return that has not been made yet, or has: the word is on the stack, or was the last one. */
static bool suspect_return(struct pattern_run *run, const struct fault *f, bool returns, struct suspect *s)
{
	const unsigned size = f->regs.arch->pointer_size, sp = f->regs.arch->sp;
	uint64_t at, word;

	if (!regs_has(&f->regs, sp))
		return false;
	at = returns ? f->regs.v[sp] : f->regs.v[sp] - size;
	if (!arch_read_uint(target_memory(run->target), at, size, &word) || !take(run, s, word, size) ||
	    (!returns && word != regs_ip(&f->regs)))
		return false;
	s->at = at;
	s->what = run_text(run, "the address to return to at 0x%" PRIx64, at);
	return true;
}

static bool suspect_fault(struct pattern_run *run, const struct fault *f, struct suspect *s)
{
	unsigned size = target_facts(run->target)->pointer_size == 8 ? 8 : 4;
	struct insn i;

	if (f->has_regs && fault_instruction(run, f, &i)) {
		if ((i.flags & INSN_HAS_MEMORY) && suspect_register(run, f, &i, s))
			return true;
		if ((i.flags & INSN_RET) && suspect_return(run, f, true, s))
			return true;
	} else if (f->has_regs && suspect_return(run, f, false, s)) {
		return true;
	}
	if (!f->has_address || !take(run, s, f->address, size))
		return false;
	s->what = f->access == ACCESS_EXECUTE ? "the address that was jumped to" : "the address that was accessed";
	return true;
}

static bool suspect_frame(struct pattern_run *run, const struct stack *stack, struct suspect *s)
{
	const unsigned size = target_facts(run->target)->pointer_size == 8 ? 8 : 4;

	for (size_t i = 0; stack && i < stack->n && i < MAX_FRAMES_SEEN; i++) {
		const struct frame *f = &stack->frames[i];

		if (!f->ret || !take(run, s, f->ret, size) || strlen(s->text) * (s->kind == TEXT_UTF16 ? 2 : 1) != size)
			continue;
		s->what = run_text(run, "the address to which %s returns", f->function ? f->function : "a function");
		return true;
	}
	return false;
}

/* --- where the text stands ------------------------------------------------------------------- */

static bool find_in(struct pattern_run *run, const struct suspect *s, uint64_t from, uint64_t to, uint64_t *ret)
{
	uint8_t buf[PIECE], word[8];

	for (unsigned i = 0; i < s->size; i++)
		word[i] = (uint8_t)(s->value >> 8 * i);
	while (to > from && to - from >= s->size) {
		size_t want = to - from < sizeof(buf) ? (size_t)(to - from) : sizeof(buf);
		size_t n = space_read_some(target_space(run->target), from, buf, want);
		const uint8_t *hit = n < s->size ? NULL : memmem(buf, n, word, s->size);

		if (hit) {
			*ret = from + (uint64_t)(hit - buf);
			return true;
		}
		if (n < want || want < sizeof(buf))
			return false;
		from += n - s->size + 1;
	}
	return false;
}

static bool find_near_registers(struct pattern_run *run, const struct fault *f, const struct suspect *s, uint64_t *ret)
{
	for (unsigned k = 0; f->has_regs && k < f->regs.arch->n_regs && k < ARCH_MAX_REGS; k++) {
		uint64_t v = regs_has(&f->regs, k) ? f->regs.v[k] : 0;

		if (k == s->reg || k == f->regs.arch->ip || v < NEAR || v > UINT64_MAX - STACK_ABOVE)
			continue;
		if (find_in(run, s, v, v + (k == f->regs.arch->sp ? STACK_ABOVE : NEAR), ret) || find_in(run, s, v - NEAR, v, ret))
			return true;
	}
	return false;
}

static struct err *find_anywhere(struct pattern_run *run, const struct suspect *s, uint64_t *ret)
{
	const struct region *v = NULL;
	uint64_t done = 0;
	size_t n = 0;

	TRY(target_regions(run->target, &v, &n));
	for (size_t i = 0; i < n && done < MAX_SEARCH && !*ret; i++) {
		uint64_t size = v[i].size < MAX_SEARCH - done ? v[i].size : MAX_SEARCH - done;

		TRY(run_check(run));
		if ((v[i].has_prot && !(v[i].prot & DUMP_PROT_W)) || !v[i].in_dump)
			continue;
		(void)find_in(run, s, v[i].base, v[i].base + size, ret);
		done += size;
	}
	return NULL;
}

/* What the text stands in: its bounds, and "in the block of 40 bytes at 0x...", "on the stack of
 * thread 1", "at demo!table+0x8". */
struct holder {
	const char *text;
	uint64_t start, end;
};

static const char *holder_text(struct pattern_run *run, uint64_t at)
{
	struct region r;

	if (target_module_at(run->target, at))
		return run_text(run, "at %s", run_symbol_text(run, at));
	if (!err_ignore(target_region_at(run->target, at, &r)) && r.usage == USAGE_STACK && r.thread)
		return run_text(run, "on the stack of %s", run_thread_text(run, r.thread));
	if (!err_ignore(target_region_at(run->target, at, &r)) && r.usage == USAGE_HEAP)
		return run_text(run, "in a heap, at 0x%" PRIx64, at);
	return run_text(run, "at 0x%" PRIx64, at);
}

static struct holder holder_of(struct pattern_run *run, uint64_t at)
{
	const struct heap_view *v = NULL;
	const struct malloc_chunk *c = NULL;

	(void)err_ignore(heap_of_run(run, &v));
	if (v && v->heap)
		c = heap_block_at(v->heap, at);
	if (!c)
		return (struct holder){ holder_text(run, at), 0, UINT64_MAX };
	return (struct holder){ run_text(run, "in %s", heap_block_text(run, v->heap, c)), malloc_user(v->heap, c),
				malloc_user(v->heap, c) + malloc_usable(v->heap, c) };
}

/* --- telling --------------------------------------------------------------------------------------- */

static unsigned sureness(const struct suspect *s, bool found, const struct text_run *t)
{
	bool whole = s->size == 8 && strlen(s->text) * (s->kind == TEXT_UTF16 ? 2 : 1) == s->size;
	bool is_long = found && (t->end - t->start) / (s->kind == TEXT_UTF16 ? 2 : 1) >= LONG_RUN;

	if (!whole && !is_long)
		return 0;
	if (strspn(s->text, (const char[]){ s->text[0], '\0' }) == strlen(s->text))
		return 80; /* one character over and over may be a fill */
	return found ? whole ? 95 : 88 : 85;
}

static void show_place(struct pattern_run *run, struct finding *f, const struct suspect *s, uint64_t at, const struct holder *h,
		       const struct text_run *t)
{
	const char *show = text_command(run, t, s->kind);

	evidence_memory(run, f, at, s->size, "the word in memory, %s", h->text);
	evidence_other(run, f,
		       &(struct evidence){ .has_address = true, .address = t->start, .command = show, .windbg = show,
					   .gdb = run_text(run, "x/s 0x%" PRIx64, t->start) },
		       "the text that it is part of: \"%s\"", t->text);
}

static void show_value(struct pattern_run *run, struct finding *found, const struct suspect *s)
{
	const char *show = run_text(run, ".formats 0x%" PRIx64, s->value);

	evidence_other(run, found,
		       &(struct evidence){ .has_value = true, .value = s->value, .size = s->size, .command = show, .windbg = show },
		       "%s reads \"%s\"", s->what, s->text);
}

static struct err *tell(struct pattern_run *run, const struct fault *fault, const struct suspect *s)
{
	uint64_t at = s->at;
	struct holder h = { .text = "" };
	struct text_run t = { .text = "" };
	struct finding *f;
	unsigned sure;
	bool found;

	if (!at && !find_near_registers(run, fault, s, &at))
		TRY(find_anywhere(run, s, &at));
	if (at)
		h = holder_of(run, at);
	found = at && text_around(run, at, h.start, h.end, s->kind, &t);
	sure = sureness(s, found, &t);
	if (!sure)
		return NULL;
	f = finding_add(run, SEVERITY_PROBLEM, sure, "String fill: %s is the text \"%s\"%s%s%s%s.", s->what, s->text,
			found ? ", which stands " : "", found ? h.text : "", found ? ": \"" : "",
			found ? run_text(run, "%s\"", t.text) : "");
	if (s->reg != ARCH_NO_REG)
		register_evidence(run, f, fault, s->reg, run_text(run, "of which the address was made: \"%s\"", s->text));
	else
		show_value(run, f, s);
	if (found)
		show_place(run, f, s, at, &h, &t);
	else
		finding_unread(run, f, "where the text stands: it was not found in what of the memory was looked through");
	if (fault->class != FAULT_NONE)
		fault_evidence(run, f, fault);
	return NULL;
}

static struct err *look_at_locks(struct pattern_run *run, const struct fault *fault)
{
	const struct wait_graph *g = NULL;

	if (err_ignore(facts_wait_graph(run->facts, &g)))
		return run_check(run);
	for (size_t i = g->n_threads; i < g->n && run->n_findings < 4; i++) {
		struct suspect s = { .reg = ARCH_NO_REG, .at = g->nodes[i].owner_at };
		uint64_t owner;

		TRY(run_check(run));
		if (g->nodes[i].kind != WAIT_LOCK || !s.at || (g->nodes[i].owner_size != 4 && g->nodes[i].owner_size != 8) ||
		    !arch_read_uint(target_memory(run->target), s.at, g->nodes[i].owner_size, &owner))
			continue;
		s.kind = text_of_word(owner, g->nodes[i].owner_size, s.text);
		s.value = owner;
		s.size = g->nodes[i].owner_size;
		s.what = run_text(run, "the owner of %s%s0x%" PRIx64, g->nodes[i].type, *g->nodes[i].type ? " " : "", g->nodes[i].address);
		if (s.kind != TEXT_NONE)
			TRY(tell(run, fault, &s));
	}
	return NULL;
}

static struct err *match(struct pattern_run *run)
{
	const struct fault *f = facts_fault(run->facts);
	struct suspect s = { .reg = ARCH_NO_REG };

	if (f->class == FAULT_ACCESS && f->place != PLACE_NULL && f->place != PLACE_STACK_END && suspect_fault(run, f, &s))
		return tell(run, f, &s);
	s = (struct suspect){ .reg = ARCH_NO_REG };
	if (f->class != FAULT_NONE && f->class != FAULT_REQUESTED && suspect_frame(run, facts_blame(run->facts)->stack, &s))
		TRY(tell(run, f, &s));
	return look_at_locks(run, f);
}

static const char *const explains[] = {
	"exception.wild-pointer", "exception.no-execute", "corruption.critical-section", NULL,
};

const struct pattern pattern_string_fill = {
	.id = "corruption.string-fill",
	.title = "String fill",
	.category = CATEGORY_CORRUPTION,
	.definition = "A pointer, a return address or the owner of a lock is text: a string was written over it.",
	.context = "A string that is longer than the buffer in front of the pointer, a structure that was freed and given out again for text, "
		   "a wrong cast.",
	.criterion = "The register that a faulting instruction made its address of, the address that was jumped or returned to, a return "
		     "address of the stack, or the owner of a lock that threads wait for, reads as ASCII or UTF-16, and is no address of the "
		     "process. Words of fewer than eight bytes count when they stand in memory as part of at least eight characters.",
	.false_positives = "A number that happens to read as text. One character over and over may be what an allocator fills memory with.",
	.recommendation = "Look at the text and at what lies around it: it names who writes such strings; the object that holds it is the one "
			  "whose bound is wrong, or the one that was freed too early.",
	.bucket = "STRING_FILL",
	.explains = explains,
	.match = match,
};
