/** The element, which the server wrote; a page without it is of another release. */
export function found<E extends Element>(within: ParentNode, selector: string, kind: new () => E): E {
  const element = within.querySelector(selector);
  if (element instanceof kind) return element;
  throw new Error(`The page lacks ${selector}`);
}

export function byId(id: string): HTMLElement {
  return found(document, `#${id}`, HTMLElement);
}

/** An element with attributes and content; text is never read as markup. */
export function made(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...content: readonly (Node | string)[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

/** The mark beside what needs attention, as the server draws it. */
export function attentionIcon(): SVGElement {
  const icon = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  const attributes = { class: 'icon', viewBox: '0 0 24 24', width: '24', height: '24', 'aria-hidden': 'true' };
  for (const [name, value] of Object.entries(attributes)) icon.setAttribute(name, value);
  path.setAttribute('d', ATTENTION);
  icon.append(path);
  return icon;
}

const ATTENTION = 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5v5.5M12 16.4v.1';
