"""The phone app in Chromium as on a cheap phone: size of the first route, and when its largest element is painted."""

from __future__ import annotations

import gzip
import os
import statistics
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, Response, async_playwright

from tests.smoke.person import Person
from tests.smoke.product import Product
from tests.smoke.story import PHONES

GOAL_KB = 150
REPEATS = 5
CPU_SLOWDOWN = 4
SLOW_4G: dict[str, Any] = {
    "offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8,
}  # fmt: skip
PHONE: dict[str, Any] = {
    "viewport": {"width": 393, "height": 851}, "device_scale_factor": 2.75, "is_mobile": True, "has_touch": True
}  # fmt: skip
LARGEST_PAINT = """() => new Promise(resolve => new PerformanceObserver(list =>
    resolve(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""


@dataclass
class Size:
    """Bytes of JavaScript and CSS: gzipped by us, and as the server sent them."""

    gzipped: int = 0
    sent: int = 0
    files: list[str] = field(default_factory=list)


async def measure(product: Product) -> list[str]:
    """Lines to print."""
    citizen = Person(product.address)
    await citizen.sign_in(PHONES["citizen"])
    cookies = [{"name": each.name, "value": each.value, "url": product.address} for each in citizen.http.cookies.jar]
    await citizen.http.aclose()
    routes: dict[str, tuple[str, list[dict[str, Any]]]] = {
        "sign-in": ("/sign-in", []),
        "home of a citizen": ("/", cookies),
    }
    lines = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM"), args=["--no-sandbox"])
        for name, (path, jar) in routes.items():
            url = product.address + path
            size = await _size(browser, url, jar)
            verdict = "within" if size.gzipped <= GOAL_KB * 1000 else "ABOVE"
            lines.append(
                f"{name:<18} {size.gzipped / 1000:6.1f} kB gzip of JS+CSS in {len(size.files)} files, {verdict} the "
                f"goal of {GOAL_KB} kB; {size.sent / 1000:.1f} kB on the wire"
            )
            cold, warm = await _paints(browser, url, jar)
            lines.append(
                f"{'':<18} LCP {statistics.median(cold):5.0f} ms cold, {statistics.median(warm):5.0f} ms with a warm "
                f"service worker (slow 4G, {CPU_SLOWDOWN}× CPU, median of {REPEATS})"
            )
        await browser.close()
    return lines


async def _size(browser: Browser, url: str, cookies: list[dict[str, Any]]) -> Size:
    size = Size()
    loaded: list[Response] = []
    context = await browser.new_context(**PHONE, service_workers="block")
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    page = await context.new_page()
    page.on("response", lambda response: loaded.append(response))
    await page.goto(url, wait_until="networkidle")
    for response in loaded:
        if response.url.split("?")[0].endswith((".js", ".css")):
            body = await response.body()
            size.gzipped += len(gzip.compress(body, 9))
            size.sent += (await response.request.sizes())["responseBodySize"]
            size.files.append(response.url)
    await context.close()
    return size


async def _paints(browser: Browser, url: str, cookies: list[dict[str, Any]]) -> tuple[list[float], list[float]]:
    """Largest contentful paints in ms: first visits, and repeated ones under the service worker."""
    cold = []
    for _ in range(REPEATS):
        context = await _visitor(browser, cookies)
        cold.append(await _paint(await context.new_page(), url))
        await context.close()
    context = await _visitor(browser, cookies)
    page = await context.new_page()
    await page.goto(url, wait_until="networkidle")
    await page.evaluate("() => navigator.serviceWorker.ready")
    await page.wait_for_timeout(1000)  # the worker's last writes to its cache
    await page.close()
    warm = [await _paint(await context.new_page(), url) for _ in range(REPEATS)]
    await context.close()
    return cold, warm


async def _visitor(browser: Browser, cookies: list[dict[str, Any]]) -> BrowserContext:
    context = await browser.new_context(**PHONE)
    await context.add_cookies(cookies)  # type: ignore[arg-type]
    return context


async def _paint(page: Page, url: str) -> float:
    session = await page.context.new_cdp_session(page)
    await session.send("Network.emulateNetworkConditions", SLOW_4G)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})
    await page.goto(url, wait_until="networkidle")
    painted = float(await page.evaluate(LARGEST_PAINT))
    await page.close()
    return painted
