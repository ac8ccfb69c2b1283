Double free, Windows.

  $ found() { osmodump analyze -q $1 | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: ntdll says that the block is not busy, and it is free:

  $ cat > has.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > memory 0x7ffa00010000 u32 1 0x6d0 8 0 u64 0x500000 0x500760 0 0 0 0 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > exception 0x1198 0xc0000374 0x7ffa00001000 0x7ffa00010000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 40 "hello"
  > heap-free 0x60 at 16 "what it was"
  > END
  $ mkdump has.recipe has
  $ found has corruption.nt-double-free
  1. Double free (process heap) [corruption.nt-double-free]: problem, 96 % sure
     Double free: thread 0 (tid 0x1198) in app used the block at header 0x500760 of heap 0x500000, which had been freed.
     - ntdll found this: block not busy, at block 0x500760 of heap 0x500000; 00007ffa00010008 has 0x8      [dd 0x7ffa00010008 L1]
     - the block is free; 0000000000500760      [!heap -x 0x500760]
     - what it holds; 0000000000500760      [db 0x500760 L40]
     - app is where to begin: the instruction is in it; 00007ff700001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The first frame of your own that frees is the second free. What the block holds tells whose it was; page heap with stack traces (gflags /p, +ust) tells who freed it first.
  
  $ verdict has
  Double free: thread 0 (tid 0x1198) in app used the block at header 0x500760 of heap 0x500000, which had been freed.

It has it, but its block was given out again:

  $ cat > gone.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > memory 0x7ffa00010000 u32 1 0x6d0 8 0 u64 0x500000 0x500760 0 0 0 0 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > exception 0x1198 0xc0000374 0x7ffa00001000 0x7ffa00010000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 40 "hello"
  > heap-block 24 "next owner"
  > END
  $ mkdump gone.recipe gone
  $ found gone corruption.nt-double-free
  1. Double free (process heap) [corruption.nt-double-free]: problem, 85 % sure (ntdll says so; the block itself was not found free)
     Double free: thread 0 (tid 0x1198) in app used the block at header 0x500760 of heap 0x500000, which had been freed.
     - ntdll found this: block not busy, at block 0x500760 of heap 0x500000; 00007ffa00010008 has 0x8      [dd 0x7ffa00010008 L1]
     - the block is busy; 0000000000500760      [!heap -x 0x500760]
     - what it holds; 0000000000500760      [db 0x500760 L40]
     - app is where to begin: the instruction is in it; 00007ff700001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: The first frame of your own that frees is the second free. What the block holds tells whose it was; page heap with stack traces (gflags /p, +ust) tells who freed it first.
  
  $ verdict gone
  Double free: thread 0 (tid 0x1198) in app used the block at header 0x500760 of heap 0x500000, which had been freed.

It has it not: ntdll found something else:

  $ cat > hasnot.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > memory 0x7ffa00010000 u32 1 0x6d0 6 0 u64 0x500000 0x500760 0 0 0 0 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > exception 0x1198 0xc0000374 0x7ffa00001000 0x7ffa00010000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 40 "hello"
  > heap-free 0x60
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.nt-double-free
  $ verdict hasnot
  Heap corruption: ntdll found heap 0x500000 broken at block 0x500760: buffer overrun.

It nearly has it: the exception is that of the heap, but what ntdll found is not in the dump:

  $ cat > nearly.recipe <<'END'
  > minidump x64
  > system windows 10.0.19045 cpus=4 vendor=GenuineIntel
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u64 0 0x110000 0x100000 at 0x300030 u64 0x300000 at 0x300040 u64 0x1100 0x1198
  >   at 0x300060 u64 0x301000 at 0x300100 u64 0
  > memory 0x301000 u8 0 0 0 0 at 0x301010 u64 0x7ff700000000 at 0x301030 u64 0x500000
  >   at 0x3010e8 u32 1 16 u64 0x302000 at 0x301200 u64 0
  > memory 0x302000 u64 0x500000
  > memory 0x7ffa00010000 u32 1 0x6d0 8 0 u64 0x500000 0x500760 0 0 0 0 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > exception 0x1198 0xc0000374 0x7ffa00001000 0x7ffa00020000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 40 "hello"
  > heap-free 0x60
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.nt-double-free
  $ verdict nearly
  Software exception: thread 0 (tid 0x1198) in app raised 0xc0000374: the heap was found broken.

It has it by its stack: the thread failed in RtlFreeHeap, whose argument is the address of a free block:

  $ mkdir -p symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1
  $ cat > symbols/ntdll.pdb/5A9832E5287241C1838ED98914E9B7FF1/ntdll.sym <<'END'
  > MODULE windows x86 5A9832E5287241C1838ED98914E9B7FF1 ntdll.pdb
  > PUBLIC 1000 c RtlFreeHeap
  > PUBLIC 2000 0 RtlUserThreadStart
  > END
  $ found() { osmodump -q $1 -y symbols -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ mkdump - frame <<'END'
  > minidump x86
  > system windows 10.0.19045 cpus=4
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x20000 C:\Windows\System32\ntdll.dll pdb C:\ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x300000 u32 0 0x110000 0x100000 at 0x300018 u32 0x300000 at 0x300020 u32 0x1100 0x1198
  >   at 0x300030 u32 0x301000 at 0x300080 u32 0
  > memory 0x301000 u8 0 0 0 0 at 0x301008 u32 0x400000 at 0x301018 u32 0x500000
  >   at 0x301088 u32 1 16 0x302000 at 0x301100 u32 0
  > memory 0x302000 u32 0x500000
  > nt-heap 0x500000
  > heap-block 24 "hello"
  > heap-free 0x60 at 8 "whose it was" name=block
  > memory 0x10f000 u32 0x10f020 0x401005 0x500000 0 $block at 0x10f020 u32 0 0
  > thread 0x1198 teb=0x300000 stack=0x10f000 eip=0x77001010 esp=0x10f000 ebp=0x10f000
  > exception 0x1198 0xc0000005 0x77001010 0 0xdddddddd eip=0x77001010 esp=0x10f000 ebp=0x10f000
  > END
  $ found frame corruption.nt-double-free
  1. Double free (process heap) [corruption.nt-double-free]: problem, 80 % sure (the address is taken from the arguments on the stack)
     Double free: thread 0 (tid 0x1198) in app failed while RtlFreeHeap freed the free block at 0x5004c0.
     - the block is free; 005004c0      [!heap -x 0x5004c0]
     - what it holds; 005004c0      [db 0x5004c0 L40]
     - app is where to begin: the first frame outside of the system's and run-time libraries; 00401005      [.ecxr; k]
     - the stack of the fault, frames: 2      [.ecxr; k]
     What to do: The first frame of your own that frees is the second free. What the block holds tells whose it was; page heap with stack traces (gflags /p, +ust) tells who freed it first.
  

It nearly has it: the same with a block that is busy:

  $ mkdump - busy <<'END'
  > minidump x86
  > system windows 10.0.19045 cpus=4
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x20000 C:\Windows\System32\ntdll.dll pdb C:\ntdll.pdb 5A9832E5-2872-41C1-838E-D98914E9B7FF 1
  > memory 0x300000 u32 0 0x110000 0x100000 at 0x300018 u32 0x300000 at 0x300020 u32 0x1100 0x1198
  >   at 0x300030 u32 0x301000 at 0x300080 u32 0
  > memory 0x301000 u8 0 0 0 0 at 0x301008 u32 0x400000 at 0x301018 u32 0x500000
  >   at 0x301088 u32 1 16 0x302000 at 0x301100 u32 0
  > memory 0x302000 u32 0x500000
  > nt-heap 0x500000
  > heap-block 24 "hello"
  > heap-block 0x60 name=block
  > memory 0x10f000 u32 0x10f020 0x401005 0x500000 0 $block at 0x10f020 u32 0 0
  > thread 0x1198 teb=0x300000 stack=0x10f000 eip=0x77001010 esp=0x10f000 ebp=0x10f000
  > exception 0x1198 0xc0000005 0x77001010 0 0xdddddddd eip=0x77001010 esp=0x10f000 ebp=0x10f000
  > END
  $ found busy corruption.nt-double-free
