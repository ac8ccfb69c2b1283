/* SPDX-License-Identifier: MIT */
/*
 * A program that takes a snapshot of itself: what a server may do when a
 * request takes far too long, or an assertion that can be lived with fails. Its
 * threads work on but for the milliseconds of the pause; the rest is done
 * beside them.
 *
 *	cc -pthread self-snapshot.c $(pkg-config --cflags --libs osmosis)
 *	./a.out core.self
 */
#include <inttypes.h>
#include <osmosis/snapshot.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { WORKERS = 4 };

static atomic_bool ending;
static _Atomic uint64_t done[WORKERS];

static void work_hard(unsigned which)
{
	while (!ending)
		done[which]++;
}

static void *worker(void *arg)
{
	work_hard(*(unsigned *)arg);
	return NULL;
}

static int fail(struct osm_error *e)
{
	fprintf(stderr, "error %d: %s\n", (int)osm_error_code(e), osm_error_message(e));
	osm_error_free(e);
	return 1;
}

static bool print_frame(void *arg, const struct osm_frame *f)
{
	(void)arg;
	printf("    %s!%s\n", f->module ? f->module : "?", f->function ? f->function : "?");
	return true;
}

/* Who was where at that instant: without a file. */
static struct osm_error *print_stacks(struct osm_snapshot *s)
{
	struct osm_dump *dump;
	struct osm_error *e = osm_snapshot_open(s, NULL, &dump);

	if (e)
		return e;
	for (size_t i = 0; !e && i < osm_thread_count(dump); i++) {
		struct osm_thread t = { .struct_size = sizeof(t) };

		e = osm_thread(dump, i, &t);
		if (!e) {
			printf("thread %" PRIu32 " (%s)\n", t.tid, t.name);
			e = osm_stack(dump, i, print_frame, NULL);
		}
	}
	osm_close(dump);
	return e;
}

/* A counter as it was, beside the same counter as it is now. */
static void compare_counters(struct osm_snapshot *s)
{
	for (unsigned i = 0; i < WORKERS; i++) {
		uint64_t then, now = done[i];

		if (osm_snapshot_read(s, (uint64_t)(uintptr_t)&done[i], &then, sizeof(then)) == sizeof(then))
			printf("worker %u had done %" PRIu64 ", now %" PRIu64 "\n", i, then, now);
	}
}

static struct osm_error *look_at_ourselves(const char *path)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_write_options to = { .struct_size = sizeof(to), .path = path, .comment = "taken by itself" };
	struct osm_snapshot *s;
	struct osm_error *e = osm_snapshot_self(NULL, &s);

	if (e)
		return e;
	e = osm_snapshot_info(s, &info);
	if (!e)
		printf("%s (%d): %zu threads, pause %.3f ms\n", info.name, info.pid, info.threads, (double)info.pause_ns / 1e6);
	if (!e)
		e = print_stacks(s);
	compare_counters(s);
	if (!e)
		e = osm_snapshot_write(s, &to, NULL);
	osm_snapshot_free(s);
	return e;
}

int main(int argc, char **argv)
{
	pthread_t threads[WORKERS];
	unsigned which[WORKERS];
	struct osm_error *e;

	if (argc != 2) {
		fprintf(stderr, "usage: self-snapshot CORE\n");
		return 2;
	}
	for (unsigned i = 0; i < WORKERS; i++) {
		which[i] = i;
		if (pthread_create(&threads[i], NULL, worker, &which[i]) != 0)
			return 2;
	}
	usleep(20000);
	e = look_at_ourselves(argv[1]);
	ending = true;
	for (unsigned i = 0; i < WORKERS; i++)
		pthread_join(threads[i], NULL);
	return e ? fail(e) : 0;
}
