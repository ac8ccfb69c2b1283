/* SPDX-License-Identifier: MIT */
/*
 * How x86 procedures lay out their frames: FRAMEDATA records (with a program
 * that restores the caller's registers), or the older FPO_DATA (winnt.h), each
 * in a stream sorted by address. Where both cover an address FRAMEDATA is
 * the exact one: it follows the pushes of the prolog. Object files may leave
 * FRAMEDATA in their module instead.
 */
#include "symbol/pdb_impl.h"

#include <inttypes.h>

enum {
	FRAMEDATA_SIZE = 32,
	FPO_SIZE = 16,
	LOOK_BACK = 32,		/* records of outer blocks looked at */
	FRAME_SEH = 1,
	FRAME_EH = 2,
	FRAME_START = 4,
};

struct frame_table {
	struct pdb_range range;
	uint32_t base, each;	/* added to each start; size of a record */
	uint64_t n;
};

static struct err *entry_range(struct pdb *pdb, const struct frame_table *t, uint64_t i,
			       uint32_t *ret_start, uint32_t *ret_size)
{
	struct cursor c;

	TRY(msf_cursor(pdb->msf, t->range.stream, t->range.offset + i * t->each, 8, &c));
	*ret_start = t->base + cursor_u32(&c);
	*ret_size = cursor_u32(&c);
	return NULL;
}

/* The last record that starts at or before the place and covers it. */
static struct err *find_entry(struct pdb *pdb, const struct frame_table *t, uint32_t place,
			      struct cursor *ret)
{
	uint64_t low = 0, high = t->n;
	uint32_t start, size;

	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		TRY(entry_range(pdb, t, mid, &start, &size));
		if (start <= place)
			low = mid + 1;
		else
			high = mid;
	}
	for (int tries = 0; low > 0 && tries < LOOK_BACK; tries++) {
		TRY(entry_range(pdb, t, --low, &start, &size));
		if (place - start < size)
			return msf_cursor(pdb->msf, t->range.stream,
					  t->range.offset + low * t->each, t->each, ret);
	}
	return err_new(ERR_NOTFOUND, "no frame data for this address");
}

static struct frame_table stream_table(struct pdb *pdb, enum pdb_debug_stream which, uint32_t each)
{
	uint32_t stream = pdb->debug_streams[which];
	struct frame_table t = { .range = { stream, 0, msf_size(pdb->msf, stream) }, .each = each };

	t.n = t.range.size / each;
	return t;
}

static struct err *read_framedata(struct pdb *pdb, uint32_t base, struct cursor c,
				  struct x86_frame_data *ret)
{
	struct x86_frame_data d = { .kind = X86_FRAME_DATA };
	uint32_t program, flags;

	d.rva = base + cursor_u32(&c);
	d.size = cursor_u32(&c);
	d.locals_size = cursor_u32(&c);
	d.params_size = cursor_u32(&c);
	d.max_stack = cursor_u32(&c);
	program = cursor_u32(&c);
	d.prolog_size = cursor_u16(&c);
	d.saved_regs_size = cursor_u16(&c);
	flags = cursor_u32(&c);
	d.has_seh = flags & FRAME_SEH;
	d.has_eh = flags & FRAME_EH;
	d.is_start = flags & FRAME_START;
	TRY(pdb_string(pdb, program, &d.program));
	*ret = d;
	return NULL;
}

static void read_fpo(struct cursor c, struct x86_frame_data *ret)
{
	static const enum x86_frame_kind kinds[] = { X86_FRAME_FPO, X86_FRAME_TRAP, X86_FRAME_TSS,
						     X86_FRAME_NONFPO };
	struct x86_frame_data d = { .is_start = true };
	uint16_t bits;

	d.rva = cursor_u32(&c);
	d.size = cursor_u32(&c);
	d.locals_size = cursor_u32(&c) * 4;
	d.params_size = cursor_u16(&c) * 4u;
	bits = cursor_u16(&c);
	d.prolog_size = bits & 0xff;
	d.saved_regs_size = (bits >> 8 & 7) * 4u;
	d.has_seh = bits >> 11 & 1;
	d.uses_ebp = bits >> 12 & 1;
	d.kind = kinds[bits >> 14];
	*ret = d;
}

