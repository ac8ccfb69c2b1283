/* SPDX-License-Identifier: MIT */
/* What /proc says of children that the test makes: names, threads, files, sockets. */
#include "base/cleanup.h"
#include "base/str.h"
#include "capture/plan.h"
#include "capture/proc_impl.h"
#include "capture/track.h"
#include "child.h"
#include "test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

enum { THREAD_TID, PIPE_FD, TCP_LISTEN, TCP_CLIENT, TCP_SERVER, UNIX_FD, UDP_FD, FILE_FD, TCP6_FD, DUP_FD, PORT, KID };

static void *sleeper(void *arg)
{
	volatile uint64_t *said = arg;

	(void)prctl(PR_SET_NAME, "worker) 1 (x");
	(void)setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), 7);
	said[THREAD_TID] = (uint64_t)syscall(SYS_gettid);
	for (;;)
		(void)pause();
	return NULL;
}

static void open_sockets(volatile uint64_t *said)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_un un = { .sun_family = AF_UNIX, .sun_path = "\0osm test\nsocket" };
	socklen_t len = sizeof(in);
	int a = socket(AF_INET, SOCK_STREAM, 0), b = socket(AF_INET, SOCK_STREAM, 0);

	(void)!bind(a, (struct sockaddr *)&in, sizeof(in));
	(void)!listen(a, 1);
	(void)!getsockname(a, (struct sockaddr *)&in, &len);
	(void)!connect(b, (struct sockaddr *)&in, len);
	said[PORT] = ntohs(in.sin_port);
	said[TCP_LISTEN] = (uint64_t)a;
	said[TCP_CLIENT] = (uint64_t)b;
	said[TCP_SERVER] = (uint64_t)accept(a, NULL, NULL);
	said[DUP_FD] = (uint64_t)dup(b);
	a = socket(AF_INET6, SOCK_STREAM, 0);
	said[TCP6_FD] = a >= 0 && !bind(a, (struct sockaddr *)&in6, sizeof(in6)) && !listen(a, 1) ? (uint64_t)a : 0;
	a = socket(AF_INET, SOCK_DGRAM, 0);
	in.sin_port = 0;
	(void)!bind(a, (struct sockaddr *)&in, sizeof(in));
	said[UDP_FD] = (uint64_t)a;
	a = socket(AF_UNIX, SOCK_STREAM, 0);
	un.sun_path[9] = ' ';
	(void)!bind(a, (struct sockaddr *)&un, sizeof(sa_family_t) + 16);
	(void)!listen(a, 1);
	said[UNIX_FD] = (uint64_t)a;
}

static void live(volatile uint64_t *said)
{
	pthread_t thread;
	int fds[2], fd;
	pid_t kid;

	(void)prctl(PR_SET_NAME, "a b) R (c\n d");
	(void)!pipe(fds);
	said[PIPE_FD] = (uint64_t)fds[0];
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	(void)lseek(fd, 100, SEEK_SET);
	said[FILE_FD] = (uint64_t)fd;
	open_sockets(said);
	(void)pthread_create(&thread, NULL, sleeper, (void *)(uintptr_t)said);
	while (!said[THREAD_TID])
		(void)usleep(1000);
	kid = fork();
	if (!kid)
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (!kid)
		(void)pause();
	said[KID] = (uint64_t)kid;
}

static struct child c;

TEST(start_child)
{
	c = child_start(live);
	EXPECT(c.said[THREAD_TID] != 0);
}

/* It may be about to fall asleep still. */
static struct err *read_asleep(struct proc_stat *ret)
{
	for (unsigned i = 0; i < 1000; i++) {
		TRY(proc_stat_read(c.pid, 0, ret));
		if (ret->state == 'S')
			break;
		(void)usleep(1000);
	}
	return NULL;
}

