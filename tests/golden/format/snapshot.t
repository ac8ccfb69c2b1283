Snapshots: what a core of osmodump says of how it was taken, and what it makes of its memory

  $ recipes=$OSMOSIS_TOP/tests/mkdump/recipes
  $ mkdump $recipes/elf-snapshot.recipe snap.core

  $ osmodump info snap.core
  File:            snap.core
  Format:          elfcore: User Core Dump File (ELF): Linux x64 process, quasi-instantaneous snapshot
  Size:            35404 bytes (34.574 kB)
  Machine:         x64
  System:          Linux 6.18.44
  Processors:      8
  Dump time:       Thu Nov 26 07:40:15.000 2026 (UTC + 0:00)
  System uptime:   0 days 21:53:35.250
  Process:         4711 (parent 1) demo
  Command line:    demo --fast --with-a-command-line-longer-than-the-79-bytes-that-a-core-has-room-for --end
  Process start:   Wed Nov 25 09:46:50.000 2026 (UTC + 0:00)
  CPU time:        user 0 days 0:00:02.000, kernel 0 days 0:00:00.200
  Written by:      osmodump snap 0.1.0
  Threads:         2
  Modules:         0
  
  Snapshot:        quasi-instantaneous: a device mapping was copied live
  Engine:          clone: commit charge and cgroup have room for a copy
  Trigger:         cpu above 90 % for 10 s
  Comment:         before the "restart"
  Pause:           12.3457 ms: interrupt 0.1, registers 0.2, clone 11, copy 0.9, release 0.05
  Complete:        yes
  Written:         32.000 kB of memory in 4.2 ms
  
  Memory of the snapshot:
    class        ranges             bytes
    snapshot          3             16384   16.000 kB
    live              1              4096    4.000 kB
    unreadable        1              4096    4.000 kB
    left-out          1              4096    4.000 kB
    file              1            524288  512.000 kB
    untouched         1             61440   60.000 kB
  
  Reasons:
    unreadable        1              4096    4.000 kB  Input/output error
    left-out          1              4096    4.000 kB  MADV_DONTDUMP
  
  Streams:
        type  name                                   offset        bytes
           1  NT_PRSTATUS                               1a4          336  CORE
           3  NT_PRPSINFO                               308          136  CORE
    46494c45  NT_FILE                                   3a4           76  CORE
           2  NT_FPREGSET                               404          512  CORE
           1  NT_PRSTATUS                               618          336  CORE
           2  NT_FPREGSET                               77c          512  CORE
    4f534d01  OSMOSIS_RECORD                            990         1713  OSMOSIS
    4f534d03  OSMOSIS_LISTS                            1058         1259  OSMOSIS
    4f534d02  OSMOSIS_CLOSING                          8558         1268  OSMOSIS
  
  Memory in the file:
    category     ranges             bytes
    stacks            1              8192    8.000 kB
    other             3             12288   12.000 kB
    zero              1             61440   60.000 kB
    absent            3            532480  520.000 kB
  $ osmodump --json info snap.core | grep -e '"snapshot' -e '"dump"' -e '"coverage"'
  {"kind":"dump","path":"snap.core","format":"elfcore","title":"User Core Dump File (ELF): Linux x64 process, quasi-instantaneous snapshot","size":35404,"machine":"x64","os":"Linux","os_text":"6.18.44","cpus":8,"time":"2026-11-26T07:40:15Z","uptime":78815.25,"pid":4711,"ppid":1,"process":"demo","command_line":"demo --fast --with-a-command-line-longer-than-the-79-bytes-that-a-core-has-room-for --end","process_create_time":"2026-11-25T09:46:50Z","user_time":2.0,"kernel_time":0.2,"writer":"osmodump snap 0.1.0","threads":2,"modules":0}
  {"kind":"snapshot","consistency":"quasi-instantaneous","consistency_why":"a device mapping was copied live","engine":"clone","engine_why":"commit charge and cgroup have room for a copy","trigger":"cpu above 90 % for 10 s","comment":"before the \"restart\"","start":"2026-11-26T07:40:15Z","start_nanoseconds":250000000,"pause_ms":12.345678,"interrupt_ms":0.1,"registers_ms":0.2,"clone_ms":11,"copy_ms":0.9,"release_ms":0.05,"complete":true,"written":32768,"writing_ms":4.2}
  {"kind":"snapshot_class","class":"snapshot","ranges":3,"size":16384}
  {"kind":"snapshot_class","class":"live","ranges":1,"size":4096}
  {"kind":"snapshot_class","class":"unreadable","ranges":1,"size":4096}
  {"kind":"snapshot_class","class":"left-out","ranges":1,"size":4096}
  {"kind":"snapshot_class","class":"file","ranges":1,"size":524288}
  {"kind":"snapshot_class","class":"untouched","ranges":1,"size":61440}
  {"kind":"snapshot_reason","class":"unreadable","reason":"Input/output error","ranges":1,"size":4096}
  {"kind":"snapshot_reason","class":"left-out","reason":"MADV_DONTDUMP","ranges":1,"size":4096}
  {"kind":"coverage","category":"stacks","size":8192,"ranges":1}
  {"kind":"coverage","category":"other","size":12288,"ranges":3}
  {"kind":"coverage","category":"zero","size":61440,"ranges":1}
  {"kind":"coverage","category":"absent","size":532480,"ranges":3}

