"""How a verdict looks, and how foreign text is made fit for a drawing.

Names come out of device trees and manifests of strangers: whatever is in them, a drawing has to
stay the drawing that it is.
"""

from __future__ import annotations

import html

from ukdrivers.values import Value

__all__ = ["LOOKS", "Look", "colours", "escaped", "plain"]


class Look(Value):
    """A verdict's symbol and its colours, dark enough on white and light enough on black."""

    symbol: str
    on_light: str
    on_dark: str


#: by verdict. The symbols are there for who doesn't see, or doesn't print, colours. Each colour has
#: a contrast of 4.5 to 1 at least (WCAG 2.2, 1.4.3).
LOOKS = {
    "bound": Look(symbol="✓", on_light="#116329", on_dark="#56d364"),
    "matched": Look(symbol="~", on_light="#0550ae", on_dark="#79c0ff"),
    "unclaimed": Look(symbol="?", on_light="#8a4600", on_dark="#f0b72f"),
    "fault": Look(symbol="!", on_light="#a40e26", on_dark="#ff7b72"),
    "disabled": Look(symbol="-", on_light="#6e40c9", on_dark="#d2a8ff"),
    "ignored": Look(symbol="·", on_light="#57606a", on_dark="#9aa4af"),
}


def colours() -> str:
    """Return the style sheet of the colours, for light and for dark."""
    light = "".join(f"--{name}:{one.on_light};" for name, one in LOOKS.items())
    dark = "".join(f"--{name}:{one.on_dark};" for name, one in LOOKS.items())
    return (
        f":root{{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--line:#8c959f;{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{"
        f":root{{--paper:#0d1117;--ink:#e6edf3;--line:#6e7681;{dark}}}}}\n"
    )


def plain(text: str) -> str:
    """Return text with everything spelled out that isn't a visible character or a space.

    Control characters end a line or a file in some formats, those that turn the direction of
    writing show a name as another, and half a surrogate pair can't be encoded.
    """
    if text.isprintable():
        return text
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def escaped(text: str) -> str:
    """Return text for an element or an attribute of HTML or XML."""
    return html.escape(plain(text))
