/* SPDX-License-Identifier: MIT */
/* Where the members of the heap's structures are: by name, from types that the caller
 * finds. What is read as one code must lie as one code; else the form is another. */
#include "os/windows/heap.h"

#include "target/bind.h"

#include <string.h>

#define AT(member) offsetof(struct nt_heap_layout, member)
#define FORM(i, member) (AT(forms) + (i) * sizeof(struct nt_heap_form) + offsetof(struct nt_heap_form, member))

struct member {
	const char *path;
	size_t local;	/* offset of a uint64_t in struct nt_heap_layout */
};

#define HEAP_MEMBERS(i)                                                                                                 \
	{ "Flags", FORM(i, flags) }, { "ForceFlags", FORM(i, force_flags) },                                            \
		{ "EncodeFlagMask", FORM(i, encode_mask) }, { "Encoding", FORM(i, encoding) },                          \
		{ "Signature", FORM(i, signature) }, { "VirtualAllocdBlocks", FORM(i, virtual_blocks) },                \
		{ "SegmentList", FORM(i, segment_list) }, { "FreeLists", FORM(i, free_lists) },                         \
		{ "LockVariable", FORM(i, lock) },                                                                      \
	{ NULL }

static const struct member heap_members[2][10] = { { HEAP_MEMBERS(0) }, { HEAP_MEMBERS(1) } };

static const struct member segment_members[] = {
	{ "SegmentSignature", AT(segment.signature) },
	{ "SegmentListEntry", AT(segment.list) },
	{ "Heap", AT(segment.heap) },
	{ "NumberOfPages", AT(segment.pages) },
	{ "FirstEntry", AT(segment.first) },
	{ "LastValidEntry", AT(segment.last) },
	{ "UCRSegmentList", AT(segment.ucrs) },
	{ NULL },
};
static const struct member ucr_members[] = {
	{ "SegmentEntry", AT(ucr.list) }, { "Address", AT(ucr.address) }, { "Size", AT(ucr.size) }, { NULL },
};
static const struct member virtual_members[] = {
	{ "CommitSize", AT(virtual_entry.commit) },
	{ "ReserveSize", AT(virtual_entry.reserve) },
	{ "BusyBlock", AT(virtual_entry.block) },
	{ NULL },
};
static const struct member user_members[] = {
	{ "SubSegment", AT(user.subsegment) },
	{ "Signature", AT(user.signature) },
	{ "BusyBitmap.SizeOfBitMap", AT(user.bits) },
	{ "BusyBitmap.Buffer", AT(user.bitmap) },
	{ NULL },
};
static const struct member subsegment_members[] = {
	{ "UserBlocks", AT(subsegment.user_blocks) },
	{ "BlockSize", AT(subsegment.block_size) },
	{ "BlockCount", AT(subsegment.block_count) },
	{ NULL },
};

static const struct member wine_members[] = {
	{ "Flags", AT(wine.flags) },	     { "ForceFlags", AT(wine.force_flags) },
	{ "Heaps", AT(wine.ring) },	     { "SubHeaps", AT(wine.subs) },
	{ "LargeBlocks", AT(wine.larges) },  { "Magic", AT(wine.magic) },
	{ NULL },
};
static const struct member wine_sub_members[] = {
	{ "DataSize", AT(wine.sub_data) }, { "CommitSize", AT(wine.sub_commit) },
	{ "Entry", AT(wine.sub_list) },	   { "Heap", AT(wine.sub_heap) },
	{ NULL },
};
static const struct member wine_large_members[] = {
	{ "Entry", AT(wine.large_list) },
	{ "Requested", AT(wine.large_asked) },
	{ "DataSize", AT(wine.large_total) },
	{ NULL },
};

static struct err *bind_all(struct type_ref type, const struct member *m, struct nt_heap_layout *l)
{
	for (; m->path; m++) {
		struct type_member found;

		TRY(type_find_member(type, m->path, &found));
		memcpy((char *)l + m->local, &found.offset, sizeof(found.offset));
	}
	return NULL;
}

