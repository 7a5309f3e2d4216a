import base from "./vite.config.ts";
import { fileURLToPath } from "node:url";
const sizes = { name: "sizes", generateBundle(_o, bundle) { for (const c of Object.values(bundle)) if (c.type === "chunk" && c.code.length > 9000) { const m = Object.entries(c.modules).map(([k, v]) => [v.renderedLength, k.split("node_modules/").pop()]).sort((a, b) => b[0] - a[0]).slice(0, 9); console.log(c.fileName, c.code.length, JSON.stringify(m)); } } };
const stub = process.env.STUB ? [{ find: "@/apps/mediation", replacement: "/tmp/pwaA/stub.ts" }] : [];
export default { ...base, plugins: [...base.plugins, process.env.SIZES ? sizes : undefined], build: { ...base.build, outDir: "/tmp/pwaA/dist", emptyOutDir: true }, resolve: { alias: [...stub, { find: "@", replacement: fileURLToPath(new URL("./src", import.meta.url)) }] } };
