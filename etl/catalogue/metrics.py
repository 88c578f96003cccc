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


@dataclass(frozen=True)
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
        "dossiers_received",
        "Hồ sơ tiếp nhận",
        "flow",
        "hồ sơ",
        DOSSIER,
        ("received",),
        "none",
        "Số hồ sơ được tiếp nhận trong kỳ.",
        "tiếp nhận",
        FORM,
        DESK,
        excluded="hồ sơ không được tiếp nhận",
    ),
    Metric(
        "dossiers_resolved",
        "Hồ sơ đã giải quyết",
        "flow",
        "hồ sơ",
        DOSSIER,
        RESOLVED,
        "none",
        "Số hồ sơ giải quyết xong trong kỳ, có hạn hay không có hạn.",
        "kết thúc xử lý",
        FORM,
        OFFICE,
        excluded="hồ sơ rút, dừng xử lý",
    ),
    Metric(
        "late_rate",
        "Tỷ lệ trễ hạn",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("resolved_late",),
        "down",
        "Hồ sơ xong sau ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn hợp lệ; so theo ngày.",
        "kết thúc xử lý",
        FORM,
        OFFICE,
        RESOLVED_WITH_DUE,
        target=0.0,
        excluded="hồ sơ không có hạn; hồ sơ rút, dừng xử lý",
    ),
    Metric(
        "early_rate",
        "Tỷ lệ trước hạn",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("resolved_early",),
        "up",
        "Hồ sơ xong trước ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn hợp lệ.",
        "kết thúc xử lý",
        FORM,
        OFFICE,
        RESOLVED_WITH_DUE,
        excluded="hồ sơ không có hạn; hồ sơ rút, dừng xử lý",
    ),
    Metric(
        "on_time_rate",
        "Tỷ lệ đúng và trước hạn",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("resolved_early", "resolved_on_time"),
        "up",
        "Hồ sơ xong không sau ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn hợp lệ; "
        "bằng 1 trừ tỷ lệ trễ hạn.",
        "kết thúc xử lý",
        FORM,
        OFFICE,
        RESOLVED_WITH_DUE,
        target=1.0,
        excluded="hồ sơ không có hạn; hồ sơ rút, dừng xử lý",
    ),
    Metric(
        "on_time_rate_766",
        "Tỷ lệ đúng hạn theo Quyết định 766",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("resolved_766", "pending_766"),
        "up",
        "Hồ sơ xong không sau ngày hẹn, cộng hồ sơ đang xử lý còn trong hạn, đều yêu cầu bổ sung "
        "không quá một lần; chia cho hồ sơ tiếp nhận trong kỳ cộng hồ sơ kỳ trước chuyển sang.",
        "thời điểm chốt số liệu",
        "Quyết định 766/QĐ-TTg",
        OFFICE,
        ("received_766", "opening_766"),
        excluded="hồ sơ rút, dừng xử lý; hồ sơ không có hạn",
        is_optional=True,
    ),
    Metric(
        "open_overdue",
        "Hồ sơ quá hạn chưa xong",
        "stock",
        "hồ sơ",
        DOSSIER,
        ("pending_overdue",),
        "down",
        "Hồ sơ đã tiếp nhận, chưa xong và đã qua ngày hẹn tại thời điểm chốt số liệu.",
        "thời điểm chốt số liệu",
        FORM,
        OFFICE,
        target=0.0,
        excluded="hồ sơ không có hạn",
    ),
    Metric(
        "no_due_date_rate",
        "Tỷ lệ không có ngày hẹn",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("received_no_due",),
        "down",
        "Hồ sơ không có ngày hẹn hợp lệ, chia cho hồ sơ tiếp nhận trong kỳ.",
        "tiếp nhận",
        FORM,
        DESK,
        ("received",),
    ),
    Metric(
        "online_rate",
        "Tỷ lệ nộp trực tuyến",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("received_online",),
        "up",
        "Hồ sơ nộp trực tuyến, chia cho hồ sơ tiếp nhận trong kỳ; "
        "kênh không rõ vẫn nằm trong mẫu số.",
        "tiếp nhận",
        PLAN,
        OFFICE,
        ("received",),
    ),
    Metric(
        "intake_within_8h_rate",
        "Tiếp nhận trong 8 giờ làm việc",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("intake_within",),
        "up",
        "Hồ sơ trực tuyến được tiếp nhận, từ chối hoặc yêu cầu bổ sung trong 8 giờ làm việc "
        "từ lúc nộp, chia cho hồ sơ trực tuyến đã có quyết định hoặc đã quá giới hạn.",
        "nộp",
        PLAN,
        DESK,
        ("intake_counted",),
        target=1.0,
        excluded="hồ sơ không ghi giờ nộp, được đếm riêng",
    ),
    Metric(
        "supplemented_rate",
        "Tỷ lệ phải bổ sung sau tiếp nhận",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("supplemented",),
        "down",
        "Hồ sơ có ít nhất một lần yêu cầu bổ sung sau khi tiếp nhận, chia cho hồ sơ đã giải quyết.",
        "kết thúc xử lý",
        PLAN,
        OFFICE,
        RESOLVED,
        excluded="hồ sơ rút, dừng xử lý",
    ),
    Metric(
        "repeat_supplement_rate",
        "Tỷ lệ bổ sung từ hai lần",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("repeat_supplemented",),
        "down",
        "Hồ sơ có từ hai lần yêu cầu bổ sung, chia cho hồ sơ đã giải quyết.",
        "kết thúc xử lý",
        ONE_STOP,
        OFFICE,
        RESOLVED,
        target=0.0,
        excluded="hồ sơ rút, dừng xử lý",
    ),
    Metric(
        "apology_rate",
        "Hồ sơ trễ có xin lỗi",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("apologised",),
        "up",
        "Hồ sơ trễ hạn đã có phiếu xin lỗi đến thời điểm chốt số liệu, chia cho hồ sơ trễ hạn.",
        "kết thúc xử lý",
        ONE_STOP,
        DESK,
        ("resolved_late",),
        target=1.0,
    ),
    Metric(
        "late_explained_rate",
        "Hồ sơ trễ đã rõ nguyên nhân",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("explained",),
        "up",
        "Hồ sơ trễ hạn đã ghi nguyên nhân, chia cho hồ sơ trễ hạn.",
        "kết thúc xử lý",
        PLAN,
        OFFICE,
        ("resolved_late",),
        target=1.0,
    ),
    Metric(
        "returned_on_time_rate",
        "Có kết quả đúng ngày hẹn trả",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("returned_ready",),
        "up",
        "Hồ sơ có kết quả không sau ngày hẹn, chia cho hồ sơ đã giải quyết có ngày hẹn và đã trả; "
        "người dân đến nhận muộn không tính là lỗi.",
        "trả kết quả",
        PLAN,
        OFFICE,
        ("returned_due",),
        target=1.0,
    ),
    Metric(
        "record_completeness",
        "Hồ sơ ghi đủ trên phần mềm",
        "ratio",
        "hồ sơ",
        DOSSIER,
        ("complete",),
        "up",
        "Hồ sơ ghi đủ lĩnh vực, kênh, ngày hẹn, trạng thái, và ngày xong nếu đã xong; "
        "chia cho hồ sơ tiếp nhận trong kỳ.",
        "tiếp nhận",
        PLAN,
        DESK,
        ("received",),
        target=1.0,
    ),
    Metric(
        "due_date_changes",
        "Hồ sơ bị đổi ngày hẹn, ngày xong",
        "flow",
        "hồ sơ",
        DOSSIER,
        ("deadline_changed",),
        "down",
        "Hồ sơ có ngày hẹn hoặc ngày xong khác với lần nạp đầu tiên, "
        "tính vào tháng của số liệu nạp sau; mỗi hồ sơ một lần trong kỳ.",
        "số liệu của lần nạp",
        ONE_STOP,
        OFFICE,
        target=0.0,
        excluded="lần đầu điền vào ô còn trống",
    ),
    Metric(
        "rating3_rate",
        "Đánh giá hài lòng trên từng hồ sơ",
        "ratio",
        "lượt đánh giá",
        DOSSIER,
        ("rated_satisfied",),
        "up",
        "Lượt đánh giá «hài lòng» và «rất hài lòng», chia cho hồ sơ đã giải quyết có đánh giá; "
        "không gộp với phiếu khảo sát.",
        "kết thúc xử lý",
        ONE_STOP,
        DESK,
        ("rated",),
    ),
    Metric(
        "feedback_received",
        "Phản ánh, kiến nghị nhận được",
        "flow",
        "phản ánh",
        FEEDBACK,
        ("received",),
        "none",
        "Số phản ánh, kiến nghị được gửi trong kỳ.",
        "gửi",
        FEEDBACK_RULE,
        OFFICE,
    ),
    Metric(
        "conduct_complaints",
        "Phản ánh về hành vi công chức",
        "flow",
        "phản ánh",
        FEEDBACK,
        ("conduct",),
        "down",
        "Số phản ánh thuộc loại hành vi, thái độ của công chức.",
        "gửi",
        PLAN,
        OFFICE,
        target=0.0,
    ),
    Metric(
        "feedback_on_time_rate",
        "Phản ánh đúng hạn",
        "ratio",
        "phản ánh",
        FEEDBACK,
        ("on_time",),
        "up",
        "Phản ánh trả lời trong thời hạn quy định (15 ngày làm việc nếu cơ quan không đặt khác) "
        "kể từ khi chuyển, hoặc khi gửi, chia cho phản ánh đã trả lời cộng phản ánh quá hạn chưa "
        "trả lời.",
        "gửi",
        FEEDBACK_RULE,
        OFFICE,
        ("counted",),
        target=1.0,
        excluded="phản ánh bị từ chối hoặc chờ người gửi bổ sung",
    ),
    Metric(
        "feedback_published_rate",
        "Trả lời được công khai",
        "ratio",
        "phản ánh",
        FEEDBACK,
        ("published",),
        "up",
        "Phản ánh đã công khai trả lời, chia cho phản ánh đã trả lời.",
        "gửi",
        FEEDBACK_RULE,
        OFFICE,
        ("answered",),
        target=1.0,
        excluded="phản ánh bị từ chối",
    ),
    Metric(
        "feedback_open_overdue",
        "Phản ánh quá hạn chưa trả lời",
        "stock",
        "phản ánh",
        FEEDBACK,
        ("open_overdue",),
        "down",
        "Phản ánh chưa trả lời và đã qua hạn tại thời điểm chốt số liệu.",
        "thời điểm chốt số liệu",
        FEEDBACK_RULE,
        OFFICE,
        target=0.0,
        excluded="phản ánh bị từ chối hoặc chờ người gửi bổ sung",
    ),
    Metric(
        "satisfaction_index",
        "Chỉ số hài lòng",
        "ratio",
        "câu trả lời",
        SURVEY,
        ("satisfied",),
        "up",
        "Câu trả lời «hài lòng» và «rất hài lòng» (mức 4, 5), chia cho câu trả lời hợp lệ "
        "của sáu tiêu chí.",
        "khảo sát",
        SIPAS,
        OFFICE,
        ("answers",),
        excluded="câu hỏi chung, trừ khi khảo sát của tháng chỉ có câu hỏi chung; ô trống; "
        "«không biết»",
        sample="forms",
    ),
    Metric(
        "satisfaction_mean",
        "Điểm hài lòng trung bình",
        "mean",
        "câu trả lời",
        SURVEY,
        ("score_sum",),
        "up",
        "Tổng điểm các câu trả lời hợp lệ, chia cho 5 lần số câu trả lời hợp lệ.",
        "khảo sát",
        SIPAS,
        OFFICE,
        ("answers",),
        scale=5,
        excluded="câu hỏi chung, trừ khi khảo sát của tháng chỉ có câu hỏi chung; ô trống; "
        "«không biết»",
    ),
    Metric(
        "survey_responses",
        "Phiếu khảo sát",
        "flow",
        "phiếu",
        SURVEY,
        ("responses",),
        "up",
        "Số phiếu có ít nhất một câu trả lời hợp lệ.",
        "khảo sát",
        PLAN,
        OFFICE,
    ),
    Metric(
        "official_index",
        "Chỉ số hài lòng công bố",
        "published",
        "%",
        RANKING,
        ("index_pct",),
        "up",
        "Chỉ số hài lòng do cấp trên công bố hằng năm, giữ nguyên như công bố.",
        "năm",
        "Quyết định công bố hằng năm",
        OFFICE,
    ),
    Metric(
        "task_completion_rate",
        "Nhiệm vụ đạt",
        "ratio",
        "lượt nhiệm vụ",
        TASK,
        ("met",),
        "up",
        "Lượt nhiệm vụ đạt trong tháng, chia cho lượt nhiệm vụ của các tháng đã kết thúc, "
        "trừ lượt không phát sinh; đạt một phần và chưa báo cáo không tính là đạt.",
        "tháng báo cáo",
        PLAN,
        OFFICE,
        ("counted",),
        target=1.0,
    ),
)

METRICS: dict[str, Metric] = {metric.code: metric for metric in _METRICS}
