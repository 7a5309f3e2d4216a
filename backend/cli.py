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

LOCAL = {"audit", "backup", "divisions", "passkey-enrol", "restore", "seed"}


@app.callback()
def prepare(context: typer.Context) -> None:
    """Commands that look into a database find the one of `shanzhi run` by themselves."""
    if context.invoked_subcommand in LOCAL:
        from backend.run.local import use_local_installation

        use_local_installation()


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
    arguments += ["--forwarded-allow-ips", settings().trusted_proxies]
    os.execv(sys.executable, [sys.executable, "-m", "uvicorn", *arguments])


@app.command()
def worker() -> None:
    """Carry out queued and scheduled jobs."""
    os.execv(sys.executable, [sys.executable, "-m", "backend.worker"])


@app.command()
def migrate() -> None:
    """Bring the database that DATABASE_ADMIN_URL names up to date."""
    from backend.installed import tables
    from backend.kernel.db.migrate import migrate_all
    from backend.settings import settings

    asyncio.run(migrate_all(settings().database_admin_url, tables()))


@app.command()
def seed(
    accounts: Annotated[Path | None, typer.Option(help="Write the demonstration sign-ins here, as JSON.")] = None,
    history: Annotated[
        bool, typer.Option(envvar="SHANZHI_SEED_HISTORY", help="Also play the disputes of the last months.")
    ] = True,
) -> None:
    """Load the demonstration city."""
    from backend.seed import seed_demo

    loaded = asyncio.run(seed_demo(history=history))
    listing = json.dumps([asdict(account) for account in loaded], ensure_ascii=False, indent=1)
    if accounts is None:
        typer.echo(listing)
        return
    partial = accounts.with_suffix(".partial")
    partial.write_text(listing, encoding="utf-8")
    partial.replace(accounts)


@app.command()
def schema(
    check: Annotated[bool, typer.Option(help="Only say whether the committed file is up to date.")] = False,
) -> None:
    """Write schema/schema.graphql."""
    from backend.schema import sdl

    path = Path("schema/schema.graphql")
    if not check:
        path.write_text(sdl(), encoding="utf-8")
    elif not path.exists() or path.read_text(encoding="utf-8") != sdl():
        typer.echo("schema/schema.graphql is stale: run `shanzhi schema`", err=True)
        raise typer.Exit(1)


@app.command()
def permissions() -> None:
    """Print the permission matrix as a Markdown table."""
    from backend.installed import register
    from backend.kernel.access import grants

    register()
    typer.echo(grants.table())


@app.command()
def figures() -> None:
    """Make the cockpit's figures anew from the events, of every county."""
    from backend.installed import models, register
    from backend.kernel.db.connection import connected
    from backend.kernel.jobs.queue import close_valkey
    from backend.kernel.metrics.cells import rebuild_all

    async def rebuild() -> int:
        async with connected(models()):
            try:
                return await rebuild_all()
            finally:
                await close_valkey()

    register()
    typer.echo(f"{asyncio.run(rebuild())} counties made anew")


@app.command()
def passkey_enrol(phone: Annotated[str, typer.Argument(help="The officer's telephone number.")]) -> None:
    """Print a token with which an officer registers one passkey within a day."""
    from backend.installed import models
    from backend.kernel.db.connection import connected
    from backend.kernel.identity import enrolment, service
    from backend.kernel.jobs.queue import close_valkey, valkey
    from backend.kernel.privacy.identifiers import normalise_phone

    async def issue() -> str | None:
        async with connected(models()):
            account = await service.find_account(normalise_phone(phone))
            token = await enrolment.issue(valkey(), account.id) if account else None
            await close_valkey()
            return token

    token = asyncio.run(issue())
    if token is None:
        typer.echo("No account has this number: the officer signs in by code once first", err=True)
        raise typer.Exit(1)
    typer.echo(token)


divisions_app = typer.Typer(no_args_is_help=True, help="The table of divisions.")
app.add_typer(divisions_app, name="divisions")


