/* SPDX-License-Identifier: MIT */
/*
 * See slab_of.h. A page of a slab has the cache in its struct page (struct slab since
 * 5.17, which lies over it), that of the first page counts: the others point to it by
 * compound_head with bit 0 set. The cache is believed when it is linked in a list of
 * caches that answers, and its name is text.
 */
#include "os/linux/kernel/slab_of.h"

#include "target/bind.h"
#include "target/kernel.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum { MAX_NAME = 63, MAX_OBJECT = 1 << 22 };

struct page_words {
	uint64_t has, head, cache;
};
static const struct bind_member page_members[] = {
	{ "compound_head", offsetof(struct page_words, head), BIND_UINT, true },
	{ "slab_cache", offsetof(struct page_words, cache), BIND_UINT, true },
	{ NULL },
};
static const struct binding page_binding = { "vmlinux", "page", page_members };

static const struct bind_member slab_members[] = {
	{ "slab_cache", offsetof(struct page_words, cache), BIND_UINT, false },
	{ NULL },
};
static const struct binding slab_binding = { "vmlinux", "slab", slab_members };

struct cache_words {
	uint64_t has, name, size, next, list_at;
};
static const struct bind_member cache_members[] = {
	{ "name", offsetof(struct cache_words, name), BIND_UINT, false },
	{ "size", offsetof(struct cache_words, size), BIND_UINT, false },
	{ "list.next", offsetof(struct cache_words, next), BIND_UINT, false },
	{ "list", offsetof(struct cache_words, list_at), BIND_ADDRESS_OF, false },
	{ NULL },
};
static const struct binding cache_binding = { "vmlinux", "kmem_cache", cache_members };

/* The first page of the slab; it has the cache. */
static bool head_of(struct target *t, uint64_t address, uint64_t *ret)
{
	struct kernel *k = target_kernel(t);
	struct page_words w = { 0 };
	uint64_t physical = 0;

	if (!k || !kernel_translate(k, address, &physical) || !kernel_frame_page(k, physical, ret) ||
	    err_ignore(bind_read(t, HALF_NATIVE, &page_binding, *ret, &w)))
		return false;
	if ((w.has & 1) && (w.head & 1))
		*ret = w.head - 1;
	return true;
}

static bool cache_of(struct target *t, uint64_t page, uint64_t *ret)
{
	struct page_words w = { 0 };

	if (!err_ignore(bind_read(t, HALF_NATIVE, &slab_binding, page, &w))) {
		*ret = w.cache;
		return true;
	}
	if (err_ignore(bind_read(t, HALF_NATIVE, &page_binding, page, &w)) || !(w.has & 2))
		return false;
	*ret = w.cache;
	return true;
}

static const char *read_name(struct target *t, struct arena *a, uint64_t address)
{
	char text[MAX_NAME + 1] = "";
	size_t n = target_memory(t)->read(target_memory(t)->arg, address, text, MAX_NAME);

	for (size_t i = 0; i < n && text[i]; i++)
		if (!isgraph((unsigned char)text[i]))
			return NULL;
	return n && *text && memchr(text, '\0', n) ? arena_strdup(a, text) : NULL;
}

/* Objects lie one behind the other from the start of the slab's first page. */
static uint64_t object_of(struct target *t, uint64_t head, uint64_t address, uint64_t size)
{
	struct kernel *k = target_kernel(t);
	uint64_t physical = 0, own = 0, offset;

	if (!kernel_page_frame(k, head, &physical) || !kernel_translate(k, address, &own) || own < physical)
		return 0;
	offset = own - physical;
	return address - offset % size;
}

bool slab_object_at(struct target *t, struct arena *a, uint64_t address, struct slab_object *ret)
{
	struct slab_object o = { 0 };
	struct cache_words c = { 0 };
	uint64_t head = 0, back = 0;

	if (!head_of(t, address, &head) || !cache_of(t, head, &o.cache) || o.cache % 8 ||
	    err_ignore(bind_read(t, HALF_NATIVE, &cache_binding, o.cache, &c)) || !c.size || c.size > MAX_OBJECT ||
	    !arch_read_uint(target_memory(t), c.next + 8, 8, &back) || back != c.list_at)
		return false;
	o.name = read_name(t, a, c.name);
	if (!o.name)
		return false;
	o.size = c.size;
	o.object = object_of(t, head, address, c.size);
	*ret = o;
	return true;
}
