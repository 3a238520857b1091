"""What every room that speaks to browsers shares: whose an address is, and headers no page goes without."""

from collections.abc import Mapping
from ipaddress import ip_address

LOCALHOST = "localhost"


def is_loopback(host: str) -> bool:
    """Whether a name or address is this machine's own, reached by nobody else; "" is no name.

    >>> [is_loopback(host) for host in ("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "feedback.example.org", "")]
    [True, True, True, False, False, False]
    """
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.casefold().rstrip(".") == LOCALHOST


def guarded_headers(policy: Mapping[str, str], *, secure: bool) -> dict[str, str]:
    """The headers of a page under a content security policy: what it may load, and what a browser keeps to itself.

    policy: sources by directive. secure: reached by TLS.
    """
    sent = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }
    return sent | ({"Strict-Transport-Security": "max-age=31536000"} if secure else {})
