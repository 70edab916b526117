import type { ErrorPages } from '../error-pages.js';

/** One error of this wire API: what it is called, when it happens, and what its reader can do about it. */
export interface ErrorFacts {
  readonly status: number;
  readonly title: string;
  /** Our own, where PAY.JP publishes none. */
  readonly isOurs?: true;
  readonly when: string;
  readonly remedy: string;
}

const PAYMENT_FAILED = { status: 402, title: 'Payment Failed' } as const;

/** Every code that this dialect answers with: nothing else can be answered. The order is that of the documentation. */
export const ERROR_CODES = {
  invalid_status: {
    status: 400,
    title: 'Invalid Status',
    when: "The object's status does not allow the operation, or its flow belongs to a checkout session, which alone may change it.",
    remedy: 'Read the object again and go on from the status that it has. Expire a session to cancel its flow.',
  },
  detached_payment_method_not_usable: {
    status: 400,
    title: 'Detached Payment Method Not Usable',
    when: 'The payment method was detached from its customer before.',
    remedy: 'Use another payment method, or have the customer enter the card again: detaching is final.',
  },
  unsupported_payment_method_type: {
    status: 400,
    title: 'Unsupported Payment Method Type',
    when: 'Payment methods of this type cannot be saved, or a raw card was sent over the server API in live mode.',
    remedy: 'Use a card. In live mode let the customer enter it on the hosted page or in the browser form.',
  },
  invalid_payment_method_types: {
    status: 400,
    title: 'Invalid Payment Method Types',
    when: 'A type in `payment_method_types` cannot be saved, or the payment method configuration turns it off.',
    remedy: 'Leave `payment_method_types` out or send `["card"]`, and turn cards on in the configuration.',
  },
  metadata_limit_exceeded: {
    status: 400,
    title: 'Metadata Limit Exceeded',
    when: 'The metadata would have more than 20 keys.',
    remedy: 'Remove keys by sending them with an empty string, or keep the data in a system of your own.',
  },
  resource_missing: {
    status: 400,
    title: 'Resource Missing',
    when: '`starting_after` or `ending_before` names no object of the list.',
    remedy: 'Take the cursor from the first or last object of a page, or begin again without one.',
  },
  already_exists_id: {
    status: 400,
    title: 'Already Exists ID',
    when: 'Another customer has the chosen id.',
    remedy: 'Use the customer that is there, or choose another id.',
  },
  payment_method_already_attached: {
    status: 400,
    title: 'Payment Method Already Attached',
    when: 'The payment method belongs to a customer already.',
    remedy: 'Nothing is left to do if it is the right customer; otherwise save another payment method.',
  },
  payment_method_unattached: {
    status: 400,
    title: 'Payment Method Unattached',
    when: 'The payment method to be detached was never attached.',
    remedy: 'Only attached payment methods are detached; there is nothing to do.',
  },
  payment_method_already_detached: {
    status: 400,
    title: 'Payment Method Already Detached',
    when: 'The payment method was detached before.',
    remedy: 'There is nothing to do.',
  },
  missing_payment_method: {
    status: 400,
    title: 'Missing Payment Method',
    when: 'A flow is confirmed, has no payment method, and the request brings none.',
    remedy: 'Send `payment_method_data` with the confirmation, or give the flow a payment method first.',
  },
  payment_method_not_owned_by_customer: {
    status: 400,
    title: 'Payment Method Not Owned By Customer',
    when: "The payment method is attached to another customer than the flow's.",
    remedy: "Use a payment method of the flow's customer, or one that has no customer yet.",
  },
  customer_required_for_payment_method: {
    status: 400,
    title: 'Customer Required For Payment Method',
    when: 'The payment method is attached to a customer, and the flow has none.',
    remedy: "Set the flow's `customer_id` to the payment method's customer.",
  },
  payment_method_not_of_setup_flow: {
    status: 400,
    title: 'Payment Method Not Of Setup Flow',
    isOurs: true,
    when: 'Another card was entered for this flow than the one that the request names.',
    remedy: 'Name the card that was entered for this flow, or create another flow.',
  },
  payment_method_usage_mismatch: {
    status: 400,
    title: 'Payment Method Usage Mismatch',
    isOurs: true,
    when: 'The card was entered for another `usage` than the flow has.',
    remedy: "Have the card entered for the flow's usage, or create a flow with the card's.",
  },
  payment_method_not_to_be_kept: {
    status: 400,
    title: 'Payment Method Not To Be Kept',
    isOurs: true,
    when: 'The customer did not agree that the card is kept.',
    remedy: 'Ask the customer for consent, and have the card entered again.',
  },
  invalid_idempotency_key: {
    status: 400,
    title: 'Invalid Idempotency Key',
    when: 'The `Idempotency-Key` is not 1 to 255 letters, digits, hyphens and underscores.',
    remedy: 'Send a key of those characters; a random UUID is one.',
  },
  processor_missing: {
    status: 400,
    title: 'Processor Missing',
    isOurs: true,
    when: "No processor is connected for the key's mode, so no card can be verified.",
    remedy: 'Use a test key, or connect a processor for live mode.',
  },
  malformed_body: {
    status: 400,
    title: 'Malformed Body',
    isOurs: true,
    when: 'The body is no acceptable JSON.',
    remedy: 'Send one JSON value in UTF-8, no key twice in one object, at most 16 levels deep.',
  },
  malformed_query: {
    status: 400,
    title: 'Malformed Query',
    isOurs: true,
    when: 'The query cannot be read.',
    remedy: 'Percent-encode names and values, in UTF-8.',
  },
  repeated_header: {
    status: 400,
    title: 'Repeated Header',
    isOurs: true,
    when: 'A header that says who asks, or for what, is there more than once.',
    remedy: 'Send it once; look whether a proxy adds another.',
  },
  sensitive_data_not_allowed: {
    status: 400,
    title: 'Sensitive Data Not Allowed',
    isOurs: true,
    when: 'Something that looks like a card number is where none belongs. Nothing of the request was stored.',
    remedy:
      'Send card numbers in the card fields of the documented operations only, never in descriptions, metadata or keys.',
  },
  unauthorized: {
    status: 401,
    title: 'Unauthorized',
    isOurs: true,
    when: 'There is no key in `Authorization`, or it is malformed, unknown or revoked.',
    remedy: 'Send the secret key as Bearer token, or as the user name of HTTP Basic with an empty password.',
  },
  card_declined: {
    ...PAYMENT_FAILED,
    when: 'The issuer declined the card, or found its data wrong.',
    remedy: 'Ask the customer for another card; the issuer can tell them why.',
  },
  expired_card: {
    ...PAYMENT_FAILED,
    when: 'The card has expired, by its date or by what the issuer says.',
    remedy: 'Ask the customer for another card.',
  },
  invalid_cvc: {
    ...PAYMENT_FAILED,
    when: 'The security code has the wrong length, or the issuer says that it is wrong.',
    remedy: 'Ask the customer to enter the card again.',
  },
  invalid_expiration_date: {
    ...PAYMENT_FAILED,
    when: 'This cannot be an expiry date, or the issuer says that it is wrong.',
    remedy: 'Ask the customer to enter the card again.',
  },
  processing_error: {
    ...PAYMENT_FAILED,
    when: 'The processor or the issuer could not verify the card.',
    remedy: 'Try again later with the same card. Nothing was charged.',
  },
  three_d_secure_failed: {
    ...PAYMENT_FAILED,
    when: '3-D Secure failed or was not finished in time. It is told in `last_setup_error`, since no request waits for it.',
    remedy: 'Ask the customer to try again, or for another card.',
  },
  test_card_on_livemode: {
    ...PAYMENT_FAILED,
    when: 'A test card was used in live mode.',
    remedy: 'Use a real card, or a test key.',
  },
  test_mode_live_card: {
    ...PAYMENT_FAILED,
    isOurs: true,
    when: 'A number that is no published test card was used in test mode. It was not stored.',
    remedy: 'Use a test card, such as the one of sixteen digits that repeats 42, or a live key.',
  },
  forbidden: {
    status: 403,
    title: 'Forbidden',
    isOurs: true,
    when: 'The key is good and of a kind that may not do this: a public key where a secret one is needed.',
    remedy: 'Call this from your server with the secret key.',
  },
  not_found: {
    status: 404,
    title: 'Not Found',
    when: "The object is unknown, deleted, another merchant's or of the other mode, or there is no such endpoint.",
    remedy:
      'Check the id and whether the key is of the mode in which the object was made. For pages, check the client secret.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method Not Allowed',
    isOurs: true,
    when: 'The endpoint exists and does not have this method.',
    remedy: 'Use one of the methods in the `Allow` header.',
  },
  request_timeout: {
    status: 408,
    title: 'Request Timeout',
    isOurs: true,
    when: 'The request took too long to arrive.',
    remedy: 'Send it again; with an idempotency key that is safe.',
  },
  idempotency_conflict: {
    status: 409,
    title: 'Idempotency Conflict',
    when: 'The idempotency key was used before with another request.',
    remedy: 'Use another key for another request, and the same body for the same key.',
  },
  idempotency_timeout: {
    status: 409,
    title: 'Idempotency Timeout',
    when: 'The first request with this idempotency key has not ended yet.',
    remedy: 'Send it again with the same key, after the seconds in `Retry-After`.',
  },
  too_many_changes_at_once: {
    status: 409,
    title: 'Too Many Changes At Once',
    isOurs: true,
    when: 'Other requests kept changing the same object. Nothing was done.',
    remedy: 'Send it again, after the seconds in `Retry-After`.',
  },
  body_too_large: {
    status: 413,
    title: 'Body Too Large',
    isOurs: true,
    when: 'The body is larger than 64 KiB, or than 8 KiB where cards are sent.',
    remedy: 'Send less.',
  },
  url_too_long: {
    status: 414,
    title: 'URL Too Long',
    isOurs: true,
    when: 'The address is longer than 4 KiB.',
    remedy: 'Send less in the query.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Unsupported Media Type',
    isOurs: true,
    when: 'The body is not declared as `application/json` in UTF-8.',
    remedy: 'Send `Content-Type: application/json`.',
  },
  card_route_elsewhere: {
    status: 421,
    title: 'Card Route Elsewhere',
    isOurs: true,
    when: "Where roles run apart, a request with card fields came to a process that is not the vault's.",
    remedy: 'Send it to the address in `detail`.',
  },
  validation_error: {
    status: 422,
    title: 'Validation Error',
    when: 'The body or the query is not as it has to be, or a card number is none, or of a brand that is not accepted.',
    remedy:
      '`errors` tells every field and what is wrong with it. Mend them and send it again; the idempotency key is still free, unless the processor was asked and refused the brand.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too Many Attempts',
    isOurs: true,
    when: 'The flow has been confirmed five times, or with three different cards, and has ended.',
    remedy: 'Create another flow.',
  },
  over_capacity: {
    status: 429,
    title: 'Over Capacity',
    when: 'There were too many requests, or confirmations from one address, of one card or by one merchant.',
    remedy: 'Wait as long as `Retry-After` says, then send fewer at a time.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers Too Large',
    isOurs: true,
    when: 'The headers are larger than 16 KiB.',
    remedy: 'Send fewer or shorter headers.',
  },
  internal_server_error: {
    status: 500,
    title: 'Internal Server Error',
    when: 'Something broke in this server.',
    remedy: 'Send it again with the same idempotency key. The `Request-Id` header finds the fault in the log.',
  },
  idempotency_infrastructure_error: {
    status: 503,
    title: 'Idempotency Infrastructure Error',
    when: 'The database does not answer, and the request has an idempotency key.',
    remedy: 'Send it again with the same key.',
  },
  storage_unavailable: {
    status: 503,
    title: 'Storage Unavailable',
    isOurs: true,
    when: 'The database does not answer, and the request has no idempotency key.',
    remedy:
      'Send reads again. Look whether a change was made before you send it again, and give changes an idempotency key.',
  },
} as const satisfies Readonly<Record<string, ErrorFacts>>;

export type ErrorCode = keyof typeof ERROR_CODES;

export const ERROR_PAGES: ErrorPages = {
  api: 'PAY.JP API v2',
  errors: Object.entries<ErrorFacts>(ERROR_CODES).map(([code, { status, title, when, remedy }]) => ({
    code,
    status,
    title,
    when,
    remedy,
  })),
};
