import { fromHex } from "../bytes";

export type Verdict = "VALID" | "INVALID" | "UNSUPPORTED";

type Verify = (publicKey: Uint8Array<ArrayBuffer>, signature: Uint8Array<ArrayBuffer>, message: Uint8Array<ArrayBuffer>) => Promise<boolean>;

const algorithm = { name: "Ed25519" };
/** RFC 8032 section 7.1, test 1: the signature of the empty message. */
const known = {
  publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
  signature: "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
};

async function verifyNatively(...[publicKey, signature, message]: Parameters<Verify>): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", publicKey, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, signature, message);
}

async function verifyByLibrary(...[publicKey, signature, message]: Parameters<Verify>): Promise<boolean> {
  const { verifyAsync } = await import("@noble/ed25519");
  return verifyAsync(signature, message, publicKey, { zip215: false });
}

/** Older browsers do not know the algorithm, or say so only when they use it: what verifies a known signature is taken. */
async function firstThatWorks(ways: readonly Verify[]): Promise<Verify | undefined> {
  for (const verify of ways) {
    const works = await verify(fromHex(known.publicKey), fromHex(known.signature), new Uint8Array()).catch(() => false);
    if (works) return verify;
  }
  return undefined;
}

let chosen: Promise<Verify | undefined> | undefined;

/** For tests: forgets which way works on this browser. */
export const forgetWay = () => (chosen = undefined);

/** UNSUPPORTED: neither the browser nor the library can tell; a later call tries again. */
export async function verifySignature(...given: Parameters<Verify>): Promise<Verdict> {
  chosen ??= firstThatWorks([verifyNatively, verifyByLibrary]);
  const verify = await chosen;
  if (!verify) {
    chosen = undefined;
    return "UNSUPPORTED";
  }
  const [publicKey, signature] = given;
  if (publicKey.length !== 32 || signature.length !== 64) return "INVALID";
  // A key that is no point of the curve makes both ways throw.
  return (await verify(...given).catch(() => false)) ? "VALID" : "INVALID";
}