One line on consistency:

  $ osmodump -q snap.core -c vertarget
  Linux (6.18.44) MP (8 procs) x64
  User Core Dump File (ELF): Linux x64 process, quasi-instantaneous snapshot
  Comment: 'before the "restart"'
  Process: demo (4711)
  Command line: demo --fast --with-a-command-line-longer-than-the-79-bytes-that-a-core-has-room-for --end
  Written by: osmodump snap 0.1.0
  Consistency: quasi-instantaneous (engine clone, pause 12.3457 ms)
  Debug session time: Thu Nov 26 07:40:15.000 2026 (UTC + 0:00)
  System Uptime: 0 days 21:53:35.250
  Process Uptime: 0 days 21:53:25.000
    Kernel time: 0 days 0:00:00.200
    User time: 0 days 0:00:02.000
  $ osmodump -q --json snap.core -c vertarget
  {"kind":"target","os":"Linux","service_pack":"6.18.44","multi":"MP","processors":8,"machine":"x64","title":"User Core Dump File (ELF): Linux x64 process, quasi-instantaneous snapshot","comment":"before the \"restart\"","file":"snap.core","process":"demo","pid":4711,"command_line":"demo --fast --with-a-command-line-longer-than-the-79-bytes-that-a-core-has-room-for --end","debug_time":"2026-11-26T07:40:15Z","system_uptime":78815.25,"process_uptime":78805.0,"kernel_time":0.2,"user_time":2.0,"writer":"osmodump snap 0.1.0","consistency":"quasi-instantaneous","engine":"clone","pause_ms":12.345678}

Threads have names; one alone shows what it was doing:

  $ osmodump -q snap.core -c '~; ~0; ~1'
  .  0  Id: 1267.1267 Unfrozen "demo"
     1  Id: 1267.1268 Unfrozen "worker "1""
  .  0  Id: 1267.1267 Unfrozen "demo"
        State: S in futex_do_wait, system call 202
        Scheduling: other, nice 0, CPU 1, switches 12 voluntary, 3 involuntary
        Registers: from ptrace
        Kernel stack: futex_do_wait+0x38/0x70, __futex_wait+0x91/0x100, do_syscall_64+0x5f/0x90
     1  Id: 1267.1268 Unfrozen "worker "1""
        State: R
        Scheduling: fifo, nice 0, CPU 0, switches 1 voluntary, 99 involuntary
        Registers: from /proc syscall (partial)
  $ osmodump -q --json snap.core -c '~0'
  {"kind":"thread","marker":".","index":0,"pid":4711,"tid":4711,"name":"demo","current":true,"event":true,"state":"S","wchan":"futex_do_wait","syscall":202,"policy":"other","nice":0,"cpu":1,"voluntary_switches":12,"involuntary_switches":3,"registers":"ptrace","kernel_stack":["futex_do_wait+0x38/0x70","__futex_wait+0x91/0x100","do_syscall_64+0x5f/0x90"]}

