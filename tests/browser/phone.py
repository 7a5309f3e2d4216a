"""One person's phone: sign in, look, tap, and talk to the API with the same session."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

CLIENT = {"X-Shanzhi-Client": "test", "Content-Type": "application/json"}

#: Cookies by address and telephone number.
SESSIONS: dict[tuple[str, str], list[Any]] = {}

#: What waits on the phone, and why.
HELD = """() => new Promise((done) => {
  const opening = indexedDB.open('shanzhi');
  opening.onerror = () => done([]);
  opening.onsuccess = () => {
    const all = opening.result.transaction('outbox').objectStore('outbox').getAll();
    all.onsuccess = () => {
      opening.result.close();
      done(all.result.map(({ operation, state, attempts, errors, requestId }) => [operation.name, state, attempts, errors, requestId]));
    };
  };
})"""


class Phone:
    """A browser context with one page; errors of the page fail the test that looks at `problems`."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.page: Page = context.new_page()
        self.page.set_default_timeout(15_000)
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))

    def sign_in(self, number: str) -> None:
        """Through the form, with the one-time code that the development page shows."""
        self.page.goto(self.address)
        self.page.get_by_label("手机号").fill(number)
        self.page.get_by_role("button", name="获取验证码").click()
        code = self.page.get_by_label("验证码")
        expect(code).to_be_visible()
        shown = self.context.request.get(f"{self.address}/dev/codes").json()
        code.fill(next(entry["code"] for entry in shown if entry["phone"] == number))
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("link", name="我的", exact=True)).to_be_visible()

    def enter(self, number: str) -> None:
        """Sign in without the form. A number's session is used again: the server limits how many codes it sends."""
        kept = SESSIONS.get((self.address, number))
        if kept is None:
            phone = json.dumps({"phone": number})
            assert self.context.request.post(f"{self.address}/auth/code", headers=CLIENT, data=phone).ok
            shown = self.context.request.get(f"{self.address}/dev/codes").json()
            code = next(entry["code"] for entry in shown if entry["phone"] == number)
            proof = json.dumps({"phone": number, "code": code})
            assert self.context.request.post(f"{self.address}/auth/code/verify", headers=CLIENT, data=proof).ok
            kept = SESSIONS[self.address, number] = self.context.cookies()
        self.context.add_cookies(kept)  # type: ignore[arg-type]

    def open(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def tap(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def tick(self, name: str) -> None:
        self.page.get_by_label(name, exact=False).first.check(force=True)

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=False).first.fill(text)

    def act(self, name: str) -> Locator:
        """Open an action from the bar "what may I do next"; returns its sheet."""
        bar = self.page.get_by_role("navigation", name="接下来可以做")
        direct = bar.get_by_role("button", name=name, exact=True)
        more = bar.get_by_role("button", name="更多操作")
        hidden = self.page.get_by_role("dialog", name="接下来可以做").get_by_role("button", name=name, exact=True)
        # A page that still shows the state before the last command gets a few tries.
        for _ in range(8):
            expect(direct.or_(more).first).to_be_visible()
            if direct.count():
                direct.click()
                break
            more.click()
            try:
                hidden.click(timeout=1_500)
                break
            except TooLate:
                self.page.keyboard.press("Escape")
                expect(self.page.get_by_role("dialog")).to_have_count(0)
        sheet = self.page.get_by_role("dialog", name=name, exact=True)
        expect(sheet).to_be_visible()
        return sheet

    def send(self, sheet: Locator, label: str = "提交") -> None:
        """Send the sheet's form and wait until it has closed."""
        sheet.get_by_role("button", name=label, exact=True).click()
        open_form = self.page.locator(".sheet:visible form")
        try:
            expect(open_form).to_have_count(0, timeout=15_000)
        except AssertionError:
            raise AssertionError(f"the form stays open: {open_form.first.inner_text()}") from None

    def see(self, text: str) -> Locator:
        """Waits until the text is on the page; when it does not come, says also what the server refused."""
        found = self.page.get_by_text(text).first
        try:
            expect(found).to_be_visible()
        except AssertionError as missing:
            raise AssertionError(f"{missing}\noutbox: {self.page.evaluate(HELD)}") from None
        return found

    def api(self, query: str, **variables: Any) -> dict[str, Any]:
        """An operation with this phone's session; raises AssertionError with errors."""
        answer = self.context.request.post(
            f"{self.address}/graphql", headers=CLIENT, data=json.dumps({"query": query, "variables": variables})
        )
        body = answer.json()
        assert not body.get("errors"), body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def command(self, name: str, kind: str, **fields: Any) -> dict[str, Any]:
        """A mutation with one input; returns the dispute."""
        query = (
            f"mutation($input: {kind}!) {{ {name}(input: $input) "
            "{ dispute { id code version state } errors { code field data } } }"
        )
        payload = self.api(query, input=fields)[name]
        assert not payload["errors"], payload["errors"]
        dispute: dict[str, Any] = payload["dispute"]
        return dispute

    def move_clock(self, **by: float) -> None:
        """Move the product's clock. One that other tests use is moved back by `later`: a phone's clock does not go along."""
        seconds = timedelta(**by).total_seconds()
        answer = self.context.request.post(
            f"{self.address}/dev/clock", headers=CLIENT, data=json.dumps({"seconds": seconds})
        )
        assert answer.ok, answer.text()

    @contextmanager
    def later(self, **by: float) -> Iterator[None]:
        """The product's clock moved forward, and back at the end."""
        self.move_clock(**by)
        try:
            yield
        finally:
            self.move_clock(**{unit: -amount for unit, amount in by.items()})
