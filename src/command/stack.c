/* SPDX-License-Identifier: MIT */
/*
 * k: the stack of the current thread.
 *
 * One record, several layouts: the letters behind k choose columns, as in
 * WinDbg. The 32-bit layout shows the frame pointer column as ChildEBP, the
 * 64-bit one the frame's stack pointer as Child-SP.
 */
#include "command/code.h"
#include "command/command.h"
#include "base/cancel.h"
#include "command/stack.h"
#include "command/value.h"

#include <inttypes.h>
#include <string.h>

static const struct field frame_fields[] = {
	{ "index", FIELD_UINT, "frame number, 0 innermost" },
	{ "memory", FIELD_SIZE, "bytes of stack between this frame and the one before" },
	{ "child", FIELD_ADDR, "frame base: EBP on x86, stack pointer elsewhere" },
	{ "ret", FIELD_ADDR, "return address" },
	{ "ip", FIELD_ADDR, "instruction pointer of the frame" },
	{ "sp", FIELD_ADDR, "stack pointer of the frame" },
	{ "args", FIELD_WORDS, "first words of the parameter area (home slots on x64)" },
	{ "inline", FIELD_BOOL, "inlined into the next frame that is not" },
	{ "symbol", FIELD_SYM, "function and offset" },
	{ "params", FIELD_STR, "parameters with values (kp, kP)" },
	{ "offset", FIELD_HEX, "offset shown apart when parameters are shown" },
	{ "file", FIELD_STR, "source file" },
	{ "line", FIELD_UINT, "source line" },
	{ "trust", FIELD_STR, "how the frame was found: context, cfi, frame_size, frame_pointer, cfi_scan, scan, inline" },
	{ "note", FIELD_STR, "FPO data and trap frames (kv)" },
	{ "half", FIELD_STR, "wow64: 32-bit half of the thread" },
	{ NULL },
};

const struct record frame_record = {
	.kind = "frame",
	.help = "one frame of a stack",
	.fields = frame_fields,
	.text = "[{index:02x} ]{child} {ret|?} {symbol}\n",
};

static const struct field warning_fields[] = {
	{ "text", FIELD_STR, "the warning" },
	{ NULL },
};

static const struct record warning_record = {
	.kind = "warning",
	.help = "frames below are less certain",
	.fields = warning_fields,
	.text = "{text}\n",
};

struct layout {
	bool args, number, memory, lines, params, param_lines, names_only, fpo;
};

static const char unreliable[] =
	"WARNING: Stack unwind information not available. Following frames may be wrong.";

static void parse_letters(const char *name, struct layout *l)
{
	l->lines = true;
	for (const char *c = name + 1; *c; c++) {
		l->args |= *c == 'b' || *c == 'v';
		l->fpo |= *c == 'v';
		l->params |= *c == 'p' || *c == 'P';
		l->param_lines |= *c == 'P';
		l->number |= *c == 'n';
		l->memory |= *c == 'f';
		l->names_only |= *c == 'c';
		if (*c == 'L')
			l->lines = false;
	}
}

/* Columns before the function. An inlined frame has no frame of its own. */
static void add_columns(const struct layout *l, bool wide, bool is_inline, struct strbuf *sb)
{
	if (l->number)
		strbuf_adds(sb, "{index:02x} ");
	if (l->memory)
		strbuf_adds(sb, "{memory:9x|         } ");
	if (l->names_only)
		return;
	if (is_inline)
		strbuf_adds(sb, wide ? "(Inline Function) --------`-------- " : "(Inline) -------- ");
	else
		strbuf_adds(sb, wide ? "{child} {ret} " : "{child} {ret} ");
	if (l->args && wide)
		strbuf_adds(sb, ": {args:-71x} : ");
	else if (l->args)
		strbuf_adds(sb, "{args:-26x} ");
}

/* Without a function's name only the offset tells where the frame is. */
static void build_template(const struct layout *l, bool wide, const struct frame *f, struct strbuf *sb)
{
	add_columns(l, wide, f->trust == TRUST_INLINE, sb);
	if (l->params && f->function)
		strbuf_adds(sb, "{symbol:N}{params:r}[+0x{offset:x}]");
	else
		strbuf_adds(sb, l->names_only && f->function ? "{symbol:N}" : "{symbol}");
	if (l->fpo)
		strbuf_adds(sb, "[ {note}]");
	if (l->lines && !l->names_only)
		strbuf_adds(sb, "[ \\[{file} @ {line}\\]]");
	strbuf_adds(sb, "\n");
}

