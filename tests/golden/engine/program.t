With private symbols: k kp .frame dv x ln dt u ub uf !lmi !dh

  $ for i in clang lld-link; do command -v $i >/dev/null || { echo "$i is missing" >&2; exit 80; }; done
  $ cat >demo.c <<'END'
  > #line 1 "/src/demo.c"
  > struct point { int x, y; };
  > enum color { RED, GREEN = 5 };
  > struct shape {
  > 	struct point at;
  > 	enum color color;
  > 	unsigned open : 1, side : 3;
  > 	char name[8];
  > 	struct shape *next;
  > 	double scale;
  > };
  > struct shape last = { { 7, 8 }, GREEN, 1, 2, "last", 0, 0.5 };
  > struct shape first = { { 1, -2 }, RED, 0, 5, "first", &last, 1.5 };
  > int counter = 3;
  > static inline __attribute__((always_inline)) int twice(int value)
  > {
  > 	counter += value;
  > 	return *(volatile int *)0 + value * 2;
  > }
  > int area(struct shape *s, int depth)
  > {
  > 	int sum = s->at.x * depth;
  > 	sum += twice(depth);
  > 	return sum;
  > }
  > int start(void)
  > {
  > 	struct shape *s = &first;
  > 	int total = 1;
  > 	total += area(s, 4);
  > 	return total;
  > }
  > END
  $ clang --target=x86_64-pc-windows-msvc -gcodeview -g -O0 -funwind-tables -ffreestanding -w -c demo.c -o demo.obj
  $ lld-link /nologo /nodefaultlib /entry:start /subsystem:console /debug /base:0x140000000 /filealign:4096 /brepro /pdbaltpath:demo.pdb /out:demo.exe demo.obj
  $ mkdump - app.dmp <<'END'
  > minidump x64
  > header time=1234567890
  > system windows 10.0.19041 cpus=4 product=1
  > misc size=44 pid=0x1a2c
  > module 0x140000000 0x6000 C:\demo\demo.exe
  > memory 0x140000000 file demo.exe
  > memory 0x10f000 zero 4 u32 4 ptr 0x140003028 u32 4 u32 4 ptr 0x140001087
  >   ptr 0x140003028 u32 4 u32 4 at 0x10f04c u32 1 ptr 0x140003028 0 at 0x10f100
  > thread 0x1a30 stack=0x10f000 rsp=0x10f000 rip=0x140001037 rcx=0x140003028 rdx=4 cs=0x33 ss=0x2b eflags=0x10246
  > exception 0x1a30 0xc0000005 0x140001037 0 0 rsp=0x10f000 rip=0x140001037 rcx=0x140003028 rdx=4 cs=0x33 ss=0x2b eflags=0x10246
  > END
  $ unset _NT_SYMBOL_PATH; HOME=/nowhere

