#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Guests: Debian's kernels in QEMU, for tests. A library (class Guest) and a program; guest.sh wraps it for shells.

usage: guest.py list                             kinds of kernels: cloud generic rt cloud612
       guest.py kernel KIND                      fetches it (once) and prints its release
       guest.py headers KIND                     the same of its headers; prints the folder for make -C
       guest.py debug KIND                       its debug file (large), for other debuggers; prints its path
       guest.py module KIND FOLDER               builds a copy of a kbuild folder; prints the .ko files
       guest.py start KIND DIR [OPTION...]       boots; DIR gets all that belongs to this guest
           --memory MB (512)  --cpus N (2)  --cpu MODEL (max)  --append WORDS  --limit SECONDS (900)  --disk MB (4096)
           --file FILE[=NAME]  goes to /data/NAME (default: its own name); programs bring their libraries along
           --insmod KO         loaded after the disk's modules     --qemu WORD  passed on to QEMU
       guest.py run DIR COMMAND [SECONDS]        /bin/sh of busybox in the guest; exits as the command does
       guest.py get DIR PATH FILE                a file (or folder) out of the guest
       guest.py monitor DIR COMMAND...           QEMU's monitor: stop, cont, info registers -a, ...
       guest.py dump DIR elf|paging|kdump FILE   dump-guest-memory; a guest that runs goes on afterwards
       guest.py end DIR                          ends it; exit code 0 also if it had ended

