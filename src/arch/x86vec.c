/* SPDX-License-Identifier: MIT */
/*
 * x87, SSE, AVX and AVX-512 registers of x86 and x64 contexts.
 *
 * FXSAVE image, XSAVE header and components: Intel SDM volume 1, chapters 10.5
 * and 13.4. The standard format's offsets are what CPUID leaf 0xd says on the
 * machine that was dumped, and no dump holds CPUID: Intel's machines use the
 * offsets below for all components; AMD's (without MPX) close the gap, which
 * the area's size gives away. The compacted format needs no CPUID for
 * components 2 to 7, none of which asks for alignment.
 */
#include "arch/arch_impl.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
	FXSAVE_SIZE = 512, FSAVE_SIZE = 108,
	XSAVE_HEADER = 64,
	MAX_VECTORS = 96,	/* 4 control, 8 x87, 32 of xmm..zmm, 8 opmask, and spare */
};

enum { COMP_AVX = 2, COMP_OPMASK = 5, COMP_ZMM_HI = 6, COMP_HI16 = 7, N_COMPS = 8 };
static const uint16_t comp_size[N_COMPS] = { 0, 0, 256, 64, 64, 64, 512, 1024 };

static void take_x87(struct vector_list *l, struct cursor *image)
{
	struct cursor c = *image;

	vector_take(l, &c, "fpcw", 16, VREG_CONTROL);
	vector_take(l, &c, "fpsw", 16, VREG_CONTROL);
	vector_take(l, &c, "fptw", 8, VREG_CONTROL);	/* abridged: a bit per register */
	for (unsigned i = 0; i < 8; i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "st%u", i);
		cursor_seek(&c, 32 + 16 * (uint64_t)i);
		vector_take(l, &c, name, 80, VREG_X87);
	}
	image->failed = c.failed;
}

static void take_fxsave(struct vector_list *l, const uint8_t *bytes, unsigned n_xmm,
			struct cursor *ret_cursor)
{
	struct cursor c = cursor_init("FXSAVE", bytes, FXSAVE_SIZE, 0);

	take_x87(l, &c);
	cursor_seek(&c, 24);
	vector_take(l, &c, "mxcsr", 32, VREG_CONTROL);
	cursor_seek(&c, 160);
	vector_take_n(l, &c, "xmm", n_xmm, 128, VREG_VECTOR);
	*ret_cursor = c;
}

/* FSAVE (and FLOATING_SAVE_AREA): 32-bit slots, then the stack packed to 10 bytes. */
static void take_fsave(struct vector_list *l, const uint8_t *bytes, struct cursor *ret_cursor)
{
	struct cursor c = cursor_init("FSAVE", bytes, FSAVE_SIZE, 0);

	vector_take(l, &c, "fpcw", 16, VREG_CONTROL);
	cursor_skip(&c, 2);
	vector_take(l, &c, "fpsw", 16, VREG_CONTROL);
	cursor_skip(&c, 2);
	vector_take(l, &c, "fptw", 16, VREG_CONTROL);
	cursor_seek(&c, 28);
	vector_take_n(l, &c, "st", 8, 80, VREG_X87);
	*ret_cursor = c;
}

/* --- XSAVE --------------------------------------------------------------------- */

struct xsave {
	struct cursor c;	/* over the area from its header on */
	uint64_t present;	/* XSTATE_BV */
	uint64_t compact;	/* XCOMP_BV; bit 63: compacted format */
	size_t total;		/* size of the whole area with the legacy part */
};

static bool comp_offset(const struct xsave *x, unsigned comp, uint64_t *ret)
{
	static const uint16_t intel[N_COMPS] = { 0, 0, 576, 960, 1024, 1088, 1152, 1664 };
	static const uint16_t amd[N_COMPS] = { 0, 0, 576, 0, 0, 832, 896, 1408 };
	const bool is_amd = x->total >= 2432 && x->total < 2688;
	uint64_t offset = XSAVE_HEADER;

	if (!(x->present >> comp & 1))
		return false;
	if (!(x->compact >> 63)) {
		*ret = (is_amd ? amd : intel)[comp] - (uint64_t)FXSAVE_SIZE;
		return true;
	}
	for (unsigned i = 2; i < comp; i++)
		if (x->compact >> i & 1)
			offset += comp_size[i];
	*ret = offset;
	return x->compact >> comp & 1;
}

