/* SPDX-License-Identifier: MIT */
/*
 * Windows heaps of a process: what RtlCreateHeap and RtlAllocateHeap manage.
 *
 * NT heap (signature 0xeeffeeff, segments 0xffeeffee). A heap owns segments of
 * address space. The committed parts of a segment are filled without gap by
 * blocks; parts that are not committed are told by UCR descriptors. A block
 * begins with a _HEAP_ENTRY of two words, whose last 8 bytes are its code:
 *
 *	+0 Size          of the block, header included, in units of two words
 *	+2 Flags         1 busy, 2 extra words at the end, 4 filled with a
 *	                 pattern, 8 the heap's own
 *	+3 SmallTagIndex low byte of Size ^ high byte ^ Flags: a checksum
 *	+4 PreviousSize  Size of the block in front
 *	+6 SegmentOffset
 *	+7 UnusedBytes   what of the size the program did not ask for, header
 *	                 included; 0x3f: the number is in the next header
 *
 * With 64 bits the first 8 bytes of a header belong to the block in front: its
 * user may fill them, so that 8 bytes of each block are lost and not 16.
 *
 * The code is XORed with HEAP.Encoding where its bit HEAP.EncodeFlagMask is set,
 * which every code at rest has. Free blocks are linked in HEAP.FreeLists.
 * Blocks too large for a segment are _HEAP_VIRTUAL_ALLOC_ENTRYs of their own.
 *
 * Low fragmentation heap (LFH): a busy block whose data begin with a
 * _HEAP_USERDATA_HEADER (signature 0xf0e0d0c0) holds blocks of one size; a bitmap
 * says which are busy. Where the first of them lies is encoded with a key of
 * ntdll's (RtlpLFHKey); without it the place is found by the mark, bit 7 of the
 * last byte, that the header of each of them has.
 *
 * Heaps made while HEAP_TAIL_CHECKING is on have a pattern of two words (0xab)
 * behind what the program asked for; with HEAP_FREE_CHECKING free blocks are
 * filled with 0xfeeefeee.
 *
 * Facts: the structures of Microsoft's public ntdll.pdb and of kernel types (builds 19041
 * to 26100), bound by name or by the type pack; the meaning of the fields as
 * observed in dumps of build 17134, 32 and 64 bit. Windows 7's _HEAP, which has a
 * member more, is told by where its signature is. Older ones and the segment heap
 * (signature 0xddeeddee) are named and not walked. Wine's heap is another altogether:
 * heap_wine.c.
 *
 * A dump is of a process that may have been at work in its heap: `locked` tells.
 */
#ifndef OSM_OS_WINDOWS_HEAP_H
#define OSM_OS_WINDOWS_HEAP_H

#include "target/target.h"

enum {
	NT_FLAG_BUSY = 0x01,
	NT_FLAG_EXTRA = 0x02,
	NT_FLAG_FILL = 0x04,
	NT_FLAG_OWN = 0x08,
	/* HEAP.Flags (winnt.h, RtlCreateHeap) */
	NT_HEAP_TAIL_CHECKING = 0x20,
	NT_HEAP_FREE_CHECKING = 0x40,
};

enum nt_heap_kind {
	NT_HEAP_NT,
	NT_HEAP_SEGMENT,	/* a segment heap */
	NT_HEAP_WINE,		/* Wine's own (heap_wine.c) */
	NT_HEAP_UNKNOWN,
};

enum nt_block_state {
	NT_BLOCK_BUSY,
	NT_BLOCK_FREE,
	NT_BLOCK_LFH_BUSY,
	NT_BLOCK_LFH_FREE,
	NT_BLOCK_VIRTUAL,	/* busy, in a mapping of its own */
	NT_BLOCK_OWN,		/* of the heap itself: its structures, what holds LFH blocks */
	NT_BLOCK_UNCOMMITTED,
	NT_BLOCK_UNKNOWN,	/* behind a broken header, up to one that is whole */
	N_NT_BLOCK_STATES,
};

struct nt_block {
	uint64_t address : 48;	/* of the header; the user's pointer is nt_heaps.header on */
	uint64_t unused : 16;	/* bytes of size that were not asked for, header included; 0: not known */
	uint64_t size : 48;	/* header included */
	uint64_t state : 8;	/* enum nt_block_state */
	uint64_t flags : 8;	/* NT_FLAG_* as decoded; 0 in an LFH */
};

/* A stretch of address space that blocks fill without gap. */
struct nt_segment {
	uint64_t start, end;
	size_t heap;		/* index */
	size_t first_block, n_blocks;
	bool is_virtual;	/* one large block; no segment of the heap's list */
	uint64_t committed;
	uint64_t unread;	/* bytes at its end that were not walked: not in the dump, or nothing whole there */
};

struct nt_heap {
	uint64_t address;
	size_t index;		/* in PEB.ProcessHeaps, from 0 */
	enum nt_heap_kind kind;
	const char *trouble;	/* why it was not walked; NULL: it was */
	uint64_t flags, force_flags;
	uint32_t encode_mask;	/* 0: codes are plain */
	uint64_t encoding;
	uint64_t free_lists;	/* address of the list's head */
	uint64_t lock;		/* of the heap's critical section; 0: not known */
	bool locked;		/* a thread was at work in it (nt_heaps_of_target) */
	bool has_lfh;		/* an LFH was met */
	uint64_t n_unread_lfh;	/* zones of it whose blocks could not be told */
	uint64_t reserved, committed;
	uint64_t blocks[N_NT_BLOCK_STATES], bytes[N_NT_BLOCK_STATES];
	uint64_t n_segments, n_virtual, n_uncommitted;
	uint64_t listed;	/* entries of the free list */
	uint64_t unread;	/* sum of its segments' */
};

