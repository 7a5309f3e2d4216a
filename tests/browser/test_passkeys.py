"""A passkey, made and used with Chromium's virtual authenticator."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.phone import Phone
from tests.factories.city import JUSTICE_OFFICE

AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_register_a_passkey_then_sign_in_with_it(phone: Callable[..., Phone]) -> None:
    officer = phone()
    devtools = officer.context.new_cdp_session(officer.page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    officer.sign_in(JUSTICE_OFFICE)
    officer.open("/me/security")
    officer.see("已添加 0 个通行密钥")
    officer.tap("添加通行密钥")
    officer.see("已添加 1 个通行密钥")

    officer.open("/me")
    officer.tap("退出登录")
    officer.page.get_by_role("button", name="通行密钥", exact=False).click()
    expect(officer.page.get_by_role("link", name="我的", exact=True)).to_be_visible()
    expect(officer.page.get_by_text("测试司法所长", exact=False).first).to_be_visible()
    assert officer.problems == []