TEST(stat_and_status)
{
	struct proc_stat st, thread;

	EXPECT_OK(read_asleep(&st));
	EXPECT_EQ(st.tid, c.pid);
	EXPECT_EQ(st.tgid, c.pid);
	EXPECT_EQ(st.ppid, getpid());
	EXPECT_EQ(st.ns_pid, c.pid);
	EXPECT_STR(st.comm, "a b) R (c\n d");
	EXPECT_EQ(st.state, 'S');
	EXPECT_EQ(st.threads, 2);
	EXPECT_EQ(st.tracer, 0);
	EXPECT_EQ(st.uid, getuid());
	EXPECT_EQ(st.egid, getegid());
	EXPECT(st.vm_size > 0 && st.vm_rss > 0);
	EXPECT(st.start_ticks > 0);
	EXPECT(st.voluntary_switches > 0);
	EXPECT_EQ(st.policy, SCHED_OTHER);
	EXPECT_OK(proc_stat_read(c.pid, (pid_t)c.said[THREAD_TID], &thread));
	EXPECT_EQ(thread.tid, c.said[THREAD_TID]);
	EXPECT_EQ(thread.tgid, c.pid);
	EXPECT_STR(thread.comm, "worker) 1 (x");
	EXPECT_EQ(thread.nice, 7);
	EXPECT_EQ(thread.sigcgt, st.sigcgt);
}

TEST(threads)
{
	struct arena a = ARENA_INIT;
	CLEANUP(pid_list_deinit) struct pid_list l = { 0 };
	struct proc_thread t;

	for (int i = 0; i < 3; i++) {
		EXPECT_OK(proc_tids(c.pid, &l));
		EXPECT_EQ(l.pids.n, 2);
		EXPECT_EQ(l.pids.v[0], c.pid);
		EXPECT_EQ(l.pids.v[1], c.said[THREAD_TID]);
	}
	EXPECT_ERR(proc_tids(0x7fffffff, &l), ERR_NOTFOUND);
	EXPECT_EQ(l.pids.n, 2);
	EXPECT_OK(proc_thread_read(c.pid, (pid_t)c.said[THREAD_TID], &a, &t));
	EXPECT(!*t.stack || !strchr(t.stack, '<'));
	if (!geteuid() && *t.syscall) {
		EXPECT_EQ(strtoul(t.syscall, NULL, 10), SYS_pause);
		EXPECT(t.syscall[strlen(t.syscall) - 1] != '\n');
	}
	if (*t.stack)
		EXPECT(strstr(t.stack, "pause") != NULL);
	arena_deinit(&a);
}

static bool has(const struct pid_list *l, pid_t pid)
{
	for (size_t i = 0; i < l->pids.n; i++)
		if (l->pids.v[i] == pid)
			return true;
	return false;
}

TEST(lists_of_processes)
{
	CLEANUP(pid_list_deinit) struct pid_list l = { 0 };

	EXPECT_OK(proc_named("a b) R (c\n d", &l));
	EXPECT(has(&l, c.pid) && has(&l, (pid_t)c.said[KID]) && !has(&l, getpid()));
	EXPECT_OK(proc_named("test-proc", &l));
	EXPECT(has(&l, c.pid) && has(&l, (pid_t)c.said[KID]) && has(&l, getpid()));
	EXPECT_OK(proc_named("no such program at all", &l));
	EXPECT_EQ(l.pids.n, 0);
	EXPECT_OK(proc_tree(getpid(), &l));
	EXPECT_EQ(l.pids.n, 3);
	EXPECT_EQ(l.pids.v[0], getpid());
	EXPECT_EQ(l.pids.v[1], c.pid);
	EXPECT_EQ(l.pids.v[2], c.said[KID]);
	EXPECT_ERR(proc_tree(0x7fffffff, &l), ERR_NOTFOUND);
	EXPECT_EQ(l.pids.n, 3);
}

TEST(no_zombies_by_name)
{
	CLEANUP(pid_list_deinit) struct pid_list l = { 0 };
	pid_t dead = fork();
	siginfo_t info;

	if (!dead)
		_exit(0);
	EXPECT(waitid(P_PID, (id_t)dead, &info, WEXITED | WNOWAIT) == 0);
	EXPECT_OK(proc_named("test-proc", &l));
	EXPECT(has(&l, getpid()) && !has(&l, dead));
	EXPECT(waitpid(dead, NULL, 0) == dead);
}

