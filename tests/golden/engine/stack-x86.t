x86 stacks by the code at eip, where nothing else tells: k

  $ mkdump - app.dmp <<'END'
  > minidump x86
  > header time=1234567890
  > system windows 6.1.7601 cpus=1
  > module 0x400000 0x10000 C:\demo\app.exe
  > module 0x77000000 0x90000 C:\Windows\System32\ntdll.dll
  > module 0x76000000 0x90000 C:\Windows\System32\kernelbase.dll
  > memory 0x77001000 hex b832000000 ffd2 c20800 cccc
  > memory 0x76001000 hex 8bff55 8bec 83ec10 6a00 6a00 ff15000000 90 909090
  > memory 0x401000 hex 90 e8faffbf75 5d c3
  > memory 0x401800 hex e8fbf7ffff 90 e8f5f7ffff 90
  > memory 0x12f000 u32 0x76001012 0 0 0x11 0x22 0x33 0x12f020 0x401006 0x12f030 0x401805 0 0 0 0 0
  > memory 0x13f000 u32 0x401006 0x13f010 1 2 0x13f020 0x401805 0 0 0 0
  > memory 0x14f000 u32 0x14f020 0x401006 3 4 5 6 7 8 0 0x40180b 0 0
  > memory 0x15f000 u32 0x11 0x15f010 0x401805 0x99 0 0
  > thread 1 stack=0x12f000 esp=0x12f000 ebp=0x12f018 eip=0x77001007 cs=0x1b
  > thread 2 stack=0x13f000 esp=0x13f000 ebp=0x13f010 eip=0x76001000 cs=0x1b
  > thread 3 stack=0x14f000 esp=0x14f000 ebp=0x14f020 eip=0x76001003 cs=0x1b
  > thread 4 stack=0x15f000 esp=0x15f004 ebp=0x15f014 eip=0x401006 cs=0x1b
  > END

The stub of a system call has no frame: what ebp points to is its caller's.

  $ osmodump -q app.dmp -c '.effmach; k'
  Effective machine: x86 compatible (x86)
  ChildEBP RetAddr  
  0012effc 76001012 ntdll+0x1007
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0012f018 00401006 kernelbase+0x1012
  0012f020 00401805 app+0x1006
  0012f030 00000000 app+0x1805

Before "push ebp", and behind it:

  $ osmodump -q app.dmp -c '~1k; ~2k'
  ChildEBP RetAddr  
  0013effc 00401006 kernelbase+0x1000
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0013f010 00401805 app+0x1006
  0013f020 00000000 app+0x1805
  ChildEBP RetAddr  
  0014f000 00401006 kernelbase+0x1003
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0014f020 0040180b app+0x1006
  00000000 00000000 app+0x180b

In an epilog:

  $ osmodump -q app.dmp -c '~3s; k; .frame 1; r ebp'
  ChildEBP RetAddr  
  0015f004 00401805 app+0x1006
  WARNING: Stack unwind information not available. Following frames may be wrong.
  0015f010 00000000 app+0x1805
  01 0015f010 00000000 app+0x1805
  ebp=0015f010

  $ osmodump -q --json app.dmp -c '~*k' | sed -n 's/.*"thread":\([0-9]*\).*"index":\([0-9]*\).*"trust":\("[a-z_]*"\).*/\1 \2 \3/p'
  0 0 "context"
  0 1 "cfi"
  0 2 "frame_pointer"
  0 3 "frame_pointer"
  1 0 "context"
  1 1 "frame_pointer"
  1 2 "frame_pointer"
  2 0 "context"
  2 1 "frame_pointer"
  2 2 "frame_pointer"
  3 0 "context"
  3 1 "cfi"
