"""One thing that needs a leader's word."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.model import Sentence, Tone

LEVELS: dict[Tone, str] = {"concern": "Gấp", "notice": "Theo dõi"}


@dataclass(frozen=True)
class Directive:
    """One thing to direct.

    ``code`` names the rule that found it and ``about`` what it is about (a department, a task, a
    month, a metric), so that a test can look for it; ``since`` is in words.
    """

    code: str
    about: str
    text: Sentence
    owner: str
    since: str
    link: str
    icon: str = "octagon"
    tone: Tone = "concern"

    @property
    def detail(self) -> str:
        """How urgent, who, since when."""
        parts = (LEVELS[self.tone], self.owner, self.since)
        return " · ".join(part for part in parts if part)
