import { stat } from 'node:fs/promises';
import { type Config, nodeAdvice, readConfig, unsafeInProduction } from '@onfile/server';
import { type Finding, ok, problem, skipped, warning } from './finding.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The settings that a server started here would have; `null` when they are not usable. */
export function readSettings(environment: Environment, workingDirectory: string): Config | null {
  try {
    return readConfig(environment, workingDirectory);
  } catch (error) {
    if ((error as Error).name === 'ConfigFault') return null;
    throw error;
  }
}

/** Settings and files of a server on this machine. */
export async function checkConfiguration(
  environment: Environment,
  workingDirectory: string,
): Promise<readonly Finding[]> {
  const advice = nodeAdvice(process.version);
  const node = advice === null ? [] : [warning('configuration', `Node is ${process.version}`, advice)];
  return [...node, ...(await checkSettings(environment, workingDirectory))];
}

async function checkSettings(environment: Environment, workingDirectory: string): Promise<readonly Finding[]> {
  let config: Config;
  try {
    config = readConfig(environment, workingDirectory);
  } catch (error) {
    const { faults } = error as { faults?: readonly string[] };
    if (faults === undefined) throw error;
    return faults.map((fault) => problem('configuration', fault, 'Mend the setting; `onfile serve` refuses to start'));
  }
  const unsafe = unsafeInProduction(config).map((text) => {
    const [what = text, todo = 'See the settings in apps/server/src/config.ts'] = text.split(/: (?=set |end )/);
    return warning('configuration', what, todo);
  });
  const files = await checkSecretFiles(config);
  const found = [...unsafe, ...files];
  return found.length > 0 ? found : [ok('configuration', 'The settings are usable and safe')];
}

/** Whoever reads these can open cards, or speak in callers' names. */
async function checkSecretFiles({ keyFile, tokenKeyFile }: Config): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const path of [keyFile, tokenKeyFile]) {
    const file = await stat(path).catch(() => null);
    if (file === null) {
      found.push(skipped('configuration', `${path} is not there`, 'It is made at the first start of a server here'));
    } else if ((file.mode & 0o077) !== 0) {
      found.push(problem('configuration', `${path} can be read by other users`, `chmod 600 ${path}`));
    }
  }
  return found;
}
