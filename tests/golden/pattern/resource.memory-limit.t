Insufficient memory (limits).

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 980 of 1000 MB of the cgroup:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"},\"cgroup\":{\"path\":\"/demo\",\"memory_current\":1027604480,\"memory_max\":1048576000}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has resource.memory-limit
  1. Insufficient memory (limits) [resource.memory-limit]: warning, 90 % sure
     Memory limit: 980 of 1000 MB of the memory of its cgroup are used; beyond that the kernel kills processes of the cgroup.
     - cgroup.memory_current 1027604480, cgroup.memory_max 1048576000
     Thresholds: memory.used=95 percent
     What to do: Find what has the memory (!address -summary), or raise the limit. Of a cgroup look at memory.stat for how much of it is cache.
  

It has it not:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"},\"cgroup\":{\"path\":\"/demo\",\"memory_current\":102760448,\"memory_max\":1048576000}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot resource.memory-limit

It nearly has it: no limit; and a commit limit that the kernel does not hold to:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"},\"cgroup\":{\"path\":\"/demo\",\"memory_current\":1027604480},\"host\":{\"committed\":2000,\"commit_limit\":1000,\"overcommit\":0}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly resource.memory-limit

... until it does:

  $ cat > holds.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"},\"host\":{\"committed\":20000000000,\"commit_limit\":10000000000,\"overcommit\":2}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[],\"files\":[]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump holds.recipe holds
  $ found holds resource.memory-limit
  1. Insufficient memory (limits) [resource.memory-limit]: warning, 90 % sure
     Memory limit: 19073 of 9536 MB of what the system may commit are used; beyond that allocations of all processes fail.
     - host.committed 20000000000, host.commit_limit 10000000000
     Thresholds: memory.used=95 percent
     What to do: Find what has the memory (!address -summary), or raise the limit. Of a cgroup look at memory.stat for how much of it is cache.
  
