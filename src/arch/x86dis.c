/* SPDX-License-Identifier: MIT */
/*
 * x86 and x64 instructions as WinDbg prints them. Zydis decodes; the text is
 * made here, because its MASM style differs from WinDbg's in every operand:
 * no blanks after commas, "8" but "0Ah" and "0A8h", upper-case hex with h for
 * numbers but lower-case for addresses, "je" not "jz", `fs:[00000018h]` for
 * moffs forms, and "sym (addr)" for whatever the caller can name.
 *
 * Observed in published transcripts of WinDbg sessions; see
 * docs/formats/unwind.md, "disassembly".
 */
#include "arch/arch_impl.h"

#include <Zydis/Zydis.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct decoded {
	ZydisDecodedInstruction in;
	ZydisDecodedOperand op[ZYDIS_MAX_OPERAND_COUNT];
	unsigned bits;		/* 32, 64 */
	uint64_t address;
	insn_symbolizer *sym;
	void *sym_arg;
};

struct text {
	char *s;
	size_t size, len;
};

static void PRINTF(2, 3) put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->s + t->len, t->size - t->len, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->len += (size_t)n < t->size - t->len ? (size_t)n : t->size - t->len - 1;
}

/* 8, 0Ah, 10h, 0A8h */
static void put_number(struct text *t, uint64_t v)
{
	char digits[20];

	if (v < 10) {
		put(t, "%" PRIu64, v);
		return;
	}
	(void)snprintf(digits, sizeof(digits), "%" PRIX64, v);
	put(t, "%s%sh", digits[0] > '9' ? "0" : "", digits);
}

static void put_address(struct text *t, const struct decoded *d, uint64_t address)
{
	char buf[32];

	insn_format_address(buf, sizeof(buf), address, d->bits / 8);
	put(t, "%s", buf);
}

static bool put_symbol(struct text *t, const struct decoded *d, const char *prefix, uint64_t address)
{
	char buf[160];

	if (!d->sym || !d->sym(d->sym_arg, address, buf, sizeof(buf)))
		return false;
	buf[sizeof(buf) - 1] = 0;
	put(t, "%s%s", prefix, buf);
	return true;
}

/* --- mnemonics --------------------------------------------------------------- */

static const struct {
	const char *zydis, *windbg;
} renamed[] = {
	{ "jz", "je" },	      { "jnz", "jne" },	      { "jnb", "jae" },	      { "jnbe", "ja" },
	{ "jnl", "jge" },     { "jnle", "jg" },	      { "setz", "sete" },     { "setnz", "setne" },
	{ "setnb", "setae" }, { "setnbe", "seta" },   { "setnl", "setge" },   { "setnle", "setg" },
	{ "cmovz", "cmove" }, { "cmovnz", "cmovne" }, { "cmovnb", "cmovae" }, { "cmovnbe", "cmova" },
	{ "cmovnl", "cmovge" }, { "cmovnle", "cmovg" }, { "int3", "int" },    { "fwait", "wait" },
	{ "loopz", "loope" }, { "loopnz", "loopne" }, { "xlatb", "xlat" },
};

static const struct {
	const char *prefix;
	ZydisInstructionAttributes bit;
} prefixes[] = {
	{ "lock ", ZYDIS_ATTRIB_HAS_LOCK },   { "rep ", ZYDIS_ATTRIB_HAS_REP },
	{ "repe ", ZYDIS_ATTRIB_HAS_REPE },   { "repne ", ZYDIS_ATTRIB_HAS_REPNE },
	{ "bnd ", ZYDIS_ATTRIB_HAS_BND },     { "notrack ", ZYDIS_ATTRIB_HAS_NOTRACK },
	{ "xacquire ", ZYDIS_ATTRIB_HAS_XACQUIRE }, { "xrelease ", ZYDIS_ATTRIB_HAS_XRELEASE },
};