enum nt_damage_kind {
	NT_DAMAGE_CODE,		/* the checksum of a block's header is wrong */
	NT_DAMAGE_SIZE,		/* a size that leads nowhere */
	NT_DAMAGE_PREVIOUS,	/* PreviousSize is not the size of the block in front */
	NT_DAMAGE_SEGMENT,	/* a segment's structure contradicts itself */
	NT_DAMAGE_LINK,		/* neighbours in a list do not point at each other */
	NT_DAMAGE_WILD,		/* the free list leads to no free block */
	NT_DAMAGE_LOOP,		/* a list comes back to an entry it went through */
	NT_DAMAGE_TAIL,		/* the pattern behind a busy block was overwritten */
	NT_DAMAGE_FREE_FILL,	/* the pattern in a free block was overwritten */
	NT_DAMAGE_LFH,		/* the header of a block in an LFH lacks its mark */
	N_NT_DAMAGE_KINDS,
};

struct nt_damage {
	enum nt_damage_kind kind;
	size_t heap;
	uint64_t block;		/* header of the block concerned; 0: none */
	uint64_t place;		/* address of the wrong bytes */
	uint64_t found;		/* `size` bytes there, as stored */
	unsigned size;
	bool has_expected;
	uint64_t expected;
	uint64_t culprit;	/* header of the block in front, whose user may have written on; 0: not so */
	bool passing;		/* a thread was at work in the heap */
};

/* Where members are; offsets from the types of ntdll or the type pack. */
struct nt_heap_form {
	bool known;
	uint64_t flags, force_flags, encode_mask, encoding, signature, virtual_blocks, segment_list, free_lists, lock;
};
struct nt_heap_layout {
	unsigned pointer_size;
	uint64_t entry_size;	/* of _HEAP_ENTRY */
	uint64_t code;		/* of its 8 coded bytes */
	struct nt_heap_form forms[2];
	struct {
		uint64_t signature, list, heap, pages, first, last, ucrs, size;
	} segment;
	struct {
		uint64_t list, address, size;
	} ucr;
	struct {
		uint64_t commit, reserve, block;
	} virtual_entry;
	struct {
		bool known;
		uint64_t flags, force_flags, ring, subs, larges, magic;
		uint64_t sub_data, sub_commit, sub_list, sub_heap, sub_size;
		uint64_t large_list, large_asked, large_total, large_size;
	} wine;
	bool has_lfh;		/* the rest is known */
	struct {
		uint64_t subsegment, signature, bits, bitmap;
	} user;
	struct {
		uint64_t user_blocks, block_size, block_count;
	} subsegment;
};

struct nt_heaps {
	unsigned pointer_size;
	bool is_wine;
	unsigned header;	/* bytes of a block's header; of an NT heap the unit of sizes too */
	const char *known_by;
	const char *broken;	/* why the list of heaps is not whole; NULL: it is */
	struct nt_heap *heaps;
	size_t n_heaps;
	struct nt_segment *segments;	/* by address, apart */
	size_t n_segments;
	struct nt_block *blocks;
	size_t n_blocks;
	struct nt_damage *damages;
	size_t n_damages;	/* kept */
	uint64_t damages_seen;
};

/* What nt_heaps_read works on, so that it needs no process: tests and fuzzing
 * give memory that they made. Borrowed while it runs. */
struct nt_heap_input {
	struct space *space;
	const struct nt_heap_layout *layout;
	const uint64_t *heaps;	/* addresses */
	size_t n_heaps;
	bool has_ring;		/* the heap that is given is Wine's: the others are found from it */
};

/* A type by name: how nt_heap_layout_find asks. */
typedef struct err *nt_heap_type_fn(void *arg, const char *name, struct type_ref *ret);
/* NOTFOUND: a type or member that it takes is not known; UNSUPPORTED: of another form. */
struct err *nt_heap_layout_find(nt_heap_type_fn *type, void *arg, unsigned pointer_size,
				struct nt_heap_layout *ret) MUST_USE;

/* Only CANCELLED and NOMEM: what is broken or absent is told in the result. */
struct err *nt_heaps_read(const struct nt_heap_input *in, struct nt_heaps **ret) MUST_USE;
/* Of one half of a process. UNSUPPORTED: no Windows dump; NOTFOUND,
 * FAULT: PEB or the list of heaps is not in the dump. */
struct err *nt_heaps_of_target(struct target *t, enum thread_half half, struct nt_heaps **ret) MUST_USE;
void nt_heaps_destroy(struct nt_heaps *h); /* accepts NULL */
DEFINE_CLEANUP_PTR(struct nt_heaps, nt_heaps_destroy)

/* NULL: in none. */
const struct nt_segment *nt_segment_at(const struct nt_heaps *h, uint64_t address);
const struct nt_block *nt_block_at(const struct nt_heaps *h, uint64_t address);
bool nt_block_is_busy(const struct nt_block *b);	/* by the program */
bool nt_block_is_free(const struct nt_block *b);
/* The user's pointer, and what the program asked for; what it may use where that is
 * not known. */
uint64_t nt_block_user(const struct nt_heaps *h, const struct nt_block *b);
uint64_t nt_block_requested(const struct nt_heaps *h, const struct nt_block *b);
const char *nt_block_state_name(enum nt_block_state s);
const char *nt_damage_name(enum nt_damage_kind k);
const char *nt_damage_meaning(enum nt_damage_kind k);
const char *nt_heap_kind_name(enum nt_heap_kind k);	/* "NT Heap" */

#endif
