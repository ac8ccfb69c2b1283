/* SPDX-License-Identifier: MIT */
/*
 * Series: what was counted in each of several dumps of one process, side by
 * side, and whether it grows.
 *
 * A sample is one dump's measures. A measure is known by its kind, and by a
 * number (an address, a thread id, a size) or a name within the kind. What a
 * sample lacks of a kind that it knows is 0 there; of a kind that it does not
 * know, it is not known.
 *
 * Growth that matters is that of at least the limits below from the first to the
 * last dump. A leak grows and does not fall: with three dumps and more, what also
 * falls is noise unless it falls back by little; two dumps cannot tell.
 */
#ifndef OSM_REPORT_SERIES_H
#define OSM_REPORT_SERIES_H

#include "base/arena.h"
#include "base/vec.h"
#include "output/output.h"

enum measure_kind {
	MEASURE_PROCESS_CPU,	/* 100 ns */
	MEASURE_THREADS,
	MEASURE_THREAD_CPU,	/* number: thread id */
	MEASURE_MEMORY,		/* name: use of the memory */
	MEASURE_REGION,		/* number: base */
	MEASURE_HEAP,		/* number: address of the heap; busy bytes */
	MEASURE_HEAP_BLOCKS,	/* the same; busy blocks */
	MEASURE_CLASS,		/* number: size of the blocks; busy bytes of that size */
	MEASURE_HANDLES,	/* name: type */
	MEASURE_WAITERS,	/* number: address of the lock; threads that wait */
	MEASURE_CONTENTION,	/* number: address of the lock; how often a thread had to wait */
	N_MEASURES,
};
enum measure_unit { UNIT_COUNT, UNIT_BYTES, UNIT_TICKS };

struct measure {
	enum measure_kind kind;
	uint64_t number;
	const char *name;	/* "" none; in the sample's arena */
	const char *label;	/* what else to call it, "" nothing; not part of what it is known by */
	uint64_t value;
};

struct sample {
	const char *path;
	bool has_time;
	double time;		/* Unix seconds */
	unsigned known;		/* 1 << kind */
	VEC(struct measure) v;
};

enum trend {
	TREND_UNKNOWN,		/* in less than two dumps */
	TREND_SAME,		/* or changed by less than matters */
	TREND_GREW,		/* of two dumps: no trend */
	TREND_STEADY,		/* rises from each dump to the next */
	TREND_STEPS,		/* never falls */
	TREND_MOSTLY,		/* falls back by less than a quarter of what it rises */
	TREND_NOISE,		/* up and down */
	TREND_FELL,
};

struct series {
	enum measure_kind kind;
	uint64_t number;
	const char *name, *label;	/* borrowed from samples */
	const struct out_word *values;	/* one for each sample */
	enum trend trend;
	int64_t growth;			/* from the first known to the last known */
	double seconds;			/* between these; 0: not known */
	uint64_t block_size;		/* MEASURE_CLASS: of each block */
};

/* A lock that had the same owner, and threads that wait, in each dump. */
struct held_lock {
	uint64_t address;
	const char *type, *name;	/* name: "" none */
	uint32_t owner;			/* thread id */
	const struct out_word *waiters;	/* one for each sample */
};

struct comparison {
	const struct sample *samples;
	size_t n_samples;
	bool same_process;
	struct series *v;	/* by kind; the largest change first */
	size_t n;
	const struct held_lock *held;	/* the caller's to fill */
	size_t n_held;
};

/* Bytes, count, 100 ns: what growth from first to last must reach; and percent of the first value. */
enum { LEAST_BYTES = 64 << 10, LEAST_COUNT = 16, LEAST_TICKS = 1000000, LEAST_PERCENT = 1 };

/* Whether a change is one that matters, by these. */
bool growth_matters(uint64_t first, uint64_t last, enum measure_unit unit);
enum measure_unit measure_unit(enum measure_kind k);
const char *measure_name(enum measure_kind k);	/* "heap" */
const char *trend_name(enum trend t);		/* "grows steadily" */
/* Whether a thing that grows so is what leaks: a heap, blocks of a size, handles of a type. */
bool series_may_leak(const struct series *s);
double series_rate(const struct series *s);	/* a second; 0: not known, no growth, or noise */

/* Sorts the samples' measures. In the arena; samples are borrowed. NOMEM, CANCELLED. */
struct err *comparison_make(struct sample *samples, size_t n, bool same_process, struct arena *a,
			    struct comparison *ret) MUST_USE;

#endif
