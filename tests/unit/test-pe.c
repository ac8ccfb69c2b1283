/* SPDX-License-Identifier: MIT */
/* The PE reader on images built here: as a file, as memory, with holes. */
#include "base/arena.h"
#include "symbol/pe.h"
#include "unit/pe-build.h"
#include "unit/test.h"

#include <stdlib.h>

/* A source over an image with one page missing. */
struct holey {
	struct source src;
	const uint8_t *bytes;
	uint64_t hole;	/* its page */
};

static struct err *holey_read(struct source *src, uint64_t offset, void *buf, size_t len)
{
	struct holey *h = (struct holey *)src;

	if (offset < h->hole + 0x1000 && offset + len > h->hole)
		return err_fault(h->hole);
	memcpy(buf, h->bytes + offset, len);
	return NULL;
}

static void holey_destroy(struct source *src)
{
	free(src->name);
	free(src);
}

static const struct source_ops holey_ops = { holey_read, holey_destroy };

static struct err *open_holey(const uint8_t *bytes, uint64_t size, uint64_t hole, struct pe **ret)
{
	struct holey *h = calloc(1, sizeof(*h));
	struct err *e;

	if (!h)
		return err_nomem();
	h->src = (struct source){ .ops = &holey_ops, .name = strdup("mem"), .size = size };
	h->bytes = bytes;
	h->hole = hole;
	e = pe_open(&h->src, PE_MEMORY, ret);
	if (e)
		source_destroy(&h->src);
	return e;
}

static struct err *open_built(const struct pb *b, size_t size, struct pe **ret)
{
	struct source *src = NULL;
	struct err *e;

	TRY(source_from_memory("small.dll", b->bytes, size, &src));
	e = pe_open(src, PE_FILE, ret);
	if (e)
		source_destroy(src);
	return e;
}

TEST(headers_of_both_widths)
{
	for (int is_64 = 0; is_64 < 2; is_64++) {
		CLEANUP(pe_destroyp) struct pe *pe = NULL;
		const struct pe_headers *h;
		struct pb b;

		pb_build(&b, is_64);
		EXPECT_OK(open_built(&b, PB_SIZE, &pe));
		h = pe_headers(pe);
		EXPECT_EQ(h->machine, is_64 ? MACHINE_X64 : MACHINE_X86);
		EXPECT_EQ(h->is_64, is_64);
		EXPECT_EQ(h->timestamp, 0x5c9e0959);
		EXPECT_EQ(h->size_of_image, PB_IMAGE_SIZE);
		EXPECT_EQ(h->checksum, 0x12345);
		EXPECT_EQ(h->image_base, b.base);
		EXPECT_EQ(h->n_directories, 16);
		EXPECT_EQ(h->n_sections, 5);
		EXPECT_STR(pe_section_at(pe, PB_RDATA + 0x1700)->name, ".rdata");
		EXPECT(!pe_section_at(pe, 0x10));
		EXPECT(pe_matches(pe, 0x5c9e0959, PB_IMAGE_SIZE));
	}
}

TEST(identity_error_has_both)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	CLEANUP(err_freep) struct err *e = NULL;
	struct pb b;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	e = pe_check_identity(pe, 0x11223344, 0x8000);
	EXPECT_EQ(err_code(e), ERR_NOTFOUND);
	EXPECT_STR(err_message(e), "small.dll: image has time stamp 5C9E0959 and size 0x7000, "
				   "expected 11223344 and 0x8000");
	EXPECT(!pe_check_identity(pe, 0x5c9e0959, 0x7000));
}

TEST(file_maps_sections_and_zero_tails)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	uint8_t got[0x1100], zero[0x1000] = { 0 };
	struct pb b;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_read(pe, PB_RDATA + 0x300, got, sizeof(got)));
	EXPECT(!memcmp(got, b.bytes + PB_RAW_RDATA + 0x300, 0x100));
	EXPECT(!memcmp(got + 0x100, zero, 0x1000));
	EXPECT_ERR(pe_read(pe, 0x7000, got, 1), ERR_FAULT);
	EXPECT_EQ(pe_read_some(pe, 0x3fc, got, 16), 4); /* end of headers, then a gap */
}

