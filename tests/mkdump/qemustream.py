# SPDX-License-Identifier: MIT
"""Builds migration streams of QEMU. The layout is described in docs/formats/qemu-stream.md."""

import json
import struct

import recipe as R
from recipe import RecipeError

PAGE, ALIGN = 4096, 0x100000
FILL, SIZES, FULL, EOS, CONTINUE = 0x02, 0x04, 0x08, 0x10, 0x20
REGS = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'] + ['r%d' % i for i in range(8, 16)]
SEGS = ['es', 'cs', 'ss', 'ds', 'fs', 'gs']


def text(s):
    return bytes([len(s)]) + s.encode()


class Qemu:
    def __init__(self, recipe):
        self.r = recipe
        self.machine = recipe.args[0] if recipe.args else 'pc-i440fx-7.2'
        self.mapped = 'mapped-ram' in recipe.args[1:]
        self.blocks, self.pages, self.order, self.devices, self.damage = [], {}, [], [], []
        self.description, self.ended = True, True

    def on_block(self, line):
        self.blocks.append((str(line.words[0]), self.r.number(line.words[1])))

    def on_page(self, line):
        """page BLOCK OFFSET ITEM...: one page, zeros behind; `fill N` alone: a page of that byte, sent as one"""
        name, offset = str(line.words[0]), line.words[1]
        if line.words[2] == 'same':
            self.order.append((name, self.r.number(offset), self.r.number(line.words[3])))
            return
        data = b''.join(bytes(b.data) for b in R.memory_blocks(self.r, line.words[1:], 8))
        self.order.append((name, self.r.number(offset), data.ljust(PAGE, b'\0')[:PAGE]))

    def on_cmos(self, line):
        """cmos LOW HIGH: bytes of memory below the hole, and above 4 GB"""
        low, high = (self.r.number(w) for w in line.words)
        data = bytearray(128)
        data[0x34:0x36] = struct.pack('<H', max(0, low - 0x1000000) >> 16)
        data[0x5b:0x5e] = (high >> 16).to_bytes(3, 'little')
        self.device('mc146818rtc', 0, [('cmos_data', 'buffer', bytes(data)), ('cmos_index', 'uint8', b'\0')])

    def on_cpu(self, line):
        number, o = self.r.number(line.words[0]), {k: self.r.number(v) for k, v in line.options.items()}
        get = lambda name: o.get(name, 0)
        segment = {'vmsd_name': 'segment', 'version': 1, 'fields': [
            {'name': 'selector', 'type': 'uint32', 'size': 4}, {'name': 'base', 'type': 'uint64', 'size': 8},
            {'name': 'limit', 'type': 'uint32', 'size': 4}, {'name': 'flags', 'type': 'uint32', 'size': 4}]}
        segs = b''.join(struct.pack('>IQII', get(s), get(s + '_base'), 0xffffffff, 0) for s in SEGS)
        self.device('cpu', number, [
            ('env.regs', 'uint64', b''.join(struct.pack('>Q', get(r)) for r in REGS), 16),
            ('env.eip', 'uint64', struct.pack('>Q', get('rip'))), ('env.eflags', 'uint64', struct.pack('>Q', get('eflags'))),
            ('env.segs', 'struct', segs, 6, segment)] + [
            ('env.cr[%d]' % i, 'uint64', struct.pack('>Q', get('cr%d' % i))) for i in (0, 2, 3, 4)], [('cpu/sub', b'\1\2\3')])

    def on_device(self, line):
        self.device(str(line.words[0]), self.r.number(line.words[1]), [('data', 'buffer', bytes(self.r.number(line.words[2])))])

    def on_vmcoreinfo(self, line):
        address, size = (self.r.number(w) for w in line.words)
        self.device('vmcoreinfo', 0, [('has_vmcoreinfo', 'bool', b'\1'), ('vmcoreinfo.size', 'uint32', struct.pack('>I', size)),
                                      ('vmcoreinfo.paddr', 'uint64', struct.pack('>Q', address))])

    def device(self, name, instance, fields, subsections=()):
        about = {'name': name, 'instance_id': instance, 'vmsd_name': name, 'version': 1, 'fields': []}
        data = b''
        for f in fields:
            one = {'name': f[0], 'type': f[1], 'size': len(f[2])}
            if len(f) > 3:
                one['array_len'], one['size'] = f[3], len(f[2]) // f[3]
            if len(f) > 4:
                one['struct'] = f[4]
            about['fields'].append(one)
            data += f[2]
        for sub, more in subsections:
            about.setdefault('subsections', []).append({'vmsd_name': sub, 'version': 1, 'fields': [{'name': 'x', 'type': 'buffer', 'size': len(more)}]})
            data += b'\5' + text(sub) + struct.pack('>I', 1) + more
        self.devices.append((name, instance, about, data))

    def sizes(self, at):
        """The list of blocks; with mapped-ram, what lies between them too."""
        out = struct.pack('>Q', sum(size for _, size in self.blocks) | SIZES)
        for name, size in self.blocks:
            out += text(name) + struct.pack('>Q', size)
            if not self.mapped:
                continue
            bitmap = at + len(out) + 28
            n = (size // PAGE + 63) // 64 * 8
            pages = (bitmap + n + ALIGN - 1) // ALIGN * ALIGN
            out += struct.pack('>IQQQ', 1, PAGE, bitmap, pages)
            bits, data = bytearray(n), bytearray(size)
            for block, offset, page in self.order:
                if block == name and not isinstance(page, int):
                    bits[offset // PAGE // 8] |= 1 << offset // PAGE % 8
                    data[offset:offset + PAGE] = page
            out += (bytes(bits)).ljust(pages - bitmap, b'\0') + data
        return out

    def stream(self):
        out, last = b'', None
        for name, offset, page in [] if self.mapped else self.order:
            same = isinstance(page, int)
            out += struct.pack('>Q', offset | (FILL if same else FULL) | (CONTINUE if name == last else 0))
            out += (b'' if name == last else text(name)) + (bytes([page]) if same else page)
            last = name
        return out

    def build(self):
        R.run_lines(self.r, {
            'block': self.on_block, 'page': self.on_page, 'cmos': self.on_cmos, 'cpu': self.on_cpu, 'device': self.on_device,
            'vmcoreinfo': self.on_vmcoreinfo, 'no-description': lambda _: setattr(self, 'description', False),
            'patch': self.damage.append, 'truncate': self.damage.append,
        })
        if not self.blocks:
            raise RecipeError('no block')
        out = b'QEVM' + struct.pack('>I', 3) + b'\7' + struct.pack('>I', len(self.machine)) + self.machine.encode()
        if self.mapped:
            out += b'\5' + text('configuration/capabilities') + struct.pack('>II', 1, 1) + text('mapped-ram')
        out += b'\1' + struct.pack('>I', 2) + text('ram') + struct.pack('>II', 0, 4)
        out += self.sizes(len(out)) + struct.pack('>Q', EOS) + b'\x7e' + struct.pack('>I', 2)
        out += b'\2' + struct.pack('>I', 2) + self.stream() + struct.pack('>Q', EOS) + b'\x7e' + struct.pack('>I', 2)
        for i, (name, instance, _, data) in enumerate(self.devices):
            out += b'\4' + struct.pack('>I', 10 + i) + text(name) + struct.pack('>II', instance, 1) + data + b'\x7e' + struct.pack('>I', 10 + i)
        out += b'\0'
        if self.description:
            about = json.dumps({'page_size': PAGE, 'devices': [a for _, _, a, _ in self.devices]}).encode()
            out += b'\6' + struct.pack('>I', len(about)) + about
        return R.patched(self.r, out, self.damage)


def build(recipe):
    return Qemu(recipe).build()
