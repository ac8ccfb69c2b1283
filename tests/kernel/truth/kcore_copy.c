/* SPDX-License-Identifier: MIT */
/*
 * Copies memory out of /proc/kcore from one end to the other while the system runs, as tools do that stop nothing: the
 * copy whose counters must be found out of step (pivot_check.py).
 *
 * usage: kcore_copy OUT
 * OUT is an ELF core with one PT_LOAD for each range of RAM of the direct map, p_paddr set.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MOST = 64, CHUNK = 1 << 20 };

static char chunk[CHUNK];

/* Chunks that cannot be read become zeros: ranges of RAM have holes that the processor has no right to. */
static int copy(int from, Elf64_Off at, int to, Elf64_Off out, Elf64_Xword size)
{
	for (Elf64_Xword done = 0; done < size;) {
		size_t want = size - done < CHUNK ? (size_t)(size - done) : CHUNK;

		if (pread(from, chunk, want, (off_t)(at + done)) != (ssize_t)want)
			memset(chunk, 0, want);
		if (pwrite(to, chunk, want, (off_t)(out + done)) != (ssize_t)want)
			return 1;
		done += want;
	}
	return 0;
}

int main(int argc, char **argv)
{
	int from = open("/proc/kcore", O_RDONLY), to = argc == 2 ? open(argv[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
	Elf64_Ehdr e;
	Elf64_Phdr in[MOST], out[MOST];
	Elf64_Off place = 1 << 16;
	int n = 0, rc = 0;

	(void)setpriority(PRIO_PROCESS, 0, -19); /* before the counters, which would have the processors to themselves */
	if (from < 0 || to < 0 || pread(from, &e, sizeof(e), 0) != sizeof(e) || e.e_phnum > MOST)
		return 1;
	if (pread(from, in, e.e_phnum * sizeof(in[0]), (off_t)e.e_phoff) < 0)
		return 1;
	for (int i = 0; i < e.e_phnum; i++) {
		/* The direct map is what has physical addresses and is no text of the kernel. */
		if (in[i].p_type != PT_LOAD || in[i].p_paddr == (Elf64_Addr)-1 || in[i].p_vaddr >= 0xffffffff80000000 || in[i].p_memsz == 0)
			continue;
		out[n] = in[i];
		out[n].p_offset = place;
		out[n].p_filesz = in[i].p_memsz;
		rc |= copy(from, in[i].p_offset, to, place, in[i].p_memsz);
		place += in[i].p_memsz;
		n++;
	}
	e.e_phoff = sizeof(e);
	e.e_phnum = (Elf64_Half)n;
	e.e_shoff = e.e_shnum = e.e_shstrndx = 0;
	if (n == 0 || rc || pwrite(to, &e, sizeof(e), 0) != sizeof(e) || pwrite(to, out, (size_t)n * sizeof(out[0]), sizeof(e)) < 0)
		return 1;
	return close(to) != 0;
}
