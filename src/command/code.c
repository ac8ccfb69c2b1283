/* SPDX-License-Identifier: MIT */
/*
 * u, ub, uf: code.
 *
 * ub has to find where instructions begin, which x86 code does not tell going
 * backwards: it starts from the function's own begin when symbols know it and
 * decodes forward; else it takes the start, a little before, from which the
 * decoding arrives exactly at the address with the most instructions valid.
 */
#include "command/code.h"

#include "base/cancel.h"
#include "base/map.h"
#include "base/vec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_INSNS = 8, MAX_INSNS = 0x10000, MAX_FUNCTION = 1 << 20, MAX_BLOCKS = 4096 };

static const struct field insn_fields[] = {
	{ "address", FIELD_ADDR, "of the instruction" },
	{ "bytes", FIELD_BYTES, "its bytes" },
	{ "mnemonic", FIELD_STR, "operation" },
	{ "operands", FIELD_STR, "operands, symbols put in" },
	{ "target", FIELD_ADDR, "where a branch or call goes" },
	{ "ea_segment", FIELD_STR, "segment of the memory operand, with its selector on x86" },
	{ "ea", FIELD_ADDR, "effective address of the memory operand" },
	{ "ea_value", FIELD_WORDS, "what is there" },
	{ "line", FIELD_UINT, "source line (uf)" },
	{ NULL },
};

const struct record insn_record = {
	.kind = "instruction",
	.help = "a machine instruction",
	.fields = insn_fields,
	.text = "[{line:5} ]{address} {bytes:-15} {mnemonic}\n",
};
static const char plain_layout[] = "{address} {bytes:-15} {mnemonic:-7} {operands}\n";
static const char bare_layout[] = "{address} {bytes:-15} {mnemonic}\n";
static const char ea_layout[] =
	"{address} {bytes:-15} {mnemonic:-7} {operands:-26} {ea_segment}:{ea}={ea_value|?}\n";
static const char uf_layout[] = "[{line:5} ]{address} {bytes:-15} {mnemonic:-7} {operands}\n";
static const char uf_bare_layout[] = "[{line:5} ]{address} {bytes:-15} {mnemonic}\n";
static const char absent_layout[] = "{address} ??              ???\n";

static const struct field label_fields[] = {
	{ "symbol", FIELD_SYM, "function and offset" },
	{ "file", FIELD_STR, "source file" },
	{ "line", FIELD_UINT, "source line" },
	{ NULL },
};

const struct record label_record = {
	.kind = "label",
	.help = "the function that the following instructions belong to",
	.fields = label_fields,
	.text = "{symbol}[ \\[{file} @ {line}\\]]:\n",
};

/* Operands show "mod!name+0x12 (address)", as WinDbg does. */
static bool symbolize(void *arg, uint64_t address, char *buf, size_t size)
{
	struct session *s = arg;
	struct symbol_hit hit;
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	target_symbol_at(session_target(s), address, &hit);
	if (!hit.module)
		return false;
	target_add_symbol(session_target(s), address, &sb);
	if (session_pointer_size(s) == 8)
		strbuf_addf(&sb, " (%08" PRIx64 "`%08" PRIx64 ")", address >> 32, address & UINT32_MAX);
	else
		strbuf_addf(&sb, " (%08" PRIx64 ")", address);
	return snprintf(buf, size, "%s", sb.s) < (int)size;
}

bool code_decode(struct session *s, uint64_t address, struct insn *ret)
{
	const struct arch *arch = session_arch(s);
	const struct arch_memory *m = target_memory(session_target(s));
	uint8_t bytes[16];
	size_t n = m->read(m->arg, address, bytes, sizeof(bytes));

	if (!n || !arch->disassemble)
		return false;
	arch->disassemble(bytes, n, address, symbolize, s, ret);
	return true;
}

bool code_out_place(struct session *s, struct out *o, const char *key, uint64_t address)
{
	struct target *t = session_target(s);
	struct symbol_hit hit;
	const char *unloaded;
	uint64_t offset;

	target_symbol_at(t, address, &hit);
	if (hit.module)
		out_sym(o, key, hit.module->name, hit.symbol.name, hit.displacement, address);
	else if (target_unloaded_at(t, address, &unloaded, &offset))
		out_sym(o, key, unloaded, NULL, offset, address);
	else
		return false;
	return true;
}

struct err *code_emit_label(struct session *s, struct out *o, uint64_t address)
{
	struct target *t = session_target(s);
	struct source_line line;
	const char *unloaded;
	uint64_t offset;

