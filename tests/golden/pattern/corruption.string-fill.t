String fill.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: the pointer behind a name in a block of the heap:

  $ mkheap > has.recipe <<'END'
  > a busy 0x30 "Maximilian Mustermannsson, junior"
  > keep a+0x10
  > b busy 0x30
  > ! thread 4711 signal=11 rip=0x401000 rsp={stack} fs_base=0x7f0000001700 rdx=0x73736e6e616d7265 rbx={a+0x10}
  > ! siginfo 11 128 addr=0
  > ! memory 0x401000 prot=rx hex 8b4208 zero 0xffd
  > END
  $ mkdump has.recipe has
  $ found has corruption.string-fill
  1. String fill [corruption.string-fill]: problem, 95 % sure
     String fill: the pointer in register rdx is the text "ermannss", which stands in the block of 40 bytes at 0x5555000002a0: "Maximilian Mustermannsson, junior".
     - register rdx, of which the address was made: "ermannss"; 0x73736e6e616d7265      [.ecxr; r rdx]
     - the word in memory, in the block of 40 bytes at 0x5555000002a0; 00005555000002af has 0x73736e6e616d7265      [dq 0x5555000002af L1]
     - the text that it is part of: "Maximilian Mustermannsson, junior"; 00005555000002a0      [db 0x5555000002a0 L0x21]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Look at the text and at what lies around it: it names who writes such strings; the object that holds it is the one whose bound is wrong, or the one that was freed too early.
  
  $ osmodump -q has -c '!analyze' | grep 'follows from'
     2. Wild pointer [exception.wild-pointer]: problem, 92 % sure, follows from 1

It has it: UTF-16, 32 bits, Windows; the text is found near what another register points to:

  $ cat > wide.recipe <<'END'
  > minidump x86
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x40000000 0x10000 C:\demo\app.exe
  > memory 0x40001000 hex 8b4208 zero 0x10
  > memory 0x200000 u32 7 8 w "report of the month" zero 0x40
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 esp=0x10f000 eip=0x40001000
  > exception 0x14 0xc0000005 0x40001000 0 0x6f0078 esp=0x10f000 eip=0x40001000 ecx=0x200000 edx=0x6f0070
  > END
  $ mkdump wide.recipe wide
  $ found wide corruption.string-fill
  1. String fill [corruption.string-fill]: problem, 88 % sure
     String fill: the pointer in register edx is the text "po", which stands at 0x20000c: "report of the month".
     - register edx, of which the address was made: "po"; 0x6f0070      [.ecxr; r edx]
     - the word in memory, at 0x20000c; 0020000c has 0x6f0070      [dd 0x20000c L1]
     - the text that it is part of: "report of the month"; 00200008      [dW 0x200008 L0x13]
     - app is where to begin: the instruction is in it; 40001000      [.ecxr; r eip]
     - the stack of the fault, frames: 1      [.ecxr; k]
     What to do: Look at the text and at what lies around it: it names who writes such strings; the object that holds it is the one whose bound is wrong, or the one that was freed too early.
  

It has it: a return to text:

  $ cat > return.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex c3 zero 0x10
  > memory 0x10f000 "a name that is too long for the buffer" zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f008 rip=0x140001000
  > exception 0x14 0xc0000005 0x140001000 0 0xffffffffffffffff rsp=0x10f008 rip=0x140001000
  > END
  $ mkdump return.recipe return
  $ found return corruption.string-fill | head -5
  1. String fill [corruption.string-fill]: problem, 95 % sure
     String fill: the address to return to at 0x10f008 is the text "hat is t", which stands on the stack of thread 0 (tid 0x14): "a name that is too long for the buffer".
     - the address to return to at 0x10f008 reads "hat is t"; 0x7420736920746168      [.formats 0x7420736920746168]
     - the word in memory, on the stack of thread 0 (tid 0x14); 000000000010f008 has 0x7420736920746168      [dq 0x10f008 L1]
     - the text that it is part of: "a name that is too long for the buffer"; 000000000010f000      [db 0x10f000 L0x26]

It has it: all characters are the same, which may be a fill:

  $ cat > same.recipe <<'END'
  > minidump x64
  > header time=1700000000
  > system windows 10.0.19041 cpus=2
  > misc size=24 pid=0x1100 create=1700000000 user=1 kernel=2
  > module 0x140000000 0x10000 C:\demo\app.exe
  > memory 0x140001000 hex 8b4208 zero 0x10
  > memory 0x10f000 zero 0x100
  > thread 0x14 stack=0x10f000 rsp=0x10f000 rip=0x140001000
  > exception 0x14 0xc0000005 0x140001000 0 0xffffffffffffffff rsp=0x10f000 rip=0x140001000 rdx=0x4141414141414141
  > END
  $ mkdump same.recipe same
  $ found same corruption.string-fill | head -4
  1. String fill [corruption.string-fill]: problem, 80 % sure
     String fill: the pointer in register rdx is the text "AAAAAAAA".
     - register rdx, of which the address was made: "AAAAAAAA"; 0x4141414141414141      [.ecxr; r rdx]
     - app is where to begin: the instruction is in it; 0000000140001000      [.ecxr; r rip]

It has it: the fields of a critical section, its owner among them; the damaged section follows from it:

  $ cat > lock.recipe <<'END'
  > minidump x86
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x107cddd8 ptr 0x200020 "name of the printer!"
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200008 0 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > thread 0x1194 teb=0x7ffdd000 eip=0x401000 esp=0x12f000
  > thread 0x1198 eip=0x401000 esp=0x12f000
  > END
  $ mkdump lock.recipe lock
  $ found lock corruption.string-fill
  1. String fill [corruption.string-fill]: problem, 88 % sure
     String fill: the owner of critical section 0x107cddd8 is the text "the ", which stands at 0x107cdde4: "name of the printer!".
     - the owner of critical section 0x107cddd8 reads "the "; 0x20656874      [.formats 0x20656874]
     - the word in memory, at 0x107cdde4; 107cdde4 has 0x20656874      [dd 0x107cdde4 L1]
     - the text that it is part of: "name of the printer!"; 107cdddc      [db 0x107cdddc L0x14]
     What to do: Look at the text and at what lies around it: it names who writes such strings; the object that holds it is the one whose bound is wrong, or the one that was freed too early.
  
  $ osmodump -q lock -c '!analyze' | grep 'follows from'
     2. Critical section corruption [corruption.critical-section]: problem, 88 % sure, follows from 1

It has it not: the pointer is a number:

  $ mkheap > hasnot.recipe <<'END'
  > a busy 0x30 "Maximilian Mustermannsson, junior"
  > ! thread 4711 signal=11 rip=0x401000 rsp={stack} fs_base=0x7f0000001700 rdx=0xdead000000000000 rbx={a+0x10}
  > ! siginfo 11 128 addr=0
  > ! memory 0x401000 prot=rx hex 8b4208 zero 0xffd
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot corruption.string-fill

It nearly has it: four characters that stand nowhere, eight in a register that was not used:

  $ mkheap > nearly.recipe <<'END'
  > a busy 0x30 "Maximilian Mustermannsson, junior"
  > ! thread 4711 signal=11 rip=0x401000 rsp={stack} fs_base=0x7f0000001700 rdx=0x74736574 rcx=0x73736e6e616d7265
  > ! siginfo 11 1 addr=0x7473657c
  > ! memory 0x401000 prot=rx hex 8b4208 zero 0xffd
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly corruption.string-fill
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0x7473657c).
