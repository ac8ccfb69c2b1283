# SPDX-License-Identifier: MIT
"""The row "heap" of bench/run: mark and sweep over the heap of a snapshot, beside LeakSanitizer.

The same program (bench/heap_load.c) makes the same blocks twice: once it is snapshot, and `!heap -l` searches the
snapshot; once it is built with -fsanitize=leak and has LeakSanitizer search itself (__lsan_do_recoverable_leak_check).
Both must find the number of blocks that the program forgot. Speed is bytes scanned per second of processor time: the
marking is one thread's work on either side. The walk of the heap, which `!heap -s` does alone, is measured too and taken off;
LeakSanitizer's allocator knows its blocks and walks nothing.
"""
import json
import os
import re
import statistics
import subprocess
import tempfile

MB = 1e6
RUNS = 5


def snapshot(osmodump, program, mb, out):
    """The number of blocks that are lost."""
    with subprocess.Popen([program, str(mb)], stdout=subprocess.PIPE, text=True) as process:
        try:
            _, pid, lost = process.stdout.readline().split()
            subprocess.run([osmodump, 'snap', '-q', pid, '-o', out, '--force'], check=True, capture_output=True)
        finally:
            process.kill()
    return int(lost)


def sanitizer(program, mb):
    """(lost blocks, ms of processor time, ms of wall time); None: LeakSanitizer does not run here."""
    done = subprocess.run([program, str(mb)], capture_output=True, text=True, check=False)
    times = re.search(r'^lsan (\d+) (\d+)$', done.stdout, re.M)
    found = re.search(r'leaked in (\d+) allocation', done.stderr)
    if not times or not found:
        print(f'  LeakSanitizer: {done.stderr.strip()[-200:] or "said nothing"}')
        return None
    return int(found[1]), int(times[2]) / 1000, int(times[1]) / 1000


def searched(osmodump, dump):
    """What `!heap -l` says of all blocks."""
    done = subprocess.run([osmodump, '-q', '--json', dump, '-c', '!heap -l'], capture_output=True, text=True, check=True)
    return next(r for r in map(json.loads, done.stdout.splitlines()) if r['kind'] == 'heap_leaks')


def bench_heap(osmodump, program, top, timed, take_turns, show, figure):
    mb = int(os.environ.get('BENCH_MB', '1024').split(',')[0])
    with tempfile.TemporaryDirectory(dir=os.environ.get('BENCH_DIR', '/var/tmp')) as work:
        dump = f'{work}/heap'
        lost = snapshot(osmodump, program, mb, dump)
        said = searched(osmodump, dump)
        found = said['lost'] + said['indirectly']
        walk = timed('osmodump !heap -s', [osmodump, '-q', dump, '-c', '!heap -s'], {'arenas': 1})
        search = timed('osmodump !heap -l', [osmodump, '-q', dump, '-c', '!heap -l'], {'lost': 1})
        take_turns([walk, search], RUNS)
        show([walk, search], RUNS)
    peer = f'{top}/build/heap_load_lsan'
    built = subprocess.run(['gcc', '-O2', '-fsanitize=leak', '-DWITH_LSAN', '-o', peer, f'{top}/bench/heap_load.c'], check=False)
    peers = [sanitizer(peer, mb) for _ in range(RUNS)] if built.returncode == 0 else [None]
    theirs = None if None in peers else statistics.median(cpu for _, cpu, _ in peers)
    ours = statistics.median(a - b for a, b in zip(search.busy, walk.busy)) if search.ms and walk.ms else None
    if theirs:
        print(f'  LeakSanitizer, processor time          {theirs:10.2f} ms  (wall {statistics.median(w for _, _, w in peers):.0f} ms, '
              f'{RUNS} runs)')
    if ours:
        print(f'  osmodump, marking and sorting          {ours:10.2f} ms of processor time, {said["scanned"] / MB:.0f} MB scanned; '
              f'the walk before it {statistics.median(walk.busy):.0f} ms')
    figure('lost blocks that osmodump finds, of those there are', found / lost, 'exactly 1', lambda v: v == 1)
    figure('lost blocks that LeakSanitizer finds', peers[0][0] / lost if peers[0] else None, 'exactly 1', lambda v: v == 1)
    figure('MB/s that one core marks', said['scanned'] / MB / (ours / 1000) if ours else None, 'at least 1000', lambda v: v >= 1000)
    figure('LeakSanitizer / osmodump, processor time of the search', theirs / ours if theirs and ours else None, 'at least 1',
           lambda v: v >= 1)
