/** The style of the matrix page: light and dark, and no colour that stands alone for anything. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fbfbf9; --fg: #1c1e21; --dim: #5d636b; --line: #d5d7da; --panel: #ffffff;
  --mapped: #cfe3f7; --mapped-fg: #0b3d6e; --copied: #f8dfa6; --copied-fg: #5b3d00; --refused: #e2e3e6; --refused-fg: #3c4046; --failed: #b3162c; --failed-fg: #ffffff; --ring: #1f6feb; }
@media (prefers-color-scheme: dark) { :root { --bg: #15171a; --fg: #e6e7e9; --dim: #9aa1aa; --line: #363a40; --panel: #1c1f23;
  --mapped: #17395c; --mapped-fg: #cfe6ff; --copied: #5a4410; --copied-fg: #ffe6ae; --refused: #363a40; --refused-fg: #d4d7dc; --failed: #e5484d; --failed-fg: #1a0003; --ring: #79b8ff; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.25rem 1.5rem 3rem; background: var(--bg); color: var(--fg); font: 14px/1.45 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: baseline; flex-wrap: wrap; margin-bottom: .75rem; }
h1 { font-size: 1.35rem; margin: 0; } h2 { font-size: .95rem; margin: 1.5rem 0 .4rem; } header p { margin: 0; color: var(--dim); }
table { border-collapse: collapse; }
.outcomes { font-size: 13px; } .outcomes th, .outcomes td { padding: .15rem .8rem .15rem 0; text-align: left; font-weight: 400; }
.outcomes th { color: var(--dim); border-bottom: 1px solid var(--line); } .outcomes .n { text-align: right; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.1rem; color: var(--dim); margin: 1rem 0 .5rem; }
.legend .c { display: inline-block; vertical-align: middle; margin-right: .2rem; cursor: default; }
main { display: grid; grid-template-columns: max-content minmax(22rem, 1fr); gap: 2rem; align-items: start; }
figure { margin: 0 0 1.75rem; } figcaption { font-weight: 600; margin-bottom: .35rem; } figcaption span { font-weight: 400; color: var(--dim); margin-left: .6rem; }
figure th { font-weight: 500; font-size: 12px; color: var(--dim); padding: 1px 5px; text-align: center; }
figure thead th.axis { text-align: right; font-weight: 400; } figure thead th { border-left: 1px solid var(--line); }
figure tr.b > * { border-top: 1px solid var(--line); } figure tbody th { border-right: 1px solid var(--line); }
.c { width: 29px; height: 24px; padding: 0; text-align: center; font: 600 12px/22px ui-monospace, monospace; border: 1px solid var(--bg); cursor: pointer; }
figure td.c:nth-last-child(6n) { border-left-color: var(--line); }
.c .u { font-weight: 400; font-size: 10px; margin-left: 1px; opacity: .85; }
.mapped { background: var(--mapped); color: var(--mapped-fg); } .copied { background: var(--copied); color: var(--copied-fg); }
.refused { background: var(--refused); color: var(--refused-fg); } .failed { background: var(--failed); color: var(--failed-fg); text-decoration: underline; }
.none { color: var(--dim); cursor: default; }
.c:focus-visible, .c[aria-selected="true"], .c[aria-pressed="true"] { outline: 2px solid var(--ring); outline-offset: -1px; }
ul.row { list-style: none; display: flex; flex-wrap: wrap; gap: 1px; padding: 0; margin: 0; max-width: 40rem; } .row .c { display: block; }
#panel { position: sticky; top: 1rem; max-height: calc(100vh - 2rem); overflow: auto; background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: 1rem 1.2rem; }
#panel h2 { margin: 0 0 .6rem; font: 600 14px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; } #panel h3 { font-size: 13px; margin: 1rem 0 .3rem; color: var(--dim); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: 0; } dt { color: var(--dim); } dd { margin: 0; font-variant-numeric: tabular-nums; }
#panel ul { margin: 0; padding-left: 0; list-style: none; } #panel li { padding-left: 1.4rem; text-indent: -1.4rem; overflow-wrap: anywhere; }
#panel .bad { color: var(--failed); font-weight: 600; } @media (prefers-color-scheme: dark) { #panel .bad { color: #ff8a8e; } }
.command { display: flex; gap: .5rem; align-items: start; } .command code { flex: 1; background: var(--bg); border: 1px solid var(--line); border-radius: 4px; padding: .3rem .5rem; overflow-wrap: anywhere; font: 12px/1.4 ui-monospace, monospace; }
button { font: inherit; font-size: 12px; padding: .25rem .6rem; border: 1px solid var(--line); border-radius: 4px; background: var(--bg); color: var(--fg); cursor: pointer; }
pre { margin: 0; padding: .5rem; background: var(--bg); border: 1px solid var(--line); border-radius: 4px; max-height: 22rem; overflow: auto; font: 11px/1.45 ui-monospace, monospace; }
@media (max-width: 1080px) { main { grid-template-columns: 1fr; } #grids { overflow-x: auto; } #panel { position: sticky; bottom: 0; top: auto; max-height: 45vh; } }
@media print { #panel { display: none; } }
`;
