/** A background task: a few lines around one core operation. */
export interface Job {
  readonly name: string;
  /** From the end of one run to the start of the next, ±20 %. */
  readonly intervalMs: number;
  /** Answers how much it did; as much as `batch` means that there may be more, and it runs again at once. */
  run(): Promise<number>;
  readonly batch: number;
}
