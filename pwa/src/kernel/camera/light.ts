import { drawPart, portraitPart } from "./frame";

export type Light = "DARK" | "FINE" | "BRIGHT";

/** Mean luma (0 to 255) of a face below or above which its features drown. */
const darkest = 60;
const brightest = 205;

/** The part in the middle where the oval is, as fractions of the frame. */
const middle = { left: 0.25, top: 0.2, width: 0.5, height: 0.55 };
const size = { width: 36, height: 48 };

/** Of RGBA values, by ITU-R BT.709. */
export function meanLuma(pixels: Uint8ClampedArray): number {
  let sum = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    sum += 0.2126 * (pixels[at] ?? 0) + 0.7152 * (pixels[at + 1] ?? 0) + 0.0722 * (pixels[at + 2] ?? 0);
  }
  return pixels.length ? (sum * 4) / pixels.length : 0;
}

export const lightBy = (luma: number): Light => (luma < darkest ? "DARK" : luma > brightest ? "BRIGHT" : "FINE");

/** Looks at a thumbnail of the playing video: some hundred pixels, cheap enough for twice a second. */
export function lightMeter(): (video: HTMLVideoElement) => Light {
  const canvas = Object.assign(document.createElement("canvas"), size);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return (video) => {
    if (!context || !video.videoWidth) return "FINE";
    drawPart(context, video, portraitPart(video.videoWidth, video.videoHeight), { x: 0, y: 0, ...size });
    const [x, y, width, height] = [middle.left * size.width, middle.top * size.height, middle.width * size.width, middle.height * size.height].map(Math.round);
    return lightBy(meanLuma(context.getImageData(x ?? 0, y ?? 0, width ?? 1, height ?? 1).data));
  };
}