@divisions_app.command("import")
def divisions_import(
    source: Annotated[Path, typer.Argument(exists=True, help="A CSV file, or a folder with the package's five files.")],
) -> None:
    """Take in a division table; renamed and abolished divisions keep their history."""
    from datetime import date

    from backend.kernel.db.migrate import as_owner
    from backend.kernel.tenancy.importing import ImportRefused, import_divisions
    from backend.settings import settings

    async def take_in() -> None:
        async with as_owner(settings().database_admin_url) as owner:
            done = await import_divisions(owner, source, date.today())
        typer.echo(f"{done.total} divisions: {done.added} added, {done.renamed} renamed, {done.closed} closed")

    try:
        asyncio.run(take_in())
    except ImportRefused as problem:
        typer.echo(f"Cannot import: {problem}", err=True)
        raise typer.Exit(1) from None


@divisions_app.command("merge")
def divisions_merge(code: str, successor: str) -> None:
    """Close a division today; its matters and new reports go on in its successor."""
    from datetime import date

    from backend.kernel.db.migrate import as_owner
    from backend.kernel.tenancy.importing import ImportRefused, merge_division
    from backend.settings import settings

    async def merge() -> None:
        async with as_owner(settings().database_admin_url) as owner:
            await merge_division(owner, code, successor, date.today())

    try:
        asyncio.run(merge())
    except ImportRefused as problem:
        typer.echo(f"Cannot merge: {problem}", err=True)
        raise typer.Exit(1) from None


audit_app = typer.Typer(no_args_is_help=True, help="The append-only event log.")
app.add_typer(audit_app, name="audit")


@audit_app.command("verify")
def audit_verify() -> None:
    """Check every county's chain; exit code 1 and the place when one byte was changed."""
    from backend.kernel.audit.verification import verify_all
    from backend.kernel.db.migrate import as_auditor
    from backend.settings import settings

    async def verify() -> int:
        broken = 0
        async with as_auditor(settings().database_admin_url) as auditor:
            async for county, events, problems in verify_all(auditor):
                typer.echo(f"{county}: {events} events, " + ("whole" if not problems else f"{len(problems)} broken"))
                for problem in problems:
                    typer.echo(f"  event {problem['seq']} {problem['id'] or ''}: {problem['problem']}")
                broken += len(problems)
        return broken

    raise typer.Exit(1 if asyncio.run(verify()) else 0)


faces_app = typer.Typer(no_args_is_help=True, help="Face recognition.")
app.add_typer(faces_app, name="faces")


@faces_app.command("evaluate")
def faces_evaluate(
    pairs: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with the columns left,right,same.")],
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Where the pictures are.")],
    strict: Annotated[
        bool, typer.Option(help="Leave out pictures that a person would be asked to take again.")
    ] = False,
) -> None:
    """Print false matches and false non-matches over thresholds, for any labelled pairs of pictures."""
    from backend.kernel.faces.engine import EngineMissing
    from backend.kernel.faces.evaluation import EvaluationError, evaluate

    try:
        for line in evaluate(pairs, folder, strict=strict):
            typer.echo(line)
    except (EngineMissing, EvaluationError) as problem:
        typer.echo(f"Cannot evaluate: {problem}", err=True)
        raise typer.Exit(1) from None


@app.command()
def backup(
    folder: Annotated[Path, typer.Argument(help="A new folder for the copy.")],
) -> None:
    """Copy database and files into a folder (pg_dump; the files of a local STORAGE_URL)."""
    from backend.run.backup import BackupError, make_backup

    try:
        make_backup(folder)
    except BackupError as problem:
        typer.echo(f"Cannot back up: {problem}", err=True)
        raise typer.Exit(1) from None


@app.command()
def restore(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder made by `backup`.")],
) -> None:
    """Put a copy back into an empty, migrated-by-nobody database; what was erased since is erased again.

    Keep the backups of one installation beside each other: each knows what had been erased when it was made.
    """
    from backend.installed import INSTALLED
    from backend.run.backup import BackupError, restore_backup

    try:
        again = restore_backup(folder, tables=[table for app in INSTALLED for table in app.erased_with_file])
    except BackupError as problem:
        typer.echo(f"Cannot restore: {problem}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{again} files that had been erased since were erased again")


if __name__ == "__main__":
    app()
