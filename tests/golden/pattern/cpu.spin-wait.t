Spin wait.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: pause, load, test, jump back:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > memory 0x401000 prot=rx hex f3908b0785c075f8c3 fill 0x20 0xcc
  > memory 0x500000 prot=rw u32 1 0 0 0 0
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has cpu.spin-wait
  1. Spin wait (livelock) [cpu.spin-wait]: warning, 75 % sure (a wait of this kind may be over in a moment)
     Spin wait: 2 threads run in a loop that waits actively, at 0x401000.
     - the loop of 8 bytes; 0000000000401000      [u 0x401000]
     - the word that thread 1 (tid 101) tries; 0000000000500000 has 0x1      [dd 0x500000 L1]
     - thread 1 (tid 101) spins      [~1k]
     - thread 2 (tid 102) spins      [~2k]
     Thresholds: spin.threads=2 threads
     What to do: Find who should change the word, and what that thread does: it may wait for the processor that the loop uses. Use a lock that sleeps, or yield in the loop.
  

It has it not: the threads are in a system call:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 rdi=0x500000
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 rdi=0x500000
  > memory 0x401000 prot=rx hex f3908b0785c075f8c3 fill 0x20 0xcc
  > memory 0x500000 prot=rw u32 1 0 0 0 0
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot cpu.spin-wait

It nearly has it: a loop that adds numbers up; and one that calls a function:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > memory 0x401000 prot=rx hex 8b0701c14883c70448ffca75f4c3 fill 0x20 0xcc
  > memory 0x500000 prot=rw u32 1 0 0 0 0
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly cpu.spin-wait



  $ cat > calls.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > memory 0x401000 prot=rx hex f390e8100000008b0785c075f3c3 fill 0x20 0xcc
  > memory 0x500000 prot=rw u32 1 0 0 0 0
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump calls.recipe calls
  $ found calls cpu.spin-wait

One thread that spins is a note:

  $ cat > one.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=0xffffffffffffffff rdi=0x500000
  > memory 0x401000 prot=rx hex f3908b0785c075f8c3 fill 0x20 0xcc
  > memory 0x500000 prot=rw u32 1 0 0 0 0
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump one.recipe one
  $ found one cpu.spin-wait
  1. Spin wait (livelock) [cpu.spin-wait]: note, 75 % sure (a wait of this kind may be over in a moment)
     Spin wait: 1 thread runs in a loop that waits actively, at 0x401000.
     - the loop of 8 bytes; 0000000000401000      [u 0x401000]
     - the word that thread 1 (tid 101) tries; 0000000000500000 has 0x1      [dd 0x500000 L1]
     - thread 1 (tid 101) spins      [~1k]
     Thresholds: spin.threads=2 threads
     What to do: Find who should change the word, and what that thread does: it may wait for the processor that the loop uses. Use a lock that sleeps, or yield in the loop.
  
