#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Bits of a kernel dump are flipped where its lists, tables and notes are; every command has to come to an end.

usage: flip.py DUMP [ROUNDS [SEED]]
DUMP is an ELF dump of a machine (dump-guest-memory). Each round flips 1 to 400 bits or words of a private copy, runs
all commands for kernels within limits of time and memory, and puts the bytes back. A signal, a report of a sanitizer,
or no end is a failure; so is a list that is shorter than it was while nothing says that something is wrong.
Environment: OSMODUMP, OSMOSIS_FLIP_SECONDS (20: of a batch of commands). Ends with "N passed, N failed".
"""
import collections
import json
import mmap
import os
import random
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import vmcore  # noqa: E402

OSMODUMP = os.environ.get('OSMODUMP', f'{HERE}/../../build/osmodump')
SECONDS = float(os.environ.get('OSMOSIS_FLIP_SECONDS', '20'))
SANITIZED = subprocess.run(['grep', '-q', '__asan_init', OSMODUMP], check=False).returncode == 0
MEMORY = 4 << 30  # bytes of addresses
BATCHES = ('!process 0 7', '~*k', '!locks;!running;!ready', '!vm;!slab;!irq;!workqueue;!mount', '!dmesg;lm;dt task_struct init_task;!address',
           '!analyze -v', '.process 1;!vma -p;!handle;!address;k')
SYMBOLS = {'btf': ('__start_BTF',), 'orc': ('__start_orc_unwind', '__start_orc_unwind_ip', 'orc_lookup'),
           'printk': ('prb', '_printk_rb_static_descs', '_printk_rb_static_infos', '__log_buf'), 'modules': ('modules', 'module_kset'),
           'page tables': ('init_top_pgt', 'level3_kernel_pgt', 'level2_kernel_pgt'), 'tasks': ('init_task',),
           'slab': ('slab_caches',), 'vmcoreinfo': ('vmcoreinfo_data', 'vmcoreinfo_note')}
# Records of which there have to be as many as before, or a word about it.
LISTS = {'kernel_process', 'kernel_thread', 'slab_cache', 'mount', 'module', 'run_queue', 'running'}
WORDS = {'warning', 'error', 'notice', 'truncated'}


def ask(path, words):
    out = subprocess.run([OSMODUMP, '--json', '-c', words, path], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    return [json.loads(line) for line in out.decode('utf-8', 'replace').splitlines() if line.startswith('{')]


def virtual_places(path):
    """(area, address, size) of what can be hit."""
    for area, names in SYMBOLS.items():
        for name in names:
            for r in ask(path, f'x vmlinux!{name}'):
                if r['kind'] == 'symbol':
                    yield area, int(r['address'], 16), max(8, r['size'])
    for r in ask(path, '!process 0 2'):
        if r['kind'] == 'kernel_thread':
            yield 'tasks', int(r['task_addr'], 16), 4096
            if 'stack_limit' in r:  # a task that has ended may have none
                yield 'stacks', int(r['stack_limit'], 16) - 1024, 1024
    for r in ask(path, '!process 0 0'):
        if 'mm_addr' in r:
            yield 'maple', int(r['mm_addr'], 16), 1024
            yield 'page tables', int(r['page_table_addr'], 16), 4096
    for area, words, kind, key, size in (('slab', '!slab', 'slab_cache', 'address', 256), ('run queues', '!ready', 'run_queue', 'rq_addr', 3000),
                                         ('modules', 'lm', 'module', 'start', 4096), ('mounts', '!mount', 'mount', 'address', 320),
                                         ('maple', '!vma 1', 'vma', 'vma_addr', 136), ('irq', '!irq', 'irq', 'address', 512)):
        for r in ask(path, words):
            if r['kind'] == kind and key in r and r.get('module') != 'vmlinux':
                yield area, int(r[key], 16), r['size'] if kind == 'module' else size


def places(path, data):
    """{area: [(offset in the file, size)]}"""
    memory = vmcore.ElfMemory(data)
    virtual = list(virtual_places(path))
    found = collections.defaultdict(list)
    physical = [int(r['physical'], 16) if 'physical' in r else None
                for r in ask(path, ';'.join(f'!vtop {v:x}' for _, v, _ in virtual)) if r['kind'] == 'translation']
    for (area, _, size), p in zip(virtual, physical):
        for start, length, offset in memory.loads:
            if p is not None and start <= p and p + size <= start + length:
                found[area].append((offset + p - start, size))
                break
    # kallsyms has no symbols of its own; names, markers, tokens and their index lie together. Other tables have all
    # letters behind the digits, and the compressed kernel has a copy in front.
    digits, at, n = b''.join(b'%d\0' % d for d in range(10)), 0, -1
    while (n := data.find(digits, n + 1)) >= 0:
        if data[n + 20:n + 22] != b':\0':
            at = n
    if at > 3 << 20:
        found['kallsyms'] = [(at - (2 << 20), 2 << 20), (at - 256, 1600), (at - 8192, 8192)]
    found['note'] = list(memory.notes) + [(0, 4096)]
    return found


def flip(data, where, rng):
    """What to put back."""
    area = rng.choice(sorted(where))
    before = []
    for _ in range(rng.choice((1, 1, 2, 5, 20, 100, 400))):
        offset, size = rng.choice(where[area])
        how = rng.randrange(3)
        at = offset + rng.randrange(size)
        if how:
            at -= (at - offset) % 8
        n = min(8 if how else 1, offset + size - at)
        old = bytes(data[at:at + n])
        before.append((at, old))
        if not how:
            new = bytes([old[0] ^ 1 << rng.randrange(8)])
        elif how == 1:
            new = (int.from_bytes(old, 'little') ^ 1 << rng.randrange(8 * n)).to_bytes(n, 'little')
        else:
            other, other_size = rng.choice(where[area])  # a word of the same area: loops, and lists that cross
            other += rng.randrange(max(1, other_size - 8)) & ~7
            new = rng.choice((bytes(n), b'\xff' * n, bytes(data[other:other + n]), rng.randbytes(n)))
        if len(new) == n:
            data[at:at + n] = new
    return area, before


def limits():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(words):
    """What is wrong with the run, and the records."""
    env = dict(os.environ, ASAN_OPTIONS='detect_leaks=0:exitcode=99', UBSAN_OPTIONS='halt_on_error=1:exitcode=99:print_stacktrace=1')
    # Limits of resources have to be set in the child; nothing else of this program has threads.
    try:
        done = subprocess.run([OSMODUMP, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, timeout=SECONDS, check=False,
                              preexec_fn=limits)  # noqa: PLW1509
    except subprocess.TimeoutExpired:
        return f'no end after {SECONDS:.0f} s', []
    if done.returncode < 0 or done.returncode in (99, 134, 139):
        return f'exit code {done.returncode}: {done.stderr.decode("utf-8", "replace")[-1500:]}', []
    rows = []
    for line in done.stdout.decode('utf-8', 'replace').splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            return f'no JSON: {line[:200]}', []
    if done.stderr.strip():
        rows.append({'kind': 'error'})
    return None, rows


def counted(rows):
    return collections.Counter(r['kind'] for r in rows if r['kind'] in LISTS)


def said(rows):
    return any(r['kind'] in WORDS or r.get('trouble') or 'warning' in r or 'note' in r and r['kind'] not in ('frame',) for r in rows)


def main(words):
    if not words:
        sys.stderr.write(__doc__)
        return 2
    rounds, seed = int(words[1]) if len(words) > 1 else 20, int(words[2]) if len(words) > 2 else 1
    passed, failed, areas, quiet = 0, 0, collections.Counter(), collections.Counter()
    with tempfile.TemporaryDirectory(dir='/var/tmp') as folder:
        path = f'{folder}/dump'
        subprocess.run(['cp', '--reflink=auto', '--sparse=always', words[0], path], check=True)
        os.chmod(path, 0o600)
        with open(path, 'r+b') as f, mmap.mmap(f.fileno(), 0) as data:
            where = places(path, data)
            print('figure: flipped in: ' + ', '.join(f'{a} ({len(p)} places)' for a, p in sorted(where.items())), flush=True)
            whole = {b: counted(run(['--json', '-c', b, path])[1]) for b in BATCHES}
            for i in range(rounds):
                rng = random.Random(seed * 100003 + i)
                area, before = flip(data, where, rng)
                areas[area] += 1
                bad = []
                for b in BATCHES:
                    why, rows = run(['--json', '-c', b, path])
                    now = counted(rows)
                    if why:
                        bad.append(f'{b}: {why}')
                    elif any(now[k] < n for k, n in whole[b].items()) and not said(rows):
                        quiet[area] += 1
                        bad.append(f'{b}: fewer, and not a word of it: {dict(whole[b] - now)}')
                why, _ = run(['extract', '--process', '1', '--force', '--json', '-o', f'{folder}/core', path])
                if why:
                    bad.append(f'extract: {why}')
                for at, old in reversed(before):
                    data[at:at + len(old)] = old
                passed += not bad
                failed += bool(bad)
                for text in bad:
                    print(f'FAIL: seed {seed} round {i}, {len(before)} in {area}: {text}', flush=True)
    print('figure: rounds: ' + ', '.join(f'{a} {n}' for a, n in sorted(areas.items())))
    print(f'{passed} passed, {failed} failed')
    return failed != 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
