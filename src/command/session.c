/* SPDX-License-Identifier: MIT */
/*
 * The session: what is current, and the context that commands work in.
 *
 * Invariants: thread is one of target's, or NULL when it has none; a context
 * set by .cxr and its kin and a frame set by .frame last until the thread or
 * the effective machine changes. The half of a WOW64 thread that commands work
 * in is that of a context that was set, else the one that .effmach chose, else
 * the one whose code the thread was stopped in.
 */
#include "command/session_impl.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct err *session_create(struct target *t, struct session **ret)
{
	struct session *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem();
	s->target = t;
	s->radix = 16;
	s->thread = t ? target_event_thread(t) : NULL;
	*ret = s;
	return NULL;
}

void session_destroy(struct session *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->aliases.n; i++) {
		free(s->aliases.v[i].name);
		free(s->aliases.v[i].text);
	}
	vec_deinit(&s->aliases);
	for (size_t i = 0; i < SESSION_FIXED_ALIASES; i++)
		free(s->fixed[i]);
	free(s->states);
	session_inside_destroy(s);
	free(s->last_line);
	free(s->last_name);
	if (s->log)
		(void)fclose(s->log);
	free(s->log_path);
	free(s);
}

void session_on_error(struct session *s, session_error_fn *fn, void *arg)
{
	s->on_error = fn;
	s->on_error_arg = arg;
}

void session_report(struct session *s, struct err *e)
{
	if (!e)
		return;
	if (s->on_error)
		s->on_error(s->on_error_arg, e);
	else
		err_free(e);
}

bool session_ended(const struct session *s)
{
	return s->quit;
}

bool session_wants_clear(struct session *s)
{
	bool clear = s->clear;

	s->clear = false;
	return clear;
}

void session_log(struct session *s, const char *text, size_t len)
{
	if (s->log)
		(void)fwrite(text, 1, len, s->log);
}

struct target *session_target(struct session *s)
{
	return s->target;
}

struct thread *session_thread(struct session *s)
{
	return s->thread;
}

static void forget_context(struct session *s)
{
	s->has_context = false;
	s->frame = 0;
}

void session_set_thread(struct session *s, struct thread *th)
{
	s->thread = th;
	forget_context(s);
}

/* Which code the thread was stopped in. */
static enum thread_half running_half(struct session *s)
{
	if (s->running != s->thread) {
		s->running = s->thread;
		s->running_half = thread_runs_wow(s->target, s->thread) ? HALF_WOW : HALF_NATIVE;
	}
	return s->running_half;
}

enum thread_half session_half(struct session *s)
{
	if (!s->target || !s->thread)
		return s->half;
	if (s->has_context)
		return s->context.arch == target_arch(s->target) ? HALF_NATIVE : HALF_WOW;
	return s->half_chosen ? s->half : running_half(s);
}

void session_set_half(struct session *s, enum thread_half half)
{
	s->half = half;
	s->half_chosen = true;
	forget_context(s);
}

const struct arch *session_arch(struct session *s)
{
	if (s->has_context)
		return s->context.arch;
	if (session_half(s) == HALF_WOW)
		return arch_for(MACHINE_X86);
	return s->target ? target_arch(s->target) : arch_for(MACHINE_X64);
}

unsigned session_pointer_size(struct session *s)
{
	unsigned size = session_arch(s)->pointer_size;

	return size == 4 ? 4 : 8;
}

unsigned session_frame(struct session *s)
{
	return s->frame;
}

void session_set_frame(struct session *s, unsigned index)
{
	s->frame = index;
}

unsigned session_radix(struct session *s)
{
	return s->radix;
}

bool session_has_context(struct session *s)
{
	return s->has_context;
}

void session_set_context(struct session *s, const struct regs *regs)
{
	s->has_context = regs;
	s->exception_context = false;
	s->frame = 0;
	if (regs)
		s->context = *regs;
}

void session_set_exception_context(struct session *s, const struct regs *regs)
{
	session_set_context(s, regs);
	s->exception_context = true;
}

struct err *session_vectors(struct session *s, struct arena *a, struct vector_reg **ret,
			    size_t *ret_n)
{
	if (!s->has_context)
		return thread_vectors(s->target, s->thread, a, ret, ret_n);
	if (s->exception_context)
		return target_exception_vectors(s->target, a, ret, ret_n);
	return err_new(ERR_UNSUPPORTED, "floating-point and vector registers are known of threads and "
					"of the exception only; .cxr goes back to the thread's");
}

uint64_t session_cursor(struct session *s, char family)
{
	return s->cursors[(unsigned char)family & 127];
}

void session_set_cursor(struct session *s, char family, uint64_t address)
{
	s->cursors[(unsigned char)family & 127] = address;
}

struct err *session_stack(struct session *s, struct arena *a, unsigned max, struct stack *ret)
{
	struct stack_options o = { .max_frames = max, .half = session_half(s) };

	if (!s->target || !s->thread)
		return err_new(ERR_NOTFOUND, "no current thread");
	if (s->has_context)
		o.start = &s->context;
	return stack_walk(s->target, s->thread, &o, a, ret);
}

static struct err *frame_regs(struct session *s, struct regs *ret)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct stack stack;

	TRY(session_stack(s, &a, s->frame + 1, &stack));
	if (s->frame >= stack.n)
		return err_new(ERR_NOTFOUND, "the stack has no frame %x", s->frame);
	*ret = stack.frames[s->frame].regs;
	return NULL;
}

struct err *session_regs(struct session *s, struct regs *ret)
{
	if (s->target && s->thread && s->frame)
		return frame_regs(s, ret);
	if (s->has_context) {
		*ret = s->context;
		return NULL;
	}
	if (!s->target || !s->thread)
		return err_new(ERR_NOTFOUND, "no current thread");
	return thread_regs(s->target, s->thread, session_half(s), ret);
}

void session_add_prompt(struct session *s, struct strbuf *sb)
{
	if (!s->target || !s->thread)
		strbuf_addf(sb, "%zu:", s->process);
	else
		strbuf_addf(sb, "%zu:%03zu", s->process, s->thread->index);
	if (session_half(s) == HALF_WOW)
		strbuf_adds(sb, ":x86");
	strbuf_adds(sb, "> ");
}

static const struct field text_fields[] = {
	{ "text", FIELD_STR, "one line of text" },
	{ NULL },
};
const struct record text_record = {
	.kind = "text",
	.help = "A line of text that is no field of anything",
	.fields = text_fields,
	.text = "{text:r}\n",
};

struct err *out_line(struct out *o, const char *fmt, ...)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&sb, fmt, ap);
	va_end(ap);
	TRY(strbuf_check(&sb));
	out_begin(o, &text_record);
	out_str(o, "text", sb.s);
	return out_end(o);
}
