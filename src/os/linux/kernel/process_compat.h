/* SPDX-License-Identifier: MIT */
/*
 * 32-bit processes of an x86-64 kernel: their auxiliary vector and registers.
 *
 * No member of task_struct or mm_struct says by name that a process has 32 bits: it is
 * a bit of thread_info.flags, whose number no type tells. The auxiliary vector does:
 * in 32-bit words it gives program headers (AT_PHENT) the size that those of
 * ELFCLASS32 have. x32 has the same vector, and code of 64 bits.
 */
#ifndef OSM_OS_LINUX_KERNEL_PROCESS_COMPAT_H
#define OSM_OS_LINUX_KERNEL_PROCESS_COMPAT_H

#include "target/kernel_process.h"

/* The vector at an address of the kernel, in words of 4 or 8 bytes; the number of its entries without AT_NULL. */
size_t process_auxv(const struct arch_memory *m, uint64_t at, unsigned word, struct dump_auxv *ret, size_t max);
bool process_auxv_is_32(const struct dump_auxv *v, size_t n);
/* Whether the registers of user mode (elf_gregset_t of x86-64) run 32-bit code. */
bool process_regs_are_32(const uint8_t regs[KERNEL_PROCESS_REGS]);
/* In place, to those of i386: KERNEL_PROCESS_REGS_32 bytes. */
void process_regs_to_32(uint8_t regs[KERNEL_PROCESS_REGS]);

#endif
