/* SPDX-License-Identifier: MIT */
/*
 * Why a signal came: see fault.h.
 *
 * A core tells the address of a fault, not whether it was read or written:
 * the instruction tells that. An x64 processor gives no address for one that
 * is not canonical (SI_KERNEL); there the operand is worked out from the
 * registers. What is said of an address follows from the segments of the
 * dump alone.
 *
 * Sources: sigaction(2); AMD64 Architecture Programmer's Manual 2, "Canonical
 * Address Form". glibc keeps the text of a fatal error where __abort_msg
 * points to: its allocated size, 32 bits wide, then the text (observed with
 * glibc 2.36, dynamic and static, 64 and 32 bits).
 */
#include "os/linux/fault.h"

#include "os/linux/libc.h"
#include "os/linux/signals.h"
#include "os/linux/startup.h"

#include <inttypes.h>
#include <string.h>

enum {
	SIGNAL_SEGV = 11,
	SEGV_MAPERR = 1,
	SEGV_ACCERR = 2,
	SI_KERNEL = 0x80,
	NULL_PAGES = 0x1000,		/* what offsets from a null pointer reach */
	STACK_REACH = 64 << 10,		/* a frame's accesses lie this near to its end */
	STACK_GUARD = 1 << 20,		/* the kernel's gap below a growing stack */
	MAX_MESSAGE = 4096,
};

struct fault {
	struct target *t;
	struct regs regs;
	bool has_regs, decoded;
	struct insn insn;
	uint64_t address;
	bool has_address;
	enum fault_access access;
	enum fault_place place;
};

const char *fault_access_name(enum fault_access access)
{
	static const char *const names[] = { NULL, "read", "write", "execute" };

	return names[access];
}

static void decode(struct fault *f)
{
	const struct arch_memory *memory = target_memory(f->t);
	const struct arch *arch = f->regs.arch;
	uint8_t bytes[16];
	size_t n;

	if (!arch->disassemble || arch->max_insn > sizeof(bytes))
		return;
	n = memory->read(memory->arg, regs_ip(&f->regs), bytes, arch->max_insn);
	if (!n)
		return;
	arch->disassemble(bytes, n, regs_ip(&f->regs), NULL, NULL, &f->insn);
	f->decoded = !(f->insn.flags & INSN_INVALID);
}

static void init(struct fault *f, struct target *t, const struct dump_exception *e)
{
	*f = (struct fault){ .t = t, .address = e->address, .has_address = true };
	f->has_regs = !err_ignore(target_exception_regs(t, &f->regs)) &&
		      regs_has(&f->regs, f->regs.arch->ip);
	if (!f->has_regs)
		return;
	decode(f);
	if (regs_ip(&f->regs) == f->address)
		f->access = ACCESS_EXECUTE;
	else if (f->decoded && (f->insn.flags & INSN_WRITES_MEMORY))
		f->access = ACCESS_WRITE;
	else if (f->decoded && (f->insn.flags & INSN_READS_MEMORY))
		f->access = ACCESS_READ;
}

/* The first segment that ends behind the address; NULL: none. */
static const struct dump_segment *segment_from(struct target *t, uint64_t address)
{
	const struct dump_segment *v;
	size_t n, lo = 0, hi;

	if (err_ignore(dump_segments(target_dump(t), &v, &n)))
		return NULL;
	hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (v[mid].address <= address && address - v[mid].address >= v[mid].size)
			lo = mid + 1;
		else if (v[mid].address > address)
			hi = mid;
		else
			return &v[mid];
	}
	return lo < n ? &v[lo] : NULL;
}

static bool holds(const struct dump_segment *s, uint64_t address)
{
	return s && s->address <= address && address - s->address < s->size;
}

/* The access is near the stack pointer, in a gap or guard right below writable memory. */
static bool is_stack_overflow(const struct fault *f)
{
	const struct dump_segment *s = segment_from(f->t, f->address);
	uint64_t sp = f->has_regs && regs_has(&f->regs, f->regs.arch->sp) ? regs_sp(&f->regs) : 0;

	if (!sp || f->access == ACCESS_EXECUTE ||
	    (f->address > sp ? f->address - sp : sp - f->address) > STACK_REACH)
		return false;
	if (holds(s, f->address)) {
		if (!s->prot_known || s->prot)
			return false;
		s = segment_from(f->t, s->address + s->size);
	}
	return s && s->address > f->address && s->address - f->address <= STACK_GUARD &&
	       s->prot_known && (s->prot & DUMP_PROT_W);
}

static const char *verb(enum fault_access access)
{
	static const char *const verbs[] = { "access to", "read from", "write to", "execution of" };

	return verbs[access];
}

static void explain_unmapped(struct fault *f, struct strbuf *sb)
{
	f->place = f->address < NULL_PAGES ? PLACE_NULL
		   : is_stack_overflow(f) ? PLACE_STACK_END
					  : PLACE_UNMAPPED;
	if (f->place == PLACE_NULL && f->access == ACCESS_EXECUTE)
		strbuf_adds(sb, "jump to or call of a null pointer");
	else if (f->place == PLACE_NULL)
		strbuf_addf(sb, "%s a null pointer", verb(f->access));
	else if (f->place == PLACE_STACK_END)
		strbuf_addf(sb, "%s memory below the stack: stack overflow", verb(f->access));
	else
		strbuf_addf(sb, "%s memory that is not mapped", verb(f->access));
}

