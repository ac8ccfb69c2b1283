Memory leak (regions).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 2000 regions of 64 kB:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > segments 2000 base=0x7f0000000000 step=0x10000 prot=rw
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has resource.region-leak
  1. Memory leak (regions) [resource.region-leak]: warning, 70 % sure (an allocator that maps each block by itself looks the same)
     Region leak: there are 2000 private regions of 64 kB with the same protection, 125 MB together.
     - the first of them; 00007f0000000000      [!address 0x7f0000000000]
     - the last of them; 00007f0007cf0000      [!address 0x7f0007cf0000]
     Thresholds: regions.count=1000 regions, regions.megabytes=64 MB
     What to do: Look into the first and the last of them for what they hold. Compare two dumps: what grows leaks.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > segments 10 base=0x7f0000000000 step=0x10000 prot=rw
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.region-leak

It nearly has it: as many that nobody can write to:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > segments 2000 base=0x7f0000000000 step=0x10000 prot=r
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.region-leak
