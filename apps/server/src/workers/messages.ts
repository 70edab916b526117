import type { CardRequest, SendResult } from '@onfile/core';
import type { MetricObject } from 'prom-client';

/** What workers ask one another: what is sent along, and what is answered. */
export interface Questions {
  /** The numbers of each process. */
  readonly metrics: { readonly asks: null; readonly answers: readonly MetricObject[] };
  /** Sent by whoever holds the card's security code, which so never leaves its process. */
  readonly send_card: { readonly asks: CardRequest; readonly answers: SendResult };
}
export type Question = keyof Questions;

/** `nothing` where there is nothing to say; `gone` where a worker ended meanwhile, and nobody knows what it had done. */
export type Answer<T = unknown> =
  | { readonly kind: 'answered'; readonly body: T }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'gone' };

/** From a worker to its primary. */
export type ToPrimary =
  | { readonly kind: 'listening' }
  | { readonly kind: 'ask'; readonly number: number; readonly question: Question; readonly body: unknown }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answer };

/** From the primary to a worker. */
export type ToWorker =
  | { readonly kind: 'asked'; readonly number: number; readonly question: Question; readonly body: unknown }
  | { readonly kind: 'answers'; readonly number: number; readonly answers: readonly Answer[] };