static void explain_protection(struct fault *f, struct strbuf *sb)
{
	const struct dump_segment *s = segment_from(f->t, f->address);

	f->place = is_stack_overflow(f) ? PLACE_STACK_END : PLACE_PROTECTED;
	if (f->place == PLACE_STACK_END) {
		strbuf_addf(sb, "%s the guard below the stack: stack overflow", verb(f->access));
		return;
	}
	strbuf_addf(sb, "%s memory that does not allow it", verb(f->access));
	if (holds(s, f->address) && s->prot_known)
		strbuf_addf(sb, " (%c%c%c)", s->prot & DUMP_PROT_R ? 'r' : '-',
			    s->prot & DUMP_PROT_W ? 'w' : '-', s->prot & DUMP_PROT_X ? 'x' : '-');
}

static bool is_canonical(uint64_t address)
{
	return (int64_t)(address << 16) >> 16 == (int64_t)address;
}

/* Where a call, jump or ret was to go to, by a register or by the stack. */
static bool branch_target(const struct fault *f, uint64_t *ret)
{
	if (f->insn.flags & INSN_RET)
		return arch_read_uint(target_memory(f->t), regs_sp(&f->regs), 8, ret);
	if (!(f->insn.flags & (INSN_CALL | INSN_JUMP)))
		return false;
	return !err_ignore(arch_reg_value(&f->regs, f->insn.operands, ret));
}

static void note_wild(struct fault *f, uint64_t address)
{
	f->place = PLACE_NOT_CANONICAL;
	f->has_address = true;
	f->address = address;
}

static void explain_kernel(struct fault *f, struct strbuf *sb)
{
	uint64_t address = 0;

	f->has_address = false;
	if (!f->has_regs || f->regs.arch->machine != MACHINE_X64 || !f->decoded)
		return;
	if ((f->insn.flags & INSN_HAS_MEMORY) && insn_effective_address(&f->insn, &f->regs, &address) &&
	    !is_canonical(address)) {
		note_wild(f, address);
		strbuf_addf(sb, "%s 0x%" PRIx64 ", which is no canonical address", verb(f->access),
			    address);
		return;
	}
	if (!branch_target(f, &address) || is_canonical(address))
		return;
	f->access = ACCESS_EXECUTE;
	note_wild(f, address);
	strbuf_addf(sb, "jump to 0x%" PRIx64 ", which is no canonical address", address);
}

/* Whoever sends a signal by a system call is recorded with process and user id. */
static void explain_sender(const struct fault *f, const struct dump_exception *e, struct strbuf *sb)
{
	uint32_t pid = e->n_parameters > 2 ? (uint32_t)e->parameters[1] : 0;

	if (pid && pid == target_pid(f->t))
		strbuf_adds(sb, "sent by the process itself");
	else if (pid)
		strbuf_addf(sb, "sent by process %" PRIu32 " of user %" PRIu64, pid, e->parameters[2]);
}

static bool was_sent(struct target *t, int32_t code)
{
	return code <= 0 && target_facts(t)->kind == DUMP_ELFCORE;
}

static void explain_segv(struct fault *f, struct target *t, const struct dump_exception *e, int32_t code,
			 struct strbuf *sb)
{
	const char *text = linux_signal_code_text(e->code, code);

	init(f, t, e);
	if (code == SEGV_MAPERR)
		explain_unmapped(f, sb);
	else if (code == SEGV_ACCERR)
		explain_protection(f, sb);
	else if (code == SI_KERNEL)
		explain_kernel(f, sb);
	else if (text)
		strbuf_adds(sb, text);
	if (code == SI_KERNEL && !sb->len)
		f->access = ACCESS_UNKNOWN;
}

enum fault_access linux_explain_signal(struct target *t, const struct dump_exception *e, int32_t code,
				       struct strbuf *sb)
{
	const char *text = linux_signal_code_text(e->code, code);
	struct fault f = { .t = t };

	if (was_sent(t, code)) {
		explain_sender(&f, e, sb);
		return ACCESS_UNKNOWN;
	}
	if (e->code != SIGNAL_SEGV) {
		strbuf_adds(sb, text ? text : "");
		return ACCESS_UNKNOWN;
	}
	explain_segv(&f, t, e, code, sb);
	return f.access;
}

bool linux_signal_fault(struct target *t, const struct dump_exception *e, int32_t code,
			struct signal_fault *ret)
{
	CLEANUP(strbuf_deinit) struct strbuf words = STRBUF_INIT;
	struct fault f;

	if (e->code != SIGNAL_SEGV || was_sent(t, code))
		return false;
	explain_segv(&f, t, e, code, &words);
	*ret = (struct signal_fault){ f.access, f.place, f.has_address, f.address };
	return true;
}

/* A core without NT_SIGINFO tells the signal's number only. A minidump keeps
 * si_code in the flags, an ELF core as first parameter. */
bool linux_signal_code(const struct dump_facts *f, const struct dump_exception *e, int32_t *ret)
{
	if (f->kind == DUMP_ELFCORE && !e->n_parameters)
		return false;
	*ret = f->kind == DUMP_ELFCORE ? (int32_t)e->parameters[0] : (int32_t)e->flags;
	return true;
}

bool linux_abort_message(struct target *t, struct strbuf *sb)
{
	size_t start = sb->len;
	uint64_t at = 0, message = 0;

	if (err_ignore(linux_libc_symbol(t, "__abort_msg", &at)) ||
	    !arch_read_uint(target_memory(t), at, target_arch(t)->pointer_size, &message) || !message ||
	    !linux_add_string(t, message + 4, MAX_MESSAGE, sb))
		return false;
	while (sb->len > start && sb->s[sb->len - 1] == '\n')
		sb->s[--sb->len] = '\0';
	return sb->len > start;
}
