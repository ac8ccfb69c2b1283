/* SPDX-License-Identifier: MIT */
/* A migration stream of QEMU's from the fuzzer: its lists, and pages of its memory. */
#include "fuzz_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_memory(data, size, "QEVM\0\0\0\3", 8);
	return 0;
}
