#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Debug files of modules (the .ko files themselves), with a dump that has the modules loaded, against addr2line.

usage: debug_check.py OSMODUMP DUMP KO...
Environment: OSMOSIS_VMLINUX, the kernel's own debug file; then values of variables are looked at as well.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

VMLINUX = os.environ.get('OSMOSIS_VMLINUX', '')
TYPES = {'planted_a': 'struct mutex', 'planted_queue': 'struct workqueue_struct *', 'planted_semaphore': 'struct semaphore',
         'in_percpu': 'u64', 'n_threads': 'unsigned int'}


def records(osmodump, dump, folder, *commands):
    words = [osmodump, '-q', '--json', '-y', f'{folder};{VMLINUX}' if VMLINUX else folder, dump]
    for c in commands:
        words += ['-c', c]
    done = subprocess.run(words, capture_output=True, text=True, errors='replace', timeout=300, check=False, stdin=subprocess.DEVNULL)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{')]


def output(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def functions(ko):
    """{name: (section, value, size)} of the functions that have a name of their own."""
    sections = {m[1]: m[2] for m in re.finditer(r'\[ *(\d+)\] (\S+)', output('readelf', '-SW', ko))}
    found, seen = {}, set()
    for line in output('readelf', '-sW', ko).splitlines():
        w = line.split()
        if len(w) == 8 and w[3] == 'FUNC' and sections.get(w[6], '').startswith('.text'):
            if w[7] in seen:
                found.pop(w[7], None)
            else:
                found[w[7]] = (sections[w[6]], int(w[1], 16), int(w[2], 0))
            seen.add(w[7])
    return found


def wanted_lines(ko):
    """[(name, offset, file, line)]"""
    wanted = []
    for name, (section, value, size) in sorted(functions(ko).items()):
        for offset in sorted({0, size // 2, max(size - 1, 0)}):
            text = output('addr2line', '-j', section, '-e', ko, hex(value + offset)).split(' (')[0].strip()
            file, _, line = text.rpartition(':')
            if line.isdigit() and int(line):
                wanted.append((name, offset, os.path.basename(file), int(line)))
    return wanted


def check_lines(ask, name, ko):
    wanted = wanted_lines(ko)
    got = [r for r in ask(*(f'ln {name}!{f}+0x{o:x}' for f, o, _, _ in wanted)) if r['kind'] == 'nearest_symbol']
    if len(got) != len(wanted) or not wanted:
        return [f'{len(got)} answers to {len(wanted)} questions about lines']
    return [f'{name}!{f}+0x{o:x} is in {file}:{line}, told is {r.get("file")}:{r.get("line")}'
            for (f, o, file, line), r in zip(wanted, got)
            if (os.path.basename(r.get('file', '')), r.get('line')) != (file, line)]


def check_types(ask, name, ko):
    names = {w[-1] for w in map(str.split, output('nm', ko).splitlines())} & set(TYPES)
    got = {r['name']: r.get('type') for r in ask(*(f'x /t {name}!{n}' for n in sorted(names))) if r['kind'] == 'symbol'}
    return [f'{name}!{n} is a {TYPES[n]}, told is {got.get(n)}' for n in sorted(names) if got.get(n) != TYPES[n]]


def check_hanging(ask):
    """planted.c's threads hang in functions of its own, each in hang(), whose variable `r` is an element of roles[]."""
    roles = next(r for r in ask('x planted!roles') if r['kind'] == 'symbol')
    low, wrong, hanging = int(roles['address'], 16), [], 0
    threads = {r['index'] for r in ask('~*k') if r['kind'] == 'thread'}
    frames = [r for r in ask('~*k') if r['kind'] == 'frame' and r.get('symbol', {}).get('module') == 'planted']
    for f in frames:
        if f['symbol']['name'] == 'hang':
            hanging += 1
            values = [r for r in ask(f'~{f["thread"]}s', f'.frame {f["index"]:x}', 'dv') if r['kind'] == 'variable']
            value = next((r.get('value', '') for r in values if r['name'] == 'r'), '')
            at = int(value.split()[0].replace('`', ''), 16) if value.startswith('0x') else 0
            if {'arg': 'void *', 'r': 'struct role *'} != {r['name']: r['type'] for r in values}:
                wrong.append(f'thread {f["thread"]}: variables of hang(): {values}')
            # Registers that the kernel's functions saved are known by its debug file alone.
            if (VMLINUX or value) and not low <= at < low + roles.get('size', 4096):
                wrong.append(f'thread {f["thread"]}: r of hang() is {value or values}, not in roles[] at 0x{low:x}')
        if 'line' not in f:
            wrong.append(f'{f["symbol"]["name"]} has no line')
    if not hanging or not threads:
        wrong.append('no thread hangs in planted.ko')
    return wrong


def check_refused(osmodump, dump, name, ko, folder):
    """Another build id: a byte of the note is changed."""
    build = re.search(r'Build ID: ([0-9a-f]+)', output('readelf', '-n', ko)).group(1)
    with open(ko, 'rb') as f:
        data = f.read()
    other = f'{folder}/{os.path.basename(ko)}'
    with open(other, 'wb') as f:
        f.write(data.replace(bytes.fromhex(build), bytes.fromhex(build[:-2] + f'{int(build[-2:], 16) ^ 1:02x}')))
    said = records(osmodump, dump, folder, f'!lmi {name}', f'ln {name}+0')
    module = next(r for r in said if r['kind'] == 'module')
    if module.get('symbol_file') == other or 'build id' not in module.get('trouble', '') or any('line' in r for r in said):
        return [f'a file of another build is used: {module}']
    return []


def check(osmodump, dump, files):
    """What is wrong, and how many modules were looked at."""
    wrong, n = [], 0
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as others:
        for ko in files:
            shutil.copy(ko, folder)
        def ask(*commands):
            return records(osmodump, dump, folder, *commands)
        loaded = {r['module'] for r in ask('lm') if r['kind'] == 'module'}
        for ko in files:
            name = os.path.basename(ko)[:-3].replace('-', '_')
            if name not in loaded:
                continue
            n += 1
            module = next(r for r in ask(f'!lmi {name}') if r['kind'] == 'module')
            if module.get('symbol_file') != f'{folder}/{os.path.basename(ko)}':
                wrong.append(f'the file is not used: {module}')
            wrong += check_lines(ask, name, ko) + check_types(ask, name, ko)
            wrong += check_refused(osmodump, dump, name, ko, others)
            if name == 'planted':
                wrong += check_hanging(ask)
    return wrong, n


def main():
    wrong, n = check(sys.argv[1], sys.argv[2], sys.argv[3:])
    for text in wrong:
        print('wrong: ' + text)
    print(f'{n} modules looked at, {len(wrong)} things wrong')
    return bool(wrong) or not n


if __name__ == '__main__':
    sys.exit(main())
