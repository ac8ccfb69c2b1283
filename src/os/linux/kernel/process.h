/* SPDX-License-Identifier: MIT */
/*
 * A process inside the dump of a kernel as a dump of its own (target/kernel_process.h):
 * its mappings, threads with the registers that they had in user mode, auxiliary
 * vector and facts, gathered from the kernel's structures.
 */
#ifndef OSM_OS_LINUX_KERNEL_PROCESS_H
#define OSM_OS_LINUX_KERNEL_PROCESS_H

#include "os/linux/kernel/task.h"
#include "target/kernel_process.h"

/*
 * `t` must outlive the dump. UNSUPPORTED: a kernel thread, or one that has given its memory back.
 * *ret_trouble is the caller's: lists that were torn, so that mappings or threads may be lacking; NULL: none.
 */
struct err *kernel_process_create(struct target *t, const struct kernel_task *process, struct dump **ret,
				  struct err **ret_trouble) MUST_USE;

enum { USER_REG_CS = 17, USER_REG_SP = 19 };	/* words of elf_gregset_t */

static inline uint64_t kernel_user_reg(const uint8_t *regs, unsigned i)
{
	uint64_t v = 0;

	for (unsigned k = 0; k < 8; k++)
		v |= (uint64_t)regs[i * 8 + k] << 8 * k;
	return v;
}

/* The registers of user mode: saved on top of the kernel stack when it entered the kernel, or what the CPU had
 * if it ran there. False: a kernel thread, or they are not in the dump. */
bool kernel_user_regs(struct target *t, const struct kernel_task *task, uint8_t ret[KERNEL_PROCESS_REGS]);

#endif
