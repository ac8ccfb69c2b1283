/* SPDX-License-Identifier: MIT */
/*
 * Floating-point and vector registers of ARM64 and ARM contexts.
 *
 * Where they lie: ARM64_NT_CONTEXT and ARM CONTEXT of winnt.h, Breakpad's
 * minidump_cpu_arm{,64}.h, Linux' struct user_fpsimd_state (NT_PRFPREG) and
 * struct user_vfp (NT_ARM_VFP).
 */
#include "arch/arch_impl.h"

enum { MAX_VECTORS = 36 };

/* Where 32 or 16 registers and the two control words lie; 0: no such word. */
struct vec_shape {
	enum context_layout layout;
	bool in_note;			/* in xstate, not in the context */
	uint32_t flag;			/* of the context; 0: always */
	const char *prefix;
	uint8_t n, bits;
	uint16_t regs_at, size;
	const char *control[2];
	uint16_t control_at[2];
};

static const struct vec_shape shapes[] = {
	{ CONTEXT_WIN_ARM64, false, 0x4, "v", 32, 128, 0x110, 0x318,
	  { "fpcr", "fpsr" }, { 0x310, 0x314 } },
	{ CONTEXT_BREAKPAD_ARM64_OLD, false, 0x4, "v", 32, 128, 0x11c, 0x31c,
	  { "fpsr", "fpcr" }, { 0x114, 0x118 } },
	{ CONTEXT_LINUX_ARM64, true, 0, "v", 32, 128, 0, 520, { "fpsr", "fpcr" }, { 512, 516 } },
	{ CONTEXT_FREEBSD_ARM64, true, 0, "v", 32, 128, 0, 520, { "fpsr", "fpcr" }, { 512, 516 } },
	{ CONTEXT_NETBSD_ARM64, true, 0, "v", 32, 128, 0, 520, { "fpcr", "fpsr" }, { 512, 516 } },
	{ CONTEXT_WIN_ARM, false, 0x4, "q", 16, 128, 0x50, 0x150, { "fpscr" }, { 0x48 } },
	{ CONTEXT_BREAKPAD_ARM, false, 0x4, "d", 32, 64, 0x50, 0x150, { "fpscr" }, { 0x48 } },
	{ CONTEXT_LINUX_ARM, true, 0, "d", 32, 64, 0, 260, { "fpscr" }, { 256 } },
};

static struct err *take_shape(const struct vec_shape *s, const uint8_t *bytes, size_t size,
			      struct arena *a, struct vector_reg **ret, size_t *ret_n)
{
	struct cursor c = cursor_init("context", bytes, size, 0);
	struct vector_list l;

	vector_list_init(&l, a, MAX_VECTORS);
	if (s->flag && !(cursor_u32(&c) & s->flag))
		return vector_list_finish(&l, &c, ret, ret_n);
	if (size < s->size)
		return err_new(ERR_TRUNCATED, "vector registers: %u bytes expected, %zu there",
			       s->size, size);
	cursor_seek(&c, s->regs_at);
	vector_take_n(&l, &c, s->prefix, s->n, s->bits, VREG_VECTOR);
	for (unsigned i = 0; i < 2 && s->control[i]; i++) {
		cursor_seek(&c, s->control_at[i]);
		vector_take(&l, &c, s->control[i], 32, VREG_CONTROL);
	}
	return vector_list_finish(&l, &c, ret, ret_n);
}

struct err *arm_vectors(enum context_layout layout, const uint8_t *bytes, size_t size,
			const uint8_t *xstate, size_t xstate_size, struct arena *a,
			struct vector_reg **ret, size_t *ret_n)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const struct vec_shape *s = &shapes[i];

		if (s->layout != layout)
			continue;
		if (!s->in_note)
			return take_shape(s, bytes, size, a, ret, ret_n);
		if (xstate && xstate_size)
			return take_shape(s, xstate, xstate_size, a, ret, ret_n);
		*ret = NULL;
		*ret_n = 0;
		return NULL;
	}
	return err_new(ERR_UNSUPPORTED, "context layout %d has no vector registers we know",
		       (int)layout);
}
