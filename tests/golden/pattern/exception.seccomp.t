System call denied.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=31 rip=0x401000 rsp=0x7ffc00001000 rax=186 orig_rax=186
  > siginfo 31 1 call=0x401002 syscall=186 arch=0xc000003e
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.seccomp
  1. System call denied [exception.seccomp]: problem, 97 % sure
     A seccomp filter does not allow thread 0 (tid 4711) the system call that it made, number 186.
     - SIGSYS: sent by the kernel because of a filter; 0x1f      [.exr -1]
     - the signal's information has the number of the system call: 186
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Allow the call in the filter, or make it return ENOSYS, upon which libraries fall back to older calls.
  

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
  $ found hasnot exception.seccomp
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: SIGSYS that another process sent:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=31 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 31 0 pid=99 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.seccomp
  $ verdict nearly
  No problem was recognised. Forced dump: process 99 sent SIGSYS; nothing had failed in the process itself.
