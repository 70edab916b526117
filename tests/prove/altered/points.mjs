/**
 * Points where an operation can be held, named before and after each effect on the outside. The test arms one by a message;
 * the next operation that comes there says so and stays, while everything else in the process goes on. It may go on when the
 * test says so; mostly the process is killed.
 */
let armed = null;
let release = () => undefined;
let skewMs = 0;

/** @param {string} point */
export async function hold(point) {
  if (armed !== point) return;
  armed = null;
  const released = new Promise((resolve) => {
    release = resolve;
  });
  process.send({ reached: point });
  await released;
}

/** What the test planted, or nothing. */
export const planted = process.env.ONFILE_TEST_PLANTED ?? 'nothing';

const systemNow = Date.now;
Date.now = () => systemNow() + skewMs;

process.on('message', (message) => {
  if ('arm' in message) armed = message.arm;
  if ('release' in message) release();
  if ('skewMs' in message) skewMs = message.skewMs;
  process.send({ done: message.id });
});
// A test that was broken off leaves no server behind.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.channel?.unref();
