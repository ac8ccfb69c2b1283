The address space: !address !vprot

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > module 0x7ff700000000 0x3000 C:\demo\app.exe
  > memory64
  > memory 0x10d000 zero 0x3000
  > memory 0x300000 zero 0x30 ptr 0x300000 at 0x300060 ptr 0x310000 at 0x302000
  > memory 0x310000 zero 0x1000
  > memory 0x7ff700000000 "MZ" at 0x7ff700001000 zero 0x1000
  > thread 0x1a30 teb=0x300000 stack=0x10d000 rsp=0x10f000 rip=0x7ff700001010
  > region 0 0x10c000 state=free protect=0 type=0 alloc-protect=0
  > region 0x10c000 0x1000 state=reserve type=private alloc=0x10c000 alloc-protect=rw
  > region 0x10d000 0x3000 state=commit protect=rw type=private alloc=0x10c000 alloc-protect=rw
  > region 0x300000 0x2000 state=commit protect=rw type=private alloc=0x300000 alloc-protect=rw
  > region 0x310000 0x1000 state=commit protect=rw type=private alloc=0x310000 alloc-protect=rw
  > region 0x7ff700000000 0x1000 state=commit protect=r type=image alloc=0x7ff700000000 alloc-protect=0x80
  > region 0x7ff700001000 0x2000 state=commit protect=rx type=image alloc=0x7ff700000000 alloc-protect=0x80
  > END

