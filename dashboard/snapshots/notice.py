"""The public notice of a period, one page for the notice board and the portal.

Tasks VI.1 and VI.2 of the plan: the survey's result and what became of feedback are made public.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from dashboard import formatting as fmt
from dashboard.snapshots.figures import find_figure
from dashboard.snapshots.freezing import Frozen
from dashboard.snapshots.html_parts import page_html
from dashboard.snapshots.pdf import compile_pdf
from dashboard.text import DEMO_WORDS

_STYLE = (
    "*{box-sizing:border-box}body{margin:0 auto;max-width:720px;padding:32px 24px;color:#16202c;"
    'font:400 18px/1.6 "Be Vietnam Pro",system-ui,sans-serif}'
    "h1{font-size:28px;line-height:1.3;margin:8px 0}h2{font-size:20px;margin:28px 0 4px}"
    ".mark{display:inline-block;border:1px dashed #855600;color:#855600;padding:2px 8px;"
    "font-weight:600}.meta{color:#445162;font-size:14px}"
    "@media print{@page{size:A4;margin:20mm}body{padding:0;max-width:none}}"
)
_FEEDBACK = ("feedback_received", "feedback_on_time_rate", "feedback_published_rate")


@dataclass(frozen=True)
class Notice:
    """What the notice says: a few lines under three heads."""

    agency: str
    title: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    is_demo: bool
    foot: str


def build_notice(frozen: Frozen) -> Notice:
    """Return the notice of a frozen period; what was not measured is said so, never left out."""
    period = fmt.period_words(frozen.period)
    thanks = (
        f"Ủy ban nhân dân {frozen.unit_words} cảm ơn người dân, tổ chức đã trả lời khảo sát và gửi "
        "phản ánh, kiến nghị."
    )
    return Notice(
        agency=f"Ủy ban nhân dân {frozen.unit_words}",
        title=f"Thông báo kết quả khảo sát hài lòng và trả lời phản ánh, kiến nghị, {period}",
        parts=(
            ("Kết quả khảo sát mức độ hài lòng", _survey(frozen)),
            ("Phản ánh, kiến nghị của người dân", _feedback(frozen)),
            ("Lời cảm ơn", (thanks,)),
        ),
        is_demo=frozen.is_demo,
        foot=f"Số liệu đến {fmt.day(frozen.latest)}, phiên bản {fmt.version(frozen.data_version)}. "
        "Chỉ số: tỷ lệ trả lời hài lòng và rất hài lòng (phương pháp SIPAS).",
    )


def _survey(frozen: Frozen) -> tuple[str, ...]:
    forms = find_figure(frozen.summary, "survey_responses")
    index = find_figure(frozen.summary, "satisfaction_index")
    if forms is None or index is None:
        return ("Trong kỳ chưa có số liệu khảo sát.",)
    if fmt.is_nothing(forms["numerator"]):
        return ("Trong kỳ có ít phiếu khảo sát nên không nêu chỉ số.",)
    if not forms["numerator"]:
        return ("Trong kỳ không nhận được phiếu khảo sát nào.",)
    return (
        f"{fmt.count_noun(forms['numerator'], 'phiếu')} hợp lệ.",
        f"Chỉ số hài lòng: {index['value']} (khoảng tin cậy 95 %: {index['interval']}).",
    )


def _feedback(frozen: Frozen) -> tuple[str, ...]:
    received, on_time, published = (find_figure(frozen.summary, code) for code in _FEEDBACK)
    if received is None:
        return ("Trong kỳ chưa có số liệu phản ánh, kiến nghị.",)
    lines = [f"Nhận được {fmt.count_noun(received['numerator'], 'phản ánh, kiến nghị')}."]
    if on_time is not None and on_time["denominator"]:
        lines.append(
            f"Trả lời đúng hạn {fmt.fraction_of(on_time['numerator'], on_time['denominator'])} "
            f"phản ánh đã trả lời hoặc đã quá hạn ({on_time['value']})."
        )
    if published is not None and published["denominator"]:
        lines.append(
            "Công khai trả lời "
            f"{fmt.fraction_of(published['numerator'], published['denominator'])} "
            f"phản ánh đã trả lời ({published['value']})."
        )
    return tuple(lines)


def write_notice_pdf(notice: Notice) -> bytes:
    """Return the notice as a PDF of one page."""
    data = {
        "agency": notice.agency,
        "title": notice.title,
        "parts": [{"title": title, "lines": list(lines)} for title, lines in notice.parts],
        "is_demo": notice.is_demo,
        "foot": notice.foot,
    }
    return compile_pdf("notice.typ", data, {})


def write_notice_html(notice: Notice) -> bytes:
    """Return the notice as a self-contained page."""
    parts = "".join(
        f"<h2>{escape(title)}</h2>{''.join(f'<p>{escape(line)}</p>' for line in lines)}"
        for title, lines in notice.parts
    )
    mark = f'<p><span class="mark">{DEMO_WORDS}</span></p>' if notice.is_demo else ""
    body = (
        f'<main><p class="meta">{escape(notice.agency)}</p>{mark}'
        f'<h1>{escape(notice.title)}</h1>{parts}<p class="meta">{escape(notice.foot)}</p></main>'
    )
    return page_html(notice.title, body, styles=[_STYLE])
