const TIMEOUT_MS = 30_000;

/** Adds the script to the page and answers once it ran: `null`, or what went wrong with what to do about it. */
export function loadScript({ address, integrity }: { address: string; integrity: string }): Promise<string | null> {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    const end = (problem: string | null) => {
      clearTimeout(timer);
      script.onload = null;
      script.onerror = null;
      script.remove();
      resolve(problem);
    };
    const timer = setTimeout(() => end(notLoaded(address)), TIMEOUT_MS);
    script.onload = () => end(null);
    script.onerror = () => end(notLoaded(address));
    // Read before any content is checked, so that the script is fetched with it.
    script.crossOrigin = 'anonymous';
    script.integrity = integrity;
    try {
      script.src = trusted(address);
    } catch (error) {
      end(`${(error as Error).message} ${NOT_TRUSTED}`);
      return;
    }
    document.head.append(script);
  });
}

function notLoaded(address: string): string {
  const { origin } = new URL(address);
  return (
    `${address} could not be loaded. Either ${origin} cannot be reached, or this page's content policy lacks ` +
    `script-src ${origin}, or that installation has no such release: ${origin}/scripts.json lists what it serves, and ` +
    '@onfile/js has to be of one of them.'
  );
}

const NOT_TRUSTED =
  "This page's content policy has to allow a policy of Trusted Types: trusted-types onfile. Or load the script by a tag " +
  'in the markup.';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(text: string): string },
  ): { createScriptURL(text: string): string };
}

/** Where a page demands Trusted Types, an address of a script has to come out of a policy: ours passes this one only. */
function trusted(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  try {
    policy ??= trustedTypes.createPolicy('onfile', {
      createScriptURL: (text) => {
        if (!/^https?:\/\/[^/?#\\]+\/sdk\/[\w.-]+\/onfile\.js$/.test(text))
          throw new TypeError(`${text} is not Onfile's.`);
        return text;
      },
    });
  } catch {
    // Not allowed here. Whether it is needed, the address itself will tell.
    return address;
  }
  return policy.createScriptURL(address);
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;