static struct err *emit_heading(struct out *o, const struct layout *l, bool wide)
{
	const char *number = l->number ? " # " : "", *memory = l->memory ? "  Memory  " : "";

	if (l->names_only)
		return out_heading(o, "%s%s\n", number, "Call Site");
	if (!wide)
		return out_heading(o, "%s%sChildEBP RetAddr  %s\n", number, memory,
				   l->args ? "Args to Child              " : "");
	return out_heading(o, "%s%sChild-SP          RetAddr           %sCall Site\n", number, memory,
			   l->args ? ": Args to Child                                                           : " : "");
}

static const char *trust_name(enum frame_trust trust)
{
	switch (trust) {
	case TRUST_CONTEXT: return "context";
	case TRUST_CFI: return "cfi";
	case TRUST_CFI_SCAN: return "cfi_scan";
	case TRUST_FRAME_POINTER: return "frame_pointer";
	case TRUST_SCAN: return "scan";
	case TRUST_INLINE: return "inline";
	case TRUST_FRAME_SIZE: return "frame_size";
	case TRUST_NONE: break;
	}
	return "none";
}

/* WinDbg's words for x86 frame data: [parameters, locals, saved] in dwords. */
static void emit_note(struct out *o, const struct frame *f)
{
	if (f->trap_frame)
		out_strf(o, "note", "(TrapFrame @ %08" PRIx64 "`%08" PRIx64 ")", f->trap_frame >> 32,
			 f->trap_frame & 0xffffffff);
	if (!f->has_fpo || f->trap_frame)
		return;
	if (f->fpo.kind == X86_FRAME_NONFPO || f->fpo.uses_ebp)
		out_str(o, "note", "(FPO: [Non-Fpo])");
	else
		out_strf(o, "note", "(FPO: [%u,%u,%u])", f->fpo.params_size / 4,
			 f->fpo.locals_size / 4, f->fpo.saved_regs_size / 4);
}

static struct err *add_param(struct session *s, const struct frame *f, const struct variable *v,
			     struct strbuf *sb)
{
	struct value value;

	TRY(type_describe(v->type, sb));
	strbuf_addf(sb, " %s = ", v->name);
	if (value_of_variable(v, f, &value))
		return value_describe(s, &value, sb);
	strbuf_addf(sb, "<%s>", v->reason ? v->reason : "value unavailable");
	return NULL;
}

static struct err *emit_params(struct session *s, struct arena *a, struct out *o,
			       const struct layout *l, const struct frame *f)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct variable *vars = NULL;
	bool first = true;
	size_t n = 0;

	if (err_ignore(frame_locals(session_target(s), f, a, &vars, &n)))
		n = 0;
	strbuf_addc(&sb, '(');
	for (size_t i = 0; i < n; i++) {
		if (!vars[i].is_parameter)
			continue;
		if (!first)
			strbuf_addc(&sb, ',');
		strbuf_adds(&sb, l->param_lines ? "\n\t\t\t" : first ? "" : " ");
		TRY(add_param(s, f, &vars[i], &sb));
		first = false;
	}
	strbuf_addc(&sb, ')');
	TRY(strbuf_check(&sb));
	out_str(o, "params", sb.s);
	return NULL;
}

static void emit_args(struct out *o, const struct frame *f, unsigned pointer_size)
{
	struct out_word words[4];
	size_t n = pointer_size == 8 ? 4 : 3;

	for (size_t i = 0; i < n; i++)
		words[i] = (struct out_word){ f->params[i], i < f->n_params };
	out_words(o, "args", words, n, pointer_size);
}

