/* SPDX-License-Identifier: MIT */
/*
 * Objects behind handles: see handle_object.h. The record types are named in
 * minidumpapiset.h (MINIDUMP_HANDLE_OBJECT_INFORMATION_TYPE); their contents are,
 * as dumps show, what the Nt query functions give: winternl.h and the driver
 * kit's documentation have THREAD_, PROCESS_, EVENT_, MUTANT_, SEMAPHORE_ and
 * SECTION_BASIC_INFORMATION.
 */
#include "os/windows/handle_object.h"

#include "base/cursor.h"

enum { MAX_RECORD = 64 };

static void read_thread(struct cursor *c, unsigned size, struct handle_object *o)
{
	o->exit_status = cursor_u32(c);
	cursor_skip(c, size - 4);
	cursor_skip(c, size); /* TEB */
	o->pid = cursor_uint(c, size);
	o->tid = cursor_uint(c, size);
	cursor_skip(c, size); /* affinity */
	o->priority = cursor_s32(c);
	o->base_priority = cursor_s32(c);
}

static void read_mutant(struct cursor *c, struct handle_object *o)
{
	o->count = cursor_s32(c);
	cursor_skip(c, 1); /* owned by the thread that wrote the dump */
	o->abandoned = cursor_u8(c);
}

static void read_owner(struct cursor *c, unsigned size, struct handle_object *o)
{
	o->owner_pid = cursor_uint(c, size);
	o->owner_tid = cursor_uint(c, size);
}

static void read_process(struct cursor *c, unsigned size, struct handle_object *o)
{
	o->exit_status = cursor_u32(c);
	cursor_skip(c, size - 4);
	cursor_skip(c, 2 * (uint64_t)size); /* PEB, affinity */
	o->base_priority = cursor_s32(c);
	cursor_skip(c, size - 4);
	o->pid = cursor_uint(c, size);
	o->parent = cursor_uint(c, size);
}

static void read_event(struct cursor *c, struct handle_object *o)
{
	o->auto_reset = cursor_u32(c);
	o->state = cursor_u32(c);
}

static void read_section(struct cursor *c, unsigned size, struct handle_object *o)
{
	cursor_skip(c, 2 * (uint64_t)size); /* base address; attributes, padded */
	o->size = cursor_u64(c);
}

static void read_semaphore(struct cursor *c, struct handle_object *o)
{
	o->count = cursor_s32(c);
	o->limit = cursor_u32(c);
}

static unsigned read_record(uint32_t type, struct cursor *c, unsigned size, struct handle_object *o)
{
	switch (type) {
	case 1: read_thread(c, size, o); return OBJECT_THREAD;
	case 2: read_mutant(c, o); return OBJECT_MUTANT;
	case 3: read_owner(c, size, o); return OBJECT_OWNER;
	case 4: read_process(c, size, o); return OBJECT_PROCESS;
	case 6: read_event(c, o); return OBJECT_EVENT;
	case 7: read_section(c, size, o); return OBJECT_SECTION;
	case 8: read_semaphore(c, o); return OBJECT_SEMAPHORE;
	default: return 0;
	}
}

void handle_object_read(struct dump *d, const struct dump_handle *h, unsigned pointer_size,
			struct handle_object *ret)
{
	*ret = (struct handle_object){ 0 };
	for (size_t i = 0; i < h->n_info; i++) {
		uint8_t bytes[MAX_RECORD];
		uint64_t n = h->info[i].data.size < MAX_RECORD ? h->info[i].data.size : MAX_RECORD;
		struct handle_object o = *ret;
		struct cursor c;
		unsigned has;

		if (!n || err_ignore(dump_read_piece(d, h->info[i].data, bytes, (size_t)n)))
			continue;
		c = cursor_init("handle object information", bytes, n, 0);
		has = read_record(h->info[i].type, &c, pointer_size, &o);
		if (!cursor_ok(&c))
			continue;
		*ret = o;
		ret->has |= has;
	}
}
