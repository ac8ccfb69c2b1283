/* SPDX-License-Identifier: MIT */
/*
 * What is concluded of the devices' state.
 *
 * Where RAM lies: a PC's RAM block is parted, one part from 0 up to the hole for
 * devices below 4 GB, the rest from 4 GB on. How large the first part is, QEMU
 * tells the firmware in the clock's CMOS: bytes 0x34, 0x35: what is above 16 MB
 * and below the hole, 0x5b to 0x5d: what is above 4 GB, in 64 KB. Where there is
 * no such state (a stream that was cut off), it is as the machine's type has it:
 * "pc": RAM of 3.5 GB or more has 3 GB below; "q35": RAM of 2.75 GB or more has
 * 2 GB below; "microvm": 3 GB. Seen with QEMU 7.2.
 *
 * 0xa0000 to 0xbffff are the video card's window, if there is a VGA card. The firmware's flash, "pc.bios",
 * ends at 4 GB; a video card's memory is where its first BAR says. Other blocks
 * have addresses that are not known here; they are no RAM.
 *
 * Processors: the notes are those of QEMU's dump-guest-memory. The registers of
 * a processor are those of the instant at which the machine stood still.
 */
#include "format/elfcore_write.h"
#include "format/qemustream_impl.h"
#include "format/vmcoreinfo.h"

#include <inttypes.h>
#include <string.h>

enum { MAX_CPUS = 1 << 16, MAX_INFO = 1 << 20, VIDEO = 0xa0000, VIDEO_END = 0xc0000, CMOS = 128 };
#define GB (UINT64_C(1) << 30)
#define MB (UINT64_C(1) << 20)

/* ---- where RAM lies --------------------------------------------------------------------------------- */

static struct qs_block *block_named(struct qs *q, const char *name)
{
	for (size_t i = 0; i < q->blocks.n; i++)
		if (!strcmp(q->blocks.v[i].name, name))
			return &q->blocks.v[i];
	return NULL;
}

static bool machine_is(const struct qs *q, const char *part)
{
	return strstr(q->machine, part) != NULL;
}

struct layout {
	uint64_t low, high;	/* bytes below the hole, and above 4 GB */
	bool stated;		/* by the CMOS */
};

/* False: the machine has no such clock, or it was cut off. */
static bool read_cmos(struct qs *q, struct layout *ret)
{
	const struct qs_section *s = qs_state_named(q, "mc146818rtc", 0);
	struct dump_piece p = s ? qs_state_field(s, "cmos_data") : (struct dump_piece){ 0 };
	uint8_t c[CMOS];

	if (p.size != CMOS || source_read_some(q->file, p.offset, c, CMOS) != CMOS)
		return false;
	ret->low = (uint64_t)(c[0x34] | c[0x35] << 8) * 65536;
	ret->low = ret->low ? ret->low + 16 * MB : 0;
	ret->high = (uint64_t)(c[0x5b] | c[0x5c] << 8 | c[0x5d] << 16) * 65536;
	ret->stated = ret->low != 0;
	return ret->stated;
}

static struct layout assume(const struct qs *q, uint64_t ram)
{
	struct layout l = { .low = ram };

	if (machine_is(q, "q35"))
		l.low = ram >= 0xb0000000 ? 2 * GB : ram;
	else if (machine_is(q, "microvm"))
		l.low = ram >= 3 * GB ? 3 * GB : ram;
	else
		l.low = ram >= 0xe0000000 ? 3 * GB : ram;
	l.high = ram - l.low;
	return l;
}

/* The block that is RAM: by the name that PCs give it, or the only one of its size. */
static struct qs_block *main_block(struct qs *q, const struct layout *l)
{
	struct qs_block *b = block_named(q, "pc.ram"), *found = NULL;
	unsigned n = 0;

	if (b)
		return b;
	for (size_t i = 0; i < q->blocks.n; i++) {
		b = &q->blocks.v[i];
		if (l->stated ? b->size == l->low + l->high : !strchr(b->name, '/') && !str_starts(b->name, "pc.")) {
			found = b;
			n++;
		}
	}
	return n == 1 ? found : NULL;
}

/* Adds what of bytes [from, from + size) of the block is in the stream, as memory at `address`. */
static struct err *add_segments(struct qs *q, const struct qs_block *b, uint64_t from, uint64_t size, uint64_t address)
{
	uint64_t page = b->first + from / QS_PAGE, end = page + size / QS_PAGE;

