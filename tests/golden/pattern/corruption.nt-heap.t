Dynamic memory corruption (process heap), Windows.

  $ found() { osmodump analyze -q $1 | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: a program wrote on behind its block, over the next header:

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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > poke $first "0123456789abcdef0123456789abcdefXXXXXXXX"
  > END
  $ mkdump has.recipe has
  $ found has corruption.nt-heap
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: in heap 0x500000 the header of the block at 0x500750 was overwritten, behind the block of 24 bytes at 0x500730.
     - the header of this block was overwritten: it is none that a heap writes: "89abcdef"; 0000000000500748 has 0x6665646362613938      [dq 0x500748 L1]
     - the block whose user may have written on; 0000000000500730      [!heap -x 0x500730]
     - its contents; 0000000000500730      [db 0x500730 L40]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ verdict has
  Heap corruption: in heap 0x500000 the header of the block at 0x500750 was overwritten, behind the block of 24 bytes at 0x500730.

It has it: with tail checking, one character too many:

  $ cat > tail.recipe <<'END'
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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 flags=0x62
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > poke $first+24 "!"
  > END
  $ mkdump tail.recipe tail
  $ found tail corruption.nt-heap
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: in heap 0x500000 the block of 24 bytes at 0x500730 was written to behind its end.
     - the pattern behind the end of the block was overwritten: 0xababab21; 0000000000500748 has 0xababab21      [dd 0x500748 L1]
     - the block whose user may have written on; 0000000000500730      [!heap -x 0x500730]
     - its contents; 0000000000500730      [db 0x500730 L40]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ verdict tail
  Heap corruption: in heap 0x500000 the block of 24 bytes at 0x500730 was written to behind its end.

It has it: a free block was written to, over its links:

  $ cat > links.recipe <<'END'
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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > poke $freed u64 0x4141414141414141 0x4141414141414141
  > END
  $ mkdump links.recipe links
  $ found links corruption.nt-heap
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: in heap 0x500000 a link of the list of free blocks was overwritten at 0x500778.
     - the entry's back pointer does not lead to the entry in front of it in the list: "AAAAAAAA"; 0000000000500778 has 0x4141414141414141      [dq 0x500778 L1]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  2. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: in heap 0x500000 a link of the list of free blocks was overwritten at 0x500770.
     - the list of free blocks leads to where no free block is: "AAAAAAAA"; 0000000000500770 has 0x4141414141414141      [dq 0x500770 L1]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ verdict links
  Heap corruption: in heap 0x500000 a link of the list of free blocks was overwritten at 0x500778.

It has it: ntdll found it, and the heap is not in the dump:

  $ cat > ntdll.recipe <<'END'
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
  > memory 0x7ffa00010000 u32 1 0x6d0 3 0 u64 0x500000 0x500740 0 0 0 0 0
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > exception 0x1198 0xc0000374 0x7ffa00001000 0x7ffa00010000 rip=0x7ff700001000 rsp=0x10f000
  > END
  $ mkdump ntdll.recipe ntdll
  $ found ntdll corruption.nt-heap
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: ntdll found heap 0x500000 broken at block 0x500740: entry corruption.
     - ntdll found this: entry corruption, at block 0x500740 of heap 0x500000; 00007ffa00010008 has 0x3      [dd 0x7ffa00010008 L1]
     - app is where to begin: the instruction is in it; 00007ff700001000      [.ecxr; r rip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ verdict ntdll
  Heap corruption: ntdll found heap 0x500000 broken at block 0x500740: entry corruption.

It has it not:

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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.nt-heap
  $ verdict hasnot
  The dump is partial: it has 17 kB of memory, and the stacks of 0 of 1 threads.

It nearly has it: all of a block is used, up to the word of the next header that is its own; another is filled in the heap with tail checking:

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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "0123456789abcdef01234567" name=first
  > heap-block 24 "world" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > nt-heap 0x600000 flags=0x62
  > heap-block 24 "0123456789abcdef01234567"
  > poke 0x3010e8 u32 2
  > memory 0x302008 u64 0x600000
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.nt-heap
  $ verdict nearly
  The dump is partial: it has 33 kB of memory, and the stacks of 0 of 1 threads.

It nearly has it: a header is plain, because a thread was changing it:

  $ cat > at-work.recipe <<'END'
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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 lock=0x303000 key=0x100000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-block 24 "after"
  > poke $next-6 u8 1
  > memory 0x303000 u64 0xffffffffffffffff u32 0xfffffffe 1 u64 0x1198 0 0
  > END
  $ mkdump at-work.recipe at-work
  $ found at-work corruption.nt-heap
  $ verdict at-work
  The dump is partial: it has 17 kB of memory, and the stacks of 0 of 1 threads.

A warning where a thread was at work in the heap:

  $ cat > locked.recipe <<'END'
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
  > thread 0x1198 teb=0x300000 rip=0x7ff700001000 rsp=0x10f000
  > nt-heap 0x500000 lock=0x303000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world" name=next
  > heap-free 0x60 name=freed
  > heap-block 24 "after"
  > memory 0x303000 u64 0xffffffffffffffff u32 0xfffffffe 1 u64 0x1198 0 0
  > poke $first "0123456789abcdef0123456789abcdefXXXXXXXX"
  > END
  $ mkdump locked.recipe locked
  $ found locked corruption.nt-heap
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: warning, 50 % sure (a thread was at work in the heap when the dump was made)
     Heap corruption: in heap 0x500000 the header of the block at 0x500750 was overwritten, behind the block of 24 bytes at 0x500730.
     - the header of this block was overwritten: it is none that a heap writes: "89abcdef"; 0000000000500748 has 0x6665646362613938      [dq 0x500748 L1]
     - the block whose user may have written on; 0000000000500730      [!heap -x 0x500730]
     - its contents; 0000000000500730      [db 0x500730 L40]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ verdict locked
  Heap corruption: in heap 0x500000 the header of the block at 0x500750 was overwritten, behind the block of 24 bytes at 0x500730.

32 bit:

  $ cat > x86.recipe <<'END'
  > minidump x86
  > system windows 10.0.19045 cpus=4
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x300000 u32 0 0x110000 0x100000 at 0x300018 u32 0x300000 at 0x300020 u32 0x1100 0x1198
  >   at 0x300030 u32 0x301000 at 0x300080 u32 0
  > memory 0x301000 u8 0 0 0 0 at 0x301008 u32 0x400000 at 0x301018 u32 0x500000
  >   at 0x301088 u32 1 16 0x302000 at 0x301100 u32 0
  > memory 0x302000 u32 0x500000
  > thread 0x1198 teb=0x300000 eip=0x401000 esp=0x10f000
  > nt-heap 0x500000
  > heap-block 24 "hello" name=first
  > heap-block 24 "world"
  > poke $first "0123456789abcdef01234567XXXX"
  > END
  $ mkdump x86.recipe x86
  $ found x86 corruption.nt-heap
  1. Dynamic memory corruption (process heap) [corruption.nt-heap]: problem, 95 % sure
     Heap corruption: in heap 0x500000 the header of the block at 0x5004c0 was overwritten, behind the block of 24 bytes at 0x5004a0.
     - the header of this block was overwritten: it is none that a heap writes: 0x19009a3b58585858; 005004b8 has 0x19009a3b58585858      [dq 0x5004b8 L1]
     - the block whose user may have written on; 005004a0      [!heap -x 0x5004a0]
     - its contents; 005004a0      [db 0x5004a0 L40]
     What to do: Find who owns the block in front of the damage (!heap -x, its contents) and which of its writes can be too long. Page heap (gflags /p /enable app.exe /full) stops the writer when it happens again.
  
  $ verdict x86
  Heap corruption: in heap 0x500000 the header of the block at 0x5004c0 was overwritten, behind the block of 24 bytes at 0x5004a0.
