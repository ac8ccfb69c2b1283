/* SPDX-License-Identifier: MIT */
/* Processors of the dumped machine: their per-CPU areas, what they ran, their registers. */
#include "target/bind.h"
#include "target/kernel_impl.h"

#include <elf.h>
#include <string.h>

enum {
	/* struct elf_prstatus of x86-64: elf_gregset_t at 112, 27 registers */
	PRSTATUS_REGS = 112,
	PRSTATUS_REGS_SIZE = 27 * 8,
};

static void read_mask(struct kernel *k, const char *name, uint8_t *bits, size_t size)
{
	uint64_t address;

	memset(bits, 0, size);
	if (!err_ignore(kernel_symbol(k, name, &address)))
		(void)arch_read(target_memory(k->t), address, bits, size);
}

static bool bit_of(const uint8_t *bits, unsigned n)
{
	return bits[n / 8] >> n % 8 & 1;
}

static bool is_regs(const struct dump_stream *s)
{
	return s->type == NT_PRSTATUS && !strcmp(s->owner, "CORE") && s->piece.size >= PRSTATUS_REGS + PRSTATUS_REGS_SIZE;
}

static unsigned count_cpus(const struct kernel *k, bool offline)
{
	unsigned n = 0;

	for (unsigned i = 0; i < k->n_cpus; i++)
		n += k->cpus[i].online || (offline && k->cpus[i].possible);
	return n;
}

/*
 * One note for each CPU that was online, in their order. A kernel that has panicked
 * counts those that it stopped as offline: a virtual machine has notes of all.
 */
static void find_regs(struct kernel *k)
{
	const struct dump_stream *v;
	unsigned cpu = 0;
	size_t n, notes = 0;
	bool offline;

	if (err_ignore(dump_streams(k->t->dump, &v, &n)))
		return;
	for (size_t i = 0; i < n; i++)
		notes += is_regs(&v[i]);
	offline = notes > count_cpus(k, false) && notes <= count_cpus(k, true);
	for (size_t i = 0; i < n; i++) {
		if (!is_regs(&v[i]))
			continue;
		while (cpu < k->n_cpus && !k->cpus[cpu].online && !(offline && k->cpus[cpu].possible))
			cpu++;
		if (cpu == k->n_cpus)
			return;
		k->cpus[cpu++].regs = (struct dump_piece){ v[i].piece.offset + PRSTATUS_REGS, PRSTATUS_REGS_SIZE };
	}
}

static void fill_cpus(struct kernel *k, uint64_t offsets)
{
	uint8_t possible[MAX_CPUS / 8], online[MAX_CPUS / 8];
	size_t bytes = (k->n_cpus + 7) / 8;

	read_mask(k, "__cpu_possible_mask", possible, bytes);
	read_mask(k, "__cpu_online_mask", online, bytes);
	for (unsigned i = 0; i < k->n_cpus; i++) {
		struct kernel_cpu *c = &k->cpus[i];

		c->possible = bit_of(possible, i) && arch_read_uint(target_memory(k->t), offsets + i * 8, 8, &c->offset);
		c->online = c->possible && bit_of(online, i);
	}
}

static void load_cpus(struct kernel *k)
{
	uint64_t n, offsets;

	if (k->cpus_done)
		return;
	k->cpus_done = true;
	if (err_ignore(kernel_variable(k, "nr_cpu_ids", 4, &n)))
		n = 1; /* a kernel built for one CPU */
	if (err_ignore(kernel_symbol(k, "__per_cpu_offset", &offsets)) || !n || n > MAX_CPUS)
		return;
	k->cpus = ARENA_NEW_N(&k->arena, struct kernel_cpu, n);
	if (!k->cpus)
		return;
	k->n_cpus = (unsigned)n;
	fill_cpus(k, offsets);
	find_regs(k);
}

unsigned kernel_cpus(struct kernel *k)
{
	load_cpus(k);
	return k->n_cpus;
}

bool kernel_cpu_possible(struct kernel *k, unsigned cpu)
{
	return cpu < kernel_cpus(k) && k->cpus[cpu].possible;
}

bool kernel_cpu_online(struct kernel *k, unsigned cpu)
{
	return cpu < kernel_cpus(k) && k->cpus[cpu].online;
}

uint64_t kernel_percpu(struct kernel *k, uint64_t variable, unsigned cpu)
{
	return kernel_cpu_possible(k, cpu) ? variable + k->cpus[cpu].offset : 0;
}

struct err *kernel_cpu_regs(struct kernel *k, unsigned cpu, struct regs *ret)
{
	CLEANUP(view_deinit) struct view view = VIEW_INIT;
	struct dump_piece regs;

	if (cpu >= kernel_cpus(k) || !k->cpus[cpu].regs.size)
		return err_new(ERR_NOTFOUND, "the dump has no registers of CPU %u", cpu);
	regs = k->cpus[cpu].regs;
	TRY(source_view(dump_source(k->t->dump), regs.offset, regs.size, &view));
	return k->t->arch->decode(CONTEXT_LINUX_X64, view.data, view.size, false, ret);
}

struct rq_facts {
	uint64_t has;
	uint64_t curr;
};

static const struct bind_member rq_members[] = {
	{ "curr", offsetof(struct rq_facts, curr), BIND_UINT, false },
	{ NULL },
};
static const struct binding rq_binding = { "vmlinux", "rq", rq_members };

bool kernel_cpu_task(struct kernel *k, unsigned cpu, uint64_t *ret)
{
	uint64_t queues, rq;
	struct rq_facts f = { 0 };

	if (err_ignore(kernel_symbol(k, "runqueues", &queues)))
		return false;
	rq = kernel_percpu(k, queues, cpu);
	if (!rq || err_ignore(bind_read(k->t, HALF_NATIVE, &rq_binding, rq, &f)) || !f.curr)
		return false;
	*ret = f.curr;
	return true;
}
