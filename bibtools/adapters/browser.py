"""The user's browser."""

from __future__ import annotations

from bibtools.text.addresses import is_web_address


def open_address(url: str) -> bool:
    """Open a web address in the user's browser; False when there is none to start.

    `webbrowser` starts it without a shell, the address as one argument. Raises `ValueError` for
    what is no http(s) address: nothing else is ever handed over.
    """
    import webbrowser

    if not is_web_address(url):
        raise ValueError("only http and https addresses are opened")
    try:
        return webbrowser.open(url)
    except (webbrowser.Error, OSError):
        return False
