import { sha256 } from "../bytes";
import { type Box, drawPart, frameSize, hasPicture, portraitPart } from "./frame";

/** Frames in one picture, left to right, then top to bottom; not mirrored. */
export interface Burst {
  /** JPEG. */
  blob: Blob;
  columns: number;
  count: number;
  /** When each frame was taken, in milliseconds after the first. */
  frameTimesMs: number[];
  sha256: string;
}

export interface BurstOptions {
  count: number;
  intervalMs: number;
  columns: number;
  /** Called before the frame with this number (from 0) is due, and with `count` when all are taken. */
  onFrame?: (index: number) => void;
  signal?: AbortSignal;
}

export type BurstProblem = "CANCELLED" | "CAMERA_STOPPED" | "PICTURE_FAILED";

export class BurstError extends Error {
  constructor(readonly code: BurstProblem) {
    super(code);
    this.name = "BurstError";
  }
}

const quality = 0.85;

export function cellOf(index: number, columns: number): Box {
  return { x: (index % columns) * frameSize.width, y: Math.floor(index / columns) * frameSize.height, ...frameSize };
}

export function sheetSize(count: number, columns: number): { width: number; height: number } {
  return { width: Math.min(count, columns) * frameSize.width, height: Math.ceil(count / columns) * frameSize.height };
}

/** Between frames the thread is free: the page goes on drawing instructions and the preview. */
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

/**
 * Takes frames from a playing video into one contact sheet; each is drawn at once, so that only the sheet is held.
 * A late frame delays those after it: the interval is the least time between two. Raises BurstError.
 */
export async function takeBurst(video: HTMLVideoElement, { count, intervalMs, columns, onFrame, signal }: BurstOptions): Promise<Burst> {
  const canvas = Object.assign(document.createElement("canvas"), sheetSize(count, columns));
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new BurstError("PICTURE_FAILED");
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    onFrame?.(index);
    await pause((times.at(-1) ?? performance.now() - intervalMs) + intervalMs - performance.now());
    if (signal?.aborted) throw new BurstError("CANCELLED");
    if (!playing(video)) throw new BurstError("CAMERA_STOPPED");
    drawPart(context, video, portraitPart(video.videoWidth, video.videoHeight), cellOf(index, columns));
    times.push(performance.now());
  }
  onFrame?.(count);
  const blob = await encode(canvas);
  const first = times[0] ?? 0;
  return { blob, columns, count, frameTimesMs: times.map((time) => Math.round(time - first)), sha256: await sha256(blob) };
}

function playing(video: HTMLVideoElement): boolean {
  const tracks = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
  // A muted track (a call comes in) repeats its last picture.
  const live = tracks.some((track) => track.readyState === "live" && !track.muted);
  return live && !video.paused && video.readyState >= hasPicture && video.videoWidth > 0;
}

async function encode(canvas: HTMLCanvasElement): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
  // Safari keeps the memory of a canvas until it is made small.
  Object.assign(canvas, { width: 0, height: 0 });
  if (!blob) throw new BurstError("PICTURE_FAILED");
  return blob;
}
