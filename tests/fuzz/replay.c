/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target once over each file named, and over each file of each
 * folder named: how corpus and past crashers are replayed with any compiler.
 * A folder that does not exist holds nothing; the empty input always runs.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;

static int run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	struct stat st;
	uint8_t *data = NULL;
	size_t got = 0;

	if (!f || fstat(fileno(f), &st) != 0) {
		perror(path);
		if (f)
			(void)fclose(f);
		return 1;
	}
	/* Exactly as large as the input, so that a read past its end is seen. */
	data = malloc(st.st_size ? (size_t)st.st_size : 1);
	if (data)
		got = fread(data, 1, (size_t)st.st_size, f);
	(void)fclose(f);
	if (!data || got != (size_t)st.st_size) {
		(void)fprintf(stderr, "%s: could not read it\n", path);
		free(data);
		return 1;
	}
	(void)fprintf(stderr, "%s\n", path);
	(void)LLVMFuzzerTestOneInput(data, got);
	free(data);
	inputs++;
	return 0;
}

static int run_folder(const char *path)
{
	DIR *d = opendir(path);
	const struct dirent *e;
	char name[4096];
	int bad = 0;

	if (!d)
		return errno == ENOENT ? 0 : 1;
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		bad |= run_file(name);
	}
	(void)closedir(d);
	return bad;
}

int main(int argc, char **argv)
{
	static const uint8_t nothing[1];
	int bad = 0;

	(void)LLVMFuzzerTestOneInput(nothing, 0);
	inputs++;
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) != 0 && errno == ENOENT)
			continue;
		bad |= S_ISDIR(st.st_mode) ? run_folder(argv[i]) : run_file(argv[i]);
	}
	(void)printf("%zu inputs\n", inputs);
	return bad;
}
