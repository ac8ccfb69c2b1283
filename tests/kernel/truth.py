# SPDX-License-Identifier: MIT
"""What osmodump says of a dump of a guest, beside what the guest said of itself just before and just after it was frozen.

A fact that both sayings agree on stood still: the dump must have it too. A figure that moved must lie between the two,
give or take what is said where it is compared. A command that osmodump has not is one line "skip: ...".
"""
import json
import random
import re
import subprocess

import truth_devices

ORACLE_KB = 24 << 10  # buffer of truth/oracle.c
MARK = '@@'
SHOWN = 5  # of what differs


class Lacking(Exception):
    """A command that is not there."""


class View:
    """One dump, and what is known of it."""

    def __init__(self, name, osmodump, dump, before, after, reserved=0):
        """reserved: kB that were set aside for a dump while the guest ran, so that what moves may have moved further; 0: it was frozen."""
        self.name, self.osmodump, self.dump, self.before, self.after = name, osmodump, dump, before, after
        self.reserved, self.loose, self.cache = reserved, reserved > 0, {}

    def records(self, command, *kinds, need=True):
        """What a command says, by kinds of records."""
        if command not in self.cache:
            done = subprocess.run([self.osmodump, '-q', '--json', self.dump, '-c', command], capture_output=True, timeout=300, check=False,
                                  stdin=subprocess.DEVNULL)
            said = done.stderr.decode('utf-8', 'replace').strip()
            if done.returncode < 0:
                raise RuntimeError(f'{command}: signal {-done.returncode}: {said[-500:]}')
            rows = [json.loads(line) for line in done.stdout.decode('utf-8', 'replace').splitlines() if line.startswith('{')]
            self.cache[command] = rows, said
        rows, said = self.cache[command]
        rows = [r for r in rows if not kinds or r['kind'] in kinds]
        if not rows and need:
            raise Lacking((said.splitlines()[-1] if said else f'{command} says nothing')[:120])
        return rows

    def batch(self, commands):
        """Runs several commands in one go, for records() to find."""
        wanted = [c for c in commands if c not in self.cache]
        if not wanted:
            return
        done = subprocess.run([self.osmodump, '-q', '--json', self.dump, '-c', f'; .echo {MARK}; '.join(wanted)], capture_output=True, timeout=600,
                              check=False, stdin=subprocess.DEVNULL)
        if done.returncode:  # one of them has trouble: each for itself will tell which
            return
        rows = [[]]
        for line in done.stdout.decode('utf-8', 'replace').splitlines():
            r = json.loads(line)
            if r.get('text') == MARK:
                rows.append([])
            else:
                rows[-1].append(r)
        if len(rows) == len(wanted):
            self.cache.update({c: (r, '') for c, r in zip(wanted, rows)})

    def steady(self, get):
        """What a function finds in both sayings alike, of a dictionary."""
        a, b = get(self.before), get(self.after)
        return {k: v for k, v in a.items() if k in b and b[k] == v}


class Tally:
    """Facts compared, and those that differ."""

    def __init__(self):
        self.n, self.wrong = 0, []

    def same(self, what, expected, got):
        self.n += 1
        if expected != got:
            self.wrong.append(f'{what}: the guest says {expected!r}, the dump {got!r}')

    def between(self, what, a, b, got, slack=0):
        self.n += 1
        if got is None or not min(a, b) - slack <= got <= max(a, b) + slack:
            self.wrong.append(f'{what}: the guest says {a} and then {b}, the dump {got}')


def number(value):
    return int(value, 16) if isinstance(value, str) else value


# ---- the system --------------------------------------------------------------------

def modules(view, tally):
    got = {r['module']: r for r in view.records('lm', 'module')}
    for name, (_, _, base) in view.steady(lambda o: o.modules()).items():
        tally.same(f'module {name}', base, number(got[name]['start']) if name in got else None)
    tally.same('modules', sorted(view.before.modules()), sorted(n for n in got if n != 'vmlinux'))
    tally.same('_text', view.before.symbols().get('_text', [None])[0], number(got.get('vmlinux', {}).get('start')))


