Handle leak.

  $ found() { osmodump -q $1 -c '!analyze -v' | sed -n "/\[$2\]/,/^ *$/p"; }

It has it: 95 of 100 descriptors that it may have:

  $ files() { for i in $(seq 3 $1); do printf ',{\\"fd\\":%d,\\"target\\":\\"socket:[%d]\\",\\"flags\\":\\"0x2\\"}' $i $i; done; }
  $ make() { cat > $1.recipe <<END
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > note OSMOSIS 0x4f534d01 "{\\"format\\":1,\\"limits\\":[{\\"name\\":\\"Max open files\\",\\"soft\\":\\"$3\\",\\"hard\\":\\"4096\\",\\"unit\\":\\"files\\"}]}"
  > note OSMOSIS 0x4f534d03 "{\\"format\\":1,\\"files\\":[{\\"fd\\":0,\\"target\\":\\"/dev/null\\"}$(files $2)]}"
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  > mkdump $1.recipe $1; }
  $ make has 96 100
  $ found has resource.handle-leak
  1. Handle leak [resource.handle-leak]: warning, 90 % sure
     Handle leak: the process has 95 open descriptors of 100 that it may have, 94 of them of type socket.
     - 95 descriptors in all      [!handle]
     - the first of them: socket socket:[3]; 0x3      [!handle 0x3 f]
     - the last of them: socket socket:[96]; 0x60      [!handle 0x60 f]
     Thresholds: handles.count=10000 handles, handles.share=80 percent, handles.limit=90 percent
     What to do: Compare two dumps: what grows leaks. Names and types tell what it is; !htrace or Application Verifier on Windows and strace or a tool of bpf on Linux tell who opens it.
  

It has it, whatever the limit: more than handles.count of one type:

  $ make many 10100 unlimited
  $ found many resource.handle-leak
  1. Handle leak [resource.handle-leak]: warning, 75 % sure (some servers keep as many open as they have clients)
     Handle leak: the process has 10099 open descriptors, 10098 of them of type socket.
     - 10099 descriptors in all      [!handle]
     - the first of them: socket socket:[3]; 0x3      [!handle 0x3 f]
     - the last of them: socket socket:[10100]; 0x2774      [!handle 0x2774 f]
     Thresholds: handles.count=10000 handles, handles.share=80 percent, handles.limit=90 percent
     What to do: Compare two dumps: what grows leaks. Names and types tell what it is; !htrace or Application Verifier on Windows and strace or a tool of bpf on Linux tell who opens it.
  

It has it not:

  $ make hasnot 10 1024
  $ found hasnot resource.handle-leak

It nearly has it: 89 of 100:

  $ make nearly 90 100
  $ found nearly resource.handle-leak
