import { createI18n } from "vue-i18n";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

type Messages = Record<string, unknown>;
export type LocaleLoaders = Record<Language, () => Promise<{ default: Messages }>>;

export const i18n = createI18n({ legacy: false, locale: "zh-CN", fallbackLocale: "zh-CN", messages: {} as Record<Language, Messages> });

const sources = new Set<LocaleLoaders>();
const merged = new Map<LocaleLoaders, Set<Language>>();

async function merge(loaders: LocaleLoaders, language: Language): Promise<void> {
  const done = merged.get(loaders) ?? new Set<Language>();
  if (done.has(language)) return;
  merged.set(loaders, done.add(language));
  i18n.global.mergeLocaleMessage(language, (await loaders[language]()).default);
}

/** Adds a set of texts in the language in use now and in every one chosen later. */
export async function addTexts(loaders: LocaleLoaders): Promise<void> {
  sources.add(loaders);
  await merge(loaders, i18n.global.locale.value);
}

export async function useLanguage(language: Language): Promise<void> {
  await Promise.all([...sources].map((loaders) => merge(loaders, language)));
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
}

export const kernelTexts: LocaleLoaders = {
  "zh-CN": () => import("../locales/zh-CN.json"),
  en: () => import("../locales/en.json"),
};
