# SPDX-License-Identifier: MIT
"""Builds compressed kernel dumps (kdump). The layout is described in docs/formats/kdump.md."""

import struct
import zlib

import recipe as R
from recipe import RecipeError

ARCHES = {'x64': ('x86_64', 8), 'x86': ('i686', 4), 'arm64': ('aarch64', 8)}
STATUS = {'none': 0, 'zlib': 1, 'lzo': 2, 'snappy': 4, 'zstd': 0x20}


def parted(page):
    """The page as a head, at least four bytes of it, and a tail that only repeats the head's last byte."""
    n = len(page.rstrip(page[-1:])) + 1
    n = max(n, 4)
    if n > 60:
        raise RecipeError('only pages that end in one byte repeated, after at most 60 others, are packed here')
    return page[:n], len(page) - n


def pack_lzo(page):
    head, rest = parted(page)
    zeros, last = divmod(rest - 2 - 31 - 1, 255)
    return bytes([17 + len(head)]) + head + b'\x20' + bytes(zeros) + bytes([last + 1]) + struct.pack('<H', 0) + b'\x11\0\0'


def pack_snappy(page):
    (head, rest), length, n = parted(page), b'', len(page)
    while n >= 0x80:
        length, n = length + bytes([n & 0x7f | 0x80]), n >> 7
    copies = b''.join(struct.pack('<BH', (min(64, rest - i) - 1) << 2 | 2, 1) for i in range(0, rest, 64))
    return length + bytes([n, (len(head) - 1) << 2]) + head + copies


def pack_zstd(page):
    """One frame of a block as it is and one of a byte repeated."""
    head, rest = parted(page)
    return (struct.pack('<IBH', 0xfd2fb528, 0x60, len(page) - 256) + (len(head) << 3).to_bytes(3, 'little') + head
            + (rest << 3 | 1 << 1 | 1).to_bytes(3, 'little') + head[-1:])


PACK = {'zlib': lambda page: zlib.compress(page, 1), 'lzo': pack_lzo, 'snappy': pack_snappy, 'zstd': pack_zstd}


