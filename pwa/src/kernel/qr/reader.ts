import { drawPart, squarePart } from "../camera/frame";

/** The text of a QR code in the picture that the video shows now. */
export type QrReader = (video: HTMLVideoElement) => Promise<string | undefined>;

interface NativeDetector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
interface NativeDetectors {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<string[]>;
}

/** Pixels along the edge of what the library looks at: enough for a dense code, little enough for a cheap phone. */
const edge = 480;

/** The browser's detector where it knows QR codes, a library otherwise (loaded when first needed). */
export async function openReader(): Promise<QrReader> {
  const Detector = (globalThis as { BarcodeDetector?: NativeDetectors }).BarcodeDetector;
  const formats = await Detector?.getSupportedFormats().catch((): string[] => []);
  if (!Detector || !formats?.includes("qr_code")) return libraryReader();
  const detector = new Detector({ formats: ["qr_code"] });
  return async (video) => (await detector.detect(video))[0]?.rawValue;
}

async function libraryReader(): Promise<QrReader> {
  const { decodeQR } = await import("qr/decode.js");
  const canvas = Object.assign(document.createElement("canvas"), { width: edge, height: edge });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (video) => {
    if (!context || !video.videoWidth) return undefined;
    drawPart(context, video, squarePart(video.videoWidth, video.videoHeight), { x: 0, y: 0, width: edge, height: edge });
    try {
      return decodeQR(context.getImageData(0, 0, edge, edge));
    } catch {
      // The library's way to say that it sees no (whole) code: the next picture may show one.
      return undefined;
    }
  };
}
