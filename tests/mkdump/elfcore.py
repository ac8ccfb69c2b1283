# SPDX-License-Identifier: MIT
"""ELF cores of Linux processes, and vmcores, from recipes.

    elfcore x64 [big-endian|little-endian]
    order gcore                       PRPSINFO first, as gdb writes; default: kernel
    process pid=1 ppid=1 uid=0 gid=0 pgrp=1 sid=1 name=prog args="prog -x" state=R
            nice=0 zombie=0 flags=0 ids=2|4
    thread 100 signal=11 user=0.01 system=0 pending=0 blocked=0 rip=0x401000 ...
            fp=none xmm0=0x.. ymm0=0x.. (an XSAVE area) v0=.. d0=.. f0=.. mxcsr=..
            tls=0x.. pac=DATA,INSN size=N (of PRSTATUS)
    siginfo 11 1 addr=0x10            of the last thread; or pid= uid= value= | band= fd= |
            call= syscall= arch= | status= ; errno=
    note OWNER TYPE words...          behind the last thread's notes; words as for memory
    trailer OWNER TYPE words...       a PT_NOTE of its own at the end of the file
    auxv PHDR=0x400040 51=7
    file START END OFFSET PATH        offset in bytes; "pagesize N" before them; "files N" lies
    memory ADDRESS prot=rx size=N words...     size: in memory, more than the words fill
    hole ADDRESS SIZE prot=r          a segment whose bytes were not dumped
    segments N base=A step=S words... N segments of the same bytes
    vmcoreinfo "OSRELEASE=6.1\\nPAGESIZE=4096\\n"
    osabi N | xnum | sections | notes align=8 pad=8 no-nul split zeros=N
    patch OFFSET HEX... | truncate N

Sources: elf(5), core(5), sigaction(2), sys/procfs.h, asm/ptrace.h, Intel's
manual for FXSAVE and XSAVE. Shares no code with src/format/elfcore*.c.
"""

import re

import recipe as R
from recipe import RecipeError


def up(prefix, n):
    return ['%s%d' % (prefix, i) for i in range(n)]


def whole(names, size):
    return [(n, size) for n in names]


# name: (e_machine, bits, byte order, registers in the order of elf_gregset_t)
MACHINES = {
    'x64': (62, 64, 'little', whole(
        'r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs rflags rsp ss '
        'fs_base gs_base ds es fs gs'.split(), 8)),
    'x86': (3, 32, 'little', whole(
        'ebx ecx edx esi edi ebp eax ds es fs gs orig_eax eip cs eflags esp ss'.split(), 4)),
    'arm64': (183, 64, 'little', whole(up('x', 31) + ['sp', 'pc', 'pstate'], 8)),
    'arm': (40, 32, 'little', whole(up('r', 13) + ['sp', 'lr', 'pc', 'cpsr', 'orig_r0'], 4)),
    'riscv64': (243, 64, 'little', whole(
        'pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 '
        't3 t4 t5 t6'.split(), 8)),
    'ppc64': (21, 64, 'big', whole(
        up('r', 32) + 'nip msr orig_gpr3 ctr lr xer ccr softe trap dar dsisr result'.split() +
        ['-', '-', '-', '-'], 8)),
    's390x': (22, 64, 'big', whole(['pswm', 'pswa'] + up('r', 16), 8) + whole(up('a', 16), 4) +
              [('orig_r2', 8)]),
    'mips': (8, 32, 'big', whole(
        ['-'] * 6 + up('r', 32) + 'lo hi epc badvaddr status cause -'.split(), 4)),
}
MACHINES['x32'] = (62, 32, 'little', MACHINES['x64'][3])
MACHINES['ppc64le'] = (21, 64, 'little', MACHINES['ppc64'][3])

AUXV = {'PHDR': 3, 'PHENT': 4, 'PHNUM': 5, 'PAGESZ': 6, 'BASE': 7, 'FLAGS': 8, 'ENTRY': 9,
        'UID': 11, 'EUID': 12, 'GID': 13, 'EGID': 14, 'PLATFORM': 15, 'HWCAP': 16, 'CLKTCK': 17,
        'SECURE': 23, 'RANDOM': 25, 'HWCAP2': 26, 'EXECFN': 31, 'SYSINFO': 32, 'SYSINFO_EHDR': 33}
