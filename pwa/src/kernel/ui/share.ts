import { notice } from "./ask";

/** Whether the phone hands things to its other applications. */
export const sharing = typeof navigator !== "undefined" && typeof navigator.share === "function";

/** Into the clipboard, where the browser allows it; says what happened, and shows the address where it could not be copied. */
export async function copyAddress(address: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(address);
    await notice(done);
  } catch {
    await notice(address);
  }
}

/** Hands an address to another application. Whoever closes the phone's own sheet has decided, and needs no message. */
export async function shareAddress(title: string, address: string, copied: string): Promise<void> {
  if (!sharing) return copyAddress(address, copied);
  try {
    await navigator.share({ title, url: address });
  } catch (problem) {
    if (!(problem instanceof DOMException && problem.name === "AbortError")) await copyAddress(address, copied);
  }
}
