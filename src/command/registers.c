/* SPDX-License-Identifier: MIT */
/*
 * r: registers.
 *
 * The record's keys are the register names of the machine, so that its fields
 * and its text layout are made from the arch's table; x86 and x64 have the
 * block that WinDbg users know, other machines rows of four.
 */
#include "command/registers.h"

#include "command/code.h"
#include "command/session_impl.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static const struct field register_fields[] = {
	{ "name", FIELD_STR, "register" },
	{ "value", FIELD_ADDR, "its value; left out when it is not known" },
	{ "bits", FIELD_UINT, "its width" },
	{ "flags", FIELD_STR, "flag bits in words: nv up ei pl zr na pe nc" },
	{ "ip", FIELD_SYM, "where the instruction pointer is" },
	{ "text", FIELD_STR, "the whole block as WinDbg prints it" },
	{ "words", FIELD_WORDS, "the parts of a vector register, lowest last" },
	{ "number", FIELD_STR, "what an x87 register holds" },
	{ NULL },
};

const struct record registers_record = {
	.kind = "register",
	.help = "a register",
	.fields = register_fields,
	.text = "{name}={value:w|?}\n",
};
/* Parts of registers and flags have widths of their own: no leading zeros. */
static const char part_layout[] = "{name}={value:x}\n";
static const char word_layout[] = "{name}={value:04x|????}\n";
static const char double_word_layout[] = "{name}={value:08x|????????}\n";
static const struct record block_record = {
	.kind = "registers",
	.help = "all registers in one text block (text output only)",
	.fields = register_fields,
	.text = "{text:r}\n",
};
static const struct record vector_record = {
	.kind = "vector_register",
	.help = "a vector or floating-point register",
	.fields = register_fields,
	.text = "{name}={words}\n",
};
static const char x87_layout[] = "{name}={number} ({text})\n";
static const char control_layout[] = "{name}={text}\n";

/* Name, and where a line ends. Digits follow the register's own width. */
static const struct block_item {
	const char *name;
	const char *behind;
} x64_block[] = {
	{ "rax", " " }, { "rbx", " " }, { "rcx", "\n" }, { "rdx", " " }, { "rsi", " " },
	{ "rdi", "\n" }, { "rip", " " }, { "rsp", " " }, { "rbp", "\n" }, { " r8", " " },
	{ " r9", " " }, { "r10", "\n" }, { "r11", " " }, { "r12", " " }, { "r13", "\n" },
	{ "r14", " " }, { "r15", "\n" }, { "iopl", "\n" }, { "cs", "  " }, { "ss", "  " },
	{ "ds", "  " }, { "es", "  " }, { "fs", "  " }, { "gs", "             " }, { "efl", "\n" },
	{ NULL },
}, x86_block[] = {
	{ "eax", " " }, { "ebx", " " }, { "ecx", " " }, { "edx", " " }, { "esi", " " },
	{ "edi", "\n" }, { "eip", " " }, { "esp", " " }, { "ebp", " " }, { "iopl", "\n" },
	{ "cs", "  " }, { "ss", "  " }, { "ds", "  " }, { "es", "  " }, { "fs", "  " },
	{ "gs", "             " }, { "efl", "\n" }, { NULL },
};

/* Flag bits in the order and words of WinDbg: clear, set. */
static const struct {
	uint8_t bit;
	const char *clear, *set;
} flag_words[] = {
	{ 11, "nv", "ov" }, { 10, "up", "dn" }, { 9, "di", "ei" }, { 7, "pl", "ng" },
	{ 6, "nz", "zr" },  { 4, "na", "ac" },	{ 2, "po", "pe" }, { 0, "nc", "cy" },
};

static void add_flags(const struct regs *regs, struct strbuf *sb)
{
	uint64_t flags = regs->v[regs->arch->flags];

	strbuf_addf(sb, "iopl=%u        ", (unsigned)(flags >> 12 & 3));
	for (size_t i = 0; i < ARRAY_SIZE(flag_words); i++)
		strbuf_addf(sb, " %s", flags >> flag_words[i].bit & 1 ? flag_words[i].set
								     : flag_words[i].clear);
}

