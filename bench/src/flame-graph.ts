import { type Frame, sharesOfGroups } from './fold-profile.js';

const WIDTH = 1_200;
const ROW = 17;
const MARGIN = 10;
const LEGEND_COLUMNS = 4;
const CHARACTER_WIDTH = 6.4;
/** Narrower frames cannot be seen. */
const WIDTH_MIN = 0.4;
/** The largest groups have a colour each, light enough for black text. */
const COLOURS = [
  ...['#f4a259', '#8ecae6', '#c8d5b9', '#f28482', '#ffd166', '#b8a9e0', '#90be6d', '#e5b3d1', '#9ad1c7', '#d6b98c'],
  ...['#a7c5eb', '#f7c8a0', '#cfe08a'],
];
const OTHER_COLOUR = '#d9d9d9';

/** A picture as SVG: who calls is above whom it calls, as wide as its time. Frames tell their share when pointed at. */
export function renderFlameGraph(all: Frame, title: string): string {
  const groups = sharesOfGroups(all);
  const colours = new Map(groups.map(({ group }, place) => [group, COLOURS[place] ?? OTHER_COLOUR]));
  const legendRows = Math.ceil(groups.length / LEGEND_COLUMNS);
  const top = MARGIN + (legendRows + 2) * ROW;
  const frames: string[] = [];
  let depthMost = 0;

  function draw(frame: Frame, x: number, depth: number): void {
    const width = (frame.totalUs / all.totalUs) * (WIDTH - 2 * MARGIN);
    if (width < WIDTH_MIN) return;
    depthMost = Math.max(depthMost, depth);
    const colour = frame === all ? OTHER_COLOUR : (colours.get(frame.group) ?? OTHER_COLOUR);
    frames.push(renderFrame(frame, { x, y: top + depth * ROW, width, colour, share: frame.totalUs / all.totalUs }));
    let left = x;
    for (const child of largestFirst(frame)) {
      draw(child, left, depth + 1);
      left += (child.totalUs / all.totalUs) * (WIDTH - 2 * MARGIN);
    }
  }
  draw(all, MARGIN, 0);

  const height = top + (depthMost + 1) * ROW + MARGIN;
  const legend = groups.map(({ group, own }, place) => {
    const x = MARGIN + (place % LEGEND_COLUMNS) * (WIDTH / LEGEND_COLUMNS);
    const y = MARGIN + (1 + Math.floor(place / LEGEND_COLUMNS)) * ROW;
    return (
      `<rect x="${x}" y="${y}" width="12" height="12" fill="${colours.get(group)}"/>` +
      `<text x="${x + 18}" y="${y + 10}">${escapeXml(group)} ${percent(own)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"`,
    ` font-family="ui-monospace, Menlo, monospace" font-size="11">`,
    `<title>${escapeXml(title)}</title><rect width="${WIDTH}" height="${height}" fill="#ffffff"/>\n`,
    `<text x="${MARGIN}" y="${MARGIN + 10}" font-weight="bold">${escapeXml(title)}</text>\n`,
    ...[...legend, ...frames].map((each) => `${each}\n`),
    '</svg>\n',
  ].join('');
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly colour: string;
  readonly share: number;
}

function renderFrame({ name, place, group }: Frame, { x, y, width, colour, share }: Box): string {
  const room = Math.floor((width - 4) / CHARACTER_WIDTH);
  const shown = name.length <= room ? name : `${name.slice(0, Math.max(0, room - 1))}…`;
  const text = room < 3 ? '' : `<text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escapeXml(shown)}</text>`;
  return (
    `<g><title>${escapeXml(`${name}, ${percent(share)}, ${place || group}`)}</title>` +
    `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colour}"/>${text}</g>`
  );
}

function largestFirst({ children }: Frame): readonly Frame[] {
  return [...children.values()].sort((a, b) => b.totalUs - a.totalUs);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
