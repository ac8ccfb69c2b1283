Replaced module.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }
  $ verdict() { osmodump -q $1 -c '!analyze' | sed -n 2p; }

It has it: the program was replaced by an update:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 "/usr/bin/absent (deleted)"
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has module.replaced
  2. Replaced module [module.replaced]: note, 93 % sure
     Files of modules were deleted or replaced since they were loaded: the process runs older code.
     - /usr/bin/absent (deleted); 0000000000400000      [lmv a 0x400000]
     What to do: Restart the process, if it shall run the new code. Symbols are those of the old build: the file on disk does not fit.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 "/usr/bin/absent"
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot module.replaced
  $ verdict hasnot
  SIGSEGV: thread 0 (tid 4711) in absent read from a null pointer (0x0).

It nearly has it: a memory file, which never has a name:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=4711 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 4711 signal=11 rip=0x401000 rsp=0x7ffc00001000 rax=0
  > siginfo 11 1 addr=0
  > file 0x400000 0x403000 0 "/memfd:jit (deleted)"
  > memory 0x400000 prot=rx hex 7f454c46020101 zero 9 u16 3 62 u32 1 u64 0 64 0 u32 0 u16 64 56 1 0 0 0 u32 1 5 u64 0 0 0 0x3000 0x3000 0x1000 at 0x401000 hex 8b00 at 0x402000 hex 48c7c00f0000000f05 at 0x403000
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly module.replaced
  $ verdict nearly
  SIGSEGV: thread 0 (tid 4711) in memfd_jit read from a null pointer (0x0).
