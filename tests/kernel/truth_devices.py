# SPDX-License-Identifier: MIT
"""What truth.py compares of timers, RCU, block devices and the network, beside what /proc says of them."""
import collections
import ipaddress
import re
import struct

STATES = ['', 'ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT', 'CLOSE', 'CLOSE_WAIT', 'LAST_ACK', 'LISTEN',
          'CLOSING', 'NEW_SYN_RECV']


def hrtimers(o):
    """{(function, soft, hard): how many}, of /proc/timer_list."""
    found = re.findall(r'^ #\d+: <\w+>, (\w+).*\n # expires at (\d+)-(\d+) nsecs', o.text('timer_list'), re.M)
    return collections.Counter((f, int(a), int(b)) for f, a, b in found)


def timers(view, tally):
    rows = view.records('!timer', 'hrtimer')
    got = collections.Counter((r['function']['name'], r['soft_expires'], r['expires']) for r in rows)
    steady = view.steady(hrtimers)
    for key, n in steady.items():
        tally.same(f'timer {key}', n, got.get(key))
    tally.same('timers that wait longer than from one reading to the next', True, len(steady) > 0)
    order = [(r['cpu'], r['left_ns']) for r in rows]
    tally.same('timers in order of expiry', sorted(order), order)
    wheel = view.records('!timer', 'timer')
    tally.same('each processor has timers of the wheel', sorted({r['cpu'] for r in rows}), sorted({r['cpu'] for r in wheel}))


def rcu(view, tally):
    """Nothing of /proc tells of it: what has to be so of a kernel that is well."""
    state, = view.records('!rcu', 'rcu')
    cpus = view.records('!rcu', 'rcu_cpu')
    tally.same('no stall', False, state['stalled'])
    tally.same('thread', True, state['name'].startswith('rcu_'))
    tally.same('phase and CPUs that are waited for', True, state['in_progress'] or not state['waits_cpus'])
    for r in cpus:
        tally.same(f'callbacks of CPU {r["cpu"]}', r['callbacks'], sum(int(n) for n in r['segments']))
        tally.same(f'CPU {r["cpu"]} has seen no grace period that has not begun', True, r['gp_seq'] <= state['gp_seq'])


def disks(view, tally):
    got = {r['name']: r for r in view.records('!block', 'block_device')}
    for line in view.before.text('partitions').splitlines()[2:]:
        major, minor, blocks, name = line.split()
        r = got.get(name, {})
        tally.same(f'{name}: number and kB', (f'{major}:{minor}', int(blocks)), (r.get('device'), r.get('bytes', 0) >> 10))
        tally.same(f'{name} has been read from', True, r.get('reads', 0) > 0)


def endpoint(text):
    address, port = text.split(':')
    return f'{ipaddress.ip_address(struct.pack("=I", int(address, 16)))}:{int(port, 16)}'


def sockets_of(name):
    def get(o):
        """{(local, remote): (state, bytes to send, bytes to read, inode)}"""
        rows = [line.split() for line in o.text(f'net/{name}').splitlines()[1:]]
        return {(endpoint(w[1]), endpoint(w[2])): (STATES[int(w[3], 16)], *(int(x, 16) for x in w[4].split(':')), int(w[9])) for w in rows}
    return get


def sockets(view, tally):
    rows = view.records('!net', 'net_socket')
    for name in ('tcp', 'udp'):
        got = {(r['local'], r['remote']): (r['state'], r['tx_queue'], r['rx_queue'], r.get('inode', 0)) for r in rows if r['protocol'] == name}
        steady = view.steady(sockets_of(name))
        for key, value in steady.items():
            tally.same(f'{name} {key}', value, got.get(key))
    tally.same('sockets of TCP', True, len(view.steady(sockets_of('tcp'))) > 0)


def counters(o):
    """{device: [bytes, packets, errors, dropped received, the same sent]}"""
    rows = re.findall(r'^ *(\S+): *(.*)$', o.text('net/dev'), re.M)
    return {name: [int(w) for i, w in enumerate(text.split()) if i in (0, 1, 2, 3, 8, 9, 10, 11)] for name, text in rows}


def net_devices(view, tally):
    keys = [f'{way}_{what}' for way in ('rx', 'tx') for what in ('bytes', 'packets', 'errors', 'dropped')]
    here = min(r['namespace'] for r in view.records('!net', 'net_device'))
    got = {r['name']: r for r in view.records('!net', 'net_device') if r['namespace'] == here}
    tally.same('devices', sorted(counters(view.before)), sorted(got))
    for name, figures in view.steady(counters).items():
        if 'rx_bytes' in got.get(name, {}):
            tally.same(f'{name}: counted', figures, [got[name][k] for k in keys])
    tally.same('lo is of 127.0.0.1', got.get('lo', {}).get('flags', []).count('up') == 1, '127.0.0.1/8' in got.get('lo', {}).get('addresses', []))


COMPARISONS = [('timers', timers), ('RCU', rcu), ('disks', disks), ('sockets', sockets), ('network devices', net_devices)]
