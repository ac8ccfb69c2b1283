# SPDX-License-Identifier: MIT
"""Physical memory out of dumps of machines: ELF (p_paddr) and kdump-compressed. Shares no code with the readers of
src/format; facts about the formats: elf(5), and makedumpfile's IMPLEMENTATION document."""
import mmap
import struct
import zlib

PAGE = 4096


def loads(data):
    """[(virtual, physical, size in the file, offset)] of an ELF core with less than 65535 segments."""
    at, = struct.unpack_from('<Q', data, 32)
    size, n = struct.unpack_from('<HH', data, 54)
    heads = [struct.unpack_from('<IIQQQQQQ', data, at + i * size) for i in range(n)]
    return [(h[3], h[4], h[5], h[2]) for h in heads if h[0] == 1]


class ElfMemory:
    """ELF core of a machine."""

    def __init__(self, data):
        self.data = data
        at, = struct.unpack_from('<Q', data, 32)
        size, n = struct.unpack_from('<HH', data, 54)
        if n == 0xffff:  # the count is in the first section header
            n, = struct.unpack_from('<I', data, struct.unpack_from('<Q', data, 40)[0] + 44)
        heads = [struct.unpack_from('<IIQQQQQQ', data, at + i * size) for i in range(n)]
        # Text of the kernel is there twice where a dump has virtual addresses; any of the two does.
        self.loads = sorted((h[4], h[5], h[2]) for h in heads if h[0] == 1 and h[4] != (1 << 64) - 1)
        self.notes = [(h[2], h[5]) for h in heads if h[0] == 4]

    def read(self, physical, size):
        """None where the dump has not all of it."""
        for start, length, offset in self.loads:
            if start <= physical and physical + size <= start + length:
                at = offset + physical - start
                return self.data[at:at + size] if at + size <= len(self.data) else None
        return None

    def frames(self):
        """Numbers of the page frames that the dump has whole."""
        seen = set()
        for start, length, _ in self.loads:
            seen.update(range((start + PAGE - 1) // PAGE, (start + length) // PAGE))
        return sorted(seen)


class KdumpMemory:
    """kdump-compressed, one file; zlib only."""

    def __init__(self, data):
        self.data = data
        block, sub, bitmaps, most = struct.unpack_from('<IIII', data, 428)
        version, = struct.unpack_from('<I', data, 8)
        if version >= 6:
            most, = struct.unpack_from('<Q', data, block + 96)
        self.block, self.last = block, ((0, 0), b'')
        second = (1 + sub) * block + bitmaps * block // 2
        self.bits = bytes(data[second:second + (most + 7) // 8])
        self.descriptors = (1 + sub + bitmaps) * block
        self.before = [0]
        for i in range(0, len(self.bits), 64):
            self.before.append(self.before[-1] + int.from_bytes(self.bits[i:i + 64], 'little').bit_count())

    def page(self, frame):
        """None where the dump has it not."""
        byte, bit = divmod(frame, 8)
        if byte >= len(self.bits) or not self.bits[byte] >> bit & 1:
            return None
        chunk = byte // 64
        inside = int.from_bytes(self.bits[chunk * 64:byte + 1], 'little') & ((1 << (frame - chunk * 512)) - 1)
        at = self.descriptors + 24 * (self.before[chunk] + inside.bit_count())
        offset, size, flags = struct.unpack_from('<QII', self.data, at)
        if (offset, size) == self.last[0]:  # all pages of zeros share one copy
            return self.last[1]
        raw = self.data[offset:offset + size]
        if flags & 0x1:
            raw = zlib.decompress(raw)
            self.last = (offset, size), raw
            return raw
        if flags & 0x26:
            raise ValueError('kdump: a page that is not packed by zlib')
        return raw

    def notes(self):
        offset, size = struct.unpack_from('<QQ', self.data, self.block + 48)
        return bytes(self.data[offset:offset + size])

    def read(self, physical, size):
        page = self.page(physical // PAGE)
        at = physical % PAGE
        return page[at:at + size] if page and at + size <= PAGE else None

    def frames(self):
        return [8 * i + b for i, byte in enumerate(self.bits) if byte for b in range(8) if byte >> b & 1]


def unflattened(data):
    """The file that a flattened one stands for: records of offset and size, big-endian, behind a page of heading."""
    whole, at = bytearray(), PAGE
    while True:
        offset, size = struct.unpack_from('>qq', data, at)
        if offset < 0:
            return bytes(whole)
        if len(whole) < offset + size:
            whole.extend(bytes(offset + size - len(whole)))
        whole[offset:offset + size] = data[at + 16:at + 16 + size]
        at += 16 + size


def open_memory(path):
    with open(path, 'rb') as f:
        data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
    if data[:12] == b'makedumpfile':
        data = unflattened(data)
    if data[:4] == b'\x7fELF':
        return ElfMemory(data)
    if data[:8] == b'KDUMP   ':
        return KdumpMemory(data)
    raise ValueError(f'{path}: neither ELF nor kdump')