def symbols(view, tally):
    """A sample of names with one address each, all kinds of places in the table; the same sample each time."""
    known = {n: a[0] for n, a in view.before.symbols().items() if len(a) == 1 and '.' not in n and a[0] >= 0xffffffff80000000}
    bases = {name: base for name, (_, _, base) in view.before.modules().items()}
    lowest = min(bases.values(), default=1 << 64)
    names = sorted(n for n, a in known.items() if a < lowest)
    sample = random.Random(5).sample(names, 300) + [n for n in ('init_task', 'jiffies', 'schedule', '_stext', 'planted_a') if n in names]
    rows = view.records('; '.join(f'x vmlinux!{n}' for n in sample), 'symbol')
    got = {r['name']: number(r['address']) for r in rows}
    for n in sample:
        tally.same(f'symbol {n}', known[n], got.get(n))


def dmesg(view, tally):
    got = {}
    for r in view.records('!dmesg', 'kernel_message'):
        for line in r.get('text', '').split('\n'):
            got.setdefault(line.rstrip(), []).append(r)
    levels = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug']
    for level, stamp, text in view.before.dmesg():
        found = next((r for r in got.get(text.rstrip(), []) if r['stamp'].strip() == stamp), None)
        tally.same(f'message "{text[:50]}"', (stamp, levels[int(level) & 7]), (found['stamp'].strip(), found['level']) if found else None)


def slabs(view, tally):
    got = {r['name']: r for r in view.records('!slab', 'slab_cache')}
    a, b = view.before.slabs(), view.after.slabs()
    for name in sorted(set(a) & set(b)):
        r = got.get(name, {})
        tally.same(f'slab {name}: size, objects and pages of a slab', a[name][2:],
                   (r.get('size'), r.get('objects_per_slab'), r.get('pages_per_slab')))
        # Between two readings objects come and go on processors' own slabs: a slab's worth for each of them.
        slack = 0 if a[name] == b[name] and not view.loose else a[name][3] * 8
        for i, key in enumerate(('active', 'objects')):
            tally.between(f'slab {name}: {key}', a[name][i], b[name][i], r.get(key), slack if i == 0 or slack else a[name][3])
    for words in view.before.facts():
        if words[0] == 'slab':
            tally.same('objects of planted_cache', int(words[6]), got.get(words[1], {}).get('allocated'))


def memory(view, tally):
    got = {r['name']: r.get('kilobytes') for r in view.records('!vm', 'memory_figure')}
    a, b = view.before.meminfo(), view.after.meminfo()
    exact = {'MemTotal', 'SwapTotal', 'SwapFree', 'CommitLimit', 'VmallocTotal', 'HardwareCorrupted', 'Unevictable', 'Mlocked'}
    # What the oracle itself takes while it reads, and what processors keep to themselves.
    slack = a['MemTotal'] // (20 if view.loose else 60)
    for name in sorted(set(a) & set(b) & set(got)):
        if name in ('Committed_AS', 'Active', 'Active(anon)', 'AnonPages'):  # the oracle's own, which has ended when the guest is frozen
            tally.between(name, a[name] - ORACLE_KB, b[name], got[name], slack)
        elif name in exact:
            tally.same(name, a[name], got[name])
        else:
            tally.between(name, a[name], b[name], got[name], slack + (view.reserved if name in ('MemFree', 'MemAvailable') else 0))
    tally.same('figures of meminfo', True, len(set(a) & set(got)) >= 20)


def zones(view, tally):
    got = {r['name']: r for r in view.records('!vm', 'memory_zone')}
    for name, zone in view.before.zones().items():
        for key in ('spanned', 'present', 'managed', 'min', 'low', 'high'):
            if key in zone and zone['present']:
                tally.same(f'zone {name}: {key}', zone[key], got.get(name, {}).get(key))


def mounts(view, tally):
    got = {r['id']: r for r in view.records('!mount', 'mount')}
    for number_, parent, device, path, kind, source in view.before.mounts(1):
        r = got.get(number_, {})
        tally.same(f'mount {path}', (parent, device, path, kind, source), tuple(r.get(k) for k in ('parent_id', 'device', 'path', 'type', 'source')))


