Run queues are those of a kernel: in the dump of a process the commands say so.

  $ cat > process.recipe <<'END'
  > elfcore x64
  > process pid=100 ppid=1 uid=0 gid=0 name=demo args=demo
  > thread 100 rsp=0x7ffc00001000 rip=0x401000 orig_rax=230
  > memory 0x401000 prot=rx fill 0x20 0x90
  > memory 0x7ffc00001000 prot=rw zero 0x200
  > END
  $ mkdump process.recipe process
  $ osmodump -q process -c '!running'
  !running works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json process -c '!running'
  {"kind":"error","code":"unsupported","message":"!running works on dumps of a Linux kernel; this is none"}
  !running works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q process -c '!ready'
  !ready works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json process -c '!ready'
  {"kind":"error","code":"unsupported","message":"!ready works on dumps of a Linux kernel; this is none"}
  !ready works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q process -c 'runq'
  runq works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json process -c 'runq'
  {"kind":"error","code":"unsupported","message":"runq works on dumps of a Linux kernel; this is none"}
  runq works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q process -c '!running -t'
  !running works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q --json process -c '!running -t'
  {"kind":"error","code":"unsupported","message":"!running works on dumps of a Linux kernel; this is none"}
  !running works on dumps of a Linux kernel; this is none
  [1]
  $ osmodump -q process -c '!ready 3'
  !ready: Extra character error at '3'
  [1]
  $ osmodump -q --json process -c '!ready 3'
  {"kind":"error","code":"usage","message":"!ready: Extra character error at '3'"}
  !ready: Extra character error at '3'
  [1]