/* The upper half of rflags has no bits: WinDbg shows efl. */
static unsigned digits_of(const struct arch *arch, unsigned reg)
{
	return strcmp(arch->regs[reg].name, "efl") == 0 ? 8 : arch->regs[reg].bits / 4;
}

static void add_value(const struct regs *regs, unsigned reg, struct strbuf *sb)
{
	unsigned digits = digits_of(regs->arch, reg);

	if (regs_has(regs, reg))
		strbuf_addf(sb, "%0*" PRIx64, (int)digits, regs->v[reg]);
	else
		strbuf_pad(sb, '?', digits);
}

static void add_item(const struct regs *regs, const struct block_item *item, struct strbuf *sb)
{
	unsigned reg;

	if (strcmp(item->name, "iopl") == 0) {
		if (regs_has(regs, regs->arch->flags))
			add_flags(regs, sb);
		else if (sb->len && sb->s[sb->len - 1] == '\n')
			return; /* a line of its own, with nothing to say */
	} else {
		strbuf_addf(sb, "%s=", item->name);
		reg = arch_reg_by_name(regs->arch, item->name + (item->name[0] == ' '));
		if (reg != ARCH_NO_REG)
			add_value(regs, reg, sb);
	}
	strbuf_adds(sb, item->behind);
}

static void add_rows(const struct regs *regs, struct strbuf *sb)
{
	unsigned column = 0, per_row = regs->arch->pointer_size == 8 ? 4 : 6;

	for (unsigned i = 0; i < regs->arch->n_regs; i++) {
		strbuf_addf(sb, "%*s%s=", regs->arch->regs[i].name[1] && regs->arch->regs[i].name[2] ? 0 : 1,
			    "", regs->arch->regs[i].name);
		add_value(regs, i, sb);
		strbuf_addc(sb, ++column % per_row && i + 1 < regs->arch->n_regs ? ' ' : '\n');
	}
}

static void add_block(const struct regs *regs, struct strbuf *sb)
{
	const struct block_item *items = regs->arch->machine == MACHINE_X64   ? x64_block
					 : regs->arch->machine == MACHINE_X86 ? x86_block
									      : NULL;

	if (!items)
		add_rows(regs, sb);
	for (; items && items->name; items++)
		add_item(regs, items, sb);
	if (sb->len)
		strbuf_truncate(sb, sb->len - 1);
}

static struct err *emit_register(struct out *o, const struct regs *regs, unsigned reg)
{
	unsigned digits = digits_of(regs->arch, reg);

	out_begin_as(o, &registers_record, digits == 4 ? word_layout
			     : digits == 8 ? double_word_layout : registers_record.text);
	out_str(o, "name", regs->arch->regs[reg].name);
	if (regs_has(regs, reg))
		out_addr(o, "value", regs->v[reg]);
	out_uint(o, "bits", regs->arch->regs[reg].bits);
	return out_end(o);
}

/* Text: the block and the instruction; JSON: one record a register. */
struct err *registers_emit(struct session *s, struct out *o, const struct regs *regs)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;
	struct insn insn;

	if (!out_is_text(o)) {
		for (unsigned i = 0; i < regs->arch->n_regs; i++)
			TRY(emit_register(o, regs, i));
		return NULL;
	}
	add_block(regs, &sb);
	TRY(strbuf_check(&sb));
	out_begin(o, &block_record);
	out_str(o, "text", sb.s);
	TRY(out_end(o));
	out_set_pointer_size(o, regs->arch->pointer_size);
	if (!regs_has(regs, regs->arch->ip))
		return NULL;
	TRY(code_emit_label(s, o, regs_ip(regs)));
	if (!code_decode(s, regs_ip(regs), &insn))
		return code_emit_absent(o, regs_ip(regs));
	return code_emit_insn(s, o, &insn, regs);
}

