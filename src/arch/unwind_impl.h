/* SPDX-License-Identifier: MIT */
/* What the unwinders share. */
#ifndef OSM_ARCH_UNWIND_IMPL_H
#define OSM_ARCH_UNWIND_IMPL_H

#include "arch/arch_impl.h"
#include "arch/unwind.h"

enum { MAX_CHAIN = 32 };	/* chained unwind infos, forwarded entries */

/* len bytes at an RVA, inside the image. */
bool image_read(const struct arch_memory *m, const struct unwind_image *image, uint64_t rva,
		void *buf, size_t len);

/* A pointer-sized word of the stack, or FAULT. */
struct err *stack_word(const struct arch_memory *m, uint64_t address, unsigned size, uint64_t *ret)
	MUST_USE;

/* The address with the pointer-authentication bits taken out (arm64). `like`:
 * addresses of the same process known to be bare, or-ed; 0: none. */
uint64_t arm64_strip(uint64_t address, uint64_t like);

/*
 * What must hold of every result: the stack pointer went up (or a machine
 * frame says where it is), and is aligned. CORRUPT.
 */
struct err *unwind_check(const struct regs *callee, const struct regs *caller,
			 const struct unwind_result *res) MUST_USE;

/*
 * .pdata: `entry_size` bytes each, sorted by their first word, a begin RVA.
 * Finds the last entry that begins at or before rva, and says whether there is
 * one. NOTFOUND: no table, or parts of it that were needed are not there.
 */
struct err *pdata_find(const struct arch_memory *m, const struct unwind_image *image,
		       unsigned entry_size, uint32_t rva, bool *ret_found, uint32_t *ret_words)
	MUST_USE;

/* x86unwind.c: what a call does not keep */
void x86_forget_volatile(struct regs *r);

/* x64epilog.c: the code at the instruction pointer is an epilog: run it. */
struct x64_epilog_place {
	const struct arch_memory *m;
	const struct unwind_image *image;
	uint32_t begin, end;	/* of the function, RVAs */
	uint32_t primary;	/* begin of the whole function, chained parts included */
	bool chained;
	uint8_t frame_reg;	/* or 0 */
};
bool x64_run_epilog(const struct x64_epilog_place *p, struct regs *r);

#endif
