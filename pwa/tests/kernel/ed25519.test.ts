// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fromHex } from "@/kernel/bytes";
import { forgetWay, verifySignature } from "@/kernel/signing/ed25519";

/** RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc). */
const vectors = [
  ["d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"],
  ["3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"],
  ["fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82", "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"],
  [
    "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
  ],
] as const;
const [publicKey, message, signature] = vectors[2].map(fromHex) as [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>];
const notKnown = () => Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));

beforeEach(forgetWay);
afterEach(() => vi.restoreAllMocks());

describe.each(["the browser's own", "the library's, where the browser knows no Ed25519"])("verification by %s", (way) => {
  beforeEach(() => {
    if (way.startsWith("the library")) vi.spyOn(crypto.subtle, "importKey").mockImplementation(notKnown);
  });

  it.each(vectors)("accepts what key %s signed", async (key, text, signed) => {
    expect(await verifySignature(fromHex(key), fromHex(signed), fromHex(text))).toBe("VALID");
  });

  it("refuses another message, signature or key, and what is none", async () => {
    const flipped = (bytes: Uint8Array<ArrayBuffer>) => bytes.map((byte, at) => (at === 1 ? byte ^ 1 : byte));
    expect(await verifySignature(publicKey, signature, flipped(message))).toBe("INVALID");
    expect(await verifySignature(publicKey, flipped(signature), message)).toBe("INVALID");
    expect(await verifySignature(flipped(publicKey), signature, message)).toBe("INVALID");
    expect(await verifySignature(fromHex(vectors[0][0]), signature, message)).toBe("INVALID");
    expect(await verifySignature(publicKey.slice(1), signature, message)).toBe("INVALID");
    expect(await verifySignature(publicKey, signature.slice(0, 63), message)).toBe("INVALID");
    expect(await verifySignature(publicKey, new Uint8Array(64), message)).toBe("INVALID");
  });
});

it("says so when nothing can verify, and tries again later", async () => {
  vi.spyOn(crypto.subtle, "importKey").mockImplementation(notKnown);
  vi.spyOn(crypto.subtle, "digest").mockImplementation(notKnown);
  expect(await verifySignature(publicKey, signature, message)).toBe("UNSUPPORTED");
  vi.restoreAllMocks();
  expect(await verifySignature(publicKey, signature, message)).toBe("VALID");
});