TEST(truncated_file_is_not_zero_filled)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	uint8_t got[0x400];
	struct pb b;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_RAW_RDATA + 0x100, &pe));
	EXPECT_EQ(pe_read_some(pe, PB_RDATA, got, sizeof(got)), 0x100);
	EXPECT_ERR(pe_read(pe, PB_RDATA + 0xff, got, 2), ERR_FAULT);
}

TEST(codeview_and_debug_entries)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	const struct pe_debug_entry *d;
	struct pe_codeview cv;
	struct pb b;
	size_t n;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_debug_entries(pe, &d, &n));
	EXPECT_EQ(n, 2);
	EXPECT_STR(d[0].type_name, "REPRO");
	EXPECT_STR(d[1].type_name, "CODEVIEW");
	EXPECT_OK(pe_codeview(pe, &cv));
	EXPECT_EQ(cv.kind, PE_CODEVIEW_RSDS);
	EXPECT_EQ(cv.age, 3);
	EXPECT_EQ(cv.guid[0], 0x10);
	EXPECT_EQ(cv.guid[15], 0x1f);
	EXPECT_STR(cv.path, "C:\\s\\x.pdb");
}

TEST(codeview_records_of_other_kinds)
{
	static const uint8_t nb10[] = { 'N', 'B', '1', '0', 0, 0, 0, 0, 1, 2, 3, 4, 5, 0, 0, 0, 'a', '.', 'p' };
	CLEANUP(strbuf_deinit) struct strbuf path = STRBUF_INIT;
	struct pe_codeview cv;

	EXPECT_OK(pe_parse_codeview("x", nb10, sizeof(nb10), &cv, &path));
	EXPECT_EQ(cv.kind, PE_CODEVIEW_NB10);
	EXPECT_EQ(cv.signature, 0x04030201);
	EXPECT_EQ(cv.age, 5);
	EXPECT_STR(cv.path, "a.p");
	EXPECT_ERR(pe_parse_codeview("x", nb10, 12, &cv, &path), ERR_TRUNCATED);
	EXPECT_ERR(pe_parse_codeview("x", (const uint8_t *)"NB09....", 8, &cv, &path), ERR_UNSUPPORTED);
}

struct collected {
	char text[512];
};

static bool collect_export(void *arg, const struct pe_export *e)
{
	struct collected *c = arg;
	size_t len = strlen(c->text);

	(void)snprintf(c->text + len, sizeof(c->text) - len, "%u %s %x%s%s\n", e->ordinal,
		       e->name ? e->name : "-", e->rva, e->forwarder ? " " : "",
		       e->forwarder ? e->forwarder : "");
	return true;
}

TEST(exports_by_ordinal)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	struct collected c = { "" };
	const char *dll;
	struct pb b;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_exports(pe, collect_export, &c));
	EXPECT_STR(c.text, "5 alpha 1010\n5 alpha2 1010\n6 beta 1040\n7 fwd 2180 OTHER.Function\n"
			   "8 - 1080\n10 datum 4008\n11 ?m@C@@QEAAXH@Z 10c0\n");
	EXPECT_OK(pe_export_dll_name(pe, &dll));
	EXPECT_STR(dll, "small.dll");
}

static bool collect_symbol(void *arg, const struct symbol *s)
{
	struct collected *c = arg;
	size_t len = strlen(c->text);

	(void)snprintf(c->text + len, sizeof(c->text) - len, "%s %s\n", s->name, s->is_code ? "code" : "data");
	return true;
}

