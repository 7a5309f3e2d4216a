import { ref } from "vue";

interface InstallPrompt extends Event {
  prompt: () => Promise<void>;
}

/** The browser's offer to install the app; absent where it has none or the app is installed. */
let offer: InstallPrompt | undefined;
export const installable = ref(false);

export function watchInstallOffer(): void {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event as InstallPrompt;
    installable.value = true;
  });
  addEventListener("appinstalled", () => (installable.value = false));
}

/** An offer can be used once; the browser makes a new one when the person declined. */
export async function install(): Promise<void> {
  await offer?.prompt();
  installable.value = false;
  offer = undefined;
}
