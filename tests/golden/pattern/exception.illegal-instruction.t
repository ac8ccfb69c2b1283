Illegal instruction.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a trap that a compiler put in:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=4 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 4 2 addr=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f0b zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.illegal-instruction
  1. Illegal instruction [exception.illegal-instruction]: problem, 90 % sure
     SIGILL: thread 0 (tid 4711) executed an instruction that ends the program on purpose: a check or assertion failed, or code that must not be reached was.
     - SIGILL: raised by the processor; 0x4      [.exr -1]
     - the instruction: ud2 ; 0000000000401000      [u 0x401000 L1]
     - the instruction pointer is in no module: wild or generated code; 0000000000401000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: For a trap, read the source around it: an assertion or an impossible case. Else compare the code with the file of the module, and the instruction with what the processor has.
  

It has it: an instruction that the processor does not take:

  $ cat > hlt.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=4 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 4 5 addr=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 0f01d5 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hlt.recipe hlt
  $ found hlt exception.illegal-instruction | head -2
  1. Illegal instruction [exception.illegal-instruction]: problem, 93 % sure
     SIGILL: thread 0 (tid 4711) executed an instruction that this processor does not have, or not in this mode.

It has it: bytes that are no instruction:

  $ cat > bytes.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=4 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 4 2 addr=0x401000
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 06 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump bytes.recipe bytes
  $ found bytes exception.illegal-instruction | head -3
  1. Illegal instruction [exception.illegal-instruction]: problem, 93 % sure
     SIGILL: thread 0 (tid 4711) executed what is no instruction.
     - SIGILL: raised by the processor; 0x4      [.exr -1]

It has it, on Windows: an instruction of the system:

  $ cat > haswin.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex f4 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 
  > exception 0x14 0xc0000096 0x140001000 rsp=0x10f000 rip=0x140001000
  > END
  $ mkdump haswin.recipe haswin
  $ found haswin exception.illegal-instruction | head -2
  1. Illegal instruction [exception.illegal-instruction]: problem, 93 % sure
     STATUS_PRIVILEGED_INSTRUCTION: thread 0 (tid 0x14) in app executed an instruction that only the system may use.

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
  $ found hasnot exception.illegal-instruction
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: SIGILL that another process sent:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=4 rip=0x401000 rsp=0x7ffc00001000 
  > siginfo 4 0 pid=99 uid=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.illegal-instruction
  $ verdict nearly
  No problem was recognised. Forced dump: process 99 sent SIGILL; nothing had failed in the process itself.