Stacks: inlined functions are frames of their own:

  $ osmodump -q -y . app.dmp -c 'k; kL'
  Child-SP          RetAddr           Call Site
  (Inline Function) --------`-------- demo!twice+0x12 [/src/demo.c @ 17]
  00000000`0010f000 00000001`40001087 demo!area+0x37 [/src/demo.c @ 22]
  00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  Child-SP          RetAddr           Call Site
  (Inline Function) --------`-------- demo!twice+0x12
  00000000`0010f000 00000001`40001087 demo!area+0x37
  00000000`0010f020 00000000`00000000 demo!start+0x27
  $ osmodump -q -y . app.dmp -c 'kn; kc'
   # Child-SP          RetAddr           Call Site
  00 (Inline Function) --------`-------- demo!twice+0x12 [/src/demo.c @ 17]
  01 00000000`0010f000 00000001`40001087 demo!area+0x37 [/src/demo.c @ 22]
  02 00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  Call Site
  demo!twice
  demo!area
  demo!start
  $ osmodump -q -y . app.dmp -c 'kb; kv 2; kf'
  Child-SP          RetAddr           : Args to Child                                                           : Call Site
  (Inline Function) --------`-------- :                                                                         : demo!twice+0x12 [/src/demo.c @ 17]
  00000000`0010f000 00000001`40001087 : 00000001`40003028 00000004`00000004 00000000`00000000 00000000`00000000 : demo!area+0x37 [/src/demo.c @ 22]
  00000000`0010f020 00000000`00000000 : 00000000`00000000 00000000`00000000 00000000`00000000 00000000`00000000 : demo!start+0x27 [/src/demo.c @ 29]
  Child-SP          RetAddr           : Args to Child                                                           : Call Site
  (Inline Function) --------`-------- :                                                                         : demo!twice+0x12 [/src/demo.c @ 17]
  00000000`0010f000 00000001`40001087 : 00000001`40003028 00000004`00000004 00000000`00000000 00000000`00000000 : demo!area+0x37 [/src/demo.c @ 22]
    Memory  Child-SP          RetAddr           Call Site
            (Inline Function) --------`-------- demo!twice+0x12 [/src/demo.c @ 17]
            00000000`0010f000 00000001`40001087 demo!area+0x37 [/src/demo.c @ 22]
         20 00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  $ osmodump -q -y . app.dmp -c 'kp; kP 1'
  Child-SP          RetAddr           Call Site
  (Inline Function) --------`-------- demo!twice(int value = 0n4)+0x12 [/src/demo.c @ 17]
  00000000`0010f000 00000001`40001087 demo!area(struct shape * s = 0x00000001`40003028, int depth = 0n4)+0x37 [/src/demo.c @ 22]
  00000000`0010f020 00000000`00000000 demo!start()+0x27 [/src/demo.c @ 29]
  Child-SP          RetAddr           Call Site
  (Inline Function) --------`-------- demo!twice(
  \t\t\tint value = 0n4)+0x12 [/src/demo.c @ 17] (esc)
  $ osmodump -q -y . app.dmp -c 'k = 10f020 140001087'
  Child-SP          RetAddr           Call Site
  00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  $ osmodump -q -y . --json app.dmp -c 'kp'
  {"kind":"frame","index":0,"child":"0x10f000","ret":"0x0","ip":"0x140001037","sp":"0x10f000","inline":true,"symbol":{"module":"demo","name":"twice","offset":18,"address":"0x140001037"},"params":"(int value = 0n4)","offset":18,"file":"/src/demo.c","line":17,"trust":"inline"}
  {"kind":"frame","index":1,"child":"0x10f000","ret":"0x140001087","ip":"0x140001037","sp":"0x10f000","args":["0x140003028","0x400000004","0x0","0x0"],"inline":false,"symbol":{"module":"demo","name":"area","offset":55,"address":"0x140001037"},"params":"(struct shape * s = 0x00000001`40003028, int depth = 0n4)","offset":55,"file":"/src/demo.c","line":22,"trust":"context"}
  {"kind":"frame","index":2,"memory":32,"child":"0x10f020","ret":"0x0","ip":"0x140001087","sp":"0x10f020","args":["0x0","0x0","0x0","0x0"],"inline":false,"symbol":{"module":"demo","name":"start","offset":39,"address":"0x140001087"},"params":"()","offset":39,"file":"/src/demo.c","line":29,"trust":"cfi"}

