export const STYLE = `:root { color-scheme: light dark; font: 1.0625rem/1.6 system-ui, sans-serif; --accent: #1d4ed8; --line: light-dark(#d5dbe3, #3b4655); --quiet: light-dark(#475569, #b6c2d1); --raised: light-dark(#f6f8fa, #1a2230); }
* { box-sizing: border-box; }
body { margin: 0; overflow-wrap: anywhere; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin-top: 3rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
a { color: light-dark(#1d4ed8, #93c5fd); }
.lead { margin-top: 0; color: var(--quiet); }
.ways { list-style: none; display: grid; gap: 0.75rem; margin: 1.5rem 0; padding: 0; }
.ways a { display: block; padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--raised); text-decoration: none; }
.ways a:hover { border-color: var(--accent); }
.ways strong { display: block; text-decoration: underline; text-underline-offset: 0.2em; }
.ways span { color: var(--quiet); }
.card { margin: 1.5rem 0; }
.try { margin: 1.5rem 0; font-size: 0.9375rem; }
.try div { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: 0.5rem 0; border-top: 1px solid var(--line); }
.try dt { flex: 0 0 13rem; }
.try dd { flex: 1 1 14rem; margin: 0; color: var(--quiet); }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0.625rem 1.5rem; border: 0; border-radius: 0.5rem; background: var(--accent); color: #fff; cursor: pointer; }
button:hover { background: #1e40af; }
button:disabled { opacity: 0.6; cursor: progress; }
:focus-visible { outline: 3px solid #f59e0b; outline-offset: 3px; }
#error { min-height: 1.6em; margin: 0.75rem 0; color: light-dark(#b3201b, #ffb0a8); }
code { font: 0.9375em ui-monospace, monospace; }
pre { margin: 0; padding: 1rem; overflow-x: auto; border-radius: 0.5rem; background: light-dark(#f1f5f9, #1e293b); font-size: 0.8125rem; line-height: 1.5; overflow-wrap: normal; }
`;
