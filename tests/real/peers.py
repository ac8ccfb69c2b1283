#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""peers.py OSMODUMP FOLDER [NAME...]: do other readers see in our dumps what they see in the process itself?

FOLDER holds tests/harm/peers.c compiled in several ways. The process is stopped
by SIGSTOP before its dumps are made and stays so: gdb and eu-stack, attached to
it, must say of all threads what they say of the dump. eu-readelf, drgn and lldb
open it without complaint, list the threads and read memory. OSMOSIS_LONG: all
readers on all dumps."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'harm'))
from zoo_core import GDB_READS_XSTATE, KNOWN_OF_GDB, Core  # pylint: disable=wrong-import-position

OSMODUMP, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
LONG = bool(os.environ.get('OSMOSIS_LONG'))
WORD = 0x7065657273212121
MAX_MAPS = '/proc/sys/vm/max_map_count'
counts = {'ok': 0, 'FAIL': 0, 'skip': 0}

REGISTERS = ['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15',
             'rip', 'eflags', 'fs_base', 'eax', 'ebx', 'ecx', 'edx', 'esi', 'edi', 'ebp', 'esp', 'eip', 'mxcsr', 'fctrl',
             'xmm0', 'xmm5', 'ymm0']
UNREAD = () if GDB_READS_XSTATE else ('mxcsr', 'fctrl', 'xmm0', 'xmm5', 'ymm0')  # by gdb, of any core here
GDB_SCRIPT = r'''
import gdb, json
gdb.execute("set backtrace past-main on")
gdb.execute("set backtrace past-entry on")
for t in gdb.selected_inferior().threads():
    t.switch()
    f, frames, registers = gdb.newest_frame(), [], {}
    for name in %r:
        try:
            registers[name] = str(f.read_register(name))
        except (ValueError, gdb.error):
            pass
    while f is not None and f.is_valid():
        frames.append([hex(f.pc()), f.name()])
        try:
            f = f.older()
        except gdb.error:
            break
    print("@" + json.dumps([t.ptid[1] or t.ptid[0], {"frames": frames, "registers": registers}]))
''' % REGISTERS
DRGN_SCRIPT = r'''
import drgn, json, sys
p = drgn.Program()
p.set_core_dump(sys.argv[1])
words = [int.from_bytes(p.read(int(a, 16), int(sys.argv[2])), "little") for a in sys.argv[3:]]
print(json.dumps([sorted(t.tid for t in p.threads()), words, p.main_thread().tid]))
'''


def verdict(kind, text):
    counts[kind] += 1
    print(f'{kind}: {text}', flush=True)


def run(*words, timeout=300):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=timeout, errors='replace')
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 124, '', 'no end')


