/* SPDX-License-Identifier: MIT */
/*
 * Gives pages of its own memory, and of a file's page cache, to /proc/pivot (pivot.c) as places of counters, then stays.
 *
 * usage: pivot_user FILE COUNT    prints "ready"
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, APART = 16 };

static void give(const char *words)
{
	int fd = open("/proc/pivot", O_WRONLY);

	if (fd < 0 || write(fd, words, strlen(words)) != (ssize_t)strlen(words)) {
		perror(words);
		exit(1);
	}
	close(fd);
}

int main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;
	int fd = argc == 3 ? open(argv[1], O_RDWR | O_CREAT, 0600) : -1;
	size_t size = (size_t)count * APART * PAGE;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), words[128];

	if (fd < 0 || count <= 0 || memory == MAP_FAILED)
		return 1;
	memset(memory, 1, size);
	if (write(fd, memory, size) != (ssize_t)size || fsync(fd) != 0)
		return 1;
	for (long i = 0; i < count; i++) {
		snprintf(words, sizeof(words), "user %#lx", (unsigned long)(uintptr_t)(memory + i * APART * PAGE + 8 * i));
		give(words);
		snprintf(words, sizeof(words), "page %s %ld", argv[1], i * APART);
		give(words);
	}
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}
