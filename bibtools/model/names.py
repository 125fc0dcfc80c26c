"""A name of a person or of a body, in the parts that CSL-JSON knows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    """A creator's name: either the parts of a personal name, or one `literal`.

    The parts are CSL's. `non_dropping_particle` is the "van der" of a name that keeps it
    when only the family name is shown; `dropping_particle` is one that is left out then.
    """

    family: str | None = None
    given: str | None = None
    non_dropping_particle: str | None = None
    dropping_particle: str | None = None
    suffix: str | None = None
    literal: str | None = None

    def display(self) -> str:
        """The name in reading order: "Ludwig van Beethoven", "Martin King Jr."."""
        if self.literal is not None:
            return self.literal
        text = ""
        for part in (self.given, self.dropping_particle, self.non_dropping_particle, self.family):
            if part:
                glued = part.endswith(("'", "\u2019", "-"))
                text += part if glued else part + " "
        text = text.rstrip()
        return f"{text} {self.suffix}" if self.suffix else text

    def family_with_particle(self) -> str:
        """The name to sort and to make a key from: `van der Maaten`, or the literal."""
        if self.literal is not None:
            return self.literal
        particle, family = self.non_dropping_particle, self.family or ""
        if not particle:
            return family
        return (
            particle + family if particle.endswith(("'", "\u2019", "-")) else f"{particle} {family}"
        )
