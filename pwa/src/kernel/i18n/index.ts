import { createI18n } from "vue-i18n";

export const languages = ["zh-CN", "en"] as const;
export type Language = (typeof languages)[number];

interface Messages {
  [key: string]: string | Messages;
}
export type LocaleLoaders = Record<Language, () => Promise<{ default: Messages }>>;

export const i18n = createI18n<false>({
  legacy: false,
  locale: "zh-CN",
  fallbackLocale: "zh-CN",
  messages: { "zh-CN": {}, en: {} },
});

const sources = new Map<LocaleLoaders, Map<Language, Promise<void>>>();

/** Loads each set once per language; a failed load is tried again by the next caller. */
function merge(loaders: LocaleLoaders, language: Language): Promise<void> {
  const done = sources.get(loaders) ?? new Map<Language, Promise<void>>();
  sources.set(loaders, done);
  const running = done.get(language) ?? load(loaders, language).catch((error: unknown) => {
    done.delete(language);
    throw error;
  });
  done.set(language, running);
  return running;
}

async function load(loaders: LocaleLoaders, language: Language): Promise<void> {
  i18n.global.mergeLocaleMessage(language, (await loaders[language]()).default);
}

/** Adds a set of texts in the language in use now and in every one chosen later. */
export async function addTexts(loaders: LocaleLoaders): Promise<void> {
  await merge(loaders, i18n.global.locale.value as Language);
}

export async function useLanguage(language: Language): Promise<void> {
  await Promise.all([...sources.keys()].map((loaders) => merge(loaders, language)));
  i18n.global.locale.value = language;
  document.documentElement.lang = language;
}

export const kernelTexts: LocaleLoaders = {
  "zh-CN": () => import("../locales/zh-CN.json"),
  en: () => import("../locales/en.json"),
};
