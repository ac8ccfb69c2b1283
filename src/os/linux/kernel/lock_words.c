/* SPDX-License-Identifier: MIT */
/*
 * What the functions on a kernel stack say of a wait. The functions of the
 * scheduler are passed over; the first other one that has a row decides. Rows
 * name functions as kernels since 4.14 have them; what compilers append
 * (".constprop.0", ".isra.0") is cut off.
 */
#include "os/linux/kernel/lock_impl.h"

#include <string.h>

struct row {
	const char *function;	/* "x*": begins with x */
	enum klock_kind kind;
	const char *what;
};

/* Innermost first: those who only put the task to sleep. */
static const char *const scheduler[] = {
	"__schedule", "schedule", "schedule_timeout*", "schedule_preempt_disabled", "schedule_hrtimeout*", "schedule_rtlock",
	"preempt_schedule*", "rt_mutex_schedule", "bit_wait", "bit_wait_timeout", "__switch_to_asm", "__switch_to",
	"context_switch", "__cond_resched*", "schedule_idle", "io_schedule_prepare", "finish_task_switch", "dynamic_cond_resched",
};

static const struct row rows[] = {
	{ "__mutex_lock*", KLOCK_MUTEX, "a mutex" },
	{ "__ww_mutex_lock*", KLOCK_MUTEX, "a mutex" },
	{ "mutex_lock*", KLOCK_MUTEX, "a mutex" },
	{ "ww_mutex_lock*", KLOCK_MUTEX, "a mutex" },
	{ "rwsem_down_read*", KLOCK_RWSEM, "a read-write semaphore, to read" },
	{ "rwsem_down_write*", KLOCK_RWSEM, "a read-write semaphore, to write" },
	{ "__rwsem_down_*", KLOCK_RWSEM, "a read-write semaphore" },
	{ "percpu_rwsem_wait", KLOCK_PERCPU_RWSEM, "a per-CPU read-write semaphore" },
	{ "__percpu_down_read", KLOCK_PERCPU_RWSEM, "a per-CPU read-write semaphore, to read" },
	{ "percpu_down_write", KLOCK_PERCPU_RWSEM, "a per-CPU read-write semaphore, to write" },
	{ "rwbase_read_lock", KLOCK_RWSEM, "a read-write semaphore, to read" },
	{ "__rwbase_read_lock", KLOCK_RWSEM, "a read-write semaphore, to read" },
	{ "rwbase_write_lock", KLOCK_RWSEM, "a read-write semaphore, to write" },
	{ "rt_mutex_slowlock*", KLOCK_RT_MUTEX, "an rt_mutex" },
	{ "__rt_mutex_slowlock*", KLOCK_RT_MUTEX, "an rt_mutex" },
	{ "rt_mutex_wait_proxy_lock", KLOCK_FUTEX_PI, "a futex with priority inheritance" },
	{ "rtlock_slowlock*", KLOCK_SPINLOCK, "a spinlock" },
	{ "rt_spin_lock*", KLOCK_SPINLOCK, "a spinlock" },
	{ "rt_read_lock*", KLOCK_RWLOCK, "an rwlock, to read" },
	{ "rt_write_lock*", KLOCK_RWLOCK, "an rwlock, to write" },
	{ "__down", KLOCK_SEMAPHORE, "a semaphore" },
	{ "__down_common", KLOCK_SEMAPHORE, "a semaphore" },
	{ "___down_common", KLOCK_SEMAPHORE, "a semaphore" },
	{ "__down_interruptible", KLOCK_SEMAPHORE, "a semaphore" },
	{ "__down_killable", KLOCK_SEMAPHORE, "a semaphore" },
	{ "__down_timeout", KLOCK_SEMAPHORE, "a semaphore" },
	{ "futex_wait*", KLOCK_FUTEX, "a futex" },
	{ "__futex_wait", KLOCK_FUTEX, "a futex" },
	{ "futex_do_wait", KLOCK_FUTEX, "a futex" },
	{ "futex_lock_pi*", KLOCK_FUTEX_PI, "a futex with priority inheritance" },
	{ "do_wait_for_common", KLOCK_COMPLETION, "a completion" },
	{ "__wait_for_common", KLOCK_COMPLETION, "a completion" },
	{ "wait_for_completion*", KLOCK_COMPLETION, "a completion" },
	{ "wait_for_common*", KLOCK_COMPLETION, "a completion" },
	{ "__wait_on_bit*", KLOCK_BIT, "a bit" },
	{ "out_of_line_wait_on_bit*", KLOCK_BIT, "a bit" },
	{ "folio_wait_bit*", KLOCK_BIT, "a page" },
	{ "wait_on_page_bit*", KLOCK_BIT, "a page" },
	{ "__folio_lock*", KLOCK_BIT, "a page" },
	{ "__lock_page*", KLOCK_BIT, "a page" },
	{ "folio_put_wait_locked", KLOCK_BIT, "a page" },
	{ "put_and_wait_on_page_locked", KLOCK_BIT, "a page" },
	/* what has no lock: in words, with the queue where it is on one */
	{ "pipe_read", KLOCK_WAIT_QUEUE, "data in a pipe" },
	{ "pipe_wait_readable", KLOCK_WAIT_QUEUE, "data in a pipe" },
	{ "anon_pipe_read", KLOCK_WAIT_QUEUE, "data in a pipe" },
	{ "pipe_write", KLOCK_WAIT_QUEUE, "room in a pipe" },
	{ "pipe_wait_writable", KLOCK_WAIT_QUEUE, "room in a pipe" },
	{ "anon_pipe_write", KLOCK_WAIT_QUEUE, "room in a pipe" },
	{ "pipe_wait", KLOCK_WAIT_QUEUE, "the other end of a pipe" },
	{ "wait_for_partner", KLOCK_WAIT_QUEUE, "the other end of a FIFO to be opened" },
	{ "fifo_open", KLOCK_WAIT_QUEUE, "the other end of a FIFO to be opened" },
	{ "do_poll*", KLOCK_NONE, "events of descriptors (poll)" },
	{ "do_sys_poll", KLOCK_NONE, "events of descriptors (poll)" },
	{ "do_select", KLOCK_NONE, "events of descriptors (select)" },
	{ "ep_poll", KLOCK_WAIT_QUEUE, "events of descriptors (epoll)" },
	{ "do_epoll_wait", KLOCK_WAIT_QUEUE, "events of descriptors (epoll)" },
	{ "do_wait", KLOCK_WAIT_QUEUE, "a child process" },
	{ "wait_for_vfork_done", KLOCK_COMPLETION, "a child process that shares its memory" },
	{ "do_nanosleep", KLOCK_NONE, "time to pass" },
	{ "hrtimer_nanosleep", KLOCK_NONE, "time to pass" },
	{ "msleep*", KLOCK_NONE, "time to pass" },
	{ "usleep_range*", KLOCK_NONE, "time to pass" },
	{ "do_sigtimedwait*", KLOCK_NONE, "a signal" },
	{ "sigsuspend", KLOCK_NONE, "a signal" },
	{ "__x64_sys_pause", KLOCK_NONE, "a signal" },
	{ "__ia32_sys_pause", KLOCK_NONE, "a signal" },	/* the same place: which name is told depends on the kernel */
	{ "__do_sys_pause", KLOCK_NONE, "a signal" },
	{ "do_signal_stop", KLOCK_NONE, "to be continued (it is stopped)" },
	{ "ptrace_stop", KLOCK_NONE, "its debugger" },
	{ "worker_thread", KLOCK_NONE, "work (idle worker of a work queue)" },
	{ "rescuer_thread", KLOCK_NONE, "work (rescuer of a work queue)" },
	{ "kthread_worker_fn", KLOCK_NONE, "work (kernel thread)" },
	{ "smpboot_thread_fn", KLOCK_NONE, "work (thread of a processor)" },
	{ "kthreadd", KLOCK_NONE, "threads to create" },
	{ "rcu_gp_kthread", KLOCK_WAIT_QUEUE, "an RCU grace period to begin" },
	{ "rcu_gp_fqs_loop", KLOCK_NONE, "an RCU grace period to end" },
	{ "rcu_boost_kthread", KLOCK_NONE, "readers that hold up an RCU grace period" },
	{ "rcu_tasks_*", KLOCK_NONE, "an RCU grace period of tasks" },
	{ "synchronize_rcu*", KLOCK_COMPLETION, "an RCU grace period" },
	{ "synchronize_srcu*", KLOCK_COMPLETION, "an SRCU grace period" },
	{ "kswapd*", KLOCK_WAIT_QUEUE, "memory to run short (kswapd)" },
	{ "kcompactd", KLOCK_WAIT_QUEUE, "memory to compact" },
	{ "oom_reaper", KLOCK_WAIT_QUEUE, "a process to reap" },
	{ "khugepaged*", KLOCK_WAIT_QUEUE, "pages to join" },
	{ "ksm_scan_thread", KLOCK_WAIT_QUEUE, "pages to merge" },
	{ "watchdog", KLOCK_NONE, "time to look for hung tasks" },
	{ "kauditd_thread", KLOCK_WAIT_QUEUE, "audit records" },
	{ "irq_thread", KLOCK_NONE, "an interrupt" },
	{ "irq_wait_for_interrupt", KLOCK_NONE, "an interrupt" },
	{ "kjournald2", KLOCK_WAIT_QUEUE, "a transaction to commit" },
	{ "jbd2_log_wait_commit", KLOCK_WAIT_QUEUE, "a transaction to be committed" },
	{ "wait_transaction_locked", KLOCK_WAIT_QUEUE, "a transaction to unlock" },
	{ "balance_dirty_pages*", KLOCK_NONE, "dirty pages to be written" },
	{ "throttle_direct_reclaim", KLOCK_WAIT_QUEUE, "memory to be reclaimed" },
	{ "reclaim_throttle", KLOCK_WAIT_QUEUE, "memory to be reclaimed" },
	{ "mem_cgroup_handle_over_high", KLOCK_NONE, "memory of its group to be reclaimed" },
	{ "locks_lock_inode_wait", KLOCK_WAIT_QUEUE, "a file lock" },
	{ "flock_lock_inode_wait", KLOCK_WAIT_QUEUE, "a file lock" },
	{ "posix_lock_inode_wait", KLOCK_WAIT_QUEUE, "a file lock" },
	{ "fcntl_setlk", KLOCK_WAIT_QUEUE, "a file lock" },
	{ "do_lock_file_wait", KLOCK_WAIT_QUEUE, "a file lock" },
	{ "unix_stream_read_generic", KLOCK_WAIT_QUEUE, "data on a Unix socket" },
	{ "unix_stream_data_wait", KLOCK_WAIT_QUEUE, "data on a Unix socket" },
	{ "unix_wait_for_peer", KLOCK_WAIT_QUEUE, "room on a Unix socket" },
	{ "__skb_wait_for_more_packets", KLOCK_WAIT_QUEUE, "packets on a socket" },
	{ "sk_wait_data", KLOCK_WAIT_QUEUE, "data on a socket" },
	{ "sk_stream_wait_memory", KLOCK_WAIT_QUEUE, "room on a socket" },
	{ "sk_stream_wait_connect", KLOCK_WAIT_QUEUE, "a connection to be made" },
	{ "inet_stream_connect", KLOCK_WAIT_QUEUE, "a connection to be made" },
	{ "inet_csk_accept", KLOCK_WAIT_QUEUE, "a connection to come in" },
	{ "unix_accept", KLOCK_WAIT_QUEUE, "a connection to come in" },
	{ "lock_sock_nested", KLOCK_WAIT_QUEUE, "a socket that another one uses" },
	{ "__lock_sock", KLOCK_WAIT_QUEUE, "a socket that another one uses" },
	{ "n_tty_read", KLOCK_WAIT_QUEUE, "input from a terminal" },
	{ "wait_woken", KLOCK_WAIT_QUEUE, "" },
	{ "do_msgrcv", KLOCK_NONE, "a message (System V)" },
	{ "do_msgsnd", KLOCK_NONE, "room for a message (System V)" },
	{ "do_semtimedop", KLOCK_NONE, "a semaphore (System V)" },
	{ "__do_semtimedop", KLOCK_NONE, "a semaphore (System V)" },
	{ "wq_sleep", KLOCK_NONE, "a message queue (POSIX)" },
	{ "request_wait_answer", KLOCK_WAIT_QUEUE, "an answer of a FUSE server" },
	{ "fuse_dev_do_read", KLOCK_WAIT_QUEUE, "a request to serve (FUSE)" },
	{ "rpc_wait_bit_killable", KLOCK_BIT, "an answer of an RPC server" },
	{ "nfs_wait_bit_killable", KLOCK_BIT, "an answer of an NFS server" },
	{ "io_schedule*", KLOCK_NONE, "input or output" },
	{ "blk_mq_get_tag", KLOCK_WAIT_QUEUE, "a free request of a disk" },
	{ "rq_qos_wait", KLOCK_WAIT_QUEUE, "its share of a disk" },
	{ "submit_bio_wait", KLOCK_COMPLETION, "input or output" },
	{ "blk_execute_rq", KLOCK_COMPLETION, "input or output" },
	{ "devtmpfsd", KLOCK_NONE, "requests of devices" },
	{ "devtmpfs_work_loop", KLOCK_NONE, "requests of devices" },
	{ "do_exit", KLOCK_NONE, "its end (it is dead)" },
};