/* Cursor at the component, when all of it is there. */
static bool comp_cursor(const struct xsave *x, unsigned comp, struct cursor *ret)
{
	uint64_t offset;

	if (!comp_offset(x, comp, &offset) || !range_in(offset, comp_size[comp], x->c.size))
		return false;
	*ret = cursor_sub(&x->c, offset, comp_size[comp]);
	return true;
}

/* Adds n bytes to each of `from`0..: xmm3 becomes ymm3, ymm3 zmm3. The lower
 * register stays in the list under its own name. */
static void widen(struct vector_list *l, struct cursor *c, const char *from, const char *to,
		  unsigned count, unsigned low_bytes)
{
	for (unsigned i = 0; i < count; i++) {
		char name[16];
		const struct vector_reg *low;
		uint8_t lower[64] = { 0 };
		struct vector_reg *v;

		(void)snprintf(name, sizeof(name), "%s%u", from, i);
		low = vector_find(l, name);
		if (low)
			memcpy(lower, low->bytes, low_bytes);
		(void)snprintf(name, sizeof(name), "%s%u", to, i);
		vector_take(l, c, name, low_bytes * 8, VREG_VECTOR);
		if (l->failed)
			return;
		v = &l->v[l->n - 1];
		memcpy(v->bytes + low_bytes, v->bytes, low_bytes);
		memcpy(v->bytes, lower, low_bytes);
		v->bits = (uint16_t)(low_bytes * 16);
	}
}

static void take_xsave(struct vector_list *l, const uint8_t *header, size_t size, size_t total,
		       unsigned n_vec)
{
	struct xsave x = { .c = cursor_init("XSAVE", header, size, 0), .total = total };
	struct cursor c;

	x.present = cursor_u64(&x.c);
	x.compact = cursor_u64(&x.c);
	if (!cursor_ok(&x.c))
		return;
	if (comp_cursor(&x, COMP_AVX, &c))
		widen(l, &c, "xmm", "ymm", n_vec, 16);
	if (comp_cursor(&x, COMP_ZMM_HI, &c) && vector_find(l, "ymm0"))
		widen(l, &c, "ymm", "zmm", n_vec, 32);
	if (n_vec == 16 && comp_cursor(&x, COMP_HI16, &c)) {
		for (unsigned i = 16; i < 32; i++) {
			char name[8];

			(void)snprintf(name, sizeof(name), "zmm%u", i);
			vector_take(l, &c, name, 512, VREG_VECTOR);
		}
	}
	if (comp_cursor(&x, COMP_OPMASK, &c))
		vector_take_n(l, &c, "k", 8, 64, VREG_CONTROL);
}

/*
 * CONTEXT_EX follows a CONTEXT whose flags have XSTATE: pairs of offset (from
 * itself, signed) and length for All, Legacy and XState; the last is the
 * XSAVE area without its legacy part.
 */
static bool find_context_ex(const uint8_t *bytes, size_t size, size_t context_size,
			    const uint8_t **ret, size_t *ret_size)
{
	struct cursor c = cursor_init("CONTEXT_EX", bytes, size, 0);
	int64_t at;
	uint32_t len;

	cursor_seek(&c, context_size + 16);
	at = (int64_t)context_size + cursor_s32(&c);
	len = cursor_u32(&c);
	if (!cursor_ok(&c) || at < (int64_t)context_size || !range_in((uint64_t)at, len, size) ||
	    len < XSAVE_HEADER)
		return false;
	*ret = bytes + at;
	*ret_size = len;
	return true;
}

static void take_win_xstate(struct vector_list *l, const uint8_t *bytes, size_t size,
			    size_t context_size, uint32_t flags, const uint8_t *xstate,
			    size_t xstate_size, unsigned n_vec)
{
	if (!xstate && (flags & 0x40) &&
	    !find_context_ex(bytes, size, context_size, &xstate, &xstate_size))
		return;
	if (xstate)
		take_xsave(l, xstate, xstate_size, xstate_size + FXSAVE_SIZE, n_vec);
}

