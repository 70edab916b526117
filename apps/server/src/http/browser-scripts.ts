import {
  browserFiles,
  FIXED_PATHS,
  FRAME_FILES_PATH,
  immutableFileHeaders,
  listScripts,
  namedScriptHeaders,
  POSTAL_CODES_PATH,
  postalCodesOf,
  type ScriptName,
  sdkPath,
  versionedScripts,
} from '@onfile/browser';
import { compressedAnswer } from './compressed.js';
import type { HttpAnswer, HttpRequest, HttpRoute } from './http-route.js';

/** What browsers load from the vault's origin beside the pages: scripts for merchants' pages, the frames' files, their list. */
export function browserScriptRoutes(): readonly HttpRoute[] {
  const named = Object.entries(FIXED_PATHS).map(
    ([path, name]): HttpRoute => ({ method: 'GET', path, handle: (request) => namedScript(name, request) }),
  );
  return [
    ...named,
    { method: 'GET', path: '/sdk/:version/:name', handle: versionedScript },
    { method: 'GET', path: `${FRAME_FILES_PATH}:name`, handle: frameFile },
    { method: 'GET', path: `${POSTAL_CODES_PATH}:area`, handle: async ({ params }) => postalCodes(params) },
    { method: 'GET', path: '/scripts.json', handle: async () => scriptList() },
  ];
}

async function namedScript(name: ScriptName, request: HttpRequest): Promise<HttpAnswer> {
  const file = browserFiles().scripts[name];
  const { contentType, integrity } = file;
  const etag = `"${integrity}"`;
  const headers = namedScriptHeaders({ contentType, etag });
  if (request.raw.headers['if-none-match'] === etag) return { status: 304, headers, body: '' };
  return compressedAnswer(request, file, headers);
}

async function versionedScript(request: HttpRequest): Promise<HttpAnswer> {
  const { version = '', name = '' } = request.params;
  const script = versionedScripts().get(sdkPath(name, version));
  if (script !== undefined) return compressedAnswer(request, script, immutableFileHeaders(script.contentType));
  return noSuchFile(
    `There is no ${request.shownPath} here. This installation is of version ${browserFiles().version}; ` +
      'its scripts, and those of earlier releases that it keeps, are listed in /scripts.json.',
  );
}

async function frameFile(request: HttpRequest): Promise<HttpAnswer> {
  const file = browserFiles().frameFile(request.params.name ?? '');
  if (file === null) return noSuchFile('There is no such file; the page that links it is of another release.');
  return compressedAnswer(request, file, immutableFileHeaders(file.contentType));
}

/** For the address form alone. Places come to be and are renamed, so a browser asks again after a day. */
function postalCodes({ area = '' }: HttpRequest['params']): HttpAnswer {
  const codes = postalCodesOf(area);
  if (codes === null) return noSuchFile('No postal code begins with this.');
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=86400' };
  return { status: 200, headers, body: codes };
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