static bool is_named(const char *name, const char *row)
{
	size_t n = strcspn(name, "."), m = strlen(row);

	if (m && row[m - 1] == '*')
		return strncmp(name, row, m - 1) == 0;
	return n == m && strncmp(name, row, m) == 0;
}

static bool is_scheduler(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(scheduler); i++)
		if (is_named(name, scheduler[i]))
			return true;
	return false;
}

static const struct row *row_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_named(name, rows[i].function))
			return &rows[i];
	return NULL;
}

/* I/O, a woken wait and a generic completion are told better by who asked for them. */
static bool is_vague(const struct row *r)
{
	return !*r->what || strcmp(r->function, "io_schedule*") == 0;
}

enum klock_kind klock_by_names(const struct klock_task *task, size_t *at, const char **ret_function, const char **ret_what)
{
	const struct row *vague = NULL, *r;
	const char *first = NULL;

	*ret_function = *ret_what = "";
	for (size_t i = *at; i < task->n_functions; i++) {
		const char *name = task->functions[i];

		if (is_scheduler(name))
			continue;
		r = row_of(name);
		if (!first)
			first = name;
		if (r && is_vague(r)) {
			vague = vague ? vague : r;
			first = name == first ? name : first;
			continue;
		}
		if (r) {
			*ret_function = name;
			*ret_what = r->what;
			*at = i + 1;
			return r->kind;
		}
	}
	*at = task->n_functions;
	*ret_function = first ? first : "";
	*ret_what = vague ? vague->what : "";
	return vague ? vague->kind : first ? KLOCK_WAIT_QUEUE : KLOCK_NONE;
}
