import type { Challenge } from "@/kernel/faces/gestures";
import { sealCapture, sealText } from "@/kernel/faces/seal";
import type { FaceBurst } from "@/kernel/faces/useFaceCapture";
import type { WaitingFile } from "@/kernel/offline/database";

/** A burst as the server takes it; the picture's id is put in when it is uploaded. */
export async function captureInput(burst: FaceBurst, challenge: Challenge, fields: Readonly<Record<string, string>>) {
  const { columns, count, frameTimesMs, capturedAt, sha256 } = burst;
  const text = sealText({ nonce: challenge.nonce, capturedAt, pictureSha256: sha256, count, fields });
  return {
    challengeId: challenge.id,
    fileId: "",
    columns,
    count,
    frameTimesMs,
    capturedAt: new Date(capturedAt).toISOString(),
    challengeReceivedAt: new Date(challenge.receivedAt).toISOString(),
    pictureSha256: sha256,
    seal: await sealCapture(challenge.sealKey, text),
  };
}

/** The picture on its way to `input.capture.fileId`. */
export const pictureOf = (burst: FaceBurst): WaitingFile => ({
  name: "capture.jpg",
  blob: burst.blob,
  purpose: "face",
  keepPosition: false,
  at: ["input", "capture", "fileId"],
});
