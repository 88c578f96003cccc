"""What a first view fetches: files under the hash of their content, the grid's library on call."""

from __future__ import annotations

import gc
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.app import create_app
from etl.settings import ASSETS_DIR, Settings
from etl.warehouse import open_engine
from tests.services.signing_in import signed_in

MOST_BYTES = 1_200_000


# The compressing extension leaves the file of a streamed response to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_first_view_is_light_and_kept_by_the_browser(sqlite_url: str, tmp_path: Path) -> None:
    settings = Settings.model_construct(database_url=sqlite_url, data_dir=tmp_path)
    engine = open_engine(sqlite_url)
    server = create_app(settings, engine=engine).server
    client = signed_in(server, engine)
    # What a browser says over plain HTTP, as in an office; over TLS it takes smaller forms too.
    small = {"Accept-Encoding": "gzip, deflate"}
    document = client.get("/").get_data(as_text=True)
    fetched = re.findall(r'(?:src|href)="(/[^"]+)"', document)
    unused = ("ag_grid", "polyfill", "dash_table")
    assert not [one for one in fetched if any(name in one for name in unused)]
    total = 0
    for address in fetched:
        with client.get(address, headers=small) as answer:
            assert answer.status_code == 200
            assert "max-age=31536000" in answer.headers["Cache-Control"], address
            # Fonts are counted below: all of them, those that are asked for early too.
            total += 0 if ".woff2" in address else len(answer.data)
    fonts = ASSETS_DIR.glob("vendor/*/*.woff2")
    assert total + sum(font.stat().st_size for font in fonts) < MOST_BYTES
    ours = next(one for one in fetched if "/assets/parts.css" in one)
    # Under another hash, and under none, the same file is asked for anew each time.
    for address in (ours.split("?")[0], f"{ours}0"):
        with client.get(address) as answer:
            assert "no-cache" in answer.headers["Cache-Control"]
            tag = answer.headers["ETag"]
    with client.get(ours, headers={"If-None-Match": tag}) as answer:
        assert answer.status_code == 304
    library = re.search(r'<meta name="grid-library" content="([^"]+)"', document)
    assert library is not None
    with client.get(library.group(1)) as answer:
        assert answer.status_code == 200
    engine.dispose()
    # Collected here, where it is expected, and not in the middle of another test.
    gc.collect()


def test_the_fonts_are_named_by_their_content() -> None:
    named = re.findall(
        r'url\("(vendor/[^"]+?\.woff2)(?:\?v=(\w+))?"\)',
        (ASSETS_DIR / "tokens.css").read_text(encoding="utf-8"),
    )
    assert named
    for path, mark in named:
        content = (ASSETS_DIR / path).read_bytes()
        assert mark == hashlib.sha256(content).hexdigest()[:12], path


def test_a_worker_carries_no_writer_of_documents() -> None:
    """The first snapshot loads them; until then each worker would hold them for nothing."""
    writers = "{'typst', 'docx', 'fontTools', 'kaleido', 'choreographer'}"
    code = f"import sys, dashboard.app; print(sorted({writers} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
