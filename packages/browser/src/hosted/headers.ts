function contentSecurityPolicy(isScripted: boolean): string {
  return [
    "default-src 'none'",
    ...(isScripted ? ["script-src 'self'", "connect-src 'self'"] : []),
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** Every feature that a page could ask for and that browsers know by this name, denied: we need none. */
const PERMISSIONS_POLICY = [
  'accelerometer',
  'autoplay',
  'browsing-topics',
  'camera',
  'clipboard-read',
  'clipboard-write',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'gamepad',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
]
  .map((feature) => `${feature}=()`)
  .join(', ');

/**
 * On everything that we answer, pages or not. Browsers ignore `Strict-Transport-Security` on plain http, so it harms no
 * laptop.
 */
export const HEADERS_EVERYWHERE = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'permissions-policy': PERMISSIONS_POLICY,
  'origin-agent-cluster': '?1',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * The headers of every answer with a hosted page, errors included. Scripts are allowed only where the page links one, of our
 * own origin, and never any that makes markup out of text.
 *
 * `form-action 'self'` binds not only where the form posts to but, in Chromium, every redirect that follows the post. So
 * the post, and the page that it redirects to, must never redirect to another origin: the card company and the merchant are reached
 * by a link or by a `Refresh` of a page that was shown, both of which start a navigation of their own.
 */
export function hostedPageHeaders({ isScripted = false } = {}): Readonly<Record<string, string>> {
  return {
    ...HEADERS_EVERYWHERE,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': contentSecurityPolicy(isScripted),
    'cross-origin-opener-policy': 'same-origin',
  };
}

/** The headers of an asset, which has its own hash in its path and so never changes. */
export function hostedAssetHeaders(contentType: string): Readonly<Record<string, string>> {
  return {
    ...HEADERS_EVERYWHERE,
    'content-type': contentType,
    'cache-control': 'public, max-age=31536000, immutable',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };
}
