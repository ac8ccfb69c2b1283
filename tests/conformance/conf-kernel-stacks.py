#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Stacks of all tasks of kernel dumps, frame by frame, against those of drgn, which reads debug information.

OSMOSIS_KERNELS names a folder with, for each kernel, NAME.elf (QEMU's dump-guest-memory), NAME.paging.elf (the
same with -p, of the same instant: drgn needs it) and NAME.vmlinux (with debug information). Without it, skipped.
What differs is listed with the reason; a difference without one is a failure. Where there is no vmlinux, every
stack has to end where stacks of kernels end.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

OSMODUMP = os.environ.get('OSMODUMP', 'build-gcc/osmodump')
KERNELS = os.environ.get('OSMOSIS_KERNELS', '')
ENDS = ('ret_from_fork', 'entry_', 'asm_', 'secondary_startup', 'start_secondary', 'common_startup', 'x86_64_start_kernel')
passed = failed = 0

DRGN = '''
from drgn.helpers.linux.pid import for_each_task
import json
for t in for_each_task(prog):
    frames, why = [], ''
    try:
        for f in prog.stack_trace(t):
            frames.append((f.pc, f.sp, f.name or ''))
    except Exception as e:
        why = str(e)
    on_cpu = t.on_cpu.value_() if hasattr(t, 'on_cpu') else 0
    print(json.dumps({'pid': t.pid.value_(), 'frames': frames, 'why': why, 'on_cpu': on_cpu}))
'''


def told(ok, what):
    global passed, failed
    passed += bool(ok)
    failed += not ok
    if not ok:
        print('FAIL: ' + what)


def ours(path):
    out = subprocess.run([OSMODUMP, '--json', '-c', '~*kL', str(path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                         check=True).stdout
    tasks, threads = {}, {}
    for line in out.splitlines():
        r = json.loads(line)
        if r['kind'] == 'thread':
            threads[r['index']] = r
            tasks[r['index']] = []
        elif r['kind'] == 'frame' and not r['inline']:
            name = r.get('symbol', {}).get('name', '')
            tasks[r['thread']].append((int(r['ip'], 16), int(r['sp'], 16), name, r['trust']))
        elif r['kind'] == 'warning' and 'given back its kernel stack' in r['text']:
            del tasks[r['thread']]
    return [(threads[i], frames) for i, frames in tasks.items()]


def theirs(kernel, vmlinux):
    with tempfile.NamedTemporaryFile('w', suffix='.py') as script:
        script.write(DRGN)
        script.flush()
        run = subprocess.run(['drgn', '-q', '-c', str(kernel), '-s', str(vmlinux), script.name], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
    return {t['pid']: t for t in map(json.loads, run.stdout.splitlines())}, run.stderr.decode()[-300:]


def physical(frames):
    """drgn tells inlined functions as frames of their own, at the same place."""
    out = []
    for pc, sp, name in frames:
        if not out or out[-1][:2] != (pc, sp):
            out.append((pc, sp, name))
    return out


def reason(other, on_cpu, running):
    if on_cpu:
        return 'it was running: drgn has no registers of it' if len(other) <= 1 else 'it was running'
    if other and other[0][:2] in running:
        return "drgn takes QEMU's number of a CPU for its pid, and shows that CPU's stack"
    return None


def compare(name, tasks, reference):
    same = frames = 0
    seen = set()
    running = {f[0][:2] for _, f in tasks if f and f[0][2] != '__schedule'}
    for thread, mine in tasks:
        pid = thread['tid']
        if not pid or pid not in reference:
            continue
        seen.add(pid)
        other = physical(reference[pid]['frames'])
        if [f[:2] for f in mine] == [f[:2] for f in other]:
            same += 1
            frames += len(mine)
            continue
        why = reason(other, reference[pid]['on_cpu'], running)
        at = next((i for i, (a, b) in enumerate(zip(mine, other)) if a[:2] != b[:2]), min(len(mine), len(other)))
        print(f'{name}: task {pid} {thread["name"]}: frame {at} of {len(mine)} differs from {len(other)} of drgn: {why}')
        told(why, f'{name}: task {pid}: {mine[at:at + 1]} {other[at:at + 1]}')
    missing = {p for p, r in reference.items() if p and r['frames']} - seen
    told(not missing, f'{name}: tasks without a stack here: {missing}')
    told(same, f'{name}: nothing compared')
    global passed
    passed += same
    print(f'figure: {name}: {same} of {len(seen)} stacks ({frames} frames) are those of drgn')


def ends_well(frames):
    if not frames or any(f[3] in ('scan', 'frame_pointer') for f in frames):
        return False
    last = frames[-1]
    if last[0] >> 63:
        return last[2].startswith(ENDS)
    return len(frames) == 1 or frames[-2][2].startswith(ENDS)


def main():
    if not KERNELS or not pathlib.Path(KERNELS).is_dir():
        print('no kernel dumps (set OSMOSIS_KERNELS)')
        return 77
    dumps = [p for p in sorted(pathlib.Path(KERNELS).glob('*.elf')) if not p.name.endswith('.paging.elf')]
    for dump in dumps:
        name = dump.name[:-4]
        tasks = ours(dump)
        bad = [(t['tid'], t['name'], f[-2:]) for t, f in tasks if not ends_well(f)]
        told(tasks and not bad, f'{name}: stacks that end nowhere: {bad[:5]}')
        print(f'figure: {name}: {len(tasks)} stacks, {sum(len(f) for _, f in tasks)} frames, {len(bad)} end nowhere')
        paging, vmlinux = dump.with_name(name + '.paging.elf'), dump.with_name(name + '.vmlinux')
        if not (paging.exists() and vmlinux.exists() and shutil.which('drgn')):
            print(f'{name}: no drgn, or no vmlinux: not compared')
            continue
        reference, trouble = theirs(paging, vmlinux)
        if not reference:
            print(f'{name}: drgn fails: {trouble}')
            continue
        compare(name, tasks, reference)
    print(f'{passed} passed, {failed} failed')
    return failed != 0


sys.exit(main())