Open files, all of them, one, those of a type:

  $ osmodump -q snap.core -c '!handle; .echo; !handle 3 f; .echo; !handle 0 2 file'
      0  device      /dev/null
      1  file        /var/log/demo.log (deleted)
      3  socket      socket:[1234]  tcp 127.0.0.1:5432 -> 127.0.0.1:60001 ESTABLISHED
      4  eventpoll   anon_inode:[eventpoll]
      5  pipe        pipe:[99]
  5 Handles
  Type           \tCount (esc)
  device         \t1 (esc)
  eventpoll      \t1 (esc)
  file           \t1 (esc)
  pipe           \t1 (esc)
  socket         \t1 (esc)
  
      3  socket      socket:[1234]  tcp 127.0.0.1:5432 -> 127.0.0.1:60001 ESTABLISHED  position 0x0  flags 0x80002
  
      1  file        /var/log/demo.log (deleted)  position 0x4d  flags 0x8401
  1 Handles
  Type           \tCount (esc)
  file           \t1 (esc)
  $ osmodump -q --json snap.core -c '!handle 1 f'
  {"kind":"file_descriptor","fd":1,"type":"file","target":"/var/log/demo.log (deleted)","position":77,"flags":33793}
  $ osmodump -q snap.core -c '!handle 99'
  the dump's handle data has no such handle
  [1]

The environment, which the record has only when it was asked for:

  $ osmodump -q snap.core -c '!environ'
  HOME=/root
  EMPTY=
  ODD=

A page that could not be read (0x403000) has zeros in the file, and one was left out (0x405000): neither
is memory. What was never touched (from 0x7f0000401000 on) is not in the file, and is zero:

  $ osmodump -q snap.core -c 'db 402ff8 L10; db 403ff8 L10; db 404ff8 L10; db 7f0000400ff8 L10; db 7f000040fff8 L10'
  00000000`00402ff8  22 22 22 22 22 22 22 22-?? ?? ?? ?? ?? ?? ?? ??  """"""""????????
  00000000`00403ff8  ?? ?? ?? ?? ?? ?? ?? ??-44 44 44 44 44 44 44 44  ????????DDDDDDDD
  00000000`00404ff8  44 44 44 44 44 44 44 44-?? ?? ?? ?? ?? ?? ?? ??  DDDDDDDD????????
  00007f00`00400ff8  40 40 40 40 40 40 40 40-00 00 00 00 00 00 00 00  @@@@@@@@........
  00007f00`0040fff8  00 00 00 00 00 00 00 00-?? ?? ?? ?? ?? ?? ?? ??  ........????????

A search finds what begins before such memory and ends in it, or the other way round, and takes no time for
the terabytes between:

  $ osmodump -q snap.core -c 's -d 7f0000400000 L?100000 40404040 0'
  00007f00`00400ffc  40404040 00000000 00000000 00000000  @@@@............
  $ osmodump -q snap.core -c 's -[1]w 7f0000400000 L?10000 0' | wc -l
  30720
  $ sed 's/size=0x10000/size=0x100000000000/' $recipes/elf-snapshot.recipe > huge.recipe
  $ sed 's/0x7f0000401000-0x7f0000410000/0x600000001000-0x700000000000/' $recipes/elf-snapshot.record.json > elf-snapshot.record.json
  $ sed -i 's/0x7f0000400000/0x600000000000/' huge.recipe
  $ cp $recipes/elf-snapshot.lists.json $recipes/elf-snapshot.closing.json .
  $ mkdump huge.recipe huge.core
  $ osmodump info huge.core | grep zero
    zero              1    17592186040320   16.000 TB
  $ osmodump -q huge.core -c 's -d 0 L?7fffffffffff 40404040 0; s -b 0 L?7fffffffffff 44 55'
  00006000`00000ffc  40404040 00000000 00000000 00000000  @@@@............

The pieces of a mapping are one region:

  $ osmodump -q snap.core -c '!address' | sed -n '1,2p'
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00000000`00402000 00000000`00406000              4000                          PAGE_READWRITE         <unknown>

Without the record it is a core as any other; what is written of it as zeros is taken for zeros:

  $ sed '/^note OSMOSIS/d;/^trailer/d' $recipes/elf-snapshot.recipe > plain.recipe
  $ mkdump plain.recipe plain.core
  $ osmodump info plain.core | sed -n '/^Format/p;/^Snapshot/p'
  Format:          elfcore: User Core Dump File (ELF): Linux x64 process
  $ osmodump -q plain.core -c 'vertarget; ~; db 402ff8 L10; !handle'
  Linux x64
  User Core Dump File (ELF): Linux x64 process
  Process: demo (4711)
  Command line: demo --fast
  Debug session time: not available
  System Uptime: not available
  Process Uptime: not available
  .  0  Id: 1267.1267 Unfrozen
     1  Id: 1267.1268 Unfrozen
  00000000`00402ff8  22 22 22 22 22 22 22 22-00 00 00 00 00 00 00 00  """"""""........
  start             end                 offset file
  00007f00`00100000 00007f00`00180000        0 /usr/lib/x86_64-linux-gnu/libc.so.6
  1 mappings of 1 files. File descriptors are not in a dump.

