import {
  type Branding,
  type BrandingField,
  type BrandingProblem,
  type CheckedBranding,
  type ContrastPair,
  checkBranding,
  DISPLAY_NAME_CHARACTERS_MAX,
  done,
  LOGO_ASPECT_MAX,
  LOGO_BYTES_MAX,
  LOGO_SIDE,
  type LogoProblem,
  NO_BRANDING,
  RADIUS_MAX,
  readLogo,
  type Uuid,
  type WrittenBranding,
} from '@onfile/core';
import type { Static } from 'typebox';
import Type from 'typebox';
import { type FaintColor, problem } from './errors.js';
import { answerObject, Count, Id, nullable, Text } from './fields.js';
import { findMerchant } from './merchants.js';
import { type Answered, installationRoute, type OperatorCaller, type OperatorRoute } from './operator-route.js';
import type { OperatorPorts } from './ports.js';

const PATH = '/operator/v1/merchants/:id/branding';

const LogoSchema = answerObject({
  format: Type.Enum(['png', 'jpeg', 'webp']),
  width: Count,
  height: Count,
  digest: Text,
});

const BrandingSchema = answerObject({
  merchant_id: Id,
  display_name: nullable(Text),
  accent: nullable(Text),
  accent_dark: nullable(Text),
  background: nullable(Text),
  background_dark: nullable(Text),
  radius: nullable(Count),
  homepage_url: nullable(Text),
  logo: nullable(LogoSchema),
  contrasts: Type.Array(
    answerObject({ theme: Type.Enum(['light', 'dark']), pair: Text, ratio: Type.Number({ minimum: 1, maximum: 21 }) }),
  ),
});

type BrandingAnswer = Answered<Static<typeof BrandingSchema>>;

/** What it may hold is checked by the core, so that every way in refuses alike. */
const Written = Type.Optional(nullable(Type.String({ maxLength: 4_000 })));
const Changes = Type.Object(
  {
    display_name: Written,
    accent: Written,
    accent_dark: Written,
    background: Written,
    background_dark: Written,
    radius: Type.Optional(nullable(Type.Number())),
    homepage_url: Written,
  },
  { additionalProperties: false },
);

/** Above the largest logo in Base64, so that a larger one is refused for its size. */
const IMAGE_CHARACTERS_MAX = 60_000;

/** How the pages that are shown for a merchant look. */
export function brandingRoutes(ports: OperatorPorts): readonly OperatorRoute[] {
  const { storage, clock } = ports;
  return [
    installationRoute(
      {
        method: 'GET',
        path: PATH,
        summary:
          'How the pages shown for a merchant look, and the contrasts of its colours; with a secret key, its own.',
        answer: BrandingSchema,
      },
      'either',
      (request) => ofMerchant(ports, request),
    ),
    installationRoute(
      {
        method: 'PATCH',
        path: PATH,
        summary: 'Change parts of the look; null leaves a part to us. Colours that cannot be read are refused.',
        body: Changes,
        answer: BrandingSchema,
      },
      'operators',
      (request) =>
        ofMerchant(ports, request, async (id) => {
          const checked = checkBranding(writtenOver(await storage.loadBranding(id), request.body));
          if (checked.kind === 'refused') return refusedBranding(checked);
          await storage.saveBranding(id, checked.settings, clock.now());
          return null;
        }),
    ),
    installationRoute(
      {
        method: 'DELETE',
        path: PATH,
        summary: 'Take the whole look away, the logo too: pages look as they do by default.',
        answer: BrandingSchema,
      },
      'operators',
      (request) =>
        ofMerchant(ports, request, async (id) => {
          await storage.saveBranding(id, NO_BRANDING, clock.now());
          await storage.saveLogo(id, null, clock.now());
          return null;
        }),
    ),
    installationRoute(
      {
        method: 'PUT',
        path: `${PATH}/logo`,
        summary: `Set the logo: a PNG, JPEG or WebP image of ${LOGO_BYTES_MAX} bytes at most, in Base64.`,
        body: Type.Object({ image: Type.String({ maxLength: IMAGE_CHARACTERS_MAX }) }, { additionalProperties: false }),
        answer: BrandingSchema,
      },
      'operators',
      (request) =>
        ofMerchant(ports, request, async (id) => {
          const bytes = parseBase64(request.body.image);
          if (bytes === null) return refusedLogo('The image has to be Base64, with padding and without line breaks.');
          const read = readLogo(bytes);
          if (read.kind === 'refused') return refusedLogo(LOGO_MESSAGES[read.problem]);
          await storage.saveLogo(id, read.image, clock.now());
          return null;
        }),
    ),
    installationRoute(
      { method: 'DELETE', path: `${PATH}/logo`, summary: 'Take the logo away.', answer: BrandingSchema },
      'operators',
      (request) =>
        ofMerchant(ports, request, async (id) => {
          await storage.saveLogo(id, null, clock.now());
          return null;
        }),
    ),
  ];
}

