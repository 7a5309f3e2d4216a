"""The command `shanzhi`. Commands import what they need when called, so that each starts fast."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Shanzhi, for a city's counties.")


@app.command()
def run(
    data_dir: Annotated[Path, typer.Option(envvar="SHANZHI_DATA_DIR", help="Where everything is kept.")] = Path(
        ".data"
    ),
    port: Annotated[int, typer.Option(envvar="SHANZHI_PORT", min=1, max=65535)] = 8000,
) -> None:
    """Start everything on this machine: database, queue, web and worker."""
    from backend.run.directory import DataDirectory
    from backend.run.supervisor import Supervisor, run_for_person

    raise typer.Exit(run_for_person(Supervisor(DataDirectory(data_dir.absolute()), port)))


@app.command()
def web() -> None:
    """Serve the API and the phone app."""
    from backend.settings import settings

    arguments = ["--factory", "backend.web:create_app", "--host", settings().host, "--port", str(settings().port)]
    # Open subscriptions would otherwise hold up a stop for ever. The access log is the application's own.
    arguments += ["--timeout-graceful-shutdown", "3", "--no-access-log", "--no-server-header"]
    os.execv(sys.executable, [sys.executable, "-m", "uvicorn", *arguments])


@app.command()
def worker() -> None:
    """Carry out queued and scheduled jobs."""
    os.execv(sys.executable, [sys.executable, "-m", "backend.worker"])


@app.command()
def migrate() -> None:
    """Bring the database that DATABASE_ADMIN_URL names up to date."""
    from backend.kernel.db.migrate import migrate as migrate_database
    from backend.settings import settings

    asyncio.run(migrate_database(settings().database_admin_url))


@app.command()
def seed(
    accounts: Annotated[Path | None, typer.Option(help="Write the demonstration sign-ins here, as JSON.")] = None,
) -> None:
    """Load the demonstration city."""
    from backend.seed import seed_demo

    loaded = asyncio.run(seed_demo())
    listing = json.dumps([asdict(account) for account in loaded], ensure_ascii=False, indent=1)
    if accounts is None:
        typer.echo(listing)
        return
    partial = accounts.with_suffix(".partial")
    partial.write_text(listing, encoding="utf-8")
    partial.replace(accounts)


if __name__ == "__main__":
    app()