	for (size_t i = 0; i < q->runs.v.n; i++) {
		const struct qs_run *r = &q->runs.v.v[i];
		uint64_t first = r->first > page ? r->first : page, last = (uint64_t)r->first + r->n < end ? (uint64_t)r->first + r->n : end;
		struct dump_segment *before = q->segments.n ? &q->segments.v[q->segments.n - 1] : NULL;
		struct dump_segment s = { .address = address + (first - page) * QS_PAGE, .offset = first * QS_PAGE };

		if (first >= last)
			continue;
		s.size = s.file_size = (last - first) * QS_PAGE;
		if (before && before->address + before->size == s.address && before->offset + before->size == s.offset)
			before->size = before->file_size += s.size;
		else if (!vec_push(&q->segments, s))
			return err_nomem();
	}
	return NULL;
}

/* A machine without a VGA card has RAM where others have its window. */
static bool has_video(const struct qs *q)
{
	for (size_t i = 0; i < q->blocks.n; i++)
		if (str_ends_nocase(q->blocks.v[i].name, "vga.vram"))
			return true;
	return false;
}

static struct err *place_low(struct qs *q, const struct qs_block *b, uint64_t size)
{
	if (!has_video(q) || size <= VIDEO)
		return add_segments(q, b, 0, size, 0);
	TRY(add_segments(q, b, 0, VIDEO, 0));
	return size > VIDEO_END ? add_segments(q, b, VIDEO_END, size - VIDEO_END, VIDEO_END) : NULL;
}

static struct err *place_ram(struct qs *q)
{
	struct layout l = { 0 };
	struct qs_block *b;

	(void)read_cmos(q, &l);
	b = main_block(q, &l);
	if (!b)
		return err_new(ERR_UNSUPPORTED, "%s: which of the %zu RAM blocks is the machine's memory, or which part of it, is not known (machine \"%s\")",
			       q->file->name, q->blocks.n, q->machine);
	if (l.stated && l.high && l.low + l.high != b->size)
		return err_new(ERR_UNSUPPORTED, "%s: the machine has 0x%" PRIx64 " and 0x%" PRIx64 " bytes of memory, and RAM block \"%s\" 0x%" PRIx64
			       ": which lies where is not known", q->file->name, l.low, l.high, b->name, b->size);
	if (!l.stated)
		l = assume(q, b->size);
	if (l.low > b->size)
		l.low = b->size;
	b->placed = true;
	TRY(place_low(q, b, l.low));
	return b->size > l.low ? add_segments(q, b, l.low, b->size - l.low, 4 * GB) : NULL;
}

/* ---- video card, firmware ------------------------------------------------------------------------------ */

static struct err *place_block(struct qs *q, struct qs_block *b, uint64_t address)
{
	b->placed = true;
	b->physical = address;
	return add_segments(q, b, 0, b->size, address);
}

static uint32_t little(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The first BAR in PCI's configuration space, when the device answers to it. 0: it does not. */
static uint64_t first_bar(struct qs *q, const char *device, size_t n)
{
	enum { COMMAND = 4, BAR = 16, ENOUGH = 64, MEMORY = 2, IO = 1, WIDE = 4, NO_ADDRESS = 15 };
	const struct qs_section *s = NULL;
	uint8_t c[ENOUGH];
	struct dump_piece p;

	for (size_t i = 0; !s && i < q->sections.n; i++)
		if (!strncmp(q->sections.v[i].name, device, n) && q->sections.v[i].name[n] && !strchr(q->sections.v[i].name + n, '/'))
			s = &q->sections.v[i];
	if (!s)
		return 0;
	p = qs_state_field(s, "dev/config[0]");
	if (p.size < ENOUGH || source_read_some(q->file, p.offset, c, ENOUGH) != ENOUGH || !(c[COMMAND] & MEMORY) || c[BAR] & IO)
		return 0;
	return (little(c + BAR) & ~(uint32_t)NO_ADDRESS) | (c[BAR] & WIDE ? (uint64_t)little(c + BAR + 4) << 32 : 0);
}

/* "0000:00:02.0/vga.vram" is of the device "0000:00:02.0/vga" or whatever its name is. */
static struct err *place_video(struct qs *q)
{
	for (size_t i = 0; i < q->blocks.n; i++) {
		struct qs_block *b = &q->blocks.v[i];
		const char *slash = strrchr(b->name, '/');
		uint64_t address = slash && !strcmp(slash, "/vga.vram") ? first_bar(q, b->name, (size_t)(slash - b->name) + 1) : 0;

		if (address && address < INT64_MAX - b->size)
			TRY(place_block(q, b, address));
	}
	return NULL;
}

struct err *qs_place(struct qs *q)
{
	struct qs_block *bios = block_named(q, "pc.bios");

	dump_add_defect(&q->d, place_ram(q));
	TRY(place_video(q));
	if (bios && bios->size <= 16 * MB)
		TRY(place_block(q, bios, 4 * GB - bios->size));
	q->segments.n = dump_part_segments(q->segments.v, q->segments.n);
	return NULL;
}

/* ---- processors ------------------------------------------------------------------------------------------- */

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, N_REGS };
enum { ES, CS, SS, DS, FS, GS, N_SEGMENTS };
enum { PRSTATUS = 336, PRSTATUS_PID = 32, PRSTATUS_REGS = 112, USER_REGS = 27 * 8, LONG_MODE = 1 << 10 };

