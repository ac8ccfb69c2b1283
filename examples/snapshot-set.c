/* SPDX-License-Identifier: MIT */
/*
 * Takes a process with all its descendants in one pause, or processes that are
 * named, tells where each of them is, and writes a dump of each.
 *
 *	cc snapshot-set.c $(pkg-config --cflags --libs osmosis)
 *	./a.out FOLDER PID		// the tree
 *	./a.out FOLDER PID PID...	// those
 *	osmodump FOLDER/NAME.set.json	// all of them as one system
 */
#include <inttypes.h>
#include <osmosis/snapshot.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST = 64 };

static bool print_frame(void *arg, const struct osm_frame *f)
{
	size_t *left = arg;

	printf("    0x%" PRIx64 " %s!%s\n", f->ip, f->module ? f->module : "?", f->function ? f->function : "?");
	return --*left > 0;
}

/* The first thread's innermost frames, from the snapshot as it is held, without a file. */
static struct osm_error *print_stack(struct osm_snapshot *s)
{
	struct osm_dump *dump;
	struct osm_error *e = osm_snapshot_open(s, NULL, &dump);
	size_t left = 4;

	if (e)
		return e;
	e = osm_stack(dump, 0, print_frame, &left);
	osm_close(dump);
	return e;
}

static struct osm_error *print_member(struct osm_snapshot *s)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_error *e = osm_snapshot_info(s, &info);

	if (e)
		return e;
	printf("process %d %s, %zu threads\n", info.pid, info.name, info.threads);
	return print_stack(s);
}

static struct osm_error *print_set(const struct osm_snapshot_set *set)
{
	static const char *const levels[] = { "unknown", "instantaneous", "quasi-instantaneous", "smeared" };
	struct osm_snapshot_set_info info = { .struct_size = sizeof(info) };
	struct osm_error *e = osm_snapshot_set_info(set, &info);

	if (e)
		return e;
	printf("%zu processes, engine %s, %s, pause %.3f ms, skew %.3f ms\n", info.members, info.engine,
	       levels[info.consistency], (double)info.pause_ns / 1e6, (double)info.skew_ns / 1e6);
	for (size_t i = 0; !e && i < info.members; i++)
		e = print_member(osm_snapshot_set_member(set, i));
	return e;
}

static struct osm_error *write_set(struct osm_snapshot_set *set, const char *folder)
{
	struct osm_write_options to = { .struct_size = sizeof(to), .path = folder };
	struct osm_set_write_result result = { .struct_size = sizeof(result) };
	struct osm_error *e = osm_snapshot_set_write(set, &to, &result);

	if (!e)
		printf("written %s: %zu dumps, %" PRIu64 " bytes\n", result.manifest, result.files, result.written);
	return e;
}

static struct osm_error *take_and_write(const char *folder, const int *pids, size_t n)
{
	struct osm_set_choice who = { .struct_size = sizeof(who), .kind = OSM_SET_TREE, .root = pids[0] };
	struct osm_snapshot_set *set;
	struct osm_error *e;

	if (n > 1)
		who = (struct osm_set_choice){ .struct_size = sizeof(who), .kind = OSM_SET_LIST, .pids = pids, .pid_count = n };
	e = osm_snapshot_set_take(&who, NULL, &set);
	if (e)
		return e;
	e = print_set(set);
	if (!e)
		e = write_set(set, folder);
	osm_snapshot_set_free(set);
	return e;
}

int main(int argc, char **argv)
{
	int pids[MOST], n = argc - 2;
	struct osm_error *e;

	if (n < 1 || n > MOST) {
		fprintf(stderr, "usage: snapshot-set FOLDER PID...\n");
		return 2;
	}
	for (int i = 0; i < n; i++)
		pids[i] = (int)strtol(argv[i + 2], NULL, 10);
	e = take_and_write(argv[1], pids, (size_t)n);
	if (!e)
		return 0;
	fprintf(stderr, "error %d: %s\n", (int)osm_error_code(e), osm_error_message(e));
	osm_error_free(e);
	return 1;
}
