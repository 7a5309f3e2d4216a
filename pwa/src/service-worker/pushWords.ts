import cockpitEnglish from "@/apps/cockpit/push/en.json";
import cockpitChinese from "@/apps/cockpit/push/zh-CN.json";
import mediationEnglish from "@/apps/mediation/push/en.json";
import mediationChinese from "@/apps/mediation/push/zh-CN.json";
import oversightEnglish from "@/apps/oversight/push/en.json";
import oversightChinese from "@/apps/oversight/push/zh-CN.json";
import rehabEnglish from "@/apps/rehab/push/en.json";
import rehabChinese from "@/apps/rehab/push/zh-CN.json";
import reunionEnglish from "@/apps/reunion/push/en.json";
import reunionChinese from "@/apps/reunion/push/zh-CN.json";

/** What the server pushes: a kind ("application.what.happened"), the matter's code and id; no words and no names. */
export interface PushPayload {
  kind: string;
  code: string;
  matter: string;
}

export interface PushNotice {
  title: string;
  body: string;
  /** A later message about the same matter takes the place of the earlier one. */
  tag: string;
  url: string;
}

interface PushWords {
  title: string;
  /** For every kind without words of its own. */
  general: string;
  kinds: Readonly<Record<string, string>>;
}

type Tongue = "zh-CN" | "en";

/** Words that a bystander may read on a locked screen, by application. */
const words: Readonly<Record<string, Readonly<Record<Tongue, PushWords>>>> = {
  cockpit: { "zh-CN": cockpitChinese, en: cockpitEnglish },
  mediation: { "zh-CN": mediationChinese, en: mediationEnglish },
  oversight: { "zh-CN": oversightChinese, en: oversightEnglish },
  rehab: { "zh-CN": rehabChinese, en: rehabEnglish },
  reunion: { "zh-CN": reunionChinese, en: reunionEnglish },
};
const unknown: Readonly<Record<Tongue, PushWords>> = {
  "zh-CN": { title: mediationChinese.title, general: mediationChinese.general, kinds: {} },
  en: { title: mediationEnglish.title, general: mediationEnglish.general, kinds: {} },
};

/** Every message opens the inbox: it says more to whoever has unlocked the phone. */
const inbox = "/inbox";

/** The message in the phone's language; the person's own choice lies where a worker cannot read it. */
export function noticeOf(payload: PushPayload, language: string): PushNotice {
  const [app = "", ...rest] = payload.kind.split(".");
  const tongue: Tongue = language.startsWith("zh") || !language ? "zh-CN" : "en";
  const { title, general, kinds } = (words[app] ?? unknown)[tongue];
  return { title, body: kinds[rest.join(".")] ?? general, tag: payload.matter || payload.kind, url: inbox };
}

/** Undefined for anything that is not a message of ours. */
export function payloadOf(data: unknown): PushPayload | undefined {
  if (typeof data !== "object" || data === null || !("kind" in data) || typeof data.kind !== "string") return undefined;
  const text = (name: "code" | "matter") => {
    const value: unknown = (data as Record<string, unknown>)[name];
    return typeof value === "string" ? value : "";
  };
  return { kind: data.kind, code: text("code"), matter: text("matter") };
}
