"""What the tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No test asserts a time, hypothesis' own deadline included; the same examples on every machine.
settings.register_profile("ftz-geo", deadline=None, derandomize=True)
settings.load_profile("ftz-geo")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents, corpora and reference maps beside the checkout."""
    if not SHARED.is_dir():
        reason = "the folder ../shared with real documents and maps is not beside this checkout"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED
