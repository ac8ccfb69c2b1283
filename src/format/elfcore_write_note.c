/* SPDX-License-Identifier: MIT */
/*
 * Contents of the notes that Linux writes into every core.
 *
 * struct elf_prstatus: int si_signo, si_code, si_errno; short cursig, 2 bytes
 * padding; long sigpend, sighold; int pid, ppid, pgrp, sid; four times {long
 * sec, usec}; the registers; int fpvalid, padded to a long: 336 bytes on
 * x86-64, 144 on i386.
 * struct elf_prpsinfo: char state, sname, zomb, nice, padding to a long; long
 * flag; uid, gid (4 bytes each, 2 on i386); int pid, ppid, pgrp, sid; char
 * fname[16], psargs[80]: 136 and 124 bytes.
 * NT_FILE: long count, page size; {long start, end, offset in pages} each;
 * the paths, each ended by NUL, in the same order.
 *
 * Sources: <linux/elfcore.h>, <sys/procfs.h>, core(5); sizes compared with
 * cores that the kernel wrote.
 */
#include "format/elfcore_write_impl.h"

enum {
	PAGE = 4096,
	PRSTATUS_HEAD = 12 + 4 + 16, /* but the two longs and the times */
	PSINFO_64 = 136,
	PSINFO_32 = 124,
	OVERFLOW_ID = 65534, /* /proc/sys/kernel/overflowuid: ids that 16 bits cannot hold */
};

static unsigned word_of(enum machine machine)
{
	return machine == MACHINE_X86 ? 4 : 8;
}

static void put_time(struct put *w, uint64_t us)
{
	put_word(w, us / 1000000);
	put_word(w, us % 1000000);
}

const void *core_prstatus(enum machine machine, const struct core_prstatus *p, struct arena *a,
			  size_t *ret_size)
{
	unsigned word = word_of(machine);
	size_t size = PRSTATUS_HEAD + 10 * word + p->regs_size + word;
	uint8_t *mem = arena_alloc(a, size);
	struct put w = { mem, word };

	if (!mem)
		return NULL;
	put32(&w, (uint32_t)p->signal);
	put32(&w, (uint32_t)p->si_code);
	put32(&w, (uint32_t)p->si_errno);
	put32(&w, (uint16_t)p->signal); /* cursig and its padding */
	put_word(&w, p->sigpend);
	put_word(&w, p->sighold);
	put32(&w, (uint32_t)p->pid);
	put32(&w, (uint32_t)p->ppid);
	put32(&w, (uint32_t)p->pgrp);
	put32(&w, (uint32_t)p->sid);
	put_time(&w, p->user_us);
	put_time(&w, p->system_us);
	put_time(&w, p->child_user_us);
	put_time(&w, p->child_system_us);
	put_bytes(&w, p->regs, p->regs_size);
	put_word(&w, p->has_fpregs);
	*ret_size = size;
	return mem;
}

/* The state's number and letter as the kernel writes them: "RSDTZW", else a dot. */
static void put_state(struct put *w, char state, int32_t nice)
{
	static const char states[] = "RSDTZW";
	const char *at;

	if (state == 't') /* stopped by a tracer */
		state = 'T';
	at = state ? strchr(states, state) : NULL;
	put_uint(w, at ? (uint64_t)(at - states) : sizeof(states) - 1, 1);
	put_uint(w, at ? (uint8_t)*at : '.', 1);
	put_uint(w, state == 'Z', 1);
	put_uint(w, (uint8_t)nice, 1);
}

static void put_id(struct put *w, uint32_t id)
{
	if (w->word == 8)
		put32(w, id);
	else
		put16(w, id > UINT16_MAX ? OVERFLOW_ID : (uint16_t)id);
}

const void *core_prpsinfo(enum machine machine, const struct core_prpsinfo *p, struct arena *a,
			  size_t *ret_size)
{
	unsigned word = word_of(machine);
	size_t size = word == 8 ? PSINFO_64 : PSINFO_32;
	uint8_t *mem = arena_alloc(a, size);
	struct put w = { mem, word };

	if (!mem)
		return NULL;
	put_state(&w, p->state, p->nice);
	put_zeros(&w, word - 4);
	put_word(&w, p->flags);
	put_id(&w, p->uid);
	put_id(&w, p->gid);
	put32(&w, (uint32_t)p->pid);
	put32(&w, (uint32_t)p->ppid);
	put32(&w, (uint32_t)p->pgrp);
	put32(&w, (uint32_t)p->sid);
	put_text(&w, p->name, 16);
	put_text(&w, p->args, 80);
	*ret_size = size;
	return mem;
}

const void *core_nt_file(enum machine machine, const struct core_file *files, size_t n,
			 struct arena *a, size_t *ret_size)
{
	unsigned word = word_of(machine);
	size_t size = 2 * word + n * 3 * word;
	struct put w = { .word = word };
	uint8_t *mem;

	for (size_t i = 0; i < n; i++)
		size += strlen(files[i].path) + 1;
	mem = arena_alloc(a, size);
	if (!mem)
		return NULL;
	w.at = mem;
	put_word(&w, n);
	put_word(&w, PAGE);
	for (size_t i = 0; i < n; i++) {
		put_word(&w, files[i].start);
		put_word(&w, files[i].end);
		put_word(&w, files[i].offset / PAGE);
	}
	for (size_t i = 0; i < n; i++)
		put_bytes(&w, files[i].path, strlen(files[i].path) + 1);
	*ret_size = size;
	return mem;
}
