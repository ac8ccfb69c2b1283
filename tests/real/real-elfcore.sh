# SPDX-License-Identifier: MIT
# Cores made here, by the kernel and by gdb's gcore, of 64- and 32-bit programs:
# every fact that eu-readelf prints of them must be in our reading.
cd "$(dirname "$0")/../.." || exit 1
conf=${OSMODUMP%/*}/tests/conf-elfcore
for tool in cc gdb gcore eu-readelf; do
	command -v $tool >/dev/null || { echo "$tool is not installed"; exit 77; }
done
dir=$(mktemp -d /var/tmp/real-elfcore-XXXXXX) || exit 1
trap 'rm -rf "$dir"' EXIT
cat >"$dir/t.c" <<'END'
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
static void *sleeper(void *arg) { sleep(600); return arg; }
int main(int argc, char **argv)
{
	pthread_t t;
	for (int i = 0; i < 40; i++)
		pthread_create(&t, NULL, sleeper, NULL);
	sleep(1);
	puts("ready");
	fflush(stdout);
	if (argc > 1)
		abort();
	sleep(600);
}
END
cores=
for bits in 64 32; do
	cc -m$bits -O1 -pthread -o "$dir/t$bits" "$dir/t.c" 2>/dev/null ||
		{ echo "skip: no $bits-bit programs can be built"; continue; }
	"$dir/t$bits" >"$dir/out" &
	pid=$!
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		grep -q ready "$dir/out" && break
		sleep 1
	done
	gcore -o "$dir/gcore$bits-core" $pid >/dev/null 2>&1
	kill $pid
	wait $pid 2>/dev/null
	[ -s "$dir/gcore$bits-core.$pid" ] && cores="$cores $dir/gcore$bits-core.$pid"
	mkdir "$dir/k$bits"
	(cd "$dir/k$bits" && ulimit -c unlimited && exec "$dir/t$bits" abort >/dev/null) 2>/dev/null
	for f in "$dir/k$bits"/core*; do
		[ -s "$f" ] && cores="$cores $f"
	done
done
[ -n "$cores" ] || { echo "no core could be made"; exit 77; }
# shellcheck disable=SC2086
"$conf" $cores
