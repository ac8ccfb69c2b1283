/* SPDX-License-Identifier: MIT */
/*
 * The page's style. Colours are pairs of ink and ground of a contrast of 4.5 and
 * more, in both themes; what colour says is said in words as well.
 */
#include "report/html_impl.h"

const char *const html_style[] = {
	":root{color-scheme:light dark;--bg:#f4f6f8;--card:#fff;--ink:#1a2129;--dim:#55606c;--line:#d9e0e7;--soft:#f0f3f6;"
	"--link:#0b5cad;--thread:#0b5cad;--thread-bg:#e8f1fb;--lock:#855500;--lock-bg:#fdf2d8;--object:#0a665d;--object-bg:#def3f0;"
	"--ring:#bd1e2d;--ring-bg:#fdecee;--problem:#b3182a;--problem-bg:#fdecee;--warning:#855500;--warning-bg:#fdf2d8;"
	"--note:#0b5cad;--note-bg:#e8f1fb;--edge:#6b7784;--image:#3567b7;--heap:#c2571a;--stack:#2f8a4c;--private:#8a63b8;"
	"--mapped:#1d8a94;--free:#e6ebf0}\n",
	"@media(prefers-color-scheme:dark){:root{--bg:#0e1216;--card:#161b21;--ink:#e4ebf2;--dim:#9dabb9;--line:#2b343e;"
	"--soft:#1d242c;--link:#7cb7ff;--thread:#8cc0ff;--thread-bg:#14273b;--lock:#f0bd56;--lock-bg:#33280f;--object:#65d6c8;"
	"--object-bg:#10302d;--ring:#ff8087;--ring-bg:#3a171b;--problem:#ff8a90;--problem-bg:#3a171b;--warning:#f0bd56;"
	"--warning-bg:#33280f;--note:#8cc0ff;--note-bg:#14273b;--edge:#8593a1;--image:#6f9de8;--heap:#ee8f56;--stack:#5cc07c;"
	"--private:#b893e6;--mapped:#4fbcc6;--free:#242c35}}\n",
	"*{box-sizing:border-box}\n",
	"html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}\n",
	"body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',"
	"'DejaVu Sans',sans-serif;overflow-wrap:anywhere}\n",
	".wrap{max-width:1080px;margin:0 auto;padding:0 16px 48px}\n",
	"code,.mono{font-family:ui-monospace,SFMono-Regular,Consolas,'DejaVu Sans Mono',monospace;font-size:.875em}\n",
	"a{color:var(--link)}a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}\n",
	"h1,h2,h3{line-height:1.25;text-wrap:balance}h2{font-size:1.3rem;margin:0 0 12px}h3{font-size:1.06rem;margin:0}\n",
	"p{margin:8px 0}.dim{color:var(--dim)}.small{font-size:.875rem}ul{margin:6px 0;padding-left:20px}\n",
	"header{padding:20px 0 4px}.brand{display:flex;flex-wrap:wrap;gap:2px 12px;justify-content:space-between;color:var(--dim);font-size:.875rem}\n",
	".brand b{color:var(--ink);letter-spacing:.02em}\n",
	".verdict{margin:12px 0 0;padding:22px 24px;background:var(--card);border:1px solid var(--line);border-left:8px solid var(--edge);border-radius:12px}\n",
	".verdict.problem{border-left-color:var(--problem)}.verdict.warning{border-left-color:var(--warning)}.verdict.note{border-left-color:var(--note)}\n",
	".verdict h1{margin:10px 0 14px;font-size:clamp(1.15rem,.95rem + 1vw,1.6rem);font-weight:650;text-wrap:pretty}\n",
	".tag{display:inline-block;padding:1px 10px;border-radius:99px;font-size:.8125rem;font-weight:600;background:var(--soft);color:var(--dim);white-space:nowrap}\n",
	".tag.problem{background:var(--problem-bg);color:var(--problem)}.tag.warning{background:var(--warning-bg);color:var(--warning)}.tag.note{background:var(--note-bg);color:var(--note)}\n",
	"dl.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(210px,100%),1fr));gap:10px 20px;margin:0}\n",
	"dl.facts dt{color:var(--dim);font-size:.8125rem}dl.facts dd{margin:0;font-size:.9375rem;font-weight:550}\n",
	"nav{position:sticky;top:0;z-index:1;background:var(--bg);padding:10px 0;margin-bottom:4px}\n",
	"nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:0;padding:0;font-size:.9375rem}nav a{text-decoration:none}nav a:hover{text-decoration:underline}\n",
	"section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px 24px;margin:0 0 16px;scroll-margin-top:52px}\n",
	".finding{border-top:1px solid var(--line);padding:16px 0 10px}.finding:first-of-type{border-top:0;padding-top:0}\n",
	".d1,.d2,.d3{border-left:3px solid var(--line);padding-left:16px;border-top:0}.d1{margin-left:8px}.d2{margin-left:28px}.d3{margin-left:48px}\n",
	".head{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:baseline}\n",
	".sure{display:inline-flex;align-items:center;gap:8px;color:var(--dim);font-size:.875rem}\n",
	".bar{display:inline-block;width:64px;height:6px;border-radius:3px;background:var(--line);overflow:hidden}.bar i{display:block;height:100%;background:var(--link)}\n",
	".todo{background:var(--soft);border-radius:8px;padding:10px 14px;margin:10px 0}\n",
	".scroll{overflow-x:auto;max-width:100%}\n",
	"table{border-collapse:collapse;width:100%;font-size:.875rem}th,td{text-align:left;vertical-align:top;padding:6px 12px 6px 0;border-bottom:1px solid var(--line)}\n",
	"th{color:var(--dim);font-weight:600;white-space:nowrap}tr:last-child td{border-bottom:0}td.n,th.n{text-align:right}\n",
	".nw{white-space:nowrap}.cmd{display:grid;grid-template-columns:auto 1fr;gap:2px 8px;margin:0}.cmd dt{color:var(--dim);font-size:.75rem;line-height:1.75}.cmd dd{margin:0}.cmd{min-width:19em}\n",
	".cmd code{background:var(--soft);border-radius:4px;padding:1px 5px;user-select:all;-webkit-user-select:all;cursor:copy}\n",
	"summary{cursor:pointer;padding:5px 0}details.stack{border-top:1px solid var(--line)}details.stack>summary{padding:8px 0}details.stack table{margin:0 0 12px}\n",
	".many{display:inline-block;min-width:2.6em;padding:0 8px;margin-right:8px;border-radius:99px;background:var(--soft);text-align:center;font-weight:600;font-size:.875rem}\n",
	"svg{display:block;max-width:none}svg text{font-family:inherit}\n",
	".graph{padding:6px 0 10px}.hint{display:none;font-size:.8125rem;color:var(--dim)}.graph svg{margin:0 auto}\n",
	"rect.t{fill:var(--thread-bg);stroke:var(--thread)}rect.l{fill:var(--lock-bg);stroke:var(--lock)}rect.o{fill:var(--object-bg);stroke:var(--object)}\n",
	"rect.t,rect.l,rect.o{stroke-width:1.25}rect.ring{stroke:var(--ring);stroke-width:2.5}rect.many-t{fill:var(--thread-bg);stroke:var(--thread);stroke-width:1.25}\n",
	".t1{font-size:13px;font-weight:600;fill:var(--ink)}.t2{font-size:11px;fill:var(--dim)}.lab{font-size:10px;fill:var(--dim)}.lab.ring{fill:var(--ring);font-weight:600}\n",
	"path.e{fill:none;stroke:var(--edge);stroke-width:1.5}path.own{stroke-dasharray:5 3}path.ring{stroke:var(--ring);stroke-width:2.25}.tip{fill:var(--edge)}.tip.ring{fill:var(--ring)}\n",
	".legend{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:4px 0 8px;font-size:.8125rem;color:var(--dim)}.legend li{display:flex;align-items:center;gap:6px}\n",
	".legend svg{flex:none}.legend i{width:12px;height:12px;border-radius:3px;display:inline-block}\n",
	".image{background:var(--image);fill:var(--image)}.heap{background:var(--heap);fill:var(--heap)}.stack-m{background:var(--stack);fill:var(--stack)}\n",
	".private{background:var(--private);fill:var(--private)}.mapped{background:var(--mapped);fill:var(--mapped)}.free{background:var(--free);fill:var(--free)}.present{fill:var(--ink)}\n",
	".map{margin:10px 0}.map svg{width:100%;height:auto}.map .where{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px;font-size:.8125rem}.gap{color:var(--dim);font-size:.8125rem;margin:2px 0 2px 12px}\n",
	".chart{margin:10px 0}.chart svg{width:100%;height:200px}.chart .where{display:flex;justify-content:space-between;font-size:.8125rem}section>h3{margin-top:18px}\n",
	"path.grid{stroke:var(--line);stroke-width:1;fill:none;vector-effect:non-scaling-stroke}path.line{fill:none;stroke-width:2.25;vector-effect:non-scaling-stroke}"
	"path.dots{fill:none;stroke-width:8;stroke-linecap:round;vector-effect:non-scaling-stroke}.key{display:inline-block;vertical-align:middle;margin-right:8px}\n",
	".s0{stroke:var(--image)}.s1{stroke:var(--heap)}.s2{stroke:var(--stack)}.s3{stroke:var(--private)}.s4{stroke:var(--mapped)}.s5{stroke:var(--ink)}"
	"path.line.s1{stroke-dasharray:9 4}path.line.s2{stroke-dasharray:3 3}path.line.s3{stroke-dasharray:12 3 3 3}path.line.s4{stroke-dasharray:6 6}path.line.s5{stroke-dasharray:2 5}\n",
	"footer{color:var(--dim);font-size:.8125rem;padding:4px 0}\n",
	"@media(max-width:640px){.hint{display:block}.nw{white-space:normal}.cmd{min-width:0}.verdict h1{font-size:1.08rem;line-height:1.4}.wrap{padding:0 10px 32px}section,.verdict{padding:16px 14px}nav{position:static}section{scroll-margin-top:8px}"
	".d1{margin-left:0}.d2{margin-left:8px}.d3{margin-left:16px}.d1,.d2,.d3{padding-left:10px}"
	".frames tr{display:grid;grid-template-columns:2.4em minmax(0,1fr);border-bottom:1px solid var(--line)}.frames td{border:0;padding-bottom:2px}.frames td:nth-child(3){grid-column:2;padding-top:0}.frames td:empty{display:none}"
	".cards thead,.frames thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}.cards tr,.cards td{display:block;border:0;padding:2px 0}.cards tr{border-bottom:1px solid var(--line);padding:8px 0}.cards td:empty{display:none}.cards td.n{text-align:left}"
	".cards td[data-label]::before{content:attr(data-label) ' ';color:var(--dim);font-size:.8125rem}}\n",
	"@media print{nav{display:none}section,.verdict{break-inside:avoid-page;border-color:#bbb}body{background:#fff}}\n",
	NULL,
};
