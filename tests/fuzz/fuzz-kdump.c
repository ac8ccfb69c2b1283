/* SPDX-License-Identifier: MIT */
/* A compressed kernel dump, flattened or not, from the fuzzer: its lists, and pages of its memory. */
#include "fuzz_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_memory(data, size, size > 12 && !memcmp(data, "makedumpfile", 12) ? "makedumpfile\0\0\0\0" : "KDUMP   ",
		    size > 12 && !memcmp(data, "makedumpfile", 12) ? 16 : 8);
	return 0;
}