static bool has_prefix_byte(const struct decoded *d, uint8_t byte)
{
	for (unsigned i = 0; i < d->in.raw.prefix_count; i++)
		if (d->in.raw.prefixes[i].value == byte)
			return true;
	return false;
}

static bool is_string_op(const struct decoded *d)
{
	return d->in.meta.category == ZYDIS_CATEGORY_STRINGOP ||
	       d->in.meta.category == ZYDIS_CATEGORY_IOSTRINGOP;
}

static void put_mnemonic(struct text *t, const struct decoded *d)
{
	const char *name = ZydisMnemonicGetString(d->in.mnemonic);
	size_t len;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (d->in.attributes & prefixes[i].bit)
			put(t, "%s", prefixes[i].prefix);
	if (d->in.meta.category == ZYDIS_CATEGORY_RET && has_prefix_byte(d, 0xf3))
		put(t, "rep ");
	for (size_t i = 0; i < sizeof(renamed) / sizeof(renamed[0]); i++)
		if (!strcmp(name, renamed[i].zydis))
			name = renamed[i].windbg;
	if (d->in.mnemonic == ZYDIS_MNEMONIC_NOP && d->in.opcode == 0x90 && has_prefix_byte(d, 0x66))
		name = "xchg";
	len = strlen(name);
	if (is_string_op(d) && len > 1)
		len--;		/* the operands tell the size: movsd is "movs dword ptr ..." */
	put(t, "%.*s", (int)len, name);
}

/* --- operands ---------------------------------------------------------------- */

static const char *size_keyword(const struct decoded *d, const ZydisDecodedOperand *op)
{
	static const struct {
		uint16_t bits;
		const char *name;
	} sizes[] = {
		{ 8, "byte ptr " },	{ 16, "word ptr " },	 { 32, "dword ptr " },
		{ 48, "fword ptr " },	{ 64, "qword ptr " },	 { 80, "tbyte ptr " },
		{ 128, "xmmword ptr " }, { 256, "ymmword ptr " }, { 512, "zmmword ptr " },
	};

	if (op->mem.type != ZYDIS_MEMOP_TYPE_MEM)
		return "";
	for (unsigned i = 0; op->size == 64 && i < d->in.operand_count_visible; i++) {
		ZydisRegisterClass c = d->op[i].type == ZYDIS_OPERAND_TYPE_REGISTER
					       ? ZydisRegisterGetClass(d->op[i].reg.value)
					       : ZYDIS_REGCLASS_INVALID;

		if ((c == ZYDIS_REGCLASS_XMM || c == ZYDIS_REGCLASS_MMX) &&
		    op->element_type != ZYDIS_ELEMENT_TYPE_INT)
			return "mmword ptr ";
	}
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		if (sizes[i].bits == op->size)
			return sizes[i].name;
	return "";
}

/* A segment is told where it is not the one that the form implies. */
static const char *segment_override(const struct decoded *d, const ZydisDecodedOperand *op)
{
	const ZydisInstructionAttributes any =
		ZYDIS_ATTRIB_HAS_SEGMENT_CS | ZYDIS_ATTRIB_HAS_SEGMENT_SS |
		ZYDIS_ATTRIB_HAS_SEGMENT_DS | ZYDIS_ATTRIB_HAS_SEGMENT_ES |
		ZYDIS_ATTRIB_HAS_SEGMENT_FS | ZYDIS_ATTRIB_HAS_SEGMENT_GS;

	if (op->mem.segment == ZYDIS_REGISTER_FS || op->mem.segment == ZYDIS_REGISTER_GS)
		return ZydisRegisterGetString(op->mem.segment);
	if (d->bits == 64)
		return NULL;
	if (d->in.attributes & any)
		return ZydisRegisterGetString(op->mem.segment);
	/* the destination of a string instruction is es: whatever is said */
	return op->mem.segment == ZYDIS_REGISTER_ES ? "es" : NULL;
}

