# SPDX-License-Identifier: MIT
"""For zoo.py: bad days of ordinary processes. Disks are full, tools and targets are killed."""
import os
import re
import signal
import subprocess
import tempfile
import time

from zoo_core import Core
from zoo_lib import LONG, OSMODUMP, Animal, Cannot, Wrong, check_word, put, read, run, same, told, work


def begin(animal, *options, folder=None):
    return subprocess.Popen([OSMODUMP, 'snap', str(animal.pid), '--force', '-o', f'{folder or work}/core', *options],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end(tool):
    try:
        return tool.communicate(timeout=30)[1].strip()
    except subprocess.TimeoutExpired as e:
        tool.kill()
        raise Wrong('the tool hangs') from e


def writing(tool, folder=None):
    """Until the temporary file has some bytes."""
    for _ in range(1000):
        for name in os.listdir(folder or work):
            if name.startswith('.') or 'core' in name:
                if os.stat(f'{folder or work}/{name}').st_blocks > 2048:
                    return
        if tool.poll() is not None:
            raise Wrong(f'ended early: {tool.communicate()[1].strip()}')
        time.sleep(0.005)
    raise Wrong('nothing is written')


def nothing_left(folder, but=()):
    left = [n for n in os.listdir(folder) if n not in but]
    if left:
        raise Wrong(f'left behind: {left}')


class Place:
    """A small file system of its own."""

    def __init__(self, options):
        self.path = tempfile.mkdtemp(dir=work)
        if run('mount', '-t', 'tmpfs', '-o', options, 'zoo', self.path).returncode:
            raise Cannot('tmpfs cannot be mounted')
        Place.all.append(self)

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        Place.all.remove(self)
        run('umount', '-l', self.path)
        os.rmdir(self.path)

    all = []


def refused(animal, words, *options, folder=None, before=()):
    at = animal.look()
    done = run(*before, OSMODUMP, 'snap', str(animal.pid), '--force', '-o', f'{folder or work}/core', *options)
    if done.returncode != 1 or not re.search(words, done.stderr):
        raise Wrong(f'status {done.returncode}: {done.stderr.strip()}')
    told.append(done.stderr.strip())
    same(animal, at)


def disk_full():
    animal = Animal('fat', env={'ZOO_MB': '60'})
    with Place('size=30m') as small:
        for engine in ('clone', 'precopy', 'membrane', 'stop'):
            refused(animal, 'space|full', '--engine', engine, folder=small)
            nothing_left(small)
        os.environ['TMPDIR'] = small
        try:
            for engine in ('precopy', 'membrane'):
                refused(animal, 'space|full', '--engine', engine)
        finally:
            del os.environ['TMPDIR']
        nothing_left(small)
    with Place('size=200m') as small:
        before = animal.look()
        tool = begin(animal, '--limit-rate', '8', folder=small)
        writing(tool, small)
        try:
            put(f'{small}/filler', 'x' * (190 << 20))
        except OSError:
            pass  # as intended: full
        refusal = end(tool)
        told.append(refusal)
        if tool.returncode != 1 or not re.search('space|full', refusal):
            raise Wrong(f'status {tool.returncode}: {refusal}')
        nothing_left(small, ('filler',))
        same(animal, before)
    animal.finish()


def read_only():
    animal = Animal('plain')
    with Place('ro') as place:
        refused(animal, 'Read-only', folder=place)
    refused(animal, 'No such file', folder=f'{work}/nowhere')
    animal.finish()


def no_permission():
    animal = Animal('plain')
    if run('setpriv', '--reuid=65533', '--clear-groups', OSMODUMP, '--version').returncode:
        raise Cannot('another user cannot run osmodump where it is')
    os.chmod(work, 0o777)
    refused(animal, 'belongs to user 0', before=('setpriv', '--reuid=65533', '--clear-groups'))
    animal.finish()


def target_killed():
    """The clone has all that is needed; who is read itself takes the dump with it."""
    for engine, good in (('clone', True), ('precopy', True), ('membrane', True), ('stop', False)):
        animal = Animal('fat', env={'ZOO_MB': '60'})
        tool = begin(animal, '--engine', engine, '--limit-rate', '40')
        writing(tool)
        animal.process.send_signal(signal.SIGKILL)
        refusal = end(tool)
        if (tool.returncode == 0) != good or (not good and 'ended' not in refusal):
            raise Wrong(f'{engine}: status {tool.returncode}: {refusal}')
        if good:
            for name, address, expected in animal.marks:
                check_word(Core(f'{work}/core'), name, address, expected, False)
            os.unlink(f'{work}/core')
        nothing_left(work)
        animal.kill()
        told.append(f'{engine}: {refusal or "whole"}')


def clone_killed():
    animal = Animal('fat', env={'ZOO_MB': '60'})
    before = animal.look()
    tool = begin(animal, '--engine', 'clone', '--limit-rate', '40')
    writing(tool)
    os.kill(int(read(f'/proc/{animal.pid}/task/{animal.pid}/children').split()[0]), signal.SIGKILL)
    refusal = end(tool)
    told.append(refusal)
    if tool.returncode != 1 or 'clone' not in refusal:
        raise Wrong(f'status {tool.returncode}: {refusal}')
    nothing_left(work)
    same(animal, before)
    animal.finish()


def interrupted():
    """Ctrl-C at every moment: all or nothing."""
    animal = Animal('fat', env={'ZOO_MB': '30'})
    before, whole = animal.look(), 0
    for i in range(300 if LONG else 45):
        tool = begin(animal, '--engine', ('clone', 'precopy', 'stop', 'membrane')[i % 4])
        time.sleep(0.004 + i * 7 % 45 * 0.004)
        tool.send_signal((signal.SIGINT, signal.SIGTERM)[i % 2])
        error = end(tool)
        if tool.returncode not in (0, 1, -signal.SIGINT, -signal.SIGTERM, 130, 143):
            raise Wrong(f'status {tool.returncode}: {error}')
        if tool.returncode == 0:
            whole += 1
            Core(f'{work}/core')
            os.unlink(f'{work}/core')
        nothing_left(work)
        same(animal, before)
    told.append(f'{whole} were done before the signal')
    animal.finish()


def partial():
    for engine in ('clone', 'precopy', 'membrane'):
        animal = Animal('fat', env={'ZOO_MB': '60'})
        before = animal.look()
        tool = begin(animal, '--engine', engine, '--limit-rate', '30', '--keep-partial')
        writing(tool)
        tool.send_signal(signal.SIGINT)
        end(tool)
        same(animal, before)
        core = Core(f'{work}/core.partial')
        if core.closing.get('complete') is not False or not core.closing.get('memory', {}).get('ranges'):
            raise Wrong(f'the closing record says {str(core.closing)[:200]}')
        if core.class_of(animal.marks[-1][1]) != 'unreadable':
            raise Wrong(f'the end of memory is {core.class_of(animal.marks[-1][1])}')
        if run('eu-readelf', '-l', '-n', f'{work}/core.partial').returncode:
            raise Wrong('eu-readelf')
        os.unlink(f'{work}/core.partial')
        nothing_left(work)
        animal.finish()


PHASES = {
    'clone': ('seized', 'stopped', 'registers read', 'frames laid', 'registers set', 'call entered', 'cloned', 'registers back',
              'memory back', 'clone held', 'copied', 'resumed', 'clone ready', 'clone killed', 'clone reaped'),
    'precopy': ('seized', 'frames laid', 'registers set', 'call entered', 'registers back', 'memory back', 'userfaultfd made',
                'tracking', 'stopped', 'registers read', 'copied', 'resumed'),
    'membrane': ('seized', 'files copied', 'stopped', 'registers read', 'frames laid', 'registers set', 'call entered',
                 'registers back', 'memory back', 'userfaultfd made', 'protected', 'copied', 'resumed', 'saved', 'lifted'),
    'stop': ('seized', 'stopped', 'registers read', 'resumed'),
}


def interrupted_at():
    """Ctrl-C at each boundary that a capture passes: it ends what it began first."""
    animal = Animal('plain')
    before, ends = animal.look(), {}
    for engine, phases in PHASES.items():
        for phase in phases:
            done = run(OSMODUMP, 'snap', str(animal.pid), '--engine', engine, '-o', f'{work}/core',
                       env={'OSMOSIS_DIE_AT': phase, 'OSMOSIS_DIE_OF': 'SIGINT'})
            if done.returncode not in (0, 1, -signal.SIGINT, 130):
                raise Wrong(f'{engine}, "{phase}": status {done.returncode}: {done.stderr.strip()}')
            if (done.returncode == 0) != os.path.exists(f'{work}/core'):
                raise Wrong(f'{engine}, "{phase}": status {done.returncode}, but the file says otherwise')
            if done.returncode == 0:
                Core(f'{work}/core')
                os.unlink(f'{work}/core')
            ends[done.returncode] = ends.get(done.returncode, 0) + 1
            nothing_left(work)
            same(animal, before)
    told.append(f'ended with: {ends}')
    animal.finish()


def guard_of(tool):
    """The tool's own child that outlives it."""
    children = [int(c) for tid in os.listdir(f'/proc/{tool.pid}/task')
                for c in read(f'/proc/{tool.pid}/task/{tid}/children').split()]
    found = [c for c in children if read(f'/proc/{c}/comm') == 'osmodump-guard\n']
    if len(found) != 1:
        raise Wrong(f'guardians: {found}')
    return found[0]


def holds_nothing(guard):
    files = {n: os.readlink(f'/proc/{guard}/fd/{n}').split(':')[0] for n in os.listdir(f'/proc/{guard}/fd')}
    stat = read(f'/proc/{guard}/stat').rpartition(')')[2].split()
    if files != {'0': 'pipe', '1': '/dev/null', '2': '/dev/null'} or os.readlink(f'/proc/{guard}/cwd') != '/':
        raise Wrong(f'the guardian holds {files}')
    if stat[2:5] != [str(guard), str(guard), '0']:
        raise Wrong(f'the guardian is of group, session and terminal {stat[2:5]}')


def until(condition, what):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.01)
    raise Wrong(what)


def gone(pid):
    return read(f'/proc/{pid}/stat').rpartition(')')[2].split()[:1] in ([], ['Z'])


def guardian():
    """Who kills the tool leaves nothing behind; who kills the guardian as well leaves a zombie, and no more."""
    animal = Animal('fat', env={'ZOO_MB': '60', 'ZOO_DEATHS': '1'})
    before = animal.look()
    for victims in ('tool', 'guard', 'both'):
        tool = begin(animal, '--limit-rate', '8')
        writing(tool)
        guard = guard_of(tool)
        holds_nothing(guard)
        if victims != 'tool':
            os.kill(guard, signal.SIGKILL)
        tool.send_signal(signal.SIGINT if victims == 'guard' else signal.SIGKILL)
        end(tool)
        until(lambda: gone(guard), 'the guardian stays')
        if victims != 'both':
            until(lambda: animal.look() == before, f'{victims} killed: {animal.look()["children"]} left')
        for name in os.listdir(work):
            os.unlink(f'{work}/{name}')
    left = animal.look()['children']
    if len(left) != 1:
        raise Wrong(f'both killed: {left} left')
    until(lambda: gone(left[0]), 'the clone lives on')
    animal.finish()