static uint32_t context_flags(const uint8_t *bytes, size_t size, uint64_t offset)
{
	struct cursor c = cursor_init("context", bytes, size, 0);

	cursor_seek(&c, offset);
	return cursor_u32(&c);
}

static struct err *win_x64(struct vector_list *l, const uint8_t *bytes, size_t size,
			   const uint8_t *xstate, size_t xstate_size, struct cursor *ret_cursor)
{
	uint32_t flags = context_flags(bytes, size, 0x30);

	if (!(flags & 0x8))
		return NULL;
	if (!range_in(0x100, FXSAVE_SIZE, size))
		return err_new(ERR_TRUNCATED, "x64 context: FltSave needs 768 bytes, %zu there",
			       size);
	take_fxsave(l, bytes + 0x100, 16, ret_cursor);
	take_win_xstate(l, bytes, size, 1232, flags, xstate, xstate_size, 16);
	return NULL;
}

static struct err *win_x86(struct vector_list *l, const uint8_t *bytes, size_t size,
			   const uint8_t *xstate, size_t xstate_size, struct cursor *ret_cursor)
{
	uint32_t flags = context_flags(bytes, size, 0);

	/* ExtendedRegisters is the fuller image; FloatSave is what old writers fill */
	if ((flags & 0x20) && range_in(0xcc, FXSAVE_SIZE, size)) {
		take_fxsave(l, bytes + 0xcc, 8, ret_cursor);
		take_win_xstate(l, bytes, size, 716, flags, xstate, xstate_size, 8);
		return NULL;
	}
	if (!(flags & 0x8))
		return NULL;
	if (!range_in(0x1c, FSAVE_SIZE, size))
		return err_new(ERR_TRUNCATED, "x86 context: FloatSave needs 136 bytes, %zu there",
			       size);
	take_fsave(l, bytes + 0x1c, ret_cursor);
	return NULL;
}

static struct err *linux_note(struct vector_list *l, const uint8_t *note, size_t size,
			      unsigned n_vec, struct cursor *ret_cursor)
{
	if (!note || !size)
		return NULL;
	if (size == FSAVE_SIZE) {
		take_fsave(l, note, ret_cursor);
		return NULL;
	}
	if (size < FXSAVE_SIZE)
		return err_new(ERR_TRUNCATED,
			       "floating-point note: 108 or at least 512 bytes expected, %zu there",
			       size);
	take_fxsave(l, note, n_vec, ret_cursor);
	if (size >= FXSAVE_SIZE + XSAVE_HEADER)
		take_xsave(l, note + FXSAVE_SIZE, size - FXSAVE_SIZE, size, n_vec);
	return NULL;
}

struct err *x86_vectors(enum context_layout layout, const uint8_t *bytes, size_t size,
			const uint8_t *xstate, size_t xstate_size, struct arena *a,
			struct vector_reg **ret, size_t *ret_n)
{
	struct cursor c = cursor_init("context", bytes, size, 0);
	struct vector_list l;

	vector_list_init(&l, a, MAX_VECTORS);
	if (layout == CONTEXT_WIN_X64)
		TRY(win_x64(&l, bytes, size, xstate, xstate_size, &c));
	else if (layout == CONTEXT_WIN_X86)
		TRY(win_x86(&l, bytes, size, xstate, xstate_size, &c));
	else if (layout == CONTEXT_LINUX_X64 || layout == CONTEXT_FREEBSD_X64 ||
		 layout == CONTEXT_NETBSD_X64)
		TRY(linux_note(&l, xstate, xstate_size, 16, &c));
	else if (layout == CONTEXT_LINUX_X86 || layout == CONTEXT_FREEBSD_X86 ||
		 layout == CONTEXT_NETBSD_X86)
		TRY(linux_note(&l, xstate, xstate_size, 8, &c));
	else
		return err_new(ERR_UNSUPPORTED, "context layout %d is not one of x86 or x64",
			       (int)layout);
	return vector_list_finish(&l, &c, ret, ret_n);
}
