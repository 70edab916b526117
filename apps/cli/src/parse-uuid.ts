import type { Uuid } from '@onfile/core';
import { CommandFault, EXIT_CODES } from './output.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function parseUuid(text: string, what: string): Uuid {
  if (UUID.test(text)) return text as Uuid;
  throw new CommandFault(
    `The ${what} has to be a UUID such as 0199c0de-0000-7000-8000-000000000001`,
    EXIT_CODES.misused,
  );
}
