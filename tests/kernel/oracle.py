# SPDX-License-Identifier: MIT
"""What a guest said of itself: reads what truth/oracle.c writes."""
import re

PER_PROCESS = re.compile(r'/proc/(\d+)/(.*)')
STAT = {'state': 2, 'ppid': 3, 'pgrp': 4, 'session': 5, 'flags': 8, 'utime': 13, 'stime': 14, 'priority': 17, 'nice': 18, 'threads': 19,
        'start': 21, 'vsize': 22, 'rss': 23, 'processor': 38, 'rt_priority': 39, 'policy': 40}
NUMBERS = set(STAT) - {'state'}


def parse_stat(text):
    """Fields of /proc/PID/stat by name; a comm may hold blanks and brackets."""
    comm = text[text.index('(') + 1:text.rindex(')')]
    words = ['', ''] + text[text.rindex(')') + 2:].split()
    found = {k: int(words[i]) if k in NUMBERS else words[i] for k, i in STAT.items()}
    return {'comm': comm, **found}


def parse_status(text):
    return dict((k, v.strip()) for k, _, v in (line.partition(':') for line in text.splitlines()))


class Oracle:
    """files: path to text; links: path to where it leads."""

    def __init__(self, path):
        self.files, self.links = {}, {}
        with open(path, 'rb') as f:
            data = f.read()
        at = 0
        while True:
            end = data.index(b'\n', at)
            line = data[at:end].decode()
            if line == 'end':
                break
            word, name, size = line.split(' ')
            text = data[end + 1:end + 1 + int(size)].decode('utf-8', 'replace')
            (self.files if word == 'FILE' else self.links)[name] = text
            at = end + 2 + int(size)

    def pids(self):
        return sorted({int(m.group(1)) for m in map(PER_PROCESS.fullmatch, self.files) if m})

    def of(self, pid, name):
        """A file of a process, None where it was not to be read."""
        return self.files.get(f'/proc/{pid}/{name}')

    def stat(self, pid, tid=None):
        text = self.of(pid, f'task/{tid}/stat' if tid else 'stat')
        return parse_stat(text) if text else None

    def status(self, pid, tid=None):
        text = self.of(pid, f'task/{tid}/status' if tid else 'status')
        return parse_status(text) if text else {}

    def tids(self, pid):
        found = (re.fullmatch(rf'/proc/{pid}/task/(\d+)/stat', p) for p in self.files)
        return sorted(int(m.group(1)) for m in found if m)

    def tasks(self):
        """{tid: stat} of all threads of all processes."""
        found = {}
        for path, text in self.files.items():
            m = re.fullmatch(r'/proc/(\d+)/task/(\d+)/stat', path)
            if m:
                found[int(m.group(2))] = dict(parse_stat(text), pid=int(m.group(1)))
        return found

    def stack(self, pid, tid):
        """Functions of a task's kernel stack, innermost first, as "name" or "name [module]"."""
        text = self.of(pid, f'task/{tid}/stack')
        return re.findall(r'^\[<0>\] ([^+\s]+)\+', text, re.M) if text else []

    def maps(self, pid):
        """[(start, end, rights, offset, path)]"""
        rows = []
        for line in (self.of(pid, 'maps') or '').splitlines():
            m = re.match(r'([0-9a-f]+)-([0-9a-f]+) (\S+) ([0-9a-f]+) \S+ \d+ *(.*)', line)
            rows.append((int(m.group(1), 16), int(m.group(2), 16), m.group(3), int(m.group(4), 16), m.group(5)))
        return rows

    def fds(self, pid):
        """{fd: where it leads}"""
        found = ((re.fullmatch(rf'/proc/{pid}/fd/(\d+)', p), to) for p, to in self.links.items())
        return {int(m.group(1)): to for m, to in found if m}

    def fdinfo(self, pid, fd):
        return parse_status(self.of(pid, f'fdinfo/{fd}') or '')

    # -- the whole system
    def text(self, name):
        return self.files.get(f'/proc/{name}', '')

    def modules(self):
        """{name: (size, references, base)}"""
        rows = (line.split() for line in self.text('modules').splitlines())
        return {w[0]: (int(w[1]), int(w[2]), int(w[5], 16)) for w in rows}

    def slabs(self):
        """{name: (active, objects, size, per slab, pages per slab)}"""
        rows = (line.split() for line in self.text('slabinfo').splitlines()[2:])
        return {w[0]: tuple(map(int, w[1:6])) for w in rows}

    def meminfo(self):
        """{name: kB}"""
        rows = (line.split() for line in self.text('meminfo').splitlines())
        return {w[0].rstrip(':'): int(w[1]) for w in rows if len(w) == 3}

    def zones(self):
        """{name: {field: pages}}"""
        zones = {}
        for block in re.split(r'^Node ', self.text('zoneinfo'), flags=re.M)[1:]:
            name = re.match(r'\d+, zone +(\S+)', block).group(1)
            zones[name] = {k: int(v) for k, v in re.findall(r'^ +(?:pages )?(free|min|low|high|spanned|present|managed) +(\d+)$', block, re.M)}
        return zones

    def mounts(self, pid):
        """[(id, parent, device, path, type, source)]"""
        rows = []
        for line in (self.of(pid, 'mountinfo') or '').splitlines():
            left, right = line.split(' - ')
            w, r = left.split(), right.split()
            rows.append((int(w[0]), int(w[1]), w[2], w[4], r[0], r[1]))
        return rows

    def dmesg(self):
        """[(level, stamp, text)]"""
        return re.findall(r'^<(\d+)>\[ *([\d.]+)\] (.*)$', self.files.get('dmesg', ''), re.M)

    def symbols(self):
        """{name: [addresses]} of the kernel proper."""
        found = {}
        for line in self.text('kallsyms').splitlines():
            w = line.split()
            if len(w) == 3:
                found.setdefault(w[2], []).append(int(w[0], 16))
        return found

    def facts(self):
        """Lines of /proc/planted/facts, as lists of words."""
        return [line.split() for line in self.text('planted/facts').splitlines()]