static uint64_t mask_to(unsigned bits)
{
	return bits >= 64 ? UINT64_MAX : ((uint64_t)1 << bits) - 1;
}

static uint64_t absolute_of(const struct decoded *d, const ZydisDecodedOperand *op)
{
	uint64_t v = (uint64_t)op->mem.disp.value;

	if (op->mem.base == ZYDIS_REGISTER_RIP || op->mem.base == ZYDIS_REGISTER_EIP)
		v += d->address + d->in.length;
	return v & mask_to(d->in.address_width < d->bits ? d->in.address_width : d->bits);
}

static bool is_absolute(const ZydisDecodedOperand *op)
{
	return (op->mem.base == ZYDIS_REGISTER_NONE || op->mem.base == ZYDIS_REGISTER_RIP ||
		op->mem.base == ZYDIS_REGISTER_EIP) &&
	       op->mem.index == ZYDIS_REGISTER_NONE;
}

static void put_absolute(struct text *t, const struct decoded *d, const ZydisDecodedOperand *op)
{
	const char *seg = segment_override(d, op);
	uint64_t address = absolute_of(d, op);
	bool moffs = op->encoding == ZYDIS_OPERAND_ENCODING_DISP16_32_64;

	if (!seg) {
		put(t, "[");
		if (put_symbol(t, d, "", address) || d->bits == 64) {
			if (t->s[t->len - 1] == '[')
				put_address(t, d, address);
			put(t, "]");
			return;
		}
		t->len--;
		seg = "ds";
	}
	put(t, "%s:[", seg);
	if (moffs && d->bits == 32)
		put(t, "%08" PRIX64 "h", address);
	else
		put_number(t, address);
	put(t, "]");
}

static void put_based(struct text *t, const struct decoded *d, const ZydisDecodedOperand *op)
{
	const char *seg = segment_override(d, op);
	bool table = d->bits == 32 && d->in.raw.disp.size == 32 &&
		     put_symbol(t, d, "", (uint32_t)op->mem.disp.value);

	if (seg)
		put(t, "%s:", seg);
	put(t, "[");
	if (op->mem.base != ZYDIS_REGISTER_NONE)
		put(t, "%s", ZydisRegisterGetString(op->mem.base));
	if (op->mem.index != ZYDIS_REGISTER_NONE) {
		put(t, "%s%s", op->mem.base != ZYDIS_REGISTER_NONE ? "+" : "",
		    ZydisRegisterGetString(op->mem.index));
		if (op->mem.scale > 1)
			put(t, "*%u", op->mem.scale);
	}
	if (!table && op->mem.disp.has_displacement && op->mem.disp.value) {
		int64_t v = op->mem.disp.value;
		bool plain = op->mem.base == ZYDIS_REGISTER_NONE;

		/* without a base the displacement is an address, never negative */
		put(t, "%s", v < 0 && !plain ? "-" : "+");
		put_number(t, plain ? (uint64_t)v & mask_to(d->bits)
				    : v < 0 ? -(uint64_t)v : (uint64_t)v);
	}
	put(t, "]");
}

static void put_memory(struct text *t, const struct decoded *d, const ZydisDecodedOperand *op)
{
	put(t, "%s", size_keyword(d, op));
	if (is_absolute(op))
		put_absolute(t, d, op);
	else
		put_based(t, d, op);
}

static void put_register(struct text *t, const struct decoded *d, ZydisRegister reg)
{
	if (ZydisRegisterGetClass(reg) != ZYDIS_REGCLASS_X87)
		put(t, "%s", ZydisRegisterGetString(reg));
	else if (reg == ZYDIS_REGISTER_ST0 && d->in.operand_count_visible > 1)
		put(t, "st");
	else
		put(t, "st(%d)", ZydisRegisterGetId(reg));
}

