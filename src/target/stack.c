/* SPDX-License-Identifier: MIT */
/*
 * Walking a stack: frames are shown here, found in stack_step.c.
 *
 * A physical frame may stand for several: functions inlined at its address
 * come first, innermost on top, and share its registers. The address that
 * symbols are looked up with is one less than a return address, since the
 * call may be the last instruction of its function.
 */
#include "target/stack_impl.h"

#include <string.h>

enum { DEFAULT_MAX_FRAMES = 0xffff };

static struct err *push(struct walk *w, const struct frame *f)
{
	if (!vec_push(&w->frames, *f))
		return err_nomem();
	w->frames.v[w->frames.n - 1].index = (unsigned)w->frames.n - 1;
	return NULL;
}

static bool full(const struct walk *w)
{
	return w->frames.n >= w->max_frames;
}

static struct err *push_inlined(struct walk *w, const struct frame *physical,
				const struct resolved *r)
{
	for (size_t i = 0; i < r->n_sites && !full(w); i++) {
		const struct inline_site *site = &r->sites[i];
		struct frame f = *physical;

		f.trust = TRUST_INLINE;
		f.function = site->function;
		f.displacement = f.ip - (physical->symbol.module->base + site->rva);
		f.line = site->location;
		f.scope = site->scope;
		f.n_params = 0;
		f.has_fpo = false;
		TRY(push(w, &f));
	}
	return NULL;
}

static void name_frame(struct frame *f, const struct resolved *r)
{
	f->symbol = r->hit;
	f->line = r->line;
	f->function = r->hit.symbol.name;
	if (r->hit.module)
		f->displacement = f->ip - r->hit.module->base -
				  (r->hit.symbol.name ? r->hit.symbol.rva : 0);
	if (r->n_sites && r->sites[r->n_sites - 1].call.file)
		f->line = r->sites[r->n_sites - 1].call;
}

static struct err *push_physical(struct walk *w)
{
	const struct resolved *r;
	struct frame f = {
		.trust = w->trust,
		.regs = w->regs,
		.ip = regs_ip(&w->regs),
		.sp = regs_sp(&w->regs),
		.exact_ip = w->exact,
		.half = w->half,
	};

	f.frame = regs_has(&w->regs, w->regs.arch->fp) ? w->regs.v[w->regs.arch->fp] : 0;
	f.lookup = w->exact || !f.ip ? f.ip : f.ip - 1;
	if (w->no_symbols) {
		f.symbol.module = target_module_at(w->t, f.lookup);
		return push(w, &f);
	}
	r = target_resolve(w->t, f.lookup);
	if (!r)
		return err_nomem();
	name_frame(&f, r);
	if (!w->no_inlines)
		TRY(push_inlined(w, &f, r));
	return full(w) ? NULL : push(w, &f);
}

static void read_params(struct walk *w, struct frame *f, uint64_t return_slot)
{
	unsigned size = w->regs.arch->pointer_size;

	f->n_params = 0;
	if (w->t->kernel)
		return; /* arguments are in registers, and none of what is above are theirs */
	while (f->n_params < ARRAY_SIZE(f->params) &&
	       arch_read_uint(&w->t->memory, return_slot + size * (1 + f->n_params), size,
			      &f->params[f->n_params]))
		f->n_params++;
}

/* The code that a signal handler returns to is often nobody's function. */
static void name_signal_frame(struct frame *f)
{
	if (f->function)
		return;
	f->function = "<signal handler called>";
	f->displacement = 0;
}

/* What the step out of a frame tells about the frame itself. */
static void complete(struct walk *w, const struct step *s, bool stepped)
{
	struct frame *f = &w->frames.v[w->frames.n - 1];

	f->has_fpo = s->has_frame_data;
	f->fpo = s->frame_data;
	if (s->blind && !w->warned) {
		f->warn_unreliable = true;
		w->warned = true;
	}
	if (!stepped)
		return;
	if (s->result.frame)
		f->frame = s->result.frame;
	f->ret = regs_ip(&s->caller);
	f->trap_frame = s->result.saved_regs;
	f->leaves_stack = s->result.other_stack;
	if (s->result.machine_frame && !w->no_symbols && w->t->facts->os == OS_LINUX && !w->t->kernel)
		name_signal_frame(f);
	if (s->result.return_slot)
		read_params(w, f, s->result.return_slot);
}

