import { fromBase64Url, toHex } from "../bytes";

export interface Sealed {
  nonce: string;
  /** By the phone's clock. */
  capturedAt: Date | number;
  /** Lower-case hex; null when there is no picture. */
  pictureSha256: string | null;
  /** Frames in the picture; 0 when there is none. */
  count: number;
  fields: Readonly<Record<string, string | null | undefined>>;
}

/** The text that phone and server seal alike: one value a line, the fields by key, what is null left out. */
export function sealText({ nonce, capturedAt, pictureSha256, count, fields }: Sealed): string {
  const lines = Object.keys(fields)
    .sort()
    .flatMap((key) => (fields[key] == null ? [] : [`${key}=${fields[key]}`]));
  return [nonce, new Date(capturedAt).toISOString(), pictureSha256 ?? "", String(count), ...lines].join("\n");
}

/** HMAC-SHA256 in hex. `sealKey` is a challenge's: base64url of 32 bytes. */
export async function sealCapture(sealKey: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromBase64Url(sealKey), algorithm, false, ["sign"]);
  return toHex(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
}
