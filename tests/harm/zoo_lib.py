# SPDX-License-Identifier: MIT
"""For zoo.py: processes of the zoo, snapshots of them, and what must hold of both."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from zoo_core import KNOWN_OF_GDB, Core, word_for

OSMODUMP, FOLDER = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
LONG = bool(os.environ.get('OSMOSIS_LONG'))
BY_BYTE = {'strict', 'filtered', 'vfork', 'vfork-thread', 'leaderless', 'coroutine', 'coroutine-mapped', 'altstack',
           'deep', 'userfaultfd', 'userfaultfd-fork', 'unshared'}

told, groups = [], []  # what is worth telling of a test; memory groups that it made
work = tempfile.mkdtemp(dir=FOLDER)


class Wrong(Exception):
    """Something is not as it must be."""


class Cannot(Exception):
    """The machine has not got it."""


def read(path):
    try:
        with open(path, encoding='utf-8', errors='replace') as f:
            return f.read()
    except OSError:
        return ''


def put(path, value):
    with open(path, 'w', encoding='utf-8') as f:
        f.write(str(value))


class Animal:
    """A process of the zoo, and what can be seen of it from outside."""

    alive = []

    def __init__(self, name, program='zoo', before=(), env=None, into=None):
        self.name, self.marks, self.extra, self.program = name, [], {}, f'{FOLDER}/{program}'
        if before[:1] == ('setpriv',) and os.geteuid() != 0:
            raise Cannot('only root can become another user')
        environment = {**os.environ, 'ZOO_FILE': f'{work}/file', **(env or {})}
        self.process = subprocess.Popen([*before, self.program, name], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, env=environment, preexec_fn=into)
        Animal.alive.append(self)
        self.pid = self.process.pid
        for line in self.process.stdout:
            words = line.split()
            if words[0] == 'mark':
                self.marks.append((words[1], int(words[2], 16), words[3]))
            elif words[0] == 'cannot:':
                raise Cannot(line[8:].strip())
            elif words[0] == 'ready':
                break
            else:
                self.extra[words[0]] = words[1]
        else:
            raise Wrong(f'{name} did not start')
        time.sleep(0.03)  # from "ready" into what it is about

    def status(self):
        return dict(line.split(':\t', 1) for line in read(f'/proc/{self.pid}/status').splitlines() if ':\t' in line)

    def state(self):
        return read(f'/proc/{self.pid}/stat').rpartition(')')[2].split()[0:1]

    def threads(self):
        """Those that live: not a leader that has ended."""
        tids = os.listdir(f'/proc/{self.pid}/task')
        return [t for t in tids if read(f'/proc/{self.pid}/task/{t}/stat').rpartition(')')[2].split()[:1] != ['Z']]

    def look(self):
        s = self.status()
        children = []
        for tid in os.listdir(f'/proc/{self.pid}/task')[:64]:
            children += read(f'/proc/{self.pid}/task/{tid}/children').split()
        fds = {n: os.readlink(f'/proc/{self.pid}/fd/{n}') for n in os.listdir(f'/proc/{self.pid}/fd')}
        return {'state': s['State'][0].replace('R', 'S'), 'tracer': s['TracerPid'], 'children': sorted(children),
                'fds': fds, **{k: s[k] for k in ('SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt', 'Seccomp')}}

    def finish(self):
        """It must find itself as it was."""
        if self.process.poll() is None:
            if self.name in BY_BYTE:
                self.process.stdin.write('x')
                self.process.stdin.flush()
            else:
                os.kill(self.pid, signal.SIGTERM)
        try:
            said = self.process.communicate(timeout=20)[0].strip().splitlines()
        except subprocess.TimeoutExpired as e:
            raise Wrong(f'does not go on (state {self.state()}, {read(f"/proc/{self.pid}/wchan")})') from e
        if self.process.returncode != 0 or said[-1:] != ['fine']:
            raise Wrong(f'ended with {self.process.returncode}: {said[-1:]}')

    def kill(self):
        Animal.alive.remove(self)
        self.process.kill()
        self.process.stdin.close()
        self.process.wait()


def run(*words, timeout=120, env=None):
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=timeout,
                              env={**os.environ, **(env or {})})
    except subprocess.TimeoutExpired as e:
        raise Wrong(f'{words[1]} {words[2]} hangs') from e


def snap(animal, engine, *options, path=None, before=()):
    """What osmodump tells in JSON, or the sentence of its refusal."""
    done = run(*before, OSMODUMP, 'snap', str(animal if isinstance(animal, int) else animal.pid), '--json', '--force', '-o',
               path or f'{work}/core', '--engine', engine, *options)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[0]), None
    if done.returncode != 1 or not re.search(r'\w+ \w+ \w+', done.stderr):
        raise Wrong(f'{engine}: status {done.returncode}, {done.stderr.strip()!r}')
    return None, done.stderr.strip()


def check_word(core, name, address, expected, with_all):
    word, kind = core.word(address), core.class_of(address)
    here = word == word_for(address) and kind not in ('unreadable', 'left-out')
    if expected == 'secret':
        expected = 'unreadable' if with_all else 'absent'
    good = {'present': here, 'zero': word in (0, None) and kind not in ('unreadable', 'left-out'),
            'all': here if with_all else word is None and kind in ('left-out', 'file'),
            'absent': word is None and kind == 'left-out',
            'unreadable': word in (0, None) and kind == 'unreadable'}[expected]
    if not good:
        raise Wrong(f'{name} at {address:#x}: {word if word is None else hex(word)} ({kind}), not {expected}')


def check_drgn(core, path):
    """Where it is installed: real-peers.sh says so where it is not."""
    drgn = shutil.which('drgn')
    if not drgn:
        return
    python = read(drgn).split('\n')[0].removeprefix('#!').split()[0]  # the one that has its module
    done = run(python, '-c', 'import drgn, sys; p = drgn.Program(); p.set_core_dump(sys.argv[1]); print(len(list(p.threads())))', path)
    if done.returncode or done.stderr or done.stdout.strip() != str(core.threads):
        raise Wrong(f'drgn: {done.stdout.strip()} of {core.threads} threads {done.stderr[-200:]}')


def check_core(animal, said, threads=None, with_all=False, readers=True, path=None):
    path = path or f'{work}/core'
    core = Core(path)
    for name, address, expected in animal.marks:
        check_word(core, name, address, expected, with_all)
    if threads is not None and core.threads != threads:
        raise Wrong(f'{core.threads} threads in the dump instead of {threads}')
    if core.level() != said['consistency']:
        raise Wrong(f'the dump says {core.level()}, the tool {said["consistency"]}')
    if core.closing.get('complete') is not True:
        raise Wrong('the dump does not say that it is complete')
    elf = run('eu-readelf', '-l', '-n', path)
    if elf.returncode != 0 or elf.stderr:
        raise Wrong(f'eu-readelf: {elf.stderr.strip()[:200]}')
    if readers:
        gdb = run('gdb', '-q', '-batch', '-nx', '-ex', 'info threads', animal.program, path)
        # That memory files are no files on disk it says of the kernel's own cores as well.
        errors = re.sub("warning: Can't open file /.* during file-backed mapping" + KNOWN_OF_GDB, '', gdb.stdout + gdb.stderr)
        if re.search('warning|error|fail|Cannot', errors):
            raise Wrong(f'gdb: {errors.strip()[-300:]}')
        if threads is not None and len(re.findall(r'^[* ] *\d+ +(Thread|LWP|process)', gdb.stdout, re.M)) != threads:
            raise Wrong(f'gdb does not show {threads} threads: {gdb.stdout[-300:]}')
        check_drgn(core, path)
    return core


def same(animal, before):
    """At once or shortly after: an interrupted sigsuspend sets its mask again when it goes on."""
    for patience in (0.01, 0.1, 1, 0):
        after = animal.look()
        changed = [k for k in before if before[k] != after[k] and not (k == 'SigBlk' and before['state'] == 'T')]
        if not changed:
            return
        time.sleep(patience)
    raise Wrong(f'left with another {changed[0]}: {after[changed[0]]} instead of {before[changed[0]]}')


def plain(animal, engines=('clone', 'precopy', 'membrane'), levels=None, refused=None, steady=True, options=(), readers=True):
    """Each engine takes it, or refuses where `refused` names its sentence; it is left alone and goes on."""
    before = animal.look()
    for engine in engines:
        # Which thread serves may depend on the moment.
        threads = len(animal.threads()) if steady else None
        said, refusal = snap(animal, engine, *options)
        told.append(f'{engine}: ' + (f'refused, {refusal}' if refusal else
                                     f'{said["engine"]}, {said["consistency"]}, {said["pause_ms"] if "pause_ms" in said else "-"} ms'))
        if refusal and not re.search((refused or {}).get(engine, '^$'), refusal):
            raise Wrong(f'{engine}: {refusal}')
        if said and levels and said['consistency'] not in levels:
            raise Wrong(f'{engine}: {said["consistency"]} ({said.get("consistency_reason")})')
        if said:
            check_core(animal, said, threads, '--all-memory' in options, readers and engine == engines[0])
        same(animal, before)
        if '--all-memory' not in options and animal.marks and any(m[2] in ('all', 'secret') for m in animal.marks):
            said, refusal = snap(animal, engine, '--all-memory')
            if refusal:
                raise Wrong(f'{engine} --all-memory: {refusal}')
            check_core(animal, said, threads, True, False)
    return said


def simple(name, **wishes):
    def test():
        program = wishes.pop('program', 'zoo')
        animal = Animal(name, program, wishes.pop('before', ()))
        plain(animal, **wishes)
        animal.finish()
    return test


ONE = ('instantaneous',)
QUASI = ('quasi-instantaneous',)
NO_USERFAULTFD = {'membrane': 'unprivileged_userfaultfd'}
NO_THREAD = dict.fromkeys(('clone', 'precopy', 'membrane'), 'no thread of process')


def end_all():
    for animal in list(Animal.alive):
        animal.kill()
