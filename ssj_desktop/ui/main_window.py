"""The main window: header, navigation in groups, pages built when first opened."""

from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from threading import Thread

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMainWindow,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop import __version__
from ssj_desktop.domain.pausing import leave_out_of_search
from ssj_desktop.domain.permissions import may_open
from ssj_desktop.queries.navigation import navigation_counts
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.drafts import DraftKeeper
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.help_window import FIRST, PAGE_OF, HelpWindow
from ssj_desktop.ui.idle_search import IdleSearch
from ssj_desktop.ui.locking import WindowLock
from ssj_desktop.ui.navigation import COUNT_ROLE, DUE_ROLE, NavigationDelegate
from ssj_desktop.ui.news import News
from ssj_desktop.ui.pages import PAGES, PageSpec
from ssj_desktop.ui.session_watch import SessionWatch
from ssj_desktop.ui.sync_pill import SyncPill
from ssj_desktop.ui.tasks import end_questions
from ssj_desktop.ui.user_menu import UserMenu
from ssj_desktop.ui.widgets import InView, Page, Pill, button, label

APP_NAME = "双随机、一公开监管工作台"
_IDLE_MS = 20


def _around(pages: QWidget) -> QScrollArea:
    """On a small or strongly magnified screen a page is scrolled instead of cut off."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(pages)
    return area


class MainWindow(QMainWindow):
    """Owns nothing but the pages; everything comes from the desk."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.setWindowTitle(APP_NAME)
        self.resize(1366, 728)
        self.stack = InView()
        self.nav = QListWidget()
        self.nav.setObjectName("nav")
        self.nav.setFixedWidth(self.fontMetrics().height() * 21 // 2)
        self.nav.setAccessibleName("导航")
        self.nav.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages: dict[str, Page] = {}
        self._made: dict[str, Page] = {}
        self._stale: set[str] = set()
        self._help: HelpWindow | None = None
        self._ahead = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._soon = QTimer(self, singleShot=True, interval=_IDLE_MS)
        self._soon.timeout.connect(self._refresh_around)
        self.switch_wanted = False
        self.leave: Callable[[], object] | None = None
        """What is still to be done before the window goes."""
        self.window_lock = WindowLock(self, desk, self.switch_user)
        self.session = SessionWatch(self, self.window_lock.lock)
        self.idle_search = IdleSearch(self, self.window_lock.idle_seconds)
        self.nav.setItemDelegate(NavigationDelegate(self.nav))
        self._fill_navigation()
        self._show_counts()
        self._lay_out()
        self._shortcuts()
        News(self, desk, self._on_change)
        self.open_page(self.allowed_pages()[0].key)

    def _lay_out(self) -> None:
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.nav)
        row.addWidget(_around(self.stack), 1)
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header())
        column.addWidget(body, 1)
        self.setCentralWidget(whole)
        self.statusBar().addPermanentWidget(button("使用说明 F1", self.show_help, "link"))
        self.statusBar().showMessage(f"本机数据：{self.desk.database.path}　　v{__version__}")

    def _header(self) -> QWidget:
        head = QWidget()
        head.setObjectName("header")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(head)
        row.setContentsMargins(18, 10, 18, 10)
        office = self.desk.office
        row.addWidget(label(APP_NAME, "app"))
        row.addWidget(label(office.unit, "unit"))
        row.addStretch(1)
        if self.desk.read_only:
            row.addWidget(Pill("数据库已损坏，只能查看和导出", "bad"))
        if office.trial:
            row.addWidget(Pill("试用数据，不得用于正式抽查", "warn"))
        self.sync = SyncPill(self.desk, lambda: self.open_page("sync"))
        row.addWidget(self.sync)
        self.user = UserMenu(self.desk, self.window_lock.lock, self.switch_user)
        row.addWidget(self.user)
        return head

    def switch_user(self) -> None:
        """Close this session; the program asks who comes next."""
        self.switch_wanted = True
        self.close()
        if self.isVisible():
            self.switch_wanted = False

    def closeEvent(self, event: QCloseEvent) -> None:
        self._keep_drafts()
        leave, self.leave = self.leave, None
        if leave is not None:
            leave()
        super().closeEvent(event)

    def _keep_drafts(self) -> None:
        """What was typed in the last seconds stays, as everything typed before."""
        for keeper in self.findChildren(DraftKeeper):
            attempt(self, keeper.finish)

    def end_session(self) -> None:
        self._ahead.stop()
        self.window_lock.stop()
        self.session.stop()
        self._soon.stop()
        self.sync.watch.stop()
        self.idle_search.stop()
        end_questions()

    def allowed_pages(self) -> tuple[PageSpec, ...]:
        """Pages for the roles of the signed-in person; never empty, for each role has one."""
        return tuple(page for page in PAGES if may_open(page.key, self.desk.actor.roles))

    def _fill_navigation(self) -> None:
        group = ""
        for page in self.allowed_pages():
            if page.group != group:
                group = page.group
                item = QListWidgetItem(group)
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setSizeHint(QSize(10, self.fontMetrics().height() * 4 // 3))
                self.nav.addItem(item)
            item = QListWidgetItem(page.title)
            item.setData(Qt.ItemDataRole.UserRole, page.key)
            self.nav.addItem(item)
        self.nav.currentItemChanged.connect(self._on_navigate)

    def _show_counts(self) -> None:
        """Numbers beside the entries; badges only where somebody has to act."""
        counts = self.desk.ask(navigation_counts)
        for row in range(self.nav.count()):
            found = counts.get(self._key_of(row))
            item = self.nav.item(row)
            item.setData(COUNT_ROLE, str(found.count) if found else "")
            item.setData(DUE_ROLE, bool(found and found.due))

    def _shortcuts(self) -> None:
        QShortcut(QKeySequence("Ctrl+F"), self, self._focus_search)
        QShortcut(QKeySequence("F5"), self, self.refresh)
        QShortcut(QKeySequence("F1"), self, self.show_help)
        QShortcut(QKeySequence("Ctrl+PgDown"), self, partial(self.step_page, 1))
        QShortcut(QKeySequence("Ctrl+PgUp"), self, partial(self.step_page, -1))

    def show_help(self) -> HelpWindow:
        """The manual at the page that belongs to the one in view."""
        if self._help is None:
            self._help = HelpWindow(self)
        self._help.open_page(PAGE_OF.get(self._key_of(self.nav.currentRow()), FIRST))
        return self._help

    def step_page(self, step: int) -> None:
        """The next page of the navigation, or the one before."""
        rows = [n for n in range(self.nav.count()) if self._key_of(n)]
        place = rows.index(self.nav.currentRow()) + step
        self.nav.setCurrentRow(rows[place % len(rows)])

    def _key_of(self, row: int) -> str:
        return str(self.nav.item(row).data(Qt.ItemDataRole.UserRole) or "")

    def _focus_search(self) -> None:
        page = self.stack.currentWidget()
        for field in [] if page is None else page.findChildren(QLineEdit, "search"):
            field.setFocus()
            field.selectAll()

    def _on_navigate(self, item: QListWidgetItem | None) -> None:
        key = item.data(Qt.ItemDataRole.UserRole) if item else None
        if key:
            self._show(key)

    def open_page(self, key: str) -> Page:
        """Select a page in the navigation and give it back."""
        for row in range(self.nav.count()):
            if self.nav.item(row).data(Qt.ItemDataRole.UserRole) == key:
                self.nav.setCurrentRow(row)
        return self.pages[key]

    def _show(self, key: str) -> None:
        self._make(next(page for page in PAGES if page.key == key))
        self._take_in(key)
        self._fill(key)
        self.stack.setCurrentWidget(self.pages[key])

    def _make(self, page: PageSpec) -> None:
        if page.key not in self._made:
            module = import_module(f"ssj_desktop.ui.pages.{page.module}")
            self._made[page.key] = module.build(self.desk, *page.arguments)

    def _take_in(self, key: str) -> None:
        if key not in self.pages:
            self.pages[key] = self._made[key]
            self.stack.addWidget(self.pages[key])
            self._stale.add(key)

    def _fill(self, key: str) -> None:
        if key in self._stale:
            self.pages[key].refresh()
            self._stale.discard(key)

    def open_ahead(self, loading: Thread) -> None:
        """Build and fill the pages one step per idle turn, so that the first look at one is quick."""
        steps = self._steps_ahead(loading)
        self._ahead.timeout.connect(partial(self._step_ahead, steps))
        self._ahead.start()
        self.idle_search.start()

    def _step_ahead(self, steps: Iterator[None]) -> None:
        """The next one waits its turn from the end of this one, so that an act comes between."""
        if next(steps, self) is not self:
            self._ahead.start()

    def _steps_ahead(self, loading: Thread) -> Iterator[None]:
        while loading.is_alive():
            yield
        leave_out_of_search()
        for page in self.allowed_pages():
            self._make(page)
            yield
            self._take_in(page.key)
            yield
            self._fill(page.key)
            yield
        leave_out_of_search()

    def _refresh_around(self) -> None:
        """Each in a turn of its own, so that an act of the clerk comes between them."""
        self._show_counts()
        QTimer.singleShot(_IDLE_MS, self.sync, self.sync.refresh)

    def refresh(self) -> None:
        current = self.stack.currentWidget()
        if isinstance(current, Page):
            current.refresh()

    def _on_change(self, areas: frozenset[str]) -> None:
        """Refresh the visible page now, the header after it, other pages when they are opened."""
        self._soon.start()
        for key, page in self.pages.items():
            if not page.areas or page.areas & areas:
                if page is self.stack.currentWidget():
                    page.refresh()
                else:
                    self._stale.add(key)
