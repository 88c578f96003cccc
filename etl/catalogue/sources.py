"""The five sources: canonical columns, their kinds and the headers by which they are known.

The synonyms are those of the input-file definition; a file that calls its columns otherwise
is adapted by a mapping file, never by code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from etl.errors import UserError

Kind = Literal["text", "note", "label", "code", "datetime", "date", "month", "integer", "decimal"]
"""``note`` is free text that is redacted; ``label`` a dimension member; ``code`` a mapped value."""


@dataclass(frozen=True)
class Column:
    """One canonical column of a source file."""

    name: str
    label: str
    kind: Kind
    synonyms: tuple[str, ...] = ()
    required: bool = False
    is_event: bool = False
    """Whether its date is something that happened, and so moves the as-of date."""
    domain: str = ""
    """The value list of which its codes are; "" where it has none."""


@dataclass(frozen=True)
class Source:
    """One kind of file that the office has."""

    code: str
    label: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """Return the column called ``name``; KeyError when the source has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def moments(self) -> tuple[str, ...]:
        """The columns that hold a day with or without a time of day."""
        return tuple(column.name for column in self.columns if column.kind == "datetime")

    @property
    def event_columns(self) -> tuple[str, ...]:
        """The columns whose dates move the as-of date."""
        return tuple(column.name for column in self.columns if column.is_event)


UNIT = Column("unit", "Mã đơn vị", "code", ("Mã đơn vị", "Mã xã"))

DOSSIER = Source(
    "dossier",
    "Hồ sơ một cửa",
    (
        UNIT,
        Column(
            "dossier_code",
            "Mã hồ sơ",
            "text",
            ("Mã hồ sơ", "Số hồ sơ", "Số biên nhận"),
            required=True,
        ),
        Column("procedure_code", "Mã TTHC", "text", ("Mã TTHC", "Mã thủ tục")),
        Column(
            "procedure_name",
            "Tên thủ tục hành chính",
            "label",
            ("Tên thủ tục hành chính", "Thủ tục", "Tên thủ tục", "Nội dung hồ sơ"),
            required=True,
        ),
        Column("field", "Lĩnh vực", "label", ("Lĩnh vực",)),
        Column(
            "department",
            "Đơn vị xử lý",
            "label",
            ("Đơn vị xử lý", "Bộ phận giải quyết", "Phòng ban", "Bộ phận"),
            required=True,
        ),
        Column(
            "channel",
            "Kênh thực hiện",
            "code",
            ("Kênh thực hiện", "Hình thức nộp", "Kênh"),
            domain="dossier_channel",
        ),
        Column("submitted_at", "Ngày nộp", "datetime", ("Ngày nộp",), is_event=True),
        Column("intake_due_at", "Hạn tiếp nhận", "datetime", ("Hạn tiếp nhận",)),
        Column(
            "received_at",
            "Ngày tiếp nhận",
            "datetime",
            ("Ngày nhận", "Ngày tiếp nhận"),
            required=True,
            is_event=True,
        ),
        Column("due_at", "Ngày hẹn trả", "datetime", ("Ngày hẹn trả", "Hạn xử lý", "Hạn trả")),
        Column(
            "finished_at",
            "Ngày kết thúc xử lý",
            "datetime",
            ("Ngày kết thúc xử lý", "Ngày có kết quả"),
            is_event=True,
        ),
        Column(
            "returned_at",
            "Ngày trả",
            "datetime",
            ("Ngày trả", "Ngày nhận kết quả", "Ngày trả kết quả"),
            is_event=True,
        ),
        Column(
            "supplement_requested_at",
            "Ngày yêu cầu bổ sung",
            "datetime",
            ("Ngày yêu cầu bổ sung",),
            is_event=True,
        ),
        Column(
            "supplemented_at",
            "Ngày công dân bổ sung",
            "datetime",
            ("Ngày công dân bổ sung",),
            is_event=True,
        ),
        Column("supplement_count", "Số lần bổ sung", "integer", ("Số lần bổ sung",)),
        Column(
            "status",
            "Trạng thái",
            "code",
            ("Trạng thái", "Tình trạng"),
            domain="dossier_status",
        ),
        Column("apology_sent_at", "Ngày xin lỗi", "datetime", ("Ngày xin lỗi",), is_event=True),
        Column("late_cause", "Nguyên nhân quá hạn", "note", ("Nguyên nhân quá hạn",)),
        Column("rating3", "Đánh giá", "code", ("Đánh giá",), domain="rating3"),
    ),
)

