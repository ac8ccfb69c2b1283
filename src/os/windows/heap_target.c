/* SPDX-License-Identifier: MIT */
/* The heaps of a process: PEB.ProcessHeaps is an array of PEB.NumberOfHeaps addresses. */
#include "os/windows/heap_impl.h"

#include "os/windows/critsec.h"
#include "os/windows/peb.h"
#include "target/bind.h"

struct types {
	struct target *t;
	enum thread_half half;
};

static struct err *type_of(void *arg, const char *name, struct type_ref *ret)
{
	const struct types *k = arg;

	return bind_type(k->t, k->half, "ntdll", name, ret);
}

/* The list; *ret_process: the process's heap, 0: not known. */
static struct err *find_list(struct target *t, enum thread_half half, uint64_t *ret, uint64_t *ret_n, uint64_t *ret_process)
{
	struct peb_info peb;
	uint64_t at;

	TRY(peb_find(t, half, &at));
	TRY(peb_read(t, half, at, &peb));
	if (!peb_has(&peb, heaps) || !peb_has(&peb, n_heaps))
		return err_new(ERR_NOTFOUND, "the list of heaps is not in the dump: PEB 0x%llx", (unsigned long long)at);
	*ret_process = peb_has(&peb, process_heap) ? peb.process_heap : 0;
	*ret = peb.heaps;
	*ret_n = peb.n_heaps;
	return NULL;
}

/* The addresses that are there; *ret_broken: why not all of them. */
static struct err *read_list(struct target *t, unsigned size, uint64_t list, uint64_t n, uint64_t **ret, size_t *ret_n,
			     const char **ret_broken)
{
	VEC(uint64_t) v = { 0 };
	uint64_t address;

	if (n > NT_MAX_HEAPS) {
		*ret_broken = "the number of heaps cannot be right";
		n = 0;
	}
	for (uint64_t i = 0; i < n; i++) {
		if (!arch_read_uint(target_memory(t), list + i * size, size, &address)) {
			*ret_broken = "part of the list of heaps is not in the dump";
			break;
		}
		if (address && !vec_push(&v, address)) {
			vec_deinit(&v);
			return err_nomem();
		}
	}
	*ret = v.v;
	*ret_n = v.n;
	return NULL;
}

/* HEAP_LOCK begins with a critical section. */
static bool is_locked(struct target *t, enum thread_half half, uint64_t lock)
{
	CLEANUP(arena_deinit) struct arena a = ARENA_INIT;
	struct critsec cs;

	return lock && !err_ignore(critsec_read(t, half, lock, &a, &cs)) && cs.locked;
}

static void find_locked(struct target *t, enum thread_half half, struct nt_heaps *h)
{
	for (size_t i = 0; i < h->n_heaps; i++)
		h->heaps[i].locked = is_locked(t, half, h->heaps[i].lock);
	for (size_t i = 0; i < h->n_damages; i++)
		h->damages[i].passing = h->heaps[h->damages[i].heap].locked;
}

struct err *nt_heaps_of_target(struct target *t, enum thread_half half, struct nt_heaps **ret)
{
	unsigned size = half == HALF_WOW ? 4 : target_arch(t)->pointer_size;
	CLEANUP(freep) uint64_t *heaps = NULL;
	struct types types = { t, half };
	struct nt_heap_layout layout;
	struct nt_heap_input in = { .space = target_space(t), .layout = &layout };
	const char *broken = NULL;
	struct nt_heaps *h = NULL;
	uint64_t list = 0, n = 0, process = 0;

	if (!target_is_windows(t))
		return err_new(ERR_UNSUPPORTED, "no Windows dump: it has no heaps of ntdll's");
	TRY(nt_heap_layout_find(type_of, &types, size, &layout));
	TRY(find_list(t, half, &list, &n, &process));
	TRY(read_list(t, size, list, n, &heaps, &in.n_heaps, &broken));
	in.heaps = heaps;
	if (!n && process) {
		in.heaps = &process;
		in.n_heaps = 1;
		in.has_ring = true;
	}
	TRY(nt_heaps_read(&in, &h));
	h->broken = broken;
	find_locked(t, half, h);
	*ret = h;
	return NULL;
}
