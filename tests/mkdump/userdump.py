# SPDX-License-Identifier: MIT
"""Builds full user dumps of the old kind: USERDUMP (x86), USERDU64 (x64, arm64).

The layout is described in docs/formats/userdump.md.
"""

import struct

import contexts
import recipe as R
from recipe import RecipeError

ARCHES = {'x86': (0x14c, 4, 'x86'), 'x64': (0x8664, 8, 'x64'), 'arm64': (0xaa64, 8, 'arm64'),
          'arm': (0x1c4, 4, 'arm')}
PROTECTS = {'noaccess': 1, 'r': 2, 'rw': 4, 'wc': 8, 'x': 0x10, 'rx': 0x20, 'rwx': 0x40, 'xwc': 0x80}
TYPES = {'private': 0x20000, 'mapped': 0x40000, 'image': 0x1000000}
COUNTS = ('threads', 'modules', 'regions')
OFFSETS = ('contexts', 'modules', 'data', 'regions', 'event', 'states', 'version-info')


class Userdump:
    def __init__(self, recipe):
        self.r = recipe
        arch = recipe.args[0] if recipe.args else 'x64'
        if arch not in ARCHES:
            raise RecipeError('line 1: architecture %r; known: %s' % (arch, ' '.join(ARCHES)))
        self.machine, self.word, self.layout = ARCHES[arch]
        self.head = {'major': 10, 'minor': 0, 'build': 0}
        self.threads, self.modules, self.regions, self.versions = [], [], [], []
        self.event = None
        self.counts, self.offsets, self.damage = {}, {}, []

    def num(self, line, key, default=0):
        return self.r.number(line.options[key]) if key in line.options else default

    def words(self, fmt, *values):
        """struct.pack with P for an address of the dumped machine."""
        return struct.pack('<' + fmt.replace('P', 'Q' if self.word == 8 else 'I'), *values)

    def aligned(self, data):
        return data + bytes(-len(data) % self.word)

    def handlers(self):
        return {
            'header': self.on_header, 'thread': self.threads.append, 'module': self.modules.append,
            'memory': self.on_memory, 'exception': lambda l: setattr(self, 'event', l),
            'version': self.on_version, 'count': lambda l: self.on_knob(self.counts, COUNTS, l),
            'offset': lambda l: self.on_knob(self.offsets, OFFSETS, l),
            'patch': self.damage.append, 'truncate': self.damage.append,
        }

    def on_header(self, line):
        for key, value in line.options.items():
            if key not in self.head:
                raise RecipeError('header has no %r' % key)
            self.head[key] = self.r.number(value)

    def on_knob(self, table, names, line):
        if str(line.words[0]) not in names:
            raise RecipeError('%s: known are %s' % (line.verb, ' '.join(names)))
        table[str(line.words[0])] = self.r.number(line.words[1])

    def on_memory(self, line):
        protect = line.options.get('protect', 'rw')
        protect = PROTECTS[protect] if protect in PROTECTS else self.r.number(protect)
        kind = TYPES[line.options.get('type', 'private')]
        for b in R.memory_blocks(self.r, line.words, self.word):
            alloc = self.num(line, 'alloc', b.address)
            record = self.aligned(self.words('PPI', b.address, alloc, protect))
            record += self.aligned(self.words('PIII', len(b.data), 0x1000, protect, kind))
            self.regions.append((record, bytes(b.data)))

    def on_version(self, line):
        self.versions += [str(w) for w in line.words]

    def debug_event(self):
        l = self.event
        size = 176 if self.word == 8 else 96
        if not l:
            return bytes(size)
        words = [self.r.number(w) for w in l.words]
        params = words[3:]
        data = self.aligned(self.words('III', self.num(l, 'event', 1), self.num(l, 'pid'), words[0]))
        data += self.words('IIPPI', words[1], self.num(l, 'flags'), self.num(l, 'record'), words[2],
                           self.num(l, 'parameters', len(params)))
        data = self.aligned(data) + b''.join(self.words('P', p) for p in (params + [0] * 15)[:15])
        return self.aligned(data + self.words('I', self.num(l, 'first-chance', 1)))

    STATE_KEYS = ('teb', 'suspend', 'class', 'priority')

    def state(self, l):
        return self.words('IIIIP', self.r.number(l.words[0]), self.num(l, 'suspend'),
                          self.num(l, 'class', 0x20), self.num(l, 'priority'),
                          self.num(l, 'teb')) + bytes(7 * self.word)

    def context(self, l):
        return contexts.build(self.r, self.layout, {k: v for k, v in l.options.items()
                                                    if k not in self.STATE_KEYS})

    def module(self, l):
        name = str(l.words[2]).encode('utf-8') + b'\0'
        return self.words('PII', self.r.number(l.words[0]), self.r.number(l.words[1]),
                          len(name)) + name

    def version_info(self):
        if not self.versions:
            return b''
        return b''.join(v.encode('utf-16-le') + b'\0\0' for v in self.versions) + b'\0\0'

    def build(self):
        R.run_lines(self.r, self.handlers())
        head_size = 32 + 8 * self.word
        parts = [
            ('event', self.debug_event()),
            ('regions', b''.join(r for r, _ in self.regions)),
            ('contexts', b''.join(self.context(t) for t in self.threads)),
            ('states', b''.join(self.state(t) for t in self.threads)),
            ('modules', b''.join(self.module(m) for m in self.modules)),
            ('data', b''.join(d for _, d in self.regions)),
            ('version-info', self.version_info()),
        ]
        at, where, body = head_size, {}, b''
        for name, data in parts:
            where[name] = at if data else 0
            at += len(data)
            body += data
        where.update(self.offsets)
        counts = {'threads': len(self.threads), 'modules': len(self.modules),
                  'regions': len(self.regions)}
        counts.update(self.counts)
        head = (b'USERDU64' if self.word == 8 else b'USERDUMP') + self.words(
            'IIIIII', self.head['major'], self.head['build'] << 16 | self.head['minor'],
            self.machine, *(counts[c] for c in COUNTS))
        head += b''.join(self.words('P', where[o]) for o in OFFSETS) + self.words('P', 0)
        return R.patched(self.r, head + body, self.damage)


def build(recipe):
    return Userdump(recipe).build()
