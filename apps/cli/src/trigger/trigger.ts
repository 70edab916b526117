import { setTimeout as sleep } from 'node:timers/promises';
import { findPlace, type PlaceOptions } from '../api/place.js';
import { bodyOf } from '../calls/body-fields.js';
import { untilInterrupted } from '../interruption.js';
import { CommandFault, createOutput, EXIT_CODES } from '../output.js';
import { SCENARIOS } from './scenarios.js';
import { openStage, type Stage } from './stage.js';
import { TRIGGERABLE, type Triggerable } from './triggerable.js';

export interface TriggerOptions extends PlaceOptions {
  readonly set?: readonly string[];
  readonly list?: boolean;
  readonly json?: boolean;
}

/** Makes an event happen, by the requests that lead to it, and waits until it is there. */
export async function trigger(event: Triggerable | undefined, options: TriggerOptions): Promise<number> {
  const output = createOutput({ json: options.json ?? false });
  if (options.list) {
    for (const [name, what] of Object.entries(TRIGGERABLE)) {
      output.result({ event: name, description: what }, `${name.padEnd(28)}  ${what}`);
    }
    return EXIT_CODES.done;
  }
  if (event === undefined) {
    throw new CommandFault('Say which event. They are listed by: onfile trigger --list', EXIT_CODES.misused);
  }
  return untilInterrupted(async (signal) => {
    const place = await findPlace(options);
    const { secretKey } = place;
    if (secretKey === null || place.mode === 'live') {
      const reason = 'What is made to happen is made up: that takes a secret key of test mode (sk_test_…)';
      throw new CommandFault(reason, EXIT_CODES.refused);
    }
    const wishes = bodyOf(options.set ?? []);
    const scenario = SCENARIOS[event];
    const unused = Object.keys(wishes).find((name) => !scenario.sets.some((each) => each === name));
    if (unused !== undefined) {
      const known = scenario.sets.join(', ');
      throw new CommandFault(`${event} has no ${unused} to set: there are ${known}`, EXIT_CODES.misused);
    }
    const onRequest = (line: string) => output.progress(output.paint('gray', line));
    const stage = openStage({ place, secretKey, wishes, signal, onRequest });
    const object = await scenario.play(stage);
    const id = await eventAbout(stage, { event, object, signal });
    output.result({ type: event, id, object }, `${output.paint('green', event)}  ${id}  ${object}`);
    return EXIT_CODES.done;
  });
}

const LOOKS_MAX = 100;
const LOOK_EVERY_MS = 100;

/** The event is written with the change; only what the processor answers late takes a moment. */
async function eventAbout(
  stage: Stage,
  { event, object, signal }: { event: string; object: string; signal: AbortSignal },
): Promise<string> {
  const query = new URLSearchParams({ resource_id: object, type: event, limit: '1' });
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const { data } = (await stage.get(`/v2/events?${query}`)) as unknown as { data: readonly { id: string }[] };
    if (data[0] !== undefined) return data[0].id;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  throw new CommandFault(`${object} is there, but no ${event} came within 10 seconds`, EXIT_CODES.fault);
}
