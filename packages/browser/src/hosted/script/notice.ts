import { attentionIcon, byId, made } from './elements.js';

/** What a notice says below its heading: which fields to look at, or sentences. */
export interface NoticeContent {
  readonly heading: string;
  readonly links?: readonly { readonly target: string; readonly text: string }[];
  readonly paragraphs?: readonly string[];
}

/** In the place where the server shows its own, with the focus on its heading. */
export function showNotice({ heading, links = [], paragraphs = [] }: NoticeContent): void {
  const headingElement = made('h2', { id: 'notice-heading', tabindex: '-1' }, heading);
  const list = made('ul', {}, ...links.map(({ target, text }) => made('li', {}, linkTo(target, text))));
  const content = made('div', {}, headingElement, ...(links.length > 0 ? [list] : []));
  content.append(...paragraphs.map((text) => made('p', {}, text)));
  const box = made('div', { class: 'notice', role: 'group', 'aria-labelledby': 'notice-heading' });
  box.append(attentionIcon(), content);
  byId('notice-place').replaceChildren(box);
  headingElement.focus();
}

/** Into the field itself, and not only to it. */
function linkTo(id: string, text: string): HTMLElement {
  const link = made('a', { href: `#${id}` }, text);
  link.addEventListener('click', (event) => {
    event.preventDefault();
    byId(id).focus();
  });
  return link;
}
