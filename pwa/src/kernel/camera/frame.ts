/** Frames are upright, 3 : 4. */
export const frameSize = { width: 360, height: 480 };

/** HTMLMediaElement.HAVE_CURRENT_DATA: a video of this readiness has a picture to draw. */
export const hasPicture = 2;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The largest 3 : 4 part in the middle: what `object-fit: cover` shows of a picture in a 3 : 4 box. */
export function portraitPart(width: number, height: number): Box {
  const across = Math.min(width, Math.round((height * frameSize.width) / frameSize.height));
  const down = Math.min(height, Math.round((width * frameSize.height) / frameSize.width));
  return { x: Math.round((width - across) / 2), y: Math.round((height - down) / 2), width: across, height: down };
}

/** The largest square in the middle. */
export function squarePart(width: number, height: number): Box {
  const side = Math.min(width, height);
  return { x: Math.round((width - side) / 2), y: Math.round((height - side) / 2), width: side, height: side };
}

export function drawPart(context: CanvasRenderingContext2D, video: HTMLVideoElement, part: Box, to: Box): void {
  context.drawImage(video, part.x, part.y, part.width, part.height, to.x, to.y, to.width, to.height);
}