Frames and their variables:

  $ osmodump -q -y . app.dmp -c '.frame 1; dv; dv /t; .frame'
  01 00000000`0010f000 00000001`40001087 demo!area+0x37 [/src/demo.c @ 22]
                s = 0x00000001`40003028
            depth = 0n4
              sum = 0n4
  struct shape * s = 0x00000001`40003028
  int depth = 0n4
  int sum = 0n4
  01 00000000`0010f000 00000001`40001087 demo!area+0x37 [/src/demo.c @ 22]
  $ osmodump -q -y . app.dmp -c 'dv; .frame 2; dv /v; dv /t /v; dv t*'
            value = 0n4
  02 00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  prv local  00000000`0010f050               s = 0x00000001`40003028
  prv local  00000000`0010f04c           total = 0n1
  prv local  00000000`0010f050 struct shape * s = 0x00000001`40003028
  prv local  00000000`0010f04c int total = 0n1
            total = 0n1
  $ osmodump -q -y . app.dmp -c '.frame /r 2'
  02 00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  rax=???????????????? rbx=0000000000000000 rcx=????????????????
  rdx=???????????????? rsi=0000000000000000 rdi=0000000000000000
  rip=0000000140001087 rsp=000000000010f020 rbp=0000000000000000
   r8=????????????????  r9=???????????????? r10=????????????????
  r11=???????????????? r12=0000000000000000 r13=0000000000000000
  r14=0000000000000000 r15=0000000000000000
  cs=0033  ss=002b  ds=0000  es=0000  fs=0000  gs=0000             efl=????????
  demo!start+0x27 [/src/demo.c @ 29]:
  00000001`40001087 0344242c        add     eax,dword ptr [rsp+2Ch]    ss:00000000`0010f04c=00000001
  $ osmodump -q -y . app.dmp -c '.frame /c 2; k; r rsp; .cxr; r rsp'
  02 00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  Child-SP          RetAddr           Call Site
  00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  rsp=000000000010f020
  rsp=000000000010f000
  $ osmodump -q -y . app.dmp -c '.frame 9'
  the stack has no frame 0x9
  [1]
  $ osmodump -q -y . app.dmp -c '.frame 1; dt s; dt depth; dt s x'
  01 00000000`0010f000 00000001`40001087 demo!area+0x37 [/src/demo.c @ 22]
  Local var @ 0x10f008 Type struct shape *
  shape
     +0x000 at               : point
     +0x008 color            : 0n0 ( RED )
     +0x00c open             : 0y0
     +0x00c side             : 0y101
     +0x010 name             : [8]  "first"
     +0x018 next             : 0x00000001`40003000 shape
     +0x020 scale            : 1.5
  Local var @ 0x10f010 Type int
  int = 0n4
  Local var @ 0x10f008 Type struct shape *
  shape
  $ osmodump -q -y . --json app.dmp -c '.frame 1; dv'
  {"kind":"frame","index":1,"child":"0x10f000","ret":"0x140001087","ip":"0x140001037","sp":"0x10f000","args":["0x140003028","0x400000004","0x0","0x0"],"inline":false,"symbol":{"module":"demo","name":"area","offset":55,"address":"0x140001037"},"file":"/src/demo.c","line":22,"trust":"context"}
  {"kind":"variable","name":"s","type":"struct shape *","value":"0x00000001`40003028","parameter":true,"address":"0x10f008","scope":"prv param"}
  {"kind":"variable","name":"depth","type":"int","value":"0n4","parameter":true,"address":"0x10f010","scope":"prv param"}
  {"kind":"variable","name":"sum","type":"int","value":"0n4","parameter":false,"address":"0x10f004","scope":"prv local"}
  $ osmodump -q -y . app.dmp -c '!findstack demo!start; !findstack twice 0; !findstack nosuch'
  Thread 000, id 1a30, 1 frame(s) match
   # Child-SP          RetAddr           Call Site
  02 00000000`0010f020 00000000`00000000 demo!start+0x27 [/src/demo.c @ 29]
  
  Thread 000, id 1a30, 1 frame(s) match
  $ osmodump -q -y . --json app.dmp -c '!findstack demo!st*'
  {"kind":"stack_match","index":0,"tid":6704,"frames":1}
  {"kind":"frame","index":2,"child":"0x10f020","ret":"0x0","ip":"0x140001087","sp":"0x10f020","args":["0x0","0x0","0x0","0x0"],"inline":false,"symbol":{"module":"demo","name":"start","offset":39,"address":"0x140001087"},"file":"/src/demo.c","line":29,"trust":"cfi"}

