import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { usePreferences } from "@/kernel/preferences/store";
import { prepare, within } from "../support/components";

const said: [string, string][] = [];
let voices: { lang: string; localService: boolean }[] = [];

class Utterance {
  lang = "";
  rate = 1;
  voice: unknown = null;
  constructor(readonly text: string) {}
}

beforeEach(async () => {
  said.length = 0;
  voices = [];
  localStorage.clear();
  await prepare();
  vi.stubGlobal("SpeechSynthesisUtterance", Utterance);
  vi.stubGlobal("speechSynthesis", { cancel: () => said.push(["", "hush"]), getVoices: () => voices, speak: (given: Utterance) => said.push([given.lang, given.text]) });
  vi.resetModules();
});
afterEach(() => vi.unstubAllGlobals());

const speaker = async () => {
  const { useVoice } = await import("@/kernel/voice/speak");
  return within(useVoice);
};

it("speaks the newest instruction in the language in use", async () => {
  const { say } = await speaker();
  say("看正前方");
  say("慢慢向左转头");
  expect(said).toEqual([["", "hush"], ["zh-CN", "看正前方"], ["", "hush"], ["zh-CN", "慢慢向左转头"]]);
});

it("is silent without a voice for the language", async () => {
  voices = [{ lang: "en-US", localService: true }];
  const { say } = await speaker();
  say("看正前方");
  expect(said).toEqual([["", "hush"]]);
});

it("is off until the person wants it again, also after a restart", async () => {
  usePreferences().voice = false;
  await vi.waitFor(() => expect(localStorage.getItem("shanzhi-preferences")).toContain('"voice":false'));
  await prepare();
  expect(usePreferences().voice).toBe(false);
});