TEST(export_provider_names_addresses)
{
	CLEANUP(provider_unrefp) struct provider *p = NULL;
	struct collected c = { "" };
	struct pe *pe = NULL;
	struct symbol s;
	struct pb b;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_export_provider(pe, /* own= */ true, &p));
	EXPECT_STR(p->note, "export symbols");
	EXPECT_STR(p->ops->name, "exports");
	EXPECT_ERR(p->ops->symbol_at(p, PB_TEXT + 0xf, &s), ERR_NOTFOUND);
	EXPECT_OK(p->ops->symbol_at(p, PB_TEXT + 0x3f, &s));
	EXPECT_STR(s.name, "alpha");
	EXPECT_EQ(s.rva, PB_TEXT + 0x10);
	EXPECT(s.is_code);
	EXPECT_OK(p->ops->symbol_at(p, PB_TEXT + 0x90, &s));
	EXPECT_STR(s.name, "Ordinal8");
	EXPECT_OK(p->ops->symbol_at(p, PB_DATA + 9, &s));
	EXPECT_STR(s.name, "datum");
	EXPECT(!s.is_code);
	EXPECT_OK(p->ops->symbol_named(p, "BETA", &s));
	EXPECT_EQ(s.rva, PB_TEXT + 0x40);
	EXPECT_OK(p->ops->symbol_named(p, "fwd", &s));
	EXPECT_STR(s.forwarder, "OTHER.Function");
	EXPECT_OK(p->ops->symbol_named(p, "ordinal8", &s));
	EXPECT_EQ(s.rva, PB_TEXT + 0x80);
	EXPECT_OK(p->ops->symbol_at(p, PB_TEXT + 0xc8, &s));
	EXPECT_STR(s.name, "C::m");
	EXPECT_OK(p->ops->symbol_named(p, "c::m", &s));
	EXPECT_EQ(s.rva, PB_TEXT + 0xc0);
	EXPECT_ERR(p->ops->symbol_named(p, "Ordinal9", &s), ERR_NOTFOUND);
	EXPECT_ERR(p->ops->symbol_named(p, "gamma", &s), ERR_NOTFOUND);
	EXPECT_OK(p->ops->symbols(p, "*a*", collect_symbol, &c));
	EXPECT_STR(c.text, "alpha code\nalpha2 code\nbeta code\nOrdinal8 code\ndatum data\n");
}

TEST(version_resource)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	const struct pe_version *v;
	struct pb b;

	pb_build(&b, false);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_version(pe, &v));
	EXPECT(v->has_fixed);
	EXPECT_EQ(v->file[0], 10);
	EXPECT_EQ(v->file[1], 1);
	EXPECT_EQ(v->file[2], 0x4a61);
	EXPECT_EQ(v->file[3], 2);
	EXPECT_EQ(v->product[3], 4);
	EXPECT_EQ(v->type, 2);
	EXPECT_EQ(v->n_strings, 2);
	EXPECT_STR(pe_version_string(v, "companyname"), "Small & Sons");
	EXPECT_STR(pe_version_string(v, "FileVersion"), "10.1 (odd)");
	EXPECT(!pe_version_string(v, "x"));
	EXPECT_EQ(v->strings[0].language, 0x040904b0);
	EXPECT_EQ(v->n_translations, 1);
	EXPECT_EQ(v->translations[0], 0x040904b0);
}

TEST(memory_layout_and_holes)
{
	static uint8_t image[PB_IMAGE_SIZE];
	CLEANUP(pe_destroyp) struct pe *pe = NULL, *whole = NULL;
	struct pe_codeview cv;
	struct pe *none = NULL;
	const struct pe_version *v;
	uint8_t got[0x800];
	struct pb b;

	pb_build(&b, true);
	pb_map(&b, image);
	EXPECT_OK(open_holey(image, PB_IMAGE_SIZE, 0x10000, &whole));
	EXPECT_OK(pe_codeview(whole, &cv));
	EXPECT_OK(open_holey(image, PB_IMAGE_SIZE, PB_RDATA, &pe));
	EXPECT_OK(pe_version(pe, &v));
	EXPECT_ERR(pe_codeview(pe, &cv), ERR_FAULT);
	EXPECT_EQ(pe_read_some(pe, PB_RDATA - 0x100, got, 0x800), 0x100);
	EXPECT_ERR(open_holey(image, PB_IMAGE_SIZE, 0, &none), ERR_FAULT);
	EXPECT(!none);
}

