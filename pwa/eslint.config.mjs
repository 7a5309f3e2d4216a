import vue from "eslint-plugin-vue";
import tseslint from "typescript-eslint";
import vueParser from "vue-eslint-parser";
import { readdirSync } from "node:fs";

/** shell → apps → kernel: never upward, never from one application to another. */
const upward = (...groups) => ["error", { patterns: groups.map((group) => ({ group: [group], message: "shell → apps → kernel: never upward, never sideways." })) }];
const apps = readdirSync(new URL("./src/apps", import.meta.url));
const boundaries = [
  { files: ["src/kernel/**"], rules: { "no-restricted-imports": upward("@/apps/**", "@/shell/**", "**/apps/**", "**/shell/**") } },
  ...apps.map((app) => ({
    files: [`src/apps/${app}/**`],
    rules: { "no-restricted-imports": upward("@/shell/**", "**/shell/**", ...apps.filter((other) => other !== app).flatMap((other) => [`@/apps/${other}/**`, `**/${other}/**`])) },
  })),
];

export default tseslint.config(
  { ignores: ["dist/**", "node_modules/**", "src/generated/**"] },
  ...tseslint.configs.strict,
  ...vue.configs["flat/essential"],
  {
    files: ["**/*.ts", "**/*.vue"],
    languageOptions: {
      parser: vueParser,
      parserOptions: { parser: tseslint.parser, project: ["./tsconfig.json", "./tsconfig.worker.json"], extraFileExtensions: [".vue"] },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "no-console": "error",
      "no-undef": "off",
      "vue/block-lang": ["error", { script: { lang: "ts" } }],
      "vue/no-v-html": "error",
      "vue/require-explicit-emits": "error",
    },
  },
  { files: ["tests/**"], rules: { "@typescript-eslint/no-non-null-assertion": "off" } },
  ...boundaries,
);
