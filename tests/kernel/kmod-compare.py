#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares our vmcore of a guest with QEMU's dump of it, taken while the guest's CPUs stood still in the pause.

usage: kmod-compare.py OURS QEMUS      (environment: OSMODUMP)
Every page of ours must be QEMU's. A page that differs is traced to its owner through our own dump, and is accepted only if each word that differs is
one of those that the capture itself has to write:

	the stack of a stopper thread, from the frame that captured downwards: it ran on
	the stack of the task that called stop_machine(): 64 bytes of it, the structure that leads the stoppers
	data of osmosis.ko: what it counts
	times of the watchdogs of a CPU, which the stoppers touch

Prints each with its owner. Exit code 1 when a page has another, or is not in the other dump.
"""
import json, mmap, os, struct, sys
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import truth
PAGE = 4096
STACK = 4 * PAGE
LEADER = 64  # struct pause of kmod/stop.c, and where it may lie across a line
WATCHDOGS = ('watchdog_report_ts', 'watchdog_touch_ts', 'watchdog_nmi_touch')

class Core:
	def __init__(self, path):
		with open(path, 'rb') as f:
			self.data = mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ)
		phoff, = struct.unpack_from('<Q', self.data, 32)
		phnum, = struct.unpack_from('<H', self.data, 56)
		if phnum == 0xffff:
			shoff, = struct.unpack_from('<Q', self.data, 40)
			phnum, = struct.unpack_from('<I', self.data, shoff + 44)
		self.pages, self.notes, self.direct, self.image = {}, [], 0, None
		for i in range(phnum):
			kind, _, offset, va, pa, filesz, _, _ = struct.unpack_from('<IIQQQQQQ', self.data, phoff + 56 * i)
			if kind == 4:
				self.read_notes(offset, filesz)
			elif kind == 1 and va >= 0xffffffff80000000 and pa < 1 << 46:
				self.image = pa, va, filesz
			elif kind == 1:
				self.direct = va - pa
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

class Owners:
	"""Who owns a page, by our dump."""
	def __init__(self, core, record, view):
		self.core, self.view, self.frames, self.words, self.seen = core, view, {}, {}, set()
		cpus = record['kernel']['cpus']
		stoppers = {c['task']: sp for c, sp in zip(cpus, self.stack_pointers())}
		view.batch([f'!thread {r["task_addr"]}' for r in view.records('!process 0 0', 'kernel_process')])
		for r in view.records('!process 0 0', 'kernel_process'):
			for t in view.records(f'!thread {r["task_addr"]}', 'kernel_thread', need=False):
				self.add_stack(t, stoppers.get(t['task_addr']))
		# Not from its start to its end: since Linux 6.4 code and data of a module are places of their own.
		for r in view.records('x osmosis!*', 'symbol'):
			at = int(r['address'], 16)
			if at >= 0xffffffff80000000:
				self.add_range(at & -PAGE, at + max(r.get('size', 0), 1), ('module',))
		self.add_watchdogs(cpus)

	def stack_pointers(self):
		return [struct.unpack_from('<Q', d, 112 + 19 * 8)[0] for o, k, d in self.core.notes if o == 'CORE' and k == 1]

	def add_range(self, start, end, owner):
		pages = [va for va in range(start, end, PAGE) if va not in self.seen]
		self.seen.update(pages)
		self.view.batch([f'!vtop {va:#x}' for va in pages])
		for va in pages:
			for r in self.view.records(f'!vtop {va:#x}', 'translation', need=False):
				self.frames[int(r['physical'], 16) // PAGE] = owner + (va,)

	def add_stack(self, thread, sp):
		if 'stack_base' not in thread:  # a zombie has given it back
			return
		base = int(thread['stack_base'], 16)
		kind = 'stopper' if sp else 'caller' if thread['name'] == 'osmodump' else 'stack'
		self.add_range(base, base + STACK, (kind, f'{thread["name"]} (pid {thread["pid"]})', sp))

	def add_watchdogs(self, cpus):
		offsets = [int(w, 16) for w in self.view.records(f'dq vmlinux!__per_cpu_offset L{max(c["cpu"] for c in cpus) + 1}', 'memory')[0]['words']]
		for name in WATCHDOGS:
			for r in self.view.records(f'x vmlinux!{name}', 'symbol', need=False):
				for c in cpus:
					at = offsets[c['cpu']] + int(r['address'], 16) - self.core.direct
					self.words[at & ~7] = f'{name} of CPU {c["cpu"]}'

	def symbol(self, va):
		r = self.view.records(f'ln {va:#x}', 'nearest_symbol', need=False)
		return f'{r[0]["symbol"]["module"]}!{r[0]["symbol"]["name"]}+{r[0]["symbol"]["offset"]:#x}' if r and 'symbol' in r[0] else hex(va)

	def other(self, at):
		"""Of what is not accepted: who it seems to be."""
		pa, va, size = self.core.image
		if pa <= at < pa + size:
			return f'image of the kernel, {self.symbol(at - pa + va)}'
		r = self.view.records(f'!slab {self.core.direct + at:#x}', 'slab_object', need=False)
		return f'slab, object of {r[0].get("cache") or r[0].get("name")}' if r else 'nobody that is known'

	def explain(self, pfn, words):
		"""(whether it may differ, who owns it)"""
		at = [pfn * PAGE + w for w in words]
		if all(a in self.words for a in at):
			return True, ', '.join(sorted({self.words[a] for a in at}))
		owner = self.frames.get(pfn)
		if not owner:
			return False, self.other(at[0])
		va = owner[-1]
		if owner[0] == 'module':
			names = sorted({self.symbol(va + w) for w in words})
			return all(n.startswith('osmosis!') for n in names), 'data of osmosis.ko: ' + ', '.join(names)
		_, task, sp, _ = owner
		span = words[-1] - words[0]
		if owner[0] == 'stopper':
			# Its frame's own variables lie above the stack pointer: up to the frame of the thread's loop.
			return va + words[-1] < sp + 512, f'stack of {task}, at {va + words[0]:#x}..{va + words[-1]:#x}, its stack pointer {sp:#x}'
		if owner[0] == 'caller':
			return span < LEADER, f'stack of {task}, caller of stop_machine(): {span + 8} bytes at {va + words[0]:#x}'
		return False, f'stack of {task}'

def main(ours_path, qemus_path):
	ours, qemus = Core(ours_path), Core(qemus_path)
	record = next(json.loads(d) for o, k, d in ours.notes if o == 'OSMOSIS' and k == 0x4f534d01)
	differ, missing = [], 0
	for pfn in sorted(ours.pages):
		a, b = ours.page(pfn), qemus.page(pfn)
		if b is None:
			missing += 1
		elif a != b:
			differ.append((pfn, [i for i in range(0, PAGE, 8) if a[i:i + 8] != b[i:i + 8]]))
	view = truth.View('ours', os.environ.get('OSMODUMP', 'build/osmodump'), ours_path, None, None)
	owners = Owners(ours, record, view)
	told = [(pfn, words, *owners.explain(pfn, words)) for pfn, words in differ]
	unexplained = sum(not good for *_, good, _ in told)
	print(f'{len(ours.pages)} pages compared, {len(differ)} differ, {unexplained} of them unexplained, {missing} are not in the other dump')
	for pfn, words, good, who in told:
		print(f'  {"" if good else "UNEXPLAINED "}page {pfn * PAGE:#x}, {len(words)} words: {who}')
	print('whole:', ' '.join(c['class'] for c in record['kernel']['classes'] if c['whole']))
	return 1 if missing or unexplained else 0

if __name__ == '__main__':
	if len(sys.argv) != 3:
		sys.exit(__doc__)
	sys.exit(main(*sys.argv[1:]))
