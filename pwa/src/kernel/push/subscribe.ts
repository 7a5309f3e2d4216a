import { RemovePushSubscription, SavePushSubscription } from "@/generated/kernel";
import { fromBase64Url, toBase64Url } from "../bytes";
import { command } from "../graphql/client";
import { sendJson } from "../graphql/http";

export const pushSupported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** The worker's registration, or undefined where none is active (then nothing can be pushed). */
async function registration(): Promise<ServiceWorkerRegistration | undefined> {
  return navigator.serviceWorker.getRegistration();
}

export async function pushIsOn(): Promise<boolean> {
  return pushSupported && Boolean(await (await registration())?.pushManager.getSubscription());
}

/** Asks the person; resolves false when refused or when no service worker runs. */
export async function turnPushOn(): Promise<boolean> {
  const worker = await registration();
  if (!worker || (await Notification.requestPermission()) !== "granted") return false;
  const { publicKey } = await sendJson<{ publicKey: string }>("GET", "/push/key");
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: fromBase64Url(publicKey) });
  const key = (name: PushEncryptionKeyName) => toBase64Url(subscription.getKey(name) ?? new ArrayBuffer(0));
  await command(SavePushSubscription, { endpoint: subscription.endpoint, p256dh: key("p256dh"), auth: key("auth") });
  return true;
}

export async function turnPushOff(): Promise<void> {
  const subscription = await (await registration())?.pushManager.getSubscription();
  if (!subscription) return;
  await command(RemovePushSubscription, { endpoint: subscription.endpoint });
  await subscription.unsubscribe();
}
