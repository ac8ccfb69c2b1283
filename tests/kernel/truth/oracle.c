/* SPDX-License-Identifier: MIT */
/*
 * What a guest's /proc says, all of it, as fast as it can be read: one file, so that little changes meanwhile.
 *
 * usage: oracle OUT
 * OUT: for each file "FILE path length\n", its bytes, "\n"; for each symbolic link "LINK path length\n", where it
 * leads, "\n". What cannot be read is left out. Then "end\n". tests/kernel/truth.py reads it.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

enum { LARGEST = 24 << 20 };

static const char *const globals[] = {
	"slabinfo", "modules", "mounts", "interrupts", "timer_list", "iomem", "vmallocinfo", "kallsyms", "cmdline", "version",
	"net/tcp", "net/udp", "net/unix", "net/dev", "locks", "softirqs", "partitions", "swaps", "filesystems", "planted/facts",
	"pivot", "zoneinfo", "buddyinfo", "vmstat", "stat", "loadavg", "uptime", "meminfo",
};
static const char *const of_process[] = { "cmdline", "maps", "mountinfo", "cgroup", "limits", "environ", "smaps_rollup", "stat", "status" };
static const char *const of_task[] = { "comm", "wchan", "stack", "syscall", "sched", "stat", "status" };

static FILE *out;
static char *buffer;

static void keep(const char *word, const char *path, const char *data, size_t size)
{
	fprintf(out, "%s %s %zu\n", word, path, size);
	fwrite(data, 1, size, out);
	fputc('\n', out);
}

static void file(const char *path)
{
	int fd = open(path, O_RDONLY);
	size_t size = 0;
	ssize_t n = 0;

	if (fd < 0)
		return;
	while (size < LARGEST && (n = read(fd, buffer + size, LARGEST - size)) > 0)
		size += (size_t)n;
	close(fd);
	if (n == 0)
		keep("FILE", path, buffer, size);
}

static void link_of(const char *path)
{
	ssize_t n = readlink(path, buffer, 4096);

	if (n >= 0)
		keep("LINK", path, buffer, (size_t)n);
}

/* Each number or name in a folder. */
static void each(const char *folder, void (*f)(const char *path))
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char path[512];

	while (d && (e = readdir(d)) != NULL) {
		if (!isdigit((unsigned char)e->d_name[0]))
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, e->d_name);
		f(path);
	}
	if (d)
		closedir(d);
}

static void files(const char *folder, const char *const *names, size_t n)
{
	char path[512];

	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		file(path);
	}
}

static void open_file(const char *path)
{
	char info[512];

	snprintf(info, sizeof(info), "%.100s", path);
	*strstr(info, "/fd/") = 0;
	strcat(info, "/fdinfo/");
	strncat(info, strrchr(path, '/') + 1, 20);
	link_of(path);
	file(info);
}

static void task(const char *path)
{
	files(path, of_task, sizeof(of_task) / sizeof(of_task[0]));
}

static void process(const char *path)
{
	static const char *const links[] = { "exe", "cwd", "root", "ns/pid", "ns/mnt" };
	char sub[600];

	files(path, of_process, sizeof(of_process) / sizeof(of_process[0]));
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		snprintf(sub, sizeof(sub), "%s/%s", path, links[i]);
		link_of(sub);
	}
	snprintf(sub, sizeof(sub), "%s/fd", path);
	each(sub, open_file);
	snprintf(sub, sizeof(sub), "%s/task", path);
	each(sub, task);
}

static void log_of_kernel(void)
{
	int n = klogctl(3, buffer, LARGEST);

	if (n >= 0)
		keep("FILE", "dmesg", buffer, (size_t)n);
}

int main(int argc, char **argv)
{
	if (argc != 2 || !(buffer = malloc(LARGEST)) || !(out = fopen(argv[1], "w")))
		return 1;
	files("/proc", globals, 20);
	log_of_kernel();
	each("/proc", process);
	files("/proc", globals + 20, sizeof(globals) / sizeof(globals[0]) - 20);
	fputs("end\n", out);
	return fclose(out) != 0;
}