FEEDBACK = Source(
    "feedback",
    "Phản ánh, kiến nghị",
    (
        UNIT,
        Column("feedback_code", "Mã PAKN", "text", ("Mã PAKN", "Mã phản ánh"), required=True),
        Column("channel", "Nguồn", "code", ("Nguồn", "Kênh"), domain="feedback_channel"),
        Column(
            "category",
            "Phân loại",
            "code",
            ("Phân loại",),
            required=True,
            domain="feedback_category",
        ),
        Column("department", "Đơn vị xử lý", "label", ("Đơn vị xử lý", "Bộ phận giải quyết")),
        Column(
            "sent_at",
            "Ngày gửi",
            "datetime",
            ("Ngày gửi", "Ngày tiếp nhận"),
            required=True,
            is_event=True,
        ),
        Column("transferred_at", "Ngày chuyển", "datetime", ("Ngày chuyển",), is_event=True),
        Column("answered_at", "Ngày trả lời", "datetime", ("Ngày trả lời",), is_event=True),
        Column("published_at", "Ngày công khai", "datetime", ("Ngày công khai",), is_event=True),
        Column(
            "status",
            "Trạng thái",
            "code",
            ("Trạng thái", "Tình trạng"),
            required=True,
            domain="feedback_status",
        ),
        Column("satisfied", "Hài lòng", "code", ("Hài lòng",), domain="feedback_satisfied"),
    ),
)

SURVEY = Source(
    "survey",
    "Phiếu khảo sát hài lòng",
    (
        UNIT,
        Column("response_id", "Mã phiếu", "text", ("Mã phiếu", "Số phiếu"), required=True),
        Column(
            "answered_on",
            "Ngày khảo sát",
            "date",
            ("Ngày khảo sát", "Kỳ", "Kỳ khảo sát"),
            required=True,
            is_event=True,
        ),
        Column("criterion", "Tiêu chí", "code", ("Tiêu chí",)),
        Column("question", "Câu hỏi", "text", ("Câu hỏi",)),
        Column(
            "score",
            "Mức độ",
            "code",
            ("Mức độ", "Mức độ hài lòng"),
            required=True,
            domain="survey_level",
        ),
        Column(
            "channel",
            "Kênh",
            "code",
            ("Kênh", "Kênh thực hiện", "Hình thức nộp"),
            domain="dossier_channel",
        ),
        Column("department", "Bộ phận", "label", ("Đơn vị xử lý", "Bộ phận giải quyết", "Bộ phận")),
        Column("field", "Lĩnh vực", "label", ("Lĩnh vực",)),
    ),
)

RANKING = Source(
    "ranking",
    "Xếp hạng hài lòng hằng năm",
    (
        Column("year", "Năm", "integer", ("Năm",), required=True),
        Column(
            "unit",
            "Đơn vị",
            "code",
            ("Đơn vị", "Xã/phường", "Xã, phường", "Tên đơn vị", "Mã đơn vị"),
            required=True,
        ),
        Column("index_pct", "Chỉ số hài lòng", "decimal", ("Chỉ số hài lòng", "Chỉ số")),
        Column("rank", "Xếp hạng", "integer", ("Xếp hạng", "Xếp thứ", "Hạng")),
        Column("respondents", "Số phiếu", "integer", ("Số phiếu",)),
        Column("total_units", "Tổng số đơn vị", "integer", ("Tổng số đơn vị",)),
        Column("decision_no", "Số quyết định", "text", ("Số quyết định",)),
        Column("decision_date", "Ngày quyết định", "date", ("Ngày quyết định",)),
    ),
)

TASK_REPORT = Source(
    "task_report",
    "Báo cáo nhiệm vụ",
    (
        UNIT,
        Column("task_code", "Mã nhiệm vụ", "code", ("Mã nhiệm vụ", "Nhiệm vụ"), required=True),
        Column("month", "Tháng", "month", ("Tháng", "Kỳ báo cáo"), required=True, is_event=True),
        Column(
            "status",
            "Kết quả",
            "code",
            ("Trạng thái", "Tình trạng", "Kết quả"),
            required=True,
            domain="task_status",
        ),
        Column("measured_value", "Số thực hiện", "decimal", ("Số thực hiện", "Thực hiện")),
        Column("measured_of", "Trên tổng số", "decimal", ("Trên tổng số", "Tổng số")),
        Column("checklist", "Số mục đạt", "integer", ("Số mục đạt",)),
        Column("evidence", "Minh chứng", "note", ("Minh chứng",)),
        Column("note", "Ghi chú", "note", ("Ghi chú",)),
    ),
)

SOURCES: dict[str, Source] = {
    source.code: source for source in (DOSSIER, FEEDBACK, SURVEY, RANKING, TASK_REPORT)
}


def require_source(code: str) -> None:
    """Refuse a source that there is not.

    Raises:
        UserError: the message lists those there are.
    """
    if code not in SOURCES:
        raise UserError(f"Không có loại số liệu «{code}». Các loại: {', '.join(SOURCES)}.")
