#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usage: real-heap.py OSMODUMP WORKDIR
Programs of tests/subjects/heap-*.c, dumped by a snapshot and by gdb's gcore: what they
say of their own heap against what !heap says. Each program speaks before it is dumped.
Prints ok/FAIL/skip lines; ends with "N passed, N failed, N skipped"."""
import json
import os
import shutil
import subprocess
import sys

top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
osmodump, work = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
counts = {'ok': 0, 'FAIL': 0, 'skip': 0}
DAMAGES = ['double-free', 'two-lists', 'loop', 'wild', 'overflow', 'off-by-one', 'small-size', 'top', 'bin-link']


def tell(word, text):
    counts[word] += 1
    print(f'{word}: {text}', flush=True)


def check(good, text, detail=''):
    tell('ok' if good else 'FAIL', text if good else f'{text}: {detail}')


def build(name, *flags, out=None):
    exe = os.path.join(work, out or name)
    made = subprocess.run(['gcc', '-D_GNU_SOURCE', '-std=gnu17', '-g', '-O1', '-pthread', '-w', *flags, '-o', exe,
                           os.path.join(top, 'tests/subjects', name + '.c')], capture_output=True, text=True)
    return exe if made.returncode == 0 else None


class Subject:
    """A program that has said what it knows and sleeps."""
    def __init__(self, exe, *args, env=None):
        self.process = subprocess.Popen([exe, *args], stdout=subprocess.PIPE, text=True,
                                        env={**os.environ, **(env or {})})
        self.said = []
        for line in self.process.stdout:
            self.said.append(line.strip().split(' '))
            if line.startswith('ready'):
                break

    def lines(self, key):
        return [words[1:] for words in self.said if words[0] == key]

    def blocks(self, *keys):
        return {int(w[0], 16) for key in keys for w in self.lines(key)}

    def dump(self, how):
        pid, out = self.process.pid, os.path.join(work, f'{how}.core')
        if how == 'snap':
            command = [osmodump, 'snap', str(pid), '-o', out, '--force']
        else:
            command = ['gcore', '-o', out, str(pid)]
        if os.path.exists(out):
            os.unlink(out)
        done = subprocess.run(command, capture_output=True, text=True)
        if how != 'snap' and os.path.exists(f'{out}.{pid}'):
            os.rename(f'{out}.{pid}', out)
        if not os.path.exists(out):
            sys.exit(f'no dump by {how}: {done.stdout}{done.stderr}')
        return out

    def end(self):
        self.process.kill()
        self.process.wait()


def ask(dump, command, *options):
    done = subprocess.run([osmodump, '-q', '--json', *options, dump, '-c', command], capture_output=True, text=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    for r in records:
        if r['kind'] == 'error':
            print('   ', command, r['message'])
    return records


def of_kind(records, kind):
    return [r for r in records if r['kind'] == kind]


def number(text):
    return int(text, 16)


def chunks_of(dump, options):
    chunks = []
    for r in of_kind(ask(dump, '!heap -s', *options), 'heap_arena'):
        chunks += of_kind(ask(dump, f'!heap -a 0x{number(r["address"]):x}', *options), 'heap_chunk')
    return chunks


def check_totals(what, subject, dump, options):
    arena, _, hblks, hblkhd, used, free = map(int, subject.lines('counts')[0])
    records = ask(dump, '!heap', *options)
    arenas, whole = of_kind(records, 'heap_arena'), of_kind(records, 'heap')
    if not whole:
        check(False, f'{what}: the heap is found')
        return
    whole = whole[0]
    ours_free = sum(a['top'] + a['fast'] + a['bins'] for a in arenas)
    ours_system = sum(a['system'] for a in arenas)
    ours = (ours_system, whole['mapped'], whole['mapped_bytes'], ours_system - ours_free, ours_free)
    check(ours == (arena, hblks, hblkhd, used, free), f'{what}: totals are those of mallinfo2',
          f'{ours} against {(arena, hblks, hblkhd, used, free)}')
    check(not of_kind(records, 'heap_doubt') and 'damages' not in whole, f'{what}: no damage, no doubt',
          [r for r in records if r['kind'] in ('heap', 'heap_doubt')])
    print(f'    {what}: known by {whole["known_by"]}, {whole["links"]}, {whole["arenas"]} arenas, '
          f'{whole["tcaches"]} tcaches')


def check_set(what, subject, dump, options, extra):
    live = subject.blocks('live', 'lost')
    used = {number(c['user']) for c in chunks_of(dump, options) if c['state'] == 'in use'}
    sizes = {int(w[0], 16): int(w[1]) for w in subject.lines('live')}
    large = sorted(b for b in live if sizes.get(b, 0) > 100000)
    shown = of_kind(ask(dump, '; '.join(f'!heap -x 0x{b:x}' for b in large), *options), 'heap_chunk')
    mapped = {number(c['user']) for c in shown if c['state'] == 'mmapped'}
    missing, more = live - mapped - used, used - live
    check(not missing and len(more) <= extra,
          f'{what}: the {len(used)} chunks in use are the blocks that the program holds'
          + (f' and {len(more)} of the C library' if more else ''),
          f'{len(missing)} missing, {len(more)} more: {sorted(map(hex, more))[:5]}')


def clean(what, exe, threads=0, options=(), env=None, extra=0, hows=('snap', 'gcore')):
    subject = Subject(exe, *([str(threads)] if threads else []), env=env)
    for how in hows:
        dump = subject.dump(how)
        check_totals(f'{what}, {how}', subject, dump, options)
        check_set(f'{what}, {how}', subject, dump, options, extra)
        sums = of_kind(ask(dump, '!heap -l', *options), 'heap_leaks')
        check(sums and sums[0]['lost'] == 0, f'{what}, {how}: nothing is lost', sums)
    subject.end()


def leak(what, exe, options=(), env=None):
    subject = Subject(exe, env=env)
    for how in ('snap', 'gcore'):
        dump = subject.dump(how)
        records = ask(dump, '!heap -l', *options)
        groups = {(r['state'], r['size'], r['n']) for r in of_kind(records, 'heap_leak')}
        want = {('lost', 128, 100), ('lost', 64, 10), ('indirectly', 64, 40)}
        check(groups == want, f'{what}, {how}: exactly the blocks that were forgotten are lost',
              f'{groups} against {want}')
        sums = of_kind(records, 'heap_leaks')
        check(sums and sums[0]['possibly'] == 7, f'{what}, {how}: 7 blocks are reached by their inside alone', sums)
    subject.end()


def damaged(what, exe, kind, options=()):
    subject = Subject(exe, kind)
    words = subject.lines('damage')[0]
    name, chunk = ' '.join(words[:-1]), int(words[-1], 16)
    culprit = [int(w[0], 16) for w in subject.lines('culprit')]
    for how in ('snap', 'gcore'):
        found = of_kind(ask(subject.dump(how), '!heap -v', *options), 'heap_damage')
        hits = [d for d in found if d['damage'] == name and number(d.get('chunk', '0x0')) == chunk and
                (not culprit or number(d.get('culprit', '0x0')) == culprit[0])]
        check(hits, f'{what}, {kind}, {how}: told as {name}' + (', with the block that was written on from' if culprit
                                                               else '') + f' ({len(found)} in all)', found)
    subject.end()


def stripped_libc():
    """A copy of libc without symbols and without the name of its debug file."""
    there = os.path.join(work, 'lib')
    os.makedirs(there, exist_ok=True)
    for line in subprocess.run(['ldd', os.path.join(work, 'heap-clean')], capture_output=True, text=True).stdout.splitlines():
        words = line.split()
        if words[0] == 'libc.so.6':
            to = os.path.join(there, 'libc.so.6')
            if subprocess.run(['objcopy', '--strip-all', '--remove-section=.note.gnu.build-id',
                               '--remove-section=.gnu_debuglink', words[2], to], capture_output=True).returncode == 0:
                return {'LD_LIBRARY_PATH': there}
    return None


def main():
    os.makedirs(work, exist_ok=True)
    if not shutil.which('gcore'):
        print('gdb is not here')
        sys.exit(77)
    names = {n: build(n) for n in ('heap-clean', 'heap-leak', 'heap-damage')}
    if not all(names.values()):
        sys.exit('the subjects do not compile')
    clean('clean', names['heap-clean'])
    clean('4 threads', names['heap-clean'], threads=4, extra=5)
    leak('leak', names['heap-leak'])
    for kind in DAMAGES:
        damaged('damage', names['heap-damage'], kind)
    env = stripped_libc()
    if env:
        clean('libc without symbols', names['heap-clean'], threads=3, env=env, extra=4)
        leak('libc without symbols', names['heap-leak'], env=env)
    else:
        tell('skip', 'libc without symbols: objcopy failed')
    for flags, what in ((['-static'], 'static'), (['-static', '-s'], 'static and stripped'), (['-m32'], 'i386')):
        exe = build('heap-clean', *flags, out='heap-' + what.replace(' ', '-'))
        if exe:
            # a thread's vector each; a static program's start takes some blocks too
            clean(what, exe, threads=2, extra=7 if '-static' in flags else 3)
        else:
            tell('skip', f'{what}: does not compile here')
    print(f'{counts["ok"]} passed, {counts["FAIL"]} failed, {counts["skip"]} skipped')
    sys.exit(1 if counts['FAIL'] else 0)


main()
