# SPDX-License-Identifier: MIT
"""What the conformance scripts that drive osmodump share: asking, comparing, reporting.

A fact is one value another tool (or the file's own fields, read by another
program) gives and osmodump gives too. Where the two differ on purpose, or in a
way that is understood and left, the script names it in its table of known
disagreements; those are printed with their reason and do not fail the run.
"""
import collections
import json
import os
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = pathlib.Path(os.environ.get('OSMOSIS_FIXTURES', TOP.parent / 'shared/fixtures'))
PROGRAM = pathlib.Path(os.environ.get('OSMODUMP', TOP / 'build/osmodump'))
SHOWN = int(os.environ.get('CONF_SHOW', '20'))


def fixture(*parts):
    """The path of a fixture, or None."""
    path = FIXTURES.joinpath(*parts)
    return path if path.exists() else None


def run(*args):
    env = {k: v for k, v in os.environ.items() if not k.startswith('_NT_')}
    done = subprocess.run([PROGRAM, *map(str, args)], capture_output=True, check=False, env=env,
                          stdin=subprocess.DEVNULL, timeout=120)
    return done.returncode, done.stdout.decode('utf-8', 'replace'), done.stderr.decode('utf-8', 'replace')


def records(*args):
    """osmodump's JSON records; a line that is no JSON object ends the run."""
    rc, out, err = run(*args)
    if rc < 0:
        raise SystemExit(f'osmodump {args} died by signal {-rc}: {err[-600:]}')
    return [json.loads(line) for line in out.splitlines()]


class Dump:
    """One dump with a symbol path; each question is a run of its own."""

    def __init__(self, path, symbols=None):
        self.path = path
        self.options = ['-q', '--json'] + (['-y', str(symbols)] if symbols else [])

    def ask(self, commands, kind=None):
        got = records(self.path, *self.options, '-c', commands)
        return [r for r in got if kind is None or r['kind'] == kind]

    def info(self):
        return records('info', self.path, '--json')

    def registers(self, commands='r'):
        return {r['name']: int(r['value'], 16) for r in self.ask(commands, 'register') if 'value' in r}

    def modules(self):
        """by start address"""
        return {int(m['start'], 16): m for m in self.ask('lm', 'module')}

    def frames(self, commands='k'):
        return self.ask(commands, 'frame')


def number(text):
    return None if text is None else int(text, 0)


def basename(path):
    return re.split(r'[\\/]', path)[-1]


def debug_id(module):
    """Breakpad's: the GUID's digits, then the age in hex; empty without a PDB."""
    if 'guid' not in module:
        return ''
    return module['guid'].replace('-', '') + f'{module.get("age", 0):X}'


def code_id(module):
    """The symbol server's key of an image: timestamp and size."""
    return f'{module.get("timestamp", 0):08x}{module["size"]:x}'


class Suite:
    def __init__(self, name, known=()):
        self.name = name
        self.known = [(re.compile(pattern), reason) for pattern, reason in known]
        self.agreed = collections.Counter()
        self.explained = collections.defaultdict(list)
        self.bad = []

    def fact(self, what, ours, theirs):
        """what: 'oracle subject: detail'; counted by the oracle, its first word."""
        if ours == theirs:
            self.agreed[what.split()[0]] += 1
            return True
        line = f'{what}: ours {ours!r}, theirs {theirs!r}'
        for pattern, reason in self.known:
            if pattern.search(line):
                self.explained[reason].append(line)
                return False
        self.bad.append(line)
        return False

    def finish(self):
        agreed = sum(self.agreed.values())
        explained = sum(map(len, self.explained.values()))
        for oracle, n in sorted(self.agreed.items()):
            print(f'{oracle}: {n} agree')
        for reason, lines in self.explained.items():
            print(f'known ({len(lines)}): {reason}')
            for line in lines[:3]:
                print(f'\t{line}')
        for line in self.bad[:SHOWN]:
            print(f'disagree: {line}')
        total = agreed + explained + len(self.bad)
        if not total:
            print(f'no fixtures for {self.name} at {FIXTURES} (set OSMOSIS_FIXTURES)')
            sys.exit(77)
        print(f'figure: conformance {self.name}: {total} facts compared, {agreed} agree, '
              f'{explained} differ for a known reason')
        print(f'{agreed} passed, {len(self.bad)} failed, {explained} skipped')
        sys.exit(1 if self.bad else 0)
