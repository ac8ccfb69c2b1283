/* SPDX-License-Identifier: MIT */
/* An image of physical memory, LiME or AVML, from the fuzzer: its ranges, and pages of them. */
#include "fuzz_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_memory(data, size, size && data[0] == 'A' ? "AVML\2\0\0\0" : "EMiL\1\0\0\0", 8);
	return 0;
}