class Process:
    """One of peers.c, stopped where it is."""

    def __init__(self, name, *arguments):
        self.name, self.program = ' '.join(map(str, (name, *arguments))), f'{FOLDER}/{name}'
        self.process = subprocess.Popen([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        self.pid, self.marks = self.process.pid, []
        for line in self.process.stdout:
            if line.startswith('mark'):
                self.marks.append(int(line.split()[1], 16))
            elif line.startswith('ready'):
                break
        else:
            raise RuntimeError(f'{name} did not start')
        os.kill(self.pid, signal.SIGSTOP)
        while not all(self.state(t) == 'T' for t in self.tids()):
            pass
        with open(self.program, 'rb') as f:
            self.word = 8 if f.read(5)[4] == 2 else 4
        self.seen = {}

    def tids(self):
        return sorted(map(int, os.listdir(f'/proc/{self.pid}/task')))

    def state(self, tid):
        with open(f'/proc/{self.pid}/task/{tid}/stat', encoding='utf-8', errors='replace') as f:
            return f.read().rpartition(')')[2].split()[0]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


# ---- readers: each says what is wrong, or nothing ---------------------------------------------------

def by_gdb(*words):
    done = run('gdb', '-nx', '-batch', '-iex', 'set debuginfod enabled off', *words, '-ex', f'python exec({GDB_SCRIPT!r})')
    return dict(json.loads(line[1:]) for line in done.stdout.split('\n') if line.startswith('@')), done.stdout + done.stderr


def differing(live, dump):
    for tid, want in live.items():
        got = dump.get(tid)
        if got is None:
            return f'thread {tid} is missing'
        if got['frames'] != want['frames']:
            return f'thread {tid}: frames {got["frames"][:6]}, attached {want["frames"][:6]}'
        other = {r: (v, want['registers'].get(r)) for r, v in got['registers'].items()
                 if v != want['registers'].get(r) and not (r in UNREAD and '<unavailable>' in v)}
        if other or len(got['registers']) != len(want['registers']):
            return f'thread {tid}: registers {other}, {sorted(set(want["registers"]) - set(got["registers"]))} missing'
    return f'{len(dump)} threads, attached {len(live)}' if len(dump) != len(live) else None


def gdb(process, core):
    if 'gdb' not in process.seen:
        process.seen['gdb'] = by_gdb('-p', str(process.pid))[0]
    dump, said = by_gdb(process.program, core)
    complaint = re.search(r'.*(warning|error|[Ff]ail|[Cc]annot|truncated).*', re.sub(r'(?m)^@.*$|No symbol table.*' + KNOWN_OF_GDB, '', said))
    if complaint:
        return f'complains: {complaint[0][:200]}'
    return differing(process.seen['gdb'], dump) or (None if dump else f'no thread: {said[-300:]}')


def plain_stacks(text):
    """{thread: frames}; the first line names the core or the process."""
    parts = re.sub(r'(?m)^PID.*\n', '', text).split('TID ')[1:]
    return {part.split(':')[0]: part.split('\n')[1:-1] for part in parts}


def eu_stack(process, core):
    if 'eu-stack' not in process.seen:
        process.seen['eu-stack'] = run('eu-stack', '-n', '0', '-p', str(process.pid))
    live, dump = process.seen['eu-stack'], run('eu-stack', '-n', '0', '-e', process.program, '--core', core)
    want, got = plain_stacks(live.stdout), plain_stacks(dump.stdout)
    if process.word == 4:  # attached to a 32-bit process it stops at main
        got = {t: frames[:len(want.get(t, ()))] for t, frames in got.items()}
    if got != want or not got:
        odd = next((t for t in want if got.get(t) != want[t]), None)
        return f'{len(got)} threads, attached {len(want)}; {odd}: {got.get(odd)}, attached {want.get(odd)} {dump.stderr[-200:]}'
    return f'exit codes {dump.returncode}, attached {live.returncode}: {dump.stderr[-200:]}' if dump.returncode != live.returncode else None


def eu_readelf(process, core):
    done = run('eu-readelf', '-h', '-l', '-n', core)
    n = len(re.findall(r'PRSTATUS', done.stdout))
    if done.returncode or done.stderr:
        return f'exit code {done.returncode}: {done.stderr[:200]}'
    return f'{n} PRSTATUS for {len(process.tids())} threads' if n != len(process.tids()) else None


def drgn(process, core):
    with open(shutil.which('drgn'), encoding='utf-8') as f:
        python = f.readline().removeprefix('#!').split()[0]  # the one that has its module
    done = run(python, '-c', DRGN_SCRIPT, core, str(process.word), *map(hex, process.marks_in(core)))
    if done.returncode or done.stderr:
        return f'exit code {done.returncode}: {done.stderr[-300:]}'
    tids, words, first = json.loads(done.stdout)
    if tids != process.tids() or first != process.pid:
        return f'{len(tids)} threads, {first} is the first'
    return None if all(w == WORD & (1 << 8 * process.word) - 1 for w in words) else f'memory: {list(map(hex, words))}'


def lldb(process, core):
    reads = [w for a in process.marks_in(core) for w in ('-o', f'memory read -fx -s{process.word} -c1 {a:#x}')]
    done = run('lldb', '--no-lldbinit', '-b', '-o', f'target create -c {core} {process.program}', '-o', 'thread list', *reads)
    threads = set(map(int, re.findall(r'thread #\d+: tid = (\d+)', done.stdout)))
    if done.returncode or re.search('error:|warning:', done.stdout + done.stderr):
        return f'exit code {done.returncode}: {(done.stderr or done.stdout)[-300:]}'
    if threads != set(process.tids()):
        return f'{len(threads)} threads: {done.stdout[-300:]}'
    word = f'{WORD & (1 << 8 * process.word) - 1:#x}'
    n = done.stdout.count(f': {word}')
    return None if n == len(process.marks_in(core)) else f'{n} words read: {done.stdout[-300:]}'


READERS = {'eu-readelf': eu_readelf, 'gdb': gdb, 'eu-stack': eu_stack, 'drgn': drgn, 'lldb': lldb}


def present(name):
    return shutil.which(name) is not None


# ---- dumps --------------------------------------------------------------------------------------------

class Dumps:
    def __init__(self, process, work):
        self.process, self.work = process, work

    def make(self, *options, name='core'):
        path = f'{self.work}/{name}'
        done = run(OSMODUMP, 'snap', str(self.process.pid), '-q', '--force', '-o', path, *options)
        if done.returncode:
            verdict('FAIL', f'{self.process.name} {" ".join(options)}: {done.stderr.strip()}')
            return None
        return path

    def show(self, title, core, readers):
        for name in readers:
            if core and name in available:
                wrong = READERS[name](self.process, core)
                verdict('FAIL' if wrong else 'ok', f'{title}: {name}' + (f': {wrong}' if wrong else ''))

    def check(self, readers, *options):
        self.show(f'{self.process.name} {" ".join(options) or "--full"}', self.make(*options), readers)

    def convert(self, readers, packing):
        packed, plain = self.make('--compress', packing, name=f'core.{packing}'), f'{self.work}/plain'
        if packed:
            done = run(OSMODUMP, 'convert', packed, plain, '--force')
            if done.returncode:
                verdict('FAIL', f'convert from {packing}: {done.stderr.strip()}')
            else:
                self.show(f'{self.process.name} converted from {packing}', plain, readers)


def marks_in(self, core):
    """A mini dump need not have them."""
    if core not in self.has or self.has[core][0] != os.stat(core).st_mtime_ns:
        c = Core(core)
        here = [m for m in self.marks if any(s <= m < s + size for s, _, size, _ in c.loads)]
        self.has[core] = (os.stat(core).st_mtime_ns, here)
    return self.has[core][1]


Process.marks_in, Process.has = marks_in, {}
ALL = list(READERS)
FEW = ALL if LONG else ['eu-readelf', 'gdb', 'drgn']
MANY = [r for r in ALL if LONG or r != 'eu-stack']  # it looks through all mappings for each frame


def variant(work, name):
    with Process(name) as p:
        d = Dumps(p, work)
        d.check(ALL)
        d.check(FEW, '--mini')
        if name != 'pie' and not LONG:
            return
        for engine in 'precopy', 'stop':
            d.check(FEW, '--engine', engine)
        for packing in 'zstd', 'lz4':
            d.convert(FEW, packing)


def many_threads(work):
    with Process('pie', 1100) as p:
        d = Dumps(p, work)
        d.check(MANY)
        d.check(FEW, '--mini')


def many_mappings(work):
    """More than a program header count can say: PN_XNUM."""
    with open(MAX_MAPS, encoding='ascii') as f:
        old = f.read()
    try:
        with open(MAX_MAPS, 'w', encoding='ascii') as f:
            f.write('80000')
    except OSError as e:
        verdict('skip', f'more than 65,535 mappings: {MAX_MAPS}: {e.strerror}')
        return
    try:
        with Process('pie', 4, 70000) as p:
            d = Dumps(p, work)
            d.check(MANY)
            d.check(FEW, '--mini')
    finally:
        with open(MAX_MAPS, 'w', encoding='ascii') as f:
            f.write(old)


MANY_OF = {'threads': many_threads, 'mappings': many_mappings}


def main():
    os.environ.pop('DEBUGINFOD_URLS', None)
    # Debian's lldb looks for its Python module in a folder that is not there.
    os.environ['PYTHONPATH'] = ':'.join(glob.glob('/usr/lib/llvm-*/lib/python3*/dist-packages'))
    for name in READERS:
        if name not in available:
            verdict('skip', f'{name} is not installed')
    with tempfile.TemporaryDirectory(dir=FOLDER) as work:
        for name in sys.argv[3:] or ('pie', 'nopie', 'static', 'stripped', 'i386', 'i386-static', 'threads', 'mappings'):
            if name in MANY_OF:
                MANY_OF[name](work)
            elif os.path.exists(f'{FOLDER}/{name}'):
                variant(work, name)
            else:
                verdict('skip', f'{name} cannot be compiled here')
    print(f'{counts["ok"]} passed, {counts["FAIL"]} failed, {counts["skip"]} skipped')
    return 1 if counts['FAIL'] else 0


available = [name for name in READERS if present(name)]
sys.exit(main())
