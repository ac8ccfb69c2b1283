/* SPDX-License-Identifier: MIT */
/*
 * Which of the four layouts a table has. Types of the dump tell where the fields
 * are, but not what numbers mean, and may be missing; the entries themselves
 * tell all of it: nearly all are of functions, "type call, from the stack
 * pointer", and that reads differently in each.
 */
#include "symbol/orc_impl.h"

#include "base/cancel.h"
#include "base/cursor.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 64, PER_SAMPLE = 64, MIN_ENTRIES = 4, FLAGS_AT = 32 };

static const struct orc_layout layouts[] = {
	{ "4.14", 32, 36, 40, 2, 0, 42, false, false },
	{ "6.3", 32, 36, 40, 2, 42, 43, false, false },
	{ "6.4", 32, 36, 40, 3, 43, 0, true, false },
	{ "7.1", 32, 36, 40, 3, 43, 0, true, true },
};
enum { L4_14, L6_3, L6_4, L7_1 };

enum { OLD_SP = 5, NEW_SP = 3, LATE_CALL = 2 };

/* --- what entries say ------------------------------------------------------------------ */

struct census {
	uint32_t n, old_sp, new_sp, early_call, late_call, high_bit;
};

static void count(struct census *c, uint16_t flags)
{
	unsigned sp = flags & 15, type = flags >> 8 & 7;

	c->n++;
	c->old_sp += sp == OLD_SP;
	c->new_sp += sp == NEW_SP;
	if (sp != OLD_SP && sp != NEW_SP) {
		/* no base: its end bit tells 6.3 (bit 11) */
		c->high_bit += !sp && !(flags & 0x0700) && (flags & 0x0800);
		return;
	}
	c->early_call += type == 0;
	c->late_call += type == LATE_CALL;
}

/* Blocks of entries from all over the table. */
static void sample(const struct orc *o, struct census *c)
{
	uint8_t buf[PER_SAMPLE * ORC_ENTRY];
	uint64_t step = o->in.n / SAMPLES ? o->in.n / SAMPLES : 1;

	for (uint64_t i = 0; i < SAMPLES && i * step < o->in.n; i++) {
		uint64_t left = o->in.n - i * step, n = left < PER_SAMPLE ? left : PER_SAMPLE;
		size_t got = o->in.memory.read(o->in.memory.arg, o->in.entry_table + i * step * ORC_ENTRY, buf,
					       (size_t)n * ORC_ENTRY);

		for (size_t at = 0; at + ORC_ENTRY <= got; at += ORC_ENTRY)
			count(c, (uint16_t)(buf[at + 4] | buf[at + 5] << 8));
	}
}

/* --- what types say ------------------------------------------------------------------------ */

struct field {
	const char *name;
	uint64_t bit;
	unsigned bits;
	bool found;
};

static void find_fields(struct type_ref type, struct field *f, size_t n)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct type_member *members;
	size_t n_members;

	if (err_ignore(type.provider->ops->type_members(type.provider, type.id, &a, &members, &n_members)))
		return;
	for (size_t i = 0; i < n_members; i++) {
		struct type_info info = { 0 };
		unsigned offset = members[i].bit_offset, bits = members[i].bit_size;

		if (!bits && !err_ignore(type_get(members[i].type, &info)) && info.kind == TYPE_BITFIELD) {
			offset = info.bit_offset;
			bits = info.bit_size;
		}
		for (size_t j = 0; j < n; j++)
			if (!strcmp(members[i].name, f[j].name))
				f[j] = (struct field){ f[j].name, members[i].offset * 8 + offset, bits, true };
	}
}

/* false: the types know no such fields, or they lie elsewhere than within an entry's last two bytes. */
static bool by_type(const struct orc *o, struct orc_layout *l)
{
	struct field f[] = { { "sp_reg" }, { "bp_reg" }, { "type" }, { "signal" }, { "end" } };

	if (!o->in.entry_type.id || !o->in.entry_type.provider)
		return false;
	find_fields(o->in.entry_type, f, ARRAY_SIZE(f));
	for (size_t i = 0; i < ARRAY_SIZE(f); i++)
		if (f[i].found && (f[i].bit < FLAGS_AT || f[i].bit + f[i].bits > ORC_ENTRY * 8 || !f[i].bits))
			return false;
	if (!f[0].found || !f[1].found || !f[2].found || f[0].bits != 4 || f[1].bits != 4)
		return false;
	*l = (struct orc_layout){
		.sp_reg = (uint8_t)f[0].bit, .bp_reg = (uint8_t)f[1].bit, .type = (uint8_t)f[2].bit,
		.type_bits = (uint8_t)f[2].bits, .signal = (uint8_t)f[3].bit, .end = (uint8_t)f[4].bit,
		.late_types = f[2].bits >= 3,
	};
	return true;
}

struct err *orc_find_layout(const struct orc *o, struct orc_layout *ret)
{
	struct census c = { 0 };
	struct orc_layout l;
	unsigned which;

	sample(o, &c);
	if (c.n < MIN_ENTRIES && c.n < o->in.n)
		return err_new(ERR_NOTFOUND, "orc: the entries are not in the dump");
	if (c.old_sp + c.new_sp < c.n / 3)
		return err_new(ERR_NOTFOUND, "orc: the entries are of no known kind");
	which = c.early_call > c.late_call ? (c.high_bit ? L6_3 : L4_14) : L6_4;
	if (c.new_sp > c.old_sp)
		which = L7_1;
	if (!by_type(o, &l)) {
		*ret = layouts[which];
		return NULL;
	}
	l.late_registers = l.late_types && c.new_sp > c.old_sp;
	l.name = layouts[l.late_registers ? L7_1 : l.late_types ? L6_4 : l.signal ? L6_3 : L4_14].name;
	*ret = l;
	return NULL;
}