# ---- processes ----------------------------------------------------------------------

MOVES = ('oracle', 'sh', 'agent', 'osmodump')  # what is busy answering, and what it starts
POLICIES = {0: 'other', 1: 'fifo', 2: 'rr', 3: 'batch', 5: 'idle', 6: 'deadline'}


def same_name(tally, what, stat, got):
    """The guest tells the full name of a kernel thread, and what a worker does; the task itself has 15 bytes."""
    comm = stat['comm']
    may_be = {comm, comm[:15], re.split(r'[+-]', comm)[0][:15]} if stat['flags'] & 0x200000 else {comm}
    tally.same(f'name of {what}', comm, comm if got in may_be else got)


def has_run(view, pid):
    """Whether it left a processor between the two sayings: its state may have been another, and is what it was before again."""
    keys = ('voluntary_ctxt_switches', 'nonvoluntary_ctxt_switches')
    a, b = view.before.status(pid), view.after.status(pid)
    return any(a.get(k) != b.get(k) for k in keys)


def steady_tasks(view):
    """{tid: stat} of tasks that did nothing between the two sayings: not even run, not for less than a tick either."""
    def read(o):
        return {tid: tuple(sorted(s.items())) for tid, s in o.tasks().items() if s['comm'] not in MOVES}
    found = {tid: dict(s) for tid, s in view.steady(read).items()}
    return {tid: s for tid, s in found.items() if not has_run(view, s['pid'])}


def processes(view, tally):
    got = {r['pid']: r for r in view.records('!process 0 1', 'kernel_process')}
    for pid in sorted(set(view.before.pids()) & set(view.after.pids())):
        s, t = view.before.stat(pid), view.after.stat(pid)
        r = got.get(pid)
        # Those that stop the processors are who runs while they stand.
        if s['comm'] in MOVES or view.loose and s['comm'].startswith('migration/'):
            continue
        tally.same(f'process {pid} is there', True, r is not None)
        if r:
            same_name(tally, f'process {pid}', s, r['name'])
        for key, field in (('ppid', 'ppid'), ('state', 'state'), ('threads', 'threads')):
            if r and s[key] == t[key] and not (key == 'state' and has_run(view, pid)):
                tally.same(f'{field} of process {pid} ({s["comm"]})', s[key], r.get(field))
        if r and s['vsize'] == t['vsize']:
            tally.same(f'size of process {pid} ({s["comm"]})', s['vsize'], r.get('vm_size', 0))
        status = view.before.status(pid)
        if r and status.get('Uid'):
            tally.same(f'uid of process {pid}', (int(status['Uid'].split()[0]), int(status['Gid'].split()[0])), (r.get('uid'), r.get('gid')))
        program = view.before.links.get(f'/proc/{pid}/exe')
        if r and program:
            tally.same(f'program of process {pid}', program, r.get('program'))
        words = (view.before.of(pid, 'cmdline') or '').rstrip('\0').replace('\0', ' ')
        if r and words:
            tally.same(f'arguments of process {pid}', words, r.get('command_line'))
    extra = {p for p in got if p} - set(view.before.pids()) - set(view.after.pids())
    tally.same('processes that the guest knows nothing of', set(), {p for p in extra if got[p]['name'] not in MOVES})


def threads(view, tally):
    got = {r['tid']: r for r in view.records('!process 0 2', 'kernel_thread')}
    for tid, s in steady_tasks(view).items():
        r, what = got.get(tid, {}), f'thread {tid} ({s["comm"]})'
        same_name(tally, what, s, r.get('name'))
        tally.same(f'{what}: pid, state, nice', (s['pid'], s['state'], s['nice']), tuple(r.get(k) for k in ('pid', 'state', 'nice')))
        tally.same(f'{what}: policy, priority', (POLICIES[s['policy']], s['rt_priority'] or None), (r.get('policy'), r.get('rt_priority') or None))
        tally.same(f'{what}: processor', s['processor'], r.get('cpu'))
        tally.same(f'{what}: affinity', view.before.status(s['pid'], tid).get('Cpus_allowed_list'), r.get('affinity'))
        a, b = view.before.status(s['pid'], tid), view.after.status(s['pid'], tid)
        for key, field in (('voluntary_ctxt_switches', 'voluntary_switches'), ('nonvoluntary_ctxt_switches', 'involuntary_switches')):
            tally.between(f'{what}: {field}', int(a[key]), int(b[key]), r.get(field))


