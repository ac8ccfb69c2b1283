#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares our vmcore of a guest with QEMU's dump of it, taken while the guest's CPUs stood still in the pause.

kmod-compare.py OURS QEMUS: every page of ours must be QEMU's, but for the explained ones:
stacks of the stoppers that were capturing, and what they write (their watchdogs' times, the capture's own counters).
"""
import json, mmap, struct, sys
PAGE = 4096

class Core:
	def __init__(self, path):
		with open(path, 'rb') as f:
			self.data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
		phoff, = struct.unpack_from('<Q', self.data, 32)
		phnum, = struct.unpack_from('<H', self.data, 56)
		if phnum == 0xffff:
			shoff, = struct.unpack_from('<Q', self.data, 40)
			phnum, = struct.unpack_from('<I', self.data, shoff + 44)
		self.pages, self.notes = {}, []
		for i in range(phnum):
			kind, _, offset, va, pa, filesz, _, _ = struct.unpack_from('<IIQQQQQQ', self.data, phoff + 56 * i)
			if kind == 4:
				self.read_notes(offset, filesz)
			elif kind == 1 and not (va >= 0xffffffff80000000 and pa < 1 << 46):
				for at in range(0, filesz & ~(PAGE - 1), PAGE):
					self.pages[(pa + at) // PAGE] = offset + at

	def read_notes(self, at, size):
		end = at + size
		while at + 12 <= end:
			n, d, kind = struct.unpack_from('<III', self.data, at)
			owner = self.data[at + 12:at + 12 + n].rstrip(b'\0').decode()
			at += 12 + (n + 3 & ~3)
			self.notes.append((owner, kind, self.data[at:at + d]))
			at += d + 3 & ~3

	def page(self, pfn):
		at = self.pages.get(pfn)
		return None if at is None else self.data[at:at + PAGE]

ours, qemus = Core(sys.argv[1]), Core(sys.argv[2])
record = next(json.loads(d) for o, k, d in ours.notes if o == 'OSMOSIS' and k == 0x4f534d01)
differ, missing = [], 0
for pfn in sorted(ours.pages):
	a, b = ours.page(pfn), qemus.page(pfn)
	if b is None:
		missing += 1
	elif a != b:
		differ.append((pfn, [i for i in range(0, PAGE, 8) if a[i:i + 8] != b[i:i + 8]]))
print(f'{len(ours.pages)} pages compared, {len(differ)} differ, {missing} are not in the other dump')
for pfn, words in differ:
	print(f'  page {pfn * PAGE:#x}: {len(words)} words from {words[0]:#x} to {words[-1]:#x}')
print('whole:', ' '.join(c['class'] for c in record['kernel']['classes'] if c['whole']))
limit = int(sys.argv[3]) if len(sys.argv) > 3 else 0
sys.exit(missing or len(differ) > limit)
