#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What `osmodump analyze --json` says of a crash, beside everything else that says something of it.

One row for each source, one column for each question: which exception or signal (reason), which address, what sort of
access to what sort of address (class), in which module the instruction was (module), and which module is the first of
the stack that is not the system's (blamed). Each cell counts answers that agree, that differ, that differ for a reason
which is known (KNOWN), and those that only one side has. A difference that is not known fails the test.

Sources are texts that came with the dumps (Breakpad's stackwalk, rust-minidump's snapshots, a game's log, lldb's test),
the ratings of Breakpad's own unit test, the header lines of the manifest, and other tools, where they are installed:
lldb, gdb, eu-readelf, and Breakpad's minidump_stackwalk (MINIDUMP_STACKWALK names it, else it is looked for in PATH; the
npm package "minidump" carries it).

How a source means its answers: "module" is that of the innermost frame everywhere. None of them blames a module; "blamed"
is the first module of their stack that does not lie in the system's folders, which is our rule over their frames.
"""
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from answers import FIXTURES, SHOWN, basename, fixture, number, records  # noqa: E402

COLUMNS = ('reason', 'address', 'class', 'module', 'blamed')
CELLS = ('agree', 'differ', 'explained', 'no answer there', 'no answer here')

# (regular expression of the printed line, why the two differ and who is right)
KNOWN = [
    (r'address .*linux_raise_sigabrt',
     'theirs is si_addr of a signal that was sent: the same bytes are the sender\'s pid and uid (sigaction(2)), and no address'),
    (r'address .*invalid-parameter\.dmp: ours \d+, theirs 0$',
     'the record has no address, since a handler of the C run-time made it; ours is the instruction of its context'),
    (r"(reason|address) .*/gcore/.*: ours None, theirs ('SIGSTOP'|19|\d{8,})$",
     'a core that a debugger took: their signal is that of its own stop; here nothing failed, and no fault is stated'),
    (r'lldb live (module|blamed) .*wow64.*, theirs \'ntdll\.dll\'$',
     'lldb shows the 64-bit half of the thread; the exception came out of 32-bit code, whose half is shown here'),
]

NULL_LIMIT = 0x10000
AGREE = collections.Counter()
DIFFERENT = []
EXPLAINED = collections.defaultdict(list)
SKIPPED = []


# --- our side ----------------------------------------------------------------------------

SYSTEM_FOLDER = re.compile(r'^([a-z]:|\\SystemRoot)\\windows\\|^/(usr/)?lib|^/system/|^\[|^linux-(vdso|gate)', re.I)
PLACES = {'pages that are never mapped': 'null', 'memory that is not mapped': 'unmapped', 'the end of a stack': 'unmapped',
          'memory that does not allow': 'protected', 'an address that is not canonical': 'not canonical'}
OURS = {}


def place_of(text):
    return next((v for k, v in PLACES.items() if text.startswith(k)), None)


def ours_of(path):
    """What analyze says of the dump; None: it does not open."""
    if path not in OURS:
        got = records('analyze', '-q', '--json', path)
        fault = next((r for r in got if r['kind'] == 'analysis_fault'), None)
        OURS[path] = fault and describe(path, fault)
    return OURS[path]


def describe(path, fault):
    modules = [m for m in records(path, '-q', '--json', '-c', 'lm') if m['kind'] == 'module']
    images = {m['module']: m['image'] for m in modules}
    ip = fault.get('faulting_ip', {})
    code = fault.get('exception_code')
    out = {'code': code, 'address': number(fault.get('fault_address')), 'ip': number(ip.get('address')),
           'access': fault.get('access'), 'place': place_of(fault.get('address_class', '')),
           'module': images.get(ip.get('module')), 'blamed': fault.get('image_name'),
           'paths': {m['image'].lower(): m['path'] for m in modules if 'path' in m}}
    if code is not None:
        out['reason'] = fault.get('exception_name') or ('DUMP_REQUESTED' if fault['fault'] == 'dump on request' else hex(code))
    if out['address'] == out['ip'] and out['access'] is None and out['address'] is not None:
        out['access'] = 'execute'
    return out


# --- comparing ---------------------------------------------------------------------------


def tell(source, column, path, ours, theirs):
    """None on their side: the source does not say; on ours: we do not."""
    if theirs is None:
        AGREE[source, column, 'no answer there'] += 1
        return
    if ours is not None and ours == theirs:
        AGREE[source, column, 'agree'] += 1
        return
    line = f'{source} {column} {path}: ours {ours!r}, theirs {theirs!r}'
    for pattern, why in KNOWN:
        if re.search(pattern, line):
            AGREE[source, column, 'explained'] += 1
            EXPLAINED[why].append(line)
            return
    AGREE[source, column, 'no answer here' if ours is None else 'differ'] += 1
    DIFFERENT.append(line)


def reason_name(text):
    """'EXCEPTION_ACCESS_VIOLATION_READ', 'SIGSEGV / SEGV_MAPERR' and so on as one of our names, without its prefix."""
    text = text.split('/')[0].strip()
    if re.fullmatch(r'0x\w+', text):
        return int(text, 16)
    if text.startswith('FAST_FAIL_'):
        return 'STACK_BUFFER_OVERRUN'  # winnt.h: the exception of __fastfail, whose parameter is that word
    text = re.sub(r'^(EXCEPTION|STATUS)_', '', text)
    return re.sub(r'^(ACCESS_VIOLATION|IN_PAGE_ERROR)_.*', r'\1', text)


def compare_reason(source, path, ours, theirs):
    theirs = reason_name(theirs) if theirs else None
    got = ours.get('reason')
    if isinstance(theirs, int):
        got = ours.get('code')
    tell(source, 'reason', path, got and re.sub('^STATUS_', '', got) if isinstance(got, str) else got, theirs)


def access_of(reason):
    m = re.search(r'_(READ|WRITE|EXEC)$', reason or '')
    return {'READ': 'read', 'WRITE': 'write', 'EXEC': 'execute'}[m[1]] if m else None


def compare_class(source, path, ours, access=None, place=None):
    """The parts of a class that the source states; an address of the first pages is one of no mapping too."""
    if not access and not place:
        tell(source, 'class', path, None, None)
        return
    got, want = [], []
    if access:
        got, want = [ours['access']], [access]
    if place:
        mine = ours['place']
        got.append(place if mine == 'null' and place == 'unmapped' else mine)
        want.append(place)
    tell(source, 'class', path, None if None in got else ' '.join(got), ' '.join(want))


def compare_modules(source, path, ours, images):
    """images: of the crashed thread's frames, innermost first, None: in no module; an empty list: not told"""
    if not images:
        tell(source, 'module', path, None, None)
        tell(source, 'blamed', path, None, None)
        return
    tell(source, 'module', path, (ours['module'] or 'none').lower(), (images[0] or 'none').lower())
    theirs = [i.lower() for i in images if i]
    outside = [i for i in theirs if not SYSTEM_FOLDER.match(ours['paths'].get(i, ''))]
    tell(source, 'blamed', path, ours['blamed'] and ours['blamed'].lower(), (outside or theirs or [None])[0])


