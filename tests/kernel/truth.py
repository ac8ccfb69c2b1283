# SPDX-License-Identifier: MIT
"""What osmodump says of a dump of a guest, beside what the guest said of itself just before and just after it was frozen.

A fact that both sayings agree on stood still: the dump must have it too. A figure that moved must lie between the two,
give or take what is said where it is compared. A command that osmodump has not is one line "skip: ...".
"""
import json
import random
import subprocess

SHOWN = 5  # of what differs


class Lacking(Exception):
    """A command that is not there."""


class View:
    """One dump, and what is known of it."""

    def __init__(self, name, osmodump, dump, before, after, parts, loose=False):
        """loose: taken while the guest ran, so that what moves may have moved further."""
        self.name, self.osmodump, self.dump, self.before, self.after, self.parts = name, osmodump, dump, before, after, parts
        self.loose, self.cache = loose, {}

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
    got = {r.get('symbol', r.get('name', '')).split('!')[-1]: number(r.get('address')) for r in rows}
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
        if name in exact:
            tally.same(name, a[name], got[name])
        else:
            tally.between(name, a[name], b[name], got[name], slack)
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


COMPARISONS = [('modules', modules), ('symbols', symbols), ('log', dmesg), ('slab caches', slabs), ('memory', memory), ('zones', zones),
               ('mounts', mounts)]


def compare(view, say):
    """Runs all comparisons; say(kind, text) with kind ok, FAIL or skip. The number of facts."""
    total = 0
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