static const struct proc_fd *fd_of(const struct proc_facts *f, int what)
{
	static const struct proc_fd none = { .target = "(none)", .detail = "(none)" };

	for (size_t i = 0; i < f->fds.n; i++)
		if (f->fds.v[i].fd == (int)c.said[what])
			return &f->fds.v[i];
	return &none;
}

TEST(files_and_sockets)
{
	CLEANUP(proc_facts_deinit) struct proc_facts f = { 0 };
	char text[128];

	EXPECT_OK(proc_facts_read(c.pid, PROC_FDS, &f));
	EXPECT_EQ(f.fds.v[0].fd, 0);
	EXPECT(str_starts(fd_of(&f, PIPE_FD)->target, "pipe:["));
	EXPECT_STR(fd_of(&f, PIPE_FD)->detail, "");
	EXPECT_STR(fd_of(&f, FILE_FD)->target, f.exe);
	EXPECT_EQ(fd_of(&f, FILE_FD)->position, 100);
	EXPECT(fd_of(&f, FILE_FD)->flags & O_CLOEXEC);
	(void)snprintf(text, sizeof(text), "tcp 127.0.0.1:%u LISTEN", (unsigned)c.said[PORT]);
	EXPECT_STR(fd_of(&f, TCP_LISTEN)->detail, text);
	(void)snprintf(text, sizeof(text), " -> 127.0.0.1:%u ESTABLISHED", (unsigned)c.said[PORT]);
	EXPECT(str_starts(fd_of(&f, TCP_CLIENT)->detail, "tcp 127.0.0.1:"));
	EXPECT(str_ends_nocase(fd_of(&f, TCP_CLIENT)->detail, text));
	EXPECT_STR(fd_of(&f, DUP_FD)->detail, fd_of(&f, TCP_CLIENT)->detail);
	(void)snprintf(text, sizeof(text), "tcp 127.0.0.1:%u -> 127.0.0.1:", (unsigned)c.said[PORT]);
	EXPECT(str_starts(fd_of(&f, TCP_SERVER)->detail, text));
	if (c.said[TCP6_FD]) {
		EXPECT(str_starts(fd_of(&f, TCP6_FD)->detail, "tcp6 [::1]:"));
		EXPECT(str_ends_nocase(fd_of(&f, TCP6_FD)->detail, " LISTEN"));
	}
	EXPECT(str_starts(fd_of(&f, UDP_FD)->detail, "udp 127.0.0.1:"));
	EXPECT_STR(fd_of(&f, UNIX_FD)->detail, "unix stream @osm test socket LISTEN");
}

TEST(facts)
{
	CLEANUP(proc_facts_deinit) struct proc_facts f = { 0 };
	bool found = false;

	EXPECT_OK(proc_facts_read(c.pid, PROC_ENVIRONMENT, &f));
	EXPECT_EQ(f.stat.threads, 2);
	EXPECT(str_ends_nocase(f.exe, "test-proc"));
	EXPECT(strstr(f.args, "test-proc") != NULL);
	EXPECT_STR(f.root, "/");
	EXPECT(*f.cwd == '/');
	EXPECT(f.auxv_size >= 64);
	EXPECT_EQ(f.machine, sizeof(void *) == 8 ? MACHINE_X64 : MACHINE_X86);
	EXPECT(str_starts(f.pid_ns, "pid:["));
	EXPECT(str_starts(f.user_ns, "user:["));
	EXPECT(str_starts(f.mnt_ns, "mnt:["));
	EXPECT(*f.cgroup);
	EXPECT_EQ(f.fds.n, 0);
	EXPECT(f.environment && f.environment_size > 4);
	for (size_t i = 0; i < f.limits.n; i++)
		if (!strcmp(f.limits.v[i].name, "Max open files")) {
			found = true;
			EXPECT_STR(f.limits.v[i].unit, "files");
			EXPECT(f.limits.v[i].soft[0] >= '0' && f.limits.v[i].soft[0] <= '9');
		}
	EXPECT(found && f.limits.n >= 10);
	EXPECT(*f.host || *f.kernel);
	EXPECT(f.memory_total > f.memory_available && f.memory_available > 0);
	EXPECT(f.commit_limit > 0 && f.committed > 0);
	EXPECT(f.cpus >= 1 && f.uptime_ns > 0 && f.boot_time > 1500000000);
	EXPECT_ERR(proc_facts_read(0x7fffffff, 0, &f), ERR_NOTFOUND);
}

