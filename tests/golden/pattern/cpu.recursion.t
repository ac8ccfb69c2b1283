Infinite recursion.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 400 frames that return to the same place:

  $ make() { { cat <<END
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00000000 rbp=0x7ffc00000000 rip=0x401015 orig_rax=0xffffffffffffffff
  > memory 0x401000 prot=rx fill 0xb 0x90 hex e8f0ffffff fill 0x20 0x90
  > END
  > printf 'memory 0x7ffc00000000 prot=rw'
  > for i in $(seq 1 $2); do printf ' u64 %d %d' $((0x7ffc00000000 + i * 16)) $((0x401010 + $3 * (i % 32))); done
  > printf ' zero 0x1000\n'; } > $1.recipe
  > mkdump $1.recipe $1; }
  $ make has 400 0
  $ found has cpu.recursion
  1. Infinite recursion [cpu.recursion]: warning, 60 % sure (a recursion over deep data ends by itself)
     Recursion: thread 0 (tid 100) is 400 rounds deep in a recursion through 0x40100f.
     - from frame 1 on a group of 1 frame repeats      [~0k]
     Thresholds: recursion.deep=300 times
     What to do: Compare the arguments of two rounds: what does not change between them does not end. Bound the depth of what is read from outside.
  

It has it not:

  $ make hasnot 10 0
  $ found hasnot cpu.recursion

It nearly has it: 290 rounds, fewer than recursion.deep:

  $ make nearly 290 0
  $ found nearly cpu.recursion