static uint64_t word_at(const uint8_t *p, unsigned n)
{
	uint64_t v = 0;

	while (n--)
		v = v << 8 | p[n];
	return v;
}

static const struct space_range *range_at(const struct pe_image *im, uint64_t address)
{
	const struct space_range *r;
	size_t n;

	r = pe_image_ranges(im, &n);
	for (size_t i = 0; i < n; i++)
		if (address >= r[i].address && address - r[i].address < r[i].size)
			return &r[i];
	return NULL;
}

/* Reads through the range that covers the address. */
static bool image_read(const struct pe_image *im, uint64_t address, void *buf, size_t len)
{
	const struct space_range *r = range_at(im, address);

	return r && r->src && address + len <= r->address + r->size &&
	       !err_ignore(source_read(r->src, r->offset + (address - r->address), buf, len));
}

TEST(image_is_relocated_where_it_was_loaded)
{
	for (int is_64 = 0; is_64 < 2; is_64++) {
		CLEANUP(pe_destroyp) struct pe *pe = NULL;
		CLEANUP(pe_image_destroyp) struct pe_image *im = NULL;
		uint64_t base = is_64 ? 0x7ff812340000 : 0x6af30000;
		unsigned word = is_64 ? 8 : 4;
		uint8_t got[16];
		struct pb b;

		pb_build(&b, is_64);
		EXPECT_OK(open_built(&b, PB_SIZE, &pe));
		EXPECT_OK(pe_image_create(pe, base, 7, &im));
		EXPECT(image_read(im, base + PB_TEXT + 0x10, got, word));
		EXPECT_EQ(word_at(got, word), base + PB_TEXT + 0x20);
		/* halves of a relocated word, and the byte beside it */
		EXPECT(image_read(im, base + PB_TEXT + 0xf, got, 3));
		EXPECT_EQ(got[0], 0xcc);
		EXPECT_EQ(got[1], 0x20);
		EXPECT_EQ(got[2], (base + PB_TEXT) >> 8 & 0xff);
		EXPECT(image_read(im, base + PB_TEXT + 0x12, got, 2));
		EXPECT_EQ(word_at(got, 2), base >> 16 & 0xffff);
		EXPECT(image_read(im, base + pe_headers(pe)->image_base_offset, got, word));
		EXPECT_EQ(word_at(got, word), base);
	}
}

TEST(image_leaves_out_what_the_loader_writes)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	CLEANUP(pe_image_destroyp) struct pe_image *im = NULL;
	uint64_t base = 0x7ff812340000;
	struct pb b;

	pb_build(&b, true);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_image_create(pe, base, 7, &im));
	EXPECT(range_at(im, base));
	EXPECT_EQ(range_at(im, base)->tag, 7);
	EXPECT_EQ(range_at(im, base + PB_TEXT)->origin, SPACE_IMAGE);
	EXPECT(range_at(im, base + PB_RDATA + 0x1ff));
	EXPECT(!range_at(im, base + PB_RDATA + 0x200)); /* import addresses */
	EXPECT(!range_at(im, base + PB_RDATA + 0x20f));
	EXPECT(range_at(im, base + PB_RDATA + 0x210));
	EXPECT_EQ(range_at(im, base + PB_RDATA + 0x400)->origin, SPACE_ZERO);
	EXPECT_EQ(range_at(im, base + PB_RDATA + 0x1fff)->origin, SPACE_ZERO);
	EXPECT(!range_at(im, base + PB_DATA));	/* writable */
	EXPECT(range_at(im, base + PB_RSRC));
	EXPECT(!range_at(im, base + PB_RELOC)); /* discardable */
	EXPECT(!range_at(im, base + 0x400));	/* between headers and sections */
}

