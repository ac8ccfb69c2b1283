/* SPDX-License-Identifier: MIT */
/*
 * Frame sizes that PDBs state (S_FRAMEPROC) against the unwind codes of the
 * images they were linked with: for each function of .pdata, the return address
 * must be in one of the words that the size allows, and where it allows only
 * one, in that. Images of Visual C++ 2008 to 2019.
 */
#include "arch/unwind.h"
#include "memory/space.h"
#include "symbol/pdb.h"
#include "symbol/pe.h"
#include "unit/fixtures.h"

#include <inttypes.h>

#define BASE 0x180000000ull
#define STACK 0x7fff0000ull
enum { STACK_SIZE = 0x20000, WORD = 8 };

static const char *const pairs[] = {
	"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/xcpt4",
	"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/nested_collided",
	"rizinorg-rizin-testbins/pe/microsoft_seh_tests/x64/xframe_eh_exe",
	"google-breakpad/src/tools/windows/dump_syms/testdata/dump_syms_regtest64",
	"getsentry-symbolic/symbolic-testutils/fixtures/windows/CrashWithException",
	"selagroup-diagnostics-courses/dbg-windbg-intro/bin/HeuristicsWhenOptimized",
};
static size_t compared, exact, failed, skipped;

struct image {
	struct pe *pe;
	struct pe_image *parts;
	struct space *space;
	struct provider *pdb;
	struct unwind_image unwind;
	struct arch_memory memory;
};

/* The image, and a stack on which each word is its own address. */
static size_t read_memory(void *arg, uint64_t address, void *buf, size_t len)
{
	struct image *im = arg;
	uint8_t *b = buf;

	if (address < STACK || address - STACK >= STACK_SIZE)
		return space_read_some(im->space, address, buf, len);
	for (size_t i = 0; i < len; i++) {
		uint64_t word = (address + i) & ~(uint64_t)(WORD - 1);

		b[i] = (uint8_t)(word >> 8 * ((address + i) % WORD));
	}
	return len;
}

static void image_close(struct image *im)
{
	space_destroy(im->space);
	pe_image_destroy(im->parts);
	pe_destroy(im->pe);
	provider_unref(im->pdb);
}

static struct err *image_open(const char *path, struct image *im)
{
	const struct space_range *ranges;
	char file[4200];
	size_t n;

	(void)snprintf(file, sizeof(file), "%s.pdb", path);
	TRY(pdb_open(file, &im->pdb));
	(void)snprintf(file, sizeof(file), "%s.exe", path);
	TRY(pe_open_file(file, &im->pe));
	TRY(pe_image_create(im->pe, BASE, 0, &im->parts));
	TRY(space_create(&im->space));
	ranges = pe_image_ranges(im->parts, &n);
	TRY(space_add(im->space, ranges, n));
	im->unwind = pe_unwind_image(im->pe, BASE);
	im->memory = (struct arch_memory){ read_memory, im };
	return NULL;
}

/* Bytes from the stack pointer to the return address, by unwind codes; false
 * where they say otherwise than by a number. */
static bool size_by_codes(struct image *im, const struct x64_function *f, uint32_t rva, uint64_t *ret)
{
	struct regs r = { .arch = arch_for(MACHINE_X64) }, caller;
	struct unwind_result res;
	uint8_t info[4];

	if (f->primary_begin != f->begin ||
	    space_read_some(im->space, BASE + f->unwind_info, info, sizeof(info)) != sizeof(info))
		return false;
	for (unsigned i = 0; i <= X64_R15; i++)
		regs_set(&r, i, 0);
	regs_set(&r, X64_RSP, STACK);
	regs_set(&r, X64_RIP, BASE + rva);
	/* a frame register as the prolog has set it */
	if (info[3] & 15)
		regs_set(&r, info[3] & 15, STACK + (uint64_t)(info[3] >> 4) * 16);
	if (err_ignore(x64_unwind(&im->memory, &im->unwind, false, &r, &caller, &res)) ||
	    res.machine_frame)
		return false;
	*ret = res.return_slot - STACK;
	return true;
}

static void compare_function(struct image *im, const char *name, const struct x64_function *f)
{
	struct fixed_frame ff;
	uint64_t size, high;

	if (err_ignore(im->pdb->ops->fixed_frame(im->pdb, f->begin, &ff)) || ff.rva != f->begin)
		return;
	if (!size_by_codes(im, f, f->begin + ff.body, &size))
		return;
	compared++;
	high = ff.size + (uint64_t)ff.pushes * WORD;
	exact += size == ff.size && size == high;
	if (size >= ff.size && size <= high && (size - ff.size) % WORD == 0)
		return;
	failed++;
	(void)printf("FAIL: %s: function 0x%x: %" PRIu64 " bytes, its frame size allows %u to %" PRIu64 "\n",
		     name, f->begin, size, ff.size, high);
}

static void compare(const char *root, const char *pair)
{
	struct image im = { 0 };
	struct x64_function f;
	char path[4096];
	struct err *e;

	(void)snprintf(path, sizeof(path), "%s/%s", root, pair);
	e = image_open(path, &im);
	if (e) {
		(void)printf("skip: %s\n", err_message(e));
		skipped++;
	}
	for (uint32_t rva = 0x1000; !e && rva < im.unwind.size; rva++) {
		if (err_ignore(x64_function_at(&im.memory, &im.unwind, rva, &f)))
			continue;
		compare_function(&im, pair, &f);
		rva = f.end > rva ? f.end - 1 : rva;
	}
	err_free(e);
	image_close(&im);
}

int main(void)
{
	const char *root = fixtures();

	if (!root)
		return 77;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		compare(root, pairs[i]);
	(void)printf("figure: frame sizes: %zu functions compared with unwind codes, %zu sizes exact\n",
		     compared, exact);
	(void)printf("%zu passed, %zu failed, %zu skipped\n", compared - failed, failed, skipped);
	return failed || !compared;
}
