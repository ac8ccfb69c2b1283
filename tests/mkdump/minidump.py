# SPDX-License-Identifier: MIT
"""Builds minidumps. README.md describes the language.

Structures from minidumpapiset.h, Breakpad's minidump_format.h and Crashpad's
minidump_extensions.h. Everything is collected first, then laid out: header,
directory, the streams with what they point to, memory.
"""

import struct

import contexts
import recipe as R
import winheap
from recipe import RecipeError

TYPES = {
    'ThreadList': 3, 'ModuleList': 4, 'MemoryList': 5, 'Exception': 6, 'SystemInfo': 7,
    'ThreadExList': 8, 'Memory64List': 9, 'CommentA': 10, 'CommentW': 11, 'HandleData': 12,
    'FunctionTable': 13, 'UnloadedModuleList': 14, 'MiscInfo': 15, 'MemoryInfoList': 16,
    'ThreadInfoList': 17, 'HandleOperationList': 18, 'Token': 19, 'JavaScriptData': 20,
    'SystemMemoryInfo': 21, 'ProcessVmCounters': 22, 'IptTrace': 23, 'ThreadNames': 24,
    'CrashpadInfo': 0x43500001, 'BreakpadInfo': 0x47670001, 'AssertionInfo': 0x47670002,
    'LinuxCpuInfo': 0x47670003, 'LinuxProcStatus': 0x47670004, 'LinuxLsbRelease': 0x47670005,
    'LinuxCmdLine': 0x47670006, 'LinuxEnviron': 0x47670007, 'LinuxAuxv': 0x47670008,
    'LinuxMaps': 0x47670009, 'LinuxDsoDebug': 0x4767000a,
    'MozMacosCrashInfo': 0x4d7a0001, 'MozMacosBootArgs': 0x4d7a0002, 'MozLinuxLimits': 0x4d7a0003,
    'MozSoftErrors': 0x4d7a0004,
}
LINUX_TEXTS = {
    'cpuinfo': 'LinuxCpuInfo', 'status': 'LinuxProcStatus', 'lsb': 'LinuxLsbRelease',
    'cmdline': 'LinuxCmdLine', 'environ': 'LinuxEnviron', 'auxv': 'LinuxAuxv', 'maps': 'LinuxMaps',
    'limits': 'MozLinuxLimits', 'soft-errors': 'MozSoftErrors',
}
# architecture: (number, pointer size, layout of contexts)
ARCHES = {
    'x86': (0, 4, 'x86'), 'x64': (9, 8, 'x64'), 'arm': (5, 4, 'arm'), 'arm64': (12, 8, 'arm64'),
    'arm64-old': (0x8003, 8, 'arm64-old'), 'ppc': (3, 4, 'ppc'), 'ppc64': (0x8002, 8, 'ppc64'),
    'sparc': (0x8001, 4, 'sparc'), 'mips': (1, 4, 'mips'), 'mips64': (0x8004, 8, 'mips64'),
    'riscv64': (0x8006, 8, 'riscv64'),
}
PLATFORMS = {
    'windows': 2, 'ce': 3, 'macos': 0x8101, 'ios': 0x8102, 'linux': 0x8201, 'solaris': 0x8202,
    'android': 0x8203, 'ps3': 0x8204, 'nacl': 0x8205, 'fuchsia': 0x8206,
}
STATES = {'commit': 0x1000, 'reserve': 0x2000, 'free': 0x10000}
REGION_TYPES = {'none': 0, 'private': 0x20000, 'mapped': 0x40000, 'image': 0x1000000}
PROTECTS = {'none': 0, 'noaccess': 1, 'r': 2, 'rw': 4, 'wc': 8, 'x': 0x10, 'rx': 0x20, 'rwx': 0x40,
            'xwc': 0x80}
# where a stream has its count, when not in the first 4 bytes: (offset, size)
COUNT_FIELDS = {12: (8, 4), 14: (8, 4), 16: (8, 8), 17: (8, 4), 18: (8, 4), 9: (0, 8),
                13: (16, 4)}


