/** The outline of a drawing of 24 by 24, in the text's colour. It says nothing that the words beside it do not. */
export function Icon({ shape }: { readonly shape: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d={shape} />
    </svg>
  );
}

export const ATTENTION = 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18M12 7.5v5.5M12 16.4v.1';
export const CARD =
  'M3.5 8A2.5 2.5 0 0 1 6 5.5h12A2.5 2.5 0 0 1 20.5 8v8a2.5 2.5 0 0 1-2.5 2.5H6A2.5 2.5 0 0 1 3.5 16zM3.5 10h17M7 14.8h3';
export const DONE = 'm5.5 12.8 4.3 4.2 8.7-9.6';
export const SHIELD = 'M12 3.5 5 6v5.5c0 4.3 2.8 7.4 7 9 4.2-1.6 7-4.7 7-9V6zM9 12l2.2 2.2L15.2 10';
