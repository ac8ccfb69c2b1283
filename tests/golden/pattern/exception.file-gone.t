Page of a mapped file cannot be had.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: a file was cut while it was mapped:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=7 rip=0x401000 rsp=0x7ffc00001000 rax=0x700000002000
  > siginfo 7 2 addr=0x700000002000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > file 0x700000000000 0x700000004000 0 /var/lib/demo/index
  > hole 0x700000000000 0x4000 prot=r
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.file-gone
  1. Page of a mapped file cannot be had [exception.file-gone]: problem, 95 % sure
     SIGBUS: thread 0 (tid 4711) touched a page of /var/lib/demo/index at 0x700000002000, behind the end that the file has now.
     - the address that was touched; 0000700000002000      [.exr -1]
     - what is mapped there: /var/lib/demo/index      [!address 0x700000002000]
     - the instruction: mov eax,dword ptr [rax]; 0000000000401000      [u 0x401000 L1]
     - register rax, which the address was made of; 0x700000002000      [.ecxr; r rax]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Find who cuts or rewrites the file: it has to be replaced by a rename, not written over. For shares and removable disks copy the file first. Where the memory is shared memory, look at the size of its file system.
  

It has it, on Windows: the file is on a share that went away:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0x20000008
  > exception 0x14 0xc0000006 0x140001000 0 0x20000010 0xc000020c rsp=0x10f000 rip=0x140001000 rax=0x20000008
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.file-gone | head -2
  1. Page of a mapped file cannot be had [exception.file-gone]: problem, 88 % sure
     STATUS_IN_PAGE_ERROR: thread 0 (tid 0x14) in app touched a page of a mapped file at 0x20000010, which could not be read: STATUS_CONNECTION_DISCONNECTED.
  $ found haswin exception.wild-pointer

It has it not: another signal:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.file-gone
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: SIGBUS for an address that is not aligned:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=7 rip=0x401000 rsp=0x7ffc00001000 rax=0x403001
  > siginfo 7 1 addr=0x403001
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.file-gone
  $ verdict nearly
  No pattern was recognised behind the other exception (SIGBUS) of thread 0.