TEST(image_with_stripped_relocations_stays)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	CLEANUP(pe_image_destroyp) struct pe_image *im = NULL;
	struct pb b;

	pb_build(&b, true);
	pb_dir(&b, 5, 0, 0);
	pb_put(&b, 0x96, 2, 0x2023);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_ERR(pe_image_create(pe, 0x7ff812340000, 0, &im), ERR_UNSUPPORTED);
	EXPECT_OK(pe_image_create(pe, b.base, 0, &im));
}

TEST(unknown_relocation_is_a_fault)
{
	CLEANUP(pe_destroyp) struct pe *pe = NULL;
	CLEANUP(pe_image_destroyp) struct pe_image *im = NULL;
	uint8_t got[8];
	struct pb b;

	pb_build(&b, true);
	pb_put(&b, PB_RAW_RELOC + 8, 2, 9 << 12 | 0x10);
	EXPECT_OK(open_built(&b, PB_SIZE, &pe));
	EXPECT_OK(pe_image_create(pe, b.base + 0x10000, 0, &im));
	EXPECT(!image_read(im, b.base + 0x10000 + PB_TEXT + 0x10, got, 8));
	EXPECT(image_read(im, b.base + 0x10000 + PB_TEXT + 0x18, got, 8));
}

TEST(no_image_says_what_was_found)
{
	struct pe *pe = NULL;
	struct pb b;

	pb_build(&b, true);
	b.bytes[0] = 'Z';
	EXPECT_ERR(open_built(&b, PB_SIZE, &pe), ERR_CORRUPT);
	pb_build(&b, true);
	pb_put(&b, 0x3c, 4, 0xffffffff);
	EXPECT_ERR(open_built(&b, PB_SIZE, &pe), ERR_TRUNCATED);
	pb_build(&b, true);
	pb_put(&b, 0x86, 2, 0xffff);
	EXPECT_ERR(open_built(&b, PB_SIZE, &pe), ERR_CORRUPT);
	EXPECT(!pe);
}

/* Everything that can be asked of an image; nothing may crash. */
static void ask_all(struct pe *pe)
{
	struct collected c = { "" };
	struct pe_codeview cv;
	const struct pe_version *v;
	struct pe_load_config lc;
	struct pe_tls tls;

	(void)err_ignore(pe_codeview(pe, &cv));
	(void)err_ignore(pe_exports(pe, collect_export, &c));
	(void)err_ignore(pe_version(pe, &v));
	(void)err_ignore(pe_load_config(pe, &lc));
	(void)err_ignore(pe_tls(pe, &tls));
}

TEST(any_truncation_and_any_flipped_header_byte)
{
	struct pb b;

	for (size_t size = 0; size < PB_SIZE; size += 64) {
		CLEANUP(pe_destroyp) struct pe *pe = NULL;

		pb_build(&b, true);
		if (!err_ignore(open_built(&b, size, &pe)))
			ask_all(pe);
	}
	for (size_t i = 0; i < 0x400; i++) {
		CLEANUP(pe_destroyp) struct pe *pe = NULL;

		pb_build(&b, true);
		b.bytes[i] ^= 0xff;
		if (!err_ignore(open_built(&b, PB_SIZE, &pe)))
			ask_all(pe);
	}
}

TESTS(headers_of_both_widths, identity_error_has_both, file_maps_sections_and_zero_tails,
      truncated_file_is_not_zero_filled, codeview_and_debug_entries, codeview_records_of_other_kinds,
      exports_by_ordinal, export_provider_names_addresses, version_resource, memory_layout_and_holes,
      image_is_relocated_where_it_was_loaded, image_leaves_out_what_the_loader_writes,
      image_with_stripped_relocations_stays, unknown_relocation_is_a_fault, no_image_says_what_was_found,
      any_truncation_and_any_flipped_header_byte)
