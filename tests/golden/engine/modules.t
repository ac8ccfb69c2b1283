Modules: lm !lmi !dh

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > module 0x7ff700000000 0x10000 C:\demo\app.exe pdb D:\src\app.pdb 00112233-4455-6677-8899-AABBCCDDEEFF 2 timestamp=0x49960000 checksum=0x1234 version=1.2.3.4
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll timestamp=0x5da55bc8
  > module 0x7ffa10000000 0x20000 C:\Windows\System32\my-module.dll
  > unloaded 0x7ffb00000000 0x8000 old.dll timestamp=0x49960001
  > memory 0x10f000 u64 0
  > thread 0x1a30 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010
  > END
  $ unset _NT_SYMBOL_PATH; HOME=/nowhere

  $ osmodump -q app.dmp -c 'lm'
  start             end                 module name
  00007ff7`00000000 00007ff7`00010000   app        (deferred)
  00007ffa`00000000 00007ffa`00020000   ntdll      (deferred)
  00007ffa`10000000 00007ffa`10020000   my_module  (deferred)
  
  Unloaded modules:
  00007ffb`00000000 00007ffb`00008000   old.dll
  $ osmodump -q app.dmp -c 'lm m nt*; lm1m; lm 1m a*'
  start             end                 module name
  00007ffa`00000000 00007ffa`00020000   ntdll      (deferred)
  app
  ntdll
  my_module
  app
  $ osmodump -q app.dmp -c 'lmf m app; lmo m old*; lmu; lm a 7ffa00000010'
  start             end                 module name
  00007ff7`00000000 00007ff7`00010000   app        C:\demo\app.exe
  start             end                 module name
  start             end                 module name
  00007ff7`00000000 00007ff7`00010000   app        (deferred)
  00007ffa`00000000 00007ffa`00020000   ntdll      (deferred)
  00007ffa`10000000 00007ffa`10020000   my_module  (deferred)
  
  Unloaded modules:
  00007ffb`00000000 00007ffb`00008000   old.dll
  start             end                 module name
  00007ffa`00000000 00007ffa`00020000   ntdll      (deferred)
  $ osmodump -q app.dmp -c 'lmv m app'
  start             end                 module name
  00007ff7`00000000 00007ff7`00010000   app        (deferred)
      Image path: C:\demo\app.exe
      Image name: app.exe
      Timestamp:        Fri Feb 13 23:19:28.000 2009 (UTC + 0:00) (49960000)
      CheckSum:         00001234
      ImageSize:        00010000
      File version:     1.2.3.4
      Product version:  1.2.3.4
      File flags:       0
      File OS:          40004 NT Win32
      File type:        1.0 App
      PDB:              D:\src\app.pdb 00112233-4455-6677-8899-AABBCCDDEEFF, age 2
  $ osmodump -q app.dmp -c 'lmt m ntdll; lm m nosuch'
  start             end                 module name
  00007ffa`00000000 00007ffa`00020000   ntdll      Tue Oct 15 05:40:24.000 2019 (UTC + 0:00) (5DA55BC8)
  start             end                 module name
  $ osmodump -q --json app.dmp -c 'lm; lmv m app'
  {"kind":"module","start":"0x7ff700000000","end":"0x7ff700010000","size":65536,"module":"app","status":"deferred","path":"C:\\demo\\app.exe","image":"app.exe","machine":"x64","timestamp":1234567168,"timestamp_time":"2009-02-13T23:19:28Z","checksum":4660,"file_version":"1.2.3.4","product_version":"1.2.3.4","file_flags":0,"file_os":262148,"file_os_name":"NT Win32","file_type":"1.0","file_type_name":"App","pdb":"D:\\src\\app.pdb","guid":"00112233-4455-6677-8899-AABBCCDDEEFF","age":2}
  {"kind":"module","start":"0x7ffa00000000","end":"0x7ffa00020000","size":131072,"module":"ntdll","status":"deferred","path":"C:\\Windows\\System32\\ntdll.dll","image":"ntdll.dll","machine":"x64","timestamp":1571118024,"timestamp_time":"2019-10-15T05:40:24Z"}
  {"kind":"module","start":"0x7ffa10000000","end":"0x7ffa10020000","size":131072,"module":"my_module","status":"deferred","path":"C:\\Windows\\System32\\my-module.dll","image":"my-module.dll","machine":"x64"}
  {"kind":"module","start":"0x7ffb00000000","end":"0x7ffb00008000","size":32768,"image":"old.dll","timestamp":1234567169,"timestamp_time":"2009-02-13T23:19:29Z","unloaded":true}
  {"kind":"module","start":"0x7ff700000000","end":"0x7ff700010000","size":65536,"module":"app","status":"deferred","path":"C:\\demo\\app.exe","image":"app.exe","machine":"x64","timestamp":1234567168,"timestamp_time":"2009-02-13T23:19:28Z","checksum":4660,"file_version":"1.2.3.4","product_version":"1.2.3.4","file_flags":0,"file_os":262148,"file_os_name":"NT Win32","file_type":"1.0","file_type_name":"App","pdb":"D:\\src\\app.pdb","guid":"00112233-4455-6677-8899-AABBCCDDEEFF","age":2}
  $ osmodump -q app.dmp -c '!lmi app; !lmi 7ffa00000000'
  Loaded Module Info: [app] 
           Module: app
     Base Address: 00007ff7`00000000
       Image Name: app.exe
     Machine Type: x64
       Time Stamp: 49960000 Fri Feb 13 23:19:28.000 2009 (UTC + 0:00)
             Size: 10000
         CheckSum: 1234
       Debug Data: D:\src\app.pdb 00112233-4455-6677-8899-AABBCCDDEEFF, age 2
      Symbol Type: no symbols
      Load Report: no symbol file for app.pdb
  Loaded Module Info: [ntdll] 
           Module: ntdll
     Base Address: 00007ffa`00000000
       Image Name: ntdll.dll
     Machine Type: x64
       Time Stamp: 5da55bc8 Tue Oct 15 05:40:24.000 2019 (UTC + 0:00)
             Size: 20000
      Symbol Type: no symbols
  $ osmodump -q --json app.dmp -c '!lmi app'
  {"kind":"module","start":"0x7ff700000000","end":"0x7ff700010000","size":65536,"module":"app","status":"no symbols","trouble":"no symbol file for app.pdb","path":"C:\\demo\\app.exe","image":"app.exe","machine":"x64","timestamp":1234567168,"timestamp_time":"2009-02-13T23:19:28Z","checksum":4660,"file_version":"1.2.3.4","product_version":"1.2.3.4","file_flags":0,"file_os":262148,"file_os_name":"NT Win32","file_type":"1.0","file_type_name":"App","pdb":"D:\\src\\app.pdb","guid":"00112233-4455-6677-8899-AABBCCDDEEFF","age":2}
  $ osmodump -q app.dmp -c '!lmi nosuch'
  Couldn't resolve error at 'nosuch'
  [1]
  $ osmodump -q app.dmp -c '!dh app'
  the headers of app.exe are neither in the dump nor in an image file
  [1]
  $ osmodump -q --json app.dmp -c '!dh app'
  {"kind":"error","code":"notfound","message":"the headers of app.exe are neither in the dump nor in an image file"}
  the headers of app.exe are neither in the dump nor in an image file
  [1]