static void quiet(volatile uint64_t *said)
{
	said[0] = 1;
}

/* Processes of a cgroup and of one below it. */
TEST(cgroup_members)
{
	static const char top[] = "/sys/fs/cgroup", *const roots[] = { "/sys/fs/cgroup/unified", top };
	CLEANUP(pid_list_deinit) struct pid_list l = { 0 };
	struct child kid;
	char folder[128], sub[160], file[200];
	FILE *f = NULL;

	EXPECT_ERR(proc_cgroup_members("/sys/fs/cgroup/no such folder", &l), ERR_NOTFOUND);
	for (size_t i = 0; i < 2 && !f; i++) {
		(void)snprintf(folder, sizeof(folder), "%s/osmosis-test-%d", roots[i], (int)getpid());
		(void)snprintf(sub, sizeof(sub), "%s/below", folder);
		(void)snprintf(file, sizeof(file), "%s/cgroup.procs", sub);
		if (!mkdir(folder, 0700) && !mkdir(sub, 0700))
			f = fopen(file, "r+");
	}
	if (!f) {
		(void)fprintf(stderr, "skip: no cgroup can be made here\n");
		return;
	}
	kid = child_start(quiet);
	(void)fprintf(f, "%d\n", (int)kid.pid);
	(void)fclose(f);
	EXPECT_OK(proc_cgroup_members(folder, &l));
	child_kill(&kid);
	(void)rmdir(sub);
	(void)rmdir(folder);
	EXPECT_EQ(l.pids.n, 1);
}

TEST(small_files)
{
	struct arena a = ARENA_INIT;
	size_t n = 0;
	char *s = NULL;

	EXPECT_OK(proc_read_file("/proc/self/maps", &a, &s, &n));
	EXPECT(n > 500 && s[n] == '\0');
	EXPECT_ERR(proc_read_file("/proc/no such file", &a, &s, &n), ERR_NOTFOUND);
	arena_deinit(&a);
}

static bool has_shadow_stack(const char *text)
{
	struct line line = { .s = text, .len = strlen(text) };
	struct proc_stat st = { 0 };

	return !err_ignore(proc_status_line(&st, &line)) && st.shadow_stack;
}

/* Few machines have them: what the kernel writes of a thread is taken from its documentation. */
TEST(shadow_stacks)
{
	struct vma_list none = VMA_LIST_INIT;
	struct plan_wish wish = { 0 };
	struct proc_facts f = { .memory_max = UINT64_MAX };
	struct arena a = ARENA_INIT;
	struct plan p;

	EXPECT(has_shadow_stack("x86_Thread_features:\tshstk "));
	EXPECT(has_shadow_stack("x86_Thread_features:\twrss shstk"));
	EXPECT(!has_shadow_stack("x86_Thread_features:\t"));
	EXPECT(!has_shadow_stack("x86_Thread_features:\tshstk2 wrss "));
	EXPECT(!has_shadow_stack("x86_Thread_features_locked:\tshstk wrss "));
	EXPECT_OK(plan_make(&f, &none, &wish, &a, &p));
	EXPECT_STR(p.choice, "clone");
	f.stat.shadow_stack = true;
	EXPECT_OK(plan_make(&f, &none, &wish, &a, &p));
	EXPECT(strcmp(p.choice, "clone") != 0);
	EXPECT(strstr(p.engines[0].why, "shadow stacks"));
	if (track_probe() == TRACK_WP_ASYNC)
		EXPECT(strstr(p.engines[1].why, "shadow stacks"));
	arena_deinit(&a);
}

TEST(end_child)
{
	if (c.said[KID])
		(void)kill((pid_t)c.said[KID], SIGKILL);
	child_kill(&c);
}

TESTS(start_child, stat_and_status, threads, lists_of_processes, no_zombies_by_name, files_and_sockets, facts,
      cgroup_members, small_files, shadow_stacks, end_child)
