/**
 * The same drawing, never one inside another: when drawing moves the field that has the focus, the browser tells of the
 * field being left in the middle of it, and whoever hears that draws again. That then happens right after.
 */
export function singly(draw: () => void): () => void {
  let isDrawing = false;
  let isWanted = false;
  return () => {
    isWanted = true;
    if (isDrawing) return;
    isDrawing = true;
    try {
      for (let turn = 0; isWanted && turn < TURNS_MAX; turn += 1) {
        isWanted = false;
        draw();
      }
    } finally {
      isDrawing = false;
    }
  };
}

const TURNS_MAX = 5;