Symbols by pattern and by address:

  $ osmodump -q -y . app.dmp -c 'x demo!*'
  00000001`40001000          demo!area
  00000001`40001060          demo!start
  00000001`40003000          demo!last = struct shape
  00000001`40003028          demo!first = struct shape
  00000001`40003050          demo!counter = 0n3
  $ osmodump -q -y . app.dmp -c 'x /t demo!c*; x /v DEMO!*t*; x /2 /f demo!*; x /1 /d demo!*; x *!nosuch*'
  00000001`40003050 int demo!counter = 0n3
  prv function 00000001`40001060    38 demo!start
  prv data     00000001`40003000    28 demo!last = struct shape
  prv data     00000001`40003028    28 demo!first = struct shape
  prv data     00000001`40003050     4 demo!counter = 0n3
  00000001`40001000 demo!area
  00000001`40001060 demo!start
  demo!last
  demo!first
  demo!counter
  $ osmodump -q -y . --json app.dmp -c 'x demo!*r*'
  {"kind":"symbol","address":"0x140001000","module":"demo","name":"area","type":"<function>","size":83,"symbol_kind":"function","scope":"prv"}
  {"kind":"symbol","address":"0x140001060","module":"demo","name":"start","type":"<function>","size":56,"symbol_kind":"function","scope":"prv"}
  {"kind":"symbol","address":"0x140003028","module":"demo","name":"first","type":"struct shape","size":40,"value":"struct shape","symbol_kind":"data","scope":"prv"}
  {"kind":"symbol","address":"0x140003050","module":"demo","name":"counter","type":"int","size":4,"value":"0n3","symbol_kind":"data","scope":"prv"}
  $ osmodump -q -y . app.dmp -c 'ln 140001010; ln demo!area; ln 140003030'
  /src/demo.c(21)
  (00000001`40001000)   demo!area+0x10   |  (00000001`40001060)   demo!start
  /src/demo.c(20)
  (00000001`40001000)   demo!area   |  (00000001`40001060)   demo!start
  Exact matches:
      demo!area
  (00000001`40003028)   demo!first+0x8   |  (00000001`40003050)   demo!counter
  $ osmodump -q -y . --json app.dmp -c 'ln area+4'
  {"kind":"nearest_symbol","address":"0x140001000","symbol":{"module":"demo","name":"area","offset":4,"address":"0x140001004"},"next":{"module":"demo","name":"start","offset":0,"address":"0x140001060"},"next_address":"0x140001060","exact":false,"file":"/src/demo.c","line":20}
  $ osmodump -q -y . app.dmp -c 'ln 10f000'
  no symbol at or before 0x10f000
  [1]
  $ osmodump -q -y . app.dmp -c '.lastevent; dps 10f018 L2; ? area; ?? first.next->name'
  Last event: 1a2c.1a30: Access violation - code c0000005 (Attempt to read from address 0000000000000000)
  00000000`0010f018  00000001`40001087 demo!start+0x27 [/src/demo.c @ 29]
  00000000`0010f020  00000001`40003028 demo!first
  Evaluate expression: 5368713216 = 00000001`40001000
  char [8] 0x00000001`40003010 "last"