/* push and mov of a full-size constant may be of an address */
static bool names_immediate(const struct decoded *d)
{
	return (d->in.mnemonic == ZYDIS_MNEMONIC_PUSH || d->in.mnemonic == ZYDIS_MNEMONIC_MOV) &&
	       d->in.raw.imm[0].size == d->bits;
}

static void put_immediate(struct text *t, const struct decoded *d, const ZydisDecodedOperand *op)
{
	unsigned bits = d->in.operand_width;
	uint64_t v = op->imm.value.u;

	if (op->imm.is_relative) {
		v = (d->address + d->in.length + v) & mask_to(d->bits);
		if (!put_symbol(t, d, "", v))
			put_address(t, d, v);
		return;
	}
	if (op->imm.is_signed) {
		if (d->op[0].type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
			bits = d->op[0].size;
		v &= mask_to(bits);
	}
	if (v >= 0x10000 && names_immediate(d) && put_symbol(t, d, "offset ", v))
		return;
	put_number(t, v);
}

static void put_mask(struct text *t, const struct decoded *d)
{
	if (d->in.avx.mask.mode == ZYDIS_MASK_MODE_INVALID ||
	    d->in.avx.mask.mode == ZYDIS_MASK_MODE_DISABLED ||
	    d->in.avx.mask.reg == ZYDIS_REGISTER_NONE || d->in.avx.mask.reg == ZYDIS_REGISTER_K0)
		return;
	put(t, "{%s}", ZydisRegisterGetString(d->in.avx.mask.reg));
	if (d->in.avx.mask.mode == ZYDIS_MASK_MODE_ZEROING)
		put(t, "{z}");
}

static void put_operand(struct text *t, const struct decoded *d, const ZydisDecodedOperand *op)
{
	if (t->len)
		put(t, ",");
	if (op->type == ZYDIS_OPERAND_TYPE_REGISTER)
		put_register(t, d, op->reg.value);
	else if (op->type == ZYDIS_OPERAND_TYPE_MEMORY)
		put_memory(t, d, op);
	else if (op->type == ZYDIS_OPERAND_TYPE_IMMEDIATE)
		put_immediate(t, d, op);
	else if (op->type == ZYDIS_OPERAND_TYPE_POINTER)
		put(t, "%04X:%08X", op->ptr.segment, op->ptr.offset);
	if (op->id == 0 && d->in.encoding == ZYDIS_INSTRUCTION_ENCODING_EVEX)
		put_mask(t, d);
}

/* The operands of string instructions are implied; WinDbg prints the memory
 * ones, and dx of the port forms. */
static void put_string_operands(struct text *t, const struct decoded *d)
{
	for (unsigned i = 0; i < d->in.operand_count; i++) {
		const ZydisDecodedOperand *op = &d->op[i];
		bool port = op->type == ZYDIS_OPERAND_TYPE_REGISTER &&
			    op->reg.value == ZYDIS_REGISTER_DX;

		if (op->type == ZYDIS_OPERAND_TYPE_MEMORY || port)
			put_operand(t, d, op);
	}
}

static void put_operands(struct text *t, const struct decoded *d)
{
	/* 66 90 */
	if (d->in.mnemonic == ZYDIS_MNEMONIC_NOP && d->in.opcode == 0x90 && has_prefix_byte(d, 0x66))
		put(t, "ax,ax");
	if (is_string_op(d)) {
		put_string_operands(t, d);
		return;
	}
	if (d->in.mnemonic == ZYDIS_MNEMONIC_INT3)
		put(t, "3");
	for (unsigned i = 0; i < d->in.operand_count_visible; i++) {
		/* the register of a wide nop is not told; a mask is a suffix */
		if ((i && d->in.mnemonic == ZYDIS_MNEMONIC_NOP) ||
		    d->op[i].encoding == ZYDIS_OPERAND_ENCODING_MASK)
			continue;
		put_operand(t, d, &d->op[i]);
	}
}

/* --- what the instruction does -------------------------------------------------- */

static unsigned category_flags(const struct decoded *d)
{
	static const struct {
		ZydisInstructionCategory category;
		unsigned flags;
	} known[] = {
		{ ZYDIS_CATEGORY_CALL, INSN_CALL },
		{ ZYDIS_CATEGORY_COND_BR, INSN_JUMP | INSN_CONDITIONAL },
		{ ZYDIS_CATEGORY_UNCOND_BR, INSN_JUMP },
		{ ZYDIS_CATEGORY_RET, INSN_RET },
		{ ZYDIS_CATEGORY_SYSRET, INSN_RET },
		{ ZYDIS_CATEGORY_INTERRUPT, INSN_INTERRUPT },
		{ ZYDIS_CATEGORY_SYSCALL, INSN_INTERRUPT },
		{ ZYDIS_CATEGORY_NOP, INSN_NOP },
		{ ZYDIS_CATEGORY_WIDENOP, INSN_NOP },
	};
	unsigned flags = 0;

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].category == d->in.meta.category)
			flags = known[i].flags;
	if (d->in.mnemonic == ZYDIS_MNEMONIC_INT3 || d->in.mnemonic == ZYDIS_MNEMONIC_UD2)
		flags = INSN_TRAP;
	if (d->in.mnemonic == ZYDIS_MNEMONIC_SYSRET || d->in.mnemonic == ZYDIS_MNEMONIC_SYSEXIT)
		flags = INSN_RET;
	return flags;
}

