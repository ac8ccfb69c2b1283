/* SPDX-License-Identifier: MIT */
/*
 * Kernel: the Linux kernel in the dump of a machine, found with nothing but the dump.
 *
 * VMCOREINFO (a note, or text found in memory) tells where the kernel was loaded
 * and which page tables are its own; through these its memory is read; there lie
 * the names of all its symbols (kallsyms), the types of its data (BTF) and the
 * rules of unwinding its stacks (ORC). Nothing is known of any version ahead.
 *
 * A target whose dump holds a kernel reads kernel virtual addresses; its modules
 * are "vmlinux" and what is loaded of it; its threads are all tasks: first, for
 * CPU n thread n, what each CPU that was online was running, then the others by
 * pid. What is said here of addresses is borrowed until the target goes.
 *
 * Sources: Documentation/admin-guide/kdump/vmcoreinfo.rst, Documentation/arch/x86/x86_64/mm.rst
 * of Linux; the rest by the kernel's own type data.
 */
#ifndef OSM_TARGET_KERNEL_H
#define OSM_TARGET_KERNEL_H

#include "memory/paging.h"
#include "target/target.h"

struct kernel;

/* NULL: not the dump of a machine that runs Linux. */
struct kernel *target_kernel(const struct target *t);
const char *kernel_release(const struct kernel *k);	/* "6.1.0-18-amd64" */
/* A line of VMCOREINFO: its value as text, as a number with this base; NULL, false: no such line. */
const char *kernel_info(const struct kernel *k, const char *key);
bool kernel_info_number(const struct kernel *k, const char *key, int base, uint64_t *ret);

/* --- memory ------------------------------------------------------------------- */
const struct arch_memory *kernel_physical(const struct kernel *k);	/* by physical address */
struct space *kernel_physical_space(const struct kernel *k);
struct paging kernel_paging(const struct kernel *k);		/* the kernel's own tables */
/* Of a process, by mm_struct.pgd, which is the virtual address of its table. False: not mapped. */
bool kernel_process_paging(struct kernel *k, uint64_t pgd, struct paging *ret);
/* Where all physical memory is mapped, and the array of struct page; 0: not known. */
uint64_t kernel_direct_map(struct kernel *k);
uint64_t kernel_page_array(struct kernel *k);
/* Physical address that a kernel virtual one leads to. False: not mapped. */
bool kernel_translate(struct kernel *k, uint64_t address, uint64_t *ret);
/* struct page and the physical address of its frame; false: not known. */
bool kernel_page_frame(struct kernel *k, uint64_t page, uint64_t *ret_physical);
bool kernel_frame_page(struct kernel *k, uint64_t physical, uint64_t *ret_page);
/* A page that may run as code, by the page tables. */
bool kernel_is_executable(struct kernel *k, uint64_t address);

/* --- names ----------------------------------------------------------------------- */
/* Address of one of vmlinux's symbols; of a per-CPU variable: what kernel_percpu() takes. NOTFOUND. */
struct err *kernel_symbol(struct kernel *k, const char *name, uint64_t *ret) MUST_USE;
/* Little-endian value of a variable of `size` bytes. NOTFOUND, FAULT. */
struct err *kernel_variable(struct kernel *k, const char *name, unsigned size, uint64_t *ret) MUST_USE;

/* --- processors ------------------------------------------------------------------- */
unsigned kernel_cpus(struct kernel *k);			/* numbers below this can have per-CPU areas */
bool kernel_cpu_possible(struct kernel *k, unsigned cpu);
bool kernel_cpu_online(struct kernel *k, unsigned cpu);
/* A CPU's copy of a per-CPU variable; 0: there is none. */
uint64_t kernel_percpu(struct kernel *k, uint64_t variable, unsigned cpu);
/* Registers that the dump holds of a CPU (NT_PRSTATUS). NOTFOUND. */
struct err *kernel_cpu_regs(struct kernel *k, unsigned cpu, struct regs *ret) MUST_USE;
/* What a CPU was running: a task_struct. False: not known. */
bool kernel_cpu_task(struct kernel *k, unsigned cpu, uint64_t *ret);

#endif
