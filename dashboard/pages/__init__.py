"""The pages: which there are, and what each shows. A page is a Report rendered with components."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from dash.development.base_component import Component

from dashboard.access.roles import LOAD, READ, SNAPSHOT, USERS
from dashboard.components.view import View
from dashboard.filters import year_of
from dashboard.model import Report
from dashboard.pages import (
    admin,
    data,
    dossiers,
    feedback,
    loading,
    meeting,
    overview,
    ranking,
    satisfaction,
    several,
    snapshots,
    tasks,
)
from dashboard.reports.context import Context
from dashboard.reports.data import build_data_report
from dashboard.reports.dossiers import build_dossiers_report
from dashboard.reports.feedback import build_feedback_report
from dashboard.reports.overview import build_overview_report
from dashboard.reports.ranking import build_ranking_report
from dashboard.reports.satisfaction import build_satisfaction_report
from dashboard.reports.several import SEVERAL
from dashboard.reports.tasks import build_tasks_report

Build = Callable[[Context, Mapping[str, str]], Report]
Render = Callable[[Report, View], list[Component]]


@dataclass(frozen=True)
class Page:
    """One page: its address, its place in the navigation, its builder and its layout.

    ``filters`` names the filters of the bar that the page listens to.
    """

    path: str
    label: str
    icon: str
    group: str
    build: Build
    render: Render
    filters: tuple[str, ...] = ("unit", "period", "calendar", "department", "field", "channel")
    needs: Literal["figures", "any", ""] = "figures"
    """What must be loaded, else the first steps are shown: figures of a period, anything at all."""
    is_kept: bool = True
    """Whether it is about the office's figures, the same for every reader: snapshots keep it."""
    is_live: bool = False
    """Whether it is drawn anew each time, though the data stand: its words may have changed."""
    permission: str = READ
    """What a reader must be granted to see it."""

    @property
    def is_of_units(self) -> bool:
        """Whether it tells of whatever units are the reader's, and of the own one no word else."""
        return "unit" in self.filters or self.permission == SNAPSHOT


WATCH, STEER, SOURCE = "Theo dõi", "Điều hành", "Nguồn số liệu"

PAGES: tuple[Page, ...] = (
    Page(
        "/",
        "Tổng quan",
        "house",
        WATCH,
        lambda context, _query: build_overview_report(context),
        overview.render,
    ),
    Page(
        "/hai-long",
        "Hài lòng",
        "emoji-smile",
        WATCH,
        lambda context, _query: build_satisfaction_report(context),
        satisfaction.render,
    ),
    Page(
        "/xep-hang",
        "Xếp hạng",
        "list-ol",
        WATCH,
        lambda context, query: build_ranking_report(
            context, year=year_of(query.get("year", "")), with_surveys=True
        ),
        ranking.render,
        filters=("year",),
        needs="any",
    ),
    Page(
        "/ho-so",
        "Hồ sơ",
        "folder2",
        WATCH,
        lambda context, query: build_dossiers_report(context, behind=query.get("list", "")),
        dossiers.render,
    ),
    Page(
        "/phan-anh",
        "Phản ánh",
        "chat-left-text",
        WATCH,
        lambda context, _query: build_feedback_report(context),
        feedback.render,
        filters=("unit", "period", "calendar", "department"),
    ),
    Page(
        "/nhiem-vu",
        "Nhiệm vụ",
        "check2-square",
        WATCH,
        lambda context, _query: build_tasks_report(context),
        tasks.render,
        filters=("unit", "period", "calendar"),
    ),
    Page(
        "/hop-thang",
        "Họp tháng",
        "easel",
        STEER,
        meeting.build,
        meeting.render,
        filters=("period", "calendar"),
        is_live=True,
    ),
    Page(
        "/bao-cao",
        "Báo cáo",
        "file-earmark-text",
        STEER,
        snapshots.build,
        snapshots.render,
        filters=(),
        needs="",
        is_kept=False,
        permission=SNAPSHOT,
    ),
    Page(
        "/du-lieu",
        "Dữ liệu",
        "database",
        SOURCE,
        lambda context, _query: build_data_report(context),
        data.render,
        filters=("period", "calendar"),
        needs="any",
    ),
    Page(
        "/nap-du-lieu",
        "Nạp dữ liệu",
        "upload",
        SOURCE,
        loading.build,
        loading.render,
        filters=(),
        needs="",
        is_kept=False,
        permission=LOAD,
    ),
    Page(
        "/quan-tri",
        "Quản trị",
        "person",
        SOURCE,
        admin.build,
        admin.render,
        filters=(),
        needs="",
        is_kept=False,
        permission=USERS,
    ),
)


def show_page(
    page: Page, context: Context, values: Mapping[str, str], view: View
) -> tuple[Report, list[Component]]:
    """Return a page's report and what shows it; of several units together their own."""
    if context.has_several:
        report = SEVERAL[page.path](context)
        return report, several.render(report, view)
    report = page.build(context, values)
    return report, page.render(report, view)


def find_page(path: str) -> Page | None:
    """Return the page at ``path``; None when there is none."""
    wanted = path.rstrip("/") or "/"
    return next((page for page in PAGES if page.path == wanted), None)
