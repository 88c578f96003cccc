"""The metrics: what every number is, declared once.

A metric is a choice of mart columns. ``measure`` sums them over the asked period and only then
divides, so that every page, export and command says the same. The definitions are those of the
normative text the office keeps; a second reading of the same thing is a metric of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["ratio", "mean", "flow", "stock", "published"]
"""How a number behaves over months.

``ratio`` and ``mean`` divide two sums; ``flow`` counts events in the period; ``stock`` is the
state at the cut-off, so a period takes its last month; ``published`` is quoted, never computed.
"""

Direction = Literal["up", "down", "none"]
"""Which way is better; declared, never guessed from a name."""

Span = Literal["flow", "opening", "closing"]


@dataclass(frozen=True)
class Mart:
    """A mart as metrics see it: its dimensions, its counts and how each adds up over months.

    ``flow`` columns are summed over the months of a period, ``opening`` columns are taken from
    its first month and ``closing`` columns from its last.
    """

    table: str
    source: str
    dimensions: tuple[str, ...]
    opening: frozenset[str] = frozenset()
    closing: frozenset[str] = frozenset()
    has_levels: bool = False
    """Whether rows stand at the levels question, criterion and all, so that forms never add up
    across questions."""
    has_seen_month: bool = True
    """Whether rows carry the month from which they count (an apology, an answer)."""

    def span(self, column: str) -> Span:
        """Return how ``column`` adds up over months."""
        if column in self.opening:
            return "opening"
        return "closing" if column in self.closing else "flow"


TIME = ("month", "quarter", "year")

DOSSIER = Mart(
    "mart_dossier",
    "dossier",
    ("unit", "department", "field", "procedure", "channel", *TIME),
    opening=frozenset({"opening_due", "opening_no_due", "opening_766"}),
    closing=frozenset({"pending_in_time", "pending_overdue", "pending_no_due", "pending_766"}),
)
FEEDBACK = Mart(
    "mart_feedback",
    "feedback",
    ("unit", "department", "channel", "category", *TIME),
    closing=frozenset({"open_overdue", "open_in_time"}),
)
SURVEY = Mart(
    "mart_survey",
    "survey",
    ("unit", "department", "field", "channel", "criterion", "question", *TIME),
    has_levels=True,
    has_seen_month=False,
)
TASK = Mart("mart_task", "task", ("unit", "criterion", "task", *TIME), has_seen_month=False)
RANKING = Mart("fact_ranking", "ranking", ("unit", "year"), has_seen_month=False)


@dataclass(frozen=True, kw_only=True)
class Metric:
    """One number of the office: label, unit, what is counted over what, which way is better."""

    code: str
    label: str
    kind: Kind
    unit: str
    """What is counted: the noun behind ``numerator/denominator`` on a card."""
    mart: Mart
    numerator: tuple[str, ...]
    direction: Direction
    definition: str
    month_of: str
    """The event whose month a row belongs to, in words."""
    legal_source: str = ""
    owner: str = ""
    denominator: tuple[str, ...] = ()
    scale: int = 1
    """What the denominator is multiplied by (a mean of scores is over 5)."""
    target: float | None = None
    """The goal as a fraction or count; None where the plan or a setting gives it."""
    excluded: str = ""
    sample: str = ""
    """Column that holds the number of independent forms, where that is not the denominator."""
    is_optional: bool = False
    """Off until a setting turns it on."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Every mart column the metric reads, once."""
        named = (*self.numerator, *self.denominator, *((self.sample,) if self.sample else ()))
        return tuple(dict.fromkeys(named))

    @property
    def counts_dossiers(self) -> bool:
        """Whether what it counts are dossiers, which can be listed."""
        return self.mart is DOSSIER

    @property
    def is_fraction(self) -> bool:
        """Whether the value is a share, 0–1."""
        return self.kind in ("ratio", "mean")


