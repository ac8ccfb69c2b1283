osmodump info

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4 vendor=GenuineIntel
  > misc size=44 pid=0x1a2c create=1234567000 user=1 kernel=2
  > module 0x7ff700000000 0x10000 C:\demo\app.exe pdb D:\src\app.pdb 00112233-4455-6677-8899-AABBCCDDEEFF 2 timestamp=0x49960000
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x7ff700000000 "MZ" at 0x7ff70000003c u32 0x80 at 0x7ff700000080 "PE" zero 2 at 0x7ff7000000a8 u32 0x1234
  > memory 0x20000 z "hello world" at 0x20020 wz "wide" at 0x20040 u64 0x20000 u32 0xdeadbeef
  > memory 0x300000 u64 0 at 0x300060 u64 0x400000
  > memory 0x10f000 u64 0x7ff700001000 u64 0x7ffa00002000
  > memory 0x11f000 u64 1
  > thread 0x1a30 teb=0x300000 stack=0x10f000 suspend=1 rsp=0x10f000 rip=0x7ff700001010 rax=0x1122334455667788 name=main
  > thread 0x1a34 teb=0x302000 stack=0x11f000 suspend=0 rsp=0x11f000 rip=0x7ffa00002040
  > exception 0x1a34 0xc0000005 0x7ffa00002040 1 0x10
  > END



  $ osmodump info app.dmp
  File:            app.dmp
  Format:          minidump: User Mini Dump File: Only registers, stack and portions of memory are available
  Size:            5060 bytes (4.941 kB)
  Machine:         x64
  System:          Windows 10.0.19041
  Processors:      4 (GenuineIntel)
  Dump time:       Fri Feb 13 23:31:30.000 2009 (UTC + 0:00)
  Process:         6700
  Process start:   Fri Feb 13 23:16:40.000 2009 (UTC + 0:00)
  CPU time:        user 0 days 0:00:01.000, kernel 0 days 0:00:02.000
  Threads:         2
  Modules:         2
  Exception:       0xc0000005 (STATUS_ACCESS_VIOLATION) at 00007ffa`00002040 in thread 0x1a34
  
  Streams:
        type  name                                   offset        bytes
           3  ThreadListStream                          ba8          100
           4  ModuleListStream                          c98          220
           5  MemoryListStream                          d74           84
           6  ExceptionStream                          1298          168
           7  SystemInfoStream                         1340           56
           f  MiscInfoStream                           1378           44
          18  ThreadNamesStream                        13b4           16
  
  Memory in the file:
    category     ranges             bytes
    modules           1               172    0.168 kB
    stacks            2                24    0.023 kB
    other             2               180    0.176 kB
  $ osmodump info --json app.dmp
  {"kind":"dump","path":"app.dmp","format":"minidump","title":"User Mini Dump File: Only registers, stack and portions of memory are available","size":5060,"machine":"x64","os":"Windows","os_version":"10.0.19041","cpus":4,"cpu":"GenuineIntel","time":"2009-02-13T23:31:30Z","pid":6700,"process_create_time":"2009-02-13T23:16:40Z","user_time":1.0,"kernel_time":2.0,"threads":2,"modules":2}
  {"kind":"dump_event","tid":6708,"code":3221225477,"name":"STATUS_ACCESS_VIOLATION","address":"0x7ffa00002040"}
  {"kind":"stream","type":3,"name":"ThreadListStream","offset":2984,"size":100}
  {"kind":"stream","type":4,"name":"ModuleListStream","offset":3224,"size":220}
  {"kind":"stream","type":5,"name":"MemoryListStream","offset":3444,"size":84}
  {"kind":"stream","type":6,"name":"ExceptionStream","offset":4760,"size":168}
  {"kind":"stream","type":7,"name":"SystemInfoStream","offset":4928,"size":56}
  {"kind":"stream","type":15,"name":"MiscInfoStream","offset":4984,"size":44}
  {"kind":"stream","type":24,"name":"ThreadNamesStream","offset":5044,"size":16}
  {"kind":"coverage","category":"modules","size":172,"ranges":1}
  {"kind":"coverage","category":"stacks","size":24,"ranges":2}
  {"kind":"coverage","category":"other","size":180,"ranges":2}

