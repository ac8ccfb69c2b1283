Built-in types: dt of what no symbols tell

  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4
  > module 0x7ff700000000 0x10000 C:\demo\app.exe
  > module 0x7ffa00000000 0x20000 C:\Windows\System32\ntdll.dll
  > memory 0x20000 ptr 0x30000 u32 0xfffffffa 1 ptr 0x1a30 0x44 0x20007d0
  > memory 0x20100 u16 8 10 0 0 ptr 0x20120 at 0x20120 wz "wide" at 0x20130 ptr 0x20200 0x20208
  > memory 0x300000 zero 0x30 ptr 0x300000 at 0x300040 ptr 0x1a2c 0x1a30 at 0x300060 ptr 0x310000 u32 5 at 0x300070
  > memory 0x10f000 u64 0
  > thread 0x1a30 teb=0x300000 stack=0x10f000 rsp=0x10f000 rip=0x7ff700001010
  > END

  $ osmodump -q app.dmp -c 'dt ntdll!_RTL_CRITICAL_SECTION; dt _RTL_CRITICAL_SECTION 20000'
  ntdll!_RTL_CRITICAL_SECTION
     +0x000 DebugInfo        : Ptr64 _RTL_CRITICAL_SECTION_DEBUG
     +0x008 LockCount        : Int4B
     +0x00c RecursionCount   : Int4B
     +0x010 OwningThread     : Ptr64 Void
     +0x018 LockSemaphore    : Ptr64 Void
     +0x020 SpinCount        : Uint8B
  _RTL_CRITICAL_SECTION
     +0x000 DebugInfo        : 0x00000000`00030000 _RTL_CRITICAL_SECTION_DEBUG
     +0x008 LockCount        : 0n-6
     +0x00c RecursionCount   : 0n1
     +0x010 OwningThread     : 0x00000000`00001a30 Void
     +0x018 LockSemaphore    : 0x00000000`00000044 Void
     +0x020 SpinCount        : 0x20007d0
  $ osmodump -q app.dmp -c 'dt ntdll!_TEB ClientId; dt -r1 ntdll!_TEB ClientId @$teb; dt _TEB LastErrorValue @$teb'
  ntdll!_TEB
     +0x040 ClientId         : _CLIENT_ID
  ntdll!_TEB
     +0x040 ClientId         : _CLIENT_ID
        +0x000 UniqueProcess    : 0x00000000`00001a2c Void
        +0x008 UniqueThread     : 0x00000000`00001a30 Void
  _TEB
     +0x068 LastErrorValue   : 0x5
  $ osmodump -q app.dmp -c 'dt _PEB Ldr; dt ntdll!_UNICODE_STRING 20100; dt _LIST_ENTRY 20130'
  _PEB
     +0x018 Ldr              : Ptr64 _PEB_LDR_DATA
  ntdll!_UNICODE_STRING
     +0x000 Length           : 0x8
     +0x002 MaximumLength    : 0xa
     +0x008 Buffer           : 0x00000000`00020120 "wide"
  _LIST_ENTRY
     +0x000 Flink            : 0x00000000`00020200 _LIST_ENTRY
     +0x008 Blink            : 0x00000000`00020208 _LIST_ENTRY
  $ osmodump -q app.dmp -c 'dt ntdll!_TEB' | head -5
  ntdll!_TEB
     +0x000 NtTib            : _NT_TIB
     +0x038 EnvironmentPointer : Ptr64 Void
     +0x040 ClientId         : _CLIENT_ID
     +0x050 ActiveRpcHandle  : Ptr64 Void
  $ osmodump -q app.dmp -c 'dt _GUID 20000; dt _RTL_CRITICAL_SECTION 99990000'
  no type '_GUID'
  [1]
  $ osmodump -q --json app.dmp -c 'dt _RTL_CRITICAL_SECTION 20000; dt _UNICODE_STRING'
  {"kind":"type","name":"_RTL_CRITICAL_SECTION","size":40,"address":"0x20000"}
  {"kind":"member","depth":0,"indent":"","offset":0,"address":"0x20000","name":"DebugInfo","type":"Ptr64 _RTL_CRITICAL_SECTION_DEBUG","value":"0x00000000`00030000 _RTL_CRITICAL_SECTION_DEBUG"}
  {"kind":"member","depth":0,"indent":"","offset":8,"address":"0x20008","name":"LockCount","type":"Int4B","value":"0n-6"}
  {"kind":"member","depth":0,"indent":"","offset":12,"address":"0x2000c","name":"RecursionCount","type":"Int4B","value":"0n1"}
  {"kind":"member","depth":0,"indent":"","offset":16,"address":"0x20010","name":"OwningThread","type":"Ptr64 Void","value":"0x00000000`00001a30 Void"}
  {"kind":"member","depth":0,"indent":"","offset":24,"address":"0x20018","name":"LockSemaphore","type":"Ptr64 Void","value":"0x00000000`00000044 Void"}
  {"kind":"member","depth":0,"indent":"","offset":32,"address":"0x20020","name":"SpinCount","type":"Uint8B","value":"0x20007d0"}
  {"kind":"type","name":"_UNICODE_STRING","size":16}
  {"kind":"member","depth":0,"indent":"","offset":0,"name":"Length","type":"Uint2B"}
  {"kind":"member","depth":0,"indent":"","offset":2,"name":"MaximumLength","type":"Uint2B"}
  {"kind":"member","depth":0,"indent":"","offset":8,"name":"Buffer","type":"Ptr64 Wchar"}
  $ osmodump -q app.dmp -c 'dt ntdll!_NOSUCH'
  no type 'ntdll!_NOSUCH'
  [1]

