const WIDTH = 30;

/** One line; `share` is from 0 to 1. */
export function renderBar(title: string, share: number): string {
  const full = Math.round(share * WIDTH);
  return `${title} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(share * 100)).padStart(3)} %`;
}

/** Draws over the line before on a terminal; elsewhere a line for every tenth. */
export function createBar(stream: NodeJS.WriteStream): (line: string) => void {
  let shown = '';
  return (line) => {
    const tenth = /(\d*)\d %$/.exec(line)?.[1] ?? '';
    if (stream.isTTY) stream.write(`\r${line}${line.endsWith('100 %') ? '\n' : ''}`);
    else if (tenth !== shown) stream.write(`${line}\n`);
    shown = tenth;
  };
}
