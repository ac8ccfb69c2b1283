Divide by zero, arithmetic exception.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a division by a register that is zero:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=8 rip=0x401000 rsp=0x7ffc00001000 rcx=0 rax=5
  > siginfo 8 1 addr=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex f7f1 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.arithmetic
  1. Divide by zero, arithmetic exception [exception.arithmetic]: problem, 96 % sure
     SIGFPE: thread 0 (tid 4711) divided an integer by zero.
     - SIGFPE: divided an integer by zero; 0x8      [.exr -1]
     - the instruction: div ecx; 0000000000401000      [u 0x401000 L1]
     - the divisor, ecx; 0x0      [.ecxr; r ecx]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The divisor is shown: find where it was computed, and look for it before the division.
  

It has it: the result does not fit:

  $ cat > fit.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=8 rip=0x401000 rsp=0x7ffc00001000 rcx=2 rax=5 rdx=7
  > siginfo 8 1 addr=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex f7f1 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump fit.recipe fit
  $ found fit exception.arithmetic | head -2
  1. Divide by zero, arithmetic exception [exception.arithmetic]: problem, 96 % sure
     SIGFPE: thread 0 (tid 4711) did a division whose result does not fit.

It has it, on Windows:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex f7f9 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rcx=0
  > exception 0x14 0xc0000094 0x140001000 rsp=0x10f000 rip=0x140001000 rcx=0
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.arithmetic | head -2
  1. Divide by zero, arithmetic exception [exception.arithmetic]: problem, 96 % sure
     STATUS_INTEGER_DIVIDE_BY_ZERO: thread 0 (tid 0x14) in app divided an integer by zero.

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
  $ found hasnot exception.arithmetic
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: SIGFPE that another process sent:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=8 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 8 0 pid=99 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.arithmetic
  $ verdict nearly
  No problem was recognised. Forced dump: process 99 sent SIGFPE; nothing had failed in the process itself.

It has it, though the dump does not tell what raised the signal (older dumps of Breakpad): the divisor does:

  $ cat > old.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system linux 3.13.0 cpus=2
  > module 0x400000 0x10000 /usr/bin/absent
  > memory 0x401000 hex f7f1 zero 0x10
  > memory 0x7ffc00001000 zero 0x200
  > thread 0x14 stack=0x7ffc00001000 rsp=0x7ffc00001000 rip=0x401000 rcx=0
  > exception 0x14 8 0x401000 rsp=0x7ffc00001000 rip=0x401000 rcx=0 rax=5
  > END
  $ mkdump old.recipe old
  $ found old exception.arithmetic
  1. Divide by zero, arithmetic exception [exception.arithmetic]: problem, 90 % sure (the dump does not tell what raised the signal)
     SIGFPE: thread 0 (tid 20) in absent divided an integer by zero.
     - SIGFPE: raised an arithmetic exception; 0x8      [.exr -1]
     - the instruction: div ecx; 0000000000401000      [u 0x401000 L1]
     - the divisor, ecx; 0x0      [.ecxr; r ecx]
     - absent is where to begin: the instruction is in it; 0000000000401000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The divisor is shown: find where it was computed, and look for it before the division.
  
