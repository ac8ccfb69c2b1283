/* SPDX-License-Identifier: MIT */
/*
 * A step by the frame size that symbols state, for x64 functions whose unwind
 * data is not in the dump nor on disk: small dumps have no code, but a PDB may
 * be at hand.
 *
 * The size holds in the function's body. Before the first instruction nothing
 * of the frame is there; in a prolog or an epilog, or where the compiler did
 * not count pushed registers, the return address is in one of a few words, and
 * the lowest that looks like one is taken. What calls has its stack aligned to
 * 16 bytes, which rules out half of them. Registers are not restored: where
 * they were saved is not told.
 */
#include "target/stack_impl.h"

enum { WORD = 8, STACK_ALIGNMENT = 16 };

struct range {
	uint64_t low, high;	/* offsets from the stack pointer, both included */
};

static struct range return_slots(const struct walk *w, const struct fixed_frame *f, uint64_t into)
{
	struct range r = { f->size, f->size + (uint64_t)f->pushes * WORD };

	if (w->exact && !into)
		r.high = 0;
	if (w->exact && (into < f->body || into >= f->epilog || !into))
		r.low = 0;
	return r;
}

static void set_caller(struct walk *w, uint64_t slot, uint64_t ip, struct step *s)
{
	s->caller = (struct regs){ .arch = w->regs.arch };
	regs_set(&s->caller, X64_RIP, ip);
	regs_set(&s->caller, X64_RSP, slot + WORD);
	s->result = (struct unwind_result){ .frame = regs_sp(&w->regs), .return_slot = slot };
}

static bool take_return(struct walk *w, struct range r, struct step *s)
{
	for (uint64_t at = r.low; at <= r.high; at += WORD) {
		uint64_t slot = regs_sp(&w->regs) + at, ip;

		if (!w->exact && at % STACK_ALIGNMENT != STACK_ALIGNMENT - WORD)
			continue;
		if (!arch_read_uint(&w->t->memory, slot, WORD, &ip))
			return false;
		if (!stack_may_return_to(w, ip))
			continue;
		set_caller(w, slot, ip, s);
		s->result.trust = r.low == r.high ? TRUST_FRAME_SIZE : TRUST_CFI_SCAN;
		return true;
	}
	return false;
}

bool stack_fixed_frame(struct walk *w, struct module *m, struct step *s)
{
	uint64_t rva = regs_ip(&w->regs) - m->base - (w->exact ? 0 : 1);
	struct provider **providers;
	size_t n = module_providers(w->t, m, &providers);
	struct fixed_frame f;

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->fixed_frame(providers[i], rva, &f)))
			return take_return(w, return_slots(w, &f, rva - f.rva), s);
	return false;
}