def address_of(ours):
    """The address that was accessed; of what is no access, that of the instruction."""
    return ours['ip'] if ours['address'] is None else ours['address']


# --- minidumps -----------------------------------------------------------------------------


def manifest_rows(what):
    table = fixture('MANIFEST.tsv')
    for line in table.read_text(encoding='utf-8').splitlines()[1:] if table else []:
        path, _, _, _, _, text, *_ = line.split('\t')
        if re.match(what, text) and fixture(path):
            yield path, text


def compare_manifest():
    """The manifest's own reading of exception streams: code and address of the record."""
    for path, text in manifest_rows('USER MDMP'):
        m = re.search(r'exc=0x(\w+)@0x(\w+)', text)
        ours = ours_of(FIXTURES / path) if m else None
        if not ours:
            continue
        tell('manifest', 'reason', path, ours['code'], int(m[1], 16))
        tell('manifest', 'address', path, ours['ip'] if ' Win ' in text else address_of(ours), int(m[2], 16))


def compare_stackwalk(source, path, text):
    """The output of minidump_stackwalk -m."""
    ours = ours_of(path)
    name = os.path.relpath(path, FIXTURES)
    crash = next((line.split('|') for line in text.splitlines() if line.startswith('Crash|')), None)
    if not crash or not ours or crash[1] == 'No crash':
        return
    frames = [line.split('|') for line in text.splitlines() if re.match(rf'{crash[3]}\|\d+\|', line)]
    compare_reason(source, name, ours, crash[1])
    tell(source, 'address', name, address_of(ours), number(crash[2]))
    compare_class(source, name, ours, access_of(crash[1]), signal_place(crash[1]))
    compare_modules(source, name, ours, [f[2] or None for f in frames])


