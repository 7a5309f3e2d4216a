/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { drainForLastAccount } from "./background";
import { noticeOf, payloadOf } from "./pushWords";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

interface SyncEvent extends ExtendableEvent {
  readonly tag: string;
}

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
const serverRoutes = [/^\/(graphql|auth|open|files|push|papers|export|intake|dev|healthz|readyz|metrics)(\/|$)/];
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: serverRoutes }));

self.addEventListener("message", (event) => {
  if ((event.data as { type?: string }).type === "take-over") void self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  // A browser that gets a push has to show something: a message it cannot read becomes a general one.
  const { title, body, tag, url } = noticeOf(payloadOf(readable(event.data)) ?? { kind: "", code: "", matter: "" }, self.navigator.language);
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon: "/icon-192.png", badge: "/icon-192.png", data: { url } }));
});

function readable(data: PushMessageData | null): unknown {
  try {
    return data?.json() as unknown;
  } catch {
    return undefined;
  }
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const target = new URL((event.notification.data as { url?: string } | undefined)?.url ?? "/", self.location.origin);
  if (target.origin !== self.location.origin) return;
  event.waitUntil(openOrFocus(target.href));
});

async function openOrFocus(url: string): Promise<void> {
  const [open] = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (!open) return void (await self.clients.openWindow(url));
  await open.focus();
  await open.navigate(url);
}

self.addEventListener("sync", ((event: SyncEvent) => {
  if (event.tag === "outbox") event.waitUntil(sendWaiting());
}) as EventListener);

/** An open page sends by itself (it can also ask the person); without one the worker does. */
async function sendWaiting(): Promise<void> {
  const pages = await self.clients.matchAll({ type: "window" });
  if (pages.length) pages.forEach((page) => page.postMessage({ type: "drain-outbox" }));
  else await drainForLastAccount();
}
