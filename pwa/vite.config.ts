import { fileURLToPath } from "node:url";
import VueI18nPlugin from "@intlify/unplugin-vue-i18n/vite";
import { VantResolver } from "@vant/auto-import-resolver";
import vue from "@vitejs/plugin-vue";
import Components from "unplugin-vue-components/vite";
import type { Plugin } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Vant inlines its icon font into blocking CSS with an outside address; our icons are inline SVG. */
function withoutVantIconFont(): Plugin {
  return {
    name: "without-vant-icon-font",
    enforce: "pre",
    transform: (code, id) => (id.includes("vant/es/icon/index.css") ? { code: "", map: null } : undefined),
  };
}

const backend = process.env["SHANZHI_DEV_BACKEND"] ?? "http://localhost:8000";
const backendRoutes = ["/graphql", "/auth", "/files", "/push", "/export", "/intake", "/dev", "/papers"];

export default defineConfig({
  resolve: { alias: { "@": here("./src") } },
  define: { __VUE_OPTIONS_API__: true, __VUE_PROD_DEVTOOLS__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  plugins: [
    withoutVantIconFont(),
    vue(),
    Components({ dirs: [], dts: "src/generated/components.d.ts", resolvers: [VantResolver()] }),
    VueI18nPlugin({
      include: [here("./src/**/locales/*.json")],
      runtimeOnly: true,
      compositionOnly: true,
      fullInstall: false,
      dropMessageCompiler: true,
    }),
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/service-worker",
      filename: "sw.ts",
      injectRegister: false,
      manifest: false,
      injectManifest: { globPatterns: ["**/*.{html,js,css,svg,png,webmanifest}"] },
    }),
  ],
  build: { target: "es2022", cssCodeSplit: true, reportCompressedSize: false },
  server: { proxy: Object.fromEntries(backendRoutes.map((path) => [path, { target: backend, ws: true }])) },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    server: { deps: { inline: ["vant"] } },
  },
});
