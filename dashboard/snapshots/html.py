"""The snapshot as one HTML file: opens without us, charts alive, every table, its own JSON."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from dashboard import formatting as fmt
from dashboard.components.words import plain_text
from dashboard.figures import FORMS
from dashboard.figures import draw as draw_figure
from dashboard.model import Chart, Kpi, Report, Section
from dashboard.snapshots.archive import MANIFEST, PUBLIC_KEY, SIGNATURE
from dashboard.snapshots.document import FORM_GROUPS
from dashboard.snapshots.drawing import DrawFigure, draw_once
from dashboard.snapshots.figures import FIGURES
from dashboard.snapshots.freezing import REPORT, Frozen
from dashboard.snapshots.html_parts import (
    chart_data,
    chart_html,
    chart_scripts,
    data_script,
    page_html,
    sentence_html,
    table_html,
)
from dashboard.snapshots.summary import SUMMARY
from dashboard.text import DEMO_WORDS
from dashboard.theme import LIGHT

_PHONE_WIDTH = 300
"""Width in px of a figure on the narrowest phone that is common, inside its card."""
STYLE = Path(__file__).parent / "templates" / "report.css"
_LONG_TABLE = 20
_KEY_PLACE = "ĐƯỜNG-DẪN-KHÓA-ĐÃ-NHẬN.pem"
"""Stands for the key that the reader was given: the name of the archive's own would find that."""
DATA = "report"
"""Id of the element that holds report.json."""


def write_html(frozen: Frozen, *, fingerprint: str = "", draw: DrawFigure | None = None) -> bytes:
    """Return the whole snapshot as a self-contained page.

    ``draw`` draws its charts, for other documents too.
    """
    draw = draw or draw_once()
    reports = list(frozen.ordered)
    charts: dict[str, Chart] = {}
    shown: set[tuple[str, str]] = set()
    parts = [_report(report, charts, draw, shown) for report in reports]
    figures = {name: draw(chart) for name, chart in charts.items()}
    narrow = {
        name: draw_figure(chart, theme=LIGHT, width=_PHONE_WIDTH) for name, chart in charts.items()
    }
    body = (
        _header(frozen, fingerprint)
        + _navigation(reports)
        + f"<main>{''.join(parts)}{_all_figures(frozen)}</main>"
        + _footer(frozen, fingerprint)
    )
    return page_html(
        f"Báo cáo chỉ số hài lòng, {fmt.period_words(frozen.period)}, {frozen.unit_name}",
        body,
        styles=[STYLE.read_text(encoding="utf-8")],
        scripts=chart_scripts(figures),
        data=data_script(DATA, frozen.json) + chart_data(figures, narrow=narrow),
    )


def _header(frozen: Frozen, fingerprint: str) -> str:
    marks = "".join(
        f'<span class="mark{" demo" if mark == DEMO_WORDS else ""}">{escape(mark)}</span>'
        for mark in frozen.marks
    )
    return (
        f'<header><p class="meta">Ủy ban nhân dân {escape(frozen.unit_words)}</p>'
        f"<h1>Kết quả thực hiện kế hoạch nâng cao chỉ số hài lòng, "
        f"{escape(fmt.period_words(frozen.period))}</h1>"
        f"<p>{marks}</p>"
        f'<p class="lead">{sentence_html(frozen.reports["overview"].sentence)}</p>'
        f'<p class="meta">Số liệu đến {escape(fmt.day(frozen.latest))} · phiên bản số liệu '
        f"{escape(fmt.version(frozen.data_version))}"
        f"{f' · khóa ký {escape(fingerprint)}' if fingerprint else ''}</p></header>"
    )


def _navigation(reports: Iterable[Report]) -> str:
    links = "".join(
        f'<li><a href="#{escape(report.code)}">{escape(report.title)}</a></li>'
        for report in reports
    )
    return (
        f'<nav aria-label="Các phần"><ul>{links}<li><a href="#check">Kiểm tra</a></li></ul></nav>'
    )


def _report(
    report: Report,
    charts: dict[str, Chart],
    draw: DrawFigure,
    shown: set[tuple[str, str]],
) -> str:
    """Return a report as a part that can be folded; on a phone the others are until asked for.

    A card that stands in an earlier part is not shown again; its metric and window join ``shown``.
    """
    sections = "".join(
        _section(report, section, charts, draw)
        for section in report.sections
        if section.code != FIGURES
    )
    lead = f'<p class="lead">{sentence_html(report.sentence)}</p>' if report.sentence else ""
    fresh = [kpi for kpi in report.kpis if (kpi.metric, kpi.window) not in shown]
    shown.update((kpi.metric, kpi.window) for kpi in fresh)
    cards = "".join(_kpi(kpi) for kpi in fresh)
    return (
        f'<article id="{escape(report.code)}"><details class="part" open><summary>'
        f"<h2>{escape(report.title)}</h2>{lead}</summary>"
        f"{f'<div class=kpis>{cards}</div>' if cards else ''}{sections}</details></article>"
    )


def _all_figures(frozen: Frozen) -> str:
    """The figures of every metric, for the screen only: on paper they would fill many pages."""
    section = frozen.summary.section(FIGURES)
    assert section.table is not None
    table = table_html(section.table, caption=section.title)
    return (
        f'<article class="screen"><h2>{escape(section.title)}</h2><section class="card">'
        f"<h3>{sentence_html(section.sentence)}</h3><details><summary>Số liệu "
        f"({fmt.count(len(section.table.rows))} dòng)</summary>{table}</details></section>"
        "</article>"
    )