static struct err *bind_named(nt_heap_type_fn *type, void *arg, const char *name, const struct member *m,
			      struct nt_heap_layout *l)
{
	struct type_ref t;

	TRY(type(arg, name, &t));
	return err_prefix(bind_all(t, m, l), "%s", name);
}

static struct err *size_of(nt_heap_type_fn *type, void *arg, const char *name, uint64_t *ret)
{
	struct type_ref t, stripped;
	struct type_info info;

	TRY(type(arg, name, &t));
	TRY(type_strip(t, &stripped, &info));
	*ret = info.size;
	return NULL;
}

/* The code is read as 8 bytes: each of its members must be where it is expected. */
static struct err *bind_entry(nt_heap_type_fn *type, void *arg, struct nt_heap_layout *l)
{
	static const struct {
		const char *name;
		uint64_t at;
	} parts[] = {
		{ "Size", 0 }, { "Flags", 2 }, { "SmallTagIndex", 3 }, { "PreviousSize", 4 }, { "UnusedBytes", 7 },
	};
	struct type_member found;
	struct type_ref t;

	TRY(type(arg, "_HEAP_ENTRY", &t));
	TRY(size_of(type, arg, "_HEAP_ENTRY", &l->entry_size));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		TRY(type_find_member(t, parts[i].name, &found));
		if (!i)
			l->code = found.offset;
		else if (found.offset != l->code + parts[i].at)
			return err_new(ERR_UNSUPPORTED, "_HEAP_ENTRY has another form: %s at 0x%llx", parts[i].name,
				       (unsigned long long)found.offset);
	}
	if (l->entry_size != 2 * l->pointer_size || l->code != l->entry_size - 8)
		return err_new(ERR_UNSUPPORTED, "_HEAP_ENTRY has another form: 0x%llx bytes",
			       (unsigned long long)l->entry_size);
	return NULL;
}

static struct err *bind_wine(nt_heap_type_fn *type, void *arg, struct nt_heap_layout *l)
{
	TRY(bind_named(type, arg, "_HEAP_wine", wine_members, l));
	TRY(bind_named(type, arg, "_SUBHEAP_wine", wine_sub_members, l));
	TRY(size_of(type, arg, "_SUBHEAP_wine", &l->wine.sub_size));
	TRY(bind_named(type, arg, "_LARGE_wine", wine_large_members, l));
	return size_of(type, arg, "_LARGE_wine", &l->wine.large_size);
}

struct err *nt_heap_layout_find(nt_heap_type_fn *type, void *arg, unsigned pointer_size, struct nt_heap_layout *ret)
{
	static const char *const heaps[2] = { "_HEAP", "_HEAP_nt61" };
	struct nt_heap_layout l = { .pointer_size = pointer_size };
	struct err *e = NULL;

	TRY(bind_entry(type, arg, &l));
	for (size_t i = 0; i < ARRAY_SIZE(heaps); i++) {
		err_free(e);
		e = bind_named(type, arg, heaps[i], heap_members[i], &l);
		l.forms[i].known = !e;
	}
	if (e && l.forms[0].known)
		err_free(TAKE_PTR(e));
	TRY(e);
	TRY(size_of(type, arg, "_HEAP_SEGMENT", &l.segment.size));
	TRY(bind_named(type, arg, "_HEAP_SEGMENT", segment_members, &l));
	TRY(bind_named(type, arg, "_HEAP_UCR_DESCRIPTOR", ucr_members, &l));
	TRY(bind_named(type, arg, "_HEAP_VIRTUAL_ALLOC_ENTRY", virtual_members, &l));
	l.has_lfh = !err_ignore(bind_named(type, arg, "_HEAP_USERDATA_HEADER", user_members, &l)) &&
		    !err_ignore(bind_named(type, arg, "_HEAP_SUBSEGMENT", subsegment_members, &l));
	l.wine.known = !err_ignore(bind_wine(type, arg, &l));
	*ret = l;
	return NULL;
}
