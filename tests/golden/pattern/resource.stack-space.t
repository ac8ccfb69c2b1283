Insufficient memory (stack).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 60 of 64 kB above a guard are used:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7f0000002000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > hole 0x7f0000000000 0x1000 prot=
  > memory 0x7f0000001000 prot=rw zero 0x10000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has resource.stack-space
  1. Insufficient memory (stack) [resource.stack-space]: warning, 90 % sure
     Stack space: thread 1 (tid 101) has used 60 kB of the 64 kB of its stack.
     - the stack pointer; the stack may grow down to 0x7f0000001000; 0x7f0000002000      [~1s; r rsp]
     - what used it      [~1k]
     Thresholds: stack.left=10 percent
     What to do: See which frames took most of it (kf). Make the stack larger, or move large arrays to the heap.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7f0000010000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > hole 0x7f0000000000 0x1000 prot=
  > memory 0x7f0000001000 prot=rw zero 0x10000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.stack-space

It nearly has it: a seventh is left; and a mapping that nothing guards need not be a whole stack:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7f0000003400 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > hole 0x7f0000000000 0x1000 prot=
  > memory 0x7f0000001000 prot=rw zero 0x10000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.stack-space



  $ cat > unguarded.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > thread 101 rsp=0x7f0000002000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7f0000001000 prot=rw zero 0x10000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump unguarded.recipe unguarded
  $ found unguarded resource.stack-space