One region:

  $ osmodump -q app.dmp -c '!address 7ff700001010'
  
  Usage:                  Image
  Base Address:           00007ff7`00001000
  End Address:            00007ff7`00003000
  Region Size:            00000000`00002000
  State:                  00001000    MEM_COMMIT
  Protect:                00000020    PAGE_EXECUTE_READ
  Type:                   01000000    MEM_IMAGE
  Allocation Base:        00007ff7`00000000
  Allocation Protect:     00000080    PAGE_EXECUTE_WRITECOPY
  Image Path:             C:\demo\app.exe
  Module Name:            app
  Bytes in the dump:      1000
  More info:              lmv m app
  More info:              !lmi app
  More info:              ln 0x7ff700001010
  $ osmodump -q app.dmp -c '!address @$csp; !address 1000'
  
  Usage:                  Stack
  Base Address:           00000000`0010d000
  End Address:            00000000`00110000
  Region Size:            00000000`00003000
  State:                  00001000    MEM_COMMIT
  Protect:                00000004    PAGE_READWRITE
  Type:                   00020000    MEM_PRIVATE
  Allocation Base:        00000000`0010c000
  Allocation Protect:     00000004    PAGE_READWRITE
  Thread:                 ~0 (1a30)
  Bytes in the dump:      3000
  More info:              ln 0x10f000
  
  Usage:                  Free
  Base Address:           00000000`00000000
  End Address:            00000000`0010c000
  Region Size:            00000000`0010c000
  State:                  00010000    MEM_FREE
  More info:              ln 0x1000
  $ osmodump -q app.dmp -c '!vprot 7ff700001010; !vprot 10c000'
  BaseAddress:       00007ff7`00001000
  AllocationBase:    00007ff7`00000000
  AllocationProtect: 00000080  PAGE_EXECUTE_WRITECOPY
  RegionSize:        0000000000002000
  State:             00001000  MEM_COMMIT
  Protect:           00000020  PAGE_EXECUTE_READ
  Type:              01000000  MEM_IMAGE
  BaseAddress:       00000000`0010c000
  AllocationBase:    00000000`0010c000
  AllocationProtect: 00000004  PAGE_READWRITE
  RegionSize:        0000000000001000
  State:             00002000  MEM_RESERVE
  Protect:           00000004  PAGE_READWRITE
  Type:              00020000  MEM_PRIVATE
  $ osmodump -q app.dmp -c '!vprot 1000000000000'
  the dump tells of no region at 0x1000000000000
  [1]
  $ osmodump -q --json app.dmp -c '!address 7ff700001010; !vprot 10c000'
  {"kind":"region","usage":"Image","base":"0x7ff700001000","end":"0x7ff700003000","size":8192,"state":{"value":4096,"names":["MEM_COMMIT"]},"type":{"value":16777216,"names":["MEM_IMAGE"]},"allocation_base":"0x7ff700000000","allocation_protect":{"value":128,"names":["PAGE_EXECUTE_WRITECOPY"]},"protect":{"value":32,"names":["PAGE_EXECUTE_READ"]},"in_dump":4096,"module":"app","path":"C:\\demo\\app.exe","address":"0x7ff700001010"}
  {"kind":"region","usage":"<unknown>","base":"0x10c000","end":"0x10d000","size":4096,"state":{"value":8192,"names":["MEM_RESERVE"]},"type":{"value":131072,"names":["MEM_PRIVATE"]},"allocation_base":"0x10c000","allocation_protect":{"value":4,"names":["PAGE_READWRITE"]},"protect":{"value":4,"names":["PAGE_READWRITE"]},"in_dump":0,"address":"0x10c000"}

All of them, some of them, and their sums:

  $ osmodump -q app.dmp -c '!address'
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00000000`00000000 00000000`0010c000            10c000              MEM_FREE                           Free
  00000000`0010c000 00000000`0010d000              1000  MEM_PRIVATE MEM_RESERVE PAGE_READWRITE         <unknown>
  00000000`0010d000 00000000`00110000              3000  MEM_PRIVATE MEM_COMMIT  PAGE_READWRITE         Stack [~0; 1a30]
  00000000`00300000 00000000`00302000              2000  MEM_PRIVATE MEM_COMMIT  PAGE_READWRITE         TEB [~0; 1a30]
  00000000`00310000 00000000`00311000              1000  MEM_PRIVATE MEM_COMMIT  PAGE_READWRITE         PEB
  00007ff7`00000000 00007ff7`00001000              1000  MEM_IMAGE   MEM_COMMIT  PAGE_READONLY          Image [app]
  00007ff7`00001000 00007ff7`00003000              2000  MEM_IMAGE   MEM_COMMIT  PAGE_EXECUTE_READ      Image [app]
  $ osmodump -q app.dmp -c '!address -f:Stack; !address -f:Image; !address -f:MEM_RESERVE'
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00000000`0010d000 00000000`00110000              3000  MEM_PRIVATE MEM_COMMIT  PAGE_READWRITE         Stack [~0; 1a30]
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00007ff7`00000000 00007ff7`00001000              1000  MEM_IMAGE   MEM_COMMIT  PAGE_READONLY          Image [app]
  00007ff7`00001000 00007ff7`00003000              2000  MEM_IMAGE   MEM_COMMIT  PAGE_EXECUTE_READ      Image [app]
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00000000`0010c000 00000000`0010d000              1000  MEM_PRIVATE MEM_RESERVE PAGE_READWRITE         <unknown>
  $ osmodump -q app.dmp -c '!address -f:PAGE_EXECUTE_READ'
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00007ff7`00001000 00007ff7`00003000              2000  MEM_IMAGE   MEM_COMMIT  PAGE_EXECUTE_READ      Image [app]
  $ osmodump -q app.dmp -c '!address -summary'
  
  --- Usage Summary ---------------- RgnCount ------- Total Size
  Free                                          1            10c000 (1.047 MB) in dump 0.000 kB
  Image                                         2              3000 (12.000 kB) 30% in dump 8.000 kB
  Stack                                         1              3000 (12.000 kB) 30% in dump 12.000 kB
  TEB                                           1              2000 (8.000 kB) 20% in dump 8.000 kB
  <unknown>                                     1              1000 (4.000 kB) 10% in dump 0.000 kB
  PEB                                           1              1000 (4.000 kB) 10% in dump 4.000 kB
  
  --- Type Summary ---------------- RgnCount ------- Total Size
  MEM_PRIVATE                                   4              7000 (28.000 kB) 70% in dump 24.000 kB
  MEM_IMAGE                                     2              3000 (12.000 kB) 30% in dump 8.000 kB
  
  --- State Summary ---------------- RgnCount ------- Total Size
  MEM_FREE                                      1            10c000 (1.047 MB) in dump 0.000 kB
  MEM_COMMIT                                    5              9000 (36.000 kB) 90% in dump 32.000 kB
  MEM_RESERVE                                   1              1000 (4.000 kB) 10% in dump 0.000 kB
  
  --- Protect Summary ---------------- RgnCount ------- Total Size
  PAGE_READWRITE                                4              7000 (28.000 kB) 70% in dump 24.000 kB
  PAGE_EXECUTE_READ                             1              2000 (8.000 kB) 20% in dump 4.000 kB
  PAGE_READONLY                                 1              1000 (4.000 kB) 10% in dump 4.000 kB
  $ osmodump -q app.dmp -c '!address -nosuch'
  !address: unknown option '-nosuch'
  Usage: !address [-summary | -f:filter[,filter...] | address]
  [1]
  $ osmodump -q --json app.dmp -c '!address -f:Image; !address -summary'
  {"kind":"region","usage":"Image","base":"0x7ff700000000","end":"0x7ff700001000","size":4096,"state":{"value":4096,"names":["MEM_COMMIT"]},"type":{"value":16777216,"names":["MEM_IMAGE"]},"allocation_base":"0x7ff700000000","allocation_protect":{"value":128,"names":["PAGE_EXECUTE_WRITECOPY"]},"protect":{"value":2,"names":["PAGE_READONLY"]},"in_dump":4096,"module":"app","path":"C:\\demo\\app.exe"}
  {"kind":"region","usage":"Image","base":"0x7ff700001000","end":"0x7ff700003000","size":8192,"state":{"value":4096,"names":["MEM_COMMIT"]},"type":{"value":16777216,"names":["MEM_IMAGE"]},"allocation_base":"0x7ff700000000","allocation_protect":{"value":128,"names":["PAGE_EXECUTE_WRITECOPY"]},"protect":{"value":32,"names":["PAGE_EXECUTE_READ"]},"in_dump":4096,"module":"app","path":"C:\\demo\\app.exe"}
  {"kind":"region_summary","group":"usage","name":"Free","regions":1,"size":1097728,"in_dump":0}
  {"kind":"region_summary","group":"usage","name":"Image","regions":2,"size":12288,"percent":30,"in_dump":8192}
  {"kind":"region_summary","group":"usage","name":"Stack","regions":1,"size":12288,"percent":30,"in_dump":12288}
  {"kind":"region_summary","group":"usage","name":"TEB","regions":1,"size":8192,"percent":20,"in_dump":8192}
  {"kind":"region_summary","group":"usage","name":"<unknown>","regions":1,"size":4096,"percent":10,"in_dump":0}
  {"kind":"region_summary","group":"usage","name":"PEB","regions":1,"size":4096,"percent":10,"in_dump":4096}
  {"kind":"region_summary","group":"type","name":"MEM_PRIVATE","regions":4,"size":28672,"percent":70,"in_dump":24576}
  {"kind":"region_summary","group":"type","name":"MEM_IMAGE","regions":2,"size":12288,"percent":30,"in_dump":8192}
  {"kind":"region_summary","group":"state","name":"MEM_FREE","regions":1,"size":1097728,"in_dump":0}
  {"kind":"region_summary","group":"state","name":"MEM_COMMIT","regions":5,"size":36864,"percent":90,"in_dump":32768}
  {"kind":"region_summary","group":"state","name":"MEM_RESERVE","regions":1,"size":4096,"percent":10,"in_dump":0}
  {"kind":"region_summary","group":"protect","name":"PAGE_READWRITE","regions":4,"size":28672,"percent":70,"in_dump":24576}
  {"kind":"region_summary","group":"protect","name":"PAGE_EXECUTE_READ","regions":1,"size":8192,"percent":20,"in_dump":4096}
  {"kind":"region_summary","group":"protect","name":"PAGE_READONLY","regions":1,"size":4096,"percent":10,"in_dump":4096}

The memory map of a core:

  $ mkdump - core <<'END'
  > elfcore x64
  > process pid=4711 name=demo
  > thread 4711 rip=0x401010 rsp=0x7ffc00000100
  > file 0x401000 0x402000 0x1000 /usr/bin/demo
  > memory 0x401000 prot=rx zero 0x1000
  > hole 0x402000 0x1000 prot=r
  > memory 0x7ffc00000000 prot=rw zero 0x1000
  > END
  $ osmodump -q core -c '!address; !address 401010; !vprot 402000; !address -summary'
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00000000`00401000 00000000`00402000              1000                          PAGE_EXECUTE_READ      MappedFile
  00000000`00402000 00000000`00403000              1000                          PAGE_READONLY          <unknown>
  00007ffc`00000000 00007ffc`00001000              1000                          PAGE_READWRITE         Stack [~0; 1267]
  
  Usage:                  MappedFile
  Base Address:           00000000`00401000
  End Address:            00000000`00402000
  Region Size:            00000000`00001000
  Protect:                00000020    PAGE_EXECUTE_READ
  Image Path:             /usr/bin/demo
  Bytes in the dump:      1000
  More info:              ln 0x401010
  BaseAddress:       00000000`00402000
  RegionSize:        0000000000001000
  Protect:           00000002  PAGE_READONLY
  
  --- Usage Summary ---------------- RgnCount ------- Total Size
  <unknown>                                     1              1000 (4.000 kB) 33.33% in dump 0.000 kB
  MappedFile                                    1              1000 (4.000 kB) 33.33% in dump 4.000 kB
  Stack                                         1              1000 (4.000 kB) 33.33% in dump 4.000 kB
  
  --- Protect Summary ---------------- RgnCount ------- Total Size
  PAGE_READONLY                                 1              1000 (4.000 kB) 33.33% in dump 0.000 kB
  PAGE_READWRITE                                1              1000 (4.000 kB) 33.33% in dump 4.000 kB
  PAGE_EXECUTE_READ                             1              1000 (4.000 kB) 33.33% in dump 4.000 kB

Without a list of regions, where only the ranges of the file are known, a heap is the range that it
begins in, and a stack the one that a stack pointer is in:

  $ mkdump - ranges.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041
  > memory64
  > memory 0x30000 zero 0x100
  > memory 0x40000 zero 0x100
  > memory 0x50000 u64 0x30000
  > memory 0x60000 zero 0xe8 u32 1 0 u64 0x50000 zero 0x100
  > memory 0x70000 zero 8 u64 0x90000 0x8f000 at 0x70060 u64 0x60000 zero 0x40
  > memory 0x80000 zero 0x100
  > memory 0x8f800 zero 0x800
  > thread 0x10 teb=0x70000 stack=0x8f800 rsp=0x8f900 rip=0x1000
  > thread 0x14 teb=0x71000 stack=0x80000 rsp=0x80010 rip=0x1000
  > END
  $ osmodump -q ranges.dmp -c '!address'
        BaseAddress   EndAddress+1        RegionSize  Type        State       Protect                Usage
  00000000`00030000 00000000`00030100               100                                                 Heap
  00000000`00040000 00000000`00040100               100                                                 <unknown>
  00000000`00050000 00000000`00050008                 8                                                 <unknown>
  00000000`00060000 00000000`000601f8               1f8                                                 PEB
  00000000`00070000 00000000`000700a8                a8                                                 TEB [~0; 10]
  00000000`00080000 00000000`00080100               100                                                 Stack [~1; 14]
  00000000`0008f800 00000000`00090000               800                                                 Stack [~0; 10]