	if (!target_module_at(t, address) && !target_unloaded_at(t, address, &unloaded, &offset))
		return NULL; /* the address says as much */
	out_begin(o, &label_record);
	(void)code_out_place(s, o, "symbol", address);
	if (!err_ignore(target_line_at(session_target(s), address, &line))) {
		out_str(o, "file", line.file);
		out_uint(o, "line", line.line);
	}
	return out_end(o);
}

static void emit_ea(struct session *s, struct out *o, const struct insn *i, const struct regs *regs,
		    uint64_t ea)
{
	unsigned size = i->mem_size == 1 || i->mem_size == 2 || i->mem_size == 4 ? i->mem_size : 8;
	struct out_word word = { 0 };
	const char *segment = i->mem_segment == ARCH_NO_REG ? "ds" : regs->arch->regs[i->mem_segment].name;
	unsigned selector = i->mem_segment == ARCH_NO_REG ? (unsigned)X86_DS : i->mem_segment;

	if (regs->arch->machine == MACHINE_X86 && regs_has(regs, selector))
		out_strf(o, "ea_segment", "%s:%04x", segment, (unsigned)regs->v[selector]);
	else
		out_str(o, "ea_segment", segment);
	out_addr(o, "ea", ea);
	word.present = arch_read_uint(target_memory(session_target(s)), ea, size, &word.value);
	out_words(o, "ea_value", &word, 1, size);
}

/* fs and gs add a base that only the thread knows; their address is not shown. */
static bool shows_ea(const struct insn *i, const struct regs *regs, uint64_t *ret)
{
	if (!regs || !(i->flags & INSN_HAS_MEMORY) || (i->flags & INSN_NOP))
		return false;
	if (regs->arch->machine != MACHINE_X86 && regs->arch->machine != MACHINE_X64)
		return false;
	if (i->mem_segment != ARCH_NO_REG && regs->arch->regs[i->mem_segment].name[0] >= 'f' &&
	    regs->arch->regs[i->mem_segment].name[0] <= 'g')
		return false;
	return insn_effective_address(i, regs, ret);
}

static struct err *emit(struct session *s, struct out *o, const struct insn *i,
			const struct regs *regs, const char *layout, uint32_t line)
{
	const struct arch_memory *m = target_memory(session_target(s));
	uint8_t bytes[16];
	size_t n = m->read(m->arg, i->address, bytes, i->length < 16 ? i->length : 16);
	uint64_t ea = 0;
	bool has_ea = shows_ea(i, regs, &ea);

	out_begin_as(o, &insn_record, has_ea ? ea_layout : layout);
	out_addr(o, "address", i->address);
	out_bytes(o, "bytes", bytes, n);
	out_str(o, "mnemonic", i->mnemonic);
	if (*i->operands)
		out_str(o, "operands", i->operands);
	if (i->flags & INSN_HAS_TARGET)
		out_addr(o, "target", i->target);
	if (has_ea)
		emit_ea(s, o, i, regs, ea);
	if (line)
		out_uint(o, "line", line);
	return out_end(o);
}

struct err *code_emit_insn(struct session *s, struct out *o, const struct insn *insn,
			   const struct regs *regs)
{
	return emit(s, o, insn, regs, *insn->operands ? plain_layout : bare_layout, 0);
}

struct err *code_emit_absent(struct out *o, uint64_t address)
{
	out_begin_as(o, &insn_record, absent_layout);
	out_addr(o, "address", address);
	return out_end(o);
}

/* A label wherever the code enters another function. */
static struct err *emit_run(struct session *s, struct out *o, uint64_t at, uint64_t count,
			    uint64_t end, uint64_t *ret_next)
{
	uint64_t function = UINT64_MAX;

	for (uint64_t i = 0; i < count && at < end; i++) {
		struct symbol_hit hit;
		struct insn insn;

		TRY(cancel_check());
		target_symbol_at(session_target(s), at, &hit);
		if (at - hit.displacement != function)
			TRY(code_emit_label(s, o, at));
		function = at - hit.displacement;
		if (!code_decode(s, at, &insn)) {
			TRY(code_emit_absent(o, at));
			at += session_arch(s)->insn_align;
			if (i)
				break;
			continue;
		}
		TRY(code_emit_insn(s, o, &insn, NULL));
		at += insn.length;
	}
	*ret_next = at;
	return NULL;
}

static struct err *default_start(struct session *s, uint64_t *ret)
{
	uint64_t at = session_cursor(s, 'u');
	struct regs regs;