class Kdump:
    def __init__(self, recipe):
        self.r = recipe
        if not recipe.args or recipe.args[0] not in ARCHES:
            raise RecipeError('line 1: an architecture is missing; known: %s' % ' '.join(ARCHES))
        self.machine, self.word = ARCHES[recipe.args[0]]
        self.flat = 'flat' in recipe.args[1:]
        self.head = {'version': 6, 'block': 4096, 'level': 0, 'time': 0, 'cpus': 1, 'frames': 0, 'status': 0, 'bitmaps': 0}
        self.pack, self.uts, self.pages, self.packing = 'zlib', {}, {}, {}
        self.split, self.info, self.notes, self.damage = None, '', b'', []

    def handlers(self):
        return {
            'header': self.on_header, 'pack': lambda l: setattr(self, 'pack', str(l.words[0])), 'uts': self.on_uts,
            'memory': self.on_memory, 'info': self.on_info, 'note': self.on_note, 'split': self.on_split,
            'patch': self.damage.append, 'truncate': self.damage.append,
        }

    def on_header(self, line):
        for key, value in line.options.items():
            if key not in self.head:
                raise RecipeError('header has no %r' % key)
            self.head[key] = self.r.number(value)

    def on_uts(self, line):
        self.uts.update(line.options)

    def on_info(self, line):
        self.info += ''.join(str(w) + '\n' for w in line.words)

    def on_note(self, line):
        owner = str(line.words[0]).encode() + b'\0'
        block, = R.memory_blocks(self.r, ['0'] + list(line.words[2:]), self.word)
        data = bytes(block.data)
        self.notes += struct.pack('<III', len(owner), len(data), self.r.number(line.words[1]))
        self.notes += owner.ljust((len(owner) + 3) & ~3, b'\0') + data.ljust((len(data) + 3) & ~3, b'\0')

    def on_split(self, line):
        self.split = [self.r.number(w) for w in line.words]

    def on_memory(self, line):
        size = self.head['block']
        for block in R.memory_blocks(self.r, line.words, self.word):
            for i, byte in enumerate(bytes(block.data)):
                frame, at = divmod(block.address + i, size)
                self.packing.setdefault(frame, self.pack)
                self.pages.setdefault(frame, bytearray(size))[at] = byte

    def words(self, fmt, *values):
        return struct.pack('<' + fmt.replace('P', 'Q' if self.word == 8 else 'I'), *values)

    def in_blocks(self, data):
        return data + bytes(-len(data) % self.head['block'])

    def header(self, status, sub_blocks, bitmap_blocks, frames):
        names = [self.uts.get(k, d) for k, d in (('system', 'Linux'), ('node', ''), ('release', ''), ('version', ''),
                                                 ('machine', self.machine), ('domain', ''))]
        data = b'KDUMP   ' + struct.pack('<i', self.head['version'])
        data += b''.join(n.encode().ljust(65, b'\0')[:65] for n in names)
        data += bytes(-len(data) % self.word) + self.words('PP', self.head['time'], 0)
        return self.in_blocks(data + struct.pack('<10I', status, self.head['block'], sub_blocks, bitmap_blocks, min(frames, 0xffffffff), len(self.pages),
                                                 0, len(self.pages), 0, self.head['cpus']))

    def sub_header(self, frames):
        start, end = self.split or (0, 0)
        info = (self.head['block'] + 512, len(self.info)) if self.info else (0, 0)
        notes = (self.head['block'] + 512 + len(self.info), len(self.notes)) if self.notes else (0, 0)
        data = self.words('PiiPP', 0, self.head['level'], 1 if self.split else 0, start & 0xffffffff, end & 0xffffffff)
        for offset, size in (info, notes, (0, 0)):
            data += struct.pack('<Q', offset) + self.words('P', size)
        data += struct.pack('<QQQ', start, end, frames)
        return self.in_blocks(data.ljust(512, b'\0') + self.info.encode() + self.notes)

    def bitmaps(self, frames):
        bits = bytearray(self.in_blocks(bytes((frames + 7) // 8)))
        for frame in self.pages:
            bits[frame // 8] |= 1 << frame % 8
        return bytes(bits)

    def page(self, frame):
        page, how = bytes(self.pages[frame]), self.packing[frame]
        return (page, 0) if how == 'none' else (PACK[how](page), STATUS[how])

    def build(self):
        R.run_lines(self.r, self.handlers())
        frames = self.head['frames'] or max(self.pages, default=0) + 1
        bits = self.bitmaps(frames)
        bitmap_blocks = self.head['bitmaps'] or 2 * len(bits) // self.head['block']
        status = self.head['status'] | STATUS[self.pack]
        sub = self.sub_header(frames)
        parts = [self.header(status, len(sub) // self.head['block'], bitmap_blocks, frames), sub, bits, bits]
        mine = [f for f in sorted(self.pages) if not self.split or self.split[0] <= f < self.split[1]]
        at, descriptors, data = sum(map(len, parts)) + 24 * len(mine), b'', b''
        for frame in mine:
            packed, flags = self.page(frame)
            descriptors += struct.pack('<QIIQ', at + len(data), len(packed), flags, 0)
            data += packed
        parts += [descriptors, data]
        return R.patched(self.r, flatten(parts) if self.flat else b''.join(parts), self.damage)


def flatten(parts):
    """As makedumpfile -F: what is known last is written last, over what stood there."""
    def piece(offset, data):
        return struct.pack('>qq', offset, len(data)) + data
    out, at, later = b'makedumpfile'.ljust(16, b'\0') + struct.pack('>qq', 1, 1), 0, b''
    out = out.ljust(4096, b'\0')
    for i, part in enumerate(parts):
        if i == 0:
            out, later = out + piece(at, b'\xff' * (len(part) // 2)), piece(at, part)
        else:
            out += piece(at, part)
        at += len(part)
    return out + later + piece(-1, b'')[:8] + struct.pack('>q', -1)


def build(recipe):
    return Kdump(recipe).build()
