/* SPDX-License-Identifier: MIT */
/*
 * x86 steps: by what symbols say of a block of code, and by the code itself.
 *
 * Where a frame lies below its return address depends on the bytes of
 * parameters that it has pushed for its callee. The callee's frame data states
 * them; else its decorated name (_name@12) or the ret of its code does, which
 * is a guess: it counts only when a return address is found there.
 */
#include "target/stack_impl.h"

enum { MAX_FUNCTION = 0x4000, MAX_PARAMS = 0x100 };

/* Outside of modules, where code is made at run time, only the call counts. */
static bool returns_to(void *arg, uint64_t address)
{
	struct walk *w = arg;

	return target_module_at(w->t, address) ? stack_may_return_to(w, address)
					       : after_call(w->regs.arch, &w->t->memory, address);
}

static bool params_by_name(struct walk *w, struct module *m, uint64_t rva, uint32_t *ret)
{
	struct provider **providers;
	size_t n = module_providers(w->t, m, &providers);

	for (size_t i = 0; i < n; i++)
		if (!err_ignore(providers[i]->ops->param_size(providers[i], rva, ret)))
			return true;
	return false;
}

static bool params_by_code(struct walk *w, uint32_t *ret)
{
	struct symbol_hit hit;
	uint64_t begin, size;

	target_symbol_at(w->t, w->callee_lookup, &hit);
	begin = w->callee_lookup - (hit.symbol.name ? hit.displacement : 0);
	size = hit.symbol.size ? hit.symbol.size : w->callee_lookup - begin + MAX_FUNCTION;
	return !err_ignore(x86_return_pops(&w->t->memory, w->callee_lookup, begin, begin + size, ret));
}

static void guess_params(struct walk *w, struct x86_callee *callee)
{
	struct module *m = target_module_at(w->t, w->callee_lookup);
	uint32_t n = 0;

	/* symbol files say 0 where they do not know */
	if (!m || ((!params_by_name(w, m, w->callee_lookup - m->base, &n) || !n) && !params_by_code(w, &n)))
		return;
	if (n % 4 || n > MAX_PARAMS)
		return;
	callee->params_size = n;
	callee->guessed = true;
}

static bool find_frame_data(struct walk *w, struct module *m, struct step *s)
{
	uint64_t rva = regs_ip(&w->regs) - m->base - (w->exact ? 0 : 1);
	struct provider **providers;
	size_t n = module_providers(w->t, m, &providers);

	for (size_t i = 0; i < n && !s->has_frame_data; i++)
		s->has_frame_data = !err_ignore(providers[i]->ops->x86_frame(providers[i], rva, &s->frame_data));
	return s->has_frame_data;
}

static bool by_frame_data(struct walk *w, struct step *s)
{
	struct x86_callee callee = { .params_size = w->callee_params_size, .is_return = returns_to, .arg = w };

	if (!w->exact && !w->callee_params_known)
		guess_params(w, &callee);
	if (err_ignore(x86_unwind_frame_data(&w->t->memory, &s->frame_data, &w->regs, &callee,
					     &s->caller, &s->result)))
		return false;
	/* a program need not search, and cannot tell code from data */
	return s->result.machine_frame || !regs_ip(&s->caller) ||
	       !target_module_at(w->t, regs_ip(&s->caller)) ||
	       stack_may_return_to(w, regs_ip(&s->caller));
}

static bool by_epilog(struct walk *w, struct step *s)
{
	uint32_t pops;

	if (err_ignore(x86_unwind_epilog(&w->t->memory, &w->regs, &s->caller, &s->result, &pops)) ||
	    !returns_to(w, regs_ip(&s->caller)))
		return false;
	s->pops = pops;
	return true;
}

static bool by_prolog(struct walk *w, struct step *s)
{
	return !err_ignore(x86_unwind_prolog(&w->t->memory, &w->regs, &s->caller, &s->result)) &&
	       returns_to(w, regs_ip(&s->caller));
}

/* What runs straight on to its return does so whatever symbols say; ahead of a
 * frame pointer's set-up they say the same or nothing. */
bool stack_x86(struct walk *w, struct module *m, struct step *s)
{
	bool known = find_frame_data(w, m, s);

	if (w->exact && by_epilog(w, s) && stack_makes_progress(w, s))
		return true;
	if (known && by_frame_data(w, s) && stack_makes_progress(w, s))
		return true;
	return w->exact && by_prolog(w, s) && stack_makes_progress(w, s);
}
