/* SPDX-License-Identifier: MIT */
/* Animals whose threads are in unusual states. */
#define _GNU_SOURCE
#include "zoo.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <ucontext.h>

/* --- system calls that are forbidden ------------------------------------------------------------- */

static void make_threads(void) { spin(1); }

static void run_strict(void)
{
	/* "ready" was written; from here on read, write and exit are all there is. */
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
		CANNOT("strict mode");
	wait_for_byte();
	check_marks();
	if (write(1, "fine\n", 5) == 5)
		syscall(SYS_exit, 0);
}

#define KILL_ON(nr) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1), \
		    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)

static void make_filtered(void)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		KILL_ON(SYS_clone), KILL_ON(435), KILL_ON(SYS_wait4), KILL_ON(SYS_userfaultfd), KILL_ON(436),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	spin(1);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		CANNOT("seccomp filter: %s", strerror(errno));
}

static void run_filtered(void)
{
	wait_for_byte();
	check_marks();
	say_fine();
	_exit(0); /* wait4 would kill us */
}

/* --- asleep where no signal reaches ------------------------------------------------------------------ */

static void wait_in_vfork(void)
{
	int status;
	pid_t child;

	signal(SIGCHLD, SIG_DFL);
	child = vfork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		wait_for_byte();
		_exit(3);
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 3)
		FAIL("the child of vfork");
}

static void *in_vfork(void *arg)
{
	wait_in_vfork();
	ending = 1;
	kill(getpid(), SIGTERM);
	return NULL;
}

static void make_vfork_thread(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, in_vfork, NULL) != 0)
		FAIL("pthread_create");
}

/* --- coming and going ----------------------------------------------------------------------------------- */

static void *short_life(void *arg)
{
	volatile int x[64];

	for (unsigned i = 0; i < 64; i++)
		x[i] = (int)i;
	return (void *)(uintptr_t)x[63];
}

static void *breeding(void *arg)
{
	while (!ending) {
		pthread_t t;
		void *value;

		if (pthread_create(&t, NULL, short_life, NULL) != 0)
			FAIL("pthread_create");
		if (pthread_join(t, &value) != 0 || value != (void *)63)
			FAIL("a thread's value");
	}
	return NULL;
}

static void start_all(unsigned n, void *(*f)(void *))
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	for (unsigned i = 0; i < n; i++)
		if (pthread_create(&t, &attr, f, NULL) != 0)
			CANNOT("thread %u: %s", i, strerror(errno));
}

static void *idle(void *arg)
{
	for (;;)
		pause();
	return NULL;
}

static void make_storm(void) { start_all(4, breeding); }
static void make_crowd(void) { start_all(5000, idle); }

static void run_exiting(void)
{
	usleep((unsigned)(getpid() * 7919 % 150000 + 20000));
	exit(0);
}

static void run_exec(void)
{
	execl("/proc/self/exe", "zoo", "exec", "again", (char *)NULL);
	FAIL("exec: %s", strerror(errno));
}

static void make_zombie(void)
{
	pid_t child;

	fflush(stdout);
	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (child == 0)
		_exit(0);
	printf("zombie %d\n", (int)child);
}

/* Its next child is the first process of a new pid namespace, and when that ends there can be no other. */
static void make_unshared(void)
{
	if (unshare(CLONE_NEWPID) != 0)
		CANNOT("a new pid namespace: %s", strerror(errno));
}

static void run_unshared(void)
{
	int status;
	pid_t child;

	wait_for_byte();
	signal(SIGCHLD, SIG_DFL);
	child = fork();
	if (child == 0)
		_exit(getpid() == 1 ? 5 : 6);
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 5)
		FAIL("fork after unshare: %s", strerror(errno));
}

/* Traces the process in $ZOO_TRACEE. */
static void make_tracer(void)
{
	if (ptrace(PTRACE_SEIZE, atoi(getenv("ZOO_TRACEE")), NULL, NULL) != 0)
		CANNOT("ptrace: %s", strerror(errno));
}

static void *after_leader(void *arg)
{
	wait_for_byte();
	check_marks();
	if (waitpid(-1, NULL, WNOHANG | __WALL) != -1)
		FAIL("a child that nobody made");
	say_fine();
	_exit(0);
}

static void run_leaderless(void)
{
	pthread_t t;

	if (pthread_create(&t, NULL, after_leader, NULL) != 0)
		FAIL("pthread_create");
	pthread_exit(NULL);
}

/* --- stacks that are not what they seem -------------------------------------------------------------------- */

enum { BLOCK = 256 << 10, OWN_STACK = 16 << 10 };
static ucontext_t outside, inside;
static unsigned char *block;

/* Below the stack lies data that is in use. */
static void on_small_stack(void)
{
	wait_for_byte();
	for (size_t i = 0; i < BLOCK - OWN_STACK; i++)
		if (block[i] != (unsigned char)(i * 31))
			FAIL("data below a coroutine's stack, at %zu", i);
}

