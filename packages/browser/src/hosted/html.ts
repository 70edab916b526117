/** Markup that is safe to send: made by {@link html} alone, so that no text gets into a page unescaped. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  static ofTemplate(parts: readonly string[], values: readonly HtmlValue[]): Html {
    let markup = parts[0] ?? '';
    values.forEach((value, index) => {
      markup += markupOf(value) + (parts[index + 1] ?? '');
    });
    return new Html(markup);
  }

  toString(): string {
    return this.#markup;
  }
}

export type HtmlValue = Html | string | number | null | false | readonly HtmlValue[];

/**
 * A template whose values are escaped for text and for quoted attributes; never put one into an unquoted attribute, a
 * `script` or a `style`. Markup from another `html` template goes in as it is, lists one after the other, and `null` and
 * `false` leave nothing.
 */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.ofTemplate(parts, values);
}

function markupOf(value: HtmlValue): string {
  if (value === null || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value));
  return value.map(markupOf).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '');
}
