#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the BTF provider says of kernels' types, against what bpftool says of the same bytes.

Kernels: $OSMOSIS_KERNELS, a list of folders (parted by ':') that are searched for vmlinuz-* and for modules
beside them; by default /boot and the running kernel's own BTF. Every type's kind, name and size, every member's
name, place and type, every enumerator, and that a name leads to a type of that name.
"""
import collections
import gzip
import lzma
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
DRIVER = pathlib.Path(os.environ.get('OSMODUMP', TOP / 'build/osmodump')).parent / 'tests/answer-btf'
BPFTOOL = shutil.which('bpftool') or shutil.which('bpftool', path='/usr/sbin:/sbin')
MAX_MODULES = 6
# enum type_kind of symbol/type.h
KINDS = {'PTR': 9, 'ARRAY': 10, 'STRUCT': 11, 'UNION': 13, 'ENUM': 14, 'ENUM64': 14, 'FUNC': 15, 'FUNC_PROTO': 15,
         'TYPEDEF': 17, 'CONST': 18, 'VOLATILE': 18, 'RESTRICT': 18, 'TYPE_TAG': 18, 'FLOAT': 7}
VOID = 1 << 32
T = collections.Counter()


def fact(what, ours, theirs, where):
    T[what, ours == theirs] += 1
    if ours != theirs and T[what, False] <= 5:
        print(f'disagree: {where}: {what}: {ours!r}, bpftool {theirs!r}')


def unpack(image):
    """The ELF file inside of a bzImage; None: none found."""
    def piped(*command):
        return lambda d: subprocess.run(command, input=d, capture_output=True, check=False).stdout
    ways = [(b'\xfd7zXZ\0', lambda d: lzma.LZMADecompressor().decompress(d)),
            (b'\x1f\x8b\x08', lambda d: gzip.zlib.decompressobj(31).decompress(d)),
            (b'\x28\xb5\x2f\xfd', piped('zstd', '-dc')), (b'\x02\x21\x4c\x18', piped('lz4', '-dc'))]
    for magic, way in ways:
        at = image.find(magic)
        while at >= 0:
            try:
                out = way(image[at:])
            except (lzma.LZMAError, gzip.zlib.error, EOFError):
                out = b''
            if out.startswith(b'\x7fELF'):
                return out
            at = image.find(magic, at + 1)
    return None


def section(elf, name):
    off, = struct.unpack_from('<Q', elf, 0x28)
    size, count, strings = struct.unpack_from('<3H', elf, 0x3a)
    rows = [struct.unpack_from('<IIQQQQ', elf, off + i * size) for i in range(count)]
    for row in rows:
        at = rows[strings][4] + row[0]
        if elf[at:elf.index(0, at)] == name:
            return elf[row[4]:row[4] + row[5]]
    return None


HEAD = re.compile(r"\[(\d+)\] (\w+) '(.*?)'(.*)$")
MEMBER = re.compile(r"\t'(.*?)' type_id=(\d+) bits_offset=(\d+)(?: bitfield_size=(\d+))?")
ENUM = re.compile(r"\t'(.*?)' val=(-?\d+)")


def their_types(raw, base):
    command = [BPFTOOL, *(['-B', str(base)] if base else []), 'btf', 'dump', 'file', str(raw)]
    types, at = {}, None
    for line in subprocess.run(command, capture_output=True, check=True).stdout.decode('latin-1').split('\n'):
        if m := HEAD.match(line):
            at = types[int(m[1])] = {'kind': m[2], 'name': '' if m[3] == '(anon)' else m[3], 'members': [],
                                     'enums': [], **dict(re.findall(r'(\w+)=(\S+)', m[4]))}
        elif m := MEMBER.match(line):
            at['members'].append((m[1], int(m[3]), int(m[4] or 0), int(m[2]) or VOID))
        elif m := ENUM.match(line):
            at['enums'].append((m[1], int(m[2])))
    return types


def our_types(raw, base):
    run = subprocess.run([DRIVER, raw, *([base] if base else [])], capture_output=True, check=False)
    print(f'{raw.name}:', run.stderr.decode().strip())
    types, named = {}, {}
    for line in run.stdout.decode('latin-1').split('\n'):
        word, _, rest = line.partition(' ')
        if word == 'TYPE':
            number, kind, size, name = rest.split(' ', 3)
            types[int(number)] = {'kind': int(kind), 'size': int(size), 'name': name, 'members': [], 'enums': []}
        elif word == 'MEMBER':
            number, name, offset, bit, bits, kind = rest.rsplit(' ', 5)
            types[int(number)]['members'].append((name, int(offset) * 8 + int(bit), int(bits), int(kind)))
        elif word == 'ENUM':
            number, name, value = rest.split(' ')
            types[int(number)]['enums'].append((name, int(value)))
        elif word == 'NAMED':
            name, number = rest.rsplit(' ', 1)
            named[name] = int(number)
    return types, named


def compare(raw, base=None):
    theirs, (ours, named) = their_types(raw, base), our_types(raw, base)
    for number, t in theirs.items():
        where, o = f'{raw.name} [{number}]', ours.get(number)
        if t['kind'] in ('VAR', 'DATASEC', 'DECL_TAG'):
            fact('is no type', o, None, where)
            continue
        if not fact_type(o, t, where):
            continue
        fact('members', o['members'], t['members'], where)
        fact('enumerators', o['enums'], [(n, v if v < 1 << 63 else v - (1 << 64)) for n, v in t['enums']], where)
        T['member', True] += len(t['members'])
    for name, number in named.items():
        fact('look-up by name', (ours if number in ours else theirs)[number]['name'], name, raw.name)


def fact_type(o, t, where):
    fact('is there', bool(o), True, where)
    if not o:
        return False
    fact('name', o['name'], '' if t['kind'] == 'TYPE_TAG' else t['name'], where)
    if t['kind'] in KINDS:
        fact('kind', o['kind'], KINDS[t['kind']], where)
    if 'size' in t:
        fact('size', o['size'], int(t['size']), where)
    return True


def kernels():
    for folder in os.environ.get('OSMOSIS_KERNELS', '/boot').split(':'):
        yield from sorted(pathlib.Path(folder).rglob('vmlinuz-*'))


def compare_kernel(image, folder):
    elf = unpack(image.read_bytes())
    blob = elf and section(elf, b'.BTF')
    if not blob:
        return False
    raw = folder / image.name.replace('vmlinuz', 'btf')
    raw.write_bytes(blob)
    compare(raw)
    n = 0
    for ko in sorted((image.parent.parent / 'lib/modules').rglob('*.ko')):
        blob = section(ko.read_bytes(), b'.BTF')
        if blob and n < MAX_MODULES:
            n += 1
            split = folder / f'{ko.stem}.btf'
            split.write_bytes(blob)
            compare(split, raw)
    return True


def main():
    if not BPFTOOL or not DRIVER.exists():
        print(f'skipped: {"no bpftool" if not BPFTOOL else f"no {DRIVER}"}\n0 passed, 0 failed, 1 skipped')
        return 0
    n, running = 0, pathlib.Path('/sys/kernel/btf/vmlinux')
    with tempfile.TemporaryDirectory() as folder:
        for image in kernels():
            n += compare_kernel(image, pathlib.Path(folder))
        if not n and running.exists():
            compare(running)
            n = 1
    if not n:
        print('skipped: no kernel with BTF (set OSMOSIS_KERNELS)\n0 passed, 0 failed, 1 skipped')
        return 0
    good, bad = sum(v for (_, ok), v in T.items() if ok), sum(v for (_, ok), v in T.items() if not ok)
    print(f'figure: BTF facts of {n} kernels compared with bpftool: {good + bad}, agree {good}')
    print(f'{good} passed, {bad} failed')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
