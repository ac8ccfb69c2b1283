/* SPDX-License-Identifier: MIT */
/*
 * Takes a snapshot of another process, tells what it holds (threads, the
 * largest mappings, the words at each stack pointer) and writes it.
 *
 *	cc snapshot-process.c $(pkg-config --cflags --libs osmosis)
 *	./a.out PID core.PID.zst
 */
#include <inttypes.h>
#include <osmosis/snapshot.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *consistency(enum osm_consistency c)
{
	static const char *const names[] = { "unknown", "instantaneous", "quasi-instantaneous", "smeared" };

	return names[c];
}

static struct osm_error *print_thread(const struct osm_snapshot *s, size_t i)
{
	struct osm_snapshot_thread t = { .struct_size = sizeof(t) };
	struct osm_error *e = osm_snapshot_thread(s, i, &t);
	uint64_t top;

	if (e)
		return e;
	printf("thread %" PRIu32 " %s %c ip 0x%" PRIx64 " sp 0x%" PRIx64, t.tid, t.name, t.state, t.ip, t.sp);
	if (osm_snapshot_read(s, t.sp, &top, sizeof(top)) == sizeof(top))
		printf(" there 0x%" PRIx64, top);
	printf("\n");
	return NULL;
}

static struct osm_error *print_mapping(const struct osm_snapshot *s, size_t i)
{
	struct osm_mapping m = { .struct_size = sizeof(m) };
	struct osm_error *e = osm_snapshot_mapping(s, i, &m);

	if (e)
		return e;
	printf("mapping 0x%" PRIx64 "-0x%" PRIx64 " %c%c%c%c %s%s%s\n", m.start, m.end, m.protection & OSM_READ ? 'r' : '-',
	       m.protection & OSM_WRITE ? 'w' : '-', m.protection & OSM_EXECUTE ? 'x' : '-', m.shared ? 's' : 'p', m.path,
	       m.content == OSM_CONTENT_NONE ? " left out: " : "", m.left_out);
	return NULL;
}

static struct osm_error *print_snapshot(const struct osm_snapshot *s)
{
	struct osm_snapshot_info info = { .struct_size = sizeof(info) };
	struct osm_error *e = osm_snapshot_info(s, &info);

	if (e)
		return e;
	printf("process %d %s engine %s consistency %s pause %.3f ms\n", info.pid, info.name, info.engine,
	       consistency(info.consistency), (double)info.pause_ns / 1e6);
	for (size_t i = 0; !e && i < info.threads; i++)
		e = print_thread(s, i);
	for (size_t i = 0; !e && i < info.mappings; i++)
		e = print_mapping(s, i);
	return e;
}

static bool print_progress(void *arg, uint64_t done, uint64_t total)
{
	(void)arg;
	fprintf(stderr, "%" PRIu64 " of %" PRIu64 "\n", done, total);
	return true; /* false would end it */
}

static struct osm_error *write_snapshot(struct osm_snapshot *s, const char *path)
{
	size_t n = strlen(path);
	struct osm_write_options to = {
		.struct_size = sizeof(to),
		.path = path,
		.packing = n > 4 && strcmp(path + n - 4, ".zst") == 0 ? OSM_PACK_ZSTD : OSM_PACK_NONE,
		.progress = print_progress,
	};
	struct osm_write_result result = { .struct_size = sizeof(result) };
	struct osm_error *e = osm_snapshot_write(s, &to, &result);

	if (!e)
		printf("written %s %" PRIu64 " bytes\n", path, result.written);
	return e;
}

int main(int argc, char **argv)
{
	struct osm_snapshot *s;
	struct osm_error *e;

	if (argc != 3) {
		fprintf(stderr, "usage: snapshot-process PID FILE\n");
		return 2;
	}
	e = osm_snapshot_take((int)strtol(argv[1], NULL, 10), NULL, &s);
	if (!e) {
		e = print_snapshot(s);
		if (!e)
			e = write_snapshot(s, argv[2]);
		osm_snapshot_free(s);
	}
	if (!e)
		return 0;
	fprintf(stderr, "error %d: %s\n", (int)osm_error_code(e), osm_error_message(e));
	osm_error_free(e);
	return 1;
}
