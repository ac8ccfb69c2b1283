Process state of a Windows process: !locks !cs !peb !teb !gle !handle !runaway !environ .dumpdebug .trap

Server 2003 SP1 with the values of LockCount that look strange until they are decoded, and a section
that was overwritten; 24 threads, so that 22 can wait:

  $ cat > locks.recipe <<'END'
  > minidump x86
  > header time=1234567890
  > system windows 5.2.3790 text="Service Pack 2" cpus=1
  > misc size=24 pid=0x1100 create=1234560000 user=1 kernel=2
  > module 0x400000 0x10000 C:\demo\printer.exe
  > module 0x7c800000 0xc0000 C:\WINDOWS\system32\ntdll.dll timestamp=0x45d70ad8
  > memory 0x7c8880c0 ptr 0x200000 u32 0xffffffff 0 0 0 0
  > memory 0x319ee0 ptr 0x200020 u32 0xffffffa6 1 0x1198 0x234 0
  > memory 0x202e3d0 ptr 0x200040 u32 0xfffffffe 1 0x1198 0 0
  > memory 0x107cddd8 ptr 0x200060 u32 4225812684 276618309 0x107cdd36 0 0
  > memory 0x200000 u32 0 0x7c8880c0 0x200028 0x200068 0 0 0 0
  >   u32 0 0x319ee0 0x200048 0x200008 0 0x734a6 0 0
  >   u32 0 0x202e3d0 0x200068 0x200028 0 0 0 0
  >   u32 0 0x107cddd8 0x200008 0x200048 0 0 0 0
  > memory 0x7ffdd000 u32 0x12ffb0 0x130000 0x12c000 at 0x7ffdd018 u32 0x7ffdd000 at 0x7ffdd020 u32 0x1100 0x1198
  >   at 0x7ffdd030 u32 0x7ffdf000 2 1 zero 0x20
  > memory 0x7ffdf000 u8 0 0 1 0 u32 0 0x400000 0x300000 0x20000 0 0x140000 zero 0x84 u32 0x7c8880c0 zero 0x20
  > memory 0x300000 u32 0x28 1 0 0x300100 0x300100 zero 0x10
  > memory 0x300100 u32 0x30000c 0x30000c zero 0x10 u32 0x400000 0x401000 0x10000 u16 38 40 u32 0x300200 u16 0 0 u32 0 0 0
  >   zero 8 u32 0x49960000
  > memory 0x300200 wz "C:\\demo\\printer.exe"
  > memory 0x20000 zero 0x38 u16 38 40 u32 0x300200 u16 14 16 u32 0x20100 u32 0x20200 zero 0x24 u16 0 0 u32 0
  > memory 0x20100 wz "printer"
  > memory 0x20200 wz "=C:=C:\\demo" wz "PATH=C:\\WINDOWS" wz "EMPTY=" u16 0
  > thread 0x1198 teb=0x7ffdd000 eip=0x401000 esp=0x12f000 ebp=0x12f000 name=spooler start=0x401000 create=1234560000 user=100000 kernel=20000
  > thread 0x119c eip=0x401000 esp=0x12f000 start=0x401000 create=1234560010 user=300000 kernel=0
  > handle 4 type=Event name=\BaseNamedObjects\done access=0x1f0003 handles=2 pointers=3
  > handle 8 type=File access=0x100020 handles=1 pointers=1
  > handle 0xc type=Event access=0x1f0003 handles=1 pointers=1
  > END
  $ for t in 0 1 2 3 4 5 6 7 8 9 a b c d e f; do echo "thread 0x12${t}0 eip=0x401000 esp=0x12f000"; done >> locks.recipe
  $ for t in 0 1 2 3 4 5; do echo "thread 0x13${t}0 eip=0x401000 esp=0x12f000"; done >> locks.recipe
  $ mkdump locks.recipe locks.dmp

  $ osmodump -q locks.dmp -c '!locks'
  
  CritSec +319ee0 at 00319ee0
  WaiterWoken        No
  LockCount          -90: locked, 22 waiting, none woken
  RecursionCount     1
  OwningThread       1198 (thread 0 "spooler")
  EntryCount         0
  ContentionCount    734a6
  *** Locked
  
  CritSec +202e3d0 at 0202e3d0
  WaiterWoken        No
  LockCount          -2: locked, 0 waiting, none woken
  RecursionCount     1
  OwningThread       1198 (thread 0 "spooler")
  EntryCount         0
  ContentionCount    0
  *** Locked
  
  CritSec +107cddd8 at 107cddd8
  WaiterWoken        Yes
  LockCount          -69154612: locked, 17288652 waiting, one woken (impossible)
  RecursionCount     276618309
  OwningThread       107cdd36
  EntryCount         0
  ContentionCount    0
  *** Locked
  *** Corrupt: OwningThread 0x107cdd36 is no thread but an address near the section: the memory was overwritten (LockCount -69154612 would mean 17288652 waiting threads)
  
  Scanned 4 critical sections
  $ osmodump -q locks.dmp -c '!ntsdexts.locks -o'
  
  Scanned 4 critical sections
  $ osmodump -q locks.dmp -c '!locks -v' | grep -A3 ntdll
  CritSec ntdll+880c0 at 7c8880c0
  LockCount          NOT LOCKED
  RecursionCount     0
  OwningThread       0
  $ osmodump -q --json locks.dmp -c '!locks'
  {"kind":"critical_section","name":"+319ee0","address":"0x319ee0","debug_info":"0x200020","locked":true,"waiter_woken":false,"lock_count":-90,"meaning":"locked, 22 waiting, none woken","waiters":22,"recursion_count":1,"owning_thread":4504,"owner":0,"owner_name":"spooler","entry_count":0,"contention_count":472230,"lock_semaphore":564,"spin_count":0}
  {"kind":"critical_section","name":"+202e3d0","address":"0x202e3d0","debug_info":"0x200040","locked":true,"waiter_woken":false,"lock_count":-2,"meaning":"locked, 0 waiting, none woken","waiters":0,"recursion_count":1,"owning_thread":4504,"owner":0,"owner_name":"spooler","entry_count":0,"contention_count":0,"lock_semaphore":0,"spin_count":0}
  {"kind":"critical_section","name":"+107cddd8","address":"0x107cddd8","debug_info":"0x200060","locked":true,"waiter_woken":true,"lock_count":-69154612,"meaning":"locked, 17288652 waiting, one woken (impossible)","waiters":17288652,"recursion_count":276618309,"owning_thread":276618550,"entry_count":0,"contention_count":0,"lock_semaphore":0,"spin_count":0,"corrupt":"OwningThread 0x107cdd36 is no thread but an address near the section: the memory was overwritten (LockCount -69154612 would mean 17288652 waiting threads)"}
  {"kind":"critical_sections_scanned","scanned":4}
  $ osmodump -q locks.dmp -c '!cs 319ee0; !cs -s 202e3d0'
  -----------------------------------------
  DebugInfo          = 0x00200020
  Critical section   = 0x00319ee0 (+319ee0)
  LOCKED
  LockCount          = -90: locked, 22 waiting, none woken
  WaiterWoken        = No
  OwningThread       = 0x00001198 (thread 0 "spooler")
  RecursionCount     = 0x1
  LockSemaphore      = 0x234
  SpinCount          = 0x00000000
  -----------------------------------------
  DebugInfo          = 0x00200040
  Critical section   = 0x0202e3d0 (+202e3d0)
  LOCKED
  LockCount          = -2: locked, 0 waiting, none woken
  WaiterWoken        = No
  OwningThread       = 0x00001198 (thread 0 "spooler")
  RecursionCount     = 0x1
  LockSemaphore      = 0x0
  SpinCount          = 0x00000000
  Creation stack: not recorded in this dump
  $ osmodump -q --json locks.dmp -c '!cs 319ee0'
  {"kind":"critical_section","name":"+319ee0","address":"0x319ee0","debug_info":"0x200020","locked":true,"waiter_woken":false,"lock_count":-90,"meaning":"locked, 22 waiting, none woken","waiters":22,"recursion_count":1,"owning_thread":4504,"owner":0,"owner_name":"spooler","entry_count":0,"contention_count":472230,"lock_semaphore":564,"spin_count":0}
  $ osmodump -q locks.dmp -c '!cs -l' | grep -c LOCKED
  3
  $ osmodump -q locks.dmp -c '!cs 1234'
  _RTL_CRITICAL_SECTION: no memory at 0x1234 in the dump
  [1]

  $ osmodump -q locks.dmp -c '~0s; !teb; !gle'
  TEB at 7ffdd000
      ExceptionList:        0012ffb0
      StackBase:            00130000
      StackLimit:           0012c000
      SubSystemTib:         00000000
      FiberData:            00000000
      ArbitraryUserPointer: 00000000
      Self:                 7ffdd000
      EnvironmentPointer:   00000000
      ClientId:             00001100 . 00001198
      RpcHandle:            00000000
      Tls Storage:          00000000
      PEB Address:          7ffdf000
      LastErrorValue:       2
      Count Owned Locks:    1
  LastErrorValue: (Win32) 0x2 (2) - ERROR_FILE_NOT_FOUND
  $ osmodump -q --json locks.dmp -c '~0s; !teb; !gle'
  {"kind":"teb","title":"TEB","address":"0x7ffdd000","exception_list":"0x12ffb0","stack_base":"0x130000","stack_limit":"0x12c000","sub_system_tib":"0x0","fiber_data":"0x0","arbitrary_user_pointer":"0x0","self":"0x7ffdd000","environment_pointer":"0x0","pid":"0x1100","tid":"0x1198","rpc_handle":"0x0","tls_storage":"0x0","peb":"0x7ffdf000","last_error":2,"owned_locks":1}
  {"kind":"last_error","thread":0,"source":"LastErrorValue","kind_of_value":"Win32","value":2,"name":"ERROR_FILE_NOT_FOUND"}
  $ osmodump -q locks.dmp -c '~1s; !teb'
  the dump does not tell the TEB of thread 1
  [1]
  $ osmodump -q locks.dmp -c '!peb; !environ'
  PEB at 7ffdf000
      InheritedAddressSpace:    No
      ReadImageFileExecOptions: No
      BeingDebugged:            Yes
      ImageBaseAddress:         00400000
      NtGlobalFlag:             0
      Ldr                       00300000
      Ldr.Initialized:          Yes
      Ldr.InInitializationOrderModuleList: 00000000 . 00000000
      Ldr.InLoadOrderModuleList:           00300100 . 00300100
      Ldr.InMemoryOrderModuleList:         00000000 . 00000000
                      Base TimeStamp                     Module
                    400000 49960000 Fri Feb 13 23:19:28 2009 C:\demo\printer.exe
      SubSystemData:     00000000
      ProcessHeap:       00140000
      ProcessParameters: 00020000
      CurrentDirectory:  ''
      WindowTitle:  ''
      ImageFile:    'C:\demo\printer.exe'
      CommandLine:  'printer'
      DllPath:      ''
      Environment:  00020200
          =C:=C:\demo
          PATH=C:\WINDOWS
          EMPTY=
  =C:=C:\demo
  PATH=C:\WINDOWS
  EMPTY=
  $ osmodump -q --json locks.dmp -c '!peb'
  {"kind":"peb","title":"PEB","address":"0x7ffdf000","inherited_address_space":false,"read_image_file_exec_options":false,"being_debugged":true,"image_base":"0x400000","nt_global_flag":0,"ldr":"0x300000","ldr_initialized":true,"init_first":"0x0","init_last":"0x0","load_first":"0x300100","load_last":"0x300100","memory_first":"0x0","memory_last":"0x0"}
  {"kind":"peb_module","base":"0x400000","timestamp":1234567168,"timestamp_time":"2009-02-13T23:19:28Z","size":65536,"path":"C:\\demo\\printer.exe"}
  {"kind":"process_parameters","sub_system_data":"0x0","process_heap":"0x140000","parameters":"0x20000","current_directory":"","window_title":"","image_file":"C:\\demo\\printer.exe","command_line":"printer","dll_path":"","environment":"0x20200"}
  {"kind":"environment_variable","name":"=C:","value":"C:\\demo"}
  {"kind":"environment_variable","name":"PATH","value":"C:\\WINDOWS"}
  {"kind":"environment_variable","name":"EMPTY","value":""}
  $ osmodump -q --json locks.dmp -c '!environ'
  {"kind":"environment_variable","name":"=C:","value":"C:\\demo"}
  {"kind":"environment_variable","name":"PATH","value":"C:\\WINDOWS"}
  {"kind":"environment_variable","name":"EMPTY","value":""}
  $ osmodump -q locks.dmp -c '!handle; !handle 4 f; !handle 0 0 File; !handle 44'
  Handle 4
    Type         \tEvent (esc)
  Handle 8
    Type         \tFile (esc)
  Handle c
    Type         \tEvent (esc)
  3 Handles
  Type           \tCount (esc)
  Event          \t2 (esc)
  File           \t1 (esc)
  Handle 4
    Type         \tEvent (esc)
    Attributes   \t0 (esc)
    GrantedAccess\t0x1f0003: (esc)
           Delete,ReadControl,WriteDac,WriteOwner,Synch
           QueryState,ModifyState
    HandleCount  \t2 (esc)
    PointerCount \t3 (esc)
    Name         \t\\BaseNamedObjects\\done (esc)
  Handle 8
  1 Handles
  Type           \tCount (esc)
  File           \t1 (esc)
  the dump's handle data has no such handle
  [1]
  $ osmodump -q --json locks.dmp -c '!handle 0 f'
  {"kind":"handle","handle":4,"type":"Event","attributes":0,"granted_access":2031619,"standard_access":"Delete,ReadControl,WriteDac,WriteOwner,Synch","specific_access":"QueryState,ModifyState","handle_count":2,"pointer_count":3,"name":"\\BaseNamedObjects\\done"}
  {"kind":"handle","handle":8,"type":"File","attributes":0,"granted_access":1048608,"standard_access":"Synch","specific_access":"Execute/Traverse","handle_count":1,"pointer_count":1}
  {"kind":"handle","handle":12,"type":"Event","attributes":0,"granted_access":2031619,"standard_access":"Delete,ReadControl,WriteDac,WriteOwner,Synch","specific_access":"QueryState,ModifyState","handle_count":1,"pointer_count":1}
  {"kind":"handle_count","type":"Event","count":2}
  {"kind":"handle_count","type":"File","count":1}
  $ osmodump -q locks.dmp -c '!runaway 7' | head -14
   User Mode Time
    Thread       Time
     1:119c        0 days 0:00:00.030
     0:1198        0 days 0:00:00.010 spooler
   Kernel Mode Time
    Thread       Time
     0:1198        0 days 0:00:00.002 spooler
     1:119c        0 days 0:00:00.000
   Elapsed Time
    Thread       Time
     0:1198        0 days 2:11:30.000 spooler
     1:119c        0 days 2:11:20.000
  $ osmodump -q --json locks.dmp -c '!runaway' | head -2
  {"kind":"thread_time","mode":"user","thread":1,"tid":4508,"time":0.03}
  {"kind":"thread_time","mode":"user","thread":0,"tid":4504,"time":0.01,"name":"spooler"}
  $ osmodump -q locks.dmp -c '.dumpdebug'
  ----- User Mini Dump File: Only registers, stack and portions of memory are available
  Path      locks.dmp
  Format    minidump, x86
  Flags     0x0
  Size      0x504c (20.074 kB)
  Time      Fri Feb 13 23:31:30.000 2009 (UTC + 0:00)
  Streams:  8
  Stream 0: type ThreadListStream (3), size 00000484, RVA 000047B4
  Stream 1: type ModuleListStream (4), size 000000dc, RVA 00004CA4
  Stream 2: type MemoryListStream (5), size 000000d4, RVA 00004D80
  Stream 3: type SystemInfoStream (7), size 00000038, RVA 00004E78
  Stream 4: type MiscInfoStream (f), size 00000018, RVA 00004EB0
  Stream 5: type HandleDataStream (c), size 00000070, RVA 00004F2C
  Stream 6: type ThreadInfoListStream (11), size 0000008c, RVA 00004F9C
  Stream 7: type ThreadNamesStream (18), size 00000010, RVA 0000503C
  Annotation: cpu version = 0x0
  Annotation: cpu features = 0x0
  Annotation: cpu amd_features = 0x0
  $ osmodump -q --json locks.dmp -c '.dumpdebug' | head -2
  {"kind":"container","path":"locks.dmp","format":"minidump","title":"User Mini Dump File: Only registers, stack and portions of memory are available","machine":"x86","big_endian":false,"flags":0,"size":20556,"time":"2009-02-13T23:31:30Z","streams":8}
  {"kind":"stream","index":0,"type":3,"name":"ThreadListStream","size":1156,"offset":18356}
  $ osmodump -q locks.dmp -c '.trap 12f000'
  trap frames are made by the Windows kernel: no loaded symbols describe _KTRAP_FRAME, and the dump of a process holds none; .cxr takes a CONTEXT
  [1]
  $ osmodump -q --json locks.dmp -c '.trap; .trap 12f000'
  {"kind":"error","code":"unsupported","message":"trap frames are made by the Windows kernel: no loaded symbols describe _KTRAP_FRAME, and the dump of a process holds none; .cxr takes a CONTEXT"}
  trap frames are made by the Windows kernel: no loaded symbols describe _KTRAP_FRAME, and the dump of a process holds none; .cxr takes a CONTEXT
  [1]

