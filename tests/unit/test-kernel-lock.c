/* SPDX-License-Identifier: MIT */
/* Kernels: what the names of functions on a stack say of a wait, and which lines of a kernel's log are trouble. */
#include "os/linux/kernel/lock_impl.h"
#include "os/linux/kernel/trouble.h"
#include "unit/test.h"

#include <string.h>

static enum klock_kind kind_of(const char *const *names, size_t n, const char **ret_function, const char **ret_what)
{
	struct klock_task task = { .n_functions = n };
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		task.functions[i] = names[i];
	return klock_by_names(&task, &at, ret_function, ret_what);
}

#define KIND(...)                                                                                        \
	kind_of((const char *const[]){ __VA_ARGS__ }, sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *), &function, &what)

TEST(the_innermost_function_that_has_a_row_decides)
{
	const char *function, *what;

	EXPECT_EQ(KIND("__schedule", "schedule", "schedule_preempt_disabled", "__mutex_lock.constprop.0", "pipe_read"), KLOCK_MUTEX);
	EXPECT_STR(function, "__mutex_lock.constprop.0");
	EXPECT_EQ(KIND("__schedule", "schedule", "rwsem_down_write_slowpath", "do_exit"), KLOCK_RWSEM);
	EXPECT_EQ(KIND("__schedule", "schedule", "percpu_rwsem_wait", "__percpu_down_read"), KLOCK_PERCPU_RWSEM);
	EXPECT_EQ(KIND("__schedule", "schedule", "pipe_read", "vfs_read"), KLOCK_WAIT_QUEUE);
	EXPECT_STR(what, "data in a pipe");
	EXPECT_EQ(KIND("__schedule", "schedule", "do_nanosleep", "hrtimer_nanosleep"), KLOCK_NONE);
	EXPECT_STR(what, "time to pass");
}

TEST(input_and_output_is_told_by_who_asked_for_it)
{
	const char *function, *what;

	EXPECT_EQ(KIND("__schedule", "schedule", "io_schedule", "folio_wait_bit_common", "filemap_fault"), KLOCK_BIT);
	EXPECT_STR(what, "a page");
	EXPECT_EQ(KIND("__schedule", "schedule", "io_schedule", "some_driver"), KLOCK_NONE);
	EXPECT_STR(what, "input or output");
}

TEST(names_are_whole_words)
{
	const char *function, *what;

	EXPECT_EQ(KIND("schedule", "__down_comm"), KLOCK_WAIT_QUEUE);
	EXPECT_STR(what, "");
	EXPECT_EQ(KIND("schedule", "__down_common.isra.0"), KLOCK_SEMAPHORE);
	EXPECT_EQ(KIND("schedule", "__schedule"), KLOCK_NONE);
	EXPECT_STR(function, "");
}

TEST(locks_that_spin_elsewhere_sleep_with_preempt_rt)
{
	const char *function, *what;

	EXPECT_EQ(KIND("__schedule", "schedule_rtlock", "rtlock_slowlock_locked", "rt_spin_lock", "x"), KLOCK_SPINLOCK);
	EXPECT_EQ(KIND("__schedule", "schedule_rtlock", "rt_spin_lock_nested", "x"), KLOCK_SPINLOCK);
	EXPECT_EQ(KIND("__schedule", "schedule_rtlock", "rt_write_lock", "x"), KLOCK_RWLOCK);
	EXPECT_STR(what, "an rwlock, to write");
	EXPECT_EQ(KIND("__schedule", "schedule_rtlock", "rt_read_lock", "x"), KLOCK_RWLOCK);
	EXPECT_STR(what, "an rwlock, to read");
	EXPECT_EQ(KIND("__schedule", "schedule", "rwbase_write_lock", "down_write", "x"), KLOCK_RWSEM);
	EXPECT_STR(klock_kind_name(KLOCK_RWLOCK), "rwlock");
	EXPECT(klock_is_lock(KLOCK_RWLOCK));
}

TEST(behind_a_function_the_next_is_told)
{
	const char *function, *what;
	struct klock_task task = { .functions = { "schedule", "rwsem_down_read_slowpath", "x", "__mutex_lock" }, .n_functions = 4 };
	size_t at = 0;

	EXPECT_EQ(klock_by_names(&task, &at, &function, &what), KLOCK_RWSEM);
	EXPECT_EQ(klock_by_names(&task, &at, &function, &what), KLOCK_MUTEX);
	EXPECT_EQ(at, 4);
	EXPECT_EQ(klock_by_names(&task, &at, &function, &what), KLOCK_NONE);
}

