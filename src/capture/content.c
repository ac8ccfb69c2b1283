/* SPDX-License-Identifier: MIT */
/*
 * The kernel's own choice for core dumps, as core(5) describes it, and the
 * user's, which is stronger. Names of the C library's mappings: glibc's manual,
 * "Memory Related Tunables", decorate_maps.
 */
#include "capture/content.h"
#include "base/cleanup.h"
#include "base/str.h"
#include "format/dump.h"

#include <string.h>

/* Shared memory without a name left: memfd, MAP_ANONYMOUS, System V segments, unlinked files. */
static bool is_nameless(const struct vma *v)
{
	return v->flags & VMA_DELETED || strncmp(v->path, "/memfd:", 7) == 0;
}

static bool is_file(const struct vma *v)
{
	return v->inode && !is_nameless(v);
}

static bool is_kernels(const struct vma *v)
{
	return strcmp(v->path, "[vdso]") == 0 || strcmp(v->path, "[vectors]") == 0;
}

static bool is_stack(const struct vma *v)
{
	return v->flags & (VMA_STACK | VMA_GROWSDOWN) || str_starts(v->path, "[stack") ||
	       str_starts(v->path, "[anon: glibc: pthread stack");
}

static bool is_heap(const struct vma *v)
{
	return strcmp(v->path, "[heap]") == 0 || str_starts(v->path, "[anon: glibc: malloc");
}

static enum content_class kind_of(const struct vma *v)
{
	bool shared = v->flags & VMA_SHARED;

	if (v->flags & VMA_HUGETLB)
		return shared ? CLASS_HUGE_SHARED : CLASS_HUGE_PRIVATE;
	if (shared)
		return is_file(v) ? CLASS_FILE_SHARED : CLASS_ANON_SHARED;
	/* A private file mapping that was written to counts as anonymous memory. */
	return v->anonymous || v->swap || !v->inode ? CLASS_ANON_PRIVATE : CLASS_FILE_PRIVATE;
}

/* --- what the user says ------------------------------------------------------------------------- */

const char *const content_class_names[N_CONTENT_CLASSES] = {
	[CLASS_ANON_PRIVATE] = "anon-private", [CLASS_ANON_SHARED] = "anon-shared",
	[CLASS_FILE_PRIVATE] = "file-private", [CLASS_FILE_SHARED] = "file-shared",
	[CLASS_ELF_HEADERS] = "elf-headers",   [CLASS_HUGE_PRIVATE] = "huge-private",
	[CLASS_HUGE_SHARED] = "huge-shared",   [CLASS_STACK] = "stack",
	[CLASS_HEAP] = "heap",		       [CLASS_VDSO] = "vdso",
	[CLASS_DONTDUMP] = "dontdump",	       [CLASS_ALL] = "all",
};

static struct err *no_such_class(const char *option, const char *word, size_t len)
{
	CLEANUP(strbuf_deinit) struct strbuf sb = STRBUF_INIT;

	for (unsigned i = 0; i < N_CONTENT_CLASSES; i++)
		strbuf_addf(&sb, "%s%s", i ? ", " : "", content_class_names[i]);
	return err_new(ERR_USAGE, "%s: '%.*s' is none of %s", option, (int)len, word, sb.failed ? "the classes" : sb.s);
}

struct err *content_read_classes(const char *option, const char *text, uint32_t *ret)
{
	uint32_t set = 0;

	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		unsigned i = 0;

		while (i < N_CONTENT_CLASSES && (strlen(content_class_names[i]) != len || strncmp(content_class_names[i], p, len) != 0))
			i++;
		if (i == N_CONTENT_CLASSES)
			return no_such_class(option, p, len < 64 ? len : 64);
		set |= 1u << i;
		p += len;
		if (!*p)
			break;
	}
	*ret = set;
	return NULL;
}

enum said { SAID_NOTHING, SAID_YES, SAID_NO };

static enum said said_of(const struct content_choice *c, enum content_class class)
{
	return c->exclude & 1u << class ? SAID_NO : c->include & 1u << class ? SAID_YES : SAID_NOTHING;
}

static enum said said_of_mapping(const struct content_choice *c, const struct vma *v)
{
	enum said said = SAID_NOTHING;

	if (is_kernels(v))
		said = said_of(c, CLASS_VDSO);
	else if (is_stack(v))
		said = said_of(c, CLASS_STACK);
	else if (is_heap(v))
		said = said_of(c, CLASS_HEAP);
	if (!said && !is_kernels(v))
		said = said_of(c, kind_of(v));
	return said ? said : said_of(c, CLASS_ALL);
}

static bool wanted_where_said(const struct content_choice *c, enum content_class class, bool otherwise)
{
	enum said said = said_of(c, class);

	if (!said)
		said = said_of(c, CLASS_ALL);
	return said ? said == SAID_YES : otherwise;
}

static bool is_device(const struct vma *v)
{
	return v->flags & (VMA_IO | VMA_PFNMAP) && !is_kernels(v);
}

/* What the process asked for is not overruled by a word on another class. */
static bool is_private_matter(const struct vma *v, const struct content_choice *c)
{
	return v->flags & VMA_DONTDUMP && !is_kernels(v) && !wanted_where_said(c, CLASS_DONTDUMP, false);
}

/* --- the choice -------------------------------------------------------------------------------------- */

const char content_of_file[] = "contents of a file";

/* Not so: pages of a private mapping that were written to; rings of the kernel (anon_inode:), which no file holds. */
static bool is_unchanged_file(const struct vma *v)
{
	return is_file(v) && v->path[0] == '/' && !(v->flags & VMA_HUGETLB) &&
	       (v->flags & VMA_SHARED || !(v->anonymous || v->swap));
}

static bool begins_with_header(const struct vma *v)
{
	return !(v->flags & VMA_SHARED) && v->inode && !v->offset && v->prot & DUMP_PROT_R;
}

enum content content_of(const struct vma *v, const struct content_choice *c, const char **ret_why)
{
	enum said said = said_of_mapping(c, v);

	*ret_why = "";
	if (is_device(v)) {
		*ret_why = "memory of a device or of the kernel";
		return CONTENT_NONE;
	}
	if (is_private_matter(v, c)) {
		*ret_why = "the process asked not to dump it (DONTDUMP)";
		return CONTENT_NONE;
	}
	if (said == SAID_YES || (!said && (is_kernels(v) || c->filter & 1u << kind_of(v))))
		return CONTENT_WHOLE;
	if (begins_with_header(v) && wanted_where_said(c, CLASS_ELF_HEADERS, c->filter & FILTER_ELF_HEADERS))
		return CONTENT_HEADER;
	*ret_why = is_unchanged_file(v) ? content_of_file : said ? "by --exclude" : "coredump_filter";
	return CONTENT_NONE;
}

bool content_refused(const struct vma *v, const struct content_choice *c)
{
	return is_device(v) || is_private_matter(v, c) || said_of_mapping(c, v) == SAID_NO;
}

bool content_asked_for(const struct vma *v, const struct content_choice *c)
{
	return !content_refused(v, c) && said_of_mapping(c, v) == SAID_YES;
}
