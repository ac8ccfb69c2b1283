/* SPDX-License-Identifier: MIT */
/*
 * User stacks that are swapped out: see paged_out.h.
 *
 * An entry of a page table that is not present and not zero names a place in swap
 * space, or, for an instant, a page that is being moved; one of memory that nobody
 * may read (PROT_NONE, or automatic NUMA balancing) has its page all the same, and
 * bit 8 set (<asm/pgtable_types.h> of x86: _PAGE_PROTNONE).
 */
#include "os/linux/kernel/paged_out.h"

#include "os/linux/kernel/process.h"

enum { PROT_NONE_BIT = PAGE_GLOBAL };

enum stack_page stack_page_of(const struct paging_walk *w)
{
	const struct paging_step *last = w->n ? &w->steps[w->n - 1] : NULL;

	if (w->mapped)
		return STACK_IN_MEMORY;
	if (!last || w->unreadable || (last->entry & PAGE_PRESENT))
		return STACK_NOT_KNOWN;
	if (!last->entry)
		return STACK_NONE;
	return last->entry & PROT_NONE_BIT ? STACK_IN_MEMORY : last->level == 1 ? STACK_PAGED_OUT : STACK_NOT_KNOWN;
}

void kernel_user_stack(struct target *t, const struct kernel_task *task, struct user_stack *ret)
{
	uint8_t regs[KERNEL_PROCESS_REGS];
	struct kernel_memory_use use = { 0 };
	struct paging_walk w = { 0 };
	struct paging paging;

	*ret = (struct user_stack){ .state = STACK_NOT_KNOWN };
	if (!kernel_user_regs(t, task, regs) || err_ignore(kernel_memory_of(t, task, &use)) ||
	    !kernel_process_paging(target_kernel(t), use.pgd, &paging))
		return;
	ret->sp = kernel_user_reg(regs, USER_REG_SP);
	(void)paging_walk(&paging, ret->sp, &w);
	ret->state = stack_page_of(&w);
	ret->pgd = use.pgd;
	ret->entry = w.n ? w.steps[w.n - 1].entry : 0;
}
