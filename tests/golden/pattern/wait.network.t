Network wait.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: the owner of the lock reads from another host:

  $ cat > has.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=45 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"socket:[77]\",\"detail\":\"tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump has.recipe has
  $ found has wait.network
  1. Network wait [wait.network]: warning, 95 % sure
     Network wait: thread 0 (tid 100) waits for the network: tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED (descriptor 3); 3 threads wait for it.
     - thread 0 (tid 100) waits for the network: tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED (descriptor 3); known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Do not hold the lock over the request. Give names, connections and answers a time limit. See the descriptor or handle for the peer, and ask that host.
  

It has it not: nobody waits for the thread that reads:

  $ cat > hasnot.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=45 rdi=3
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"socket:[77]\",\"detail\":\"tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump hasnot.recipe hasnot
  $ found hasnot wait.network

It has it, as a note: a single thread stands behind it:

  $ cat > note.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=45 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"socket:[77]\",\"detail\":\"tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump note.recipe note
  $ found note wait.network
  2. Network wait [wait.network]: note, 95 % sure
     Network wait: thread 0 (tid 100) waits for the network: tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED (descriptor 3); 1 thread waits for it.
     - thread 0 (tid 100) waits for the network: tcp 10.0.0.5:41000 -> 10.0.0.9:5432 ESTABLISHED (descriptor 3); known by its system call      [~0k]
     - owner of mutex at 0x500000: thread 0 (tid 100); 0000000000500008 has 0x64      [dd 0x500008 L1]
     Thresholds: outside.waiters=3 threads, outside.problem=10 threads
     What to do: Do not hold the lock over the request. Give names, connections and answers a time limit. See the descriptor or handle for the peer, and ask that host.
  

It nearly has it: the socket listens for those who want something of it; or the peer is a process of this machine:

  $ cat > nearly.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=43 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"socket:[77]\",\"detail\":\"tcp 0.0.0.0:80 LISTEN\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump nearly.recipe nearly
  $ found nearly wait.network



  $ cat > local.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=45 rdi=3 rsi=2
  > thread 101 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 102 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > thread 103 rsp=0x7ffc00001000 rip=0x401000 orig_rax=202 rdi=0x500000 rsi=0x80 rdx=2 r10=0 
  > note OSMOSIS 0x4f534d01 "{\"format\":1,\"tool\":{\"name\":\"osmodump\",\"version\":\"0.1.0\"}}"
  > note OSMOSIS 0x4f534d03 "{\"format\":1,\"threads\":[{\"tid\":100,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":101,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":102,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0},{\"tid\":103,\"state\":\"S\",\"policy\":\"other\",\"priority\":20,\"nice\":0}],\"files\":[{\"fd\":3,\"target\":\"socket:[77]\",\"detail\":\"tcp 127.0.0.1:41000 -> 127.0.0.1:5432 ESTABLISHED\",\"position\":0,\"flags\":\"0x2\"}]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x500000 prot=rw u32 2 0 100 1 0 zero 0x14
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump local.recipe local
  $ found local wait.network
