"""How many examples hypothesis tries: its profile's number, or a share of it where one is dear."""

from __future__ import annotations

from hypothesis import HealthCheck, settings


def register_profiles() -> None:
    """Make known what ``make test`` and ``make fuzz`` try.

    An ordinary run tries the same examples each time, so that a change is judged by what it
    changes; a thorough one looks for new ones. A busy machine is not a fault: no deadlines.
    """
    shared = settings(
        deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True
    )
    settings.register_profile("ordinary", shared, max_examples=100, derandomize=True)
    settings.register_profile("thorough", shared, max_examples=2000)
    settings.load_profile("ordinary")


def share(part: float) -> settings:
    """Return settings for a test each of whose examples asks a server or a database."""
    return settings(max_examples=max(1, round(settings().max_examples * part)))
