# SPDX-License-Identifier: MIT
"""A reader of ELF cores of its own, for checking those that osmodump writes."""
import json
import mmap
import struct

NT_PRSTATUS, OWNER = 1, b'OSMOSIS'
RECORD, CLOSING = 0x4f534d01, 0x4f534d02
MASK = (1 << 64) - 1
# gdb 13 and the extended state in each core, also in the kernel's own: on processors with AMX it is surprised by the size;
# on those with protection keys and without AVX-512 it looks for the keys where others have them, and reads nothing of it.
# KNOWN_OF_GDB may be added to an expression for what is no complaint.
with open('/proc/cpuinfo', encoding='utf-8') as cpuinfo:
    FLAGS = set(cpuinfo.read().split())
GDB_READS_XSTATE = 'pku' not in FLAGS or 'avx512f' in FLAGS
KNOWN_OF_GDB = (r'|.*Unexpected size of section .\.reg-xstate/.*' if 'amx_tile' in FLAGS else
                '' if GDB_READS_XSTATE else r'|.*Section .\.reg-xstate/\d+. in core file too small.*')


def word_for(address):
    """What zoo.c writes at an address."""
    return 0x5a6f6f2d6d61726b ^ (address * 0x9e3779b97f4a7c15 & MASK)


class Core:
    """Memory, threads and the snapshot's record of an ELF core of either class."""

    def __init__(self, path):
        with open(path, 'rb') as f:
            self.map = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
        wide = self.map[4] == 2
        phoff, shoff = struct.unpack_from('<QQ' if wide else '<II', self.map, 32 if wide else 28)
        size, n = struct.unpack_from('<HH', self.map, 54 if wide else 42)
        if n == 0xffff:  # PN_XNUM: the number is in the first section header
            n, = struct.unpack_from('<I', self.map, shoff + (44 if wide else 28))
        self.loads, self.notes = [], []
        for i in range(n):
            at = phoff + i * size
            if wide:
                kind, _, offset, start, _, file_size, mem_size, _ = struct.unpack_from('<IIQQQQQQ', self.map, at)
            else:
                kind, offset, start, _, file_size, mem_size, _, _ = struct.unpack_from('<8I', self.map, at)
            if kind == 1:
                self.loads.append((start, mem_size, file_size, offset))
            elif kind == 4:
                self.add_notes(offset, file_size)
        self.threads = sum(owner == b'CORE' and kind == NT_PRSTATUS for owner, kind, _ in self.notes)
        records = {kind: json.loads(text.rstrip(b'\0 ')) for owner, kind, text in self.notes if owner == OWNER}
        self.record, self.closing = records.get(RECORD, {}), records.get(CLOSING, {})

    def add_notes(self, at, size):
        end = at + size
        while at + 12 <= end:
            name_size, desc_size, kind = struct.unpack_from('<III', self.map, at)
            name = at + 12
            desc = name + (name_size + 3 & ~3)
            owner = self.map[name:name + name_size].rstrip(b'\0')
            self.notes.append((owner, kind, self.map[desc:desc + desc_size]))
            at = desc + (desc_size + 3 & ~3)

    def word(self, address):
        """The word in the dump; None: the dump has no bytes for it."""
        for start, _, file_size, offset in self.loads:
            if start <= address and address + 8 <= start + file_size:
                return struct.unpack_from('<Q', self.map, offset + address - start)[0]
        return None

    def class_of(self, address):
        """What the dump says of the bytes there; the closing record overrules the first."""
        found = self.record.get('memory', {}).get('default')
        for record in (self.record, self.closing):
            for group in record.get('memory', {}).get('ranges', []):
                for at in group['at']:
                    start, end = (int(x, 16) for x in at.split('-'))
                    if start <= address < end:
                        found = group['class']
        return found

    def level(self):
        return self.record.get('consistency', {}).get('level')
