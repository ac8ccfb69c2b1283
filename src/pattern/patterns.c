/* SPDX-License-Identifier: MIT */
/*
 * Every pattern, by category. To add one:
 *  1. src/pattern/<id>.c: the row and its match(); the nouns are in pattern.h,
 *     what a finding needs in finding.h, what can be asked for in facts.h. The
 *     shortest complete example is exception.null-code.c;
 *  2. an extern and a line here, in its category;
 *  3. docs/patterns/<id>.md: its sections are those of docs/patterns/README.md,
 *     and the table there gets a line;
 *  4. tests/golden/pattern/<id>.t: a dump that has it, one that has not, and one
 *     that nearly has it, each under a line that begins with these words.
 * tests/unit/test-patterns.c fails for a row that lacks any of these.
 */
#include "pattern/engine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

extern const struct pattern pattern_truncated, pattern_partial, pattern_requested, pattern_redacted, pattern_wow64, pattern_comment,
	pattern_late, pattern_stack_trace;
extern const struct pattern pattern_tool, pattern_early, pattern_clone, pattern_smeared, pattern_missing_symbols;
extern const struct pattern pattern_stack_overflow, pattern_null_data, pattern_null_code, pattern_wild_pointer,
	pattern_cpp_exception, pattern_abort;
extern const struct pattern pattern_freed_memory, pattern_no_execute, pattern_file_gone, pattern_stack_overrun,
	pattern_invalid_parameter, pattern_fast_fail, pattern_arithmetic, pattern_illegal_instruction, pattern_breakpoint,
	pattern_managed, pattern_software, pattern_seccomp, pattern_nested, pattern_multiple, pattern_hidden_exception,
	pattern_self_dump, pattern_resource_limit, pattern_sent_signal;
extern const struct pattern pattern_lock_cycle, pattern_self_deadlock, pattern_orphaned_lock, pattern_wait_chain;
extern const struct pattern pattern_all_blocked, pattern_missing_wakeup, pattern_loader_lock, pattern_suspended_thread,
	pattern_priority_inversion, pattern_high_contention, pattern_blocking_module, pattern_thread_pool;
extern const struct pattern pattern_network_wait, pattern_coupled_process, pattern_file_lock, pattern_child_process,
	pattern_message_box;
extern const struct pattern pattern_barrier, pattern_pipe_deadlock, pattern_process_deadlock;
extern const struct pattern pattern_hung_task, pattern_starved_owner, pattern_starved_queue, pattern_affine_threads, pattern_busy_system;
extern const struct pattern pattern_kernel_smeared, pattern_kernel_panic, pattern_kernel_oops, pattern_kernel_warning, pattern_kernel_tainted,
	pattern_kernel_lockup, pattern_kernel_rcu_stall, pattern_kernel_out_of_memory, pattern_kernel_memory_pressure, pattern_kernel_slab_leak,
	pattern_kernel_paged_out, pattern_kernel_module_gone;
extern const struct pattern pattern_process_factory, pattern_zombies, pattern_file_leak;
extern const struct pattern pattern_handle_leak, pattern_thread_explosion, pattern_region_leak, pattern_address_space,
	pattern_map_count, pattern_memory_limit, pattern_stack_space;
extern const struct pattern pattern_heap_leak, pattern_heap_fragmentation;
extern const struct pattern pattern_spiking_thread, pattern_distributed_spike, pattern_spin_wait, pattern_recursion;
extern const struct pattern pattern_critical_section;
extern const struct pattern pattern_heap_overflow, pattern_double_free, pattern_heap, pattern_string_fill;
extern const struct pattern pattern_bstr_leak, pattern_nt_heap_leak, pattern_nt_double_free, pattern_nt_heap;
extern const struct pattern pattern_missing_component, pattern_unloaded_module, pattern_duplicated_module, pattern_hidden_module,
	pattern_replaced_module, pattern_writable_code, pattern_ubiquitous;
extern const struct pattern pattern_hooked, pattern_wild_code, pattern_version_mismatch;