static uint64_t little_endian(const uint8_t *b, unsigned n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | b[n];
	return v;
}

/* The number as rF writes it, and sign with exponent : significand. */
static void emit_x87(struct out *o, const struct vector_reg *v)
{
	uint64_t significand = little_endian(v->bytes, 8);
	unsigned top = (unsigned)little_endian(v->bytes + 8, 2), exponent = top & 0x7fff;
	bool infinite = !(significand << 1);
	long double number = ldexpl((long double)significand, (int)exponent - 16383 - 63);

	if (exponent == 0x7fff)
		out_strf(o, "number", "%c1.#%s", top >> 15 ? '-' : ' ', infinite ? "INF" : "NAN");
	else
		out_strf(o, "number", "%c%.18Le", top >> 15 ? '-' : ' ', number);
	out_strf(o, "text", "%04x:%016" PRIx64, top, significand);
}

static void emit_words(struct out *o, const struct vector_reg *v)
{
	struct out_word words[16];
	size_t n = (v->bits + 31) / 32;

	n = n > ARRAY_SIZE(words) ? ARRAY_SIZE(words) : n;
	for (size_t i = 0; i < n; i++)
		words[i] = (struct out_word){ little_endian(v->bytes + 4 * (n - 1 - i), 4), true };
	out_words(o, "words", words, n, 4);
}

/* Vector registers in 32-bit parts, highest first, as rX shows them. */
static struct err *emit_vector(struct out *o, const struct vector_reg *v)
{
	out_begin_as(o, &vector_record, v->kind == VREG_X87 ? x87_layout
			     : v->kind == VREG_CONTROL ? control_layout : vector_record.text);
	out_str(o, "name", v->name);
	out_uint(o, "bits", v->bits);
	emit_words(o, v);
	if (v->kind == VREG_X87)
		emit_x87(o, v);
	else if (v->kind == VREG_CONTROL)
		out_strf(o, "text", "%0*" PRIx64, v->bits / 4, little_endian(v->bytes, v->bits / 8));
	return out_end(o);
}

/* rX: SSE; rY: AVX; rF: x87. Machines without these have one set: all of it. */
static bool in_set(const struct arch *arch, const struct vector_reg *v, char set)
{
	bool is_mxcsr = strcmp(v->name, "mxcsr") == 0;

	if (arch->machine != MACHINE_X64 && arch->machine != MACHINE_X86)
		return true;
	if (set == 'F')
		return v->kind == VREG_X87 || (v->kind == VREG_CONTROL && !is_mxcsr);
	return set == 'X' ? is_mxcsr || (v->kind == VREG_VECTOR && v->bits == 128)
			  : v->kind == VREG_VECTOR && v->bits != 128;
}

static struct err *emit_set(struct session *s, const struct args *args, struct out *o, char set)
{
	const struct arch *arch = target_arch(session_target(s));
	struct vector_reg *v = NULL;
	size_t n = 0, shown = 0;

	TRY(session_vectors(s, args->arena, &v, &n));
	for (size_t i = 0; i < n; i++) {
		if (!in_set(arch, &v[i], set))
			continue;
		shown++;
		TRY(emit_vector(o, &v[i]));
	}
	return shown ? NULL : err_new(ERR_NOTFOUND, "the dump has no %s registers here",
				      set == 'F' ? "x87" : set == 'X' ? "SSE" : "AVX");
}

static struct err *emit_vector_named(struct session *s, const struct args *args, struct out *o,
				     const char *name)
{
	struct vector_reg *v = NULL;
	size_t n = 0;

	TRY(session_vectors(s, args->arena, &v, &n));
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(v[i].name, name) == 0)
			return emit_vector(o, &v[i]);
	return usage_error(args, "no register '%s'%s", name,
			   n ? "" : " (and of floating-point and vector registers the dump has none here)");
}

