import { describe, expect, it } from "vitest";
import { atWork, cellOf, columnsToFix, countOf, csvOf, firstTab, mayEdit, secondsLeft, templateOf, titleOf } from "@/apps/reunion/composables/imports";

const rowsBy = { total: 9, unread: 0, ready: 2, problems: 0, repeats: 3, skipped: 1, done: 3, lost: 0 };
const picturesBy = { total: 5, unclaimed: 1, odd: 1, kept: 3, read: 3, unclear: 0 };
const row = { cells: [{ column: "key", text: "0001" }, { column: "name", text: "𠮷田" }], problems: [{ code: "A", column: "born", data: {} }, { code: "B", column: "born", data: {} }, { code: "C", column: null, data: {} }, { code: "D", column: "basis", data: {} }] };

describe("tables", () => {
  it("quotes what has to be quoted and starts no formula", () => {
    expect(csvOf([["a", 'b"c', "d,e\nf"], ["=1+1", "@x", "-2"]])).toBe('"a","b""c","d,e\nf"\r\n"\'=1+1","\'@x","\'-2"\r\n');
  });

  it.each(["SOUGHT", "FOUND"] as const)("gives a sample of the side %s with one row", (side) => {
    const [header, example, rest] = templateOf(side).split("\r\n");
    expect(header?.split('","').length).toBe(example?.split('","').length);
    expect(header).toContain("编号");
    expect(rest).toBe("");
  });
});

describe("an import", () => {
  it("is at work while it is read, run, or its pictures are", () => {
    expect(atWork({ state: "READING", picturesBy })).toBe(true);
    expect(atWork({ state: "RUNNING", picturesBy })).toBe(true);
    expect(atWork({ state: "DONE", picturesBy })).toBe(false);
    expect(atWork({ state: "DONE", picturesBy: { ...picturesBy, read: 2 } })).toBe(true);
  });

  it("shows first what has to be done", () => {
    expect(firstTab({ rowsBy })).toBe("DUPLICATE");
    expect(countOf({ rowsBy }, "DUPLICATE")).toBe(3);
    expect(firstTab({ rowsBy: { ...rowsBy, problems: 1 } })).toBe("PROBLEM");
    expect(firstTab({ rowsBy: { ...rowsBy, repeats: 0, ready: 0, done: 0, skipped: 0 } })).toBe("READY");
  });

  it("may be corrected until it is erased", () => {
    expect(mayEdit({ state: "PREVIEW", erasedAt: null })).toBe(true);
    expect(mayEdit({ state: "RUNNING", erasedAt: null })).toBe(false);
    expect(mayEdit({ state: "STOPPED", erasedAt: "2026-11-28T00:00:00Z" })).toBe(false);
  });

  it("estimates the rest only when it has a pace", () => {
    expect(secondsLeft(undefined, { at: 0, done: 5 }, 10)).toBeUndefined();
    expect(secondsLeft({ at: 0, done: 0 }, { at: 1_000, done: 5 }, 10)).toBeUndefined();
    expect(secondsLeft({ at: 0, done: 5 }, { at: 60_000, done: 5 }, 10)).toBeUndefined();
    expect(secondsLeft({ at: 0, done: 100 }, { at: 10_000, done: 200 }, 1_200)).toBe(100);
  });
});

describe("a row", () => {
  it("is recognised by number and name", () => {
    expect(titleOf(row)).toBe("0001 · 𠮷田");
    expect(cellOf(row, "phone")).toBe("");
  });

  it("asks for each wrong cell once, and for none that the whole row is to blame for", () => expect(columnsToFix(row)).toEqual(["born"]));
});