def _kpi(kpi: Kpi) -> str:
    rows = "".join(f"<dt>{escape(row.label)}</dt><dd>{escape(row.value)}</dd>" for row in kpi.rows)
    verdicts = " · ".join(
        f'<span class="{verdict.tone}">{escape(verdict.text)}</span>' for verdict in kpi.verdicts
    )
    foot = escape(kpi.missing.reason) if kpi.missing else verdicts
    return (
        f'<div class="kpi"><h3>{escape(kpi.label)}</h3><span class="meta">{escape(kpi.window)}'
        f"</span><b>{escape(kpi.value + kpi.suffix)}</b><dl>{rows}</dl>"
        f'<p class="verdict">{foot}</p></div>'
    )


def _section(report: Report, section: Section, charts: dict[str, Chart], draw: DrawFigure) -> str:
    """Return a section as a card: sentence, chart, note, table. Its chart joins ``charts``."""
    title = plain_text(section.sentence) or section.title
    subtitle = str(section.data.get("subtitle", "")) or section.title
    parts = [f"<h3>{sentence_html(section.sentence) or escape(section.title)}</h3>"]
    if subtitle.lower() != title.lower():
        parts.append(f'<p class="meta">{escape(subtitle)}</p>')
    if section.missing is not None:
        parts.append(f'<p class="notice">{escape(section.missing.reason)}</p>')
    chart = section.chart
    has_chart = chart is not None and section.missing is None and chart.form in FORMS
    if has_chart and chart is not None:
        name = f"{report.code}-{section.code}"
        charts[name] = chart
        height = int(draw(chart).layout.height)
        alternative = f"Biểu đồ: {section.title}. {title}. Số liệu ở bảng bên dưới."
        parts.append(chart_html(name, alternative=alternative, height=height))
    parts += _strip(section)
    if section.note:
        parts.append(f'<p class="note">{escape(section.note)}</p>')
    rows = 0
    if section.table is not None and section.missing is None:
        rows = len(section.table.rows)
        is_form = section.code == "form_ii06a"
        table = table_html(
            section.table,
            caption=section.title,
            last_is_total=is_form,
            groups=(("", 1), *FORM_GROUPS) if is_form else (),
            is_named=section.title.lower() in (title.lower(), subtitle.lower()),
        )
        # What the cards above say already is there to be unfolded.
        is_said = report.code == SUMMARY and section.code == "kpis"
        if has_chart or is_said or rows > _LONG_TABLE:
            table = f"<details><summary>Số liệu ({rows} dòng)</summary>{table}</details>"
        parts.append(table)
    long = " long" if rows > _LONG_TABLE else ""
    return f'<section class="card{long}">{"".join(parts)}</section>'


def _strip(section: Section) -> list[str]:
    """The numbers of a strip, which has no table of its own."""
    cells = section.data.get("cells", ()) if section.table is None else ()
    if not cells:
        return []
    items = "".join(
        f'<div class="kpi"><h3>{escape(cell["label"])}</h3><b>{escape(cell["value"])}</b>'
        f'<span class="meta">{escape(cell["detail"])}</span></div>'
        for cell in cells
    )
    return [f'<div class="kpis">{items}</div>']


def _footer(frozen: Frozen, fingerprint: str) -> str:
    """Say how to check the archive without any program of ours."""
    page = f"{frozen.file_name(REPORT)}.html"
    return (
        '<footer id="check"><h2>Kiểm tra tệp không bị sửa</h2>'
        f"<p>Tệp nén gồm các tài liệu, <code>{MANIFEST}</code> ghi mã băm SHA-256 của từng tệp, "
        f"<code>{SIGNATURE}</code> là chữ ký Ed25519 trên <code>{MANIFEST}</code>. Giải nén, mở "
        "Command Prompt trong thư mục đó, rồi làm theo thứ tự.</p><ol>"
        "<li>Kiểm tra chữ ký bằng khóa công khai của xã đã nhận từ trước, bằng đường khác, không "
        f"dùng <code>{PUBLIC_KEY}</code> trong tệp nén: <code>openssl pkeyutl -verify -pubin "
        f"-inkey {_KEY_PLACE} -rawin -in {MANIFEST} -sigfile {SIGNATURE}</code>. Windows không có "
        "sẵn openssl: cần cài OpenSSL 3.</li>"
        "<li>Chữ ký đúng thì so mã băm của từng tệp với giá trị của tệp ấy trong "
        f"<code>{MANIFEST}</code>. Trên Windows: <code>certutil -hashfile "
        f'"{escape(page)}" SHA256</code>. Chỉ so mã băm mà chưa kiểm tra chữ ký thì '
        f"chưa biết <code>{MANIFEST}</code> có bị sửa hay không.</li>"
        "<li>Có phần mềm này thì một lệnh làm cả hai việc: "
        "<code>python -m dashboard verify TỆP.zip --key KHÓA.pem</code>.</li>"
        f"</ol><p class=meta>Dấu vân tay khóa ký: <code>{escape(fingerprint) or fmt.NOTHING}</code>"
        f"<br>Mã băm nội dung: <code>{frozen.content_sha256}</code></p></footer>"
    )
