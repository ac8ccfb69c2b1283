Insufficient memory (mappings).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > segments 60000 base=0x7f0000000000 step=0x1000 prot=r
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has resource.map-count
  1. Insufficient memory (mappings) [resource.map-count]: warning, 75 % sure (the dump does not have vm.max_map_count)
     Map count: the process has 60002 mappings; 65530 are as many as it may have unless vm.max_map_count was raised.
     - 60002 mappings      [!address -summary]
     Thresholds: maps.count=58000 mappings
     What to do: Raise vm.max_map_count, and find who makes the mappings: regions of one size point to it.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.map-count

It nearly has it: fewer than maps.count, until that is lowered:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > memory 0x401000 prot=rx fill 0x20 0x90
  > segments 50000 base=0x7f0000000000 step=0x1000 prot=r
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ osmodump -q nearly -c '!analyze -t maps.count=50000' | grep Map
  Map count: the process has 50002 mappings; 65530 are as many as it may have unless vm.max_map_count was raised.
     Map count: the process has 50002 mappings; 65530 are as many as it may have unless vm.max_map_count was raised.
  $ found nearly resource.map-count