A file that ends early has no closing record, and says so:

  $ head -c 10000 snap.core > cut.core
  $ osmodump info cut.core | sed -n '/^Snapshot/,/^$/p;/^Damaged/p'
  Snapshot:        quasi-instantaneous: a device mapping was copied live
  Engine:          clone: commit charge and cgroup have room for a copy
  Trigger:         cpu above 90 % for 10 s
  Comment:         before the "restart"
  Pause:           12.3457 ms: interrupt 0.1, registers 0.2, clone 11, copy 0.9, release 0.05
  Complete:        not known: the closing record is missing
  
  Damaged: cut.core: notes of 1288 bytes at offset 0x8544, the file ends at 0x2710
  Damaged: cut.core: the file ends at 0x2710: 24116 bytes of memory in 3 of 4 segments are missing, as when a size limit or a full disk cuts a core off
  Damaged: cut.core: the closing record at the end of the file is missing: what could not be read is not known

Writing that ended before its time, and ranges that did not fit in:

  $ cp $recipes/elf-snapshot.* .
  $ cat > elf-snapshot.closing.json <<'END'
  > {"format":1,"complete":false,"incomplete_why":"no space left on device","written_bytes":4096,"writing_ns":1500000,
  > "memory":{"ranges":[{"class":"unreadable","reason":"EIO","at":["0x403000-0x404000"]}],"not_listed":3}}
  > END
  $ mkdump elf-snapshot.recipe part.core
  $ osmodump info part.core | sed -n '/^Complete/,/^$/p;/^Damaged/p'
  Complete:        no: no space left on device
  Written:         4.000 kB of memory in 1.5 ms
  Not listed:      3 ranges
  
  Damaged: part.core: the closing record had no room for 3 ranges that could not be read: zeros may be such

