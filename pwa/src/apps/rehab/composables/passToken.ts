import { fromBase64Url, toBase64Url } from "@/kernel/bytes";
import { verifySignature } from "@/kernel/signing/ed25519";

/** A public key of the pass for one day, base64url of 32 bytes. */
export interface PassKey {
  number: number;
  publicKey: string;
}

/** NO: forged, changed, too old, not yet good; nobody learns which. UNSUPPORTED: this browser can check no signature. */
export type PassVerdict = "YES" | "NO" | "UNSUPPORTED";

interface Parsed {
  keyNumber: number;
  /** Unix seconds. */
  expiry: number;
  body: Uint8Array<ArrayBuffer>;
  signature: Uint8Array<ArrayBuffer>;
}

const version = 1;
const header = { keyNumber: 1, expiry: 5 } as const;
/** Version 1, key number 4, expiry 4, nonce 12, sealed reference 20 + 16, signature 64 (as the server writes it). */
const signatureBytes = 64;
const tokenBytes = 1 + 4 + 4 + 12 + 20 + 16 + signatureBytes;
const goodForSeconds = 60;
/** Two phones' clocks may differ by this much before a token begins; after its end it is over. */
const toleranceSeconds = 10;
const daySeconds = 86_400;

/** The key of a day: days since 1970, UTC. */
export const keyNumberAt = (unixSeconds: number): number => Math.floor(unixSeconds / daySeconds);

function parse(text: string): Parsed | undefined {
  // Only the one way of writing a token counts: length and alphabet first, then the same text back.
  if (!/^[\w-]+$/.test(text) || text.length !== Math.ceil((tokenBytes * 4) / 3)) return undefined;
  const bytes = fromBase64Url(text);
  if (bytes.byteLength !== tokenBytes || toBase64Url(bytes) !== text) return undefined;
  const view = new DataView(bytes);
  if (view.getUint8(0) !== version) return undefined;
  return {
    keyNumber: view.getUint32(header.keyNumber),
    expiry: view.getUint32(header.expiry),
    body: new Uint8Array(bytes.slice(0, -signatureBytes)),
    signature: new Uint8Array(bytes.slice(-signatureBytes)),
  };
}

const isGood = (expiry: number, nowSeconds: number): boolean => nowSeconds >= expiry - goodForSeconds - toleranceSeconds && nowSeconds <= expiry;

/** Checks signature and time of a scanned text, without a network. `nowSeconds` is the server's time as the phone knows it. */
export async function checkToken(text: string, keys: readonly PassKey[], nowSeconds: number): Promise<PassVerdict> {
  const parsed = parse(text.trim());
  const key = parsed && keys.find((one) => one.number === parsed.keyNumber);
  if (!parsed || !key || !isGood(parsed.expiry, nowSeconds)) return "NO";
  const verdict = await verifySignature(new Uint8Array(fromBase64Url(key.publicKey)), parsed.signature, parsed.body);
  if (verdict === "UNSUPPORTED") return "UNSUPPORTED";
  return verdict === "VALID" ? "YES" : "NO";
}

/** Whether the keys on the phone are enough to answer at this moment; if not, only the server can. */
export const coversNow = (keys: readonly PassKey[], nowSeconds: number): boolean => keys.some((key) => key.number === keyNumberAt(nowSeconds));