/* Moves to the caller; false when the walk is over. */
static bool advance(struct walk *w)
{
	struct step s;
	bool stepped = stack_step(w, &s);

	complete(w, &s, stepped);
	if (!stepped || s.result.end || !regs_ip(&s.caller)) {
		w->stop_reason = stepped ? "end of stack" : s.why;
		return false;
	}
	w->callee_lookup = regs_ip(&w->regs) - (w->exact ? 0 : 1);
	w->callee_params_known = s.has_frame_data || s.pops;
	w->callee_params_size = s.has_frame_data ? s.frame_data.params_size : s.pops;
	w->regs = s.caller;
	w->trust = s.result.trust;
	w->exact = s.result.machine_frame;
	w->depth++;
	w->switches += s.result.other_stack;
	return true;
}

/* A task of a kernel that does not run stands behind the call that switched away from it, but for a
 * new one, which has not called anything. */
static bool stands_behind_call(const struct walk *w, const struct thread *th, const struct stack_options *o)
{
	return w->t->kernel && th && !th->on_cpu && !(o && o->start) &&
	       after_call(w->regs.arch, &w->t->memory, regs_ip(&w->regs));
}

static struct err *start(struct walk *w, struct thread *th, const struct stack_options *o)
{
	w->half = o ? o->half : HALF_NATIVE;
	if (o && o->start)
		w->regs = *o->start;
	else
		TRY(thread_regs(w->t, th, w->half, &w->regs));
	w->max_frames = o && o->max_frames ? o->max_frames : DEFAULT_MAX_FRAMES;
	w->no_symbols = o && o->no_symbols;
	w->no_inlines = o && o->no_inlines;
	w->trust = TRUST_CONTEXT;
	w->exact = !stands_behind_call(w, th, o);
	if (w->regs.arch->ip == ARCH_NO_REG || !regs_has(&w->regs, w->regs.arch->ip))
		return err_new(ERR_NOTFOUND, "the context holds no instruction pointer");
	return NULL;
}

static struct err *run(struct walk *w)
{
	do {
		TRY(cancel_check());
		TRY(push_physical(w));
		if (full(w)) {
			w->truncated = true;
			w->stop_reason = "frame limit";
			/* the last frame still shows its return address */
			(void)advance(w);
			break;
		}
	} while (advance(w));
	return NULL;
}

struct err *stack_walk(struct target *t, struct thread *th, const struct stack_options *o,
		       struct arena *a, struct stack *ret)
{
	struct walk w = { .t = t, .stop_reason = "" };
	struct err *e = start(&w, th, o);

	if (!e)
		e = run(&w);
	if (!e && w.frames.n) {
		ret->frames = arena_memdup(a, w.frames.v, w.frames.n * sizeof(*w.frames.v));
		ret->n = w.frames.n;
		ret->stop_reason = w.stop_reason;
		ret->truncated = w.truncated;
		if (!ret->frames)
			e = err_nomem();
	}
	vec_deinit(&w.frames);
	return e;
}

struct err *frame_locals(struct target *t, const struct frame *f, struct arena *a,
			 struct variable **ret, size_t *ret_n)
{
	struct module *m = f->symbol.module;
	struct provider **providers;
	struct frame_context context = {
		.regs = &f->regs,
		.frame_base = f->frame,
		.memory = &t->memory,
		.scope = f->scope,
	};
	size_t n;

	if (!m)
		return err_new(ERR_NOTFOUND, "the frame is in no module");
	context.rva = f->lookup - m->base;
	context.module_base = m->base;
	n = module_providers(t, m, &providers);
	for (size_t i = 0; i < n; i++) {
		struct err *e = providers[i]->ops->locals(providers[i], &context, a, ret, ret_n);

		if (!e || err_code(e) != ERR_NOTFOUND)
			return e;
		err_free(e);
	}
	return err_new(ERR_NOTFOUND, "no private symbols for %s", m->name);
}