def signal_place(reason):
    return {'SEGV_MAPERR': 'unmapped', 'SEGV_ACCERR': 'protected'}.get(reason.split('/')[-1].strip())


def compare_breakpad_texts():
    folder = fixture('google-breakpad/src/processor/testdata')
    if folder:
        text = (folder / 'minidump2.stackwalk.machine_readable.out').read_text(encoding='latin-1')
        for name in ('minidump2.dmp', 'minidump_32bit_crash_addr.dmp'):
            compare_stackwalk('breakpad text', folder / name, text)


def compare_breakpad_live():
    program = os.environ.get('MINIDUMP_STACKWALK') or shutil.which('minidump_stackwalk')
    if not program:
        SKIPPED.append('breakpad live: minidump_stackwalk is not installed (MINIDUMP_STACKWALK may name it)')
        return
    for path, _ in manifest_rows('USER MDMP'):
        done = subprocess.run([program, '-m', FIXTURES / path], capture_output=True, check=False, timeout=60)
        compare_stackwalk('breakpad live', FIXTURES / path, done.stdout.decode('latin-1'))


# src/processor/exploitability_unittest.cc of Breakpad: what its engines make of each dump.
RATINGS = {
    'ascii_read_av': 'high', 'ascii_read_av_block_write': 'high', 'ascii_read_av_clobber_write': 'high',
    'ascii_read_av_conditional': 'high', 'ascii_read_av_then_jmp': 'high', 'ascii_read_av_xchg_write': 'high',
    'null_read_av': 'none', 'null_write_av': 'none', 'linux_divide_by_zero': 'none', 'linux_raise_sigabrt': 'none',
    'linux_null_dereference': 'interesting', 'linux_jmp_to_0': 'high', 'linux_outside_module': 'high',
    'linux_inside_module_exe_region1': 'interesting', 'linux_inside_module_exe_region2': 'interesting',
    'linux_stack_pointer_in_stack': 'interesting', 'linux_jmp_to_module_not_exe_region': 'high',
    'linux_write_to_nonwritable_module': 'high', 'linux_write_to_nonwritable_region_math': 'high',
    'linux_write_to_outside_module': 'high', 'linux_write_to_outside_module_via_math': 'high',
    'linux_write_to_under_4k': 'interesting',
}


def rating_of(ours, windows):
    """What the rules of Breakpad's engines make of our class: null is harmless, jumps and stray writes are not."""
    if ours['access'] is None and ours['place'] is None:
        return 'none'
    if ours['access'] == 'execute':
        return 'high'
    if ours['place'] == 'null':
        return 'none' if windows else 'interesting'
    return 'high' if windows or ours['access'] == 'write' else 'interesting'


def compare_ratings():
    folder = fixture('google-breakpad/src/processor/testdata')
    for name, rating in RATINGS.items() if folder else ():
        ours = ours_of(folder / f'{name}.dmp')
        tell('breakpad rating', 'class', name, rating_of(ours, not name.startswith('linux')), rating)


def compare_rust():
    top = fixture('rust-minidump-rust-minidump/minidump-stackwalk/tests/snapshots')
    dump = fixture('google-breakpad/src/processor/testdata/minidump2.dmp')  # its test.dmp, see conf-rust-minidump.py
    if not top or not dump:
        return
    ours = ours_of(dump)
    for name in ('json', 'json-pretty', 'json-pretty-symbols'):
        text = (top / f'test_minidump_stackwalk__{name}.snap').read_text(encoding='utf-8').split('---\n', 2)[2]
        theirs = json.loads(text)
        crash = theirs['crash_info']
        compare_reason('rust-minidump', name, ours, crash['type'])
        tell('rust-minidump', 'address', name, address_of(ours), number(crash['address']))
        compare_class('rust-minidump', name, ours, access_of(crash['type']))
        compare_modules('rust-minidump', name, ours, [f['module'] for f in theirs['crashing_thread']['frames']])


