Use of freed or uninitialised memory.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: the register of the access holds what the debug library fills freed memory with:

  $ cat > has.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0xdddddddddddddddd
  > exception 0x14 0xc0000005 0x140001000 0 0xffffffffffffffff rsp=0x10f000 rip=0x140001000 rax=0xdddddddddddddddd
  > END
  $ mkdump has.recipe has
  $ found has exception.freed-memory
  1. Use of freed or uninitialised memory [exception.freed-memory]: problem, 92 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a pointer out of freed memory.
     - the address that was accessed: an address that is not canonical      [.exr -1]
     - the instruction: mov eax,dword ptr [rax+8]; 0000000140001000      [u 0x140001000 L1]
     - register rax, which the address was made of; 0xdddddddddddddddd      [.ecxr; r rax]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     - register rax, filled with what fills memory that the debug run-time library freed; 0xdddddddddddddddd      [.ecxr; r rax]
     What to do: Find which object the pointer was read from, and who freed it: run the program with page heap (GFlags), AddressSanitizer or valgrind, which keep the stack of the free.
  

It has it: 32 bits, and an address that lies near the value:

  $ cat > near.recipe <<'END'
  > minidump x86
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x40000000 0x10000 C:\demo\app.exe
  > memory 0x40001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 esp=0x10f000 eip=0x40001000 
  > exception 0x14 0xc0000005 0x40001000 0 0xfeeefef6 esp=0x10f000 eip=0x40001000
  > END
  $ mkdump near.recipe near
  $ found near exception.freed-memory | head -2
  1. Use of freed or uninitialised memory [exception.freed-memory]: problem, 85 % sure
     STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from a pointer out of freed memory (0xfeeefef6).

It has it, on Linux: the number of a page of the heap, which glibc leaves at the end of a list:

  $ cat > list.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0x555559
  > siginfo 11 1 addr=0x555559
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x555559000 prot=rw zero 0x1000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump list.recipe list
  $ found list exception.freed-memory
  1. Use of freed or uninitialised memory [exception.freed-memory]: problem, 75 % sure
     SIGSEGV: thread 0 (tid 4711) read from a pointer out of freed memory (0x555559).
     - the address that was accessed: memory that is not mapped; 0000000000555559      [.exr -1]
     - the instruction: mov eax,dword ptr [rax]; 0000000000401000      [u 0x401000 L1]
     - register rax, which the address was made of; 0x555559      [.ecxr; r rax]
     - the stack of the fault, frames: 1      [.ecxr; k]
     - register rax, the number of a page of memory that is written to: what glibc leaves in the first word of a freed block; 0x555559      [.ecxr; r rax]
     - the memory that the page is of; 0000000555559000      [!address 0x555559000]
     What to do: Find which object the pointer was read from, and who freed it: run the program with page heap (GFlags), AddressSanitizer or valgrind, which keep the stack of the free.
  

It has it, on Linux: the pointer is a word of a block that malloc has free, to which a register points:

  $ mkheap > stale.recipe <<'END'
  > a busy 0x30 1
  > b tcache 0x60
  > c tcache 0x60
  > d busy 0x30
  > link c+0x10 b+0x10
  > ! thread 4711 signal=11 rip=0x401000 rsp={stack} fs_base=0x7f0000001700 rax=0x5550555002d0 rbx={c+0x10}
  > ! siginfo 11 1 addr=0x5550555002d0
  > ! memory 0x401000 prot=rx hex 8b00 zero 0xffe
  > END
  $ mkdump stale.recipe stale
  $ found stale exception.freed-memory | grep -v "stack of the fault"
  1. Use of freed or uninitialised memory [exception.freed-memory]: problem, 94 % sure
     SIGSEGV: thread 0 (tid 4711) read from a pointer out of freed memory (0x5550555002d0).
     - the address that was accessed: memory that is not mapped; 00005550555002d0      [.exr -1]
     - the instruction: mov eax,dword ptr [rax]; 0000000000401000      [u 0x401000 L1]
     - register rax, which the address was made of; 0x5550555002d0      [.ecxr; r rax]
     - register rbx, which points into the block; 0x555500000330      [.ecxr; r rbx]
     - the block of 88 bytes that the pointer was read from, which is free (tcache); 0000555500000330      [!heap -x 0x555500000330]
     - the pointer, in the block: a link of malloc's; 0000555500000330 has 0x5550555002d0      [dq 0x555500000330 L1]
     What to do: Find which object the pointer was read from, and who freed it: run the program with page heap (GFlags), AddressSanitizer or valgrind, which keep the stack of the free.
  

It has it not: another address:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0xdead0
  > siginfo 11 1 addr=0xdead0
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.freed-memory
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0xdead0).

It nearly has it: the value is in a register that the instruction does not use:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4008 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000 rax=0xdead0 rbx=0xdddddddddddddddd
  > exception 0x14 0xc0000005 0x140001000 0 0xdead8 rsp=0x10f000 rip=0x140001000 rax=0xdead0 rbx=0xdddddddddddddddd
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.freed-memory
  $ verdict nearly
  STATUS_ACCESS_VIOLATION: thread 0 (tid 0x14) in app read from an address of which the dump tells nothing more (0xdead8).
