import { expect, it } from "vitest";
import { deviceName } from "@/shell/deviceName";

it.each([
  ["Mozilla/5.0 (Linux; Android 14; M2) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36", "Chrome · Android"],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Mobile Safari/604.1", "Safari · iPhone"],
  ["Mozilla/5.0 (Linux; Android 12; HarmonyOS) AppleWebKit/537.36 Chrome/114 Mobile MicroMessenger/8.0", "WeChat · HarmonyOS"],
  ["curl/8.5", "curl/8.5"],
])("names %s", (userAgent, name) => expect(deviceName(userAgent)).toBe(name));