static void put(struct strbuf *sb, uint64_t value, unsigned size)
{
	char bytes[8];

	for (unsigned i = 0; i < size; i++)
		bytes[i] = (char)(uint8_t)(value >> 8 * i);
	strbuf_add(sb, bytes, size);
}

static uint64_t reg(struct qs *q, const struct qs_section *s, unsigned i)
{
	return qs_state_uint(q, s, "env.regs", i);
}

static uint64_t selector(struct qs *q, const struct qs_section *s, unsigned i)
{
	return qs_state_member(q, s, "env.segs", i, "selector");
}

/* user_regs_struct of x86-64. */
static void put_user_regs(struct qs *q, const struct qs_section *s)
{
	static const uint8_t order[] = { R15, R14, R13, R12, RBP, RBX, R11, R10, R9, R8, RAX, RCX, RDX, RSI, RDI };
	struct strbuf *t = &q->tail;

	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		put(t, reg(q, s, order[i]), 8);
	put(t, 0, 8); /* orig_rax */
	put(t, qs_state_uint(q, s, "env.eip", 0), 8);
	put(t, selector(q, s, CS), 8);
	put(t, qs_state_uint(q, s, "env.eflags", 0), 8);
	put(t, reg(q, s, RSP), 8);
	put(t, selector(q, s, SS), 8);
	put(t, qs_state_member(q, s, "env.segs", FS, "base"), 8);
	put(t, qs_state_member(q, s, "env.segs", GS, "base"), 8);
	put(t, selector(q, s, DS), 8);
	put(t, selector(q, s, ES), 8);
	put(t, selector(q, s, FS), 8);
	put(t, selector(q, s, GS), 8);
}

static void put_segment(struct qs *q, const struct qs_section *s, const char *path, size_t i)
{
	put(&q->tail, qs_state_member(q, s, path, i, "selector"), 4);
	put(&q->tail, qs_state_member(q, s, path, i, "limit"), 4);
	put(&q->tail, qs_state_member(q, s, path, i, "flags"), 4);
	put(&q->tail, 0, 4);
	put(&q->tail, qs_state_member(q, s, path, i, "base"), 8);
}

/* Contents of the note "QEMU": all registers that translation of addresses needs. */
static void put_qemu_state(struct qs *q, const struct qs_section *s)
{
	enum { SIZE = 440 };
	static const uint8_t order[] = { RAX, RBX, RCX, RDX, RSI, RDI, RSP, RBP, R8, R9, R10, R11, R12, R13, R14, R15 };
	static const uint8_t segments[] = { CS, DS, ES, FS, GS, SS };
	static const char *const tables[] = { "env.ldt", "env.tr", "env.gdt", "env.idt" };
	static const char *const control[] = { "env.cr[0]", "", "env.cr[2]", "env.cr[3]", "env.cr[4]" };

	put(&q->tail, 1, 4);
	put(&q->tail, SIZE, 4);
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		put(&q->tail, reg(q, s, order[i]), 8);
	put(&q->tail, qs_state_uint(q, s, "env.eip", 0), 8);
	put(&q->tail, qs_state_uint(q, s, "env.eflags", 0), 8);
	for (size_t i = 0; i < ARRAY_SIZE(segments); i++)
		put_segment(q, s, "env.segs", segments[i]);
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		put_segment(q, s, tables[i], 0);
	for (size_t i = 0; i < ARRAY_SIZE(control); i++)
		put(&q->tail, *control[i] ? qs_state_uint(q, s, control[i], 0) : 0, 8);
	put(&q->tail, qs_state_uint(q, s, "env.kernelgsbase", 0), 8);
}

