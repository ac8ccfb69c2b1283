/* SPDX-License-Identifier: MIT */
/*
 * glibc's malloc, from a core or a snapshot: arenas, chunks, free lists, and
 * what is damaged in them. Releases 2.26 (the first with a tcache) to 2.41, by their
 * types; observed with 2.36 of x64 and i386, the others with memory made for tests.
 *
 * A chunk is what malloc manages: two words of header, of which the first
 * (prev_size) belongs to the chunk before while that is in use, then the user's
 * memory. Whether a chunk is in use is told by a bit in the header of the next
 * one; chunks in a tcache or a fastbin have that bit set, so that the lists are
 * walked before anything is called in use.
 *
 * With debug information the members are bound by name. Without it the
 * structures are recognised in memory (malloc_find.c); `known_by` says which,
 * and `doubts` what is not certain.
 */
#ifndef OSM_OS_LINUX_MALLOC_H
#define OSM_OS_LINUX_MALLOC_H

#include "base/budget.h"
#include "target/reach.h"
#include "target/target.h"

enum malloc_chunk_state {
	CHUNK_IN_USE,
	CHUNK_OWN,	/* in use by malloc itself: a thread's tcache */
	CHUNK_MMAPPED,	/* in use, in a mapping of its own */
	CHUNK_TCACHE,	/* free, in the list `bin` of a thread's tcache */
	CHUNK_FAST,	/* free, in fastbin `bin` */
	CHUNK_UNSORTED,	/* free, in bin 1 */
	CHUNK_SMALL,	/* free, in bin 2 .. 63 */
	CHUNK_LARGE,	/* free, in bin 64 .. 126 */
	CHUNK_UNLISTED,	/* free by the bit in the next chunk, in no list */
	CHUNK_TOP,	/* the rest of a heap, from which new chunks are cut */
	CHUNK_FENCE,	/* end mark of a heap that is no longer the arena's last */
	CHUNK_UNKNOWN,	/* its header is broken; up to the next that is whole */
	N_CHUNK_STATES,
};

struct malloc_chunk {
	uint64_t address;	/* of the header; the user's pointer is 2 words on */
	uint64_t size : 48;	/* header included */
	uint64_t state : 8;	/* enum malloc_chunk_state */
	uint64_t bin : 8;	/* number of the list it is in */
};

/* A stretch of memory that chunks fill without gap: the main heap, one heap of
 * another arena, or one mapped chunk. */
struct malloc_segment {
	uint64_t start, end;	/* of its chunks */
	uint64_t base;		/* of the memory it lies in */
	size_t arena;		/* MALLOC_NO_ARENA: a mapped chunk */
	size_t first_chunk, n_chunks;
	uint64_t unread;	/* bytes at its end that the dump has not */
};
#define MALLOC_NO_ARENA SIZE_MAX

struct malloc_arena {
	uint64_t address;	/* of its struct malloc_state */
	bool is_main;
	bool locked;		/* a thread was in malloc: lists may be half changed */
	uint64_t top, last_remainder;
	uint64_t system, max_system; /* as malloc counts them */
	uint64_t bytes[N_CHUNK_STATES], chunks[N_CHUNK_STATES];
};

struct malloc_tcache {
	uint64_t address;	/* of the struct; 2 words into its chunk */
	size_t thread;		/* debugger's number; SIZE_MAX: by its contents alone */
	uint64_t chunks, bytes;	/* in its lists */
};

enum malloc_damage_kind {
	DAMAGE_SIZE,		/* a size field that no chunk can have */
	DAMAGE_PREV_SIZE,	/* prev_size behind a free chunk is not its size */
	DAMAGE_TOP,		/* top does not end where its heap ends */
	DAMAGE_LINK,		/* fd and bk of neighbours in a list do not agree */
	DAMAGE_LOOP,		/* a list comes back to a chunk that is not its head */
	DAMAGE_DOUBLE_FREE,	/* a chunk is in two lists, or its list comes back to its head */
	DAMAGE_WILD,		/* a list leads to where no chunk begins */
	DAMAGE_COUNT,		/* a tcache counts other than its list holds */
	DAMAGE_BIN_SIZE,	/* a chunk is in the list of another size */
	DAMAGE_IN_USE,		/* a chunk is in a list, but the next one's bit says in use */
	DAMAGE_UNLISTED,	/* a chunk is free by the next one's bit, but in no list */
	N_DAMAGE_KINDS,
};