static struct err *emit_frame(struct session *s, struct arena *a, struct out *o,
			      const struct layout *l, const struct frame *f, uint64_t memory)
{
	CLEANUP(strbuf_deinit) struct strbuf text = STRBUF_INIT;
	unsigned size = f->regs.arch->pointer_size;
	bool is_inline = f->trust == TRUST_INLINE;
	const struct module *m = f->symbol.module;

	if (f->warn_unreliable) {
		out_begin(o, &warning_record);
		out_str(o, "text", unreliable);
		TRY(out_end(o));
	}
	build_template(l, size == 8, f, &text);
	TRY(strbuf_check(&text));
	out_begin_as(o, &frame_record, text.s);
	out_uint(o, "index", f->index);
	if (memory && !is_inline)
		out_uint(o, "memory", memory);
	out_addr(o, "child", size == 8 ? f->sp : f->frame);
	out_addr(o, "ret", f->ret);
	out_addr(o, "ip", f->ip);
	out_addr(o, "sp", f->sp);
	if (f->n_params)
		emit_args(o, f, size);
	out_bool(o, "inline", is_inline);
	if (m || !code_out_place(s, o, "symbol", f->ip))
		out_sym(o, "symbol", m ? m->name : NULL, f->function, m ? f->displacement : 0, f->ip);
	if (l->params && m && f->function) {
		TRY(emit_params(s, a, o, l, f));
		if (f->displacement)
			out_uint(o, "offset", f->displacement);
	}
	if (f->line.file) {
		out_str(o, "file", f->line.file);
		out_uint(o, "line", f->line.line);
	}
	out_str(o, "trust", trust_name(f->trust));
	emit_note(o, f);
	if (f->half == HALF_WOW)
		out_str(o, "half", "wow64");
	return out_end(o);
}

struct err *emit_single_frame(struct session *s, struct arena *a, struct out *o, const struct frame *f)
{
	struct layout l = { .number = true, .lines = true };
	struct frame quiet = *f;

	quiet.warn_unreliable = false;
	out_set_pointer_size(o, f->regs.arch->pointer_size);
	return emit_frame(s, a, o, &l, &quiet, 0);
}

struct err *emit_stack(struct session *s, struct arena *a, struct out *o, const char *letters,
		       const struct stack *stack)
{
	struct layout l = { 0 };
	uint64_t previous = 0;
	bool wide;

	if (!stack->n)
		return NULL;
	parse_letters(letters, &l);
	wide = stack->frames[0].regs.arch->pointer_size == 8;
	out_set_pointer_size(o, wide ? 8 : 4);
	TRY(emit_heading(o, &l, wide));
	for (size_t i = 0; i < stack->n; i++) {
		const struct frame *f = &stack->frames[i];

		TRY(emit_frame(s, a, o, &l, f, previous && f->sp > previous ? f->sp - previous : 0));
		previous = f->leaves_stack ? 0 : f->sp;
	}
	return NULL;
}

/* k = [base] stack [ip] [count]: a last number that can be no address is the count */
static struct err *parse_override(struct session *s, const char **p, struct regs *ret,
				  unsigned *ret_max)
{
	uint64_t v[4];
	unsigned n = 0;

	TRY(session_regs(s, ret));
	while (n < 4 && **p) {
		TRY(expr_parse(s, p, &v[n]));
		n++;
		*p = str_skip_space(*p);
	}
	if (n > 1 && v[n - 1] <= 0xffff)
		*ret_max = (unsigned)v[--n];
	if (ret->arch->pointer_size == 4 && n)
		regs_set(ret, ret->arch->fp, v[0]);
	else if (n)
		regs_set(ret, ret->arch->sp, v[0]);
	if (n > 1)
		regs_set(ret, n == 2 && ret->arch->pointer_size == 8 ? ret->arch->ip : ret->arch->sp, v[1]);
	if (n > 2)
		regs_set(ret, ret->arch->ip, v[2]);
	return NULL;
}

/* Some dumps have no registers of a thread (of the one that wrote them): there
 * is no stack to show then, but `~*k` goes on to the next. */
static struct err *emit_no_registers(struct out *o, struct err *e)
{
	CLEANUP(strbuf_deinit) struct strbuf why = STRBUF_INIT;

	strbuf_addf(&why, "No stack: %s", err_message(e));
	err_free(e);
	out_begin(o, &warning_record);
	out_str(o, "text", why.s ? why.s : "No stack");
	return out_end(o);
}

