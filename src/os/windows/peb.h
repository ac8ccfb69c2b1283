/* SPDX-License-Identifier: MIT */
/*
 * PEB, TEB, loader lists and process parameters of either half of a process.
 * Members that a layout does not have, or whose memory is absent, have no bit
 * in `has`: test with peb_has().
 */
#ifndef OSM_OS_WINDOWS_PEB_H
#define OSM_OS_WINDOWS_PEB_H

#include "target/target.h"

/* Bit numbers of `has` are the order of the members. */
struct teb_info {
	uint64_t has;
	uint64_t exception_list, stack_base, stack_limit, sub_system_tib, fiber_data,
		arbitrary_user_pointer, self, environment_pointer, pid, tid, rpc_handle, tls_storage,
		peb, last_error, owned_locks, last_status, hard_error_mode;
};

struct peb_info {
	uint64_t has;
	uint64_t inherited_address_space, read_image_file_exec_options, being_debugged, image_base,
		ldr, parameters, sub_system_data, process_heap, nt_global_flag, processors,
		n_heaps, heaps;
};

struct ldr_info {
	uint64_t has;
	uint64_t initialized, init_first, init_last, load_first, load_last, memory_first, memory_last;
	uint64_t load_head;	/* address of InLoadOrderModuleList */
};

/* Addresses of UNICODE_STRINGs; environment is the block's own address. */
struct parameters_info {
	uint64_t has;
	uint64_t current_directory, window_title, image_file, command_line, dll_path, environment;
};

/* Presence of a member in one of the structures above. */
#define peb_has(info, member)                                                                        \
	((info)->has >> ((uint64_t *)&(info)->member - &(info)->has - 1) & 1)

/* NOTFOUND, FAULT: nothing of it can be read. */
struct err *teb_read(struct target *t, enum thread_half half, uint64_t address,
		     struct teb_info *ret) MUST_USE;
struct err *peb_read(struct target *t, enum thread_half half, uint64_t address,
		     struct peb_info *ret) MUST_USE;
struct err *ldr_read(struct target *t, enum thread_half half, uint64_t address,
		     struct ldr_info *ret) MUST_USE;
struct err *parameters_read(struct target *t, enum thread_half half, uint64_t address,
			    struct parameters_info *ret) MUST_USE;
/* The PEB by way of any thread's TEB. NOTFOUND. */
struct err *peb_find(struct target *t, enum thread_half half, uint64_t *ret) MUST_USE;
/* Text of the UNICODE_STRING at an address, appended; false: not in the dump. */
bool peb_add_string(struct target *t, enum thread_half half, uint64_t address, struct strbuf *sb);

struct ldr_module {
	uint64_t base, size, timestamp;
	bool has_timestamp;
	const char *name;	/* full name; lives during the visit; "" when absent */
};
typedef struct err *ldr_visitor(void *arg, const struct ldr_module *m);
/* In load order. *ret_broken: why the list ended early, NULL: whole. */
struct err *ldr_modules(struct target *t, enum thread_half half, const struct ldr_info *ldr,
			ldr_visitor *v, void *arg, const char **ret_broken) MUST_USE;

typedef struct err *environment_visitor(void *arg, const char *variable);
/* "NAME=value" strings of the block; *ret_broken as above. */
struct err *peb_environment(struct target *t, uint64_t address, environment_visitor *v, void *arg,
			    const char **ret_broken) MUST_USE;

#endif
