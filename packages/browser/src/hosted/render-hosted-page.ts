import { renderForm } from './form.js';
import { hostedPageHeaders } from './headers.js';
import { type Panel, renderDocument } from './layout.js';
import {
  renderAlreadyDone,
  renderCanceled,
  renderChallenge,
  renderExpired,
  renderNotFound,
  renderProcessing,
  renderSaved,
  renderUnavailable,
} from './outcomes.js';
import type { HostedPageView } from './view.js';

export interface HostedPage {
  readonly status: number;
  /** All of the answer's headers: those of {@link hostedPageHeaders}, and what this state adds. Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly html: string;
}

/**
 * The hosted page, whole, for one state. It works without its script and asks no other origin for anything. Addresses that
 * may not stand in a link (see {@link linkTarget}) are left out with their links.
 */
export function renderHostedPage(view: HostedPageView): HostedPage {
  const panel = renderPanel(view);
  return {
    status: panel.status,
    headers: { ...hostedPageHeaders({ isScripted: panel.script !== undefined }), ...panel.headers },
    html: renderDocument(view, panel),
  };
}

function renderPanel(view: HostedPageView): Panel {
  switch (view.state) {
    case 'form':
    case 'declined':
      return renderForm(view);
    case 'processing':
      return renderProcessing(view);
    case 'challenge':
      return renderChallenge(view);
    case 'saved':
      return renderSaved(view);
    case 'already_done':
      return renderAlreadyDone(view);
    case 'expired':
      return renderExpired(view);
    case 'canceled':
      return renderCanceled(view);
    case 'not_found':
      return renderNotFound(view);
    case 'unavailable':
      return renderUnavailable(view);
  }
}