static void run_on(void *memory)
{
	block = memory;
	for (size_t i = 0; i < BLOCK - OWN_STACK; i++)
		block[i] = (unsigned char)(i * 31);
	memset(block + BLOCK - OWN_STACK, 0, OWN_STACK);
	getcontext(&inside);
	inside.uc_stack.ss_sp = block + BLOCK - OWN_STACK;
	inside.uc_stack.ss_size = OWN_STACK;
	inside.uc_link = &outside;
	makecontext(&inside, on_small_stack, 0);
	swapcontext(&outside, &inside);
}

static void run_coroutine(void) { run_on(malloc(BLOCK)); }

static void run_coroutine_mapped(void)
{
	run_on(mmap(NULL, BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void on_altstack(int sig)
{
	wait_for_byte();
}

static void run_altstack(void)
{
	stack_t s = { .ss_sp = malloc(1 << 17), .ss_size = 1 << 17 };
	struct sigaction a = { .sa_handler = on_altstack, .sa_flags = SA_ONSTACK };

	sigaltstack(&s, NULL);
	sigaction(SIGUSR1, &a, NULL);
	raise(SIGUSR1);
}

/* Down to a few hundred bytes above the lowest address that the limit allows. */
static __attribute__((noinline)) void descend(uintptr_t end)
{
	volatile char frame[256];

	frame[0] = 1;
	if ((uintptr_t)frame - end > 1024)
		descend(end);
	else
		wait_for_byte();
	frame[1] = frame[0];
}

/* The main stack to the end of its limit: it cannot grow any more. */
static void run_deep_main(void)
{
	char line[256];
	unsigned long start, end = 0;
	struct rlimit limit;
	FILE *f = fopen("/proc/self/maps", "r");

	while (fgets(line, sizeof(line), f))
		if (strstr(line, "[stack]") && sscanf(line, "%lx-%lx", &start, &end) == 2)
			break;
	fclose(f);
	getrlimit(RLIMIT_STACK, &limit);
	if (!end || limit.rlim_cur == RLIM_INFINITY)
		CANNOT("no limit of the stack");
	descend(end - limit.rlim_cur);
}

/* --- restartable sequences ------------------------------------------------------------------------------------ */

#ifdef __x86_64__
extern const ptrdiff_t __rseq_offset __attribute__((weak));
extern const unsigned int __rseq_size __attribute__((weak));

struct section {
	uint32_t version, flags;
	uint64_t start, length, abort;
} __attribute__((aligned(32)));

static volatile uint64_t finished, aborted;

/* One section of some 100 us; whoever is interrupted in it has to come out at its abort handler. */
static __attribute__((noinline)) void one_section(char *area)
{
	struct section s = { 0 };
	uint64_t done = 0;

	__asm__ volatile("leaq 1f(%%rip), %%rax; movq %%rax, 8(%1)\n\t"
			 "leaq 3f(%%rip), %%rax; movq %%rax, 24(%1)\n\t"
			 "movq $(2f - 1f), 16(%1)\n\t"
			 "movq %1, 8(%2)\n"
			 "1: movl $100000, %%ecx\n"
			 "4: decl %%ecx; jnz 4b\n\t"
			 "movq $1, %0\n"
			 "2: jmp 5f\n\t"
			 ".byte 0x0f, 0xb9, 0x3d; .long 0x53053053\n"
			 "3: movq $2, %0\n"
			 "5: movq $0, 8(%2)"
			 : "+m"(done) : "r"(&s), "r"(area) : "rax", "rcx", "memory", "cc");
	if (done == 1)
		finished++;
	else
		aborted++;
}

static void run_rseq(void)
{
	char *area;

	if (!&__rseq_offset || !__rseq_size)
		CANNOT("the C library registers no rseq");
	area = (char *)__builtin_thread_pointer() + __rseq_offset;
	while (!ending) {
		sigset_t pending;

		for (unsigned i = 0; i < 100; i++)
			one_section(area);
		sigpending(&pending);
		ending = sigismember(&pending, SIGTERM);
	}
	if (!finished)
		FAIL("no section was finished");
}
#else
static void run_rseq(void) { CANNOT("32-bit"); }
#endif

const struct animal task_animals[] = {
	{ "plain", make_threads, NULL, false },
	{ "strict", NULL, run_strict, false },
	{ "filtered", make_filtered, run_filtered, false },
	{ "vfork", NULL, wait_in_vfork, false },
	{ "vfork-thread", make_vfork_thread, NULL, false },
	{ "storm", make_storm, NULL, false },
	{ "crowd", make_crowd, NULL, false },
	{ "exiting", make_threads, run_exiting, false },
	{ "exec", NULL, run_exec, false },
	{ "zombie", make_zombie, NULL, true },
	{ "unshared", make_unshared, run_unshared, false },
	{ "tracer", make_tracer, NULL, true },
	{ "leaderless", NULL, run_leaderless, false },
	{ "coroutine", NULL, run_coroutine, false },
	{ "coroutine-mapped", NULL, run_coroutine_mapped, false },
	{ "altstack", NULL, run_altstack, false },
	{ "deep", NULL, run_deep_main, false },
	{ "rseq", NULL, run_rseq, false },
	{ NULL, NULL, NULL, false },
};
