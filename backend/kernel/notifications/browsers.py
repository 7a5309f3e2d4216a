"""What a browser gives to be pushed to, before it is believed: our server is going to call this address."""

from __future__ import annotations

import ipaddress
import socket
from base64 import urlsafe_b64decode
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec

from backend.kernel.errors import Refusal

LONGEST_ENDPOINT = 2000
AUTH_BYTES = 16


def check_endpoint(endpoint: str) -> None:
    """An https address of a named host. Raises `INVALID`: an address inside our own network is none."""
    try:
        parts = urlsplit(endpoint)
        host = parts.hostname or ""
    except ValueError:
        raise Refusal("INVALID", "endpoint") from None
    is_named = "." in host.strip(".") and not _is_address(host) and parts.username is None
    if parts.scheme != "https" or not is_named or len(endpoint) > LONGEST_ENDPOINT:
        raise Refusal("INVALID", "endpoint")


def is_outside(endpoint: str) -> bool:
    """Whether every address the endpoint's name has now is one of the public internet. Asks the resolver: blocks.

    Raises:
        OSError: the name has no address.
    """
    found = socket.getaddrinfo(urlsplit(endpoint).hostname, 443, type=socket.SOCK_STREAM)
    return all(ipaddress.ip_address(str(address[0]).split("%")[0]).is_global for *_, address in found)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rsplit(".", 1)[-1].isdigit()
    return True


def check_keys(p256dh: str, auth: str) -> None:
    """The browser's public key (a point of P-256) and its secret of 16 bytes. Raises `INVALID`."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
    except ValueError:
        raise Refusal("INVALID", "p256dh") from None
    try:
        is_right = len(_decoded(auth)) == AUTH_BYTES
    except ValueError:
        is_right = False
    if not is_right:
        raise Refusal("INVALID", "auth")


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
