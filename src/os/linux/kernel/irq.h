/* SPDX-License-Identifier: MIT */
/*
 * Interrupts: what /proc/interrupts shows, out of a kernel's memory.
 */
#ifndef OSM_OS_LINUX_KERNEL_IRQ_H
#define OSM_OS_LINUX_KERNEL_IRQ_H

#include "target/target.h"

struct kernel_irq_handler {
	uint64_t address;	/* of struct irqaction */
	uint64_t function;	/* 0: the default one, which only wakes the thread */
	uint64_t thread;	/* task_struct of its thread, 0: none */
	const char *name;	/* "ttyS0"; "" not known */
};

struct kernel_irq {
	uint64_t address;	/* of struct irq_desc; 0: counted by the processors, without handlers */
	uint64_t number, hardware;
	const char *label;	/* "LOC", without a number; NULL */
	const char *chip;	/* "IO-APIC", "PCI-MSI"; "" none, or not known */
	const char *flow;	/* "edge", "fasteoi"; "" none */
	uint64_t disabled;	/* how many times it was disabled and not enabled again */
	uint64_t *counts;	/* of each CPU number below n_cpus */
	bool *counted;		/* whether that is known */
	unsigned n_cpus;
	struct kernel_irq_handler *handlers;
	size_t n_handlers;
};

/* By number, then those with a label; into the arena. UNSUPPORTED: the kernel keeps them in no list that
 * is known here. FAULT, CORRUPT: the list is torn. */
struct err *kernel_irqs(struct target *t, struct arena *a, struct kernel_irq **ret, size_t *ret_n) MUST_USE;
uint64_t kernel_irq_total(const struct kernel_irq *irq);

#endif
