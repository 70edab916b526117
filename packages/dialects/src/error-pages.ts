/** What a dialect tells about each of its error codes. The HTTP layer shows it at {@link errorPagePath}. */
export interface ErrorPages {
  /** The wire API, as its users call it. */
  readonly api: string;
  readonly errors: readonly ErrorPage[];
}

export interface ErrorPage {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  /** Whole sentences; what is code in them stands between backquotes. */
  readonly when: string;
  readonly remedy: string;
}

/** Where a code is explained, below the API's origin. */
export function errorPagePath(code: string): string {
  return `/errors/${code.replaceAll('_', '-')}`;
}
