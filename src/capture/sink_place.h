/* SPDX-License-Identifier: MIT */
/*
 * Files whose writer says where each piece goes, because it does not know how
 * large what comes before will be: compressed kernel dumps. With all that a sink
 * (capture/sink.h) sees to: the temporary name, space, the rate, the name at
 * the end. Nothing is compressed: the writer does that.
 */
#ifndef OSM_CAPTURE_SINK_PLACE_H
#define OSM_CAPTURE_SINK_PLACE_H

#include "capture/sink.h"

struct sink_maker {
	/* Calls sink_place() from this thread; what it returns is the outcome. */
	struct err *(*make)(void *arg, struct sink *s);
	void *arg;
};

/* Pieces must come one behind the other: a pipe, a terminal, standard output. */
bool sink_wants_order(const struct sink *s);
/* A run of zeros of SINK_HOLE bytes becomes a hole where the file can have one. */
struct err *sink_place(struct sink *s, uint64_t offset, const void *data, size_t len) MUST_USE;
/* As sink_write(). The sink must have been opened with SINK_PLAIN. */
struct err *sink_make(struct sink *s, const struct sink_maker *m, struct sink_result *ret) MUST_USE;

#endif
