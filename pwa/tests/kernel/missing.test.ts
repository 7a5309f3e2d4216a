import { describe, expect, it } from "vitest";
import { leftOf, missing } from "@/kernel/fields/missing";

describe("what a form says is missing", () => {
  const errors = [
    { code: "REQUIRED", field: "text", data: null },
    { code: "TOO_LONG", field: "text", data: null },
  ];

  it("names each field without a value", () => {
    expect(missing({ text: " ", list: [""], box: false, done: "yes" }).map((entry) => entry.field)).toEqual(["text", "list", "box"]);
  });

  it("stops saying so as soon as there is one, and keeps what else is wrong", () => {
    expect(leftOf(errors, "")).toEqual(errors);
    expect(leftOf(errors, "a").map((entry) => entry.code)).toEqual(["TOO_LONG"]);
  });
});