static struct err *add_note(struct qs *q, const char *name, const char *owner, uint32_t type, size_t from)
{
	struct dump_stream one = { .type = type, .name = name, .owner = owner, .piece = { q->file->size + from, q->tail.len - from } };

	return !q->tail.failed && vec_push(&q->made, one) ? NULL : err_nomem();
}

static struct err *add_cpu(struct qs *q, const struct qs_section *s)
{
	struct dump_thread t = { .tid = s->instance + 1, .layout = CONTEXT_LINUX_X64, .name = "" };
	size_t from = q->tail.len;

	for (unsigned i = 0; i < PRSTATUS_PID; i++)
		put(&q->tail, 0, 1);
	put(&q->tail, t.tid, 4);
	while (!q->tail.failed && q->tail.len < from + PRSTATUS_REGS)
		put(&q->tail, 0, 1);
	t.context = (struct dump_piece){ q->file->size + q->tail.len, USER_REGS };
	put_user_regs(q, s);
	put(&q->tail, 0, 8); /* pr_fpvalid and padding */
	return vec_push(&q->threads, t) ? add_note(q, "NT_PRSTATUS", "CORE", 1, from) : err_nomem();
}

static bool is_cpu(const struct qs_section *s)
{
	return !strcmp(s->name, "cpu") && qs_state_field(s, "env.regs").size == N_REGS * 8 && s->instance < MAX_CPUS;
}

/* ---- what the guest's kernel says ------------------------------------------------------------------------------ */

static struct err *read_physical(struct qs *q, uint64_t address, void *buf, size_t len)
{
	for (size_t i = 0; i < q->segments.n; i++) {
		const struct dump_segment *s = &q->segments.v[i];

		if (address >= s->address && range_in(address - s->address, len, s->size))
			return source_read(q->d.memory, s->offset + (address - s->address), buf, len);
	}
	return err_fault(address);
}

/* An ELF note at the address that the guest told QEMU's device vmcoreinfo. */
static struct err *add_vmcoreinfo(struct qs *q)
{
	const struct qs_section *s = qs_state_named(q, "vmcoreinfo", 0);
	uint64_t address = s ? qs_state_uint(q, s, "vmcoreinfo.paddr", 0) : 0, size = s ? qs_state_uint(q, s, "vmcoreinfo.size", 0) : 0;
	CLEANUP(freep) uint8_t *note = NULL;
	size_t from = q->tail.len;
	uint32_t info, owner;
	struct cursor c;

	if (!address || size < 24 || size > MAX_INFO)
		return NULL;
	note = malloc((size_t)size);
	if (!note)
		return err_nomem();
	TRY(read_physical(q, address, note, (size_t)size));
	c = cursor_init(q->file->name, note, size, 0);
	owner = cursor_u32(&c);
	info = cursor_u32(&c);
	cursor_skip(&c, 4);
	if (owner != sizeof("VMCOREINFO") || !range_in(24, info, size) || memcmp(note + 12, "VMCOREINFO", owner) != 0)
		return err_new(ERR_CORRUPT, "%s: no note VMCOREINFO at 0x%" PRIx64 ", where the guest said it is", q->file->name, address);
	strbuf_add(&q->tail, note + 24, info);
	TRY(add_note(q, "NT_VMCOREINFO", "VMCOREINFO", 0, from));
	return vmcoreinfo_facts(&q->d, note + 24, info);
}

struct err *qs_make_notes(struct qs *q)
{
	size_t from;
	struct err *e;

	for (size_t i = 0; i < q->sections.n; i++)
		if (is_cpu(&q->sections.v[i])) {
			TRY(add_cpu(q, &q->sections.v[i]));
			q->d.facts.machine = MACHINE_X64;
			q->d.facts.pointer_size = 8;
		}
	for (size_t i = 0; i < q->sections.n; i++)
		if (is_cpu(&q->sections.v[i])) {
			from = q->tail.len;
			put_qemu_state(q, &q->sections.v[i]);
			TRY(add_note(q, "", "QEMU", 0, from));
		}
	q->d.facts.cpu_count = (uint32_t)q->threads.n;
	q->d.facts.has |= q->threads.n ? FACT_CPUS : 0;
	e = add_vmcoreinfo(q);
	if (e && err_code(e) == ERR_NOMEM)
		return e;
	dump_add_defect(&q->d, e);
	return NULL;
}
