/* SPDX-License-Identifier: MIT */
/*
 * The process that watches itself (steady.c) takes snapshots of itself all the
 * while. Each must hold a counter that was just written, and no later one.
 *
 * usage: self SNAPSHOTS; says what steady says.
 */
#define main steady_main
#include "steady.c"
#undef main

#include <osmosis/snapshot.h>

static long wanted;
static volatile uint64_t step;

static void fail_with(struct osm_error *e)
{
	FAIL("%s", osm_error_message(e));
}

static void check(struct osm_snapshot *s)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_error *e = osm_snapshot_info(s, &info);
	uint64_t then = 0;

	if (e)
		fail_with(e);
	step++;
	if (osm_snapshot_read(s, (uint64_t)(uintptr_t)&step, &then, sizeof(then)) != sizeof(then) || then != step - 1)
		FAIL("step %llu in a snapshot of %llu", (unsigned long long)then, (unsigned long long)step - 1);
	if (info.threads != 9) /* main, its six, this one, the library's */
		FAIL("%zu threads in a snapshot", info.threads);
}

static long lines_of(const char *path)
{
	FILE *f = fopen(path, "r");
	long n = 0;

	for (int c; f && (c = getc(f)) != EOF;)
		n += c == '\n';
	if (f)
		fclose(f);
	return n;
}

static void *snapshots(void *arg)
{
	long maps = 0;

	usleep(100000);
	for (long i = 0; i < wanted; i++) {
		struct osm_snapshot *s;
		struct osm_error *e = osm_snapshot_self(NULL, &s);

		if (e)
			fail_with(e);
		check(s);
		osm_snapshot_free(s);
		if (i == 2)
			maps = lines_of("/proc/self/maps");
	}
	if (wanted > 2 && lines_of("/proc/self/maps") > maps + 2)
		FAIL("%ld mappings instead of %ld", lines_of("/proc/self/maps"), maps);
	kill(getpid(), SIGTERM);
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t t;
	sigset_t all, old;

	wanted = argc > 1 ? atol(argv[1]) : 0;
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	if (pthread_create(&t, NULL, snapshots, NULL) != 0)
		return 2;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return steady_main(1, argv);
}
