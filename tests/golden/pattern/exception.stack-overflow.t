Stack overflow.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it, on Linux: a push below the stack:

  $ cat > has.recipe <<'END'
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
  $ mkdump has.recipe has
  $ found has exception.stack-overflow
  1. Stack overflow (user mode) [exception.stack-overflow]: problem, 93 % sure
     Stack overflow: thread 0 (tid 4711) used up its stack.
     - the address lies below the end of the stack; 00007ffc00000ff8      [.exr -1]
     - the stack pointer; 0x7ffc00001000      [.ecxr; r rsp]
     - the stack of the fault, frames: 1      [.ecxr; k]
     Thresholds: recursion.repeats=8 times
     What to do: If frames repeat, find why the recursion does not end: the arguments of two rounds tell what changes between them. Else look for the frame that takes most of the stack (kf).
  

  $ verdict has
  Stack overflow: thread 0 (tid 4711) used up its stack.

It has it, on Windows, by recursion: frames by their pointers, all to one return address:

  $ { cat <<'END'
  > minidump x86
  > system windows 6.1.7601 cpus=1
  > misc size=24 pid=0x1100 create=1 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\app.exe
  > thread 0x14 stack=0x12f000 esp=0x12f000 ebp=0x12f000 eip=0x401000
  > exception 0x14 0xc00000fd 0x401000 1 0x12effc esp=0x12f000 ebp=0x12f000 eip=0x401000
  > memory 0x401000 hex e8fbffffff zero 0x20
  > END
  > echo memory 0x12f000
  > for i in 1 2 3 4 5 6 7 8 9 10 11 12; do printf '  u32 0x%x 0x401005 0 0\n' $((0x12f000 + i * 16)); done
  > } > recursion.recipe
  $ mkdump recursion.recipe recursion
  $ found recursion exception.stack-overflow
  1. Stack overflow (user mode) [exception.stack-overflow]: problem, 97 % sure
     Stack overflow: thread 0 (tid 0x14) in app used up its stack.
     - the exception says so      [.exr -1]
     - the stack pointer; 0x12f000      [.ecxr; r esp]
     - recursion: from frame 1 on a group of 1 repeats 12 times: app+0x1004; 00401005      [.ecxr; k 40]
     - app is where to begin: the instruction is in it; 00401000      [.ecxr; r eip]
     - the stack of the fault, frames: 13      [.ecxr; k]
     Thresholds: recursion.repeats=8 times
     What to do: If frames repeat, find why the recursion does not end: the arguments of two rounds tell what changes between them. Else look for the frame that takes most of the stack (kf).
  

  $ verdict recursion
  Stack overflow: thread 0 (tid 0x14) in app used up its stack.
  $ osmodump -q recursion -c '!analyze -v' | grep -A1 BUCKET
  DEFAULT_BUCKET_ID:  STACK_OVERFLOW_RECURSION
  
  --
  FAILURE_BUCKET_ID:  STACK_OVERFLOW_RECURSION_c00000fd_app.exe!unknown
  



It has it not: the fault is somewhere else:

  $ cat > hasnot.recipe <<'END'
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
  $ mkdump hasnot.recipe hasnot
  $ found hasnot exception.stack-overflow
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0xdead0).

It nearly has it: below the stack, but farther from the stack pointer than a frame reaches:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0x7ffbfff00ff8
  > siginfo 11 1 addr=0x7ffbfff00ff8
  > file 0x400000 0x403000 0 /usr/bin/absent
  > memory 0x401000 prot=rx hex 8b00 zero 0x10
  > memory 0x402000 prot=r zero 0x100
  > memory 0x403000 prot=rw hex 8b00 zero 0x100
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly exception.stack-overflow
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) read from memory that is not mapped (0x7ffbfff00ff8).