struct malloc_damage {
	enum malloc_damage_kind kind;
	uint64_t chunk;		/* header of the chunk concerned; 0: none */
	uint64_t place;		/* address of the wrong value */
	uint64_t found;		/* the word there, as stored (DAMAGE_COUNT: the count) */
	uint64_t leads_to;	/* DAMAGE_WILD: what it says, unmangled, as a chunk's address */
	bool has_expected;
	uint64_t expected;
	uint64_t culprit;	/* header of the chunk in front, whose user may have written on; 0: not so */
	size_t arena;		/* or MALLOC_NO_ARENA */
	enum malloc_chunk_state list; /* of which list; CHUNK_IN_USE: of none */
	unsigned bin;
	size_t tcache;		/* index, for CHUNK_TCACHE */
	/* A thread was at work there (its arena was locked, or the count of a tcache is off by
	 * one, which has no lock): every healthy program passes through such states. */
	bool passing;
};

enum malloc_links { LINKS_UNSEEN, LINKS_PLAIN, LINKS_SAFE };

/* Offsets in struct malloc_state and others, by name or as recognised. */
struct malloc_layout {
	uint64_t bins, top, fastbins, next, system, max_system; /* from the start of the arena */
	uint64_t state_size;	/* of struct malloc_state */
	uint64_t tcache_counts, tcache_entries, tcache_size; /* size 0: as recognised */
	uint64_t tcache_count_size;
};

struct malloc_heap {
	unsigned pointer_size;
	unsigned alignment;	/* of the user's pointers */
	uint64_t min_size;	/* of a chunk */
	unsigned n_fastbins;
	struct malloc_layout layout;
	const char *known_by;
	const char *doubts[8];	/* sentences */
	size_t n_doubts;
	/* Some heaps, or parts of them, are not known: a free list may lead there, and what no
	 * known list has may be in one that is not. */
	bool partial;

	struct malloc_arena *arenas;	/* the main arena first */
	size_t n_arenas;
	struct malloc_segment *segments; /* by address, apart */
	size_t n_segments;
	struct malloc_chunk *chunks;	/* by address */
	size_t n_chunks;
	struct malloc_tcache *tcaches;
	size_t n_tcaches;
	enum malloc_links links;	/* whether singly linked lists are mangled (2.32 and later) */
	bool has_mmap_count;		/* what malloc itself counts of mapped chunks */
	uint64_t mmap_count, mmap_bytes;

	struct malloc_damage *damages;
	size_t n_damages;		/* kept */
	uint64_t damages_seen;		/* n_damages and those not kept */
};

/*
 * Census: counts of the blocks in use by size, and some of them picked at random, which
 * is what can be had of a heap whose chunks are too many to keep. Then chunks in tcaches
 * and fastbins are among them, since no list is walked.
 */
enum { CENSUS_SAMPLES = 256 };
struct malloc_census {
	uint64_t blocks, bytes;		/* headers included */
	uint64_t most, most_size;	/* how many have the commonest size below 1 MB */
	uint64_t *of_size;
	/* By address. Without the word that is also the next chunk's, to which free lists point:
	 * the chunk's size less two words. */
	struct reach_block samples[CENSUS_SAMPLES];
	size_t n_samples;
	uint64_t state;
};

struct malloc_census *malloc_census_create(void); /* NULL: no memory */
void malloc_census_destroy(struct malloc_census *c); /* accepts NULL */
/* If it is in use. */
void malloc_census_add(struct malloc_census *c, const struct malloc_heap *h, const struct malloc_chunk *chunk);
void malloc_census_finish(struct malloc_census *c); /* before it is looked at */

