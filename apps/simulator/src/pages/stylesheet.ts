export const STYLESHEET = `
:root {
  color-scheme: light dark;
  --ink: #1c2330; --muted: #566074; --paper: #fff; --ground: #eef1f6; --line: #cfd6e2;
  --accent: #1f4fd8; --on-accent: #fff; --warn: #ffe08a; --on-warn: #3d2c00; --focus: #b4530a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e8ecf4; --muted: #a7b1c4; --paper: #1b2130; --ground: #11151f; --line: #3a4356;
    --accent: #8fb0ff; --on-accent: #0c1530; --warn: #5a4500; --on-warn: #ffeab0; --focus: #ffb46b;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 16px/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", "Yu Gothic UI", sans-serif;
}
.ribbon { margin: 0; padding: .5rem 1rem; text-align: center; font-weight: 600; background: var(--warn); color: var(--on-warn); }
main {
  max-width: 26rem; margin: 1.5rem auto 0; padding: 1.25rem;
  background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
}
main.wide { max-width: 64rem; }
h1 { margin: 0 0 .75rem; font-size: 1.25rem; line-height: 1.4; }
h1:focus { outline: none; }
h2 { margin: 2rem 0 .5rem; font-size: 1.05rem; }
dl { margin: 1rem 0; border-block: 1px solid var(--line); }
dl div { display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; padding: .5rem 0; }
dl div + div { border-top: 1px solid var(--line); }
dt { color: var(--muted); }
dd { margin: 0; font-weight: 600; }
.last4, td, code { font-variant-numeric: tabular-nums; }
form { display: grid; gap: .75rem; }
button, .button {
  display: block; width: 100%; min-height: 3rem; padding: .6rem 1rem; text-align: center; text-decoration: none;
  font: inherit; font-weight: 600; color: var(--ink); background: transparent;
  border: 1px solid var(--muted); border-radius: .5rem; cursor: pointer;
}
.primary { color: var(--on-accent); background: var(--accent); border-color: var(--accent); }
.quiet { border-color: transparent; color: var(--muted); text-decoration: underline; }
:is(button, a):focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.note { margin: .75rem 0 0; font-size: .875rem; color: var(--muted); }
footer { padding: 1rem; text-align: center; }
footer a { display: inline-block; padding: .6rem; color: var(--muted); }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { padding: .4rem .75rem .4rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th, td { overflow-wrap: normal; }
td.number { white-space: nowrap; font-family: ui-monospace, monospace; }
pre { padding: .75rem; overflow-x: auto; background: var(--ground); border-radius: .5rem; font-size: .85rem; }
@media (prefers-contrast: more) { :root { --muted: var(--ink); --line: var(--ink); } }
`.trimStart();

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="3" width="14" height="10" rx="2" fill="#1f4fd8"/><rect x="1" y="5.5" width="14" height="2" fill="#ffe08a"/></svg>`;