	if (!at) {
		TRY(session_regs(s, &regs));
		at = regs_ip(&regs);
	}
	*ret = at;
	return NULL;
}

/* --- backwards ---------------------------------------------------------------------- */

/* How many instructions lead from `from` exactly to `to`; 0: none do. */
static unsigned decode_to(struct session *s, uint64_t from, uint64_t to)
{
	unsigned n = 0;

	while (from < to && n < MAX_INSNS) {
		struct insn insn;

		if (!code_decode(s, from, &insn) || (insn.flags & INSN_INVALID))
			return 0;
		from += insn.length;
		n++;
	}
	return from == to ? n : 0;
}

static uint64_t back_start(struct session *s, uint64_t to, uint64_t count)
{
	const struct arch *arch = session_arch(s);
	struct symbol_hit hit;
	uint64_t longest = count * arch->max_insn;

	if (arch->insn_align > 1)
		return to - count * arch->insn_align;
	target_symbol_at(session_target(s), to - 1, &hit);
	if (hit.symbol.name && hit.displacement + 1 <= 0x4000) {
		uint64_t begin = to - 1 - hit.displacement;
		unsigned n = decode_to(s, begin, to);

		if (n) {
			for (; n > count; n--) {
				struct insn insn;

				if (!code_decode(s, begin, &insn))
					break;
				begin += insn.length;
			}
			return begin;
		}
	}
	for (uint64_t back = longest; back > 0; back--)
		if (decode_to(s, to - back, to) == count)
			return to - back;
	return to;
}

static struct err *run_u(struct session *s, const struct args *args, struct out *o)
{
	bool back = args->name[1] == 'b';
	const char *p = args->tail;
	uint64_t end = UINT64_MAX, next;
	struct range range;

	TRY(range_parse(s, &p, session_arch(s)->insn_align, DEFAULT_INSNS, &range));
	TRY(end_parse(args, p));
	if (!range.given)
		TRY(default_start(s, &range.start));
	if (range.end_given && !back)
		end = range.start + range.count * session_arch(s)->insn_align;
	if (range.count > MAX_INSNS)
		range.count = MAX_INSNS;
	if (back) {
		end = range.start;
		range.start = back_start(s, end, range.count);
		if (range.start == end)
			return err_new(ERR_FAULT, "no instruction boundaries found before the address");
	}
	TRY(emit_run(s, o, range.start, back ? MAX_INSNS : range.count, end, &next));
	session_set_cursor(s, 'u', back ? range.start : next);
	return NULL;
}

/* --- whole function ------------------------------------------------------------------- */

struct flow_graph {
	struct session *s;
	struct u64map seen;	/* instruction starts */
	VEC(uint64_t) todo;
	VEC(uint64_t) insns;
	uint64_t begin, end;	/* of the function by its symbol; end 0: not known */
};

static bool in_function(const struct flow_graph *g, uint64_t address)
{
	if (g->end)
		return address >= g->begin && address < g->end;
	return address >= g->begin && address - g->begin < MAX_FUNCTION;
}

static struct err *follow(struct flow_graph *g, uint64_t at)
{
	struct insn insn;

