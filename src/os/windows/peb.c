/* SPDX-License-Identifier: MIT */
/*
 * PEB and TEB: see peb.h. Layouts come from ntdll's types or the type pack; the
 * environment block is UTF-16 strings that end with an empty one
 * (CreateEnvironmentBlock, MSDN).
 */
#include "os/windows/peb.h"

#include "base/cancel.h"
#include "base/map.h"
#include "target/bind.h"

#include <stdlib.h>

enum {
	MAX_MODULES = 65536,
	MAX_ENVIRONMENT = 1 << 20,	/* bytes */
};

#define UINT_MEMBER(type, path, member) { path, offsetof(struct type, member), BIND_UINT, true }
#define ADDRESS_MEMBER(type, path, member)                                                           \
	{ path, offsetof(struct type, member), BIND_ADDRESS_OF, true }

static const struct bind_member teb_members[] = {
	UINT_MEMBER(teb_info, "NtTib.ExceptionList", exception_list),
	UINT_MEMBER(teb_info, "NtTib.StackBase", stack_base),
	UINT_MEMBER(teb_info, "NtTib.StackLimit", stack_limit),
	UINT_MEMBER(teb_info, "NtTib.SubSystemTib", sub_system_tib),
	UINT_MEMBER(teb_info, "NtTib.FiberData", fiber_data),
	UINT_MEMBER(teb_info, "NtTib.ArbitraryUserPointer", arbitrary_user_pointer),
	UINT_MEMBER(teb_info, "NtTib.Self", self),
	UINT_MEMBER(teb_info, "EnvironmentPointer", environment_pointer),
	UINT_MEMBER(teb_info, "ClientId.UniqueProcess", pid),
	UINT_MEMBER(teb_info, "ClientId.UniqueThread", tid),
	UINT_MEMBER(teb_info, "ActiveRpcHandle", rpc_handle),
	UINT_MEMBER(teb_info, "ThreadLocalStoragePointer", tls_storage),
	UINT_MEMBER(teb_info, "ProcessEnvironmentBlock", peb),
	UINT_MEMBER(teb_info, "LastErrorValue", last_error),
	UINT_MEMBER(teb_info, "CountOfOwnedCriticalSections", owned_locks),
	UINT_MEMBER(teb_info, "LastStatusValue", last_status),
	UINT_MEMBER(teb_info, "HardErrorMode", hard_error_mode),
	{ NULL },
};
static const struct binding teb_binding = { "ntdll", "_TEB", teb_members };

static const struct bind_member peb_members[] = {
	UINT_MEMBER(peb_info, "InheritedAddressSpace", inherited_address_space),
	UINT_MEMBER(peb_info, "ReadImageFileExecOptions", read_image_file_exec_options),
	UINT_MEMBER(peb_info, "BeingDebugged", being_debugged),
	UINT_MEMBER(peb_info, "ImageBaseAddress", image_base),
	UINT_MEMBER(peb_info, "Ldr", ldr),
	UINT_MEMBER(peb_info, "ProcessParameters", parameters),
	UINT_MEMBER(peb_info, "SubSystemData", sub_system_data),
	UINT_MEMBER(peb_info, "ProcessHeap", process_heap),
	UINT_MEMBER(peb_info, "NtGlobalFlag", nt_global_flag),
	UINT_MEMBER(peb_info, "NumberOfProcessors", processors),
	UINT_MEMBER(peb_info, "NumberOfHeaps", n_heaps),
	UINT_MEMBER(peb_info, "ProcessHeaps", heaps),
	{ NULL },
};
static const struct binding peb_binding = { "ntdll", "_PEB", peb_members };

static const struct bind_member ldr_members[] = {
	UINT_MEMBER(ldr_info, "Initialized", initialized),
	UINT_MEMBER(ldr_info, "InInitializationOrderModuleList.Flink", init_first),
	UINT_MEMBER(ldr_info, "InInitializationOrderModuleList.Blink", init_last),
	UINT_MEMBER(ldr_info, "InLoadOrderModuleList.Flink", load_first),
	UINT_MEMBER(ldr_info, "InLoadOrderModuleList.Blink", load_last),
	UINT_MEMBER(ldr_info, "InMemoryOrderModuleList.Flink", memory_first),
	UINT_MEMBER(ldr_info, "InMemoryOrderModuleList.Blink", memory_last),
	ADDRESS_MEMBER(ldr_info, "InLoadOrderModuleList", load_head),
	{ NULL },
};
static const struct binding ldr_binding = { "ntdll", "_PEB_LDR_DATA", ldr_members };

static const struct bind_member parameters_members[] = {
	ADDRESS_MEMBER(parameters_info, "CurrentDirectory.DosPath", current_directory),
	ADDRESS_MEMBER(parameters_info, "WindowTitle", window_title),
	ADDRESS_MEMBER(parameters_info, "ImagePathName", image_file),
	ADDRESS_MEMBER(parameters_info, "CommandLine", command_line),
	ADDRESS_MEMBER(parameters_info, "DllPath", dll_path),
	UINT_MEMBER(parameters_info, "Environment", environment),
	{ NULL },
};
static const struct binding parameters_binding = { "ntdll", "_RTL_USER_PROCESS_PARAMETERS",
						   parameters_members };

struct string {
	uint64_t has;
	uint64_t length, buffer;
};
static const struct bind_member string_members[] = {
	{ "Length", offsetof(struct string, length), BIND_UINT, false },
	{ "Buffer", offsetof(struct string, buffer), BIND_UINT, false },
	{ NULL },
};
static const struct binding string_binding = { "ntdll", "_UNICODE_STRING", string_members };

