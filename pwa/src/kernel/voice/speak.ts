import { onScopeDispose } from "vue";
import { useI18n } from "vue-i18n";
import { usePreferences } from "../preferences/store";

export const voiceSupported = "speechSynthesis" in globalThis && "SpeechSynthesisUtterance" in globalThis;

export interface Speaker {
  lang: string;
  localService: boolean;
}

/**
 * The voice for a language: one of the phone before one that needs the network, the same region before another.
 * undefined when there are voices, but none for the language: silence is better than English rules for Chinese.
 */
export function voiceFor<V extends Speaker>(voices: readonly V[], language: string): V | undefined {
  // Android writes zh_CN.
  const tag = (voice: V) => voice.lang.replace("_", "-").toLowerCase();
  const wanted = language.toLowerCase();
  const rank = (voice: V) => (voice.localService ? 0 : 2) + (tag(voice) === wanted ? 0 : 1);
  return voices.filter((voice) => tag(voice).split("-")[0] === wanted.split("-")[0]).sort((a, b) => rank(a) - rank(b))[0];
}

/** Speaks in the language in use; silent where the browser cannot, or the person switched it off. */
export function useVoice() {
  const { locale } = useI18n();
  const preferences = usePreferences();

  function hush(): void {
    if (voiceSupported) speechSynthesis.cancel();
  }

  /** What is being said is cut off: only the newest instruction counts. */
  function say(text: string): void {
    hush();
    if (!voiceSupported || !preferences.voice) return;
    const voices = speechSynthesis.getVoices();
    const voice = voiceFor(voices, locale.value);
    if (voices.length && !voice) return;
    const utterance = new SpeechSynthesisUtterance(text);
    utterance.lang = locale.value;
    utterance.rate = 1.1;
    if (voice) utterance.voice = voice;
    speechSynthesis.speak(utterance);
  }

  onScopeDispose(hush);
  return { say, hush, supported: voiceSupported };
}