class Minidump:
    def __init__(self, recipe):
        self.r = recipe
        self.big = 'big-endian' in recipe.args
        arch = recipe.args[0] if recipe.args else 'x64'
        if arch not in ARCHES:
            raise RecipeError('line 1: architecture %r; known: %s' % (arch, ' '.join(ARCHES)))
        self.arch, self.pointer, self.layout = ARCHES[arch]
        self.order = '>' if self.big else '<'
        self.header = {'flags': 0, 'time': 0, 'version': 0xa793, 'magic': None, 'streams': None}
        self.out = bytearray()
        self.lists = {}     # name -> list of what its directive said
        self.blocks = []    # memory, in the recipe's order
        self.raws = []      # (type, bytes) in the recipe's order
        self.knobs = []     # (what, type, value)
        self.damage = []    # patch and truncate lines
        self.wide = False   # Memory64List
        self.thread_ex = ''
        self.heaps = winheap.Heaps(self.r, self.pointer)
        self.pokes = []

    # what the recipe says

    def num(self, line, key, default=0):
        return self.r.number(line.options[key]) if key in line.options else default

    def add(self, name, item):
        self.lists.setdefault(name, []).append(item)

    def stream_type(self, word):
        if str(word) in TYPES:
            return TYPES[str(word)]
        return self.r.number(word)

    def handlers(self):
        keep = lambda name: lambda line: self.add(name, line)  # noqa: E731
        verbs = {n: keep(n) for n in (
            'system', 'misc', 'module', 'unloaded', 'thread', 'region', 'exception', 'handle',
            'thread-name', 'thread-info', 'vm-counters', 'function-table', 'token',
            'handle-operation', 'breakpad-info', 'assertion', 'dso', 'dso-debug', 'crashpad',
            'crashpad-module', 'mac-crash-info', 'mac-boot-args', 'comment', 'comment-w')}
        verbs.update({
            'header': self.on_header, 'memory': self.on_memory, 'memory64': self.on_memory64,
            'thread-ex': self.on_thread_ex,
            'linux': self.on_linux, 'stream': self.on_stream, 'poke': self.pokes.append,
            'pad': self.on_knob, 'count': self.on_knob, 'stream-size': self.on_knob,
            'stream-rva': self.on_knob, 'duplicate': self.on_knob,
            'patch': self.damage.append, 'truncate': self.damage.append,
        })
        verbs.update(self.heaps.handlers())
        return verbs

    def on_header(self, line):
        for key, value in line.options.items():
            if key not in self.header:
                raise RecipeError('header has no %r' % key)
            self.header[key] = value if key == 'magic' else self.r.number(value)

    def on_thread_ex(self, line):
        """MINIDUMP_THREAD_EX records, in ThreadExList or (word "in-list") in ThreadList."""
        self.thread_ex = 'list' if 'in-list' in line.words else 'stream'

    def on_memory(self, line):
        self.blocks += R.memory_blocks(self.r, line.words, self.pointer, self.big)

    def on_memory64(self, line):
        self.wide = True
        if line.words:
            self.blocks += R.memory_blocks(self.r, line.words, self.pointer, self.big)

    def raw_bytes(self, words):
        blocks = R.memory_blocks(self.r, ['0'] + list(words), self.pointer, self.big)
        return bytes(blocks[0].data) if blocks else b''

    def on_linux(self, line):
        name = LINUX_TEXTS.get(str(line.words[0]))
        if not name:
            raise RecipeError('linux: known are %s' % ' '.join(LINUX_TEXTS))
        self.raws.append((TYPES[name], self.raw_bytes(line.words[1:])))

    def on_stream(self, line):
        self.raws.append((self.stream_type(line.words[0]), self.raw_bytes(line.words[1:])))

    def on_knob(self, line):
        value = self.r.number(line.words[1]) if len(line.words) > 1 else 0
        self.knobs.append((line.verb, self.stream_type(line.words[0]), value))

    def knob(self, what, kind):
        values = [v for w, t, v in self.knobs if w == what and t == kind]
        return values[-1] if values else None

    # laying out

    def pack(self, fmt, *values):
        return struct.pack(self.order + fmt, *values)

    def place(self, data, align=4):
        self.out += bytes(-len(self.out) % align)
        rva = len(self.out)
        self.out += data
        return rva

    def utf16(self, text):
        return text.encode('utf-16-be' if self.big else 'utf-16-le', 'surrogatepass')

    def string(self, text):
        data = self.utf16(text)
        return self.place(self.pack('I', len(data)) + data + b'\0\0')

    def string8(self, text):
        data = text.encode('utf-8')
        return self.place(self.pack('I', len(data)) + data + b'\0')

    def location(self, data):
        return self.pack('II', len(data), self.place(data) if data else 0)

    def counted(self, kind, records):
        pad = b'\0' * 4 if self.knob('pad', kind) is not None else b''
        return self.pack('I', len(records)) + pad + b''.join(records)

    def headed(self, size, records, extra='', count='I'):
        head = struct.calcsize('<II' + count + extra)
        return self.pack('II' + count + extra, head, size, len(records), *[0] * len(extra)) + \
            b''.join(records)

    # streams; each returns the bytes of its stream

    def system(self, line):
        words = line.words
        platform = PLATFORMS[str(words[0])] if str(words[0]) in PLATFORMS else \
            self.r.number(words[0])
        version = [int(n) for n in str(words[1]).split('.')] if len(words) > 1 else []
        major, minor, build = (version + [0, 0, 0])[:3]
        text = line.options.get('text')
        vendor = line.options.get('vendor', '').encode('ascii')[:12]
        if vendor:
            cpu = vendor.ljust(12, b'\0') + self.pack(
                'III', self.num(line, 'cpuid'), self.num(line, 'features'), self.num(line, 'amd'))
        else:
            cpu = self.pack('QQ', self.num(line, 'features'), self.num(line, 'features1'))
            if 'cpuid' in line.options:
                cpu = self.pack('II', self.num(line, 'cpuid'), self.num(line, 'hwcaps'))
        data = self.pack(
            'HHHBBIIIIIHH', self.num(line, 'arch', self.arch), self.num(line, 'family'),
            self.num(line, 'revision'), self.num(line, 'cpus'), self.num(line, 'product'),
            major, minor, build, platform, 0 if text is None else self.string(text),
            self.num(line, 'suite'), 0)
        return data + cpu.ljust(24, b'\0')

    def misc(self, line):
        o, size = line.options, self.num(line, 'size', 1364)
        flags = 0
        for bit, key in ((1, 'pid'), (2, 'create'), (4, 'mhz'), (0x10, 'integrity'), (0x20, 'execute'),
                         (0x40, 'tz'), (0x80, 'protected'), (0x100, 'build'), (0x200, 'cookie')):
            flags |= bit if key in o else 0
        data = self.pack('IIIIII', size, flags, self.num(line, 'pid'), self.num(line, 'create'),
                         self.num(line, 'user'), self.num(line, 'kernel'))
        mhz = self.num(line, 'mhz')
        data += self.pack('IIIII', mhz, mhz, mhz, 0, 0)
        # tz=ID,BIAS,STANDARD-BIAS,DAYLIGHT-BIAS,NAME,DAYLIGHT-NAME
        zone = o.get('tz', '0,0,0,0,,').split(',')
        data += self.pack('IIII', self.num(line, 'integrity'), self.num(line, 'execute'),
                          self.num(line, 'protected'), int(zone[0], 0))
        data += self.pack('i', int(zone[1], 0)) + self.utf16(zone[4]).ljust(64, b'\0') + bytes(16)
        data += self.pack('i', int(zone[2], 0)) + self.utf16(zone[5]).ljust(64, b'\0') + bytes(16)
        data += self.pack('i', int(zone[3], 0))
        data += self.utf16(o.get('build', '')).ljust(520, b'\0')[:520]
        data += self.utf16(o.get('debug', '')).ljust(80, b'\0')[:80]
        features = [self.r.number(f) for f in o['xstate'].split(',')] if 'xstate' in o else []
        data += self.pack('II', 528 if features else 0, features[0] if features else 0)
        data += self.pack('Q', features[1] if features else 0)
        table = b''.join(self.pack('I', n) for n in features[2:])
        data += table.ljust(512, b'\0') + self.pack('I', self.num(line, 'cookie'))
        return data[:size] + bytes(max(0, size - len(data)))

    def codeview(self, line):
        words = [str(w) for w in line.words[3:]]
        if not words:
            return b''
        kind, rest = words[0], words[1:]
        if kind == 'pdb':
            return self.pack('I', 0x53445352) + R.guid_bytes(rest[1], self.big) + \
                self.pack('I', self.r.number(rest[2])) + rest[0].encode('utf-8') + b'\0'
        if kind == 'nb10':
            return self.pack('IIII', 0x3031424e, 0, self.r.number(rest[1]),
                             self.r.number(rest[2])) + rest[0].encode('utf-8') + b'\0'
        if kind in ('nb09', 'nb11'):
            return self.pack('II', 0x3930424e if kind == 'nb09' else 0x3131424e, 8)
        if kind == 'build-id':
            return self.pack('I', 0x4270454c) + bytes.fromhex(rest[0])
        if kind == 'cv':
            return bytes.fromhex(''.join(rest))
        raise RecipeError('module: %r; known are pdb nb10 nb09 nb11 build-id cv' % kind)

    def version(self, line):
        def pair(text):
            a, b, c, d = (int(n) for n in text.split('.'))
            return (a << 16 | b, c << 16 | d)
        if 'version' not in line.options:
            return bytes(52)
        f = pair(line.options['version'])
        p = pair(line.options.get('product', line.options['version']))
        return self.pack('13I', 0xfeef04bd, 0x10000, f[0], f[1], p[0], p[1], 0x3f, 0, 0x40004, 1, 0,
                         0, 0)

    def module_list(self, lines):
        records = []
        for line in lines:
            base, size = (self.r.number(w) for w in line.words[:2])
            rva = self.string(str(line.words[2]))
            rva = self.num(line, 'name-rva', rva)
            misc = bytes.fromhex(line.options.get('misc', ''))
            records.append(
                self.pack('QIIII', base, size, self.num(line, 'checksum'),
                          self.num(line, 'timestamp'), rva) + self.version(line) +
                self.location(self.codeview(line)) + self.location(misc) + bytes(16))
        return self.counted(4, records)

    def unloaded_list(self, lines):
        records = [self.pack('QIIII', self.r.number(l.words[0]), self.r.number(l.words[1]),
                             self.num(l, 'checksum'), self.num(l, 'timestamp'),
                             self.string(str(l.words[2]))) for l in lines]
        return self.headed(24, records)

    def context(self, line, skip):
        """Location of the context that the options other than `skip` describe."""
        options = {k: v for k, v in line.options.items() if k not in skip}
        layout = line.options.get('layout', self.layout)
        if line.options.get('context') == 'none':
            return self.pack('II', 0, 0)
        data = contexts.build(self.r, layout, options, self.big)
        if 'xstate' in line.options:
            data = contexts.with_xstate(data, bytes.fromhex(line.options['xstate']), layout)
        size = self.num(line, 'context-size', len(data))
        rva = self.num(line, 'context-rva', self.place(data[:size], 8))
        return self.pack('II', size, rva)

    CONTEXT_KEYS = {'layout', 'context', 'xstate', 'context-size', 'context-rva'}

    def stack(self, line, rvas):
        """MINIDUMP_MEMORY_DESCRIPTOR of the block that has the address."""
        if 'stack' not in line.options:
            return self.pack('QII', 0, 0, 0)
        address = self.r.number(line.options['stack'])
        for block, rva in zip(self.blocks, rvas or [0] * len(self.blocks)):
            if block.address <= address < block.end:
                at = address - block.address
                return self.pack('QII', address, len(block.data) - at,
                                 0 if self.wide else rva + at)
        if 'stack-size' in line.options:
            return self.pack('QII', address, self.num(line, 'stack-size'),
                             self.num(line, 'stack-rva'))
        raise RecipeError('line %d: no memory at the stack 0x%x' % (line.number, address))

    THREAD_KEYS = CONTEXT_KEYS | {
        'teb', 'suspend', 'class', 'priority', 'stack', 'stack-size', 'stack-rva', 'name', 'start',
        'create', 'exit', 'user', 'kernel', 'affinity', 'info-flags', 'error', 'exit-status'}

    def thread_list(self, lines, rvas):
        records = []
        for line in lines:
            record = self.pack(
                'IIIIQ', self.r.number(line.words[0]), self.num(line, 'suspend'),
                self.num(line, 'class', 0x20), self.num(line, 'priority'), self.num(line, 'teb'))
            record += self.stack(line, rvas) + self.context(line, self.THREAD_KEYS)
            records.append(record + (bytes(16) if self.thread_ex else b''))
        return self.counted(8 if self.thread_ex == 'stream' else 3, records)

    def filetime(self, line, key):
        seconds = self.num(line, key)
        return (seconds + 11644473600) * 10000000 if seconds else 0

    def thread_info(self, lines):
        records = [self.pack(
            'IIIIQQQQQQ', self.r.number(l.words[0]), self.num(l, 'info-flags'), self.num(l, 'error'),
            self.num(l, 'exit-status'), self.filetime(l, 'create'), self.filetime(l, 'exit'),
            self.num(l, 'kernel'), self.num(l, 'user'), self.num(l, 'start'),
            self.num(l, 'affinity')) for l in lines]
        return self.headed(64, records)

    def thread_names(self, lines):
        return self.counted(24, [self.pack('IQ', self.r.number(tid), self.string(name))
                                 for tid, name in lines])

    def exception(self, line):
        words = [self.r.number(w) for w in line.words]
        tid, code, address, params = words[0], words[1], words[2], words[3:]
        count = self.num(line, 'parameters', len(params))
        skip = self.CONTEXT_KEYS | {'exception-flags', 'record', 'parameters'}
        data = self.pack('IIIIQQII', tid, 0, code, self.num(line, 'exception-flags'),
                         self.num(line, 'record'), address, count, 0)
        data += b''.join(self.pack('Q', p & (1 << 64) - 1) for p in (params + [0] * 15)[:15])
        return data + self.context(line, skip)

    def memory_list(self, rvas):
        return self.counted(5, [self.pack('QII', b.address, len(b.data), rva)
                                for b, rva in zip(self.blocks, rvas)])

    def memory64_list(self, rva):
        return self.pack('QQ', len(self.blocks), rva) + \
            b''.join(self.pack('QQ', b.address, len(b.data)) for b in self.blocks)

    def regions(self, lines):
        def pick(line, key, table, default):
            word = line.options.get(key, default)
            return table[word] if word in table else self.r.number(word)
        records = []
        for l in lines:
            base, size = (self.r.number(w) for w in l.words[:2])
            protect = pick(l, 'protect', PROTECTS, 'rw')
            records.append(self.pack(
                'QQIIQIIII', base, self.num(l, 'alloc', base),
                pick(l, 'alloc-protect', PROTECTS, str(protect)), 0, size,
                pick(l, 'state', STATES, 'commit'), protect,
                pick(l, 'type', REGION_TYPES, 'private'), 0))
        return self.headed(48, records, count='Q')

    def handles(self, lines):
        records, long_form = [], any('info' in l.options or 'info-rva' in l.options for l in lines)
        for l in lines:
            names = [self.string(l.options[k]) if k in l.options else 0 for k in ('type', 'name')]
            record = self.pack('QIIIIII', self.r.number(l.words[0]), *names,
                               self.num(l, 'attributes'), self.num(l, 'access'),
                               self.num(l, 'handles', 1), self.num(l, 'pointers', 1))
            if long_form:
                rva = 0
                for part in reversed(l.options.get('info', '').split(',')):
                    if part:  # TYPE:HEX
                        kind, data = part.split(':')
                        data = bytes.fromhex(data)
                        rva = self.place(self.pack('III', rva, self.r.number(kind), len(data)) + data)
                record += self.pack('II', self.num(l, 'info-rva', rva), 0)
            records.append(record)
        return self.headed(40 if long_form else 32, records, 'I')

    def vm_counters(self, line):
        """revision=2 flags=.. then up to 22 numbers."""
        numbers = [self.r.number(w) for w in line.words]
        return self.pack('HHI', self.num(line, 'revision', 2), self.num(line, 'flags', 0x1f),
                         numbers[0]) + b''.join(self.pack('Q', n) for n in numbers[1:])

    def function_tables(self, lines):
        out = self.pack('IIIIII', 24, 32, 8, 12, len(lines), 4) + bytes(4)
        for l in lines:
            low, high, base = (self.r.number(w) for w in l.words[:3])
            entries = bytes.fromhex(l.options.get('entries', ''))
            out += self.pack('QQQII', low, high, base, len(entries) // 12, 4) + bytes(8)
            out += entries + bytes(4)
        return out

    def tokens(self, lines):
        body = b''
        for l in lines:
            data = bytes.fromhex(l.options.get('data', ''))
            body += self.pack('IIQ', 16 + len(data), self.r.number(l.words[0]),
                              self.num(l, 'handle')) + data
        return self.pack('IIII', 16 + len(body), len(lines), 16, 16) + body

    def handle_operations(self, lines):
        records = []
        for l in lines:
            trace = [self.r.number(w) for w in l.words[1:]]
            records.append(
                self.pack('QIIIIII', self.r.number(l.words[0]), self.num(l, 'pid'), self.num(l, 'tid'),
                          self.num(l, 'operation', 1), 0, len(trace), 0) +
                b''.join(self.pack('Q', a) for a in (trace + [0] * 32)[:32]))
        return self.headed(288, records, 'I')

    def breakpad_info(self, line):
        validity = ('dump' in line.options) | ('request' in line.options) << 1
        return self.pack('III', validity, self.num(line, 'dump'), self.num(line, 'request'))

    def assertion(self, line):
        data = b''.join(self.utf16(line.options.get(k, '')).ljust(256, b'\0')[:256]
                        for k in ('expression', 'function', 'file'))
        return data + self.pack('II', self.num(line, 'line'), self.num(line, 'type'))

    def dso_debug(self, line, dsos):
        word = 'Q' if self.pointer == 8 else 'I'
        gap = b'\0' * 4 if self.pointer == 8 else b''
        links = b''
        for l in dsos:
            rva = self.string(str(l.words[1]))
            links += self.pack(word + 'I', self.r.number(l.words[0]), rva) + gap + \
                self.pack(word, self.num(l, 'dynamic'))
        rva = self.place(links, 8)
        o = (self.num(line, k) for k in ('brk', 'base', 'dynamic')) if line else (0, 0, 0)
        return self.pack('III', 1, rva, len(dsos)) + gap + self.pack(word * 3, *o)

    def dictionary(self, pairs):
        items = [self.pack('II', self.string8(k), self.string8(v)) for k, v in pairs]
        return self.pack('I', len(items)) + b''.join(items) if items else b''

    def crashpad(self, line, modules):
        zero = '0' * 32
        info = self.pack('I', 1) + R.guid_bytes(line.options.get('report', zero), self.big) + \
            R.guid_bytes(line.options.get('client', zero), self.big)
        simple = self.dictionary([(k, v) for k, v in line.options.items()
                                  if k not in ('report', 'client')])
        links = []
        for l in modules:
            texts = [self.pack('I', self.string8(str(w))) for w in l.words[1:]]
            texts = self.pack('I', len(texts)) + b''.join(texts) if texts else b''
            objects = []
            for name, value in l.options.items():
                data = value.encode('utf-8')
                rva = self.place(self.pack('I', len(data)) + data)
                objects.append(self.pack('IHHI', self.string8(name), 1, 0, rva))
            objects = self.pack('I', len(objects)) + b''.join(objects) if objects else b''
            body = self.pack('I', 1) + self.location(texts) + self.pack('II', 0, 0) + \
                self.location(objects)
            links.append(self.pack('I', self.r.number(l.words[0])) + self.location(body))
        links = self.pack('I', len(links)) + b''.join(links) if links else b''
        return info + self.location(simple) + self.location(links)

    def mac_crash_info(self, lines):
        locations = b''
        for l in lines:
            version = self.num(l, 'version', 5)
            body = self.pack('QQQQQ', 0x4d7a0001, version, self.num(l, 'thread'),
                             self.num(l, 'dialog'), self.num(l, 'abort'))
            for k in ('path', 'message', 'signature', 'backtrace', 'message2'):
                body += l.options.get(k, '').encode('utf-8') + b'\0'
            locations += self.location(body)
        return self.pack('III', 0x4d7a0001, len(lines), 40) + locations.ljust(160, b'\0')

    # all together

    def streams(self, rvas):
        """(type, function that places what it needs and returns its bytes)"""
        one = lambda name: self.lists[name][-1]  # noqa: E731
        have = lambda name: name in self.lists  # noqa: E731
        L = self.lists
        infos = [l for l in L.get('thread', []) if
                 {'start', 'create', 'exit', 'user', 'kernel', 'affinity', 'info-flags', 'error'} &
                 set(l.options)] + L.get('thread-info', [])
        names = [(l.words[0], l.options['name']) for l in L.get('thread', []) if 'name' in l.options]
        names += [(l.words[0], str(l.words[1])) for l in L.get('thread-name', [])]
        table = [
            (have('thread'), 8 if self.thread_ex == 'stream' else 3,
             lambda: self.thread_list(L['thread'], rvas)),
            (have('module'), 4, lambda: self.module_list(L['module'])),
            (self.blocks and not self.wide, 5, lambda: self.memory_list(rvas)),
            (have('exception'), 6, lambda: self.exception(one('exception'))),
            (have('system'), 7, lambda: self.system(one('system'))),
            (have('misc'), 15, lambda: self.misc(one('misc'))),
            (have('comment'), 10, lambda: str(one('comment').words[0]).encode('utf-8') + b'\0'),
            (have('comment-w'), 11, lambda: self.utf16(str(one('comment-w').words[0])) + b'\0\0'),
            (have('handle'), 12, lambda: self.handles(L['handle'])),
            (have('function-table'), 13, lambda: self.function_tables(L['function-table'])),
            (have('unloaded'), 14, lambda: self.unloaded_list(L['unloaded'])),
            (have('region'), 16, lambda: self.regions(L['region'])),
            (infos, 17, lambda: self.thread_info(infos)),
            (have('handle-operation'), 18, lambda: self.handle_operations(L['handle-operation'])),
            (have('token'), 19, lambda: self.tokens(L['token'])),
            (have('vm-counters'), 22, lambda: self.vm_counters(one('vm-counters'))),
            (names, 24, lambda: self.thread_names(names)),
            (have('breakpad-info'), 0x47670001, lambda: self.breakpad_info(one('breakpad-info'))),
            (have('assertion'), 0x47670002, lambda: self.assertion(one('assertion'))),
            (have('dso') or have('dso-debug'), 0x4767000a,
             lambda: self.dso_debug(one('dso-debug') if have('dso-debug') else None,
                                    L.get('dso', []))),
            (have('crashpad'), 0x43500001,
             lambda: self.crashpad(one('crashpad'), L.get('crashpad-module', []))),
            (have('mac-crash-info'), 0x4d7a0001, lambda: self.mac_crash_info(L['mac-crash-info'])),
            (have('mac-boot-args'), 0x4d7a0002,
             lambda: self.pack('IQ', 0x4d7a0002, self.string(str(one('mac-boot-args').words[0])))),
        ]
        rows = [(kind, build) for there, kind, build in table if there]
        rows += [(kind, lambda data=data: data) for kind, data in self.raws]
        return rows

    def tune(self, kind, data, rva, size):
        """Applies the damage that is asked for a stream."""
        if self.knob('count', kind) is not None:
            at, width = COUNT_FIELDS.get(kind, (0, 4))
            value = self.knob('count', kind).to_bytes(width, 'big' if self.big else 'little')
            self.out[rva + at:rva + at + width] = value
        if self.knob('stream-size', kind) is not None:
            size = self.knob('stream-size', kind)
        if self.knob('stream-rva', kind) is not None:
            rva = self.knob('stream-rva', kind)
        return self.pack('III', kind, size, rva)

    def build(self):
        R.run_lines(self.r, self.handlers())
        self.blocks += self.heaps.finish()
        for line in self.pokes:
            winheap.poke(self.r, self.blocks, line, self.pointer)
        if self.arch == 5 and 'system' in self.lists and \
                str(self.lists['system'][-1].words[0]) != 'windows':
            self.layout = 'bp-arm'
        n_extra = sum(1 for w, _, _ in self.knobs if w == 'duplicate')
        n = len(self.streams([])) + n_extra + (1 if self.wide else 0)
        self.out = bytearray(32 + 12 * n)
        rvas = [] if self.wide else [self.place(bytes(b.data), 16) for b in self.blocks]
        directory = []
        for kind, make in self.streams(rvas):
            data = make()
            rva = self.place(data)
            entry = self.tune(kind, data, rva, len(data))
            directory += [entry] * (1 + sum(1 for w, t, _ in self.knobs
                                            if w == 'duplicate' and t == kind))
        if self.wide:
            rva = self.place(bytes(16 + 16 * len(self.blocks)), 8)
            base = len(self.out)
            for b in self.blocks:
                self.out += b.data
            data = self.memory64_list(base)
            self.out[rva:rva + len(data)] = data
            directory.insert(min(3, len(directory)), self.tune(9, data, rva, len(data)))
        h = self.header
        magic = h['magic'] or ('PMDM' if self.big else 'MDMP')
        count = len(directory) if h['streams'] is None else h['streams']
        self.out[:32] = magic.encode('latin-1') + self.pack(
            'IIIIIQ', h['version'], count, 32, 0, h['time'], h['flags'])
        self.out[32:32 + 12 * len(directory)] = b''.join(directory)
        return R.patched(self.r, self.out, self.damage)


def build(recipe):
    return Minidump(recipe).build()
