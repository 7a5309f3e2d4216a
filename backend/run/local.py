"""Lets the other commands reach what `shanzhi run` started, without anybody copying addresses."""

from __future__ import annotations

import os
from pathlib import Path

from backend.kernel.db.embedded import ADMIN, LOGIN, Cluster
from backend.kernel.jobs.embedded import valkey_url
from backend.run.credentials import read_secret
from backend.run.directory import DataDirectory


def use_local_installation() -> None:
    """Fill in the addresses of the data directory's servers where the environment names none."""
    if "DATABASE_ADMIN_URL" in os.environ or "DATABASE_URL" in os.environ:
        return
    directory = DataDirectory(Path(os.environ.get("SHANZHI_DATA_DIR", ".data")).absolute())
    if not directory.postgres.exists():
        return
    cluster = Cluster(
        home=directory.postgres,
        sockets=directory.sockets,
        log=directory.log("postgres"),
        admin_password=read_secret(directory.secrets, "database_admin"),
        login_password=read_secret(directory.secrets, "database_login"),
    )
    for name, value in {
        "DATABASE_ADMIN_URL": cluster.dsn(ADMIN),
        "DATABASE_URL": cluster.dsn(LOGIN),
        "VALKEY_URL": valkey_url(directory.sockets),
        "STORAGE_URL": directory.files.as_uri(),
        "SHANZHI_SECRET_DIR": str(directory.secrets),
        "SHANZHI_ENVIRONMENT": "development",
    }.items():
        os.environ.setdefault(name, value)
