import { defineStore } from "pinia";
import { ref, watchEffect } from "vue";
import { type Language, languages, useLanguage } from "../i18n";

export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const storageKey = "shanzhi-preferences";

interface Stored {
  language: Language;
  theme: Theme;
  largeType: boolean;
  /** Instructions are also spoken where a page guides step by step. */
  voice: boolean;
}

function read(): Stored {
  const stored = JSON.parse(localStorage.getItem(storageKey) ?? "{}") as Partial<Stored>;
  const preferred: Language = navigator.language.startsWith("zh") || !navigator.language ? "zh-CN" : "en";
  return {
    language: languages.find((entry) => entry === stored.language) ?? preferred,
    theme: themes.find((entry) => entry === stored.theme) ?? "auto",
    largeType: stored.largeType ?? false,
    voice: stored.voice ?? true,
  };
}

export const usePreferences = defineStore("preferences", () => {
  const initial = read();
  const language = ref<Language>(initial.language);
  const theme = ref<Theme>(initial.theme);
  const largeType = ref(initial.largeType);
  const voice = ref(initial.voice);
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const dark = ref(false);

  function applyTheme(): void {
    dark.value = theme.value === "dark" || (theme.value === "auto" && systemDark.matches);
    document.documentElement.dataset["theme"] = dark.value ? "dark" : "light";
  }
  systemDark.addEventListener("change", applyTheme);

  watchEffect(() => {
    applyTheme();
    document.documentElement.dataset["type"] = largeType.value ? "large" : "normal";
    const stored: Stored = { language: language.value, theme: theme.value, largeType: largeType.value, voice: voice.value };
    localStorage.setItem(storageKey, JSON.stringify(stored));
  });

  async function choose(next: Language): Promise<void> {
    await useLanguage(next);
    language.value = next;
  }

  return { language, theme, largeType, voice, dark, choose };
});