/* WOW64, and no half was asked for: the 64-bit stack, then the 32-bit one. */
static struct err *emit_both_halves(struct session *s, const struct args *args, struct out *o,
				    unsigned max)
{
	struct stack_options options = { .max_frames = max, .half = HALF_WOW };
	struct stack stack = { 0 };

	/* a thread that runs 32-bit code has nothing to show of its 64-bit half */
	if (!thread_runs_wow(session_target(s), session_thread(s))) {
		TRY(session_stack(s, args->arena, max, &stack));
		TRY(emit_stack(s, args->arena, o, args->name, &stack));
	}
	if (err_ignore(stack_walk(session_target(s), session_thread(s), &options, args->arena, &stack)))
		return cancel_check();
	TRY(out_heading(o, "\n"));
	return emit_stack(s, args->arena, o, args->name, &stack);
}

/* kd [words]: the stack as words with symbols */
static struct err *raw_stack(struct session *s, const struct args *args, struct out *o)
{
	CLEANUP(strbuf_deinit) struct strbuf line = STRBUF_INIT;
	const char *p = args->tail;
	uint64_t count = 0x14;

	if (*p)
		TRY(expr_parse(s, &p, &count));
	TRY(end_parse(args, p));
	strbuf_addf(&line, "dps @$csp L0x%" PRIx64, count);
	TRY(strbuf_check(&line));
	return session_run(s, line.s, o);
}

static struct err *run_k(struct session *s, const struct args *args, struct out *o)
{
	const char *p = str_skip_space(args->tail);
	struct stack stack = { 0 };
	uint64_t count = 0;
	struct err *e;
	unsigned max;

	if (args->name[1] == 'd')
		return raw_stack(s, args, o);
	if (*p == '=') {
		struct regs regs;
		struct stack_options options = { .half = session_half(s), .start = &regs };

		p = str_skip_space(p + 1);
		TRY(parse_override(s, &p, &regs, &options.max_frames));
		if (*p)
			return usage_error(args, "'%s' is not expected", p);
		TRY(stack_walk(session_target(s), session_thread(s), &options, args->arena, &stack));
	} else {
		if (*p)
			TRY(expr_parse(s, &p, &count));
		if (*str_skip_space(p))
			return usage_error(args, "'%s' is not expected", p);
		max = count > 0xffff ? 0xffff : (unsigned)count;
		if (session_half(s) == HALF_NATIVE && target_has_wow(session_target(s)) &&
		    !session_has_context(s))
			return emit_both_halves(s, args, o, max);
		e = session_stack(s, args->arena, max, &stack);
		if (e && err_code(e) == ERR_NOTFOUND)
			return emit_no_registers(o, e);
		TRY(e);
	}
	return emit_stack(s, args->arena, o, args->name, &stack);
}

static const char *const k_aliases[] = {
	"kb", "kc", "kd", "kf", "kn", "kp", "kP", "kv", "kL", "kbn", "kvn", "kpn", "kPn", "kcn",
	"knf", "kbf", "kvf", "kbL", "knL", "kvL", "kpL", "kfL", "kcL", "kbnL", "kvnL", "kfn", "knv",
	"knb", NULL,
};
static const struct record *const k_records[] = { &frame_record, &warning_record, NULL };

const struct command command_k = {
	.name = "k",
	.aliases = k_aliases,
	.summary = "show the call stack of the current thread",
	.usage = "[b|c|d|f|n|p|P|v|L] [= [frame] stack [ip]] [count]",
	.help = "Walks the stack from the current register context and shows one line a frame,\n"
		"innermost first. The letters behind k choose columns:\n"
		"  b  first words of the parameter area    v  the same, and frame data (FPO)\n"
		"  n  frame numbers                        f  bytes of stack between frames\n"
		"  p  parameters with values               P  the same, one a line\n"
		"  c  function names only                  L  no source lines\n"
		"kd shows the words of the stack with their symbols instead. Behind = stand the\n"
		"registers to begin with: on x86 frame, stack and instruction pointer, elsewhere\n"
		"stack and instruction pointer, or all three.\n"
		"The count is in hexadecimal unless it says otherwise (0n20). Inlined functions\n"
		"are shown as frames of their own where the symbols tell of them. JSON records\n"
		"say how each frame was found (trust); in text, a warning stands before the\n"
		"first frame whose module has no unwind data.",
	.records = k_records,
	.needs = NEEDS_TARGET | NEEDS_THREAD,
	.run = run_k,
};
