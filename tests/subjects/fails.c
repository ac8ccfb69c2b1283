// SPDX-License-Identifier: MIT
// Fails in the way that the first argument says, each by the real means.
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static volatile int zero;
static unsigned char code[64] = { 0xc3 };

struct node {
	struct node *next;
	int value;
};

static void report(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)info, (void)context;
	abort();
}

// The report of a failure fails: the first failure is the one to explain.
static __attribute__((noinline)) void in_handler(void)
{
	struct sigaction action = { .sa_sigaction = report, .sa_flags = SA_SIGINFO };

	(void)sigaction(SIGSEGV, &action, NULL);
	*(volatile int *)0xdead0 = 1;
}

static __attribute__((noinline)) void smash(const char *text)
{
	volatile char small[8];

	for (size_t i = 0; i < strlen(text); i++)
		small[i] = text[i];
}

// The file becomes shorter than what is mapped of it.
static int read_cut_file(void)
{
	char path[] = "./cut-XXXXXX";
	int fd = mkstemp(path);
	char *p;

	if (fd < 0 || ftruncate(fd, 8192) != 0)
		return 1;
	p = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
	if (unlink(path) != 0 || ftruncate(fd, 0) != 0)
		return 1;
	return ((volatile char *)p)[4096];
}

// The first word of a freed block, taken for a pointer.
static int use_freed(void)
{
	struct node *volatile n = malloc(sizeof(*n));

	n->next = NULL;
	free(n);
	return n->next->value;
}

static void call_denied(void)
{
	struct sock_filter rules[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(rules) / sizeof(*rules), rules };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0)
		(void)getppid();
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	union {
		unsigned char *data;
		void (*function)(void);
	} jump = { code };

	if (strcmp(how, "handler") == 0)
		in_handler();
	if (strcmp(how, "divide") == 0)
		return 7 / zero;
	if (strcmp(how, "trap") == 0)
		__builtin_trap();
	if (strcmp(how, "data") == 0)
		jump.function();
	if (strcmp(how, "smash") == 0)
		smash("a text that is a good deal longer than eight bytes, and than what follows them");
	if (strcmp(how, "cut") == 0)
		return read_cut_file();
	if (strcmp(how, "freed") == 0)
		return use_freed();
	if (strcmp(how, "denied") == 0)
		call_denied();
	return 0;
}
