import { RouterLinkStub, mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import type { Component } from "vue";
import { addTexts, i18n, kernelTexts, useLanguage } from "@/kernel/i18n";
import { shellTexts } from "@/shell/texts";

/** Texts in Chinese and a new store: what every component finds in the running app. */
export async function prepare(): Promise<void> {
  setActivePinia(createPinia());
  await useLanguage("zh-CN");
  await Promise.all([addTexts(kernelTexts), addTexts(shellTexts)]);
}

export function show(component: Component, props: Record<string, unknown> = {}, slots: Record<string, () => unknown> = {}) {
  return mount(component, { props, slots, global: { plugins: [i18n], stubs: { RouterLink: RouterLinkStub } }, attachTo: document.body });
}

/** Runs a composable inside a component, where it may inject. */
export function within<Result>(setup: () => Result): Result {
  const results: Result[] = [];
  show({
    setup() {
      results.push(setup());
      return () => null;
    },
  });
  return results[0] as Result;
}