const struct pattern *const patterns[] = {
	/* quality */
	&pattern_truncated,
	&pattern_partial,
	&pattern_requested,
	&pattern_redacted,
	&pattern_wow64,
	&pattern_comment,
	&pattern_late,
	&pattern_stack_trace,
	&pattern_tool,
	&pattern_early,
	&pattern_clone,
	&pattern_smeared,
	&pattern_missing_symbols,
	&pattern_kernel_smeared,
	/* exception */
	&pattern_stack_overflow,
	&pattern_null_data,
	&pattern_null_code,
	&pattern_freed_memory,
	&pattern_no_execute,
	&pattern_file_gone,
	&pattern_wild_pointer,
	&pattern_cpp_exception,
	&pattern_stack_overrun,
	&pattern_invalid_parameter,
	&pattern_fast_fail,
	&pattern_abort,
	&pattern_arithmetic,
	&pattern_illegal_instruction,
	&pattern_breakpoint,
	&pattern_managed,
	&pattern_software,
	&pattern_seccomp,
	&pattern_nested,
	&pattern_multiple,
	&pattern_hidden_exception,
	&pattern_self_dump,
	&pattern_resource_limit,
	&pattern_sent_signal,
	&pattern_kernel_panic,
	&pattern_kernel_oops,
	&pattern_kernel_warning,
	&pattern_kernel_tainted,
	/* wait */
	&pattern_lock_cycle,
	&pattern_self_deadlock,
	&pattern_orphaned_lock,
	&pattern_wait_chain,
	&pattern_all_blocked,
	&pattern_missing_wakeup,
	&pattern_suspended_thread,
	&pattern_loader_lock,
	&pattern_priority_inversion,
	&pattern_high_contention,
	&pattern_blocking_module,
	&pattern_thread_pool,
	&pattern_network_wait,
	&pattern_coupled_process,
	&pattern_file_lock,
	&pattern_child_process,
	&pattern_message_box,
	&pattern_barrier,
	&pattern_pipe_deadlock,
	&pattern_process_deadlock,
	&pattern_starved_owner,
	&pattern_hung_task,
	/* resource */
	&pattern_handle_leak,
	&pattern_thread_explosion,
	&pattern_region_leak,
	&pattern_address_space,
	&pattern_map_count,
	&pattern_memory_limit,
	&pattern_stack_space,
	&pattern_heap_fragmentation,	/* before leaks: it pays for the walk of the heap, they for the marking */
	&pattern_heap_leak,
	&pattern_bstr_leak,
	&pattern_nt_heap_leak,
	&pattern_kernel_out_of_memory,
	&pattern_process_factory,
	&pattern_zombies,
	&pattern_file_leak,
	&pattern_kernel_memory_pressure,
	&pattern_kernel_slab_leak,
	&pattern_kernel_paged_out,
	/* cpu */
	&pattern_spiking_thread,
	&pattern_distributed_spike,
	&pattern_spin_wait,
	&pattern_recursion,
	&pattern_starved_queue,
	&pattern_affine_threads,
	&pattern_busy_system,
	&pattern_kernel_lockup,
	&pattern_kernel_rcu_stall,
	/* corruption */
	&pattern_critical_section,
	&pattern_heap_overflow,
	&pattern_double_free,
	&pattern_heap,
	&pattern_string_fill,
	&pattern_nt_double_free,
	&pattern_nt_heap,
	/* module */
	&pattern_missing_component,
	&pattern_unloaded_module,
	&pattern_duplicated_module,
	&pattern_hidden_module,
	&pattern_replaced_module,
	&pattern_writable_code,
	&pattern_ubiquitous,
	&pattern_hooked,
	&pattern_wild_code,
	&pattern_version_mismatch,
	&pattern_kernel_module_gone,
	NULL,
};

const char *category_name(enum pattern_category c)
{
	static const char *const names[] = {
		[CATEGORY_QUALITY] = "quality",	  [CATEGORY_EXCEPTION] = "exception",
		[CATEGORY_WAIT] = "wait",	  [CATEGORY_RESOURCE] = "resource",
		[CATEGORY_CPU] = "cpu",		  [CATEGORY_CORRUPTION] = "corruption",
		[CATEGORY_MODULE] = "module",
	};

	return names[c];
}

const char *needs_name(unsigned bit)
{
	switch (bit) {
	case NEEDS_FAULT: return "an exception or signal";
	case NEEDS_SYSTEM_WINDOWS: return "a dump of Windows";
	case NEEDS_SYSTEM_LINUX: return "a dump of Linux";
	case NEEDS_THREADS: return "threads";
	case NEEDS_TIMES: return "processor times of threads";
	case NEEDS_SET: return "a set of dumps";
	case NEEDS_KERNEL: return "a kernel";
	default: return NULL;
	}
}

const struct pattern *pattern_named(const char *id)
{
	for (size_t i = 0; patterns[i]; i++)
		if (strcmp(patterns[i]->id, id) == 0)
			return patterns[i];
	return NULL;
}

bool pattern_explains(const struct pattern *cause, const struct pattern *effect)
{
	for (const char *const *id = cause->explains; id && *id; id++)
		if (strcmp(*id, effect->id) == 0)
			return true;
	return false;
}

static const struct threshold *threshold_named(const char *name, size_t len)
{
	for (size_t i = 0; patterns[i]; i++)
		for (const struct threshold *t = patterns[i]->thresholds; t && t->name; t++)
			if (strncmp(t->name, name, len) == 0 && !t->name[len])
				return t;
	return NULL;
}

static struct err *unknown_threshold(const char *text)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; patterns[i]; i++)
		for (const struct threshold *t = patterns[i]->thresholds; t && t->name; t++)
			strbuf_addf(&sb, " %s", t->name);
	return err_new(ERR_USAGE, "no such threshold: '%.60s'; there are:%s", text, sb.s);
}

struct err *threshold_parse(const char *text, struct threshold_setting *ret)
{
	const char *eq = strchr(text, '=');
	const struct threshold *t = threshold_named(text, eq ? (size_t)(eq - text) : strlen(text));
	unsigned long long v;
	char *end;

	if (!t)
		return unknown_threshold(text);
	if (!eq || eq[1] < '0' || eq[1] > '9')
		return err_new(ERR_USAGE, "'%.60s': a threshold is given as name=number", text);
	errno = 0;
	v = strtoull(eq + 1, &end, 10);
	if (*end || errno)
		return err_new(ERR_USAGE, "'%.60s': the number cannot be understood", text);
	*ret = (struct threshold_setting){ t, v };
	return NULL;
}
