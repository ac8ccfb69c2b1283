/* SPDX-License-Identifier: MIT */
/* What membrane*.c share. */
#ifndef OSM_CAPTURE_MEMBRANE_IMPL_H
#define OSM_CAPTURE_MEMBRANE_IMPL_H

#include "capture/membrane.h"
#include "capture/pagemap.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
	MEMBRANE_PAGE = 4096,
	MEMBRANE_POOL = 24 << 20,	/* bytes that may wait for the disk */
	MEMBRANE_RECORDS = 4096,
	MEMBRANE_MAPPERS = 8192,	/* members, and children that are forked meanwhile */
};

struct membrane_stretch { /* memory without large gaps, of one process or of a file */
	struct cover_area *area;
	struct store *store;
	uint64_t key;			/* added to origins for the store */
	struct membrane_member *member;	/* whose own memory it is; NULL: shared */
	int fd;				/* of the file, the caller's */
};

struct membrane_member {
	struct membrane *membrane;
	pid_t mm;			/* a thread of it */
	int uffd;
	bool child;			/* forked meanwhile: it only shares */
	struct cover_map own, shared;
	struct pagemap *pages;
	int mem;			/* /proc/PID/mem; -1 */
	bool ended;
};

struct membrane_record { /* a copy in the pool that is on its way to a store */
	struct store *store;
	uint64_t address;
	size_t at, size;
	uint64_t end;			/* of the pool is used up to here */
};

/* One writer, one reader; positions only grow. */
struct membrane_pool {
	uint8_t *bytes;
	struct membrane_record records[MEMBRANE_RECORDS];
	uint64_t first, next;		/* records */
	uint64_t tail, head;		/* bytes */
};

struct membrane {
	pthread_mutex_t lock;
	bool has_lock;
	struct membrane_member *mappers[MEMBRANE_MAPPERS];
	_Atomic size_t n_mappers;
	size_t look;			/* where it is looked next for a child that has ended */
	VEC(struct membrane_stretch *) stretches, shared;	/* all; those of files */
	struct membrane_pool pool;
	uint8_t *buffer;		/* the caller's, for one step */
	size_t turn;			/* the stretch that is being saved in order, */
	uint64_t origin;		/* from here on */
	uint64_t total, saved;		/* bytes */
	bool escaped;
	bool hurries;			/* the caller does */
	/* threads */
	pthread_t handler, watchdog;
	bool has_handler, has_watchdog;
	int epoll, wake, nothing;	/* nothing: /dev/null takes the place of what is closed */
	_Atomic bool ending, given_up;
	_Atomic uint64_t busy_since, full_since;	/* CLOCK_MONOTONIC; 0: is not */
};

/* membrane_save.c: with the lock held. */
enum membrane_result {
	MEMBRANE_DONE,
	MEMBRANE_AGAIN,		/* mappings are being changed: read the events, and try again */
	MEMBRANE_FULL,		/* the pool is */
};
/* Saves the run of an area, of at most MEMBRANE_MOST_PAGE bytes, into `buf`, and lifts the protection of own memory. */
enum membrane_result membrane_save(struct membrane_stretch *st, uint64_t from, uint64_t *to, uint8_t *buf);
enum membrane_result membrane_lift_range(const struct membrane_member *m, uint64_t start, uint64_t end);
/* Wherever the origins are mapped. */
void membrane_lift_shared(struct membrane *b, const struct membrane_stretch *st, uint64_t from, uint64_t to);
uint8_t *membrane_pool_room(struct membrane_pool *p, size_t size); /* NULL: full */
void membrane_pool_add(struct membrane_pool *p, const uint8_t *at, size_t size, struct store *store, uint64_t address);
bool membrane_pool_first(const struct membrane_pool *p, struct membrane_record *ret);
void membrane_pool_drop_first(struct membrane_pool *p);

/* membrane_handler.c */
/* With the lock held: what is not saved of it, into the pool. */
enum membrane_result membrane_save_block(struct membrane *b, struct membrane_stretch *st, uint64_t from, uint64_t end);
struct err *membrane_start_threads(struct membrane *b) MUST_USE;
void membrane_end_threads(struct membrane *b);
/* Closes all userfaultfds, whoever uses them. From any thread. */
void membrane_give_up(struct membrane *b);
/* The handler looks at it from now on. False: there is no room for it. */
bool membrane_watch(struct membrane *b, struct membrane_member *m);
bool membrane_add_mapper(struct membrane *b, struct membrane_member *m);

#endif
