#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a kernel's debug file adds, of a dump and the vmlinux that fits, against what drgn says of the same two.

usage: vmlinux.py DUMP VMLINUX [ELF]     DUMP: one that drgn opens; ELF: the same as ELF dump (default: DUMP)

Of all tasks that sleep: lines of all frames, inlined ones as well, and values of variables; of many variables: types
and sizes. Of the ELF dump, changed: with another build id the file is refused, without BTF it has the types.
Environment: OSMODUMP. Ends with "N passed, N failed".
"""
import collections
import json
import os
import re
import subprocess
import sys
import tempfile

OSMODUMP = os.environ.get('OSMODUMP', 'build-gcc/osmodump')
MASK = (1 << 64) - 1
VARIABLES = ['jiffies', 'saved_command_line', 'init_task', 'elf_format', 'modules', 'init_uts_ns', 'runqueues', 'cpu_info',
             'init_mm', 'console_printk', 'nr_cpu_ids', 'super_blocks', 'timekeeper', 'boot_cpu_data']
DRGN = '''
import json
from drgn import sizeof
from drgn.helpers.linux.pid import for_each_task
for name in %r:
    try:
        print(json.dumps({'variable': name, 'size': sizeof(prog.variable(name))}))
    except (LookupError, TypeError):
        pass
for t in for_each_task(prog):
    if t.on_cpu.value_():
        continue
    for f in prog.stack_trace(t):
        try:
            line = list(f.source()[:2])
        except LookupError:
            continue
        r = {'pid': t.pid.value_(), 'pc': f.pc, 'line': line, 'values': {}}
        try:
            names = f.locals()
        except LookupError:
            names = []
        for n in names:
            try:
                v = f[n]
                if not v.absent_:
                    r['values'].setdefault(n, int(v.value_()))
            except Exception:
                pass
        print(json.dumps(r))
''' % VARIABLES
passed = failed = 0


def told(ok, what):
    global passed, failed
    passed += bool(ok)
    failed += not ok
    if not ok:
        print('FAIL: ' + what)


def ask(dump, commands, *options):
    out = subprocess.run([OSMODUMP, '--json', *options, '-c', '; '.join(commands), dump], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False).stdout
    return [json.loads(line) for line in out.splitlines()]


def theirs(dump, vmlinux):
    with tempfile.NamedTemporaryFile('w', suffix='.py') as script:
        script.write(DRGN)
        script.flush()
        run = subprocess.run(['drgn', '-q', '-c', dump, '-s', vmlinux, script.name], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def number(text):
    m = re.match(r"(-?)(0n|0x)?(-?[0-9a-f`]+)( |$)", text)
    if not m or (text == '(null)'):
        return 0 if text == '(null)' else {'true': 1, 'false': 0}.get(text)
    return int(m.group(3).replace('`', ''), 16 if m.group(2) == '0x' else 10) & MASK


def lines(dump, vmlinux, reference):
    """Every place that drgn names by a line, in every stack."""
    ours = collections.defaultdict(set)
    threads = {}
    for r in ask(dump, ['~*k'], '-y', vmlinux):
        if r['kind'] == 'thread':
            threads[r['index']] = r['tid']
        elif r['kind'] == 'frame' and 'line' in r:
            ours[threads[r['thread']], int(r['ip'], 16)].add((r['file'], r['line']))
    same = 0
    for r in reference:
        key, line = (r['pid'], r['pc']), tuple(r['line'])
        if not r['pid'] or key not in ours:
            continue # stacks themselves: conf-kernel-stacks.py
        good = any(n == line[1] and (f.endswith(line[0]) or line[0].endswith(f)) for f, n in ours[key])
        same += good
        if not good:
            told(False, f'task {key[0]} at 0x{key[1]:x}: {line} is not among {sorted(ours[key])}')
    told(same > 100, f'only {same} lines compared')
    print(f'figure: vmlinux: {same} lines of frames are those of drgn')


def values(dump, vmlinux, reference):
    """Variables of which both know the value."""
    want = collections.defaultdict(dict)
    for r in reference:
        if r['pid'] and r['values']:
            want[r['pid'], r['pc']].update({k: v for k, v in r['values'].items() if k not in want[r['pid'], r['pc']]})
    pids = sorted({pid for pid, _ in want})[:20]
    same = unknown = 0
    for pid in pids:
        frames = [r for r in ask(dump, [f'~~[{pid:x}]s', 'k'], '-y', vmlinux) if r['kind'] == 'frame']
        commands = [f'~~[{pid:x}]s']
        for f in frames:
            commands += [f'.frame {f["index"]:x}', 'dv']
        at = None
        for r in ask(dump, commands, '-y', vmlinux):
            if r['kind'] == 'frame':
                at = (pid, int(r['ip'], 16))
            if r['kind'] != 'variable' or r['name'] not in want.get(at, {}):
                continue
            got = number(r.get('value', ''))
            if got is None:
                unknown += 1
                continue
            good = got == want[at][r['name']] & MASK or r['name'] in ambiguous(reference, at)
            same += good
            if not good:
                told(False, f'task {pid} at 0x{at[1]:x}: {r["name"]} is {r["value"]}, for drgn 0x{want[at][r["name"]] & MASK:x}')
    told(same > 50, f'only {same} values compared')
    print(f'figure: vmlinux: {same} values of variables are those of drgn, {unknown} only drgn knows')


def ambiguous(reference, at):
    """Names that mean several things at one address, in a function and in what is inlined there."""
    seen = collections.Counter(n for r in reference if (r['pid'], r['pc']) == at for n in r['values'])
    return {n for n, k in seen.items() if k > 1}


def types(dump, vmlinux, reference):
    names = [r['variable'] for r in reference]
    got = ask(dump, [f'x /t vmlinux!{n}' for n in names] + [f'?? sizeof({n})' for n in names], '-y', vmlinux)
    typed = {r['name'] for r in got if r['kind'] == 'symbol' and r.get('type')}
    sizes = [number(r.get('value', '')) for r in got if r['kind'] != 'symbol']
    told(typed >= set(names), f'variables without a type: {set(names) - typed}')
    told(len(sizes) == len(names), f'{len(sizes)} sizes of {len(names)}')
    for r, size in zip(reference, sizes):
        told(not r['size'] or size == r['size'], f'{r["variable"]}: {size} bytes, for drgn {r["size"]}')


def refusal(dump, vmlinux):
    """Another build id in VMCOREINFO; none, which leaves the one among the kernel's notes; no BTF."""
    path = tempfile.mktemp(prefix='osm-vmlinux-', dir='.')
    told(any(r.get('symbol_file') == vmlinux for r in ask(dump, ['!lmi vmlinux'], '-y', vmlinux)), 'the file is not used')
    with open(dump, 'rb') as f:
        data = f.read()
    if data[:4] != b'\x7fELF' or b'BUILD-ID=' not in data:
        print('not looked at: another build id (no ELF dump, or none in VMCOREINFO)')
        return
    at = data.index(b'BUILD-ID=') + 9
    digit = b'0' if data[at:at + 1] != b'0' else b'1'
    try:
        with open(path, 'wb') as f:
            f.write(data.replace(data[at - 9:at + 1], b'BUILD-ID=' + digit))
        module, = [r for r in ask(path, ['!lmi vmlinux'], '-y', vmlinux) if r['kind'] == 'module']
        told('symbol_file' not in module and 'build id' in module.get('trouble', ''), f'another build: {module}')
        told(not [r for r in ask(path, ['ln vmlinux!schedule'], '-y', vmlinux) if 'line' in r], 'another build, and lines')
        with open(path, 'wb') as f:
            f.write(data.replace(b'BUILD-ID=', b'BUILD-IX='))
        module, = [r for r in ask(path, ['!lmi vmlinux'], '-y', vmlinux) if r['kind'] == 'module']
        told(module.get('symbol_file') == vmlinux, f'by the id among the notes: {module}')
        magic = bytes.fromhex('9feb010018000000')
        with open(path, 'wb') as f:
            f.write(data.replace(magic, bytes(len(magic))))
        told(magic not in data or not [r for r in ask(path, ['!process 0 0']) if r['kind'] == 'kernel_process'],
             'without BTF, and nothing in its place, there are processes')
        want, got = (ask(p, ['!process 0 0', 'lm', '~*k'], '-y', vmlinux) for p in (dump, path))
        told([r for r in want if r['kind'] == 'kernel_process'] and got == want,
             'without BTF the debug file does not tell the same of processes, modules, stacks')
    finally:
        os.unlink(path)


def main():
    dump, vmlinux = sys.argv[1], os.path.realpath(sys.argv[2])
    reference = theirs(dump, vmlinux)
    frames = [r for r in reference if 'pid' in r]
    lines(dump, vmlinux, frames)
    values(dump, vmlinux, frames)
    types(dump, vmlinux, [r for r in reference if 'variable' in r])
    refusal(sys.argv[3] if len(sys.argv) > 3 else dump, vmlinux)
    print(f'{passed} passed, {failed} failed')
    return failed != 0


sys.exit(main())
