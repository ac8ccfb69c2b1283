/* SPDX-License-Identifier: MIT */
/* Which processes have most of their memory in swap. */
#include "capture/kernel.h"
#include "capture/proc.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

struct candidate {
	struct proc_stat stat;
	double part;
};

static bool is_candidate(const char *name, struct candidate *ret)
{
	long pid = strtol(name, NULL, 10);

	if (pid <= 0 || err_ignore(proc_stat_read((pid_t)pid, 0, &ret->stat)) || !ret->stat.vm_swap)
		return false;
	ret->part = (double)ret->stat.vm_swap / ((double)ret->stat.vm_swap + (double)ret->stat.vm_rss);
	return true;
}

/* The list stays in order, the largest part first. */
static void insert(struct candidate *v, size_t most, size_t *n, const struct candidate *c)
{
	size_t at = *n;

	while (at && v[at - 1].part < c->part)
		at--;
	if (at == most)
		return;
	if (*n < most)
		++*n;
	memmove(v + at + 1, v + at, (*n - at - 1) * sizeof(*v));
	v[at] = *c;
}

struct err *kernel_stale(size_t most, struct kernel_process *ret, size_t *ret_n)
{
	CLEANUP(freep) struct candidate *v = calloc(most + 1, sizeof(*v));
	struct candidate c;
	size_t n = 0;
	DIR *d;

	if (!v)
		return err_nomem();
	d = opendir("/proc");
	if (!d)
		return err_os(errno, "/proc");
	for (struct dirent *entry; (entry = readdir(d));)
		if (is_candidate(entry->d_name, &c))
			insert(v, most, &n, &c);
	(void)closedir(d);
	for (size_t i = 0; i < n; i++) {
		ret[i] = (struct kernel_process){ .pid = v[i].stat.tgid };
		memcpy(ret[i].name, v[i].stat.comm, sizeof(v[i].stat.comm));
	}
	*ret_n = n;
	return NULL;
}
