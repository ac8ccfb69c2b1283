# SPDX-License-Identifier: MIT
"""NT heaps of a recipe: nt-heap, heap-block, heap-lfh, heap-large (README.md).

Written from the structures as Microsoft's public symbols give them, and from what
heaps in real dumps of builds 17134 look like; it shares nothing with src/.
"""

import recipe as R
from recipe import RecipeError

BUSY, EXTRA, FILL, OWN = 1, 2, 4, 8
PAGE = 0x1000
MAX_UNITS = 0xfe00       # of a block; what is larger is allocated for itself


class Segment:
    """Committed memory that is filled with blocks from its start on."""

    def __init__(self, heap, address, reserve, commit):
        self.heap, self.address, self.end = heap, address, address + reserve
        self.commit = commit
        self.data = bytearray(commit)
        self.at = address
        self.previous = 0
        self.free = []      # addresses

    def put(self, address, data):
        at = address - self.address
        if at < 0 or at + len(data) > len(self.data):
            raise RecipeError('the heap has no room for 0x%x bytes at 0x%x' % (len(data), address))
        self.data[at:at + len(data)] = data

    def word(self, address, value):
        self.put(address, value.to_bytes(self.heap.word, 'little'))

    def block(self, size, flags, unused):
        """A block of `size` bytes, header included; returns its address."""
        h = self.heap
        if size % h.unit or self.at + size > self.address + self.commit:
            raise RecipeError('the heap at 0x%x is full' % h.address)
        if size // h.unit > MAX_UNITS:
            raise RecipeError('0x%x bytes are too much for a block' % size)
        at, units = self.at, size // h.unit
        if unused >= 0x3f and flags & BUSY and h.word == 8:
            unused = 0x3f
        code = units | flags << 16 | (units & 0xff ^ units >> 8 ^ flags) << 24 | self.previous << 32 | unused << 56
        self.put(at + h.unit - 8, (code ^ h.key).to_bytes(8, 'little'))
        self.previous = units
        self.at += size
        return at


