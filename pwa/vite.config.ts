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
    transform: (_code, id) => (id.includes("vant/es/icon/index.css") ? { code: "", map: null } : undefined),
  };
}

/** vue-i18n looks up a name in the whole of Vue at run time, which keeps 20 kB of unused Vue in the first route. */
function withoutVueNamespace(): Plugin {
  const lookup = /const key = 'currentInstance';\s*if \(key in Vue\) \{\s*return Vue\[key\];\s*\}\s*else \{\s*(return Vue\.getCurrentInstance\(\);)\s*\}/;
  return {
    name: "without-vue-namespace",
    apply: "build",
    transform(code, id) {
      if (!/vue-i18n\.runtime\.m?js$/.test(id)) return undefined;
      if (!lookup.test(code)) this.error("vue-i18n changed: see withoutVueNamespace in vite.config.ts");
      return { code: code.replace(lookup, "$1"), map: null };
    },
  };
}

/** What the first route loads is there when a page is opened: named again for every page, it would only make that route longer. */
function withoutTheFirstRoute() {
  let first = new Set<string>();
  return (_file: string, deps: string[], { hostType }: { hostType: "html" | "js" }) => {
    if (hostType === "html") first = new Set(deps);
    return hostType === "html" ? deps : deps.filter((name) => !first.has(name));
  };
}

const backend = process.env["SHANZHI_DEV_BACKEND"] ?? "http://localhost:8000";
const backendRoutes = ["/graphql", "/auth", "/open", "/files", "/push", "/export", "/intake", "/dev", "/papers"];

export default defineConfig({
  resolve: { alias: { "@": here("./src") } },
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  plugins: [
    withoutVantIconFont(),
    withoutVueNamespace(),
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
  build: {
    target: "es2022", cssCodeSplit: true, reportCompressedSize: false,
    modulePreload: { resolveDependencies: withoutTheFirstRoute() },
  },
  server: { proxy: Object.fromEntries(backendRoutes.map((path) => [path, { target: backend, ws: true }])) },
  test: {
    environment: "happy-dom",
    include: ["tests/**/*.test.ts"],
    setupFiles: ["tests/setup.ts"],
    css: false,
    server: { deps: { inline: ["vant"] } },
  },
});
