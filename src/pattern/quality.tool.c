/* SPDX-License-Identifier: MIT */
/* Writer of the dump: which tool made it, by the traces that it left. */
#include "pattern/facts.h"
#include "pattern/pattern.h"

#include <string.h>

/*
 * createdump of .NET puts this at a fixed address of 64-bit processes
 * (dotnet/runtime, src/coreclr/debug/inc/specialdiaginfo.h).
 */
#define DIAGINFO_ADDRESS UINT64_C(0x7fffffff10000000)
static const char diaginfo[] = "DIAGINFOHEADER";

enum { NT_PRSTATUS_ = 1, NT_PRPSINFO_ = 3 };

struct trace {
	const char *tool, *meaning, *command;
	unsigned confidence;
};

/* Words at the start of a comment stream, as the tools write them. */
static bool by_comment(struct pattern_run *run, struct trace *ret)
{
	const struct dump_annotation *v;
	size_t n;

	if (target_facts(run->target)->kind != DUMP_MINIDUMP || err_ignore(dump_annotations(target_dump(run->target), &v, &n)))
		return false;
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i].kind, "comment") == 0 && str_match("*procdump*", v[i].value, true)) {
			*ret = (struct trace){ "ProcDump", "a comment stream has its command line or name", ".dumpdebug", 88 };
			return true;
		}
	return false;
}

static bool by_diaginfo(struct pattern_run *run, struct trace *ret)
{
	char bytes[sizeof(diaginfo) - 1];

	if (target_facts(run->target)->pointer_size != 8 ||
	    space_read_some(target_space(run->target), DIAGINFO_ADDRESS, bytes, sizeof(bytes)) < sizeof(bytes) ||
	    memcmp(bytes, diaginfo, sizeof(bytes)) != 0)
		return false;
	*ret = (struct trace){ "createdump of .NET", "the header that it leaves in the memory", "da 0x7fffffff10000000 L16", 95 };
	return true;
}

/* The kernel writes the first thread's registers and then the process (fs/binfmt_elf.c), upon a signal; tools begin
 * with the process. */
static bool by_notes(struct pattern_run *run, struct trace *ret)
{
	const struct dump_stream *v;
	size_t n;

	if (target_facts(run->target)->kind != DUMP_ELFCORE || target_facts(run->target)->os != OS_LINUX ||
	    facts_fault(run->facts)->class == FAULT_NONE ||
	    err_ignore(dump_streams(target_dump(run->target), &v, &n)) || n < 2 || strcmp(v[0].owner, "CORE") != 0 ||
	    v[0].type != NT_PRSTATUS_ || v[1].type != NT_PRPSINFO_)
		return false;
	*ret = (struct trace){ "the kernel", "its order of notes: the thread that failed, then the process", ".dumpdebug", 75 };
	return true;
}

static bool by_itself(struct pattern_run *run, struct trace *ret)
{
	const char *writer = target_facts(run->target)->writer;

	if (!*writer)
		return false;
	*ret = (struct trace){ writer, "streams, notes or sections that only it writes", ".dumpdebug", 90 };
	return true;
}

static struct err *match(struct pattern_run *run)
{
	const struct dump_snapshot *s = NULL;
	struct finding *f;
	struct trace t;

	if (!err_ignore(dump_snapshot(target_dump(run->target), &s)) && s)
		return NULL; /* quality.requested tells what the record says */
	if (!by_diaginfo(run, &t) && !by_itself(run, &t) && !by_comment(run, &t) && !by_notes(run, &t))
		return NULL;
	f = finding_add(run, SEVERITY_NOTE, t.confidence, "The dump was written by %s.", t.tool);
	evidence_other(run, f, &(struct evidence){ .command = t.command, .windbg = t.command }, "%s", t.meaning);
	return NULL;
}

const struct pattern pattern_tool = {
	.id = "quality.tool",
	.title = "Writer of the dump",
	.category = CATEGORY_QUALITY,
	.definition = "Which tool wrote the dump, where it left a trace.",
	.context = "What a dump lacks, and whether its first thread is the one that failed, hangs on who wrote it.",
	.criterion = "Streams of Breakpad and Crashpad; sections that gdb adds to cores; a comment that names ProcDump; the header that "
		     "createdump of .NET leaves in memory; the order of notes of the Linux kernel.",
	.false_positives = "A tool that imitates another's order of notes. Most writers of Windows minidumps leave no trace, and are not told.",
	.recommendation = "Cores by a debugger and dumps by ProcDump are taken from a running process: there need not be a failure in them. "
			  "Breakpad's and Crashpad's hold stacks and little else.",
	.match = match,
};
