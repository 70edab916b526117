import {
  browserFiles,
  FIXED_PATHS,
  FRAME_FILES_PATH,
  immutableFileHeaders,
  listScripts,
  namedScriptHeaders,
  type ScriptName,
  sdkPath,
  versionedScripts,
} from '@onfile/browser';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';

/** What browsers load from the vault's origin beside the pages: scripts for merchants' pages, the frames' files, their list. */
export function browserScriptRoutes(): readonly HttpRoute[] {
  const named = Object.entries(FIXED_PATHS).map(
    ([path, name]): HttpRoute => ({ method: 'GET', path, handle: async (request) => namedScript(name, request) }),
  );
  return [
    ...named,
    { method: 'GET', path: '/sdk/:version/:name', handle: async (request) => versionedScript(request) },
    { method: 'GET', path: `${FRAME_FILES_PATH}:name`, handle: async ({ params }) => frameFile(params) },
    { method: 'GET', path: '/scripts.json', handle: async () => scriptList() },
  ];
}

function namedScript(name: ScriptName, { raw }: HttpRequest): HttpAnswer {
  const { contentType, body, integrity } = browserFiles().scripts[name];
  const etag = `"${integrity}"`;
  const headers = namedScriptHeaders({ contentType, etag });
  if (raw.headers['if-none-match'] === etag) return { status: 304, headers, body: '' };
  return { status: 200, headers, body };
}

function versionedScript({ params, shownPath }: HttpRequest): HttpAnswer {
  const { version = '', name = '' } = params;
  const script = versionedScripts().get(sdkPath(name, version));
  if (script !== undefined) {
    return { status: 200, headers: immutableFileHeaders(script.contentType), body: script.body };
  }
  return noSuchFile(
    `There is no ${shownPath} here. This installation is of version ${browserFiles().version}; ` +
      'its scripts, and those of earlier releases that it keeps, are listed in /scripts.json.',
  );
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
