"""Charts as SVG, drawn by the system's own browser. A chart is whole or there is an error.

One browser serves every chart of a process: starting it costs most of the time. Everything in it
has a limit of time, and whatever goes wrong ends in a :class:`ChartError` and no browser.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from xml.etree import ElementTree

import plotly.graph_objects as go
from choreographer.browsers.chromium import Chromium
from kaleido import Kaleido
from kaleido._page_generator import KJS_PATH

from dashboard.snapshots.browser_pipe import BrowserPipe
from dashboard.snapshots.errors import ChartError
from dashboard.snapshots.html_parts import PLOTLY
from etl.settings import ASSETS_DIR

_log = logging.getLogger(__name__)
WINDOWLESS = "chromium-headless-shell"
"""Debian's Chromium without windows: it draws the same for a third of the processor's time."""
WINDOWED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
BROWSERS = (WINDOWLESS, *WINDOWED)
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "Chromium/Application/chrome.exe",
)
_QUIET = (
    "--disable-background-networking",
    "--disable-domain-reliability",
    "--disable-default-apps",
    "--disable-quic",
    "--no-pings",
    "--dns-prefetch-disable",
    "--font-render-hinting=none",
)
"""Flags that keep the browser from looking anything up and letters as wide as they are on paper;
the sandbox is off, as root needs it: the browser sees only our own page and figures.
"""

_FACES = {
    400: "BeVietnamPro_400Regular.ttf",
    500: "BeVietnamPro_500Medium.ttf",
    600: "BeVietnamPro_600SemiBold.ttf",
    700: "BeVietnamPro_700Bold.ttf",
}
START_SECONDS = (10.0, 20.0, 40.0)
"""How long each try to start may take: the page's first load is sometimes never told (its event
can come before anybody listens), and then only a new browser helps."""
DRAW_SECONDS, CLOSE_SECONDS = 60.0, 15.0
_GRACE = 5.0
_TABS = 2
_SVG = "{http://www.w3.org/2000/svg}"

_INSTALL = (
    "Hãy cài Chromium, Chrome hoặc Edge (Debian, Ubuntu: apt-get install chromium), "
    "hoặc đặt CHART_BROWSER là đường dẫn tới trình duyệt."
)


def find_browser(stated: Path | None = None) -> Path:
    """Return the browser to draw with: the stated one, else the first installed.

    Raises:
        ChartError: there is none.
    """
    if stated is not None:
        if stated.is_file():
            return stated
        raise ChartError(f"Không có trình duyệt tại «{stated}» để vẽ biểu đồ. {_INSTALL}")
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return Path(found)
    for folder in _program_folders():
        for place in _WINDOWS:
            if (folder / place).is_file():
                return folder / place
    raise ChartError(f"Không tìm thấy trình duyệt để vẽ biểu đồ. {_INSTALL}")


def _program_folders() -> list[Path]:
    """Return where Windows keeps programs; nowhere elsewhere."""
    if os.name != "nt":
        return []
    drive = Path(Path.home().anchor)
    return [
        drive / "Program Files",
        drive / "Program Files (x86)",
        Path.home() / "AppData" / "Local",
    ]


class _QuietChromium(Chromium):
    def get_cli(self) -> Sequence[str]:
        return [*super().get_cli(), *_QUIET]


def _page() -> str:
    """Return the page that draws: our Plotly bundle and our fonts from files, no network.

    The hidden words make the fonts load with the page, so that words are measured with them.
    """
    vendor = ASSETS_DIR / "vendor"
    faces = "".join(
        f'@font-face{{font-family:"Be Vietnam Pro";font-weight:{weight};'
        f'src:url("{(vendor / "be-vietnam-pro" / name).as_uri()}")}}'
        for weight, name in _FACES.items()
    )
    words = "".join(
        f"<span style=\"visibility:hidden;font:{weight} 10px 'Be Vietnam Pro'\">Mốc 9 %</span>"
        for weight in _FACES
    )
    bundle = PLOTLY.as_uri()
    return (
        '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>Biểu đồ</title>'
        f'<style id="head-style"></style><style>{faces}</style>'
        f'<script src="{bundle}" charset="utf-8"></script>'
        f'<script src="{KJS_PATH.as_uri()}"></script></head>'
        f'<body style="margin:0"><img id="kaleido-image">{words}</body></html>'
    )


@dataclass(frozen=True)
class Drawing:
    """A figure with the size in px it is drawn at."""

    figure: go.Figure
    width: int
    height: int


class ChartServer:
    """A browser that draws charts until it is closed. Safe to be called from several threads."""

    def __init__(self, browser: Path | None = None) -> None:
        """Start the browser.

        Raises:
            ChartError: there is no browser, or it does not start.
        """
        path = find_browser(browser)
        self._lock = threading.RLock()
        self._folder = tempfile.TemporaryDirectory(prefix="charts-", ignore_cleanup_errors=True)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="charts", daemon=True)
        self._thread.start()
        self._kaleido: Kaleido | None = None
        for seconds in START_SECONDS:
            try:
                self._kaleido = self._run(_start(path, Path(self._folder.name)), seconds)
                return
            except TimeoutError as error:
                failure: Exception = error
                _log.warning("the browser was not ready within %s s", seconds)
            except Exception as error:
                failure = error
                break
        self.close()
        raise ChartError(
            f"Trình duyệt «{path}» không khởi động được để vẽ biểu đồ ({_short(failure)}). "
            f"{_INSTALL}"
        ) from failure

    def draw(self, drawings: Mapping[str, Drawing]) -> dict[str, bytes]:
        """Return each drawing as SVG, by name.

        Raises:
            ChartError: one could not be drawn; the browser is closed then.
        """
        with self._lock:
            if self._kaleido is None:
                raise ChartError("Trình duyệt vẽ biểu đồ đã đóng. Hãy lập lại báo cáo.")
            try:
                drawn = self._run(_draw(self._kaleido, drawings), DRAW_SECONDS)
            except Exception as error:
                self.close()
                raise ChartError(
                    "Trình duyệt dừng giữa chừng nên biểu đồ không vẽ được "
                    f"({_short(error)}). Hãy lập lại báo cáo."
                ) from error
        for name, svg in drawn.items():
            require_marks(svg, name=name)
        return drawn

    def close(self) -> None:
        """Stop the browser, however it is; what is being drawn meanwhile is drawn to its end."""
        with self._lock:
            kaleido, self._kaleido = self._kaleido, None
            if kaleido is not None:
                try:
                    self._run(kaleido.close(), CLOSE_SECONDS)
                except Exception as error:
                    # One that is gone cannot say goodbye; its processes are ended all the same.
                    _log.info("the browser did not close by itself: %s", _short(error))
                _end(kaleido)
            if self._thread.is_alive():
                with contextlib.suppress(TimeoutError):
                    # A loop that is held up ends with the program.
                    rest = asyncio.run_coroutine_threadsafe(_cancel_rest(), self._loop)
                    rest.result(CLOSE_SECONDS)
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join(CLOSE_SECONDS)
            if not self._thread.is_alive():
                self._loop.close()
            self._folder.cleanup()

    @property
    def pid(self) -> int | None:
        """The browser's process id; None once it is closed."""
        return None if self._kaleido is None else self._kaleido.subprocess.pid

    def _run(self, work: Coroutine[Any, Any, Any], seconds: float) -> Any:
        limited = asyncio.wait_for(work, seconds)
        # A loop that is held up does not count its seconds: then they are counted here.
        return asyncio.run_coroutine_threadsafe(limited, self._loop).result(seconds + _GRACE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


async def _start(path: Path, folder: Path) -> Kaleido:
    page = folder / "index.html"
    page.write_text(_page(), encoding="utf-8")
    profile = Path(tempfile.mkdtemp(dir=folder))
    kaleido = Kaleido(
        n=_TABS,
        timeout=DRAW_SECONDS,
        page_generator=page,
        path=str(path),
        browser_cls=_QuietChromium,
        channel_cls=BrowserPipe,
        tmp_dir=profile,
    )
    try:
        await kaleido.open()
    except asyncio.CancelledError:
        _end(kaleido)
        raise
    except Exception as error:
        _end(kaleido)
        # What cuts a start off is told by the browser's own error: out of time all the same.
        if isinstance(error.__cause__, asyncio.CancelledError):
            raise TimeoutError from error
        raise
    return kaleido


async def _draw(kaleido: Kaleido, drawings: Mapping[str, Drawing]) -> dict[str, bytes]:
    tasks = [
        kaleido.calc_fig(
            one.figure, opts={"format": "svg", "width": one.width, "height": one.height}
        )
        for one in drawings.values()
    ]
    return dict(zip(drawings, await asyncio.gather(*tasks), strict=True))


async def _cancel_rest() -> None:
    """End what still waits for a browser that is gone: its watchers are told by nobody else."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def _end(kaleido: Kaleido) -> None:
    """End the browser's processes, all of the session that was started for it."""
    process = getattr(kaleido, "subprocess", None)
    if process is None:
        return
    with contextlib.suppress(ProcessLookupError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def require_marks(svg: bytes, *, name: str) -> None:
    """Refuse a drawing in which nothing is drawn.

    Raises:
        ChartError: no SVG, or no trace of it has a single shape.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise ChartError(f"Biểu đồ «{name}» không phải SVG. Hãy lập lại báo cáo.") from error
    for group in root.iter(f"{_SVG}g"):
        if "trace" not in group.get("class", "").split():
            continue
        if any(shape.get("d") for shape in group.iter(f"{_SVG}path")):
            return
    raise ChartError(f"Biểu đồ «{name}» vẽ ra trống. Hãy lập lại báo cáo.")


def _short(error: BaseException) -> str:
    words = str(error).strip().splitlines()
    return words[0][:120] if words else type(error).__name__
