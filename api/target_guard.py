"""May the service call this address? A bank's machine is on the open network, never inside the house (SSRF).

The name is resolved once and the very address that was looked at is called: a name that leads elsewhere a moment
later gains nothing.
"""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from data.spec.errors import Refusal

Resolve = Callable[[str, int], Sequence[str]]

# Python calls the translation prefix global, though it leads to any IPv4 address behind a gateway.
NEVER = tuple(ip_network(one) for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "100.64.0.0/10"))


class TargetRefused(Refusal):
    """The address is no place that the service may send to."""

    code = "target-refused"


@dataclass(frozen=True)
class Target:
    """Be an address that was looked at: the host as named, and the one IP that is to be called."""

    host: str
    port: int
    ip: str
    path: str
    scheme: str = "https"

    @property
    def place(self) -> str:
        """Return the URL to call: of the very address that was looked at."""
        ip = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.scheme}://{ip}:{self.port}{self.path}"

    @property
    def named(self) -> str:
        """Return the Host header that goes with it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port in (80, 443) else f"{host}:{self.port}"


def check_target(url: str, *, resolve: Resolve, local: bool = False) -> Target:
    """Return the address to call for a URL; raise TargetRefused.

    https alone, on a global address; `local` (a demonstration) allows http to 127.0.0.1.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise _refused() from error
    host = parts.hostname or ""
    here = local and parts.scheme == "http" and host == "127.0.0.1"
    if not (here or parts.scheme == "https") or not host or parts.username or parts.password or parts.fragment:
        raise _refused()
    if any(letter in url for letter in "\\ \t\r\n") or not url.isascii() or len(url) > 500:
        raise _refused()
    addresses = [host] if here else _resolved(host, port, resolve)
    if not addresses or not (here or all(_global(one) for one in addresses)):
        raise _refused()
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host=host, port=port, ip=addresses[0], path=path, scheme=parts.scheme)


def system_resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a name; none where there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


def _resolved(host: str, port: int, resolve: Resolve) -> Sequence[str]:
    try:
        return (str(ip_address(host)),)
    except ValueError:
        # Numbers that only look like a name (0x7f000001, 2130706433) are for no resolver to guess at.
        if host.replace(".", "").replace("x", "").isdigit() or host.startswith("0x"):
            raise _refused() from None
        return resolve(host, port)


def _global(text: str) -> bool:
    try:
        address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if any(address in network for network in NEVER if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast


def _refused() -> TargetRefused:
    return TargetRefused("不能向这个地址推送。", help="须为公网上的 https 地址，不含账号、片段与内网地址。")