/* Kernels of the tests do not keep it: since 6.16. */
TEST(the_last_holder_of_a_semaphore_is_a_hint)
{
	struct klock_search s = { .tasks = U64MAP_INIT };
	struct klock l = { .kind = KLOCK_SEMAPHORE, .state = "taken", .owner_known_by = "" };
	struct klock free_one = { .kind = KLOCK_SEMAPHORE, .is_free = true, .state = "free" };

	klock_last_holder(&s, &l, 0, 0x1000);
	EXPECT_EQ(l.owner, 0);
	klock_last_holder(&s, &l, 0xffff888000001000, 0x1000);
	EXPECT_EQ(l.owner, 0xffff888000001000);
	EXPECT_EQ(l.owner_at, 0x1000);
	EXPECT(l.owner_is_hint && !l.is_free && !l.corrupt);
	EXPECT(l.owner_sure < 75);
	EXPECT_STR(l.state, "taken");
	klock_last_holder(&s, &free_one, 0xffff888000001000, 0x1000);
	EXPECT_EQ(free_one.owner, 0);
	l = (struct klock){ .kind = KLOCK_SEMAPHORE };
	klock_last_holder(&s, &l, 0x1234, 0x1000);
	EXPECT(l.corrupt != NULL);
}

static enum trouble line(const char *text)
{
	return trouble_of_line(text, strlen(text));
}

TEST(lines_of_trouble_are_told_apart)
{
	EXPECT_EQ(line("Kernel panic - not syncing: Fatal exception"), TROUBLE_PANIC);
	EXPECT_EQ(line("watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [lm_fifo:97]"), TROUBLE_SOFT_LOCKUP);
	EXPECT_EQ(line("NMI watchdog: Watchdog detected hard LOCKUP on cpu 3"), TROUBLE_HARD_LOCKUP);
	EXPECT_EQ(line("watchdog: CPU2: Watchdog detected hard LOCKUP on cpu 2"), TROUBLE_HARD_LOCKUP);
	EXPECT_EQ(line("rcu: INFO: rcu_preempt self-detected stall on CPU"), TROUBLE_RCU_STALL);
	EXPECT_EQ(line("INFO: rcu_sched detected stalls on CPUs/tasks:"), TROUBLE_RCU_STALL);
	EXPECT_EQ(line("INFO: task planted_ab:91 blocked for more than 120 seconds."), TROUBLE_HUNG_TASK);
	EXPECT_EQ(line("BUG: kernel NULL pointer dereference, address: 0000000000000000"), TROUBLE_OOPS);
	EXPECT_EQ(line("kernel BUG at mm/slub.c:379!"), TROUBLE_OOPS);
	EXPECT_EQ(line("BUG: sleeping function called from invalid context at kernel/locking/mutex.c:580"), TROUBLE_BUG);
	EXPECT_EQ(line("WARNING: CPU: 0 PID: 1 at kernel/smp.c:912 smp_call_function_many_cond+0x2f1/0x330"), TROUBLE_WARNING);
	EXPECT_EQ(line("Out of memory: Killed process 812 (eater) total-vm:1044480kB"), TROUBLE_OOM);
	EXPECT_EQ(line("sh invoked oom-killer: gfp_mask=0x140cca"), TROUBLE_OOM);
}

TEST(other_lines_are_none)
{
	EXPECT_EQ(line(""), TROUBLE_NONE);
	EXPECT_EQ(line("INFO: task"), TROUBLE_NONE);
	EXPECT_EQ(line("systemd[1]: Kernel panic - not syncing"), TROUBLE_NONE);
	EXPECT_EQ(line("Spectre V2 : WARNING: Unprivileged eBPF is enabled"), TROUBLE_NONE);
	EXPECT_EQ(trouble_of_line("Kernel panic - not syncing", 12), TROUBLE_NONE);
}

TEST(marks_of_a_tainted_kernel_have_their_letters)
{
	EXPECT_EQ(kernel_taint(0)->letter, 'P');
	EXPECT_EQ(kernel_taint(7)->letter, 'D');
	EXPECT_EQ(kernel_taint(12)->letter, 'O');
	EXPECT_EQ(kernel_taint(14)->letter, 'L');
	EXPECT_EQ(kernel_taint(18)->letter, 'N');
	EXPECT(!kernel_taint(40));
}

TESTS(the_innermost_function_that_has_a_row_decides, input_and_output_is_told_by_who_asked_for_it, names_are_whole_words,
      locks_that_spin_elsewhere_sleep_with_preempt_rt, the_last_holder_of_a_semaphore_is_a_hint,
      behind_a_function_the_next_is_told, lines_of_trouble_are_told_apart, other_lines_are_none,
      marks_of_a_tainted_kernel_have_their_letters)