RESOLVED_WITH_DUE = ("resolved_early", "resolved_on_time", "resolved_late")
RESOLVED = (*RESOLVED_WITH_DUE, "resolved_no_due")
FORM = "Biểu II.06a, Thông tư 01/2020/TT-VPCP"
PLAN = "Kế hoạch nâng cao chỉ số hài lòng năm 2024"
SIPAS = "Phương pháp SIPAS"
ONE_STOP = "Nghị định 61/2018/NĐ-CP"
FEEDBACK_RULE = "Nghị định 20/2008/NĐ-CP"
OFFICE = "Văn phòng – Thống kê"
DESK = "Bộ phận Một cửa"

_METRICS = (
    Metric(
        code="dossiers_received",
        label="Hồ sơ tiếp nhận",
        kind="flow",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("received",),
        direction="none",
        definition="Số hồ sơ được tiếp nhận trong kỳ.",
        month_of="tiếp nhận",
        legal_source=FORM,
        owner=DESK,
        excluded="hồ sơ không được tiếp nhận",
    ),
    Metric(
        code="dossiers_resolved",
        label="Hồ sơ đã giải quyết",
        kind="flow",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=RESOLVED,
        direction="none",
        definition="Số hồ sơ giải quyết xong trong kỳ, có hạn hay không có hạn.",
        month_of="kết thúc xử lý",
        legal_source=FORM,
        owner=OFFICE,
        excluded="hồ sơ rút, dừng xử lý",
    ),
    Metric(
        code="late_rate",
        label="Tỷ lệ trễ hạn",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("resolved_late",),
        direction="down",
        definition=(
            "Hồ sơ xong sau ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn hợp lệ; so theo "
            "ngày."
        ),
        month_of="kết thúc xử lý",
        legal_source=FORM,
        owner=OFFICE,
        denominator=RESOLVED_WITH_DUE,
        target=0.0,
        excluded="hồ sơ không có hạn; hồ sơ rút, dừng xử lý",
    ),
    Metric(
        code="early_rate",
        label="Tỷ lệ trước hạn",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("resolved_early",),
        direction="up",
        definition="Hồ sơ xong trước ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn hợp lệ.",
        month_of="kết thúc xử lý",
        legal_source=FORM,
        owner=OFFICE,
        denominator=RESOLVED_WITH_DUE,
        excluded="hồ sơ không có hạn; hồ sơ rút, dừng xử lý",
    ),
    Metric(
        code="on_time_rate",
        label="Tỷ lệ đúng và trước hạn",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("resolved_early", "resolved_on_time"),
        direction="up",
        definition=(
            "Hồ sơ xong không sau ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn hợp lệ; bằng "
            "1 trừ tỷ lệ trễ hạn."
        ),
        month_of="kết thúc xử lý",
        legal_source=FORM,
        owner=OFFICE,
        denominator=RESOLVED_WITH_DUE,
        target=1.0,
        excluded="hồ sơ không có hạn; hồ sơ rút, dừng xử lý",
    ),
    Metric(
        code="on_time_rate_766",
        label="Tỷ lệ đúng hạn theo Quyết định 766",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("resolved_766", "pending_766"),
        direction="up",
        definition=(
            "Hồ sơ xong không sau ngày hẹn, cộng hồ sơ đang xử lý còn trong hạn, đều yêu cầu bổ "
            "sung không quá một lần; chia cho hồ sơ tiếp nhận trong kỳ cộng hồ sơ kỳ trước chuyển "
            "sang."
        ),
        month_of="thời điểm chốt số liệu",
        legal_source="Quyết định 766/QĐ-TTg",
        owner=OFFICE,
        denominator=("received_766", "opening_766"),
        excluded="hồ sơ rút, dừng xử lý; hồ sơ không có hạn",
        is_optional=True,
    ),
    Metric(
        code="open_overdue",
        label="Hồ sơ quá hạn chưa xong",
        kind="stock",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("pending_overdue",),
        direction="down",
        definition="Hồ sơ đã tiếp nhận, chưa xong và đã qua ngày hẹn tại thời điểm chốt số liệu.",
        month_of="thời điểm chốt số liệu",
        legal_source=FORM,
        owner=OFFICE,
        target=0.0,
        excluded="hồ sơ không có hạn",
    ),
    Metric(
        code="no_due_date_rate",
        label="Tỷ lệ không có ngày hẹn",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("received_no_due",),
        direction="down",
        definition="Hồ sơ không có ngày hẹn hợp lệ, chia cho hồ sơ tiếp nhận trong kỳ.",
        month_of="tiếp nhận",
        legal_source=FORM,
        owner=DESK,
        denominator=("received",),
    ),
    Metric(
        code="online_rate",
        label="Tỷ lệ nộp trực tuyến",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("received_online",),
        direction="up",
        definition=(
            "Hồ sơ nộp trực tuyến, chia cho hồ sơ tiếp nhận trong kỳ; kênh không rõ vẫn nằm trong "
            "mẫu số."
        ),
        month_of="tiếp nhận",
        legal_source=PLAN,
        owner=OFFICE,
        denominator=("received",),
    ),
    Metric(
        code="intake_within_8h_rate",
        label="Tiếp nhận trong 8 giờ làm việc",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("intake_within",),
        direction="up",
        definition=(
            "Hồ sơ trực tuyến được tiếp nhận, từ chối hoặc yêu cầu bổ sung trong 8 giờ làm việc "
            "từ lúc nộp, chia cho hồ sơ trực tuyến đã có quyết định hoặc đã quá giới hạn."
        ),
        month_of="nộp",
        legal_source=PLAN,
        owner=DESK,
        denominator=("intake_counted",),
        target=1.0,
        excluded="hồ sơ không ghi giờ nộp, được đếm riêng",
    ),
    Metric(
        code="supplemented_rate",
        label="Tỷ lệ phải bổ sung sau tiếp nhận",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("supplemented",),
        direction="down",
        definition=(
            "Hồ sơ có ít nhất một lần yêu cầu bổ sung sau khi tiếp nhận, chia cho hồ sơ đã giải "
            "quyết."
        ),
        month_of="kết thúc xử lý",
        legal_source=PLAN,
        owner=OFFICE,
        denominator=RESOLVED,
        excluded="hồ sơ rút, dừng xử lý",
    ),
    Metric(
        code="repeat_supplement_rate",
        label="Tỷ lệ bổ sung từ hai lần",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("repeat_supplemented",),
        direction="down",
        definition="Hồ sơ có từ hai lần yêu cầu bổ sung, chia cho hồ sơ đã giải quyết.",
        month_of="kết thúc xử lý",
        legal_source=ONE_STOP,
        owner=OFFICE,
        denominator=RESOLVED,
        target=0.0,
        excluded="hồ sơ rút, dừng xử lý",
    ),
    Metric(
        code="apology_rate",
        label="Hồ sơ trễ có xin lỗi",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("apologised",),
        direction="up",
        definition=(
            "Hồ sơ trễ hạn đã có phiếu xin lỗi đến thời điểm chốt số liệu, chia cho hồ sơ trễ hạn."
        ),
        month_of="kết thúc xử lý",
        legal_source=ONE_STOP,
        owner=DESK,
        denominator=("resolved_late",),
        target=1.0,
    ),
    Metric(
        code="late_explained_rate",
        label="Hồ sơ trễ đã rõ nguyên nhân",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("explained",),
        direction="up",
        definition="Hồ sơ trễ hạn đã ghi nguyên nhân, chia cho hồ sơ trễ hạn.",
        month_of="kết thúc xử lý",
        legal_source=PLAN,
        owner=OFFICE,
        denominator=("resolved_late",),
        target=1.0,
    ),
    Metric(
        code="returned_on_time_rate",
        label="Có kết quả đúng ngày hẹn trả",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("returned_ready",),
        direction="up",
        definition=(
            "Hồ sơ có kết quả không sau ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn và đã "
            "trả; người dân đến nhận muộn không tính là lỗi."
        ),
        month_of="trả kết quả",
        legal_source=PLAN,
        owner=OFFICE,
        denominator=("returned_due",),
        target=1.0,
    ),
    Metric(
        code="record_completeness",
        label="Hồ sơ ghi đủ trên phần mềm",
        kind="ratio",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("complete",),
        direction="up",
        definition=(
            "Hồ sơ ghi đủ lĩnh vực, kênh, ngày hẹn, trạng thái, và ngày xong nếu đã xong; chia "
            "cho hồ sơ tiếp nhận trong kỳ."
        ),
        month_of="tiếp nhận",
        legal_source=PLAN,
        owner=DESK,
        denominator=("received",),
        target=1.0,
    ),
    Metric(
        code="due_date_changes",
        label="Hồ sơ bị đổi ngày hẹn, ngày xong",
        kind="flow",
        unit="hồ sơ",
        mart=DOSSIER,
        numerator=("deadline_changed",),
        direction="down",
        definition=(
            "Hồ sơ có ngày hẹn hoặc ngày xong khác với lần nạp đầu tiên, tính vào tháng của số "
            "liệu nạp sau; mỗi hồ sơ một lần trong kỳ."
        ),
        month_of="số liệu của lần nạp",
        legal_source=ONE_STOP,
        owner=OFFICE,
        target=0.0,
        excluded="lần đầu điền vào ô còn trống",
    ),
    Metric(
        code="rating3_rate",
        label="Đánh giá hài lòng trên từng hồ sơ",
        kind="ratio",
        unit="lượt đánh giá",
        mart=DOSSIER,
        numerator=("rated_satisfied",),
        direction="up",
        definition=(
            "Lượt đánh giá «hài lòng» và «rất hài lòng», chia cho hồ sơ đã giải quyết có đánh "
            "giá; không gộp với phiếu khảo sát."
        ),
        month_of="kết thúc xử lý",
        legal_source=ONE_STOP,
        owner=DESK,
        denominator=("rated",),
    ),
    Metric(
        code="feedback_received",
        label="Phản ánh, kiến nghị nhận được",
        kind="flow",
        unit="phản ánh",
        mart=FEEDBACK,
        numerator=("received",),
        direction="none",
        definition="Số phản ánh, kiến nghị được gửi trong kỳ.",
        month_of="gửi",
        legal_source=FEEDBACK_RULE,
        owner=OFFICE,
    ),
    Metric(
        code="conduct_complaints",
        label="Phản ánh về hành vi công chức",
        kind="flow",
        unit="phản ánh",
        mart=FEEDBACK,
        numerator=("conduct",),
        direction="down",
        definition="Số phản ánh thuộc loại hành vi, thái độ của công chức.",
        month_of="gửi",
        legal_source=PLAN,
        owner=OFFICE,
        target=0.0,
    ),
    Metric(
        code="feedback_on_time_rate",
        label="Phản ánh đúng hạn",
        kind="ratio",
        unit="phản ánh",
        mart=FEEDBACK,
        numerator=("on_time",),
        direction="up",
        definition=(
            "Phản ánh trả lời trong thời hạn quy định (15 ngày làm việc nếu cơ quan không đặt "
            "khác) kể từ khi chuyển, hoặc khi gửi, chia cho phản ánh đã trả lời cộng phản ánh quá "
            "hạn chưa trả lời."
        ),
        month_of="gửi",
        legal_source=FEEDBACK_RULE,
        owner=OFFICE,
        denominator=("counted",),
        target=1.0,
        excluded="phản ánh bị từ chối hoặc chờ người gửi bổ sung",
    ),
    Metric(
        code="feedback_published_rate",
        label="Trả lời được công khai",
        kind="ratio",
        unit="phản ánh",
        mart=FEEDBACK,
        numerator=("published",),
        direction="up",
        definition="Phản ánh đã công khai trả lời, chia cho phản ánh đã trả lời.",
        month_of="gửi",
        legal_source=FEEDBACK_RULE,
        owner=OFFICE,
        denominator=("answered",),
        target=1.0,
        excluded="phản ánh bị từ chối",
    ),
    Metric(
        code="feedback_open_overdue",
        label="Phản ánh quá hạn chưa trả lời",
        kind="stock",
        unit="phản ánh",
        mart=FEEDBACK,
        numerator=("open_overdue",),
        direction="down",
        definition="Phản ánh chưa trả lời và đã qua hạn tại thời điểm chốt số liệu.",
        month_of="thời điểm chốt số liệu",
        legal_source=FEEDBACK_RULE,
        owner=OFFICE,
        target=0.0,
        excluded="phản ánh bị từ chối hoặc chờ người gửi bổ sung",
    ),
    Metric(
        code="satisfaction_index",
        label="Chỉ số hài lòng",
        kind="ratio",
        unit="câu trả lời",
        mart=SURVEY,
        numerator=("satisfied",),
        direction="up",
        definition=(
            "Câu trả lời «hài lòng» và «rất hài lòng» (mức 4, 5), chia cho câu trả lời hợp lệ của "
            "sáu tiêu chí."
        ),
        month_of="khảo sát",
        legal_source=SIPAS,
        owner=OFFICE,
        denominator=("answers",),
        excluded=(
            "câu hỏi chung, trừ khi khảo sát của tháng chỉ có câu hỏi chung; ô trống; «không biết»"
        ),
        sample="forms",
    ),
    Metric(
        code="satisfaction_mean",
        label="Điểm hài lòng trung bình",
        kind="mean",
        unit="câu trả lời",
        mart=SURVEY,
        numerator=("score_sum",),
        direction="up",
        definition="Tổng điểm các câu trả lời hợp lệ, chia cho 5 lần số câu trả lời hợp lệ.",
        month_of="khảo sát",
        legal_source=SIPAS,
        owner=OFFICE,
        denominator=("answers",),
        scale=5,
        excluded=(
            "câu hỏi chung, trừ khi khảo sát của tháng chỉ có câu hỏi chung; ô trống; «không biết»"
        ),
    ),
    Metric(
        code="survey_responses",
        label="Phiếu khảo sát",
        kind="flow",
        unit="phiếu",
        mart=SURVEY,
        numerator=("responses",),
        direction="up",
        definition="Số phiếu có ít nhất một câu trả lời hợp lệ.",
        month_of="khảo sát",
        legal_source=PLAN,
        owner=OFFICE,
    ),
    Metric(
        code="official_index",
        label="Chỉ số hài lòng công bố",
        kind="published",
        unit="%",
        mart=RANKING,
        numerator=("index_pct",),
        direction="up",
        definition="Chỉ số hài lòng do cấp trên công bố hằng năm, giữ nguyên như công bố.",
        month_of="năm",
        legal_source="Quyết định công bố hằng năm",
        owner=OFFICE,
    ),
    Metric(
        code="task_completion_rate",
        label="Nhiệm vụ đạt",
        kind="ratio",
        unit="lượt nhiệm vụ",
        mart=TASK,
        numerator=("met",),
        direction="up",
        definition=(
            "Lượt nhiệm vụ đạt trong tháng, chia cho lượt nhiệm vụ của các tháng đã kết thúc, trừ "
            "lượt không phát sinh; đạt một phần và chưa báo cáo không tính là đạt."
        ),
        month_of="tháng báo cáo",
        legal_source=PLAN,
        owner=OFFICE,
        denominator=("counted",),
        target=1.0,
    ),
)

METRICS: dict[str, Metric] = {metric.code: metric for metric in _METRICS}