Options in any spelling; an unloaded module by its address, and its name where code or a pointer
leads into it:

  $ mkdump - unloaded.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041
  > module 0x7ff700000000 0x10000 C:\demo\app.exe timestamp=0x49960000 version=1.2.3.4
  > unloaded 0x7ffb00000000 0x8000 old.dll timestamp=0x49960001 checksum=0x1234
  > memory 0x10f000 u64 0x7ffb00001234 0 0 0
  > thread 0x1a30 stack=0x10f000 rsp=0x10f000 rip=0x7ffb00000010 start=0x7ffb00000100
  > exception 0x1a30 0xc0000005 0x7ffb00000010 8 0x7ffb00000010
  > END
  $ osmodump -q unloaded.dmp -c '.exr -1' | head -1
  ExceptionAddress: 00007ffb00000010 (<Unloaded_old.dll>+0x10)
  $ osmodump -q unloaded.dmp -c 'k 1; dps @rsp L2; u @rip L1; ~.'
  Child-SP          RetAddr           Call Site
  00000000`0010f000 00000000`00000000 <Unloaded_old.dll>+0x10
  00000000`0010f000  00007ffb`00001234 <Unloaded_old.dll>+0x1234
  00000000`0010f008  00000000`00000000
  <Unloaded_old.dll>+0x10:
  00007ffb`00000010 ??              ???
  .  0  Id: 0.1a30 Suspend: 0 Unfrozen
        Start: <Unloaded_old.dll>+0x100 (00007ffb`00000100)
        Priority: 0  Priority class: 32  Affinity: 0
  $ osmodump -q unloaded.dmp -c 'lm a @rip; lm v m old*'
  start             end                 module name
  
  Unloaded modules:
  00007ffb`00000000 00007ffb`00008000   old.dll
  start             end                 module name
  
  Unloaded modules:
  00007ffb`00000000 00007ffb`00008000   old.dll
      Timestamp:        Fri Feb 13 23:19:29.000 2009 (UTC + 0:00) (49960001)
      CheckSum:         00001234
      ImageSize:        00008000
  $ osmodump -q unloaded.dmp -c 'lm v a 7ff700000010; lmft m app; lm 1m'
  start             end                 module name
  00007ff7`00000000 00007ff7`00010000   app        (deferred)
      Image path: C:\demo\app.exe
      Image name: app.exe
      Timestamp:        Fri Feb 13 23:19:28.000 2009 (UTC + 0:00) (49960000)
      ImageSize:        00010000
      File version:     1.2.3.4
      Product version:  1.2.3.4
      File flags:       0
      File OS:          40004 NT Win32
      File type:        1.0 App
  start             end                 module name
  00007ff7`00000000 00007ff7`00010000   app        C:\demo\app.exe   Fri Feb 13 23:19:28.000 2009 (UTC + 0:00) (49960000)
  app
  $ osmodump -q --json unloaded.dmp -c 'k 1; lmva @rip'
  {"kind":"frame","index":0,"child":"0x10f000","ret":"0x0","ip":"0x7ffb00000010","sp":"0x10f000","inline":false,"symbol":{"module":"<Unloaded_old.dll>","offset":16,"address":"0x7ffb00000010"},"trust":"context"}
  {"kind":"module","start":"0x7ffb00000000","end":"0x7ffb00008000","size":32768,"image":"old.dll","timestamp":1234567169,"timestamp_time":"2009-02-13T23:19:29Z","checksum":4660,"unloaded":true}