Exit code 77 and a line "skip: why" when something needed is not to be had. Kernels are kept in $OSMOSIS_KERNELS
(default build/kernels). In DIR: console (what the kernel printed), mon (monitor's socket), qmp (QMP's, not used
here), ctl (the agent's serial port), disk (ext4, /data of the guest), pid. The guest ends by itself after --limit
seconds, whatever becomes of the caller. It is emulated; KVM is used where a boot sector, then a kernel runs under it;
$OSMOSIS_ACCEL (kvm, tcg, single: emulated by one thread) says which is to be used, come what may.
"""
import argparse
import functools
import glob
import lzma
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
KERNELS = os.environ.get('OSMOSIS_KERNELS', f'{TOP}/build/kernels')
KINDS = {'cloud': r'6\.1\.0-(\d+)-cloud-amd64', 'generic': r'6\.1\.0-(\d+)-amd64', 'rt': r'6\.1\.0-(\d+)-rt-amd64',
         'cloud612': r'6\.12\.(\d+)\+deb12-cloud-amd64'}
ACCELERATOR = f'{KERNELS}/accel'
ACCELERATORS = {'kvm': 'kvm', 'tcg': 'tcg,thread=multi', 'single': 'tcg,thread=single'}
MODULES = ['qemu_fw_cfg', 'virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4']
# Work in a guest, until there is a /tmp/enough.
WORK = ('(while [ ! -f /tmp/enough ]; do cat /proc/*/maps >/dev/null 2>&1; dd if=/dev/zero of=/tmp/work bs=64k count=40 2>/dev/null; done) '
        '>/dev/null 2>&1 &')


class Skip(Exception):
    """Something outside this tree is not to be had."""


class Silent(RuntimeError):
    """The guest does not answer in time."""


def call(*words, **more):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, **more).stdout


# ---- kernels and their headers ---------------------------------------------------------

def packages(pattern):
    """Names of packages that match, newest first; group 1 is the number that orders them."""
    try:
        names = call('apt-cache', 'pkgnames', 'linux-', text=True).split()
    except (OSError, subprocess.CalledProcessError):
        return []
    found = [(int(m.group(1)), n) for n in names for m in [re.fullmatch(pattern, n)] if m]
    return [n for _, n in sorted(found, reverse=True)]


def download(name):
    """The package's file."""
    os.makedirs(f'{KERNELS}/debs', exist_ok=True)
    if not glob.glob(f'{KERNELS}/debs/{name}_*.deb'):
        log = subprocess.run(['apt-get', 'download', '-qq', name], cwd=f'{KERNELS}/debs', capture_output=True, check=False)
        if log.returncode:
            raise Skip(f'package {name} cannot be downloaded here')
    return glob.glob(f'{KERNELS}/debs/{name}_*.deb')[0]


def fetch(names, tree):
    """Downloads packages and unpacks them, without installing any."""
    for deb in map(download, names):
        call('dpkg-deb', '-x', deb, tree)
        os.unlink(deb)


def unpacked(folder, names):
    """The folder with these packages' files; it appears when it is whole."""
    if not os.path.isdir(folder):
        os.makedirs(KERNELS, exist_ok=True)
        half = tempfile.mkdtemp(dir=KERNELS)
        try:
            fetch(names, half)
            os.chmod(half, 0o755)
            os.rename(half, folder)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
    return folder


@functools.lru_cache
def release(kind):
    """The release of the kernel of this kind that is here, or else of the newest that Debian has."""
    if kind not in KINDS:
        raise SystemExit(f'guest: no kind of kernel "{kind}": {" ".join(KINDS)}')
    here = [(int(m.group(1)), d) for d in (os.listdir(KERNELS) if os.path.isdir(KERNELS) else [])
            for m in [re.fullmatch(KINDS[kind], d)] if m]
    if here:
        return max(here)[1]
    if not shutil.which('apt-cache'):
        raise Skip('no apt-cache: kernels come from Debian')
    wanted = packages(f'linux-image-{KINDS[kind]}')
    if not wanted:
        raise Skip(f'apt knows no kernel linux-image-{KINDS[kind]}')
    return wanted[0][len('linux-image-'):]


def kernel(kind):
    name = release(kind)
    folder = unpacked(f'{KERNELS}/{name}', [f'linux-image-{name}'])
    return folder, glob.glob(f'{folder}/boot/vmlinuz-*')[0]


def replace(path, text):
    """Others may be reading it: it is never half written."""
    with open(path, encoding='ascii') as f:
        if f.read() == text:
            return
    with tempfile.NamedTemporaryFile('w', encoding='ascii', dir=os.path.dirname(path), delete=False) as f:
        f.write(text)
    os.chmod(f.name, 0o644)
    os.rename(f.name, path)


def headers(kind):
    """The folder to build modules against."""
    name = release(kind)
    common = re.sub(r'(-cloud|-rt)?-amd64$', '', name)
    common += '-common-rt' if '-rt-' in name else '-common'
    kbuild = 'linux-kbuild-6.1' if name.startswith('6.1.') else f'linux-kbuild-{re.sub("-.*", "", name)}'
    folder = unpacked(f'{KERNELS}/headers-{name}', [f'linux-headers-{name}', f'linux-headers-{common}', kbuild])
    build = f'{folder}/usr/src/linux-headers-{name}'
    replace(f'{build}/Makefile', f'include {folder}/usr/src/linux-headers-{common}/Makefile\n')
    return build


def debug_file(kind):
    """vmlinux with DWARF, which only other debuggers need. Of the package's 2 GB only this is kept."""
    name = release(kind)
    kept = f'{KERNELS}/vmlinux-{name}'
    if not os.path.exists(kept):
        deb = download(f'linux-image-{name}-dbg')
        with open(f'{kept}.new', 'wb') as f:
            subprocess.run(['sh', '-c', f'dpkg-deb --fsys-tarfile "$0" | tar -xO ./usr/lib/debug/boot/vmlinux-{name}', deb], stdout=f,
                           stdin=subprocess.DEVNULL, check=True)
        os.rename(f'{kept}.new', kept)
        os.unlink(deb)
    return kept


def build_module(kind, source):
    """Builds a copy of a kbuild folder; the .ko files."""
    build = headers(kind)
    out = f'{KERNELS}/modules-{release(kind)}/{os.path.basename(os.path.abspath(source))}'
    os.makedirs(out, exist_ok=True)
    for f in glob.glob(f'{source}/*'):
        if os.path.isfile(f) and not f.endswith(('.o', '.ko', '.mod', '.mod.c')):
            to = f'{out}/{os.path.basename(f)}'
            if not os.path.exists(to) or open(f, 'rb').read() != open(to, 'rb').read():
                shutil.copy(f, to)
    # Headers of newer kernels bring what a module's type data is made against, not the tool that makes it.
    types = [] if shutil.which('pahole') else ['CONFIG_DEBUG_INFO_BTF_MODULES=']
    done = subprocess.run(['nice', 'make', '-C', build, f'M={out}', *types, 'modules'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f'{source} does not build against {build}:\n{done.stdout}')
    warnings = [l for l in done.stdout.splitlines() if 'warning:' in l and 'compiler differs' not in l]
    if warnings:
        raise RuntimeError(f'{source} builds with warnings against {build}:\n' + '\n'.join(warnings))
    return sorted(glob.glob(f'{out}/*.ko'))


# ---- modules of the kernel ---------------------------------------------------------

def module_bytes(path):
    with open(path, 'rb') as f:
        data = f.read()
    return lzma.decompress(data) if path.endswith('.xz') else data


def modules_in_order(tree, wanted):
    """[(name, contents)] of the modules wanted and what they need, in an order in which they can be loaded."""
    index = {os.path.basename(p).split('.ko')[0].replace('-', '_'): p for p in glob.glob(f'{tree}/lib/modules/*/kernel/**/*.ko*', recursive=True)}
    ordered = {}

    def add(name):
        name = name.replace('-', '_')
        if name in ordered or name not in index:  # built in, or not there
            return
        data = module_bytes(index[name])
        depends = re.search(rb'\0depends=([^\0]*)\0', data)
        for need in depends.group(1).decode().split(',') if depends else []:
            if need:
                add(need)
        ordered[name] = data

    for name in wanted:
        add(name)
    return list(ordered.items())


# ---- what a guest starts from ----------------------------------------------------------

def tool(name, package):
    path = shutil.which(name) or shutil.which(name, path='/usr/sbin:/sbin')
    if not path:
        raise Skip(f'no {name} ({package})')
    return path


def static(source, out):
    """A program without libraries, from one C file."""
    if not os.path.exists(out) or os.path.getmtime(out) < os.path.getmtime(source):
        os.makedirs(os.path.dirname(out), exist_ok=True)
        call('gcc', '-static', '-O1', '-Wall', '-Wextra', '-pthread', '-D_GNU_SOURCE=', '-o', f'{out}.new', source)
        os.rename(f'{out}.new', out)
    return out


def static_32(source, out):
    """A program of 32 bits that has no C library; in a core of it frames are chained."""
    if not os.path.exists(out) or os.path.getmtime(out) < os.path.getmtime(source):
        os.makedirs(os.path.dirname(out), exist_ok=True)
        done = subprocess.run(['gcc', '-m32', '-msse2', '-static', '-nostdlib', '-ffreestanding', '-fno-pie', '-no-pie', '-fno-stack-protector', '-g', '-O1',
                               '-fno-omit-frame-pointer', '-fno-optimize-sibling-calls', '-Wall', '-Wextra', '-o', f'{out}.new', source],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Skip(f'gcc makes no program of 32 bits here: {done.stderr.strip()[:100]}')
        os.rename(f'{out}.new', out)
    return out


def make_initrd(kind, out):
    """busybox, the agent, and the modules without which there is no disk."""
    busybox = tool('busybox', 'busybox-static')
    with tempfile.TemporaryDirectory() as root:
        for d in ('bin', 'proc', 'sys', 'dev', 'modules'):
            os.mkdir(f'{root}/{d}')
        shutil.copy(busybox, f'{root}/bin/busybox')
        shutil.copy(static(f'{HERE}/agent.c', f'{KERNELS}/bin/agent'), f'{root}/bin/agent')
        shutil.copy(f'{HERE}/init', f'{root}/init')
        os.chmod(f'{root}/init', 0o755)
        with open(f'{root}/modules/order', 'w', encoding='ascii') as order:
            for name, data in modules_in_order(kernel(kind)[0], MODULES):
                with open(f'{root}/modules/{name}.ko', 'wb') as f:
                    f.write(data)
                order.write(f'{name}.ko\n')
        with open(out, 'wb') as f:
            subprocess.run(['sh', '-c', 'find . | "$0" cpio -o -H newc 2>/dev/null | gzip -1', busybox], cwd=root, stdout=f, check=True,
                           stdin=subprocess.DEVNULL)


def libraries(program):
    """Libraries that a program is loaded with, its loader included."""
    said = subprocess.run(['ldd', program], capture_output=True, text=True, check=False).stdout
    return re.findall(r'(/\S+) \(0x', said)


def make_disk(path, megabytes, files):
    """An ext4 disk with files {name: source}; a program's libraries are found where it looks for them."""
    with tempfile.TemporaryDirectory() as root:
        os.mkdir(f'{root}/bin')
        for name, source in files.items():
            to = f'{root}/{name}'
            os.makedirs(os.path.dirname(to), exist_ok=True)
            shutil.copy(source, to)
            for library in libraries(source):
                os.makedirs(f'{root}/root{os.path.dirname(library)}', exist_ok=True)
                shutil.copy(library, f'{root}/root{library}')
        os.makedirs(f'{root}/root', exist_ok=True)
        with open(path, 'wb') as f:
            f.truncate(megabytes << 20)
        call(tool('mkfs.ext4', 'e2fsprogs'), '-q', '-F', '-O', '^has_journal', '-E', 'lazy_itable_init=1', '-d', root, path)


def kvm_works():
    """Whether a boot sector that writes to isa-debug-exit gets to do so within some seconds."""
    if not os.access('/dev/kvm', os.R_OK | os.W_OK):
        return False
    with tempfile.NamedTemporaryFile() as sector:
        code = b'\xb0\x2a\xba\xf4\x00\xee\xf4'  # mov al, 42; mov dx, 0xf4; out dx, al; hlt
        sector.write(code.ljust(510, b'\0') + b'\x55\xaa')
        sector.flush()
        try:
            done = subprocess.run(['qemu-system-x86_64', '-accel', 'kvm', '-cpu', 'host', '-m', '64', '-nodefaults', '-display', 'none',
                                   '-device', 'isa-debug-exit,iobase=0xf4', '-drive', f'file={sector.name},format=raw,if=ide'],
                                  timeout=8, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 42 * 2 + 1


def ways_to_run():
    """[(accelerator, seconds in which a guest has to come up)] in the order in which they are tried. What was found to
    work is kept. KVM within a virtual machine may run a boot sector and no kernel (so it goes without it after that);
    an emulated machine with a thread per processor does not come up now and then (seen, not explained)."""
    given = os.environ.get('OSMOSIS_ACCEL')
    if given:
        return [(given, 240)]
    if not os.path.exists(ACCELERATOR):
        keep_way('kvm' if kvm_works() else 'tcg')
    with open(ACCELERATOR, encoding='ascii') as f:
        found = f.read()
    return {'kvm': [('kvm', 60), ('tcg', 100)], 'tcg': [('tcg', 100), ('tcg', 100)]}.get(found, []) + [('single', 240)]


def keep_way(accelerator):
    os.makedirs(KERNELS, exist_ok=True)
    with open(ACCELERATOR, 'w', encoding='ascii') as f:
        f.write(accelerator)


# ---- a guest -----------------------------------------------------------------

class Guest:
    """One guest, by its folder. Use "with Guest(...) as g": it is ended whatever happens."""

    def __init__(self, folder):
        self.dir = os.path.abspath(folder)
        self.link, self.buffer, self.token = None, b'', 0

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.end()

    # -- life
    def start(self, kind, memory=512, cpus=2, cpu='max', append='', limit=900, disk=4096, files=(), insmod=(), qemu=()):
        """Boots and waits until the agent answers. files: {name in /data: path}."""
        tool('qemu-system-x86_64', 'qemu-system-x86')
        _, vmlinuz = kernel(kind)
        if os.path.exists(f'{self.dir}/pid'):
            self.end()
        os.makedirs(self.dir, exist_ok=True)
        files = dict(files)
        for ko in insmod:
            files[f'modules/{os.path.basename(ko)}'] = ko
        make_initrd(kind, f'{self.dir}/initrd')
        make_disk(f'{self.dir}/disk', disk, files)
        words = ['timeout', '-k', '5', str(limit), 'nice', '-n', '5', 'qemu-system-x86_64', '-cpu', cpu, '-smp', str(cpus),
                 '-m', str(memory), '-nodefaults', '-display', 'none', '-no-reboot', '-device', 'vmcoreinfo', '-kernel', vmlinuz,
                 '-initrd', 'initrd', '-append', f'console=ttyS0 quiet panic=-1 no_timer_check tsc=reliable {append}',
                 '-serial', 'file:console', '-chardev', 'socket,id=ctl,path=ctl,server=on,wait=off', '-serial', 'chardev:ctl',
                 '-monitor', 'unix:mon,server,nowait', '-qmp', 'unix:qmp,server,nowait',
                 '-drive', 'file=disk,if=none,id=data,format=raw,cache=unsafe', '-device', 'virtio-blk-pci,drive=data', *qemu]
        self._boot(words)
        try:
            for ko in insmod:
                self.must(f'insmod /data/modules/{os.path.basename(ko)}')
            self._libraries()
            return self
        except BaseException:
            self.end()
            raise

    def _boot(self, words):
        """In the first way in which the guest comes up."""
        ways = ways_to_run()
        for n, (accelerator, seconds) in enumerate(ways):
            try:
                self._come_up([*words, '-accel', ACCELERATORS[accelerator]], seconds)
                if accelerator != ways[0][0]:
                    keep_way(accelerator)
                return
            except (RuntimeError, OSError) as why:
                said = f'{self.dir} did not come up in {seconds} s with {accelerator}: {why}'
                self.end()
                if n + 1 == len(ways):
                    raise RuntimeError(said) from None
                sys.stderr.write(f'guest: {said}\n')
            except BaseException:
                self.end()
                raise

    def _come_up(self, words, seconds):
        """Launches a machine and waits until its agent says that it is ready."""
        for f in ('ctl', 'mon', 'qmp', 'console'):
            if os.path.exists(f'{self.dir}/{f}'):
                os.unlink(f'{self.dir}/{f}')
        with open(f'{self.dir}/qemu.log', 'wb') as log:
            child = subprocess.Popen(words, cwd=self.dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        with open(f'{self.dir}/pid', 'w', encoding='ascii') as f:
            f.write(str(child.pid))
        end = time.monotonic() + seconds
        while time.monotonic() < end and child.poll() is None:
            try:
                self._connect(end)
                break
            except OSError:
                time.sleep(0.1)
        try:
            while child.poll() is None and self.link:
                if self._line(end).startswith(b'READY'):
                    return
        except OSError:  # the time is over
            pass
        raise RuntimeError(self._state())

    def _state(self):
        """Of a machine that did not come up, for the log."""
        try:
            asked = ''.join(self.monitor('info status', 'info registers -a', timeout=10))
        except (RuntimeError, OSError) as why:
            asked = f'its monitor: {why}\n'
        registers = [line for line in asked.splitlines() if re.match(r'VM status|CPU#|RIP=|CR0=|its monitor', line)]
        with open(f'{self.dir}/qemu.log', encoding='utf-8', errors='replace') as f:
            return '\n'.join([*registers, f.read()[-1000:], 'its console ends:', self.console()[-1500:]])

    def _libraries(self):
        """Programs with libraries look for them at absolute places; those are made to lead to the disk."""
        self.must('if [ -d /data/root ]; then cd /data/root; find . -type f | while read -r f; do '
                  'mkdir -p "/${f%/*}"; [ -e "/$f" ] || ln -s "/data/root/$f" "/$f"; done; fi')

    def alive(self):
        try:
            with open(f'{self.dir}/pid', encoding='ascii') as f:
                os.kill(int(f.read()), 0)
            return True
        except (OSError, ValueError):
            return False

    def end(self):
        """Ends the session that the guest's QEMU is alone in."""
        self.release()
        try:
            with open(f'{self.dir}/pid', encoding='ascii') as f:
                pid = int(f.read())
        except (OSError, ValueError):
            return
        for sig in (signal.SIGTERM, signal.SIGKILL):
            if not self._kill(pid, sig):
                break
        os.unlink(f'{self.dir}/pid')

    @staticmethod
    def _kill(pid, sig):
        """Whether it is still there some seconds after the signal."""
        for _ in range(50):
            try:
                with open(f'/proc/{pid}/cmdline', 'rb') as f:
                    if b'qemu-system' not in f.read():
                        return False
                os.killpg(pid, sig)
            except OSError:
                return False
            try:
                os.waitpid(pid, os.WNOHANG)
            except OSError:
                pass
            time.sleep(0.1)
        return True

    def console(self):
        try:
            with open(f'{self.dir}/console', encoding='utf-8', errors='replace') as f:
                return f.read().replace('\r', '')
        except OSError:
            return ''

    # -- the agent
    def _connect(self, end):
        self.link = self._socket('ctl', max(1, end - time.monotonic()))

    def _socket(self, name, timeout):
        """A path of a socket has at most 107 bytes, a folder's may be longer."""
        folder = os.open(self.dir, os.O_PATH)
        try:
            s = socket.socket(socket.AF_UNIX)
            s.settimeout(timeout)
            try:
                s.connect(f'/proc/self/fd/{folder}/{name}')
            except OSError:
                s.close()
                raise
            return s
        finally:
            os.close(folder)

    def _more(self, end):
        self.link.settimeout(max(0.01, end - time.monotonic()))
        data = self.link.recv(65536)
        if not data:
            raise RuntimeError(f'the guest has ended; its console ends:\n{self.console()[-3000:]}')
        self.buffer += data

    def _line(self, end):
        while b'\n' not in self.buffer:
            self._more(end)
        line, self.buffer = self.buffer.split(b'\n', 1)
        return line

    def _bytes(self, n, end):
        while len(self.buffer) < n:
            self._more(end)
        data, self.buffer = self.buffer[:n], self.buffer[n:]
        return data

    def run(self, command, timeout=120):
        """(exit code, output)"""
        end = time.monotonic() + timeout
        if not self.link:
            self._connect(end)
        self.token = f'{os.getpid()}.{time.monotonic_ns()}'
        data = command.encode()
        self.link.sendall(f'\nRUN {self.token} {len(data)}\n'.encode() + data)
        try:
            return self._answer(end)
        except socket.timeout:
            raise Silent(f'no end of "{command[:200]}" after {timeout} s; the console ends:\n{self.console()[-2000:]}') from None

    def wait_for_answer(self, timeout):
        """To the command that was silent."""
        return self._answer(time.monotonic() + timeout)

    def release(self):
        """Leaves the agent to another."""
        if self.link:
            self.link.close()
            self.link, self.buffer = None, b''

    def _answer(self, end, out=b''):
        while True:
            words = self._line(end).split()
            if len(words) == 3 and words[1] == self.token.encode():
                if words[0] == b'END':
                    return int(words[2]), out.decode('utf-8', 'replace')
                if words[0] == b'OUT':
                    out += self._bytes(int(words[2]), end)

    def must(self, command, timeout=120):
        code, out = self.run(command, timeout)
        if code:
            raise RuntimeError(f'in the guest: "{command[:200]}" exits {code}:\n{out[-3000:]}')
        return out

    def get(self, path, to):
        """A file, or a folder whole, out of the guest. Through the disk, read by debugfs: no driver of the host's is asked."""
        if not path.startswith('/data/'):
            self.must(f'rm -rf /data/out && mkdir -p /data/out && cp -a {path} /data/out/')
            path = f'/data/out/{os.path.basename(path)}'
        kind = self.must(f'sync; if [ -d {path} ]; then echo folder; elif [ -f {path} ]; then echo file; fi', 600).strip()
        inside = path[len('/data'):]
        if kind == 'folder':
            os.makedirs(to, exist_ok=True)
            command = f'rdump {inside} {to}'
        elif kind == 'file':
            command = f'dump {inside} {to}'
        else:
            raise RuntimeError(f'no {path} in the guest')
        done = subprocess.run([tool('debugfs', 'e2fsprogs'), '-R', command, f'{self.dir}/disk'], capture_output=True, text=True, check=False)
        if not os.path.exists(to) or 'File not found' in done.stderr:
            raise RuntimeError(f'debugfs: {done.stderr}')

    # -- the monitor
    def monitor(self, *commands, timeout=300):
        """What the monitor says to each command."""
        with self._socket('mon', timeout) as s:
            said = []

            def prompt():
                data = b''
                while not data.endswith(b'(qemu) '):
                    more = s.recv(65536)
                    if not more:
                        raise RuntimeError('the monitor has gone')
                    data += more
                return data

            prompt()
            for c in commands:
                s.sendall(c.encode() + b'\n')
                text = prompt().decode('utf-8', 'replace').replace('\r', '')
                said.append(text.split('\n', 1)[-1].rsplit('(qemu) ', 1)[0])
            return said

    def stop(self):
        self.monitor('stop')

    def cont(self):
        self.monitor('cont')

    def dump(self, how, path):
        option = {'elf': '', 'paging': '-p', 'kdump': '-z', 'lzo': '-l', 'snappy': '-s'}[how]
        path = os.path.abspath(path)
        if os.path.exists(path):
            os.unlink(path)
        said = self.monitor(f'dump-guest-memory {option} {path}')[0]
        if 'Error' in said or not os.path.exists(path):
            raise RuntimeError(f'dump-guest-memory: {said}')
        return path


# ---- the program -----------------------------------------------------------------

def named(file):
    path, _, name = file.partition('=')
    return name or os.path.basename(path), path


def do_start(words):
    p = argparse.ArgumentParser(prog='guest.py start')
    p.add_argument('kind')
    p.add_argument('dir')
    for name, value in (('memory', 512), ('cpus', 2), ('limit', 900), ('disk', 4096)):
        p.add_argument(f'--{name}', type=int, default=value)
    p.add_argument('--cpu', default='max')
    p.add_argument('--append', default='')
    for name in ('file', 'insmod', 'qemu'):
        p.add_argument(f'--{name}', action='append', default=[])
    a = p.parse_args(words)
    Guest(a.dir).start(a.kind, a.memory, a.cpus, a.cpu, a.append, a.limit, a.disk, dict(named(f) for f in a.file), a.insmod, a.qemu)


def do_run(folder, command, seconds='120'):
    code, out = Guest(folder).run(command, int(seconds))
    sys.stdout.write(out)
    return code


def main(words):
    commands = {'list': lambda: print(*KINDS), 'kernel': lambda k: kernel(k) and print(release(k)), 'headers': lambda k: print(headers(k)),
                'debug': lambda k: print(debug_file(k)),
                'module': lambda k, d: print(*build_module(k, d), sep='\n'), 'start': lambda *w: do_start(w), 'run': do_run,
                'get': lambda d, p, f: Guest(d).get(p, f), 'monitor': lambda d, *c: print(*Guest(d).monitor(*c), sep='', end=''),
                'dump': lambda d, h, f: Guest(d).dump(h, f) and None, 'end': lambda d: Guest(d).end()}
    if not words or words[0] not in commands:
        sys.stderr.write(__doc__)
        return 2
    try:
        return commands[words[0]](*words[1:]) or 0
    except Skip as why:
        print(f'skip: {why}')
        return 77
    except (RuntimeError, OSError, subprocess.CalledProcessError) as why:
        sys.stderr.write(f'guest: {why}\n')
        return 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