def stacks_of(view):
    """{tid: [(function, its address)]} of the kernel's part of each stack."""
    known = {'vmlinux'} | set(view.before.modules())
    found, at = {}, None
    for r in view.records('!process 0 6'):
        if r['kind'] == 'kernel_thread':
            at = found.setdefault(r['tid'], [])
        elif r['kind'] == 'frame' and at is not None and r.get('symbol', {}).get('module') in known:
            at.append((r['symbol']['name'], number(r['symbol']['address']) - r['symbol'].get('offset', 0)))
    return found


class Names:
    """Functions of the kernel: one place may have several names, and those of the scheduler are left out by the guest."""

    def __init__(self, view):
        self.addresses = view.before.symbols()
        self.first, self.end = self.addresses['__sched_text_start'][0], self.addresses['__sched_text_end'][0]

    def alike(self, a, b):
        return a == b or bool(set(self.addresses.get(a, ())) & set(self.addresses.get(b, ())))

    def of_scheduler(self, address):
        return self.first <= address < self.end


def stacks(view, tally):
    got, names = stacks_of(view), Names(view)
    for tid, s in steady_tasks(view).items():
        want = view.before.stack(s['pid'], tid)
        if not want or want != view.after.stack(s['pid'], tid) or s['state'] == 'R':
            continue
        ours = [n for n, address in got.get(tid, []) if not names.of_scheduler(address)]
        alike = len(ours) == len(want) and all(map(names.alike, want, ours))
        tally.same(f'stack of {tid} ({s["comm"]})', want, want if alike else ours)


def wait_channels(view, tally):
    """Ours may be a function that takes a lock, which the guest leaves out as one of the scheduler."""
    got, names = {r['tid']: r for r in view.records('!process 0 2', 'kernel_thread')}, Names(view)
    for tid, s in steady_tasks(view).items():
        want = view.before.of(s['pid'], f'task/{tid}/wchan')
        if want and want != '0' and s['state'] in 'SDI':
            ours = got.get(tid, {}).get('wait_channel')
            alike = names.alike(want, ours) or any(map(names.of_scheduler, names.addresses.get(ours, ())))
            tally.same(f'wait channel of {tid} ({s["comm"]})', want, want if alike else ours)


def to_look_at(view):
    """Processes that are made to be looked at, and the first."""
    for pid in view.before.pids():
        comm = view.before.stat(pid)['comm']
        if pid == 1 or comm.startswith('t-') and comm != 't-zombie':
            yield pid, comm


def files(view, tally):
    view.batch([f'files {pid}' for pid, _ in to_look_at(view)])
    for pid, comm in to_look_at(view):
        if view.before.fds(pid) != view.after.fds(pid):
            continue
        got = {r['fd']: r for r in view.records(f'files {pid}', 'kernel_file', need=bool(view.before.fds(pid)))}
        tally.same(f'descriptors of {comm}', view.before.fds(pid), {fd: r.get('target') for fd, r in got.items()})
        for fd, r in got.items():
            info = view.before.fdinfo(pid, fd)
            if 'position' in r and 'pos' in info:
                tally.same(f'position of {comm}, {fd}', int(info['pos']), r['position'])


def maps(view, tally):
    view.batch([f'vm {pid}' for pid, _ in to_look_at(view)])
    for pid, comm in to_look_at(view):
        want = [row for row in view.before.maps(pid) if row[4] != '[vsyscall]']
        rows = view.records(f'vm {pid}', 'vma')
        got = [(number(r['start']), number(r['end']), r['protection'], r.get('file_offset', 0), r.get('name', '')) for r in rows
               if r.get('name') != '[vsyscall]']
        tally.n += max(0, len(want) - 1)
        tally.same(f'mappings of {comm}', [w if w[4].startswith('/') else w[:3] + (0,) + w[4:] for w in want],
                   [g if g[4].startswith('/') else g[:3] + (0,) + g[4:] for g in got])