The same counts in the old encoding, entries minus one, of XP:

  $ sed 's/5.2.3790/5.1.2600/;s/0xffffffa6/3/;s/0xfffffffe/0/' locks.recipe | mkdump - xp.dmp
  $ osmodump -q xp.dmp -c '!locks' | grep -A1 -E 'CritSec|LockCount'
  CritSec +319ee0 at 00319ee0
  LockCount          3: locked, 3 waiting
  RecursionCount     1
  --
  CritSec +202e3d0 at 0202e3d0
  LockCount          0: locked, 0 waiting
  RecursionCount     1
  --
  CritSec +107cddd8 at 107cddd8
  LockCount          -69154612: locked, 0 waiting (impossible)
  RecursionCount     276618309
  --
  *** Corrupt: OwningThread 0x107cdd36 is no thread but an address near the section: the memory was overwritten (LockCount -69154612 would mean 0 waiting threads)
  

A dump without the memory says so:

  $ printf 'minidump x86\nsystem windows 5.2.3790\nmodule 0x7c800000 0xc0000 ntdll.dll\nthread 1 eip=1 esp=1\n' | mkdump - bare.dmp
  $ osmodump -q bare.dmp -c '!locks; !cs; !peb; !teb; !gle; !handle; !runaway; !environ'
  critical sections: the list of critical sections was not found: symbols for ntdll or full memory are needed
  critical sections: the list of critical sections was not found: symbols for ntdll or full memory are needed
  the PEB was not found: no thread's TEB is in the dump
  the dump does not tell the TEB of thread 0
  the dump does not tell the TEB of thread 0
  the dump has no handle data
  the dump has no user times of threads
  the PEB was not found: no thread's TEB is in the dump
  [1]
  $ for c in '!peb' '!teb' '!handle' '!runaway' '!auxv'; do osmodump -q bare.dmp -c "$c"; done
  the PEB was not found: no thread's TEB is in the dump
  the dump does not tell the TEB of thread 0
  the dump has no handle data
  the dump has no user times of threads
  !auxv: has no meaning for Windows dumps
  [1]