/*
 * What malloc_read works on, so that it needs no process: tests and fuzzing give
 * memory that they made. Borrowed while it runs.
 */
struct malloc_input {
	struct space *space;
	unsigned pointer_size, alignment;
	const struct reach_span *data;		/* where main_arena may be, likeliest first */
	size_t n_data;
	const struct reach_span *tls;		/* of each thread, where libc's TLS may be */
	size_t n_tls;
	const struct reach_span *writable;	/* all writable memory that is no module, by address */
	size_t n_writable;
	const struct malloc_layout *layout;	/* from types; NULL: to be recognised */
	uint64_t main_arena;			/* from symbols; 0: to be found */
	const struct budget *budget;		/* NULL: none; memory: of the chunks */
	/* NULL, or filled when the budget's memory does not do for the chunks: the walk goes on, and
	 * ends as UNSUPPORTED. The blocks of a census that was not needed are 0. */
	struct malloc_census *census;
};

/* NOTFOUND: no main arena: malloc was never called, or is not glibc's, or its memory
 * is not in the dump. UNSUPPORTED: beyond the budget. CANCELLED. */
struct err *malloc_read(const struct malloc_input *in, struct malloc_heap **ret) MUST_USE;
/* Of a process; UNSUPPORTED: not a Linux dump, or beyond the budget (NULL: none). Census: as above. */
struct err *malloc_of_target(struct target *t, const struct budget *b, struct malloc_census *census,
			     struct malloc_heap **ret) MUST_USE;
void malloc_heap_destroy(struct malloc_heap *h); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct malloc_heap, malloc_heap_destroy)

/* The chunk that holds the address, header included; NULL: none. */
const struct malloc_chunk *malloc_chunk_at(const struct malloc_heap *h, uint64_t address);
const struct malloc_segment *malloc_segment_at(const struct malloc_heap *h, uint64_t address);
static inline uint64_t malloc_user(const struct malloc_heap *h, const struct malloc_chunk *c)
{
	return c->address + 2 * h->pointer_size;
}
/* Bytes that the program may use: the next chunk's prev_size is among them. */
uint64_t malloc_usable(const struct malloc_heap *h, const struct malloc_chunk *c);
bool malloc_state_is_free(enum malloc_chunk_state s); /* in a list, or should be */
const char *malloc_state_name(enum malloc_chunk_state s);
const char *malloc_damage_name(enum malloc_damage_kind k);

/* --- leaks (malloc_leak.c) ---------------------------------------------------- */
/* Blocks that nothing reaches, of one size and with one value in the first word
 * where that is an address in a module (a C++ object's vtable). */
struct malloc_leak_group {
	uint64_t size;		/* of the chunks */
	uint64_t first_word;	/* 0: not an address in a module */
	enum reach_state state;
	uint64_t n, bytes;
	uint64_t example;	/* the user's pointer of the first of them */
};

struct malloc_leaks {
	struct reach_result marks;
	size_t n_blocks;	/* chunks in use, mapped and unknown ones, by address: marks.states[] is of these */
	uint64_t n[REACH_REACHED + 1], bytes[REACH_REACHED + 1];
	struct malloc_leak_group *groups; /* directly lost ones, then the others; most bytes first */
	size_t n_groups;
};

/* UNSUPPORTED: beyond the budget, whose memory is for the marking's tables, or for the groups. */
struct err *malloc_find_leaks(struct target *t, const struct malloc_heap *h, const struct budget *b,
			      struct malloc_leaks **ret) MUST_USE;
void malloc_leaks_destroy(struct malloc_leaks *l); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct malloc_leaks, malloc_leaks_destroy)

/*
 * Which of a census's samples no word of the process points to: less than the search of all
 * tells, as a block that only lost ones point to passes for held, but what it takes does
 * not grow with the number of blocks. `states` are those of the samples.
 */
struct err *malloc_find_unreferenced(struct target *t, const struct malloc_census *c, const struct budget *b,
				     struct reach_result *ret) MUST_USE;

#endif
