import { ref } from "vue";

/** A newer version of the app waits; the person decides when to load it. */
export const updateReady = ref<ServiceWorker>();

export function registerServiceWorker(): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  addEventListener("load", () => void register());
  if (document.readyState === "complete") void register();
}

async function register(): Promise<void> {
  const registration = await navigator.serviceWorker.register("/sw.js");
  const watch = () => {
    const fresh = registration.installing;
    fresh?.addEventListener("statechange", () => {
      if (fresh.state === "installed" && navigator.serviceWorker.controller) updateReady.value = fresh;
    });
  };
  if (registration.waiting && navigator.serviceWorker.controller) updateReady.value = registration.waiting;
  registration.addEventListener("updatefound", watch);
  document.addEventListener("visibilitychange", () => {
    // An app that stays open for days learns of a newer version when it is looked at again; without a network it can't.
    if (document.visibilityState === "visible" && navigator.onLine) void registration.update();
  });
}

export function loadUpdate(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  updateReady.value?.postMessage({ type: "take-over" });
}
