/* SPDX-License-Identifier: MIT */
/* File lock: a thread waits for a lock on a file while others wait for it. */
#include "pattern/outside.h"

static const struct threshold thresholds[] = { OUTSIDE_THRESHOLDS, { NULL } };

static struct err *match(struct pattern_run *run)
{
	return outside_match(run, OUTSIDE_FILE_LOCK, "File lock", "waits for a lock on a file");
}

static const char *const explains[] = { "wait.chain", NULL };

const struct pattern pattern_file_lock = {
	.id = "wait.file-lock",
	.title = "File lock",
	.category = CATEGORY_WAIT,
	.definition = "A thread waits for a lock on a file, and other threads of the process wait for that thread.",
	.context = "Two processes, or two descriptors of one, that lock the same file; a lock that a child process got with "
		   "the descriptor and keeps; network file systems whose lock service is gone.",
	.criterion = "At the end of a line of the wait graph stands a thread in flock(2), fcntl(2) with F_SETLKW or "
		     "NtLockFile, and other threads stand behind it: from outside.waiters on it is a warning.",
	.false_positives = "A lock that is free a moment later.",
	.recommendation = "Ask who has the lock: a snapshot says it where the kernel told, else /proc/locks and lslocks do. Do not hold a lock of the process "
			  "while waiting for one on a file.",
	.bucket = "FILE_LOCK_WAIT",
	.thresholds = thresholds,
	.needs = NEEDS_THREADS,
	.explains = explains,
	.match = match,
};
