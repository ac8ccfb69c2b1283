/* SPDX-License-Identifier: MIT */
/*
 * Plants texts "PLANTED-<place>-<number>" wherever a process may have its
 * users' data: stacks (live, dead, of a signal handler), heap, data, thread
 * local storage, a mapped file, vector registers. They are put together at run
 * time, so that no constant of the program has them. argv and the environment
 * are planted by whoever starts it.
 */
#include "ready.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

static char data[64] = "to be filled in";
static char bss[64];
static __thread char local[64];
static volatile int number = 4711;

static void plant(char *to, size_t size, const char *place)
{
	(void)snprintf(to, size, "%s-%s-%d", "PLANTED", place, number);
}

static void load_vectors(const char *text)
{
#if defined(__x86_64__) || defined(__i386__)
	__asm__ volatile("movups (%0), %%xmm5\n\tmovups 8(%0), %%xmm6" : : "r"(text) : "memory");
#endif
}

/* What is left behind below the stack pointer. */
__attribute__((noinline)) static void leave_behind(void)
{
	char dead[4096];

	for (size_t i = 0; i < sizeof(dead); i += 64)
		plant(dead + i, 64, "dead");
	__asm__ volatile("" : : "r"(dead) : "memory");
}

__attribute__((noinline)) static int deep(int level)
{
	char text[64], vector[64];
	int sum = level;

	plant(text, sizeof(text), "stack");
	plant(vector, sizeof(vector), "vector");
	plant(local, sizeof(local), "local");
	if (level > 0) {
		sum += deep(level - 1);
	} else {
		leave_behind();
		announce();
		load_vectors(vector);
		(void)pause();
	}
	return sum + text[0] + vector[level];
}

static void handler(int signal)
{
	deep(3);
	(void)signal;
}

static void *on_signal(void *arg)
{
	stack_t alternate = { .ss_sp = malloc(1 << 16), .ss_size = 1 << 16 };
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK };

	(void)sigaltstack(&alternate, NULL);
	(void)sigaction(SIGUSR1, &action, NULL);
	(void)raise(SIGUSR1);
	return arg;
}

static void *in_depth(void *arg)
{
	(void)deep(6);
	return arg;
}

static void map_file(void)
{
	char path[] = "/tmp/secretsXXXXXX", text[64];
	int fd = mkstemp(path);

	plant(text, sizeof(text), "file");
	if (fd < 0 || write(fd, text, sizeof(text)) != sizeof(text))
		exit(1);
	(void)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	(void)unlink(path);
}

int main(void)
{
	char *heap = malloc(100000), *large = malloc(1 << 20);
	pthread_t t;

	plant(data, sizeof(data), "data");
	plant(bss, sizeof(bss), "bss");
	plant(heap + 50000, 64, "heap");
	plant(large + 500000, 64, "large");
	map_file();
	(void)pthread_create(&t, NULL, in_depth, NULL);
	(void)pthread_create(&t, NULL, on_signal, NULL);
	ready(2);
	return deep(2);
}
