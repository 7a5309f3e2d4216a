import { createPinia } from "pinia";
import { createApp } from "vue";
import "vant/es/style/base.css";
import "@/kernel/ui/tokens.css";
import "@/kernel/ui/base.css";
import App from "./App.vue";
import { addTexts, i18n, kernelTexts, useLanguage } from "@/kernel/i18n";
import { useOutbox } from "@/kernel/offline/useOutbox";
import { usePreferences } from "@/kernel/preferences/store";
import { guardRequests } from "./shell/gate";
import { watchInstallOffer } from "./shell/install";
import { router } from "./shell/router";
import { shellTexts } from "./shell/texts";
import { registerServiceWorker } from "./shell/worker";

watchInstallOffer();
const app = createApp(App);
app.use(createPinia());
app.use(i18n);

await useLanguage(usePreferences().language);
guardRequests();
app.use(router);
await Promise.all([addTexts(kernelTexts), addTexts(shellTexts), router.isReady()]);
app.mount("#app");
useOutbox().start();
registerServiceWorker();
