/* SPDX-License-Identifier: MIT */
/*
 * Sink: where a dump goes. A dump is an image, a virtual file that can be asked
 * for any range of its bytes; the sink copies the image to a file, a pipe or a
 * compressed file, with several threads, and sees to all that can go wrong with
 * files. It knows nothing of what the bytes mean.
 *
 * A file appears under its name only when it is whole: it is written beside it
 * under a temporary name (mode 0600, O_EXCL), synced and renamed. Space is
 * checked first (what the image expects to need, plus a floor that stays free)
 * and while writing. On error, Ctrl-C or full disk the temporary file goes,
 * unless keep_partial: then what is there is finished as well as can be (the
 * trailer is written, a seek table too) and gets the name with ".partial";
 * what of the image is not in it is told to the image before the trailer is
 * asked for. lz4 and full disks leave no room for a trailer: such a file ends
 * early. A file without its first chunk is not kept.
 *
 * A path that is a pipe or a device is written to like standard output: in
 * order, and what came before a failure stays.
 *
 * Zero runs of at least SINK_HOLE bytes become holes in uncompressed files.
 *
 * Files of ours are written past the page cache (O_DIRECT) where the file
 * system lets that be: it is twice as fast, and what the target has in the
 * cache stays there.
 *
 * Private memory: about 4 MiB a thread (zstd of level 10 and higher: more).
 */
#ifndef OSM_CAPTURE_SINK_H
#define OSM_CAPTURE_SINK_H

#include "base/cleanup.h"
#include "base/err.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SINK_CHUNK = 1 << 20, SINK_HOLE = 4096 };

enum sink_packing { SINK_PLAIN, SINK_ZSTD, SINK_LZ4 };

struct sink_image {
	uint64_t size;
	/* From here on bytes are known only when all before were written ("what could
	 * not be read"): chunks that reach over it are asked for last. UINT64_MAX: none. */
	uint64_t ordered_from;
	uint64_t expected;	/* bytes that are not holes, about; for the space check */
	/*
	 * Fills buf with bytes [offset, offset + len). Called from several threads
	 * for different ranges, of which none reaches over ordered_from. *ret_zero:
	 * all of it is zero and buf was not filled.
	 * What cannot be read is the image's business: it is no error here.
	 */
	struct err *(*fill)(void *arg, uint64_t offset, uint8_t *buf, size_t len, bool *ret_zero);
	/* NULL, or told of ranges that are missing in a partial file. From one thread. */
	void (*lost)(void *arg, uint64_t offset, uint64_t len);
	void *arg;
};

struct sink_options {
	const char *path;	/* "-": standard output */
	enum sink_packing packing;
	int level;		/* of zstd; 0: 3 */
	unsigned threads;	/* 0: processors, at most 8, and two */
	uint64_t limit_rate;	/* bytes a second that reach the file; 0: none */
	uint64_t keep_free;	/* bytes of the file system that stay free; UINT64_MAX: 5 %, at most 1 GiB */
	bool keep_partial, replace;	/* replace: an existing file; else it is an error */
	bool gives_way;		/* to other programs, the one that is dumped first of all: its threads are nice */
	const atomic_bool *cancel; /* NULL, or: when true, this one is cancelled */
};

struct sink_result {
	const char *path;	/* as it was named in the end: in sink's memory; NULL: standard output */
	uint64_t written;	/* bytes that reached the file, holes not counted */
	uint64_t size;		/* of the file, holes counted */
	uint64_t zero;		/* bytes of the image that were zero */
	uint64_t nanoseconds;
	bool partial;
};

struct sink;

/* Creates the temporary file and checks space; nothing is written yet. OS,
 * USAGE (bad level); an error leaves nothing behind. */
struct err *sink_open(const struct sink_options *options, uint64_t expected, struct sink **ret) MUST_USE;
/*
 * Copies the image; progress_report("writing", done, size) from the calling
 * thread, cancel_check() between chunks. On failure the result is filled when
 * a partial file was kept.
 */
struct err *sink_write(struct sink *s, const struct sink_image *image, struct sink_result *ret) MUST_USE;
/* Removes what was not finished. */
void sink_destroy(struct sink *s);
DEFINE_CLEANUP_PTR(struct sink, sink_destroy)

/*
 * Names by template: {name} {pid} {time} (UTC, 20261126T083015Z) {host} {trigger} {kind}; a
 * value's '/' and control characters become '_'. An existing directory, or a
 * path that ends in '/', gets "{name}.{pid}.{time}.{kind}" appended. USAGE for an
 * unknown {word}. *ret is to be freed.
 */
struct sink_names {
	const char *name, *host, *trigger, *kind;	/* kind: "core", "mini.core" */
	int pid;
	uint64_t time;		/* Unix seconds */
};
struct err *sink_name(const char *pattern, const struct sink_names *names, char **ret) MUST_USE;

#endif
