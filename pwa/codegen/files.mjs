/** node:fs plus a recursive listing by extension, in a stable order. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

export function globSync(folder, extension) {
  return readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(extension)).sort().map((path) => join(folder, path));
}
