import { type Instant, renderInstant } from '@onfile/core';
import type { TSchema } from 'typebox';
import Type from 'typebox';

// The pieces that schemas of this API are made of.

export const Time = Type.String({ format: 'date-time' });
export const Id = Type.String({ format: 'uuid' });
export const Text = Type.String();
export const Count = Type.Integer({ minimum: 0 });
export const Mode = Type.Enum(['test', 'live']);

/** An id in a request: ours, or as PAY.JP's or Toast's dialect writes it. */
export const AnyId = Type.String({ minLength: 1, maxLength: 255 });

export function nullable<T extends TSchema>(schema: T) {
  return Type.Union([schema, Type.Null()]);
}

export function renderTime(at: Instant): string {
  return renderInstant(at);
}

export function renderTimeOrNull(at: Instant | null): string | null {
  return at === null ? null : renderTime(at);
}

/** `undefined` where nothing was sent. Its form was checked before. */
export function parseTime(text: string | undefined): Instant | undefined {
  return text === undefined ? undefined : Date.parse(text);
}

/** Answers are closed: a field that is not described is not sent. */
export function answerObject<P extends Record<string, TSchema>>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}

export function queryObject<P extends Record<string, TSchema>>(properties: P) {
  return Type.Object(properties, { additionalProperties: false });
}
