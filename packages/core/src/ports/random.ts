export interface Random {
  /** From 0 up to, but not including, 1. Not for secrets. */
  fraction(): number;
}