A record that is none; the other notes count all the same:

  $ echo '{"format":1,' > elf-snapshot.record.json
  $ mkdump elf-snapshot.recipe broken.core
  $ osmodump info broken.core | sed -n '/^Format/p;/^Snapshot/,/^$/p;/^Damaged/p'
  Format:          elfcore: User Core Dump File (ELF): Linux x64 process
  Snapshot:        of unknown consistency
  Complete:        no: no space left on device
  Written:         4.000 kB of memory in 1.5 ms
  Not listed:      3 ranges
  
  Damaged: broken.core: offset 0x99d: JSON: string or '}' expected near end of file
  Damaged: broken.core: the closing record had no room for 3 ranges that could not be read: zeros may be such
  $ osmodump -q broken.core -c '~; db 403ff8 L10'
  .  0  Id: 1267.1267 Unfrozen "demo"
     1  Id: 1267.1268 Unfrozen "worker "1""
  00000000`00403ff8  ?? ?? ?? ?? ?? ?? ?? ??-44 44 44 44 44 44 44 44  ????????DDDDDDDD

A kernel's, in a compressed dump: the record is among its notes. What could not be read is not there, whatever the page has:

  $ cat > record.json <<'END'
  > {"format":1,"tool":{"name":"osmodump","version":"0.1.0"},"engine":{"name":"kernel-module","why":"osmosis.ko is loaded"},
  > "consistency":{"level":"instantaneous"},"start":{"seconds":1700000000,"nanoseconds":5},"memory":{"default":"pause"},
  > "kernel":{"direct_map":"0xffff888000000000","classes":[{"class":"slab","wanted":true,"whole":true,"pages":3,"captured":3}]}}
  > END
  $ cat > closing.json <<'END'
  > {"format":1,"complete":true,"written_bytes":8192,
  > "memory":{"ranges":[{"class":"unreadable","at":["0xffff888000002000-0xffff888000003000"]}]}}
  > END
  $ cat > k.recipe <<'END'
  > kdump x64
  > info "OSRELEASE=6.1.0-9-amd64" "PAGESIZE=4096"
  > note OSMOSIS 0x4f534d01 file record.json
  > note OSMOSIS 0x4f534d02 file closing.json
  > memory 0x1000 "one" zero 4093
  > memory 0x2000 "not memory" zero 4086
  > memory 0x3000 "three" zero 4091
  > END
  $ mkdump k.recipe k; osmodump info k | sed -n '/^Written by/p;/^Snapshot/,/^Written/p;/slab/p;/physical/p;/^Damaged/p'
  Written by:      osmodump snap 0.1.0
  Snapshot:        instantaneous
  Engine:          kernel-module: osmosis.ko is loaded
  Complete:        yes
  Written:         8.000 kB of memory in 0 ms
    slab                3          3        0  yes     yes
    physical          2              8192    8.000 kB
  $ osmodump convert -q --to raw k raw > said; tr -d '\0' < raw; echo
  onethree

Made into another one it keeps its record:

  $ osmodump convert --to kdump k k2 > said; osmodump info k2 | sed -n '/^Written by/p;/^Snapshot/,/^Written/p;/physical/p;/^Damaged/p'
  Written by:      osmodump snap 0.1.0
  Snapshot:        instantaneous
  Engine:          kernel-module: osmosis.ko is loaded
  Complete:        yes
  Written:         8.000 kB of memory in 0 ms
    physical          2              8192    8.000 kB
  $ osmodump convert --to elf k e > said; osmodump info e | sed -n '/^Written by/p;/^Snapshot/,/^Written/p;/physical/p;/^Damaged/p'
  Written by:      osmodump snap 0.1.0
  Snapshot:        instantaneous
  Engine:          kernel-module: osmosis.ko is loaded
  Complete:        yes
  Written:         8.000 kB of memory in 0 ms
    physical          2              8192    8.000 kB

Writing that did not come to its end left blanks:

  $ printf '%200s' '' > closing.json; mkdump k.recipe k; osmodump info k | sed -n '/^Snapshot/,/^$/p;/physical/p;/^Damaged/p'
  Snapshot:        instantaneous
  Engine:          kernel-module: osmosis.ko is loaded
  Complete:        not known: the closing record is missing
  
    physical          1             12288   12.000 kB
  Damaged: k: the record at offset 0x13ba is empty: writing the dump did not end