	while (in_function(g, at) && !u64map_has(&g->seen, at) && g->insns.n < MAX_INSNS) {
		TRY(cancel_check());
		if (!code_decode(g->s, at, &insn) || (insn.flags & INSN_INVALID))
			return NULL;
		if (!u64map_put(&g->seen, at, NULL) || !vec_push(&g->insns, at))
			return err_nomem();
		if ((insn.flags & INSN_JUMP) && (insn.flags & INSN_HAS_TARGET) &&
		    g->todo.n < MAX_BLOCKS && !vec_push(&g->todo, insn.target))
			return err_nomem();
		if ((insn.flags & INSN_RET) ||
		    ((insn.flags & INSN_JUMP) && !(insn.flags & INSN_CONDITIONAL)))
			return NULL;
		at += insn.length;
	}
	return NULL;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static struct err *emit_graph(struct flow_graph *g, struct out *o)
{
	uint64_t expected = 0;

	if (g->insns.n)
		qsort(g->insns.v, g->insns.n, sizeof(*g->insns.v), by_value);
	for (size_t i = 0; i < g->insns.n; i++) {
		struct source_line line = { 0 };
		struct insn insn;

		if (!code_decode(g->s, g->insns.v[i], &insn))
			continue;
		if (insn.address != expected)
			TRY(code_emit_label(g->s, o, insn.address));
		expected = insn.address + insn.length;
		(void)err_ignore(target_line_at(g->s ? session_target(g->s) : NULL, insn.address, &line));
		TRY(emit(g->s, o, &insn, NULL, *insn.operands ? uf_layout : uf_bare_layout, line.line));
	}
	return NULL;
}

static const struct field call_fields[] = {
	{ "site", FIELD_SYM, "where the call is" },
	{ "address", FIELD_ADDR, "of the instruction" },
	{ "callee", FIELD_SYM, "function that is called" },
	{ "target", FIELD_ADDR, "its address" },
	{ "operands", FIELD_STR, "of a call whose target only memory or a register tells" },
	{ NULL },
};
static const struct record call_record = {
	.kind = "call",
	.help = "a call that a function makes (uf /c)",
	.fields = call_fields,
	.text = "  {site} ({address}):\n    call to [{callee} ({target})][{operands}]\n",
};

/* uf /c: only the calls */
static struct err *emit_calls(struct flow_graph *g, struct out *o)
{
	qsort(g->insns.v, g->insns.n, sizeof(*g->insns.v), by_value);
	TRY(code_emit_label(g->s, o, g->begin));
	for (size_t i = 0; i < g->insns.n; i++) {
		struct insn insn;

		if (!code_decode(g->s, g->insns.v[i], &insn) || !(insn.flags & INSN_CALL))
			continue;
		out_begin(o, &call_record);
		if (!code_out_place(g->s, o, "site", insn.address))
			out_sym(o, "site", NULL, NULL, 0, insn.address);
		out_addr(o, "address", insn.address);
		if (!(insn.flags & INSN_HAS_TARGET)) {
			out_str(o, "operands", insn.operands);
		} else {
			if (!code_out_place(g->s, o, "callee", insn.target))
				out_sym(o, "callee", NULL, NULL, 0, insn.target);
			out_addr(o, "target", insn.target);
		}
		TRY(out_end(o));
	}
	return NULL;
}

static struct err *run_uf(struct session *s, const struct args *args, struct out *o)
{
	struct flow_graph g = { .s = s };
	const char *p = args->tail;
	struct symbol_hit hit;
	struct err *e = NULL;
	unsigned options;
	uint64_t at = 0;

	TRY(options_parse(&p, "cDoOmi", &options));
	if (*p)
		TRY(expr_parse(s, &p, &at));
	else
		TRY(default_start(s, &at));
	TRY(end_parse(args, p));
	target_symbol_at(session_target(s), at, &hit);
	g.begin = hit.symbol.name ? at - hit.displacement : at;
	g.end = hit.symbol.size ? g.begin + hit.symbol.size : 0;
	if (!vec_push(&g.todo, g.begin))
		return err_nomem();
	for (size_t i = 0; !e && i < g.todo.n; i++)
		e = follow(&g, g.todo.v[i]);
	if (!e && !g.insns.n)
		e = err_fault(g.begin);
	if (!e)
		e = options & 3 ? emit_calls(&g, o) : emit_graph(&g, o);
	u64map_deinit(&g.seen);
	vec_deinit(&g.todo);
	vec_deinit(&g.insns);
	return e;
}

static const char *const u_aliases[] = { "ub", NULL };
static const struct record *const code_records[] = { &insn_record, &label_record, NULL };

const struct command command_u = {
	.name = "u",
	.aliases = u_aliases,
	.summary = "disassemble",
	.usage = "[address [L count | end]]",
	.help = "Shows instructions from an address on, eight by default, with a label line where a\n"
		"function begins. Without an address it goes on where the last u ended, at first\n"
		"at the instruction pointer. ub shows the instructions before the address.\n"
		"Code that is not in the dump is read from image files (--image-path) when they\n"
		"are the same build; else ?? is shown.",
	.records = code_records,
	.needs = NEEDS_TARGET,
	.continues = true,
	.run = run_u,
};

static const struct record *const function_records[] = { &insn_record, &label_record, &call_record,
							 NULL };
const struct command command_uf = {
	.name = "uf",
	.summary = "disassemble a whole function",
	.usage = "[/c] [address]",
	.help = "Follows every branch from the function's begin and shows all instructions that\n"
		"can be reached in it, in order of address, with source lines where symbols have\n"
		"them. A label marks each place where blocks are not adjacent. /c shows only the\n"
		"calls that it makes.",
	.records = function_records,
	.needs = NEEDS_TARGET,
	.run = run_uf,
};