Fields before and behind the address, and into a member with a dot; the length of a structure of
which only the beginning is built in is not known:

  $ osmodump -q app.dmp -c 'dt _TEB @$teb ClientId LastErr*; dt ntdll!_TEB NtTib. @$teb; dt _TEB 300000 NtTib.StackBase'
  _TEB
     +0x040 ClientId         : _CLIENT_ID
     +0x068 LastErrorValue   : 0x5
  ntdll!_TEB
     +0x000 NtTib            : _NT_TIB
        +0x000 ExceptionList    : (null)
        +0x008 StackBase        : (null)
        +0x010 StackLimit       : (null)
        +0x018 SubSystemTib     : (null)
        +0x020 FiberData        : (null)
        +0x028 ArbitraryUserPointer : (null)
        +0x030 Self             : 0x00000000`00300000 _NT_TIB
  _TEB
     +0x000 NtTib            : _NT_TIB
        +0x008 StackBase        : (null)
  $ osmodump -q app.dmp -c 'dt _UNICODE_STRING 20100 Length Max*; dt _UNICODE_STRING 20100 20200'
  _UNICODE_STRING
     +0x000 Length           : 0x8
     +0x002 MaximumLength    : 0xa
  dt: Extra character error at '20200'
  Usage: dt [-r[depth]] [-a] [-b] [-v] [module!]type|variable [field...] [address]
  [1]
  $ osmodump -q app.dmp -c 'dt _LDR_DATA_TABLE_ENTRY InLoadOrderLinks.Flink->Blink'
  _LDR_DATA_TABLE_ENTRY
     +0x000 InLoadOrderLinks : _LIST_ENTRY
        +0x000 Flink            : Ptr64 _LIST_ENTRY
           +0x008 Blink            : Ptr64 _LIST_ENTRY
  $ osmodump -q app.dmp -c '?? @$teb->NtTib.Self; ?? sizeof(_LIST_ENTRY); ?? 3.5 * 2; ?? 1e3 / 4'
  struct _NT_TIB * 0x00000000`00300000
  unsigned int64 0x10
  double 7
  double 250
  $ osmodump -q app.dmp -c '?? sizeof(_TEB)'
  the size of _TEB is not known: no loaded symbols describe it, and the built-in layout has its first members only
  [1]
