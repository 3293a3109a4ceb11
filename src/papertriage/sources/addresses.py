"""Which network addresses a reply may lead to: public ones only.

A service must not be able to point papertriage at the user's own machine or network. Every form that
the system's resolver takes for an address (`2130706433`, `0x7f000001`, `0`) is an address here too.
"""

from __future__ import annotations

import ipaddress
import socket

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Say whether an IP address, as text, belongs to the public internet.

    An IPv6 address that wraps an IPv4 one (mapped, 6to4, NAT64) is as public as what it wraps.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped is not None:
            ip = wrapped
    return ip.is_global and not ip.is_multicast


def is_private_literal(host: str) -> bool:
    """Say whether a host is written as an address, or a name of this machine, that is not public.

    For requests through a proxy, which looks names up itself.
    """
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(str(ipaddress.ip_address(host.partition("%")[0])))
    except ValueError:
        pass
    try:
        return not is_public(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeError):
        return False