/* FRAMEDATA that the linker left in the module: its starts count from an rva. */
static struct err *module_framedata(struct pdb *pdb, uint32_t place, struct x86_frame_data *ret)
{
	struct cursor subsections, c, entry;
	uint32_t start, end;
	struct pdb_module *m;

	TRY(pdb_module_at(pdb, place, &m, &start, &end));
	if (m->stream == PDB_NO_STREAM)
		return err_new(ERR_NOTFOUND, "no frame data for this address");
	TRY(msf_cursor(pdb->msf, m->stream, (uint64_t)m->symbols_size + m->c11_size, m->c13_size,
		       &subsections));
	while (cursor_ok(&subsections) && cursor_left(&subsections) >= 8) {
		uint32_t kind = cursor_u32(&subsections);
		struct frame_table t = { .each = FRAMEDATA_SIZE };

		c = cursor_take(&subsections, cursor_u32(&subsections));
		cursor_align(&subsections, 4);
		if (kind != DEBUG_S_FRAMEDATA || cursor_left(&c) < 4)
			continue;
		t.base = cursor_u32(&c);
		t.range = (struct pdb_range){ m->stream, cursor_offset(&c), cursor_left(&c) };
		t.n = t.range.size / t.each;
		if (!err_ignore(find_entry(pdb, &t, place, &entry)))
			return read_framedata(pdb, t.base, entry, ret);
	}
	return err_new(ERR_NOTFOUND, "no frame data for this address");
}

static struct err *frame_at(struct pdb *pdb, uint32_t place, struct x86_frame_data *ret)
{
	struct frame_table data = stream_table(pdb, PDB_DEBUG_NEW_FPO, FRAMEDATA_SIZE);
	struct frame_table fpo = stream_table(pdb, PDB_DEBUG_FPO, FPO_SIZE);
	struct cursor c;

	if (!err_ignore(find_entry(pdb, &data, place, &c)) &&
	    !err_ignore(read_framedata(pdb, 0, c, ret)))
		return NULL;
	if (!err_ignore(module_framedata(pdb, place, ret)))
		return NULL;
	TRY(find_entry(pdb, &fpo, place, &c));
	read_fpo(c, ret);
	return NULL;
}

struct err *pdb_x86_frame(struct provider *p, uint64_t rva, struct x86_frame_data *ret)
{
	struct pdb *pdb = pdb_of(p);
	struct x86_frame_data d;
	uint64_t start, size;
	uint32_t place;

	if (!pdb_to_source(pdb, rva, &place))
		return err_new(ERR_NOTFOUND, "not an address of the image");
	TRY(frame_at(pdb, place, &d));
	pdb_extent(pdb, rva, d.rva, d.rva + d.size, &start, &size);
	d.rva = (uint32_t)start;
	d.size = (uint32_t)size;
	*ret = d;
	return NULL;
}

/* By the linker's name of the procedure, or of what precedes the place. */
struct err *pdb_param_size(struct provider *p, uint64_t rva, uint32_t *ret)
{
	struct pdb *pdb = pdb_of(p);
	uint32_t place, start, offset;
	struct pdb_module *m;
	struct pdb_proc proc;
	struct symbol sym;
	const char *name;

	if (pdb->identity.machine != MACHINE_X86 || !pdb_to_source(pdb, rva, &place))
		return err_new(ERR_NOTFOUND, "no sizes of parameters");
	if (!err_ignore(pdb_proc_at(pdb, place, &m, &proc, &offset)))
		start = proc.place;
	else
		TRY(pdb_public_at(pdb, place, &start, &sym));
	TRY(pdb_public_raw(pdb, start, &name));
	if (!decorated_param_size(name, ret))
		return err_new(ERR_NOTFOUND, "'%s' tells no size of parameters", name);
	return NULL;
}