What the dump has of the objects behind handles; damaged records are passed over:

  $ mkdump - objects.dmp <<'END'
  > minidump x64
  > system windows 10.0.19041
  > handle 4 type=Event access=0x1f0003 info=6:0100000000000000
  > handle 8 type=Mutant access=0x100000 info=2:0000000000010000,3:10000000000000001400000000000000
  > handle 0xc type=Semaphore access=2 info=8:0300000005000000
  > handle 0x10 type=Thread access=0x1fffff info=1:0301000000000000000030000000000010000000000000001400000000000000ff000000000000000800000008000000
  > handle 0x14 type=Process access=0x410 info=4:050000c0000000000000310000000000ff0000000000000008000000000000001000000000000000080000000000000000
  > handle 0x18 type=Section access=4 info=7:000000000000000000000008000000000010000000000000
  > handle 0x1c type=Event access=0 info=6:01
  > handle 0x20 type=Strange access=0xf info=99:01020304
  > thread 0x14 rsp=0x10f000 rip=0x140001000
  > END
  $ osmodump -q objects.dmp -c '!handle 0 8'
  Handle 4
    Object Specific Information
      Event Type Auto Reset
      Event is Waiting
  Handle 8
    Object Specific Information
      Mutex is Owned
      Mutex was abandoned
      Mutant Owner 10.14
  Handle c
    Object Specific Information
      Semaphore Count 3
      Semaphore Limit 5
  Handle 10
    Object Specific Information
      Thread Id   10.14
      Priority    8
      Base Priority 8
  Handle 14
    Object Specific Information
      Process Id  10
      Parent Process  8
      Base Priority 8
      Exit Status c0000005
  Handle 18
    Object Specific Information
      Section Size 0x1000
  Handle 1c
  Handle 20
  8 Handles
  Type           \tCount (esc)
  Event          \t2 (esc)
  Mutant         \t1 (esc)
  Process        \t1 (esc)
  Section        \t1 (esc)
  Semaphore      \t1 (esc)
  Strange        \t1 (esc)
  Thread         \t1 (esc)
  $ osmodump -q objects.dmp -c '!handle 14 2; !handle 20 2; !handle 0 2 mutant'
  Handle 14
    Attributes   \t0 (esc)
    GrantedAccess\t0x410: (esc)
           None
           VMRead,QueryInfo
    HandleCount  \t1 (esc)
    PointerCount \t1 (esc)
  Handle 20
    Attributes   \t0 (esc)
    GrantedAccess\t0xf: (esc)
           None
    HandleCount  \t1 (esc)
    PointerCount \t1 (esc)
  Handle 8
    Attributes   \t0 (esc)
    GrantedAccess\t0x100000: (esc)
           Synch
           None
    HandleCount  \t1 (esc)
    PointerCount \t1 (esc)
  1 Handles
  Type           \tCount (esc)
  Mutant         \t1 (esc)
  $ osmodump -q --json objects.dmp -c '!handle 8 f'
  {"kind":"handle","handle":8,"type":"Mutant","attributes":0,"granted_access":1048576,"standard_access":"Synch","specific_access":"None","handle_count":1,"pointer_count":1,"details":2,"object":"    Mutex is Owned\n    Mutex was abandoned\n    Mutant Owner 10.14\n"}
