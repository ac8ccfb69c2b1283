#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""compare-gdb.py OSMODUMP EXE CORE: are osmodump's stacks the ones gdb sees?

Thread by thread: the addresses of all physical frames, and the names of the
functions, inline ones too, where gdb knows them. Prints what differs and ends
with "facts THREADS FRAMES NAMES differing N".
"""
import json
import os
import subprocess
import sys

GDB_SCRIPT = r'''
import gdb, json
gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace past-entry on")
gdb.execute("set backtrace limit 4000")
for t in gdb.selected_inferior().threads():
    t.switch()
    f = gdb.newest_frame()
    frames = []
    while f is not None and f.is_valid():
        # Frames of tail calls are gdb's guess at what is no longer on the stack.
        if f.type() != gdb.TAILCALL_FRAME:
            # gdb itself shows "<signal handler called>", whatever the code there is called.
            name = None if f.type() == gdb.SIGTRAMP_FRAME else f.name()
            frames.append([f.pc(), name, f.type() == gdb.INLINE_FRAME])
        try:
            f = f.older()
        except gdb.error as e:
            break
    print("@" + json.dumps([t.ptid[1], frames]))
'''


def by_gdb(exe, core):
    out = subprocess.run(['gdb', '-nx', '-batch', '-iex', 'set debuginfod enabled off', exe, core, '-ex',
                          'python ' + 'exec(' + repr(GDB_SCRIPT) + ')'], capture_output=True, text=True, check=False)
    threads = dict(json.loads(line[1:]) for line in out.stdout.split('\n') if line.startswith('@'))
    if not threads:
        sys.exit(f'gdb gave no thread: {out.stdout[-500:]}{out.stderr[-500:]}')
    return threads


def by_osmodump(osmodump, exe, core):
    """{tid: [[address, name, inline]]}, out of the records of ~*k."""
    out = subprocess.run([osmodump, '-i', os.path.dirname(exe), '--json', core, '-c', '~*k 4000;q'],
                         capture_output=True, text=True, check=False)
    threads, frames = {}, None
    for line in out.stdout.split('\n'):
        if not line:
            continue
        r = json.loads(line)
        if r.get('kind') == 'thread':
            frames = threads.setdefault(r['tid'], [])
        elif r.get('kind') == 'frame':
            frames.append([int(r['ip'], 16), r.get('symbol', {}).get('name'), bool(r.get('inline'))])
    if not threads or out.returncode != 0:
        sys.exit(f'osmodump gave {len(threads)} threads, exit code {out.returncode}: {out.stderr[-500:]}')
    return threads


def plain(name):
    """Versioned and local aliases of one function compare as equal."""
    if not name:
        return None
    # foo@@GLIBC_2.4, foo(int), foo.constprop.0
    return name.split('@')[0].split('(')[0].split('.')[0].removeprefix('__GI_').removesuffix('_impl')


def main():
    osmodump, exe, core = sys.argv[1:]
    theirs, ours = by_gdb(exe, core), by_osmodump(osmodump, exe, core)
    bad = frames = names = 0
    for tid, want in theirs.items():
        got = ours.get(tid)
        if got is None:
            print(f'thread {tid}: not seen')
            bad += 1
            continue
        want_pcs, got_pcs = [f[0] for f in want if not f[2]], [f[0] for f in got if not f[2]]
        frames += len(want_pcs)
        if want_pcs != got_pcs:
            print(f'thread {tid}: frames {[hex(p) for p in got_pcs]}, gdb {[hex(p) for p in want_pcs]}')
            bad += 1
            continue
        want_names = [plain(f[1]) for f in want]
        got_names = [plain(f[1]) for f in got]
        if len(want_names) != len(got_names):
            print(f'thread {tid}: with inline ones {got_names}, gdb {want_names}')
            bad += 1
            continue
        for i, (w, g) in enumerate(zip(want_names, got_names)):
            if w is None:
                continue
            names += 1
            # Leading underscores distinguish aliases at one address only.
            if g is None or w.lstrip('_') != g.lstrip('_') and not same_address(exe, w, g):
                print(f'thread {tid} frame {i}: {g}, gdb {w}')
                bad += 1
    for tid in ours.keys() - theirs.keys():
        print(f'thread {tid}: gdb does not see it')
        bad += 1
    print(f'facts {len(theirs)} {frames} {names} differing {bad}')
    return 1 if bad else 0


_symbols = {}


def debug_file(path):
    """Debian's place for the debug file of a library, by build id."""
    notes = subprocess.run(['readelf', '-n', path], capture_output=True, text=True, check=False).stdout
    ids = [line.split()[-1] for line in notes.split('\n') if 'Build ID' in line]
    return f'/usr/lib/debug/.build-id/{ids[0][:2]}/{ids[0][2:]}.debug' if ids else ''


def same_address(exe, a, b):
    """Two names that nm gives the same address, in the program or in the C library."""
    if not _symbols:
        libraries = subprocess.run(['ldd', exe], capture_output=True, text=True, check=False).stdout
        libc = [w for w in libraries.split() if w.endswith('/libc.so.6')]
        for path in [exe] + libc + [debug_file(p) for p in libc]:
            for opt in ([], ['-D']):
                text = subprocess.run(['nm', *opt, path], capture_output=True, text=True, check=False).stdout
                for line in text.split('\n'):
                    parts = line.split()
                    if len(parts) == 3:
                        _symbols.setdefault(plain(parts[2]), set()).add(parts[0])
    return bool(_symbols.get(a, set()) & _symbols.get(b, set()))


sys.exit(main())