/* Index in struct regs of the full register around reg. */
static uint8_t reg_index(const struct decoded *d, ZydisRegister reg)
{
	/* encoding order of segment registers: es cs ss ds fs gs */
	static const uint8_t seg64[] = { X64_ES, X64_CS, X64_SS, X64_DS, X64_FS, X64_GS };
	static const uint8_t seg32[] = { X86_ES, X86_CS, X86_SS, X86_DS, X86_FS, X86_GS };
	ZydisRegisterClass class = ZydisRegisterGetClass(reg);
	ZyanI8 id = ZydisRegisterGetId(reg);

	if (class == ZYDIS_REGCLASS_SEGMENT && id >= 0 && id < 6)
		return d->bits == 64 ? seg64[id] : seg32[id];
	if ((class == ZYDIS_REGCLASS_GPR64 || class == ZYDIS_REGCLASS_GPR32 ||
	     class == ZYDIS_REGCLASS_GPR16) && id >= 0 && id < (d->bits == 64 ? 16 : 8))
		return (uint8_t)id;
	return ARCH_NO_REG;
}

static void set_operand_address(const struct decoded *d, const ZydisDecodedOperand *op, struct insn *ret)
{
	ret->mem_segment = reg_index(d, op->mem.segment);
	ret->mem_size = (uint8_t)(op->size / 8 > 255 ? 255 : op->size / 8);
	if (is_absolute(op)) {
		ret->mem_disp = (int64_t)absolute_of(d, op);
		return;
	}
	ret->mem_base = reg_index(d, op->mem.base);
	ret->mem_index = reg_index(d, op->mem.index);
	ret->mem_scale = op->mem.scale;
	ret->mem_disp = op->mem.disp.has_displacement ? op->mem.disp.value : 0;
}

static void set_memory(const struct decoded *d, const ZydisDecodedOperand *op, struct insn *ret)
{
	ret->flags |= INSN_HAS_MEMORY;
	set_operand_address(d, op, ret);
}

