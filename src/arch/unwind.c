/* SPDX-License-Identifier: MIT */
/*
 * What all unwinders share: reads, checks of a result, and the binary search
 * in .pdata, which is never copied: a table of a kernel image is megabytes,
 * and a search touches some twenty entries.
 */
#include "arch/unwind_impl.h"

#include <inttypes.h>

bool image_read(const struct arch_memory *m, const struct unwind_image *image, uint64_t rva,
		void *buf, size_t len)
{
	uint64_t address;

	if (image->size && !range_in(rva, len, image->size))
		return false;
	return !__builtin_add_overflow(image->base, rva, &address) &&
	       arch_read(m, address, buf, len);
}

struct err *stack_word(const struct arch_memory *m, uint64_t address, unsigned size, uint64_t *ret)
{
	return arch_read_uint(m, address, size, ret) ? NULL : err_fault(address);
}

struct err *unwind_check(const struct regs *callee, const struct regs *caller,
			 const struct unwind_result *res)
{
	const struct arch *arch = callee->arch;
	uint64_t from = regs_sp(callee), to = regs_sp(caller);

	if (!regs_has(caller, arch->ip) || !regs_has(caller, arch->sp))
		return err_new(ERR_CORRUPT, "unwinding found no return address");
	if (res->machine_frame)
		return NULL;
	/* a leaf of a machine with a link register leaves the stack alone */
	if (to < from || (to == from && arch->ra == ARCH_NO_REG))
		return err_new(ERR_CORRUPT,
			       "unwinding leads from stack address 0x%" PRIx64 " down to 0x%" PRIx64,
			       from, to);
	if (to % (arch->pointer_size == 8 ? 8 : 4))
		return err_new(ERR_CORRUPT, "unwinding leads to unaligned stack address 0x%" PRIx64,
			       to);
	return NULL;
}

static struct err *pdata_read(const struct arch_memory *m, const struct unwind_image *image,
			      unsigned entry_size, uint64_t i, uint32_t *ret_words)
{
	uint64_t rva = image->pdata_rva + i * entry_size;
	struct cursor c;
	uint8_t b[12];

	if (!image_read(m, image, rva, b, entry_size))
		return err_new(ERR_NOTFOUND, "function table entry at RVA 0x%" PRIx64 " is not there",
			       rva);
	c = cursor_init(".pdata", b, entry_size, rva);
	for (unsigned w = 0; w < entry_size / 4; w++)
		ret_words[w] = cursor_u32(&c);
	return NULL;
}

struct err *pdata_find(const struct arch_memory *m, const struct unwind_image *image,
		       unsigned entry_size, uint32_t rva, bool *ret_found, uint32_t *ret_words)
{
	uint64_t low = 0, high = image->pdata_size / entry_size; /* first entry past rva is in here */
	uint32_t words[3] = { 0 };

	if (!image->pdata_rva || image->pdata_size < entry_size)
		return err_new(ERR_NOTFOUND, "the image has no function table");
	if (image->pdata_rva > UINT32_MAX || image->pdata_size > UINT32_MAX)
		return err_new(ERR_CORRUPT, "function table at RVA 0x%" PRIx64 " of 0x%" PRIx64 " bytes",
			       image->pdata_rva, image->pdata_size);
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;

		TRY(pdata_read(m, image, entry_size, mid, words));
		/* zeroed entries fill the end of some tables */
		if (!words[0] || words[0] > rva)
			high = mid;
		else
			low = mid + 1;
	}
	if (low)
		TRY(pdata_read(m, image, entry_size, low - 1, words));
	for (unsigned w = 0; low && w < entry_size / 4; w++)
		ret_words[w] = words[w];
	*ret_found = low;
	return NULL;
}

uint64_t arm64_strip(uint64_t address, uint64_t like)
{
	bool high = address >> 55 & 1;
	uint64_t keep = ((uint64_t)1 << 48) - 1;

	/* nothing above bit 47: there is no signature */
	if (address >> 48 == (high ? 0xffff : 0))
		return address;
	/* A process all of whose addresses are below 2^39 (Android) has its
	 * signatures from bit 39 on. */
	if (like && !(like >> 39) && !high)
		keep = ((uint64_t)1 << 39) - 1;
	return high ? address | ~keep : address & keep;
}
