"""Bảng thuật ngữ: the words of the screen that are not metrics, each with one meaning."""

from __future__ import annotations

import pandas as pd

from dashboard import formatting as fmt
from dashboard.model import Section, Span, Table, TableColumn
from dashboard.text import DEMO_WORDS, INTERVAL, PARTIAL_MONTH, SMALL_N

GLOSSARY: dict[str, str] = {
    "ẩn": "Số của nhóm quá ít người trả lời, hoặc ẩn kèm để không suy ra được, trong báo cáo.",
    "Bản gửi": "Báo cáo gửi ra ngoài: chỉ có số tổng hợp, ô khảo sát ít người được che.",
    "Bản nội bộ": "Báo cáo giữ trong cơ quan: có thêm danh sách hồ sơ.",
    "Bộ phận": "Bộ phận của xã xử lý hồ sơ hoặc phản ánh; hai cách viết của một tên được gộp lại.",
    "Căn cứ": "Văn bản mà một chỉ tiêu được tính theo.",
    "Chưa báo cáo": "Đến hạn mà chưa ai báo cáo nhiệm vụ của tháng. Khác với chưa đạt.",
    "Chưa có số liệu": "Chưa nạp tệp nào nói về kỳ đó. Để trống, không phải 0.",
    fmt.capital(PARTIAL_MONTH): "Số liệu chưa nói hết các ngày của tháng; số sẽ đổi khi nạp tiếp.",
    "Dao động thường": "Tháng này khác tháng trước trong mức vẫn thường thấy: chưa có gì để kết "
    "luận.",
    DEMO_WORDS: "Số liệu dựng sẵn để xem thử, không phải số liệu thật của xã.",
    "DỰ THẢO": "Tài liệu do máy lập, chưa ai ký; số, ngày và chữ ký để trống.",
    "điểm": "Hiệu của hai tỷ lệ: từ 90 % lên 92 % là thêm 2 điểm.",
    "Đạt một phần": "Nhiệm vụ của tháng làm được một phần so với mức đạt.",
    "Hoàn tác": "Gỡ một lần nạp: kho trở lại như trước khi nạp tệp đó.",
    INTERVAL: "Chỗ mà giá trị thật rất có thể nằm trong đó. Càng ít phiếu, càng ít hồ sơ thì "
    "khoảng càng rộng.",
    "Không phát sinh": "Trong kỳ không có việc nào thuộc diện tính, nên không có tỷ lệ.",
    "Kỳ": "Tháng, quý, 6 tháng, 9 tháng hoặc năm đang xem, chọn ở thanh lọc.",
    "Lần nạp": "Một tệp được đưa vào kho: vào trọn vẹn, hoặc không vào.",
    "Dòng bị loại": "Dòng của tệp không đọc được; có lý do, sửa rồi nạp lại dòng đó.",
    "Mốc": "Chỉ số hài lòng được công bố cho năm ghi ngay sau, điểm xuất phát của kế hoạch.",
    "Phiên bản": "Mã ngắn của bộ số liệu đang xem; hai nơi cùng mã là cùng số liệu.",
    "Quá hạn": "Hồ sơ còn đang xử lý mà đã qua ngày hẹn trả.",
    "Số ít": f"Dưới {SMALL_N} trường hợp: một trường hợp đã làm tỷ lệ đổi hơn 5 điểm.",
    "Số liệu đến": "Ngày cuối cùng mà tệp đã nạp nói tới.",
    "Tăng bất thường": "Tín hiệu: mức tăng vượt khỏi dao động thường, đáng tìm nguyên nhân.",
    "Trễ hạn": "Hồ sơ đã xong sau ngày hẹn trả.",
    "Trước hạn": "Hồ sơ xong trước ngày hẹn trả; đúng ngày hẹn là đúng hạn.",
}
"""Word → meaning. What a number means is in the dictionary of metrics, not here."""


def glossary_section(*, first_day: int) -> Section:
    """Return the words of the screen with their meanings, in the order of the alphabet.

    ``first_day`` is the day on which report months begin.
    """
    meanings = {
        **GLOSSARY,
        fmt.report_month_label(first_day): f"Tháng tính từ ngày {first_day} tháng trước đến ngày "
        f"{first_day - 1}, theo kỳ báo cáo.",
    }
    rows = [
        {"word": word, "meaning": meanings[word]} for word in sorted(meanings, key=fmt.alphabetical)
    ]
    return Section(
        "glossary",
        "Bảng thuật ngữ",
        (Span(f"{fmt.count(len(rows))} từ thường gặp, mỗi từ một nghĩa"),),
        table=Table(
            (TableColumn("word", "Từ"), TableColumn("meaning", "Nghĩa là")), pd.DataFrame(rows)
        ),
        note="Cách đọc từng biểu đồ ở nút Cách đọc dưới biểu đồ đó",
    )