struct entry {
	uint64_t has;
	uint64_t next, base, size, full_name, timestamp;
};
static const struct bind_member entry_members[] = {
	{ "InLoadOrderLinks.Flink", offsetof(struct entry, next), BIND_UINT, false },
	{ "DllBase", offsetof(struct entry, base), BIND_UINT, false },
	{ "SizeOfImage", offsetof(struct entry, size), BIND_UINT, false },
	ADDRESS_MEMBER(entry, "FullDllName", full_name),
	UINT_MEMBER(entry, "TimeDateStamp", timestamp),
	{ NULL },
};
static const struct binding entry_binding = { "ntdll", "_LDR_DATA_TABLE_ENTRY", entry_members };

/* Every member is optional, so that half a page is better than none; but one
 * that starts in a hole is not there. */
static struct err *read_all(struct target *t, enum thread_half half, const struct binding *b,
			    uint64_t address, void *ret)
{
	uint64_t first;

	if (!arch_read_uint(target_memory(t), address, 1, &first))
		return err_prefix(err_fault(address), "%s", b->type);
	return bind_read(t, half, b, address, ret);
}

struct err *teb_read(struct target *t, enum thread_half half, uint64_t address, struct teb_info *ret)
{
	return read_all(t, half, &teb_binding, address, ret);
}

struct err *peb_read(struct target *t, enum thread_half half, uint64_t address, struct peb_info *ret)
{
	return read_all(t, half, &peb_binding, address, ret);
}

struct err *ldr_read(struct target *t, enum thread_half half, uint64_t address, struct ldr_info *ret)
{
	return read_all(t, half, &ldr_binding, address, ret);
}

struct err *parameters_read(struct target *t, enum thread_half half, uint64_t address,
			    struct parameters_info *ret)
{
	return read_all(t, half, &parameters_binding, address, ret);
}

struct err *peb_find(struct target *t, enum thread_half half, uint64_t *ret)
{
	struct thread *threads;
	size_t n = target_threads(t, &threads);

	for (size_t i = 0; i < n; i++) {
		uint64_t address = half == HALF_WOW ? threads[i].teb32 : threads[i].teb;
		struct teb_info teb;

		if (!address || err_ignore(teb_read(t, half, address, &teb)) || !peb_has(&teb, peb) ||
		    !teb.peb)
			continue;
		*ret = teb.peb;
		return NULL;
	}
	return err_new(ERR_NOTFOUND, "the PEB was not found: no thread's TEB is in the dump");
}

bool peb_add_string(struct target *t, enum thread_half half, uint64_t address, struct strbuf *sb)
{
	uint8_t bytes[65536];
	struct string s;
	size_t n;

	if (err_ignore(bind_read(t, half, &string_binding, address, &s)))
		return false;
	if (!s.length)
		return true;
	n = space_read_some(target_space(t), s.buffer, bytes, s.length & 0xfffe);
	strbuf_add_utf16le(sb, bytes, n & ~(size_t)1);
	return n != 0;
}

static struct err *visit_entry(struct target *t, enum thread_half half, const struct entry *e,
			       ldr_visitor *v, void *arg)
{
	CLEANUP(strbuf_deinit) struct strbuf name = STRBUF_INIT;
	struct ldr_module m = { .base = e->base, .size = e->size, .timestamp = e->timestamp,
				.has_timestamp = peb_has(e, timestamp) };

	if (peb_has(e, full_name))
		peb_add_string(t, half, e->full_name, &name);
	TRY(strbuf_check(&name));
	m.name = name.s;
	return v(arg, &m);
}

struct err *ldr_modules(struct target *t, enum thread_half half, const struct ldr_info *ldr,
			ldr_visitor *v, void *arg, const char **ret_broken)
{
	struct u64map seen = U64MAP_INIT;
	uint64_t at = ldr->load_first;
	struct err *err = NULL;
	struct entry e;

	*ret_broken = NULL;
	for (size_t n = 0; !err && at != ldr->load_head && !*ret_broken; n++) {
		err = cancel_check();
		if (n >= MAX_MODULES || u64map_has(&seen, at)) {
			*ret_broken = "the list does not come back to its start";
		} else if (err_ignore(bind_read(t, half, &entry_binding, at, &e))) {
			*ret_broken = "an entry of the list is not in the dump";
		} else if (!err) {
			err = u64map_put(&seen, at, NULL) ? visit_entry(t, half, &e, v, arg) : err_nomem();
			at = e.next;
		}
	}
	u64map_deinit(&seen);
	return err;
}

static struct err *visit_variable(const uint8_t *bytes, size_t n, environment_visitor *v, void *arg)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	strbuf_add_utf16le(&sb, bytes, n);
	TRY(strbuf_check(&sb));
	return v(arg, sb.s);
}

struct err *peb_environment(struct target *t, uint64_t address, environment_visitor *v, void *arg,
			    const char **ret_broken)
{
	uint8_t *block = malloc(MAX_ENVIRONMENT);
	struct err *e = NULL;
	size_t n, at = 0;

	if (!block)
		return err_nomem();
	n = space_read_some(target_space(t), address, block, MAX_ENVIRONMENT) & ~(size_t)1;
	*ret_broken = "the block is not whole in the dump";
	while (!e && at + 2 <= n) {
		size_t end = at;

		while (end + 2 <= n && (block[end] || block[end + 1]))
			end += 2;
		if (end == at) {
			*ret_broken = NULL;
			break;
		}
		if (end + 2 > n) /* cut off */
			break;
		e = visit_variable(block + at, end - at, v, arg);
		at = end + 2;
	}
	free(block);
	return e;
}