interface AboutMerchant {
  readonly caller: OperatorCaller;
  readonly params: Readonly<Record<string, string>>;
}

/** Answers the look as it is after the change, if any, or why there is none. */
async function ofMerchant(
  ports: OperatorPorts,
  { caller, params }: AboutMerchant,
  change?: (id: Uuid) => Promise<ReturnType<typeof problem> | null>,
): Promise<BrandingAnswer> {
  const merchant = await findMerchant(ports, caller, params.id);
  if (merchant === null) return problem('merchant_unknown');
  const refused = await change?.(merchant.id);
  return refused ?? done(renderBranding(await ports.storage.loadBranding(merchant.id)));
}

function renderBranding(branding: Branding): Static<typeof BrandingSchema> {
  const checked = checkBranding(branding);
  return {
    merchant_id: branding.merchantId,
    display_name: branding.displayName,
    accent: branding.accent,
    accent_dark: branding.accentDark,
    background: branding.background,
    background_dark: branding.backgroundDark,
    radius: branding.radius,
    homepage_url: branding.homepageUrl,
    logo: branding.logo,
    contrasts: checked.kind === 'fine' ? [...checked.contrasts] : [],
  };
}

/** What is not sent stays. */
function writtenOver(kept: Branding, sent: Static<typeof Changes>): WrittenBranding {
  const {
    display_name: displayName = kept.displayName,
    accent = kept.accent,
    accent_dark: accentDark = kept.accentDark,
    background = kept.background,
    background_dark: backgroundDark = kept.backgroundDark,
    radius = kept.radius,
    homepage_url: homepageUrl = kept.homepageUrl,
  } = sent;
  return { displayName, accent, accentDark, background, backgroundDark, radius, homepageUrl };
}

function refusedBranding({ problems }: Extract<CheckedBranding, { kind: 'refused' }>) {
  const [first] = problems;
  const contrasts = problems.flatMap(faintColorOf);
  return problem('branding_refused', {
    message: problems.map(sentenceOn).join(' '),
    ...(first && { param: FIELDS[first.field] }),
    ...(contrasts.length > 0 && { contrasts }),
  });
}

const FIELDS: Readonly<Record<BrandingField, keyof Static<typeof Changes>>> = {
  displayName: 'display_name',
  accent: 'accent',
  accentDark: 'accent_dark',
  background: 'background',
  backgroundDark: 'background_dark',
  radius: 'radius',
  homepageUrl: 'homepage_url',
};

function faintColorOf(problem: BrandingProblem): readonly FaintColor[] {
  if (problem.problem !== 'contrast_too_low') return [];
  const { field, theme, pair, ratio, required, nearest } = problem;
  return [{ field: FIELDS[field], theme, pair, ratio, required, nearest }];
}

function sentenceOn(problem: BrandingProblem): string {
  const field = FIELDS[problem.field];
  switch (problem.problem) {
    case 'too_long':
      return `${field} has ${DISPLAY_NAME_CHARACTERS_MAX} characters at most.`;
    case 'unreadable':
      return `${field} needs a letter or a digit, and takes no control characters.`;
    case 'not_a_color':
      return `${field} is a colour such as #2347c5, or null.`;
    case 'out_of_range':
      return `${field} is a whole number of pixels from 0 to ${RADIUS_MAX}, or null.`;
    case 'not_https':
      return `${field} is an address such as https://shop.example/, or null.`;
    case 'contrast_too_low': {
      const { pair, ratio, theme, required, nearest } = problem;
      const measured = `${PAIRS[pair]} measures ${ratio} to 1 in the ${theme} theme and needs ${required}`;
      return `${field}: ${measured}; the nearest colour that passes is ${nearest}.`;
    }
  }
}

const PAIRS: Readonly<Record<ContrastPair, string>> = {
  text_on_accent: 'text on the accent',
  accent_on_panel: 'the accent on the panel',
  accent_on_background: 'the accent on the background',
  text_on_background: 'text on the background',
};

/** `null` for what is not Base64 in its one form: half of an image would be stored without a word. */
function parseBase64(text: string): Uint8Array | null {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : null;
}

function refusedLogo(message: string) {
  return problem('logo_refused', { message, param: 'image' });
}

const LOGO_MESSAGES: Readonly<Record<LogoProblem, string>> = {
  too_many_bytes: `The logo is too large: ${LOGO_BYTES_MAX} bytes at most. WebP is smaller than PNG.`,
  not_an_image: 'This is no whole PNG, JPEG or WebP image. SVG is refused, since it can hold scripts.',
  animated: 'An animated logo is refused.',
  too_small: `The logo is too small: ${LOGO_SIDE.min} pixels each side at least.`,
  too_large: `The logo is too large: ${LOGO_SIDE.max} pixels each side at most. It is shown within 160 by 40.`,
  too_long_drawn: `The logo is too long: ${LOGO_ASPECT_MAX} times its shorter side at most.`,
};