# --- logs and tests --------------------------------------------------------------------------


def compare_unity():
    """The game's crash handler; its 64-bit values are cut to their lower half."""
    folder = fixture('Leninade-rimworld-errorlog-1-11-20')
    if not folder:
        return
    ours = ours_of(folder / 'crash.dmp')
    log = (folder / 'error.log').read_text(encoding='latin-1')
    m = re.search(r'^(\S+) caused an? (.*) \(0x(\w+)\)\s+in module (\S+) at (\w+):(\w+)', log, re.M)
    at = re.search(r'(Read|Write) (?:from|to) location (\w+)', log)
    compare_reason('game log', folder.name, ours, '0x' + m[3])
    tell('game log', 'address', folder.name, ours['address'] & 0xffffffff, int(at[2], 16))
    tell('game log', 'address', folder.name, ours['ip'] & 0xffffffff, int(m[6], 16))
    compare_class('game log', folder.name, ours, at[1].lower())
    compare_modules('game log', folder.name, ours, [m[4]])


def compare_sigsegv():
    folder = fixture('llvm-llvm-project-19.1.7/lldb/test/Shell/Minidump/Windows/Sigsegv')
    if not folder:
        return
    ours = ours_of(folder / 'Inputs/sigsegv.dmp')
    text = (folder / 'sigsegv.test').read_text(encoding='utf-8')
    m = re.search(r'Exception (0x\w+) encountered at address (0x\w+)', text)
    compare_reason('lldb text', 'sigsegv', ours, m[1])
    tell('lldb text', 'address', 'sigsegv', ours['ip'], number(m[2]))
    compare_modules('lldb text', 'sigsegv', ours, [re.search(r'frame #0: 0x\w+ (\S+)', text)[1]])
    m = re.search(r'mov[lq] +\$0x0, (0x0)$', text, re.M)
    compare_class('lldb text', 'sigsegv', ours, 'write', 'null' if m else None)


# --- other tools ------------------------------------------------------------------------------


def output(*words):
    done = subprocess.run([str(w) for w in words], capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL)
    return done.stdout.decode('utf-8', 'replace')


def compare_lldb():
    if not shutil.which('lldb'):
        SKIPPED.append('lldb live: lldb is not installed')
        return
    rows = list(manifest_rows('USER MDMP')) + list(manifest_rows('ELF (32|64)-bit LSB core'))
    for path, _ in rows:
        ours = ours_of(FIXTURES / path)
        text = output('lldb', '--no-lldbinit', '-b', '-c', FIXTURES / path, '-o', 'thread list', '-o', 'bt')
        m = re.search(r'^\* thread #\d+: tid = \w+, 0x(\w+)(?: ([^\s,]+))?.*stop reason = (.*)', text, re.M)
        if not m or not ours:
            continue
        e = re.match(r'Exception 0x(\w+) encountered at address 0x(\w+)', m[3])
        s = re.match(r'signal (SIG\w+)', m[3])
        if not e and not s:
            continue
        compare_reason('lldb live', path, ours, '0x' + e[1] if e else s[1])
        tell('lldb live', 'address', path, ours['ip'], int(e[2] if e else m[1], 16))
        frames = re.findall(r'^ +\*? *frame #\d+: 0x\w+(?: ([^\s`]+))?', text, re.M) if m[2] else []
        compare_modules('lldb live', path, ours, [f or None for f in frames])


GDB = ('p $_siginfo.si_signo', 'p $_siginfo.si_code', 'p/x (unsigned long)$_siginfo._sifields._sigfault.si_addr',
       'p/x (unsigned long)$pc', 'info proc mappings')


def mapped_file(text, address):
    for low, high, path in re.findall(r'^\s+0x(\w+)\s+0x(\w+)\s.*0x\w+\s+(\S+)$', text, re.M):
        if int(low, 16) <= address < int(high, 16):
            return basename(path)
    return None


