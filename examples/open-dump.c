/* SPDX-License-Identifier: MIT */
/*
 * What a program with libosmosis looks like: opens a dump, lists threads and
 * modules, walks the stack of the thread that crashed, reads memory, looks up a
 * symbol and a type, and runs commands to records. Built by the install test
 * against the installed header and library:
 *
 *	cc open-dump.c $(pkg-config --cflags --libs osmosis)
 */
#include <inttypes.h>
#include <osmosis/osmosis.h>
#include <stdio.h>

static bool print_frame(void *arg, const struct osm_frame *f)
{
	(void)arg;
	printf("frame %u %s!%s+0x%" PRIx64 "\n", f->index, f->module ? f->module : "?",
	       f->function ? f->function : "?", f->displacement);
	return true;
}

static bool print_member(void *arg, const struct osm_member *m)
{
	(void)arg;
	printf("member +0x%" PRIx64 " %s\n", m->offset, m->name);
	return true;
}

static bool print_record(void *arg, const char *json)
{
	unsigned *count = arg;

	printf("record %s\n", json);
	return ++*count < 1000;
}

static int fail(struct osm_error *e)
{
	fprintf(stderr, "error %d: %s\n", (int)osm_error_code(e), osm_error_message(e));
	osm_error_free(e);
	return 1;
}

static struct osm_error *show_threads(struct osm_dump *dump)
{
	for (size_t i = 0; i < osm_thread_count(dump); i++) {
		struct osm_thread t = { .struct_size = sizeof(t) };
		struct osm_error *e = osm_thread(dump, i, &t);

		if (e)
			return e;
		printf("thread %zu tid %" PRIu32 " ip 0x%" PRIx64 "\n", i, t.tid, t.ip);
	}
	return NULL;
}

static struct osm_error *show_modules(struct osm_dump *dump)
{
	for (size_t i = 0; i < osm_module_count(dump); i++) {
		struct osm_module m = { .struct_size = sizeof(m) };
		struct osm_error *e = osm_module(dump, i, &m);

		if (e)
			return e;
		printf("module %s base 0x%" PRIx64 " size 0x%" PRIx64 "\n", m.name, m.base, m.size);
	}
	return NULL;
}

static struct osm_error *show_event(struct osm_dump *dump)
{
	size_t index = osm_event_thread(dump);
	struct osm_thread t = { .struct_size = sizeof(t) };
	struct osm_symbol s = { .struct_size = sizeof(s) };
	struct osm_error *e;
	unsigned char bytes[16];

	if (index == SIZE_MAX)
		return NULL;
	e = osm_thread(dump, index, &t);
	if (e)
		return e;
	osm_symbol_at(dump, t.ip, &s);
	printf("event in %s, %zu of 16 bytes at sp\n", s.name ? s.name : "?",
	       osm_read(dump, t.sp, bytes, sizeof(bytes)));
	return osm_stack(dump, index, print_frame, NULL);
}

int main(int argc, char **argv)
{
	struct osm_info info = { .struct_size = sizeof(info) };
	struct osm_dump *dump;
	struct osm_error *e;
	unsigned records = 0;
	uint64_t value;

	if (argc < 2 || argc > 4) {
		fprintf(stderr, "usage: open-dump DUMP [SYMBOL [TYPE]]\n");
		return 2;
	}
	e = osm_open(argv[1], NULL, &dump);
	if (e)
		return fail(e);
	osm_info(dump, &info);
	printf("%s %s %s\n", info.format, info.os, info.machine);
	e = show_threads(dump);
	if (!e)
		e = show_modules(dump);
	if (!e)
		e = show_event(dump);
	if (!e && argc > 2) {
		e = osm_symbol_address(dump, argv[2], &value);
		if (!e)
			printf("symbol %s at 0x%" PRIx64 "\n", argv[2], value);
	}
	if (!e && argc > 3) {
		e = osm_type(dump, argv[3], print_member, NULL, &value);
		if (!e)
			printf("type %s of %" PRIu64 " bytes\n", argv[3], value);
	}
	if (!e)
		e = osm_run(dump, "? 1+2; ~*k", print_record, &records);
	osm_close(dump);
	return e ? fail(e) : 0;
}
