#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Dumps of real crashes against what else is known of them.

Crash handlers' logs beside game dumps (registers, code and stack bytes,
modules), lldb's expected answer for sigsegv.dmp, the frames that the fixtures'
README states for kdlib's test programs, and the register contexts of every
minidump as winnt.h lays them out, decoded here once more.
"""
import pathlib
import re
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from answers import Dump, FIXTURES, Suite, basename, fixture, number  # noqa: E402

KNOWN = [
    (r'^unity stack: ',
     'the log was written in the process: its walker had unwind data of the game, of mono and of '
     'code made at run time, none of which is in the dump; frames here are found by scanning'),
]
S = Suite('crashes', KNOWN)


# --- Unity's error.log and output_log.txt ------------------------------------------------

SHORT = 0xffffffff  # the log prints 64-bit values with their lower half only


def compare_unity(folder):
    log = (folder / 'error.log').read_text(encoding='latin-1')
    dump = Dump(folder / 'crash.dmp')
    regs = dump.registers('.ecxr')
    for name, v in re.findall(r'\b(R\w+|EFlags|SegCs|SegSs):\s+0x(\w+)', log):
        ours = {'EFlags': 'efl', 'SegCs': 'cs', 'SegSs': 'ss'}.get(name, name.lower())
        S.fact(f'unity register {ours}', regs[ours] & SHORT, int(v, 16))
    exception = dump.ask('.exr -1', 'exception')[0]
    m = re.search(r'^(\S+) caused an? (.*) \(0x(\w+)\)\s+in module (\S+) at (\w+):(\w+)', log, re.M)
    S.fact('unity exception code', exception['code'], int(m[3], 16))
    S.fact('unity exception name', exception['name'].lower(), m[2].lower())
    S.fact('unity exception address', number(exception['address']) & SHORT, int(m[6], 16))
    modules = dump.modules()
    image = next(x['image'] for x in modules.values() if x['module'] == exception['symbol']['module'])
    S.fact('unity faulting module', image, m[4])
    m = re.search(r'(Read|Write) (?:from|to) location (\w+)', log)
    S.fact('unity access', [number(str(p)) for p in exception['parameters']], [{'Read': 0, 'Write': 1}[m[1]], int(m[2], 16)])

    code = re.search(r'Bytes at CS:EIP:\s+((?:\w\w )+)', log)[1]
    got = dump.ask(f'.ecxr; db @rip L{len(code.split()):x}', 'memory')
    S.fact('unity code bytes', bytes(w for r in got for w in r['words']).hex(' '), code.strip())

    rows = [(int(a, 16), [int(x, 16) for x in w.split()])
            for a, w in re.findall(r'(?m)^0x(\w+): ((?:\w{8} ){4})', log)]
    first, last = rows[0][0], rows[-1][0]
    got = {number(r['address']): r['words'] for r in dump.ask(f'dd {first:x} L{(last - first) // 4 + 4:x}', 'memory')}
    for at, words in rows:
        S.fact(f'unity stack bytes at {at:#x}', got.get(at), words)

    by_base = {base & SHORT: m for base, m in modules.items()}
    for path, base, size, rest in re.findall(
            r'Module \d+\r?\n(.*?)\r?\nImage Base: 0x(\w+)  Image Size: 0x(\w+)((?:.*\n)*?)(?=\r?\n)', log):
        at = f'unity module {basename(path.strip())}'
        m = by_base.get(int(base, 16), {})
        S.fact(f'{at}: path', m.get('path', '').lower(), path.strip().lower())
        S.fact(f'{at}: size', m.get('size'), int(size, 16))
        for key, ours in (('FileVer', 'file_version'), ('ProdVer', 'product_version')):
            if v := re.search(rf'{key}: +(\S+)', rest):
                S.fact(f'{at}: {ours}', m.get(ours), v[1])

    text = (folder / 'output_log.txt').read_text(encoding='latin-1')
    stack = [int(a, 16) for a in re.findall(r'(?m)^0x([0-9A-F]{16}) \(', text.split('Crash!!!')[1])]
    frames = dump.frames('.ecxr; k')
    S.fact('unity top of stack', number(frames[0]['ip']), stack[0])
    ours = {number(f['ip']) for f in frames}
    for address in stack[1:]:
        S.fact(f'unity stack: {address:#x}', address in ours, True)


def compare_uevr(folder):
    """The log is of the session but holds no crash: it names files that were loaded."""
    dump = Dump(folder / 'crash.dmp')
    log = (folder / 'log.txt').read_text(encoding='utf-8', errors='replace')
    paths = {m['path'].lower() for m in dump.modules().values()}
    for path in sorted(set(re.findall(r'Scanning module (.*?\.exe) for', log))):
        S.fact('uevr module path', path.lower() in paths, True)
    exception = dump.ask('.exr -1', 'exception')[0]
    regs = dump.registers('.ecxr')
    S.fact('uevr rip is where it was raised', regs['rip'], number(exception['address']))
    S.fact('uevr store through rcx', [number(str(p)) for p in exception['parameters']], [1, regs['rcx'] + 8])


# --- lldb's sigsegv.test -----------------------------------------------------------------


def compare_sigsegv(folder):
    text = (folder / 'sigsegv.test').read_text(encoding='utf-8')
    dump = Dump(folder / 'Inputs/sigsegv.dmp', folder / 'Inputs')
    m = re.search(r'Exception (0x\w+) encountered at address (0x\w+)', text)
    exception = dump.ask('.exr -1', 'exception')[0]
    S.fact('lldb exception', [exception['code'], number(exception['address'])], [number(m[1]), number(m[2])])
    m = re.search(r'frame #0: (0x\w+) (\w+)', text)
    frame = dump.frames('.ecxr; k')[0]
    S.fact('lldb frame 0', [number(frame['ip']), frame['symbol']['module']], [number(m[1]), m[2]])
    S.fact('lldb thread', [t['index'] + 1 for t in dump.ask('~', 'thread') if t['event']],
           [int(re.search(r'\* thread #(\d+)', text)[1])])
    theirs = [(int(a, 16), n) for a, n in re.findall(r'(0x[0-9a-f]+): (\w+)', text)]
    ours = dump.ask(f'.ecxr; u @rip L{len(theirs):x}', 'instruction')
    for got, (address, name) in zip(ours, theirs):
        stem = re.sub(r'^(mov|lea|call|add|ret)[lq]$', r'\1', name)
        mnemonic = got['mnemonic'] + (got.get('operands', '') if got['mnemonic'] == 'int' else '')
        S.fact(f'lldb instruction {address:#x}', [number(got['address']), mnemonic], [address, stem])
    # one function's caller is what its file says: the chain ends at the entry
    # point, each at or above the other on the stack
    frames = [f for f in dump.frames('.ecxr; k') if f['symbol']['module'] == 'sigsegv']
    S.fact('lldb frames have functions and lines', [bool(f['symbol'].get('name') and f.get('line')) for f in frames],
           [True] * len(frames))


# --- kdlib -------------------------------------------------------------------------------


def readme_stack(readme):
    """([function], [line], how many are inline at the top) of the stack test"""
    m = re.search(r'frames ((?:[\w:]+(?:, )?)+); the first two inline; targetapp\.cpp lines ([\d, ]+)', readme)
    return m[1].split(', '), [int(x) for x in m[2].split(', ')]


def compare_kdlib(top, readme):
    functions, lines = readme_stack(readme)
    release = top / 'targetapp_stacktest_x64_release'
    dump = Dump(next(release.glob('*/*.dmp')), release)
    frames = dump.frames()
    for i, (function, line) in enumerate(zip(functions, lines)):
        got = frames[i]
        at = f'kdlib userdump frame {i}'
        S.fact(f'{at}: function', got['symbol'].get('name'), function)
        S.fact(f'{at}: line', got.get('line'), line)
        S.fact(f'{at}: file', basename(got.get('file', '')), 'targetapp.cpp')
        if i < 2:
            S.fact(f'{at}: inline', got['inline'], True)

    dump = Dump(next(top.glob('targetapp_stacktest_wow64.x/*.dmp')), top)
    count, index, name = re.search(r'\((\d+) threads; thread index (\d+) is (\w+)', readme).groups()
    S.fact('kdlib wow64 threads', len(dump.ask('~', 'thread')), int(count))
    for half in ('x86', 'x64'):
        frames = dump.frames(f'.effmach {"x86" if half == "x86" else "amd64"}; ~{index}s; k')
        S.fact(f'kdlib wow64 {half} thread {index}', frames[0]['symbol'].get('name'), name)
    frames = dump.frames('.effmach x86; k')
    for i, (function, line) in enumerate(zip(functions, lines)):
        got = frames[i]
        at = f'kdlib wow64 frame {i}'
        S.fact(f'{at}: function', got['symbol'].get('name'), function)
        S.fact(f'{at}: line', got.get('line'), line)
        S.fact(f'{at}: trust', got['trust'], 'cfi' if i else 'context')
    # the exception came out of 32-bit code: its context is of that half
    frames = dump.frames('.effmach amd64; .ecxr; k')
    S.fact('kdlib wow64 .ecxr', [f['symbol'].get('name') for f in frames[:len(functions)]], functions)
    S.fact('kdlib wow64 first', dump.frames()[0].get('half'), 'wow64')


# --- CONTEXT records ---------------------------------------------------------------------

X64 = (('rax', 0x78), ('rcx', 0x80), ('rdx', 0x88), ('rbx', 0x90), ('rsp', 0x98), ('rbp', 0xa0), ('rsi', 0xa8),
       ('rdi', 0xb0), ('r8', 0xb8), ('r9', 0xc0), ('r10', 0xc8), ('r11', 0xd0), ('r12', 0xd8), ('r13', 0xe0),
       ('r14', 0xe8), ('r15', 0xf0), ('rip', 0xf8))
X64_SHORT = (('cs', 0x38, 'H'), ('ss', 0x42, 'H'), ('efl', 0x44, 'I'))
X86 = (('edi', 0x9c), ('esi', 0xa0), ('ebx', 0xa4), ('edx', 0xa8), ('ecx', 0xac), ('eax', 0xb0), ('ebp', 0xb4),
       ('eip', 0xb8), ('cs', 0xbc), ('efl', 0xc0), ('esp', 0xc4), ('ss', 0xc8))


NARROW = [n for n, _ in X86]


def decode(machine, raw):
    if machine == 9:
        out = {n: struct.unpack_from('<Q', raw, at)[0] for n, at in X64}
        out.update((n, struct.unpack_from('<' + f, raw, at)[0]) for n, at, f in X64_SHORT)
        return out
    return {n: struct.unpack_from('<I', raw, at)[0] for n, at in X86}


def contexts(data):
    """(machine, {thread id: context bytes}, exception's context or None)"""
    count, directory = struct.unpack_from('<II', data, 8)
    threads, machine, exception = {}, None, None
    for i in range(count):
        kind, _, at = struct.unpack_from('<III', data, directory + 12 * i)
        if kind == 7:
            machine, = struct.unpack_from('<H', data, at)
        elif kind == 3:
            n, = struct.unpack_from('<I', data, at)
            for t in range(n):
                tid, = struct.unpack_from('<I', data, at + 4 + 48 * t)
                size, where = struct.unpack_from('<II', data, at + 4 + 48 * t + 40)
                threads[tid] = data[where:where + size] if where else b''  # left out by the writer
        elif kind == 6:
            size, where = struct.unpack_from('<II', data, at + 8 + 152)
            exception = data[where:where + size]
    return machine, threads, exception


def compare_registers(at, got, raw, machine, narrow=False):
    if len(raw) < (0x4d0 if machine == 9 else 0xcc):
        return
    want = decode(machine, raw)
    if narrow and want.get('cs') == 0x23:
        # 32-bit code of a WOW64 process: what a 64-bit context holds of its registers
        want = {n: want.get(n, want.get('r' + n[1:])) & 0xffffffff for n in NARROW}
    S.fact(f'context {at}', {n: got.get(n) for n in want}, want)


def compare_contexts():
    for line in fixture('MANIFEST.tsv').read_text(encoding='utf-8').splitlines():
        path, _, _, _, _, what, *_ = line.split('\t')
        if not re.match(r'USER MDMP x(86|64) ', what) or not fixture(path):
            continue
        machine, threads, exception = contexts((FIXTURES / path).read_bytes())
        dump = Dump(FIXTURES / path)
        # WOW64: the 64-bit half, which the CONTEXT is of
        wide = '.effmach amd64; ' if machine == 9 else ''
        for t in dump.ask('~', 'thread')[:4]:
            compare_registers(f'{path} thread {t["index"]}', dump.registers(f'{wide}~{t["index"]}s; r'),
                              threads[t['tid']], machine)
        if exception:
            compare_registers(f'{path} exception', dump.registers('.ecxr'), exception, machine, narrow=True)


def main():
    if folder := fixture('Leninade-rimworld-errorlog-1-11-20'):
        compare_unity(folder)
    if folder := fixture('vinionsinho-DeadIsland2VR'):
        compare_uevr(folder)
    if folder := fixture('llvm-llvm-project-19.1.7/lldb/test/Shell/Minidump/Windows/Sigsegv'):
        compare_sigsegv(folder)
    if folder := fixture('ivellioscolin-kdlibcpp/kdlib/tests/dumps'):
        compare_kdlib(folder, fixture('README.md').read_text(encoding='utf-8'))
    if fixture('MANIFEST.tsv'):
        compare_contexts()
    S.finish()


if __name__ == '__main__':
    main()
