import { expect, test } from 'vitest';
import { renderServerOptions } from './server-settings.js';

test('a setting of the caller replaces the default', () => {
  const options = renderServerOptions({ socketDir: '/s', settings: { shared_buffers: '32MB', work_mem: '8MB' } });
  expect(options).toContain('shared_buffers=32MB');
  expect(options).not.toContain('shared_buffers=64MB');
  expect(options).toContain('work_mem=8MB');
});

test.each([
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'listen_addresses',
  'unix_socket_directories',
  'log_statement',
  'log_min_messages',
  'log_parameter_max_length_on_error',
  'LOG_Statement',
])('the setting %s cannot be changed', (name) => {
  expect(() => renderServerOptions({ socketDir: '/s', settings: { [name]: 'off' } })).toThrow(
    expect.objectContaining({ code: 'setting_refused', message: expect.stringContaining(name) }),
  );
});
