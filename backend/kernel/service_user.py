"""The account that embedded servers run under when the owner is root, and its way to the files it needs.

PostgreSQL refuses to run as root. As an ordinary user nothing here does anything.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

NAME = "shanzhi"
ACL_ATTRIBUTE = "system.posix_acl_access"
# linux/posix_acl_xattr.h: a version, then (tag, permissions, id) for each entry.
ACL_VERSION = 2
ACL_ENTRY = struct.Struct("<HHI")
USER_OBJ, USER, GROUP_OBJ, MASK, OTHER = 0x01, 0x02, 0x04, 0x10, 0x20
NO_ID = 0xFFFFFFFF
EXECUTE = 1


@dataclass(frozen=True)
class ServiceUser:
    uid: int
    gid: int


class PassageError(Exception):
    """The service user cannot be made or cannot reach a path; the text says which."""


def service_user() -> ServiceUser | None:
    """The system account `shanzhi`, made on first use; None when this process is not root."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(NAME)
    except KeyError:
        _create()
        entry = pwd.getpwnam(NAME)
    return ServiceUser(entry.pw_uid, entry.pw_gid)


def own(path: Path, user: ServiceUser | None) -> None:
    """Make a directory that only the service user (and root) can enter."""
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if user is not None:
        os.chown(path, user.uid, user.gid)
        grant_passage(path, user)


def share(tree: Path, user: ServiceUser | None) -> None:
    """Make a tree of programs readable for the service user, whatever umask installed it."""
    if user is None:
        return
    for folder, _, files in os.walk(tree):
        for path in (Path(folder), *(Path(folder, name) for name in files)):
            mode = path.lstat().st_mode
            wanted = mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0)
            if not stat.S_ISLNK(mode) and wanted != mode:
                path.chmod(wanted)
    grant_passage(tree, user)


def grant_passage(path: Path, user: ServiceUser) -> None:
    """Let the service user walk through the folders above `path`, and nobody else.

    A clone under /root or a private temporary folder is closed to it. An access-control entry for this one account,
    with the right to pass but not to list, opens less than widening the folder's mode would.
    """
    for parent in path.resolve().parents:
        status = parent.stat()
        if not status.st_mode & stat.S_IXOTH and status.st_uid != user.uid:
            try:
                _allow_passing(parent, status.st_mode, user.uid)
            except (OSError, AttributeError) as error:
                raise PassageError(f"the account {NAME!r} cannot pass through {parent}") from error


def _allow_passing(folder: Path, mode: int, uid: int) -> None:
    try:
        raw = os.getxattr(folder, ACL_ATTRIBUTE)[4:]
        entries = [ACL_ENTRY.unpack_from(raw, at) for at in range(0, len(raw), ACL_ENTRY.size)]
    except OSError:
        bits = stat.S_IMODE(mode)
        entries = [(USER_OBJ, bits >> 6 & 7, NO_ID), (GROUP_OBJ, bits >> 3 & 7, NO_ID), (OTHER, bits & 7, NO_ID)]
    group = next(rights for tag, rights, _ in entries if tag == GROUP_OBJ)
    mask = next((rights for tag, rights, _ in entries if tag == MASK), group)
    ours = [rights for tag, rights, holder in entries if tag == USER and holder == uid]
    # A later chmod of the folder narrows the mask, and with it what our entry is worth.
    if ours and ours[0] & mask & EXECUTE:
        return
    kept = [entry for entry in entries if entry[0] != MASK and not (entry[0] == USER and entry[2] == uid)]
    kept.append((USER, EXECUTE, uid))
    kept.append((MASK, mask | EXECUTE, NO_ID))
    packed = b"".join(ACL_ENTRY.pack(*entry) for entry in sorted(kept))
    os.setxattr(folder, ACL_ATTRIBUTE, struct.pack("<I", ACL_VERSION) + packed)


def _create() -> None:
    program = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if program is None:
        raise PassageError(f"there is no account {NAME!r} and no useradd to make it")
    shell = "/usr/sbin/nologin"
    command = [program, "--system", "--no-create-home", "--shell", shell, "--user-group", NAME]
    # Two starts at once may both try: what counts is that the account is there afterwards.
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        raise PassageError(f"useradd made no account {NAME!r}: {result.stderr.strip()}") from None