Types, and memory seen through them:

  $ osmodump -q -y . app.dmp -c 'dt demo!shape; dt shape at; dt color; dt -v point'
  demo!shape
     +0x000 at               : point
     +0x008 color            : color
     +0x00c open             : Pos 0, 1 Bit
     +0x00c side             : Pos 1, 3 Bits
     +0x010 name             : [8] Char
     +0x018 next             : Ptr64 shape
     +0x020 scale            : Float
  shape
     +0x000 at               : point
  color
     RED = 0n0
     GREEN = 0n5
  point
     size 0x8
     +0x000 x                : Int4B
     +0x004 y                : Int4B
  $ osmodump -q -y . app.dmp -c 'dt first; dt demo!shape 140003000'
  shape
     +0x000 at               : point
     +0x008 color            : 0n0 ( RED )
     +0x00c open             : 0y0
     +0x00c side             : 0y101
     +0x010 name             : [8]  "first"
     +0x018 next             : 0x00000001`40003000 shape
     +0x020 scale            : 1.5
  demo!shape
     +0x000 at               : point
     +0x008 color            : 0n5 ( GREEN )
     +0x00c open             : 0y1
     +0x00c side             : 0y010
     +0x010 name             : [8]  "last"
     +0x018 next             : (null)
     +0x020 scale            : 0.5
  $ osmodump -q -y . app.dmp -c 'dt -r1 demo!shape 140003028; dt shape next 140003028; dt shape 99990000'
  demo!shape
     +0x000 at               : point
        +0x000 x                : 0n1
        +0x004 y                : 0n-2
     +0x008 color            : 0n0 ( RED )
     +0x00c open             : 0y0
     +0x00c side             : 0y101
     +0x010 name             : [8]  "first"
     +0x018 next             : 0x00000001`40003000 shape
     +0x020 scale            : 1.5
  shape
     +0x018 next             : 0x00000001`40003000 shape
  shape
     +0x000 at               : point
     +0x008 color            : ??
     +0x00c open             : ??
     +0x00c side             : ??
     +0x010 name             : [8] Char
     +0x018 next             : ??
     +0x020 scale            : ??
  $ osmodump -q -y . app.dmp -c 'dt nosuch'
  no type 'nosuch'
  [1]
  $ osmodump -q -y . --json app.dmp -c 'dt shape; dt point 140003028; dt color'
  {"kind":"type","name":"shape","size":40}
  {"kind":"member","depth":0,"indent":"","offset":0,"name":"at","type":"point"}
  {"kind":"member","depth":0,"indent":"","offset":8,"name":"color","type":"color"}
  {"kind":"member","depth":0,"indent":"","offset":12,"name":"open","type":"Pos 0, 1 Bit"}
  {"kind":"member","depth":0,"indent":"","offset":12,"name":"side","type":"Pos 1, 3 Bits"}
  {"kind":"member","depth":0,"indent":"","offset":16,"name":"name","type":"[8] Char"}
  {"kind":"member","depth":0,"indent":"","offset":24,"name":"next","type":"Ptr64 shape"}
  {"kind":"member","depth":0,"indent":"","offset":32,"name":"scale","type":"Float"}
  {"kind":"type","name":"point","size":8,"address":"0x140003028"}
  {"kind":"member","depth":0,"indent":"","offset":0,"address":"0x140003028","name":"x","type":"Int4B","value":"0n1"}
  {"kind":"member","depth":0,"indent":"","offset":4,"address":"0x14000302c","name":"y","type":"Int4B","value":"0n-2"}
  {"kind":"type","name":"color","size":4}
  {"kind":"member","depth":0,"indent":"","name":"RED","value":"0n0"}
  {"kind":"member","depth":0,"indent":"","name":"GREEN","value":"0n5"}

Code:

  $ osmodump -q -y . app.dmp -c 'u area; u'
  demo!area [/src/demo.c @ 20]:
  00000001`40001000 4883ec18        sub     rsp,18h
  00000001`40001004 89542410        mov     dword ptr [rsp+10h],edx
  00000001`40001008 48894c2408      mov     qword ptr [rsp+8],rcx
  00000001`4000100d 488b442408      mov     rax,qword ptr [rsp+8]
  00000001`40001012 8b00            mov     eax,dword ptr [rax]
  00000001`40001014 0faf442410      imul    eax,dword ptr [rsp+10h]
  00000001`40001019 89442404        mov     dword ptr [rsp+4],eax
  00000001`4000101d 8b442410        mov     eax,dword ptr [rsp+10h]
  demo!area+0x21 [/src/demo.c @ 22]:
  00000001`40001021 89442414        mov     dword ptr [rsp+14h],eax
  00000001`40001025 8b442414        mov     eax,dword ptr [rsp+14h]
  00000001`40001029 030521200000    add     eax,dword ptr [demo!counter (00000001`40003050)]
  00000001`4000102f 89051b200000    mov     dword ptr [demo!counter (00000001`40003050)],eax
  00000001`40001035 31c0            xor     eax,eax
  00000001`40001037 8b00            mov     eax,dword ptr [rax]
  00000001`40001039 8b4c2414        mov     ecx,dword ptr [rsp+14h]
  00000001`4000103d c1e101          shl     ecx,1
  $ osmodump -q -y . app.dmp -c 'ub 140001037 L3; u 140001082 L1; u 140001093 140001097; u 10f100 L1'
  demo!area+0x29 [/src/demo.c @ 22]:
  00000001`40001029 030521200000    add     eax,dword ptr [demo!counter (00000001`40003050)]
  00000001`4000102f 89051b200000    mov     dword ptr [demo!counter (00000001`40003050)],eax
  00000001`40001035 31c0            xor     eax,eax
  demo!start+0x22 [/src/demo.c @ 29]:
  00000001`40001082 e879ffffff      call    demo!area (00000001`40001000)
  demo!start+0x33 [/src/demo.c @ 30]:
  00000001`40001093 4883c438        add     rsp,38h
  00000001`40001097 c3              ret
  00000000`0010f100 ??              ???
  $ osmodump -q -y . app.dmp -c 'uf start'
  demo!start [/src/demo.c @ 26]:
     26 00000001`40001060 4883ec38        sub     rsp,38h
     27 00000001`40001064 488d05bd1f0000  lea     rax,[demo!first (00000001`40003028)]
     27 00000001`4000106b 4889442430      mov     qword ptr [rsp+30h],rax
     28 00000001`40001070 c744242c01000000 mov     dword ptr [rsp+2Ch],1
     29 00000001`40001078 488b4c2430      mov     rcx,qword ptr [rsp+30h]
     29 00000001`4000107d ba04000000      mov     edx,4
     29 00000001`40001082 e879ffffff      call    demo!area (00000001`40001000)
     29 00000001`40001087 0344242c        add     eax,dword ptr [rsp+2Ch]
     29 00000001`4000108b 8944242c        mov     dword ptr [rsp+2Ch],eax
     30 00000001`4000108f 8b44242c        mov     eax,dword ptr [rsp+2Ch]
     30 00000001`40001093 4883c438        add     rsp,38h
     30 00000001`40001097 c3              ret
  $ osmodump -q -y . --json app.dmp -c 'u area L2; ub area+8 L1; u 140001082 L1'
  {"kind":"label","symbol":{"module":"demo","name":"area","offset":0,"address":"0x140001000"},"file":"/src/demo.c","line":20}
  {"kind":"instruction","address":"0x140001000","bytes":"4883ec18","mnemonic":"sub","operands":"rsp,18h"}
  {"kind":"instruction","address":"0x140001004","bytes":"89542410","mnemonic":"mov","operands":"dword ptr [rsp+10h],edx"}
  {"kind":"label","symbol":{"module":"demo","name":"area","offset":4,"address":"0x140001004"},"file":"/src/demo.c","line":20}
  {"kind":"instruction","address":"0x140001004","bytes":"89542410","mnemonic":"mov","operands":"dword ptr [rsp+10h],edx"}
  {"kind":"label","symbol":{"module":"demo","name":"start","offset":34,"address":"0x140001082"},"file":"/src/demo.c","line":29}
  {"kind":"instruction","address":"0x140001082","bytes":"e879ffffff","mnemonic":"call","operands":"demo!area (00000001`40001000)","target":"0x140001000"}
  $ osmodump -q -y . --json app.dmp -c 'uf area' | tail -2
  {"kind":"instruction","address":"0x14000104e","bytes":"4883c418","mnemonic":"add","operands":"rsp,18h","line":23}
  {"kind":"instruction","address":"0x140001052","bytes":"c3","mnemonic":"ret","line":23}
  $ osmodump -q -y . app.dmp -c 'uf 99990000'
  no memory at 0x99990000 in the dump
  [1]

The image; what depends on its contents is left out:

  $ osmodump -q -y . app.dmp -c '!lmi demo' | sed '/Debug Data:/d'
  Loaded Module Info: [demo] 
           Module: demo
     Base Address: 00000001`40000000
       Image Name: demo.exe
     Machine Type: x64
             Size: 6000
      Symbol Type: private symbols - ./demo.pdb
  $ osmodump -q -y . --json app.dmp -c '!lmi demo' | sed 's/"guid":"[^"]*",//'
  {"kind":"module","start":"0x140000000","end":"0x140006000","size":24576,"module":"demo","status":"private symbols","symbol_file":"./demo.pdb","path":"C:\\demo\\demo.exe","image":"demo.exe","machine":"x64","pdb":"demo.pdb","age":1}
  $ osmodump -q -y . app.dmp -c '!dh demo' | sed '/time date stamp/d; /Export Dir/,/Import Dir/d'
  
  FILE HEADER VALUES
      8664 machine (x64)
         5 number of sections
        22 characteristics
      1060 address of entry point
  140000000 image base
      1000 section alignment
      1000 file alignment
         3 subsystem
      8160 DLL characteristics
      6000 size of image
      1000 size of headers
         0 checksum
         0 [       0] address [size] of Resource Directory
      4000 [      18] address [size] of Exception Directory
         0 [       0] address [size] of Security Directory
      5000 [       c] address [size] of Base Relocation Directory
      2000 [      38] address [size] of Debug Directory
         0 [       0] address [size] of Description Directory
         0 [       0] address [size] of Special Directory
         0 [       0] address [size] of Thread Storage Directory
         0 [       0] address [size] of Load Configuration Directory
         0 [       0] address [size] of Bound Import Directory
         0 [       0] address [size] of Import Address Table Directory
         0 [       0] address [size] of Delay Import Directory
         0 [       0] address [size] of COR20 Header Directory
         0 [       0] address [size] of Reserved Directory
  
  SECTION HEADERS
    .text    rva     1000 size       98 raw     1000 flags 60000020
    .rdata   rva     2000 size       6c raw     1000 flags 40000040
    .data    rva     3000 size       54 raw     1000 flags c0000040
    .pdata   rva     4000 size       18 raw     1000 flags 40000040
    .reloc   rva     5000 size        c raw     1000 flags 42000040
  
  Debug Directories
    CODEVIEW     size       21 rva     2038
    REPRO        size        0 rva        0
  $ osmodump -q -y . --json app.dmp -c '!dh demo' | grep -v 'time date stamp' | head -3
  {"kind":"header","what":"header","name":"machine","value":34404,"text":"x64"}
  {"kind":"header","what":"header","name":"number of sections","value":5}
  {"kind":"header","what":"header","name":"characteristics","value":34}
  $ osmodump -q -y . app.dmp -c '!dh 10f000'
  no module at 0x10f000
  [1]

The calls of a function, the raw stack, a stack from given registers:

  $ osmodump -q -y . app.dmp -c 'uf /c start'
  demo!start [/src/demo.c @ 26]:
    demo!start+0x22 (00000001`40001082):
      call to demo!area (00000001`40001000)
  $ osmodump -q -y . --json app.dmp -c 'uf /c start' | tail -1
  {"kind":"call","site":{"module":"demo","name":"start","offset":34,"address":"0x140001082"},"address":"0x140001082","callee":{"module":"demo","name":"area","offset":0,"address":"0x140001000"},"target":"0x140001000"}
  $ osmodump -q -y . app.dmp -c 'kd 3; k=@rsp @rip 1; k = @rsp 1'
  00000000`0010f000  00000004`00000000
  00000000`0010f008  00000001`40003028 demo!first
  00000000`0010f010  00000004`00000004
  Child-SP          RetAddr           Call Site
  (Inline Function) --------`-------- demo!twice+0x12 [/src/demo.c @ 17]
  Child-SP          RetAddr           Call Site
  (Inline Function) --------`-------- demo!twice+0x12 [/src/demo.c @ 17]
  $ osmodump -q -y . app.dmp -c '!dh -s demo; !dh -f demo' | grep -v ' \[\|time date'
  
  SECTION HEADERS
    .text    rva     1000 size       98 raw     1000 flags 60000020
    .rdata   rva     2000 size       6c raw     1000 flags 40000040
    .data    rva     3000 size       54 raw     1000 flags c0000040
    .pdata   rva     4000 size       18 raw     1000 flags 40000040
    .reloc   rva     5000 size        c raw     1000 flags 42000040
  
  FILE HEADER VALUES
      8664 machine (x64)
         5 number of sections
        22 characteristics
      1060 address of entry point
  140000000 image base
      1000 section alignment
      1000 file alignment
         3 subsystem
      8160 DLL characteristics
      6000 size of image
      1000 size of headers
         0 checksum