static struct err *emit_named(struct session *s, const struct args *args, struct out *o,
			      const struct regs *regs, const char *name)
{
	unsigned reg = arch_reg_by_name(regs->arch, name);
	uint64_t value;

	if (reg != ARCH_NO_REG)
		return emit_register(o, regs, reg);
	if (*name == '$') {
		TRY(pseudo_value(s, name + 1, &value));
	} else if (err_ignore(arch_reg_value(regs, name, &value))) {
		return emit_vector_named(s, args, o, name);
	}
	out_begin_as(o, &registers_record, *name == '$' ? registers_record.text : part_layout);
	out_str(o, "name", name);
	out_addr(o, "value", value);
	return out_end(o);
}

static bool next_name(struct arena *a, const char **p, char **ret)
{
	const char *start;

	while (isspace((unsigned char)**p) || **p == ',' || **p == '@')
		(*p)++;
	start = *p;
	while (**p && !isspace((unsigned char)**p) && **p != ',')
		(*p)++;
	*ret = arena_strndup(a, start, (size_t)(*p - start));
	return *p > start && *ret;
}

/* rM MASK: WinDbg's bits, those that stand for registers that dumps have. */
static struct err *emit_mask(struct session *s, const struct args *args, struct out *o)
{
	static const struct {
		unsigned bit;
		char set;
	} sets[] = { { 0x4, 'F' }, { 0x40, 'X' }, { 0x200, 'Y' } };
	const char *p = args->tail;
	struct regs regs;
	uint64_t mask;

	if (!*p)
		return usage_error(args, "a mask is missing");
	TRY(expr_parse(s, &p, &mask));
	TRY(end_parse(args, p));
	TRY(session_regs(s, &regs));
	if (mask & 0xb) /* integer and segment registers */
		TRY(registers_emit(s, o, &regs));
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		if (mask & sets[i].bit)
			TRY(emit_set(s, args, o, sets[i].set));
	return NULL;
}

static struct err *run_r(struct session *s, const struct args *args, struct out *o)
{
	const char *p = args->tail;
	bool assigned = false;
	struct regs regs;
	char *name;

	TRY(pseudo_assign(s, p, &assigned));
	if (assigned)
		return NULL;
	if (!session_thread(s))
		return err_new(ERR_NOTFOUND, "there is no current thread");
	if (args->name[1] == 'M')
		return emit_mask(s, args, o);
	if (args->name[1])
		return emit_set(s, args, o, args->name[1]);
	if (strchr(p, '='))
		return err_new(ERR_UNSUPPORTED, "registers of a dump cannot be changed: no runnable "
						"debuggees");
	TRY(session_regs(s, &regs));
	if (!*p)
		return registers_emit(s, o, &regs);
	while (next_name(args->arena, &p, &name))
		TRY(emit_named(s, args, o, &regs, name));
	return NULL;
}

static const char *const r_aliases[] = { "rX", "rF", "rY", "rM", NULL };
static const struct record *const r_records[] = { &registers_record, &block_record, &vector_record,
						  &insn_record, &label_record, NULL };

const struct command command_r = {
	.name = "r",
	.aliases = r_aliases,
	.summary = "show registers, or set a pseudo-register",
	.usage = "[register[,register...] | $tN=expression]",
	.help = "Without names: all integer registers of the current context and frame, and the\n"
		"instruction with the effective address of its memory operand. Names may be full\n"
		"or partial registers (rax, eax, al, zf, xmm0, st0). rX shows the SSE, rY the AVX\n"
		"and rF the x87 registers that the dump has of the thread, or of the exception\n"
		"after .ecxr; rM MASK shows several sets: 1, 2 and 8 integer registers, 4 x87,\n"
		"40 SSE, 200 AVX. A register that is not known (not saved by any caller, or not in\n"
		"the dump) is shown as ?. Registers of a dump cannot be changed; @$t0 to @$t19 can.",
	.records = r_records,
	.needs = NEEDS_TARGET,
	.run = run_r,
};
