import { type Instant, renderInstant } from '@onfile/core';
import type { Fields } from './fields.js';

/** RFC 3339 in UTC with `Z`: what every published client reads. */
export function renderTime(instant: Instant): string {
  return renderInstant(instant);
}

/** An ISO 8601 date-time; without an offset it is UTC. */
export function parseTime(fields: Fields, name: string): Instant | undefined {
  const text = fields.text(name, { lengthMax: 40 });
  if (text === undefined) return undefined;

  const instant = DATE_TIME.test(text)
    ? Date.parse(/(?:Z|[+-]\d{2}:\d{2})$/i.test(text) ? text : `${text}Z`)
    : Number.NaN;
  if (!Number.isNaN(instant)) return instant;
  fields.report(name, 'value', 'Must be a date and time such as 2026-01-02T03:04:05Z.');
  return undefined;
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})?$/;