/* mov, lea and xor of a register with itself, where they set a whole register. */
static void set_move(const struct decoded *d, struct insn *ret)
{
	const ZydisDecodedOperand *to = &d->op[0], *from = &d->op[1];
	bool is_zero = d->in.mnemonic == ZYDIS_MNEMONIC_XOR && from->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		       to->type == ZYDIS_OPERAND_TYPE_REGISTER && from->reg.value == to->reg.value;

	if ((d->in.mnemonic != ZYDIS_MNEMONIC_MOV && d->in.mnemonic != ZYDIS_MNEMONIC_LEA && !is_zero) ||
	    to->type != ZYDIS_OPERAND_TYPE_REGISTER || (to->size != 32 && to->size != 64))
		return;
	ret->to = reg_index(d, to->reg.value);
	ret->move_size = (uint8_t)(to->size / 8);
	if (is_zero || from->type == ZYDIS_OPERAND_TYPE_IMMEDIATE) {
		ret->source = SOURCE_NUMBER;
		ret->number = is_zero ? 0 : from->imm.value.u & (to->size == 32 ? UINT32_MAX : UINT64_MAX);
	} else if (from->type == ZYDIS_OPERAND_TYPE_REGISTER) {
		ret->source = SOURCE_REGISTER;
		ret->from = reg_index(d, from->reg.value);
	} else if (d->in.mnemonic == ZYDIS_MNEMONIC_LEA) {
		ret->source = SOURCE_ADDRESS;
		set_operand_address(d, from, ret);
	} else {
		ret->source = SOURCE_MEMORY;
	}
}

static void set_writes(const struct decoded *d, const ZydisDecodedOperand *op, struct insn *ret)
{
	ZydisRegister full;
	uint8_t i;

	if (op->type != ZYDIS_OPERAND_TYPE_REGISTER || !(op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
		return;
	full = ZydisRegisterGetLargestEnclosing(d->bits == 64 ? ZYDIS_MACHINE_MODE_LONG_64 : ZYDIS_MACHINE_MODE_LEGACY_32,
						op->reg.value);
	i = reg_index(d, full);
	if (i < 32)
		ret->reg_writes |= (uint32_t)1 << i;
}

static void set_facts(const struct decoded *d, struct insn *ret)
{
	ret->flags |= category_flags(d);
	for (unsigned i = 0; i < d->in.operand_count; i++) {
		const ZydisDecodedOperand *op = &d->op[i];
		bool visible = i < d->in.operand_count_visible || is_string_op(d);

		set_writes(d, op, ret);
		if (op->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && op->imm.is_relative) {
			ret->flags |= INSN_HAS_TARGET;
			ret->target = (d->address + d->in.length + op->imm.value.u) &
				      mask_to(d->bits);
		}
		if (op->type != ZYDIS_OPERAND_TYPE_MEMORY ||
		    op->mem.type == ZYDIS_MEMOP_TYPE_AGEN)
			continue;
		if (op->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
			ret->flags |= INSN_WRITES_MEMORY;
		if (op->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
			ret->flags |= INSN_READS_MEMORY;
		if (visible && !(ret->flags & INSN_HAS_MEMORY))
			set_memory(d, op, ret);
	}
	if (ret->flags & INSN_NOP)
		ret->flags &= ~(unsigned)(INSN_READS_MEMORY | INSN_WRITES_MEMORY | INSN_HAS_MEMORY);
	set_move(d, ret);
}

void x86_disassemble(unsigned bits, const uint8_t *bytes, size_t n, uint64_t address,
		     insn_symbolizer *sym, void *sym_arg, struct insn *ret)
{
	struct decoded d = { .bits = bits, .address = address, .sym = sym, .sym_arg = sym_arg };
	ZydisDecoder decoder;
	struct text t;

	if (bits == 64)
		(void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	else
		(void)ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
	insn_invalid(address, 1, ret);
	if (!n || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, bytes, n, &d.in, d.op)))
		return;
	ret->flags = 0;
	ret->length = d.in.length;
	t = (struct text){ ret->mnemonic, sizeof(ret->mnemonic), 0 };
	put_mnemonic(&t, &d);
	t = (struct text){ ret->operands, sizeof(ret->operands), 0 };
	put_operands(&t, &d);
	set_facts(&d, ret);
}