def compare_gdb():
    if not shutil.which('gdb'):
        SKIPPED.append('gdb live: gdb is not installed')
        return
    for path, _ in manifest_rows(r'ELF (32|64)-bit LSB core.*SVR4'):
        ours = ours_of(FIXTURES / path)
        text = output('gdb', '-q', '-nx', '-batch', '-c', FIXTURES / path, *[w for c in GDB for w in ('-ex', c)])
        got = {int(n): v for n, v in re.findall(r'^\$(\d) = (-?\w+)$', text, re.M)}
        if not ours or len(got) < 4:
            continue
        signal, code, address, pc = (int(got[i], 0) for i in (1, 2, 3, 4))
        tell('gdb live', 'reason', path, ours['code'], signal)
        tell('gdb live', 'address', path, ours['ip'], pc)
        compare_signal('gdb live', path, ours, signal, code, address)
        at = mapped_file(text, pc)
        tell('gdb live', 'module', path, ours['module'], at)


def compare_signal(source, path, ours, signal, code, address):
    """SEGV_MAPERR is 1, SEGV_ACCERR 2 (asm-generic/siginfo.h); other codes state no address."""
    if signal == 11 and code in (1, 2):
        tell(source, 'address', path, ours['address'], address)
        compare_class(source, path, ours, place={1: 'unmapped', 2: 'protected'}[code])


def compare_readelf():
    if not shutil.which('eu-readelf'):
        SKIPPED.append('elfutils live: eu-readelf is not installed')
        return
    for path, _ in manifest_rows(r'ELF (32|64)-bit LSB core.*SVR4'):
        ours = ours_of(FIXTURES / path)
        text = output('eu-readelf', '-n', FIXTURES / path)
        m = re.search(r'si_signo: (\d+), si_errno: -?\d+, si_code: (-?\d+)', text)
        if not ours or not m:
            continue
        tell('elfutils live', 'reason', path, ours['code'], int(m[1]))
        if at := re.search(r'fault address: (0x\w+)', text):
            compare_signal('elfutils live', path, ours, int(m[1]), int(m[2]), number(at[1]))


# --- the table ----------------------------------------------------------------------------------


def show():
    sources = list(dict.fromkeys(s for s, _, _ in AGREE))
    print('agree/differ/explained/no answer there/no answer here')
    print(f'{"":16}' + ''.join(f'{c:>16}' for c in COLUMNS))
    for source in sources + ['all']:
        cells = ['/'.join(str(sum(n for (s, c, w), n in AGREE.items()
                                    if c == column and w == cell and source in (s, 'all'))) for cell in CELLS)
                 for column in COLUMNS]
        print(f'{source:16}' + ''.join(f'{c:>16}' for c in cells))
    for why, lines in EXPLAINED.items():
        print(f'explained ({len(lines)}): {why}')
        for line in lines[:2]:
            print(f'\t{line}')
    for line in DIFFERENT[:SHOWN]:
        print(f'disagree: {line}')
    closed = sum(1 for _ in manifest_rows('KERNEL')) + len(list(FIXTURES.glob('**/microdump-*.dmp')))
    print(f'not compared: {closed} kernel dumps and microdumps, which are kinds that do not open')
    for text in SKIPPED:
        print(f'skip: {text}')


def main():
    for compare in (compare_manifest, compare_breakpad_texts, compare_breakpad_live, compare_ratings, compare_rust,
                    compare_unity, compare_sigsegv, compare_lldb, compare_gdb, compare_readelf):
        compare()
    if not AGREE:
        print(f'no fixtures for agree at {FIXTURES} (set OSMOSIS_FIXTURES)')
        sys.exit(77)
    show()
    total = collections.Counter()
    for (_, _, cell), n in AGREE.items():
        total[cell] += n
    print(f'figure: conformance agree: {total["agree"]} answers agree, {total["explained"]} differ for a known reason, '
          f'{len(DIFFERENT)} differ')
    print(f'{total["agree"]} passed, {len(DIFFERENT)} failed, {total["explained"] + len(SKIPPED)} skipped')
    sys.exit(1 if DIFFERENT else 0)


if __name__ == '__main__':
    main()
