import pytest

from dashboard.text import OUTCOME_LABELS, STATE_LABELS, short_name, small_note


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Địa chính – Xây dựng", "Địa chính – XD"),
        ("Văn hóa – Xã hội", "Văn hóa – XH"),
        ("Tư pháp – Hộ tịch", "Tư pháp – HT"),
        ("Tài chính – Kế toán", "Tài chính – KT"),
        ("Văn phòng – Thống kê", "VP – Thống kê"),
        ("Ban CHQS xã", "Ban CHQS"),
        ("Công an xã", "Công an xã"),
        ("Một cửa", "Một cửa"),
        ("Trung tâm Phục vụ hành chính công", "TT PVHCC"),
        ("Phòng Nông nghiệp và Môi trường", "P. NNMT"),
    ],
)
def test_short_names(name, short):
    assert short_name(name) == short


@pytest.mark.parametrize("name", ["", "A", " – ", "Xây dựng nông thôn mới kiểu mẫu"])
def test_a_name_that_no_rule_fits_stays(name):
    assert short_name(name) == name


def test_short_names_never_grow():
    for name in ("Lao động – Thương binh và Xã hội", "Văn phòng – Thống kê", "Kinh tế – Kế hoạch"):
        assert len(short_name(name)) < len(name)


def test_labels_are_each_their_own():
    for labels in (STATE_LABELS, OUTCOME_LABELS):
        assert len(set(labels.values())) == len(labels)


def test_hollow_points_are_explained():
    assert small_note("phiếu") == "Vòng rỗng: dưới 20 phiếu"
