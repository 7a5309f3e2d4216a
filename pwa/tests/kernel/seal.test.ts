// @vitest-environment node
import { describe, expect, it } from "vitest";
import { fromBase64Url, fromHex, toBase64Url, toHex } from "@/kernel/bytes";
import { sealCapture, sealText } from "@/kernel/faces/seal";

const sealed = {
  nonce: "n-1",
  capturedAt: Date.parse("2026-07-06T09:02:03.004+08:00"),
  pictureSha256: "ab".repeat(32),
  count: 38,
  fields: { longitude: "121.5", latitude: "31.2", accuracy: null, note: undefined, "answer.mood": "还好" },
};

describe("what is sealed", () => {
  it("has one value a line, the fields by key, without what is null", () => {
    expect(sealText(sealed)).toBe(`n-1\n2026-07-06T01:02:03.004Z\n${"ab".repeat(32)}\n38\nanswer.mood=还好\nlatitude=31.2\nlongitude=121.5`);
  });

  it("keeps the lines of a missing picture, an empty value and no fields", () => {
    const bare = { nonce: "n", capturedAt: new Date(0), pictureSha256: null, count: 0 };
    expect(sealText({ ...bare, fields: {} })).toBe("n\n1970-01-01T00:00:00.000Z\n\n0");
    expect(sealText({ ...bare, fields: { b: "", a: "1" } }).split("\n").slice(4)).toEqual(["a=1", "b="]);
  });
});

describe("the seal", () => {
  // Computed with Python's hmac module.
  it("is HMAC-SHA256 in hex under the challenge's key", async () => {
    const key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    expect(await sealCapture(key, sealText(sealed))).toBe("e6d6b610945e4edb749bdc17b0744e5638d7c0c63a5947188907dcc917487a4a");
  });

  it("reads the letters of base64url that plain base64 lacks", async () => {
    expect(await sealCapture("-__7__v_-__7__v_-__7__v_-__7__v_-__7__v_-_8", "")).toBe("8379bc2cdc08cdb585b7b942fc3a1919305c6f726b33cecbae5f18eae9a8118e");
  });
});

it("bytes survive both spellings", () => {
  const bytes = Uint8Array.from([0, 251, 255, 16]);
  expect(toHex(bytes.buffer)).toBe("00fbff10");
  expect(fromHex("00fbff10")).toEqual(bytes);
  expect(new Uint8Array(fromBase64Url(toBase64Url(bytes.buffer)))).toEqual(bytes);
});
