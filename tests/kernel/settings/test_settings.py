"""An installation that would let the wrong people in, or nobody, does not start."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from backend.settings import Environment, Settings


def made(**given: object) -> Settings:
    return Settings(**{"demo": False, "sms_gateway_url": "", **given})  # type: ignore[arg-type]


def test_the_demonstration_is_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="SHANZHI_DEMO"):
        made(environment=Environment.PRODUCTION, demo=True)
    assert made(environment=Environment.DEVELOPMENT, demo=True).demo


def test_production_needs_an_sms_gateway() -> None:
    with pytest.raises(RuntimeError, match="SHANZHI_SMS_GATEWAY_URL"):
        made(environment=Environment.PRODUCTION).require_sms()
    made(environment=Environment.PRODUCTION, sms_gateway_url="https://sms.example/").require_sms()
    made(environment=Environment.DEVELOPMENT).require_sms()
