/** "Chrome · Android" out of what a browser says of itself; what is not recognised stands as it came. */
const browsers: readonly [RegExp, string][] = [
  [/MicroMessenger\//, "WeChat"],
  [/(?:Edg|EdgA|EdgiOS)\//, "Edge"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/(?:Chrome|Chromium|HeadlessChrome|CriOS)\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const systems: readonly [RegExp, string][] = [
  [/HarmonyOS|OpenHarmony/, "HarmonyOS"],
  [/Android/, "Android"],
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Windows/, "Windows"],
  [/Macintosh/, "Mac"],
  [/Linux/, "Linux"],
];

export function deviceName(userAgent: string): string {
  const of = (known: readonly [RegExp, string][]) => known.find(([sign]) => sign.test(userAgent))?.[1];
  return [of(browsers), of(systems)].filter(Boolean).join(" · ") || userAgent;
}
