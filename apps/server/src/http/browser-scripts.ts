import { browserFiles, FRAME_FILES_PATH, immutableFileHeaders, listScripts, namedScriptHeaders } from '@onfile/browser';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';

/** What browsers load from the vault's origin beside the pages: scripts for merchants' pages, the frames' files, their list. */
export function browserScriptRoutes(): readonly HttpRoute[] {
  return [
    { method: 'GET', path: '/payments.js', handle: async (request) => namedScript(request) },
    { method: 'GET', path: '/sdk/:version/payments.js', handle: async ({ params }) => versionedScript(params) },
    { method: 'GET', path: `${FRAME_FILES_PATH}:name`, handle: async ({ params }) => frameFile(params) },
    { method: 'GET', path: '/scripts.json', handle: async () => scriptList() },
  ];
}

function namedScript({ raw }: HttpRequest): HttpAnswer {
  const { contentType, body, integrity } = browserFiles().payments;
  const etag = `"${integrity}"`;
  const headers = namedScriptHeaders({ contentType, etag });
  if (raw.headers['if-none-match'] === etag) return { status: 304, headers, body: '' };
  return { status: 200, headers, body };
}

function versionedScript({ version }: HttpRequest['params']): HttpAnswer {
  const { payments, version: current } = browserFiles();
  if (version !== current) {
    return noSuchFile(`This installation serves version ${current}; its scripts are listed in /scripts.json.`);
  }
  return { status: 200, headers: immutableFileHeaders(payments.contentType), body: payments.body };
}

function frameFile({ name = '' }: HttpRequest['params']): HttpAnswer {
  const file = browserFiles().frameFile(name);
  if (file === null) return noSuchFile('There is no such file; the page that links it is of another release.');
  return { status: 200, headers: immutableFileHeaders(file.contentType), body: file.body };
}

function scriptList(): HttpAnswer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', 'access-control-allow-origin': '*' },
    body: JSON.stringify(listScripts(), null, 2),
  };
}

function noSuchFile(text: string): HttpAnswer {
  return { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: text };
}
