Wild pointer.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: an address that nothing is mapped at:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0xdead0
  > siginfo 11 1 addr=0xdead0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 8b00 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has exception.wild-pointer
  1. Wild pointer [exception.wild-pointer]: problem, 92 % sure
     SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0xdead0).
     - the address that was accessed: memory that is not mapped; 00000000000dead0      [.exr -1]
     - the instruction: mov eax,dword ptr [rax]; 0000000000401000      [u 0x401000 L1]
     - register rax, which the address was made of; 0xdead0      [.ecxr; r rax]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Find where the pointer was read from and look at what lies around it: text, a fill pattern, a neighbour's data tell who wrote it.
  


It has it: text was taken for a pointer, on Windows and as an address that is not canonical:

  $ cat > text.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0x41414139
  > exception 0x14 0xc0000005 0x140001000 0 0x41414141 rsp=0x10f000 rip=0x140001000 rax=0x41414139
  > END
  $ mkdump text.recipe text
  $ found text exception.wild-pointer
  1. Wild pointer [exception.wild-pointer]: problem, 75 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from an address of which the dump tells nothing more (0x41414141).
     - the address that was accessed: an address of which the dump tells nothing more; 0000000041414141      [.exr -1]
     - the instruction: mov eax,dword ptr [rax+8]; 0000000140001000      [u 0x140001000 L1]
     - register rax, which the address was made of; 0x41414139      [.ecxr; r rax]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     - the address reads as the text "AAAA": a string was taken for a pointer; 0x41414141      [.formats 0x41414141]
     What to do: Find where the pointer was read from and look at what lies around it: text, a fill pattern, a neighbour's data tell who wrote it.
  

  $ cat > canonical.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0x4847464544434241
  > siginfo 11 0x80 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 8b00 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump canonical.recipe canonical
  $ found canonical exception.wild-pointer | head -2
     2. Wild pointer [exception.wild-pointer]: problem, 92 % sure, follows from 1
        SIGSEGV: thread 0 (tid 4711) read from an address that is not canonical (0x4847464544434241).

It has it not: a null pointer is another pattern:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 8b00 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.wild-pointer
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from a null pointer (0x0).

It nearly has it: the address is below the stack, which is a stack overflow:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000
  > siginfo 11 1 addr=0x7ffc00000ff8
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 50 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 50 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.wild-pointer
  $ verdict nearly
  Stack overflow: thread 0 (tid 4711) used up its stack.