NT_SIGINFO, NT_FILE, NT_PRXFPREG = 0x53494749, 0x46494c45, 0x46e62b7f
THREAD_WORDS = {'signal', 'user', 'system', 'pending', 'blocked', 'fp', 'tls', 'pac', 'size'}


class Builder:
    def __init__(self, recipe):
        self.r = recipe
        name = recipe.args[0] if recipe.args else 'x64'
        if name not in MACHINES:
            raise RecipeError('line 1: machine %r; known: %s' % (name, ' '.join(sorted(MACHINES))))
        self.machine = name
        self.e_machine, self.bits, order, self.regs = MACHINES[name]
        for a in recipe.args[1:]:
            if a not in ('big-endian', 'little-endian'):
                raise RecipeError('line 1: %r is not known' % a)
            order = a.split('-')[0]
        self.big = order == 'big'
        self.order = order
        self.word = self.bits // 8
        self.gcore = False
        self.process = None
        self.threads = []       # lists of notes
        self.auxv, self.files = [], []
        self.page, self.n_files = 4096, None
        self.tail = []          # notes after all
        self.trailer = b''
        self.segments = []      # (address, bytes, memsz, prot)
        self.osabi = 0
        self.xnum = self.sections = False
        self.note_options, self.note_words = {}, []
        self.damage = []

    # -- bytes

    def uint(self, value, size):
        return (value & ((1 << 8 * size) - 1)).to_bytes(size, self.order)

    def long(self, value):
        return self.uint(value, self.word)

    def num(self, line, key, default=0):
        return self.r.number(line.options[key]) if key in line.options else default

    def words(self, words):
        blocks = R.memory_blocks(self.r, ['0'] + list(words), self.word, self.big)
        return bytes(blocks[0].data) if blocks else b''

    def time(self, text):
        sec, _, frac = text.partition('.')
        return self.long(int(sec)) + self.long(int((frac + '000000')[:6]))

    # -- lines

    def on_process(self, line):
        n = self.num
        small = self.machine in ('x86', 'x32', 'arm')
        ids = n(line, 'ids', 2 if small else 4)
        b = bytes([0, ord(line.options.get('state', 'R')[0]), n(line, 'zombie')])
        b += self.uint(n(line, 'nice'), 1)
        b += bytes(-len(b) % self.word) + self.long(n(line, 'flags'))
        b += self.uint(n(line, 'uid'), ids) + self.uint(n(line, 'gid'), ids)
        pid = n(line, 'pid', 1)
        for key, default in (('pid', pid), ('ppid', 1), ('pgrp', pid), ('sid', pid)):
            b += self.uint(n(line, key, default), 4)
        b += line.options.get('name', '').encode()[:16].ljust(16, b'\0')
        b += line.options.get('args', '').encode()[:80].ljust(80, b'\0')
        self.process = ('CORE', 3, b)

    def registers(self, line):
        values = {k: v for k, v in line.options.items()}
        b = b''
        for name, size in self.regs:
            b += self.uint(self.r.number(values.pop(name)) if name in values else 0, size)
        vector = {k: v for k, v in values.items() if re.fullmatch(
            r'(xmm|ymm|st|v|d|f)\d+|mxcsr|fcw|fsw|fip|fdp|fpsr|fpcr|fpscr|fpc', k)}
        for key in values:
            if key not in vector and key not in THREAD_WORDS:
                raise RecipeError('%s is no register of %s' % (key, self.machine))
        return b, vector

    def on_thread(self, line):
        tid = self.r.number(line.words[0])
        signal, o = self.num(line, 'signal'), line.options
        b = self.uint(signal, 4) + bytes(8) + self.uint(signal, 2) + bytes(2)
        b += self.long(self.num(line, 'pending')) + self.long(self.num(line, 'blocked'))
        b += self.uint(tid, 4) + self.uint(1, 4) + self.uint(tid, 4) + self.uint(tid, 4)
        b += self.time(o.get('user', '0')) + self.time(o.get('system', '0'))
        b += self.time('0') + self.time('0')
        regs, vector = self.registers(line)
        b += regs + self.uint(o.get('fp') != 'none', 4)
        b += bytes(-len(b) % (8 if self.machine == 'x32' else self.word))
        if 'size' in o:
            b = b[:self.num(line, 'size')].ljust(self.num(line, 'size'), b'\0')
        notes = [('CORE', 1, b)]
        if o.get('fp') != 'none':
            notes += self.float_notes(vector)
        if 'tls' in o:
            notes.append(self.tls_note(self.num(line, 'tls')))
        if 'pac' in o:
            data, insn = o['pac'].split(',')
            notes.append(('LINUX', 0x406, self.uint(self.r.number(data), 8) +
                          self.uint(self.r.number(insn), 8)))
        self.threads.append(notes)


    def tls_note(self, value):
        if self.machine == 'x86':
            one = self.uint(6, 4) + self.uint(value, 4) + self.uint(0xfffff, 4) + self.uint(0x51, 4)
            return ('LINUX', 0x200, one + bytes(32))
        return ('LINUX', 0x401, self.long(value))

    def float_notes(self, v):
        value = {k: self.r.number(x) for k, x in v.items()}
        if self.machine in ('x64', 'x32', 'x86'):
            return self.x86_float(value)
        if self.machine == 'arm64':
            b = b''.join(self.uint(value.get('v%d' % i, 0), 16) for i in range(32))
            b += self.uint(value.get('fpsr', 0), 4) + self.uint(value.get('fpcr', 0), 4) + bytes(8)
            return [('CORE', 2, b)]
        if self.machine == 'arm':
            b = b''.join(self.uint(value.get('d%d' % i, 0), 8) for i in range(32))
            return [('CORE', 2, bytes(116)), ('LINUX', 0x400, b + self.uint(value.get('fpscr', 0), 4))]
        if self.machine == 's390x':
            b = self.uint(value.get('fpc', 0), 4) + bytes(4)
            return [('CORE', 2, b + b''.join(self.uint(value.get('f%d' % i, 0), 8)
                                             for i in range(16)))]
        b = b''.join(self.uint(value.get('f%d' % i, 0), 8) for i in range(32))
        return [('CORE', 2, b + self.uint(value.get('fpscr', 0), 8))]

    def x86_float(self, value):
        low = {i: value.get('ymm%d' % i, value.get('xmm%d' % i, 0)) for i in range(16)}
        b = self.uint(value.get('fcw', 0x37f), 2) + self.uint(value.get('fsw', 0), 2) + bytes(4)
        b += self.uint(value.get('fip', 0), 8) + self.uint(value.get('fdp', 0), 8)
        b += self.uint(value.get('mxcsr', 0x1f80), 4) + self.uint(0xffff, 4)
        b += b''.join(self.uint(value.get('st%d' % i, 0), 10) + bytes(6) for i in range(8))
        b += b''.join(self.uint(low[i], 16) for i in range(16 if self.machine != 'x86' else 8))
        b = b.ljust(512, b'\0')
        avx = any(k.startswith('ymm') for k in value)
        save = b[:464] + self.uint(7 if avx else 3, 8) + bytes(40)
        save += self.uint(7 if avx else 3, 8) + bytes(56)
        save += b''.join(self.uint(low[i] >> 128, 16) for i in range(16)) if avx else b''
        notes = [('LINUX', 0x202, save)] if avx else []
        if self.machine == 'x86':
            return [('CORE', 2, bytes(108)), ('LINUX', NT_PRXFPREG, b)] + notes
        return [('CORE', 2, b)] + notes

    def on_siginfo(self, line):
        signo, code = (self.r.number(w) for w in line.words[:2])
        o, n = line.options, self.num
        head = [signo, n(line, 'errno'), code]
        if self.machine == 'mips':
            head = [signo, code, n(line, 'errno')]
        b = b''.join(self.uint(v, 4) for v in head)
        b += bytes(-len(b) % (8 if self.bits == 64 else 4))
        if 'addr' in o:
            b += self.long(n(line, 'addr')) + self.uint(n(line, 'lsb'), 2)
        elif 'band' in o:
            b += self.long(n(line, 'band')) + self.uint(n(line, 'fd'), 4)
        elif 'call' in o:
            b += self.long(n(line, 'call')) + self.uint(n(line, 'syscall'), 4)
            b += self.uint(n(line, 'arch'), 4)
        else:
            b += self.uint(n(line, 'pid'), 4) + self.uint(n(line, 'uid'), 4)
            b += self.uint(n(line, 'status'), 4) if 'status' in o else self.long(n(line, 'value'))
        self.last().append(('CORE', NT_SIGINFO, b.ljust(128, b'\0')))

    def last(self):
        return self.threads[-1] if self.threads else self.tail

    def on_note(self, line):
        self.last().append((str(line.words[0]), self.r.number(line.words[1]),
                            self.words(line.words[2:])))

    def on_trailer(self, line):
        self.trailer += self.note_bytes((str(line.words[0]), self.r.number(line.words[1]),
                                         self.words(line.words[2:])))

    def on_auxv(self, line):
        for key, value in line.options.items():
            self.auxv.append((AUXV[key], self.r.number(value)))
        for w in line.words:    # 51=7: a number is no option's name
            key, _, value = w.partition('=')
            self.auxv.append((self.r.number(key), self.r.number(value)))

    def on_file(self, line):
        start, end, offset = (self.r.number(w) for w in line.words[:3])
        self.files.append((start, end, offset, str(line.words[3])))

    def on_memory(self, line):
        prot = line.options.get('prot', 'rw')
        blocks = R.memory_blocks(self.r, line.words, self.word, self.big)
        for i, b in enumerate(blocks):
            if i and b.address > blocks[i - 1].end:
                gap = blocks[i - 1].end
                self.segments.append((gap, b'', b.address - gap, prot))
            self.segments.append((b.address, bytes(b.data), len(b.data), prot))
        if 'size' in line.options:
            address, data, _, prot = self.segments.pop()
            first = self.r.number(line.words[0])
            self.segments.append((address, data, first + self.num(line, 'size') - address, prot))

    def on_hole(self, line):
        address, size = (self.r.number(w) for w in line.words[:2])
        self.segments.append((address, b'', size, line.options.get('prot', 'r')))

    def on_segments(self, line):
        data = self.words(line.words[1:])
        base, step = self.num(line, 'base', 0x10000), self.num(line, 'step', 0x1000)
        for i in range(self.r.number(line.words[0])):
            self.segments.append((base + i * step, data, step, line.options.get('prot', 'rw')))

    def on_notes(self, line):
        self.note_options = {k: self.r.number(v) for k, v in line.options.items()}
        self.note_words = [str(w) for w in line.words]

    def run(self):
        def setter(name, value):
            def do(line):
                setattr(self, name, value(line))
            return do
        R.run_lines(self.r, {
            'order': setter('gcore', lambda l: str(l.words[0]) == 'gcore'),
            'osabi': setter('osabi', lambda l: self.r.number(l.words[0])),
            'pagesize': setter('page', lambda l: self.r.number(l.words[0])),
            'files': setter('n_files', lambda l: self.r.number(l.words[0])),
            'xnum': setter('xnum', lambda l: True),
            'sections': setter('sections', lambda l: True),
            'vmcoreinfo': lambda l: self.tail.append(('VMCOREINFO', 0, self.words(l.words))),
            'process': self.on_process, 'thread': self.on_thread, 'siginfo': self.on_siginfo,
            'trailer': self.on_trailer,
            'note': self.on_note, 'auxv': self.on_auxv, 'file': self.on_file,
            'memory': self.on_memory, 'hole': self.on_hole, 'segments': self.on_segments,
            'notes': self.on_notes,
            'patch': self.damage.append, 'truncate': self.damage.append,
        })

    # -- the file

    def file_note(self):
        b = self.long(len(self.files) if self.n_files is None else self.n_files)
        b += self.long(self.page)
        for start, end, offset, _ in self.files:
            b += self.long(start) + self.long(end) + self.long(offset // self.page)
        return ('CORE', NT_FILE, b + b''.join(f[3].encode() + b'\0' for f in self.files))

    def process_notes(self):
        notes = []
        if self.auxv:
            pairs = self.auxv + [(0, 0)]
            notes.append(('CORE', 6, b''.join(self.long(k) + self.long(v) for k, v in pairs)))
        if self.files or self.n_files is not None:
            notes.append(self.file_note())
        return notes

    def ordered(self):
        """Kernel: PRSTATUS, PRPSINFO, SIGINFO, AUXV, FILE, the first thread's registers,
        then the other threads. gdb: PRPSINFO, threads, AUXV, FILE."""
        info = [self.process] if self.process else []
        if self.gcore:
            return info + sum(self.threads, []) + self.process_notes() + self.tail
        first = self.threads[0] if self.threads else []
        signal = [n for n in first[1:] if n[1] == NT_SIGINFO]
        rest = [n for n in first[1:] if n[1] != NT_SIGINFO]
        return (first[:1] + info + signal + self.process_notes() + rest +
                sum(self.threads[1:], []) + self.tail)

    def note_bytes(self, note):
        owner, kind, desc = note
        pad = self.note_options.get('pad', 4)
        name = owner.encode() + (b'' if 'no-nul' in self.note_words or not owner else b'\0')
        b = self.uint(len(name), 4) + self.uint(len(desc), 4) + self.uint(kind, 4) + name
        b += bytes(-len(b) % pad)
        return b + desc + bytes(-len(desc) % pad)

    def phdr(self, kind, flags, offset, address, filesz, memsz, align):
        b = self.uint(kind, 4)
        fields = [offset, address, 0, filesz, memsz]
        if self.word == 8:
            b += self.uint(flags, 4)
        b += b''.join(self.long(f) for f in fields)
        if self.word == 4:
            b += self.uint(flags, 4)
        return b + self.long(align)

    def header(self, phnum, shoff):
        w = self.word
        b = b'\x7fELF' + bytes([w // 4, 2 if self.big else 1, 1, self.osabi]) + bytes(8)
        b += self.uint(4, 2) + self.uint(self.e_machine, 2) + self.uint(1, 4) + self.long(0)
        b += self.long(64 if w == 8 else 52) + self.long(shoff) + self.uint(0, 4)
        b += self.uint(64 if w == 8 else 52, 2) + self.uint(56 if w == 8 else 32, 2)
        b += self.uint(0xffff if self.xnum else phnum, 2) + self.uint(64 if w == 8 else 40, 2)
        return b + self.uint(1 if self.xnum else 4 if self.sections else 0, 2) + \
            self.uint(3 if self.sections else 0, 2)

    def build(self):
        self.run()
        notes = [self.note_bytes(n) for n in self.ordered()]
        groups = [b''.join(notes)] if notes else []
        if 'split' in self.note_words:
            groups = [b''.join(notes[:len(notes) // 2]), b''.join(notes[len(notes) // 2:])]
        if groups:
            groups[-1] += bytes(self.note_options.get('zeros', 0))
        align = self.note_options.get('align', 4)
        phnum = len(groups) + len(self.segments) + bool(self.trailer)
        at = (64 if self.word == 8 else 52) + phnum * (56 if self.word == 8 else 32)
        phdrs, body = b'', bytearray()
        for g in groups:
            phdrs += self.phdr(4, 0, at + len(body), 0, len(g), 0, align)
            body += g
        rows = []
        for address, data, memsz, prot in self.segments:
            flags = sum({'r': 4, 'w': 2, 'x': 1}[c] for c in prot if c != '-')
            rows.append(self.phdr(1, flags, at + len(body), address, len(data), memsz, 4096))
            body += data
        if self.trailer:
            body += bytes(-(at + len(body)) % 4)
            rows.append(self.phdr(4, 0, at + len(body), 0, len(self.trailer), 0, 4))
            body += self.trailer
        shoff = 0
        if self.xnum or self.sections:
            body += bytes(-(at + len(body)) % 8)
            shoff = at + len(body)
        if self.xnum:           # section 0: sh_size 1, sh_info
            body += bytes(32 if self.word == 8 else 20) + self.long(1) + self.uint(0, 4)
            body += self.uint(phnum, 4) + bytes(16 if self.word == 8 else 8)
        data = self.header(phnum, shoff) + phdrs + b''.join(rows) + bytes(body)
        return R.patched(self.r, data, self.damage)


def build(recipe):
    return Builder(recipe).build()
