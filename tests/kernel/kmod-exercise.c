/* SPDX-License-Identifier: MIT */
/*
 * Works /dev/osmosis in a guest: static, needs nothing but the device.
 *
 *	count			pages of each class
 *	capture N CLASSES MS [plain|hold]	N captures; a line each
 *	hold STATE		goes to the state, says so and waits to be killed
 *	cancel			cancels captures at many moments
 *	misuse			calls in wrong states, wild arguments
 *	unprivileged PROGRAM WORD...	runs it as root without CAP_SYS_RAWIO
 */
#include "../../kmod/osmosis_uapi.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static const char *const names[OSMOSIS_N_CLASSES] = {
	"free",	  "kernel", "percpu", "boot",  "pagetable", "stack", "slab",	"vmalloc", "module",
	"other",  "memmap", "process", "anon", "shmem",	    "cache", "hugetlb", "own",	   "hole",
};
static int failures;
static volatile uintptr_t nowhere = 8;

#define CHECK(what)                                                                          \
	do {                                                                                 \
		if (!(what)) {                                                               \
			printf("FAILED line %d: %s (errno %d)\n", __LINE__, #what, errno);  \
			failures++;                                                          \
		}                                                                            \
	} while (0)

static int open_device(void)
{
	int fd = open(OSMOSIS_DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		perror(OSMOSIS_DEVICE);
		exit(1);
	}
	return fd;
}

static int arm(int fd, uint32_t classes, struct osmosis_arm *a)
{
	*a = (struct osmosis_arm){ .classes = classes, .flags = OSMOSIS_ARM_RECLAIM };
	return ioctl(fd, OSMOSIS_IOC_ARM, a);
}

static void show_count(void)
{
	struct osmosis_count c;
	int fd = open_device();

	CHECK(ioctl(fd, OSMOSIS_IOC_COUNT, &c) == 0);
	for (int i = 0; i < OSMOSIS_N_CLASSES; i++)
		printf("  %-10s %8llu\n", names[i], (unsigned long long)c.pages[i]);
	printf("  available %llu tables %llu\n", (unsigned long long)c.available, (unsigned long long)c.tables);
	close(fd);
}

static void show(const struct osmosis_arm *a, const struct osmosis_capture *c)
{
	printf("armed %llu/%llu reason %u first %.1f ms predicted %.2f (arm %.2f) pause %.2f inside %.2f call %.2f ms "
	       "compared %llu changed %llu pages %llu bytes fresh %llu dropped %llu slots %llu/%llu whole %x\n",
	       (unsigned long long)a->reserved, (unsigned long long)a->wanted, c->reason, c->first_pass_ns / 1e6,
	       c->predicted_ns / 1e6, a->predicted_ns / 1e6, c->pause_ns / 1e6, c->inside_ns / 1e6, c->call_ns / 1e6,
	       (unsigned long long)c->compared, (unsigned long long)c->changed_pages, (unsigned long long)c->changed_bytes,
	       (unsigned long long)c->fresh_pages, (unsigned long long)c->dropped_pages, (unsigned long long)c->slots_used,
	       (unsigned long long)c->slots, c->whole);
}

static void show_classes(int fd, const struct osmosis_capture *c)
{
	for (int i = 0; i < OSMOSIS_N_CLASSES; i++)
		printf("  %-10s %8llu pages %8llu captured %6llu live %9llu bytes changed %6llu fresh\n", names[i],
		       (unsigned long long)c->classes[i].pages, (unsigned long long)c->classes[i].captured,
		       (unsigned long long)c->classes[i].live, (unsigned long long)c->classes[i].changed,
		       (unsigned long long)c->classes[i].fresh);
	for (uint32_t i = 0; i < 64; i++) {
		struct osmosis_cpu cpu = { .cpu = i };

		if (ioctl(fd, OSMOSIS_IOC_CPU, &cpu))
			break;
		if (cpu.flags)
			printf("  cpu %u flags %u pid %d ip %llx sp %llx displaced %d %.16s task %llx sp %llx %.3f ms before, user ip %llx\n", i,
			       cpu.flags, cpu.pid, (unsigned long long)cpu.regs[16], (unsigned long long)cpu.regs[19], cpu.displaced_pid,
			       cpu.displaced_comm, (unsigned long long)cpu.displaced_task, (unsigned long long)cpu.displaced_sp,
			       cpu.displaced_ns / 1e6, (unsigned long long)cpu.user_regs[16]);
	}
}

/* The captured kernel image must read, and have the release that uname has. */
static void check_vmcoreinfo(int fd)
{
	struct osmosis_info info;
	char note[8192] = "";

	CHECK(ioctl(fd, OSMOSIS_IOC_INFO, &info) == 0);
	CHECK(pread(fd, note, 4096, (off_t)info.vmcoreinfo) == 4096);
	CHECK(memmem(note, sizeof(note), "OSRELEASE=", 10) != NULL);
}

static void captures(int n, uint32_t classes, double ms, uint32_t flags)
{
	for (int i = 0; i < n; i++) {
		int fd = open_device();
		struct osmosis_capture c = { .pause_max_ns = (uint64_t)(ms * 1e6), .flags = flags };
		struct osmosis_arm a;

		CHECK(arm(fd, classes, &a) == 0);
		CHECK(ioctl(fd, OSMOSIS_IOC_CAPTURE, &c) == 0);
		show(&a, &c);
		if (i == n - 1)
			show_classes(fd, &c);
		if (classes & OSMOSIS_MASK(OSMOSIS_KERNEL) && c.whole & OSMOSIS_MASK(OSMOSIS_KERNEL))
			check_vmcoreinfo(fd);
		close(fd);
	}
}

_Noreturn static void hold(const char *state)
{
	struct osmosis_capture c = { .pause_max_ns = 2000000000 };
	struct osmosis_arm a;
	int fd = open_device();
	char byte;

	if (strcmp(state, "idle") != 0)
		CHECK(arm(fd, OSMOSIS_KERNEL_CLASSES, &a) == 0);
	if (strcmp(state, "capturing") == 0) {
		puts("holding capturing");
		fflush(stdout);
		for (;;) { /* over and over: the kill comes somewhere in it */
			(void)ioctl(fd, OSMOSIS_IOC_CAPTURE, &c);
			(void)ioctl(fd, OSMOSIS_IOC_RELEASE);
			(void)arm(fd, OSMOSIS_KERNEL_CLASSES, &a);
		}
	}
	if (strcmp(state, "ready") == 0 || strcmp(state, "draining") == 0)
		CHECK(ioctl(fd, OSMOSIS_IOC_CAPTURE, &c) == 0);
	if (strcmp(state, "draining") == 0) {
		struct osmosis_info info;

		CHECK(ioctl(fd, OSMOSIS_IOC_INFO, &info) == 0);
		CHECK(pread(fd, &byte, 1, (off_t)info.vmcoreinfo) == 1);
	}
	printf("holding %s\n", state);
	fflush(stdout);
	for (;;)
		pause();
}

static void *cancel_later(void *arg)
{
	int *job = arg;

	usleep((useconds_t)job[1]);
	(void)ioctl(job[0], OSMOSIS_IOC_CANCEL);
	return NULL;
}

static void cancel_often(void)
{
	int cancelled = 0, done = 0;

	for (int us = 0; us < 400000; us += 13000) {
		struct osmosis_capture c = { .pause_max_ns = 2000000000 };
		int fd = open_device(), job[2] = { fd, us };
		struct osmosis_arm a;
		pthread_t t;
		int rc;

		(void)pthread_create(&t, NULL, cancel_later, job);
		rc = arm(fd, OSMOSIS_KERNEL_CLASSES, &a);
		if (!rc)
			rc = ioctl(fd, OSMOSIS_IOC_CAPTURE, &c);
		if (rc)
			CHECK(errno == EINTR);
		rc ? cancelled++ : done++;
		(void)pthread_join(t, NULL);
		close(fd);
	}
	printf("cancelled %d, done %d\n", cancelled, done);
	CHECK(cancelled > 0);
}

static void misuse(void)
{
	struct osmosis_capture c = { .pause_max_ns = 2000000000 };
	struct osmosis_arm a;
	uint8_t kinds[16];
	struct osmosis_map map = { .pfn = UINT64_MAX - 3, .n = 16, .buffer = (uintptr_t)kinds };
	struct osmosis_ram ram = { .index = 0 };
	struct osmosis_info info;
	int fd = open_device();

	CHECK(open(OSMOSIS_DEVICE, O_RDONLY) < 0 && errno == EBUSY);
	CHECK(ioctl(fd, OSMOSIS_IOC_CAPTURE, &c) < 0 && errno == EBUSY);
	CHECK(ioctl(fd, OSMOSIS_IOC_RESULT, &c) < 0 && errno == EBUSY);
	CHECK(pread(fd, kinds, 1, 0x1000) < 0 && errno == EBUSY);
	CHECK(arm(fd, 0, &a) < 0 && errno == EINVAL);
	CHECK(arm(fd, ~0u, &a) < 0 && errno == EINVAL);
	a = (struct osmosis_arm){ .classes = OSMOSIS_KERNEL_CLASSES, .n_processes = 1, .processes = { 999999 } };
	CHECK(ioctl(fd, OSMOSIS_IOC_ARM, &a) < 0 && errno == ESRCH && a.reason == OSMOSIS_WHY_PROCESS);
	CHECK(ioctl(fd, OSMOSIS_IOC_ARM, (void *)nowhere) < 0 && errno == EFAULT);
	CHECK(arm(fd, OSMOSIS_KERNEL_CLASSES, &a) == 0);
	CHECK(arm(fd, OSMOSIS_KERNEL_CLASSES, &a) < 0 && errno == EBUSY && a.reason == OSMOSIS_WHY_STATE);
	CHECK(ioctl(fd, OSMOSIS_IOC_MAP, &map) < 0 && errno == EBUSY);
	c = (struct osmosis_capture){ .pause_max_ns = 2000000000 }; /* what was refused has the last result in it */
	CHECK(ioctl(fd, OSMOSIS_IOC_CAPTURE, &c) == 0);
	CHECK(ioctl(fd, OSMOSIS_IOC_CAPTURE, &c) < 0 && errno == EBUSY);
	CHECK(ioctl(fd, OSMOSIS_IOC_MAP, &map) < 0 && errno == EINVAL);
	CHECK(ioctl(fd, OSMOSIS_IOC_RAM, &ram) == 0);
	map = (struct osmosis_map){ .pfn = ram.start >> 12, .n = 16, .buffer = 8 };
	CHECK(ioctl(fd, OSMOSIS_IOC_MAP, &map) < 0 && errno == EFAULT);
	CHECK(pread(fd, kinds, 1, INT64_MAX - 1) < 0 && errno == ENODATA);
	CHECK(ioctl(fd, OSMOSIS_IOC_INFO, &info) == 0);
	CHECK(info.state == OSMOSIS_READY);
	CHECK(pread(fd, (void *)nowhere, 4096, (off_t)info.vmcoreinfo) < 0 && errno == EFAULT);
	CHECK(ioctl(fd, OSMOSIS_IOC_RELEASE) == 0);
	CHECK(ioctl(fd, OSMOSIS_IOC_INFO, &info) == 0 && info.state == OSMOSIS_IDLE);
	CHECK(ioctl(fd, 0x1234) < 0 && errno == ENOTTY);
	close(fd);
	/* a pause that is too short: partial, and said so */
	fd = open_device();
	c.pause_max_ns = 1000;
	CHECK(arm(fd, OSMOSIS_ALL_CLASSES, &a) == 0);
	CHECK(ioctl(fd, OSMOSIS_IOC_CAPTURE, &c) == 0 && c.reason == OSMOSIS_WHY_PAUSE && !c.whole);
	close(fd);
}

/* A program that root starts gets what the bounding set has. */
static int unprivileged(char **words)
{
	enum { CAP_SYS_RAWIO = 17 };

	if (prctl(PR_CAPBSET_DROP, CAP_SYS_RAWIO)) {
		perror("PR_CAPBSET_DROP");
		return 1;
	}
	execvp(words[0], words);
	perror(words[0]);
	return 1;
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (strcmp(verb, "unprivileged") == 0 && argc > 2)
		return unprivileged(argv + 2);
	if (strcmp(verb, "count") == 0)
		show_count();
	else if (strcmp(verb, "capture") == 0 && argc > 4)
		captures(atoi(argv[2]), (uint32_t)strtoul(argv[3], NULL, 16), atof(argv[4]),
			 argc <= 5 ? 0 : strcmp(argv[5], "hold") == 0 ? OSMOSIS_CAPTURE_HOLD : OSMOSIS_CAPTURE_PLAIN);
	else if (strcmp(verb, "hold") == 0 && argc > 2)
		hold(argv[2]);
	else if (strcmp(verb, "cancel") == 0)
		cancel_often();
	else if (strcmp(verb, "misuse") == 0)
		misuse();
	else
		return 2;
	printf("%s: %d failed\n", verb, failures);
	return failures != 0;
}