class Heap:
    def __init__(self, r, address, word, o):
        def num(key, default):
            return r.number(o[key]) if key in o else default

        self.r, self.address, self.word, self.unit = r, address, word, 2 * word
        self.flags = num('flags', 2)
        self.key = num('key', 0x1100_9a3f_5c10_0000 | 0x7b31)
        self.mask = num('mask', 0x100000)
        if not self.key & self.mask:
            raise RecipeError('the key must have the bit of the mask: 0x%x' % self.mask)
        self.old = 'windows7' in o
        self.lock = num('lock', 0)
        self.signature = num('signature', 0xeeffeeff)
        self.large, self.segments = [], []
        self.others = {}        # address to bytes, outside of segments
        self.add_segment(address, num('reserve', 0x10000), num('commit', 0x4000),
                         (0x720 if word == 8 else 0x498))

    def add_segment(self, address, reserve, commit, header):
        s = Segment(self, address, reserve, commit)
        self.segments.append(s)
        s.block(header, BUSY, 1)
        return s

    @property
    def last(self):
        return self.segments[-1]

    def allocate(self, requested, data, flags=BUSY):
        """As RtlAllocateHeap does it; returns the user's address."""
        s, fill = self.last, self.flags & 0x20 and not flags & OWN
        # without checking, the first word of the next header (64 bit) is the program's too
        head = self.unit * 3 if fill else 8
        size = max(2 * self.unit, (requested + head + self.unit - 1) // self.unit * self.unit)
        unused = size - requested
        if fill:
            flags |= EXTRA | FILL
        user = s.block(size, flags, unused) + self.unit
        s.put(user, data)
        if fill:
            s.put(user + requested, b'\xab' * self.unit)
        if unused >= 0x3f and self.word == 8:
            s.put(user - self.unit + size, unused.to_bytes(8, 'little'))
        return user

    def release(self, size, data):
        s = self.last
        flags = FILL if self.flags & 0x40 else 0
        at = s.block(size, flags, 0)
        if flags:
            n = size - self.unit - 2 * self.word
            s.put(at + self.unit + 2 * self.word, (b'\xee\xfe' * (n // 2)))
        s.put(at + self.unit + 2 * self.word, data)
        s.free.append((size, at))
        return at + self.unit

    def lfh(self, size, count, busy, data):
        """Blocks of `size` bytes, header included; returns the first user's address."""
        u, w = self.unit, self.word
        sub = self.allocate(0x40, b'', BUSY | OWN)
        bitmap = 0x30 if w == 8 else 0x1c
        first = (bitmap + (count + 31) // 32 * 4 + u - 1) // u * u
        zone = self.allocate(first + count * size, b'', BUSY | OWN)
        s = self.last
        s.word(sub + w, zone)
        tail = sub + (0x24 if w == 8 else 0x14)
        s.put(tail, (size // u).to_bytes(2, 'little') + b'\0\0' + count.to_bytes(2, 'little'))
        s.word(zone, sub)
        s.put(zone + (0x14 if w == 8 else 0xc), (0xf0e0d0c0).to_bytes(4, 'little'))
        offsets = (first | size << 16) ^ 0x5eed1234
        s.put(zone + (0x18 if w == 8 else 0x10), (offsets & 0xffffffff).to_bytes(4, 'little'))
        s.put(zone + bitmap - 2 * w, count.to_bytes(4, 'little'))
        s.word(zone + bitmap - w, zone + bitmap)
        bits = sum(1 << i for i in busy)
        s.put(zone + bitmap, bits.to_bytes((count + 31) // 32 * 4, 'little'))
        for i in range(count):
            at = zone + first + i * size
            unused = 0x80 | (u if i in busy else 0)
            s.put(at + u - 8, (0xc0de0000 + i).to_bytes(4, 'little') + bytes(3) + bytes([unused]))
            if i in busy:
                s.put(at + u, data)
        return zone + first + u

    def big(self, address, requested, data):
        w, u = self.word, self.unit
        head = 0x30 if w == 8 else 0x18
        commit = (head + u + requested + PAGE - 1) // PAGE * PAGE
        b = bytearray(commit)
        b[4 * w:6 * w] = commit.to_bytes(w, 'little') * 2
        unused, flags = commit - requested, BUSY | EXTRA | OWN
        code = unused | flags << 16 | (unused & 0xff ^ unused >> 8 ^ flags) << 24 | 4 << 56
        b[head + u - 8:head + u] = (code ^ self.key).to_bytes(8, 'little')
        b[head + u:head + u + len(data)] = data
        self.others[address] = b
        self.large.append(address)
        return address + head + u

    def link(self, head, entries, put):
        """A ring of LIST_ENTRYs."""
        ring = [head] + entries
        for i, at in enumerate(ring):
            put(at, ring[(i + 1) % len(ring)])
            put(at + self.word, ring[i - 1])

    def offsets(self):
        """Of members of _HEAP, by pointer size; Windows 7 has PointerKey in front of Signature."""
        w, key = self.word, self.word if self.old else 0
        if w == 8:
            o = dict(flags=0x70, mask=0x7c, key=0x80, signature=0x98, large=0x110, segments=0x120, free=0x150, lock=0x160)
        else:
            o = dict(flags=0x40, mask=0x4c, key=0x50, signature=0x60, large=0x9c, segments=0xa4, free=0xc0, lock=0xd0)
        for name in ('signature', 'large', 'segments', 'free', 'lock'):
            o[name] += key
        return o

    def finish_segment(self, s):
        """The rest is free; what is not committed has its descriptor in the last block."""
        w, u = self.word, self.unit
        size = u + 6 * w if s.address + s.commit < s.end else 0
        rest = s.address + s.commit - s.at - size
        while rest > MAX_UNITS * u:
            self.release_in(s, 0x8000 * u)
            rest -= 0x8000 * u
        if rest >= 2 * u:
            self.release_in(s, rest)
        elif rest:
            raise RecipeError('the heap at 0x%x has a rest of 0x%x bytes' % (self.address, rest))
        ucrs = []
        if size:
            d = s.block(size, BUSY, 3) + u
            s.word(d + 4 * w, s.address + s.commit)
            s.word(d + 5 * w, s.end - s.address - s.commit)
            s.word(d, d)
            s.word(d + w, d)
            ucrs.append(d + 2 * w)
        at = s.address
        s.put(at + u, (0xffeeffee).to_bytes(4, 'little'))
        s.word(at + u + 8 + 2 * w, self.address)
        s.word(at + u + 8 + 3 * w, at)
        p = at + u + 8 + 4 * w
        s.put(p, ((s.end - at) // PAGE).to_bytes(4, 'little'))
        s.word(p + w, at + (0x720 if w == 8 else 0x498))
        s.word(p + 2 * w, s.end)
        s.put(p + 3 * w, ((s.end - at - s.commit) // PAGE).to_bytes(4, 'little') + len(ucrs).to_bytes(4, 'little'))
        self.link(at + (0x60 if w == 8 else 0x38), ucrs, s.word)

    def release_in(self, s, size):
        last, self.segments = self.segments, [s]
        self.release(size, b'')
        self.segments = last

    def finish(self):
        first, o = self.segments[0], self.offsets()
        for s in self.segments:
            self.finish_segment(s)
        spaces = {s.address: s.data for s in self.segments}
        spaces.update(self.others)

        def put(address, value):
            for base, data in spaces.items():
                if base <= address < base + len(data):
                    data[address - base:address - base + self.word] = value.to_bytes(self.word, 'little')
                    return
            raise RecipeError('no memory of a heap at 0x%x' % address)

        a = self.address
        first.put(a + o['flags'], self.flags.to_bytes(4, 'little') + (self.flags & 0x60).to_bytes(4, 'little'))
        first.put(a + o['mask'], self.mask.to_bytes(4, 'little'))
        first.put(a + o['key'] + self.unit - 8, self.key.to_bytes(8, 'little'))
        first.put(a + o['signature'], self.signature.to_bytes(4, 'little'))
        put(a + o['lock'], self.lock)
        self.link(a + o['segments'], [s.address + self.unit + 8 for s in self.segments], put)
        self.link(a + o['large'], self.large, put)
        free = sorted(f for s in self.segments for f in s.free)
        self.link(a + o['free'], [at + self.unit for _, at in free], put)
        blocks = []
        for base, data in sorted(spaces.items()):
            b = R.Block(base)
            b.data = data
            blocks.append(b)
        return blocks


class WineHeap:
    """A heap of Wine 8.0, as observed in dumps of programs that allocated blocks of known sizes."""

    def __init__(self, address, word, data, commit):
        self.address, self.word, self.unit = address, word, 2 * word
        self.sub = address + (0x340 if word == 8 else 0x2b4)
        self.at = self.first = self.sub + 5 * word
        self.limit, self.committed = address + data, address + commit - 8
        self.data = bytearray(commit)
        self.free, self.large, self.others = [], [], {}
        self.free_in_front = False

    def put(self, address, data):
        at = address - self.address
        self.data[at:at + len(data)] = data

    def word_at(self, address, value):
        for base, data in [(self.address, self.data)] + list(self.others.items()):
            if base <= address < base + len(data):
                data[address - base:address - base + self.word] = value.to_bytes(self.word, 'little')

    def block(self, size, free, tail):
        at = self.at
        units = size // self.unit
        flags = (1 if free else 0) | (2 if self.free_in_front else 0)
        high = units >> 16 if free else tail
        self.put(at, (units & 0xffff).to_bytes(2, 'little') + bytes([flags, high]) +
                 ((at - self.address) >> 16).to_bytes(2, 'little') + (b'FR' if free else b'US'))
        self.free_in_front = free
        self.at += size
        if free:
            self.free.append(at + 8)
            if self.at <= self.committed:
                self.word_at(self.at - self.word, at)
        return at + 8

    def allocate(self, requested, data):
        size = max(0x30 if self.word == 8 else 0x18, (requested + 8 + self.unit - 1) // self.unit * self.unit)
        user = self.block(size, False, size - 8 - requested)
        self.put(user, data)
        return user

    def release(self, size, data):
        user = self.block(size, True, 0)
        self.put(user + 2 * self.word, data)
        return user

    def big(self, address, requested, data):
        w = self.word
        size = 0x40 if w == 8 else 0x20
        total = (requested + size + 0xffff) // 0x10000 * 0x10000 - size
        b = bytearray(size + total)
        at = (4 if w == 8 else 3) * w
        b[at:at + 2 * w] = requested.to_bytes(w, 'little') + total.to_bytes(w, 'little')
        b[size - 8:size] = b'\0\0\0\0\4\0La'
        b[size:size + len(data)] = data
        self.others[address] = b
        self.large.append(address + (2 * w if w == 8 else w))
        return address + size

    def finish(self, ring):
        w, a = self.word, self.address
        self.block((self.limit - 8 if w == 8 else self.limit) - self.at, True, 0)
        self.put(a + self.unit, (0xffeeffee).to_bytes(4, 'little'))
        at = 0x70 if w == 8 else 0x40
        self.put(a + at, (2).to_bytes(4, 'little'))
        self.put(a + at + 8 + 6 * w + 2 * w, b'HEAP')
        i = ring.index(self)
        heads = [h.address + at + 8 for h in ring]
        self.word_at(heads[i], heads[(i + 1) % len(ring)])
        self.word_at(heads[i] + w, heads[i - 1])
        self.link(a + at + 8 + 2 * w, [self.sub + 2 * w])
        self.link(a + at + 8 + 4 * w, self.large)
        self.link(a + at + 8 + 12 * w, self.free)
        self.word_at(self.sub, (self.limit - 8 if w == 8 else self.limit) - self.first)
        self.word_at(self.sub + w, self.committed - self.first)
        self.word_at(self.sub + 4 * w, a)
        blocks = []
        for base, data in [(a, self.data)] + sorted(self.others.items()):
            b = R.Block(base)
            b.data = data
            blocks.append(b)
        return blocks

    def link(self, head, entries):
        ring = [head] + entries
        for i, at in enumerate(ring):
            self.word_at(at, ring[(i + 1) % len(ring)])
            self.word_at(at + self.word, ring[i - 1])


class Heaps:
    """The directives, for a kind of dump that has memory."""

    def __init__(self, r, word):
        self.r, self.word, self.heaps = r, word, []

    def handlers(self):
        return {'wine-heap': self.on_wine, 'nt-heap': self.on_heap, 'heap-segment': self.on_segment, 'heap-block': self.on_block,
                'heap-free': self.on_free, 'heap-lfh': self.on_lfh, 'heap-large': self.on_large}

    def items(self, line, words):
        return b''.join(bytes(b.data) for b in R.memory_blocks(self.r, ['0'] + list(words), self.word))

    def named(self, line, address):
        if 'name' in line.options:
            self.r.names[line.options['name']] = address

    def on_heap(self, line):
        word = self.r.number(line.options['word']) if 'word' in line.options else self.word
        options = dict(line.options)
        for w in line.words[1:]:
            options[str(w)] = '1'
        self.heaps.append(Heap(self.r, self.r.number(line.words[0]), word, options))

    def on_wine(self, line):
        o = line.options
        self.heaps.append(WineHeap(self.r.number(line.words[0]), self.word, self.r.number(o.get('reserve', '0x200000')),
                                   self.r.number(o.get('commit', '0x4000'))))

    def on_segment(self, line):
        h, o = self.heaps[-1], line.options
        h.add_segment(self.r.number(line.words[0]), self.r.number(o.get('reserve', '0x10000')),
                      self.r.number(o.get('commit', '0x4000')), 0x70 if h.word == 8 else 0x40)

    def on_block(self, line):
        n = self.r.number(line.options.get('n', '1'))
        for i in range(n):
            user = self.heaps[-1].allocate(self.r.number(line.words[0]), self.items(line, line.words[1:]))
            if not i:
                self.named(line, user)

    def on_free(self, line):
        self.named(line, self.heaps[-1].release(self.r.number(line.words[0]), self.items(line, line.words[1:])))

    def on_lfh(self, line):
        busy = [int(i) for i in line.options.get('busy', '').split(',') if i]
        self.named(line, self.heaps[-1].lfh(self.r.number(line.words[0]), self.r.number(line.words[1]), busy,
                                            self.items(line, line.words[2:])))

    def on_large(self, line):
        self.named(line, self.heaps[-1].big(self.r.number(line.words[0]), self.r.number(line.words[1]),
                                            self.items(line, line.words[2:])))

    def finish(self):
        ring = [h for h in self.heaps if isinstance(h, WineHeap)]
        return [b for h in self.heaps for b in (h.finish(ring) if h in ring else h.finish())]


def poke(r, blocks, line, word):
    """Overwrites memory that other lines have built."""
    for new in R.memory_blocks(r, line.words, word):
        for b in blocks:
            if b.address <= new.address and new.end <= b.end:
                b.data[new.address - b.address:new.end - b.address] = new.data
                break
        else:
            raise RecipeError('poke: no memory at 0x%x' % new.address)