def resident(view, tally):
    """What the guest counts by walking page tables (smaps); what /proc/PID/status tells leaves out what threads have not handed in."""
    processes_ = {r['pid']: r for r in view.records('!process 0 1', 'kernel_process')}
    users = {r['pid']: r for r in view.records('!vm -p -n ffff', 'memory_user')}
    for pid in sorted(set(view.before.pids()) & set(view.after.pids())):
        a = view.before.of(pid, 'smaps_rollup')
        if not a or a != view.after.of(pid, 'smaps_rollup') or view.before.stat(pid)['comm'] in MOVES:
            continue
        want = tuple(int(re.search(rf'^{k}: +(\d+) kB$', a, re.M).group(1)) for k in ('Rss', 'Swap'))
        r, u, what = processes_.get(pid, {}), users.get(pid, {}), f'process {pid} ({view.before.stat(pid)["comm"]})'
        tally.same(f'{what}: resident and swapped kB, by !process', want, (r.get('rss', 0) >> 10, r.get('swap', 0) >> 10))
        tally.same(f'{what}: the same by !vm', want, (u.get('resident_kb'), u.get('swap_kb')))


def locks(view, tally):
    """Those that the module planted: it knows who has them and who waits."""
    names = {'mutex': ('mutex',), 'rwsem': ('rw_semaphore',), 'percpu_rwsem': ('percpu_rw_semaphore',), 'semaphore': ('semaphore',),
             'rtmutex': ('rt_mutex',)}
    got = {number(r['address']): r for r in view.records('!locks') if 'address' in r and 'type' in r}
    for w in view.before.facts():
        if w[0] != 'lock' or 'owner' not in w:
            continue
        r, owner, waiters = got.get(int(w[3], 16)), int(w[5]), sorted(map(int, w[7:]))
        tally.same(f'lock {w[2]} is there', True, r is not None)
        if not r:
            continue
        tally.same(f'lock {w[2]}: who waits', waiters, sorted(number(p) for p in r.get('waiting_pids', [])))
        if w[1] in ('mutex', 'rtmutex'):
            tally.same(f'lock {w[2]}: its owner', owner, r.get('owner_pid'))
        if w[1] == 'percpu_rwsem':  # it waits for the readers inside, and lets no more in
            tally.same(f'lock {w[2]}: its writer', waiters, [r.get('writer_pid')])
        tally.same(f'lock {w[2]}: its kind', True, r['type'] in names[w[1]])


COMPARISONS = [('modules', modules), ('symbols', symbols), ('log', dmesg), ('slab caches', slabs), ('memory', memory), ('zones', zones),
               ('mounts', mounts), ('processes', processes), ('threads', threads), ('stacks', stacks), ('wait channels', wait_channels),
               ('files', files), ('mappings', maps), ('resident memory', resident), ('locks', locks), *truth_devices.COMPARISONS]


def compare(view, say):
    """Runs all comparisons; say(kind, text) with kind ok, FAIL or skip. The number of facts."""
    total = 0
    view.batch(['lm', '!dmesg', '!slab', '!vm', '!mount', '!process 0 1', '!process 0 2', '!process 0 6', '!locks', '!vm -p -n ffff',
                '!timer', '!rcu', '!block', '!net'])
    for name, function in COMPARISONS:
        tally = Tally()
        try:
            function(view, tally)
        except Lacking as why:
            say('skip', f'{view.name}: {name}: {why}')
            continue
        except (RuntimeError, KeyError, TypeError, ValueError, subprocess.TimeoutExpired) as why:
            say('FAIL', f'{view.name}: {name}: {type(why).__name__}: {why}')
            continue
        total += tally.n
        if tally.wrong or not tally.n:
            for w in tally.wrong[:SHOWN]:
                print(f'    {w}')
            say('FAIL', f'{view.name}: {name}: {len(tally.wrong)} of {tally.n} facts differ')
        else:
            say('ok', f'{view.name}: {name}: {tally.n} facts')
    return total
