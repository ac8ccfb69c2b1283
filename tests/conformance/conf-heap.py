#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Windows heaps of all full dumps of the fixtures: !heap against a walk of its own.

This script reads memory out of the container itself and walks each heap from the
structures as kernel debuggers show them; blocks, states, sums and free lists must be
those of `!heap`, no heap may be broken, and what is walked must fit the container's
memory. Where a PDB of ntdll or types of the kernel are there, the offsets used here are
compared with them first.
"""
import bisect
import json
import lzma
import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from answers import FIXTURES, Dump, Suite, number  # noqa: E402

S = Suite('heap')
PAGE = 0x1000
OFFSETS = {
    8: dict(heap=0x28, first=0x40, last=0x48, ucrs=0x60, flags=0x70, mask=0x7c, key=0x80, signature=0x98, total=0xc0,
            large=0x110, segments=0x120, free=0x150, link=0x18, magic=0x10, peb_count=0xe8, peb_list=0xf0, teb_peb=0x60),
    4: dict(heap=0x18, first=0x24, last=0x28, ucrs=0x38, flags=0x40, mask=0x4c, key=0x50, signature=0x60, total=0x74,
            large=0x9c, segments=0xa4, free=0xc0, link=0x10, magic=8, peb_count=0x88, peb_list=0x90, teb_peb=0x30),
}
NAMES = {'Heap': 'heap', 'FirstEntry': 'first', 'LastValidEntry': 'last', 'UCRSegmentList': 'ucrs', 'Flags': 'flags',
         'EncodeFlagMask': 'mask', 'Encoding': 'key', 'Signature': 'signature', 'TotalFreeSize': 'total',
         'VirtualAllocdBlocks': 'large', 'SegmentList': 'segments', 'FreeLists': 'free', 'SegmentListEntry': 'link',
         'SegmentSignature': 'magic'}


class Absent(Exception):
    pass


class Memory:
    """Memory64List of a minidump, regions of a USERDU64."""

    def __init__(self, path):
        self.data = pathlib.Path(path).read_bytes()
        self.ranges = []
        if self.data[:4] == b'MDMP':
            self.minidump()
        elif self.data[:8] == b'USERDU64':
            self.userdump()
        self.ranges.sort()

    def minidump(self):
        n, at = struct.unpack_from('<II', self.data, 8)
        for i in range(n):
            kind, _, rva = struct.unpack_from('<III', self.data, at + 12 * i)
            if kind != 9:
                continue
            count, base = struct.unpack_from('<QQ', self.data, rva)
            for k in range(count):
                address, size = struct.unpack_from('<QQ', self.data, rva + 16 + 16 * k)
                self.ranges.append((address, size, base))
                base += size

    def userdump(self):
        n, = struct.unpack_from('<I', self.data, 0x1c)
        at, = struct.unpack_from('<Q', self.data, 0x30)
        regions, = struct.unpack_from('<Q', self.data, 0x38)
        for i in range(n):
            address, _, _, _, size = struct.unpack_from('<QQIIQ', self.data, regions + 48 * i)
            self.ranges.append((address, size, at))
            at += size

    def read(self, address, n):
        out = b''
        while n:
            i = bisect.bisect(self.ranges, (address, 1 << 70, 0)) - 1
            if i < 0 or address >= self.ranges[i][0] + self.ranges[i][1]:
                raise Absent(hex(address))
            base, size, at = self.ranges[i]
            take = min(n, base + size - address)
            out += self.data[at + address - base:at + address - base + take]
            address += take
            n -= take
        return out

    def num(self, address, n):
        return int.from_bytes(self.read(address, n), 'little')

    def total(self):
        return sum(r[1] for r in self.ranges)


class Heap:
    def __init__(self, memory, address, word):
        self.m, self.address, self.word, self.unit = memory, address, word, 2 * word
        self.o = OFFSETS[word]
        self.key = memory.num(address + self.o['key'] + self.unit - 8, 8)
        self.mask = memory.num(address + self.o['mask'], 4)
        self.blocks = {}    # address: (size, flags)
        self.uncommitted = {}
        self.broken = []
        for link in self.ring(address + self.o['segments']):
            self.segment(link - self.o['link'])
        self.listed = [at - self.unit for at in self.ring(address + self.o['free'])]

    def ring(self, head):
        at, seen = self.m.num(head, self.word), []
        while at != head and len(seen) < 1 << 20:
            seen.append(at)
            at = self.m.num(at, self.word)
        return seen

    def code(self, at):
        v = self.m.num(at + self.unit - 8, 8) ^ self.key
        size, flags, tag, previous = v & 0xffff, v >> 16 & 0xff, v >> 24 & 0xff, v >> 32 & 0xffff
        if tag != (size & 0xff) ^ (size >> 8) ^ flags:
            self.broken.append(at)
        return size * self.unit, flags, previous * self.unit

    def segment(self, at):
        end = self.m.num(at + self.o['last'], self.word)
        for link in self.ring(at + self.o['ucrs']):
            d = link - 2 * self.word
            self.uncommitted[self.m.num(d + 4 * self.word, self.word)] = self.m.num(d + 5 * self.word, self.word)
        before = 0
        while at < end:
            if at in self.uncommitted:
                at, before = at + self.uncommitted[at], None
                continue
            size, flags, previous = self.code(at)
            if not size or before not in (None, previous):
                self.broken.append(at)
            if not size:
                break
            self.blocks[at] = size, flags
            at, before = at + size, size


def heaps_of(dump, memory, half):
    """(word, addresses) by the PEB that !peb shows in this half."""
    word = 4 if 'x86' in half else 8
    peb = next((number(r['address']) for r in dump.ask('!peb', 'peb') if ('32' in r['title']) == (word == 4)), None)
    if peb is None:
        return None
    o = OFFSETS[word]
    n, at = memory.num(peb + o['peb_count'], 4), memory.num(peb + o['peb_list'], word)
    return word, [memory.num(at + i * word, word) for i in range(n)]


def compare(name, dump, memory, half):
    got = heaps_of(dump, memory, half)
    if got is None:
        return
    word, addresses = got
    ours = dump.ask(half + '!heap', 'nt_heap')
    S.fact(f'list {name}: heaps', [number(h['address']) for h in ours], addresses)
    S.fact(f'healthy {name}: damage', len(dump.ask(half + '!heap -v', 'nt_heap_damage')), 0)
    S.fact(f'sums {name}: committed fits the memory', sum(h.get('committed', 0) for h in ours) <= memory.total(), True)
    for h in ours:
        where = f'{name} {h["address"]}'
        S.fact(f'walk {where}: walked whole', ('trouble' in h, h.get('unread', 0)), (False, 0))
        theirs = Heap(memory, number(h['address']), word)
        S.fact(f'healthy {where}: headers', theirs.broken, [])
        entries = dump.ask(half + '!heap -a ' + h['address'], 'nt_heap_entry')
        plain = {number(e['address']): (e['size'], e['flags']) for e in entries if e['state'] != 'uncommitted'}
        S.fact(f'walk {where}: blocks', plain, theirs.blocks)
        S.fact(f'walk {where}: uncommitted', {number(e['address']): e['size'] for e in entries if e['state'] == 'uncommitted'},
               theirs.uncommitted)
        free = sorted(number(e['address']) for e in entries if e['state'] == 'free')
        S.fact(f'free {where}: the list holds each free block once', free, sorted(theirs.listed))
        S.fact(f'free {where}: as the heap counts it', sum(theirs.blocks[a][0] for a in free) // theirs.unit,
               memory.num(theirs.address + theirs.o['total'], word))
        busy = [e for e in entries if e['state'] == 'busy']
        S.fact(f'sums {where}: busy', (h['busy_blocks'], h['busy']), (len(busy), sum(e['size'] for e in busy)))
        S.fact(f'sums {where}: committed', h['committed'], sum(s for s, _ in theirs.blocks.values()))
        S.fact(f'sums {where}: each request fits', [e for e in busy if not 0 <= e['requested'] < e['size']], [])
        for e in busy[:: max(1, len(busy) // 8)]:
            found = dump.ask(f'{half}!heap -x {e["address"]}+{theirs.unit}', 'nt_heap_found')
            S.fact(f'find {where}: block of a pointer', [(f['entry'], f['size']) for f in found], [(e['address'], e['size'])])


def offsets():
    """The offsets of this script against the kernel's types (x64)."""
    for path in sorted(FIXTURES.glob('JPCERTCC-Windows-Symbol-Tables/**/*.json.xz')):
        with lzma.open(path) as f:
            fields = json.load(f)['user_types'].get('_HEAP', {}).get('fields', {})
        for member, ours in NAMES.items():
            if member in fields:
                S.fact(f'offsets {path.name[:8]}: {member}', OFFSETS[8][ours], fields[member]['offset'])


def main():
    offsets()
    for path in sorted(p for p in FIXTURES.rglob('*.dmp') if p.stat().st_size > 1 << 20):
        head = path.read_bytes()[:8]
        if head[:4] != b'MDMP' and head != b'USERDU64':
            continue
        memory, dump = Memory(path), Dump(path)
        if not memory.ranges:
            continue
        wow = any('wow64' in str(m['module']).lower() for m in dump.ask('lm', 'module'))
        for half in ['.effmach amd64; '] + (['.effmach x86; '] if wow else []):
            compare(f'{path.name}{" x86" if "x86" in half else ""}', dump, memory, '' if not wow else half)
    return S.finish()


if __name__ == '__main__':
    sys.exit(main())
